import * as vscode from 'vscode';
import { plainText } from '../../core/base/errors.ts';
import { plainItem } from './quickInputs.ts';

export interface LivePickOptions<T extends vscode.QuickPickItem> {
  readonly title: string;
  readonly placeholder: string;
  /** The rows for what is typed, the best one first. The text is empty at first. */
  readonly items: (text: string) => readonly T[];
  /** The row that is active at first; the first one if undefined. */
  readonly active?: T | undefined;
}

/**
 * A list whose rows are found by the extension and not by VS Code. The best row is active, so that Enter takes it, although
 * VS Code sorts rows by how their labels match (E3). Resolves to undefined if the user closes the list.
 */
export function showLivePick<T extends vscode.QuickPickItem>(options: LivePickOptions<T>): Promise<T | undefined> {
  const pick = vscode.window.createQuickPick<T & { readonly item: T }>();
  pick.title = plainText(options.title);
  pick.placeholder = plainText(options.placeholder);
  pick.matchOnDescription = true;
  // Until VS Code has made the best row the active one, Enter is about a row that is no longer there.
  let expected: (T & { readonly item: T }) | undefined;
  const show = (text: string): void => {
    pick.items = options.items(text).map((item) => ({ ...plainItem(item), alwaysShow: text.trim() !== '', item }));
    const active = pick.items.find(({ item }) => item === options.active && text === '') ?? pick.items[0];
    pick.activeItems = active ? [active] : [];
    expected = text === '' ? undefined : active;
    if (expected) {
      void whenShown().then(() => {
        expected = expected === active ? undefined : expected;
      });
    }
  };
  show('');
  return new Promise((resolve) => {
    pick.onDidChangeValue(show);
    pick.onDidAccept(() => {
      const chosen = expected ?? pick.selectedItems[0];
      if (chosen && pick.items.includes(chosen)) {
        resolve(chosen.item);
        pick.hide();
      }
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
  });
}

/**
 * Resolves when VS Code shows the rows that were set just now. The extension host sends them in its next turn, and the
 * window answers in the order in which it is asked.
 */
async function whenShown(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve));
  await vscode.commands.executeCommand('noop');
}
