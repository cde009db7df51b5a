import assert from 'node:assert/strict';
import type { TreeItem } from 'vscode';
import type { FakeVscode } from './vscode/fakeVscode.ts';

/** Every text that the editor has shown in this test, but for trees, whose rows are given. */
export async function shownTexts(editor: FakeVscode, rows: readonly TreeItem[] = []): Promise<readonly string[]> {
  const { window, user, workspace, languages } = editor;
  const lenses = await Promise.all(workspace.documents.map((document) => languages.lensesOf(document)));
  const texts = [
    ...window.messages.flatMap(({ text, detail, buttons }) => [text, detail, ...buttons]),
    ...user.asked.flatMap(({ texts, choices, notes = [], detail }) => [...texts, ...choices, ...notes, detail]),
    ...window.progress.flatMap(({ title, messages }) => [title, ...messages]),
    ...window.statusBarItems.flatMap(({ text, tooltip, accessibilityInformation }) => [
      text,
      tooltip,
      accessibilityInformation?.label,
    ]),
    ...window.statusBarMessages,
    ...window.webviewPanels.map(({ title }) => title),
    ...rows.flatMap(({ label, description, tooltip, accessibilityInformation }) => [
      label,
      description,
      tooltip,
      accessibilityInformation?.label,
    ]),
    ...lenses.flat().flatMap(({ command }) => [command?.title, command?.tooltip]),
  ];
  return texts
    .filter((text) => text !== undefined && text !== true && text !== false)
    .map((text) => {
      assert.ok(typeof text === 'string', 'Only a plain string is never rendered as Markdown.');
      return text;
    });
}

/** Fails if VS Code would render something in one of the texts, or if a text contains invisible characters. */
export function assertPlain(texts: readonly string[]): void {
  for (const text of texts) {
    const own = text.replace(OWN_ICON, '').replace(OWN_LINK, '');
    assert.doesNotMatch(own, /\]\(/, `a link: ${JSON.stringify(text)}`);
    assert.doesNotMatch(own, /\$\(/, `an icon: ${JSON.stringify(text)}`);
    assert.doesNotMatch(own, /(?![\n\u2060])[\p{Cc}\p{Cf}\u2028\u2029]/u, `hidden characters: ${JSON.stringify(text)}`);
  }
}

/** An icon that we put before a text. */
const OWN_ICON = /^\$\((?:circle-outline|copy|pass|refresh|sync~spin|unlock)\) /;

/** A link of our own after a text. */
const OWN_LINK = / \[Copy Sign-In Link\]\(command:ninjaone\.copySignInLink\)$/;
