// Writes l10n/bundle.l10n.json, from which translators work, and says what the translations lack: npm run l10n
import { getL10nJson, type l10nJsonFormat } from '@vscode/l10n-dev';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const BUNDLE = 'l10n/bundle.l10n.json';
/** The texts of the manifest. */
export const MANIFEST_TEXTS = 'package.nls.json';
/** Languages that the extension is translated to, as VS Code names them. */
export const LANGUAGES = ['de'] as const;

/** Translated texts, by the key of the English one. */
export type Translation = Readonly<Record<string, string>>;

/** `@vscode/l10n-dev` finds calls of what is imported from `vscode`, so the `l10n` of core is taken for that one. */
const HEADER = "import * as vscode from 'vscode';\nimport { l10n } from 'vscode';";
const IMPORTS = /^import (?:\{ l10n \} from '[./\w]*\/l10n\.ts'|\* as vscode from 'vscode');$/gm;

/** Every text of the source, by the key under which VS Code looks its translation up. */
export async function extractTexts(): Promise<l10nJsonFormat> {
  const files = (await readdir('src', { recursive: true })).filter((file) => file.endsWith('.ts'));
  const sources = await Promise.all(files.sort().map((file) => readFile(path.join('src', file), 'utf8')));
  // As one script, because the parser starts anew for each and takes its time.
  const contents = [HEADER, ...sources.map((source) => source.replaceAll(IMPORTS, ''))].join('\n');
  const texts = await getL10nJson([{ extension: '.ts', contents }]);
  return Object.fromEntries(Object.entries(texts).sort(([a], [b]) => (a < b ? -1 : 1)));
}

export function formatBundle(texts: l10nJsonFormat): string {
  return `${JSON.stringify(texts, undefined, 2)}\n`;
}

/** Where the translation of an English file is: `bundle.l10n.de.json` for `bundle.l10n.json`. */
export function translationOf(file: string, language: string): string {
  return file.replace(/\.json$/, `.${language}.json`);
}

/** The translation in the order of the English texts. What has no English text any more is at the end. */
export function sortTranslation(english: object, translation: Translation): Translation {
  const keys = Object.keys(english);
  const isUsed = new Set(keys);
  const unused = Object.keys(translation).filter((key) => !isUsed.has(key));
  return Object.fromEntries(
    [...keys, ...unused].flatMap((key) => {
      const text = translation[key];
      return text === undefined ? [] : [[key, text]];
    }),
  );
}

/** What somebody has to do to the translation, one line each. */
export function missingAndUnused(english: object, translation: Translation): readonly string[] {
  return [
    ...Object.keys(english).flatMap((key) => (Object.hasOwn(translation, key) ? [] : [`is missing: ${key}`])),
    ...Object.keys(translation).flatMap((key) => (Object.hasOwn(english, key) ? [] : [`is not used: ${key}`])),
  ];
}

export async function readTexts(file: string): Promise<Translation> {
  return JSON.parse(await readFile(file, 'utf8')) as Translation;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const texts = await extractTexts();
  await writeFile(BUNDLE, formatBundle(texts));
  console.log(`${Object.keys(texts).length} texts in ${BUNDLE}`);
  for (const language of LANGUAGES) {
    for (const english of [BUNDLE, MANIFEST_TEXTS]) {
      const file = translationOf(english, language);
      const [source, translation] = await Promise.all([readTexts(english), readTexts(file)]);
      await writeFile(file, formatBundle(sortTranslation(source, translation)));
      const problems = missingAndUnused(source, translation);
      console.log([`${problems.length} keys to correct in ${file}`, ...problems].join('\n  '));
    }
  }
}
