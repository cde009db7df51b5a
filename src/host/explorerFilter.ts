import * as vscode from 'vscode';
import { operations } from '../core/base/counts.ts';
import { setContext } from './contributions.ts';
import type { ExplorerTree } from './explorerTree.ts';
import type { ExplorerView } from './explorerView.ts';
import { spoken } from './spoken.ts';

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
        this.clear();
      }
      box.dispose();
    });
    box.show();
  }

  /** The operation that was selected stays in sight. */
  clear(): void {
    const { selected } = this.#view;
    this.#set('');
    const row = selected?.kind === 'operation' ? this.#tree.rowOf(selected.operation.key) : undefined;
    if (row) {
      void this.#view.reveal(row);
    }
  }

  /** The same words over what the catalogue holds after it changed. */
  apply(): void {
    this.#set(this.#tree.filter);
  }

  #set(text: string): void {
    const { found, all } = this.#tree.setFilter(text);
    const isFiltered = this.#tree.filter !== '';
    this.#view.setMessage(isFiltered ? vscode.l10n.t('{0} of {1}, Esc clears', found, spoken(operations(all))) : '');
    setContext('ninjaone.explorerFiltered', isFiltered);
    this.#view.refresh();
  }
}
