import assert from 'node:assert/strict';
import { l10n } from '../../../src/core/base/l10n.ts';
import { allOf, anyOf, formatMessage, formatMessageIn } from '../../../src/core/base/messages.ts';

const SAVED = '{0, plural, one {# file was saved in {1}.} other {# files were saved in {1}.}}';
const SAVED_IN_POLISH =
  '{0, plural, one {# plik zapisano w {1}.} few {# pliki zapisano w {1}.} many {# plików zapisano w {1}.} other {# pliku zapisano w {1}.}}';

describe('a message', () => {
  it('fills each placeholder with its argument, and leaves a placeholder without one (A16)', () => {
    assert.equal(formatMessage(l10n.t('{1} and {0} and {1}', 'a', 2)), '2 and a and 2');
    assert.equal(formatMessage(l10n.t('{0} {1}', 'only')), 'only {1}');
    assert.equal(formatMessage({ template: SAVED, args: [] }), SAVED);
  });

  it('does not treat text in an argument as a placeholder (A16)', () => {
    assert.equal(formatMessage(l10n.t('{0}', '{0} $& $1 {0, plural, other {x}}')), '{0} $& $1 {0, plural, other {x}}');
    assert.equal(formatMessage(l10n.t('{0, plural, other {# {1}}}', 2, '{0} #')), '2 {0} #');
  });

  it('uses the plural form of the language', () => {
    assert.deepEqual(
      [0, 1, 2].map((count) => formatMessage({ template: SAVED, args: [count, 'src'] })),
      ['0 files were saved in src.', '1 file was saved in src.', '2 files were saved in src.'],
    );
    assert.deepEqual(
      [1, 3, 5].map((count) =>
        formatMessageIn({ language: 'pl', locale: 'pl' }, { template: SAVED_IN_POLISH, args: [count, 'src'] }),
      ),
      ['1 plik zapisano w src.', '3 pliki zapisano w src.', '5 plików zapisano w src.'],
    );
    assert.equal(
      formatMessageIn({ language: 'pl', locale: 'pl' }, { template: SAVED, args: [3, 'src'] }),
      '3 files were saved in src.',
      'a form that a translation lacks is the general one',
    );
  });

  it('formats numbers for the language of the editor', () => {
    const message = l10n.t('{0} of {1, plural, one {# row} other {# rows}}', 1500, 12_000);
    assert.equal(formatMessage(message), '1,500 of 12,000 rows');
    assert.equal(formatMessageIn({ language: 'en', locale: 'de' }, message), '1.500 of 12.000 rows');
  });

  it('writes the numbers up to 1,000 as the language does, in the languages of VS Code and in others', () => {
    const display = ['cs', 'de', 'en', 'es', 'fr', 'it', 'ja', 'ko', 'pl', 'pt-br', 'ru', 'tr', 'zh-cn', 'zh-tw'];
    for (const locale of [...display, 'fa', 'mr']) {
      const { format } = new Intl.NumberFormat(locale);
      for (const number of [...Array.from({ length: 1001 }, (_, each) => each), -1, 0.5, 999.5]) {
        assert.equal(formatMessageIn({ language: 'en', locale }, l10n.t('{0}', number)), format(number), locale);
      }
    }
  });

  it('joins names as the language does', () => {
    const names = ['monitoring', 'management', 'control'];
    const german = { language: 'de', locale: 'de' };
    assert.equal(formatMessage(l10n.t('{0}', allOf(names))), 'monitoring, management, and control');
    assert.equal(formatMessage(l10n.t('{0}', anyOf(names))), 'monitoring, management, or control');
    assert.equal(formatMessageIn(german, l10n.t('{0}', allOf(names))), 'monitoring, management und control');
    assert.equal(formatMessageIn(german, l10n.t('{0}', anyOf(names))), 'monitoring, management oder control');
  });

  it('carries the comment that is part of its key', () => {
    assert.deepEqual(l10n.t({ message: '{0} B', args: [5], comment: 'A size in bytes.' }), {
      template: '{0} B',
      args: [5],
      comment: 'A size in bytes.',
    });
  });
});
