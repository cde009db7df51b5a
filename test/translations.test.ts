import assert from 'node:assert/strict';
import { formatMessageIn } from '../src/core/base/messages.ts';
import {
  BUNDLE,
  LANGUAGES,
  MANIFEST_TEXTS,
  missingAndUnused,
  readTexts,
  sortTranslation,
  translationOf,
  type Translation,
} from '../scripts/l10n.ts';

/** English texts that are the same in German: names, technical terms, and placeholders only. */
const SAME = new Set([
  ...['API Services', 'Native', 'PowerShell', 'Single-Page App', 'Web'],
  ...['JavaScript (fetch)', 'Python (requests)', 'curl (bash)'],
  ...['Body', 'Body: {0}', 'Editor', 'Host: {0}', 'Links', 'OK', 'Problem', 'Proxy', 'Scopes', 'Scopes: {0}'],
  ...['Server', 'System', 'Token', 'offline', 'online', '{0} ({1})', '{0} ({1}, {2})', '{0} B'],
]);

/** What a program reads: names of variables, settings and files, addresses, code and links to commands. */
const CODE =
  /`[^`]+`|\(command:[^)]+\)|\b[A-Z]+(?:_[A-Z]+)+\b|\b(?:http|workbench)\.\w+|\boffline(?:Access|_access)\b|\b\w+\.json\b|https?:\/\/[^\s,"“]*[^\s,."“)]|"\w+":/g;

const COMMAND = /„NinjaOne: ([^“…]+)…?“|`NinjaOne: ([^`…]+)…?`/g;

for (const language of LANGUAGES) {
  describe(`the translation to ${language}`, () => {
    for (const english of [BUNDLE, MANIFEST_TEXTS]) {
      describe(translationOf(english, language), () => {
        let texts: Texts;
        let source: object;
        let translation: Translation;
        before(async () => {
          source = await readTexts(english);
          translation = await readTexts(translationOf(english, language));
          texts = pairs(source, translation);
        });

        it('has every text, no other, in the same order; `npm run l10n` lists them (E14)', () => {
          assert.deepEqual(missingAndUnused(source, translation), []);
          assert.deepEqual(Object.keys(translation), Object.keys(source));
        });

        it('has no text in English that is not listed (E14)', () => {
          const same = texts.filter(([, text, translated]) => text === translated);
          assert.deepEqual(
            same.filter(([, text]) => !SAME.has(text)),
            [],
          );
        });

        it('has the same placeholders and plurals, code, and ellipsis at the end (E14)', () => {
          for (const [key, text, translated] of texts) {
            assert.deepEqual(placeholdersIn(translated), placeholdersIn(text), key);
            assert.deepEqual(codeIn(translated), codeIn(text), key);
            assert.equal(translated.endsWith('…'), text.endsWith('…'), key);
            for (const count of [0, 1, 2]) {
              const args = Array<number>(9).fill(count);
              const filled = formatMessageIn({ language, locale: language }, { template: translated, args });
              assert.doesNotMatch(filled, /\{\d|, plural,/, key);
            }
          }
        });

        it('names commands as the palette does (E14)', async () => {
          const manifest = await readTexts(translationOf(MANIFEST_TEXTS, language));
          const titles = Object.entries(manifest).flatMap(([key, title]) =>
            key.startsWith('command.') ? [title.replace(/…$/, '')] : [],
          );
          for (const [key, , translated] of texts) {
            for (const [, quoted, code] of translated.matchAll(COMMAND)) {
              assert.ok(titles.includes(quoted ?? code ?? ''), `${key}: ${quoted ?? code}`);
            }
          }
        });
      });
    }
  });
}

it('only texts that are the same in a translation are listed as such (E14)', async () => {
  const files = LANGUAGES.flatMap((language) => [BUNDLE, MANIFEST_TEXTS].map((english) => ({ english, language })));
  const texts = await Promise.all(
    files.map(async ({ english, language }) =>
      pairs(await readTexts(english), await readTexts(translationOf(english, language))),
    ),
  );
  const same = texts.flat().flatMap(([, text, translated]) => (text === translated ? text : []));
  assert.deepEqual(
    [...SAME].filter((text) => !same.includes(text)),
    [],
  );
});

describe('the comparison of a translation with the English texts', () => {
  it('lists what is missing and what is not used any more', () => {
    const problems = missingAndUnused({ a: 'A', b: 'B' }, { b: 'B', c: 'C' });
    assert.deepEqual(problems, ['is missing: a', 'is not used: c']);
  });

  it('sorts as the English texts are, and deletes nothing', () => {
    const sorted = sortTranslation({ a: 'A', b: 'B', d: 'D' }, { x: 'X', d: 'D', a: 'A' });
    assert.deepEqual(Object.keys(sorted), ['a', 'd', 'x']);
  });
});

type Texts = readonly (readonly [key: string, english: string, translated: string])[];

function pairs(source: object, translation: Translation): Texts {
  return Object.entries(source as Record<string, string | { readonly message: string }>).map(([key, text]) => [
    key,
    typeof text === 'string' ? text : text.message,
    translation[key] ?? '',
  ]);
}

/** Each once, because the forms of a plural repeat them: `0`, or `0, plural` where the number decides. */
function placeholdersIn(text: string): readonly string[] {
  return [...new Set([...text.matchAll(/\{(\d+(?:, plural)?)/g)].map(([, name = '']) => name))].sort();
}

function codeIn(text: string): readonly string[] {
  return [...text.matchAll(CODE)]
    .map(([code]) => code)
    .filter((code) => !code.includes('NinjaOne:'))
    .sort();
}
