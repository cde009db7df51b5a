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
  /** Whether Enter takes the best row for a text before the user has moved to a row. By default, it always does. */
  readonly takesBest?: (text: string) => boolean;
  readonly ignoreFocusOut?: boolean;
  /** Called with the empty text, and then with each text that is typed. It may show other rows later. */
  readonly follow?: (text: string, list: LiveList) => void;
  /** Whether two rows stand for the same, so that the user stays on a row when `refresh` replaces it. */
  readonly isSame?: (one: T, other: T) => boolean;
  /** False for a row that only says something. Enter does not take it. */
  readonly isChoice?: (item: T) => boolean;
}

/** An open list, for rows that arrive while the user looks at it. */
export interface LiveList {
  /** Aborted when the list is closed. */
  readonly signal: AbortSignal;
  /** Whether more rows are on their way. */
  busy(isBusy: boolean): void;
  /** Asks for the rows again. The user stays on the row that they moved to. */
  refresh(): void;
}

/**
 * A list whose rows are found by the extension and not by VS Code. The best row is active, so that Enter takes it, although
 * VS Code sorts rows by how their labels match (E3). Resolves to undefined if the user closes the list.
 */
export function showLivePick<T extends vscode.QuickPickItem>(options: LivePickOptions<T>): Promise<T | undefined> {
  const { isSame = Object.is, isChoice = () => true, takesBest = () => true } = options;
  const pick = vscode.window.createQuickPick<Row<T>>();
  pick.title = plainText(options.title);
  pick.placeholder = plainText(options.placeholder);
  pick.matchOnDescription = true;
  pick.ignoreFocusOut = options.ignoreFocusOut === true;
  // Until VS Code has made a new row the active one, Enter is about a row that is no longer there. What was typed is
  // about the best row, and a row that arrived since then is one that the user has not seen.
  let expected: { readonly item: T | undefined } | undefined;
  let active: Row<T> | undefined;
  let hasMoved = false;
  const show = (text: string, seen?: { readonly item: T | undefined }): void => {
    pick.items = options.items(text).map((item) => ({ ...plainItem(item), alwaysShow: text.trim() !== '', item }));
    const same = pick.items.find(({ item }) => seen?.item !== undefined && isSame(item, seen.item));
    const best = pick.items.find(({ item }) => item === options.active && text === '') ?? pick.items[0];
    const first = takesBest(text) ? best : undefined;
    active = hasMoved ? (same ?? first) : first;
    pick.activeItems = active ? [active] : [];
    const fence = seen ? { item: same?.item } : text === '' || !active ? undefined : { item: active.item };
    expected = fence;
    if (fence) {
      void whenShown().then(() => {
        expected = expected === fence ? undefined : expected;
      });
    }
  };
  show('');
  return new Promise((resolve) => {
    const closing = new AbortController();
    const list: LiveList = {
      signal: closing.signal,
      busy: (isBusy) => {
        pick.busy = isBusy;
      },
      refresh: () => {
        if (!closing.signal.aborted) {
          pick.keepScrollPosition = true;
          show(pick.value, expected ?? { item: (pick.activeItems[0] ?? active)?.item });
        }
      },
    };
    pick.onDidChangeValue((text) => {
      hasMoved = false;
      pick.keepScrollPosition = false;
      show(text);
      options.follow?.(text, list);
    });
    pick.onDidChangeActive(([row]) => {
      if (!expected && row && row !== active) {
        hasMoved = true;
      }
    });
    pick.onDidAccept(() => {
      const chosen = expected ? expected.item : pick.selectedItems[0]?.item;
      if (chosen && isChoice(chosen) && pick.items.some(({ item }) => item === chosen)) {
        resolve(chosen);
        pick.hide();
      }
    });
    pick.onDidHide(() => {
      closing.abort();
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
    options.follow?.('', list);
  });
}

type Row<T> = T & { readonly item: T };

/**
 * Resolves when VS Code shows the rows that were set just now. The extension host sends them in its next turn, and the
 * window answers in the order in which it is asked.
 */
async function whenShown(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve));
  await vscode.commands.executeCommand('noop');
}
