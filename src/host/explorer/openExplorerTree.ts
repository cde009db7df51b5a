import * as vscode from 'vscode';
import type { Disposable } from '../../core/base/lifecycle.ts';
import { FavoritesFile } from '../../core/catalog/favoritesFile.ts';
import { CurrentCatalog, type CurrentCatalogOptions } from '../catalog/currentCatalog.ts';
import { OperationLists } from '../catalog/operationLists.ts';
import { ExplorerTree } from './explorerTree.ts';
import type { ExplorerView } from './explorerView.ts';
import { RecentRows } from './recentRows.ts';

export interface ExplorerTreeParts extends Disposable {
  readonly catalog: CurrentCatalog;
  readonly lists: OperationLists;
  readonly tree: ExplorerTree;
}

export interface OpenExplorerTreeOptions extends CurrentCatalogOptions {
  readonly view: ExplorerView;
  /** Path of the file with the favorites. */
  readonly favorites: string;
  readonly recent: vscode.Memento;
}

/** Creates what the rows of the tree need, and nothing else, so that they appear at once. Sends no request. */
export async function openExplorerTree(options: OpenExplorerTreeOptions): Promise<ExplorerTreeParts> {
  const { settings, selection, view } = options;
  const [catalog, lists] = await Promise.all([
    CurrentCatalog.open(options),
    OperationLists.open({
      favorites: new FavoritesFile(options.favorites),
      recent: options.recent,
      changed: (which) => {
        if (which === 'recent') {
          recentRows.changed();
        } else {
          view.refresh();
        }
      },
    }),
  ]);
  const tree = new ExplorerTree({
    catalog: () => catalog.value,
    groupBy: () => settings.groupBy,
    connection: () => selection.current,
    favorites: () => lists.favorites,
    recent: () => lists.recent,
  });
  const recentRows = new RecentRows(tree, view);
  const refresh = (): void => {
    view.refresh();
  };
  const subscriptions = [
    settings.onDidChangeExplorer(refresh),
    catalog.onDidChange(refresh),
    catalog,
    recentRows,
    vscode.window.onDidChangeWindowState(({ focused }) => {
      if (focused) {
        void lists.recheck();
      }
    }),
  ];
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
