import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { RuleTester } from 'eslint';
import tseslint from 'typescript-eslint';
import { localization } from '../tooling/eslintLocalization.mjs';
import { formatMessageIn } from '../src/core/base/messages.ts';
import { BUNDLE, extractTexts, formatBundle } from '../scripts/l10n.ts';

describe('the texts for translators', () => {
  it('match the source; run `npm run l10n` if this fails', async function () {
    this.timeout(30_000);
    const texts = await extractTexts();
    assert.ok(Object.keys(texts).length > 400, 'the texts of core and host are found');
    assert.equal(readFileSync(BUNDLE, 'utf8'), formatBundle(texts));
  });

  it('have valid placeholders and plurals', () => {
    const texts = JSON.parse(readFileSync(BUNDLE, 'utf8')) as Record<string, string | { readonly message: string }>;
    for (const text of Object.values(texts)) {
      const template = typeof text === 'string' ? text : text.message;
      for (const count of [0, 1, 2]) {
        const filled = formatMessageIn({ language: 'en', locale: 'en' }, { template, args: Array(9).fill(count) });
        assert.doesNotMatch(filled, /\{\d|, plural,/, template);
      }
    }
  });
});

const tester = new RuleTester({ languageOptions: { parser: tseslint.parser } });

tester.run('a text that reaches the user without a translation', localization.rules['ui-text'], {
  valid: [
    'vscode.window.showInformationMessage(vscode.l10n.t("Saved."))',
    'box.title = `$(sync~spin) ${name}`',
    'const item = { label: `$(${icon}) ${name}`, detail: parts.join(" · ") }',
    'logger.error("The token was refused.")',
    'new NinjaOneError({ message: l10n.t("Canceled") })',
  ],
  invalid: [
    'vscode.window.showInformationMessage("Saved.")',
    'vscode.window.showErrorMessage(`${name} was not found.`)',
    'const TEXT = "Saved."; vscode.window.showWarningMessage(TEXT)',
    'pick({ title: "Choose a connection" })',
    'pick({ placeHolder: isEmpty ? l10n.t("None") : "Choose" })',
    'box.prompt = "Enter " + name',
    'item.tooltip = [name, "signed in"].join(", ")',
    'item.accessibilityInformation = { label: name || "no name" }',
    'new vscode.TreeItem("Favorites")',
    'withDelayedProgress("Saving", run)',
    'new NinjaOneError({ message: "Canceled" })',
    'const message = { template: "Canceled", args: [] }',
  ].map((code) => ({ code, errors: 1 })),
});

tester.run('a text that the extraction cannot find', localization.rules.extractable, {
  valid: [
    'l10n.t("Saved {0}.", name)',
    'vscode.l10n.t({ message: "cut", args: [], comment: "A list of which a part is missing." })',
    'localize(l10n.t("{0, plural, one {# row} other {# rows}}", count))',
    'const MESSAGES = { saved: l10n.t("Saved {0}.") }',
  ],
  invalid: [
    'l10n.t(text)',
    'l10n.t("Saved " + name)',
    'vscode.l10n.t(`Saved ${name}.`)',
    'l10n.t(isDone ? "Done." : "Failed.")',
    'l10n.t({ message: "cut", comment: WHERE })',
    'vscode.l10n.t("{0, plural, one {# row} other {# rows}}", count)',
    'l10n.t("Saved {0}.", name, folder)',
    'l10n.t("Saved {0} in {1}.", name)',
  ].map((code) => ({ code, errors: 1 })),
});
