import type * as vscode from 'vscode';
import type { Disposable } from '../../core/base/lifecycle.ts';
import { CurrentCatalog, type CurrentCatalogOptions } from '../catalog/currentCatalog.ts';
import { OperationLists } from '../catalog/operationLists.ts';
import { ExplorerTree, RECENT } from './explorerTree.ts';
import type { ExplorerView } from './explorerView.ts';

export interface ExplorerTreeParts extends Disposable {
  readonly catalog: CurrentCatalog;
  readonly lists: OperationLists;
  readonly tree: ExplorerTree;
}

export interface OpenExplorerTreeOptions extends CurrentCatalogOptions {
  readonly view: ExplorerView;
  readonly favorites: vscode.Memento;
  readonly recent: vscode.Memento;
}

/** Creates what the rows of the tree need, and nothing else, so that they appear at once. Sends no request. */
export async function openExplorerTree(options: OpenExplorerTreeOptions): Promise<ExplorerTreeParts> {
  const { settings, selection, view } = options;
  const catalog = await CurrentCatalog.open(options);
  const lists = new OperationLists({
    ...options,
    changed: (which) => view.refresh(which === 'recent' ? RECENT : undefined),
  });
  const tree = new ExplorerTree({
    catalog: () => catalog.value,
    groupBy: () => settings.groupBy,
    connection: () => selection.current,
    favorites: () => lists.favorites,
    recent: () => lists.recent,
  });
  const refresh = (): void => {
    view.refresh();
  };
  const subscriptions = [settings.onDidChangeExplorer(refresh), catalog.onDidChange(refresh), catalog];
  return {
    catalog,
    lists,
    tree,
    dispose: () => {
      for (const subscription of subscriptions) {
        subscription.dispose();
      }
    },
  };
}
