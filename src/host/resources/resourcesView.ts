import * as vscode from 'vscode';
import type { Disposable, Event } from '../../core/base/lifecycle.ts';
import type { TokenService } from '../../core/sessions/tokenService.ts';
import { RESOURCES_VIEW } from '../platform/contributions.ts';
import type { SelectedConnection } from '../selection/selectedConnection.ts';
import type { ListRow, ResourceRow } from './resourceRows.ts';
import type { ResourceTree } from './resourceTree.ts';
import type { resourceTreeItem } from './resourceItems.ts';

/** The part of the Resources view that its rows need; loaded when the view is first shown. */
export interface Resources extends Disposable {
  readonly tree: ResourceTree;
  readonly itemOf: typeof resourceTreeItem;
}

export interface ResourcesViewOptions {
  readonly explorer: () => Promise<{ readonly resources: Resources }>;
  readonly selection: Pick<SelectedConnection, 'current' | 'onDidChange'>;
  readonly tokens: Pick<TokenService, 'usable'> & { readonly onDidChange: Event<unknown> };
}

/**
 * The Resources view (E17). It has one row, the active connection, if somebody is signed in to it; otherwise VS Code shows
 * how to sign in. It is emptied when the sessions of the connection change, so nobody sees what another user may see.
 */
export class ResourcesView implements vscode.TreeDataProvider<ResourceRow>, Disposable {
  readonly #options: ResourcesViewOptions;
  readonly #changed = new vscode.EventEmitter<ResourceRow | undefined>();
  readonly #treeView: vscode.TreeView<ResourceRow>;
  readonly #disposable: vscode.Disposable;
  readonly #rows = new WeakSet();
  #resources: Resources | undefined;
  /** The connection and the sessions of the rows that are shown. */
  #shown = '';

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(options: ResourcesViewOptions) {
    this.#options = options;
    this.#treeView = vscode.window.createTreeView(RESOURCES_VIEW, { treeDataProvider: this, showCollapseAll: true });
    const follow = (): void => {
      if (this.#scope !== this.#shown) {
        this.refresh();
      }
    };
    this.#disposable = vscode.Disposable.from(
      this.#treeView,
      this.#changed,
      options.selection.onDidChange(follow),
      options.tokens.onDidChange(follow),
    );
  }

  /** The row that VS Code passes to a command, or else the selected one. Another extension has no row. */
  row(argument: unknown): ResourceRow | undefined {
    const row = argument === undefined ? this.#treeView.selection[0] : argument;
    return typeof row === 'object' && row !== null && this.#rows.has(row) ? (row as ResourceRow) : undefined;
  }

  /** Empties the view; what is open is fetched again. */
  refresh(): void {
    this.#resources?.tree.clear();
    this.#changed.fire(undefined);
  }

  async getChildren(row?: ResourceRow): Promise<ResourceRow[]> {
    const rows = row ? await (await this.#loaded()).tree.children(row) : this.#roots();
    rows.forEach((each) => this.#rows.add(each));
    return [...rows];
  }

  async getTreeItem(row: ResourceRow): Promise<vscode.TreeItem> {
    return (await this.#loaded()).itemOf(row);
  }

  dispose(): void {
    this.#disposable.dispose();
  }

  get #scope(): string {
    const { selection, tokens } = this.#options;
    const { current } = selection;
    const ids = tokens
      .usable()
      .flatMap(({ connection, session }) => (connection.id === current?.id ? [session.id] : []));
    return current && ids.length > 0 ? JSON.stringify([current.id, current.name, ...ids.sort()]) : '';
  }

  #roots(): ListRow[] {
    const { current } = this.#options.selection;
    this.#shown = this.#scope;
    return current && this.#shown !== ''
      ? [
          {
            kind: 'list',
            // VS Code remembers by ID which rows are open, and what was open for one user is not opened for the next.
            ...{ id: this.#shown, connection: current, opens: 'organizations', objects: [], item: undefined },
          },
        ]
      : [];
  }

  async #loaded(): Promise<Resources> {
    const { resources } = await this.#options.explorer();
    if (this.#resources !== resources) {
      this.#resources = resources;
      resources.tree.onDidChange((row) => {
        this.#changed.fire(row);
      });
    }
    return resources;
  }
}
