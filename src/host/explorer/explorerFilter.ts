import * as vscode from 'vscode';
import { l10n } from '../../core/base/l10n.ts';
import { setContext } from '../platform/contributions.ts';
import type { ExplorerTree } from './explorerTree.ts';
import type { ExplorerView } from './explorerView.ts';
import { localize } from '../platform/localize.ts';

/** The filter of the tree (E3): typed into an input box, shown in the message above the tree. */
export class ExplorerFilter {
  readonly #tree: ExplorerTree;
  readonly #view: ExplorerView;
  /** While it is open. */
  #box: vscode.InputBox | undefined;

  constructor(tree: ExplorerTree, view: ExplorerView) {
    this.#tree = tree;
    this.#view = view;
  }

  /**
   * Filters while the user types. The filter stays when the box closes, for example because the user clicks on what it has
   * found. Escape, which VS Code does not tell from a click, has a keybinding of its own that clears the filter.
   */
  ask(): void {
    const box = vscode.window.createInputBox();
    box.title = vscode.l10n.t('Filter Operations');
    box.placeholder = vscode.l10n.t('Words to find in method, path, name, tag or parameter');
    box.value = this.#tree.filter;
    box.onDidChangeValue((text) => {
      this.#set(text);
    });
    box.onDidAccept(() => {
      box.hide();
    });
    box.onDidHide(() => {
      box.dispose();
      // Not if the command was run again and its new box has closed this one.
      if (this.#box === box) {
        this.#box = undefined;
        setContext('ninjaone.explorerFiltering', false);
      }
    });
    this.#box = box;
    setContext('ninjaone.explorerFiltering', true);
    box.show();
  }

  /** Clears the filter and closes its box, then reveals the named operation, or else the selected one. */
  async clear(key = this.#selectedKey()): Promise<void> {
    this.#box?.hide();
    this.#set('');
    const row = key === undefined ? undefined : this.#tree.rowOf(key);
    if (row) {
      await this.#view.reveal(row);
    }
  }

  /** Applies the current filter again after the catalog changed. */
  apply(): void {
    this.#set(this.#tree.filter);
  }

  #selectedKey(): string | undefined {
    const { selected } = this.#view;
    return selected?.kind === 'operation' ? selected.operation.key : undefined;
  }

  #set(text: string): void {
    const { found, all } = this.#tree.setFilter(text);
    const isFiltered = this.#tree.filter !== '';
    this.#view.setMessage(
      isFiltered
        ? localize(
            l10n.t({
              message: '"{0}": {2, plural, one {{1} of # operation} other {{1} of # operations}}',
              args: [this.#tree.filter, found, all],
              comment: '{0} is the text of the filter, {1} the number of operations that match, {2} of all.',
            }),
          )
        : '',
    );
    setContext('ninjaone.explorerFiltered', isFiltered);
    this.#view.refresh();
  }
}
