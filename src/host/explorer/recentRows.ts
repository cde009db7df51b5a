import type * as vscode from 'vscode';
import type { ExplorerRow } from '../catalog/operationPick.ts';
import { RECENT, type ExplorerTree } from './explorerTree.ts';
import type { ExplorerView } from './explorerView.ts';

/**
 * Draws the group of recent operations again when it changes. While it is open, or hidden by a filter, that waits until
 * it is closed or everything is drawn, because its rows and those below would move under the pointer (E3).
 */
export class RecentRows {
  readonly #tree: ExplorerTree;
  readonly #view: ExplorerView;
  #isOutdated = false;
  readonly #subscriptions: readonly vscode.Disposable[];

  constructor(tree: ExplorerTree, view: ExplorerView) {
    this.#tree = tree;
    this.#view = view;
    this.#subscriptions = [
      view.treeView.onDidCollapseElement(({ element }) => {
        this.#closed(element);
      }),
      view.treeView.onDidChangeVisibility(() => {
        if (this.#isOutdated) {
          this.#isOutdated = false;
          view.refresh();
        }
      }),
    ];
  }

  changed(): void {
    if (this.#tree.isRecentClosed) {
      this.#view.refresh(RECENT);
    } else {
      this.#isOutdated = true;
    }
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) {
      subscription.dispose();
    }
  }

  #closed({ id }: ExplorerRow): void {
    if (id === RECENT) {
      this.#tree.closeRecent();
      if (this.#isOutdated) {
        this.#isOutdated = false;
        this.changed();
      }
    }
  }
}
