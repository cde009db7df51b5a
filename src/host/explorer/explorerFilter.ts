import * as vscode from 'vscode';
import { operations } from '../../core/base/counts.ts';
import { setContext } from '../platform/contributions.ts';
import type { ExplorerTree } from './explorerTree.ts';
import type { ExplorerView } from './explorerView.ts';
import { localize } from '../platform/localize.ts';

/** The filter of the tree (E3): typed into a box, told of in the line above the tree. */
export class ExplorerFilter {
  readonly #tree: ExplorerTree;
  readonly #view: ExplorerView;

  constructor(tree: ExplorerTree, view: ExplorerView) {
    this.#tree = tree;
    this.#view = view;
  }

  /** Filters while it is typed; Enter keeps the filter, Escape takes it away. */
  ask(): void {
    const box = vscode.window.createInputBox();
    box.title = vscode.l10n.t('Filter operations');
    box.placeholder = vscode.l10n.t('All words: method, path, name, tag, parameter');
    box.value = this.#tree.filter;
    let isKept = false;
    box.onDidChangeValue((text) => {
      this.#set(text);
    });
    box.onDidAccept(() => {
      isKept = true;
      box.hide();
    });
    box.onDidHide(() => {
      if (!isKept) {
        void this.clear();
      }
      box.dispose();
    });
    box.show();
  }

  /** In sight afterwards: the operation that is named, else the one that was selected. */
  async clear(key = this.#selectedKey()): Promise<void> {
    this.#set('');
    const row = key === undefined ? undefined : this.#tree.rowOf(key);
    if (row) {
      await this.#view.reveal(row);
    }
  }

  /** The same words over what the catalog holds after it changed. */
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
    this.#view.setMessage(isFiltered ? vscode.l10n.t('{0} of {1}, Esc clears', found, localize(operations(all))) : '');
    setContext('ninjaone.explorerFiltered', isFiltered);
    this.#view.refresh();
  }
}
