import * as vscode from 'vscode';
import { Coalescer, type Disposable } from '../../core/base/lifecycle.ts';
import { EXPLORER_VIEW } from '../platform/contributions.ts';
import type { ExplorerRow } from '../catalog/operationPick.ts';
import type { ExplorerTree } from './explorerTree.ts';

/** The view of the API Explorer. Its content is loaded when the view is first shown, so that startup reads no catalog. */
export class ExplorerView implements vscode.TreeDataProvider<ExplorerRow>, Disposable {
  readonly #load: () => Promise<ExplorerTree>;
  readonly #changed = new vscode.EventEmitter<ExplorerRow | undefined>();
  readonly #changes = new Coalescer(20, () => {
    this.#redraw();
  });
  /** The rows on top that VS Code knows, by ID. */
  #groups: ReadonlyMap<string, ExplorerRow> = new Map();
  /** IDs of the groups to draw again; `all` for every row. */
  #outdated: Set<string> | 'all' = new Set();
  readonly treeView: vscode.TreeView<ExplorerRow>;
  #isRequested = false;

  readonly onDidChangeTreeData = this.#changed.event;

  /** `load` is called for each request of VS Code, so it has to remember the tree. */
  constructor(load: () => Promise<ExplorerTree>) {
    this.#load = load;
    this.treeView = vscode.window.createTreeView(EXPLORER_VIEW, { treeDataProvider: this, showCollapseAll: true });
  }

  tree(): Promise<ExplorerTree> {
    this.#isRequested = true;
    return this.#load();
  }

  /**
   * Called when something has changed that the rows show, or those of one group. Does nothing if the view was never shown.
   */
  refresh(group?: string): void {
    if (this.#isRequested) {
      if (group === undefined) {
        this.#outdated = 'all';
      } else if (this.#outdated !== 'all') {
        this.#outdated.add(group);
      }
      this.#changes.run();
    }
  }

  /** The message above the tree, which describes the filter. */
  setMessage(text: string): void {
    this.treeView.message = text;
  }

  get selected(): ExplorerRow | undefined {
    return this.treeView.selection[0];
  }

  /** Fires pending changes first, because VS Code only finds rows that it knows. */
  async reveal(row: ExplorerRow): Promise<void> {
    this.#changes.flush();
    await this.treeView.reveal(row, { select: true, focus: true });
  }

  async getChildren(row?: ExplorerRow): Promise<ExplorerRow[]> {
    const rows = (await this.tree()).children(row);
    if (!row) {
      this.#groups = new Map(rows.map((group) => [group.id, group]));
    }
    return rows;
  }

  async getParent(row: ExplorerRow): Promise<ExplorerRow | undefined> {
    return (await this.tree()).parent(row);
  }

  async getTreeItem(row: ExplorerRow): Promise<vscode.TreeItem> {
    return (await this.tree()).item(row);
  }

  /** Called for the hovered row only. */
  async resolveTreeItem(item: vscode.TreeItem, row: ExplorerRow): Promise<vscode.TreeItem> {
    item.tooltip = (await this.tree()).tooltip(row);
    return item;
  }

  /** As few rows as possible, because VS Code keeps memory for each of them whenever it is drawn. */
  #redraw(): void {
    const rows = this.#outdated === 'all' ? [undefined] : [...this.#outdated].map((id) => this.#groups.get(id));
    this.#outdated = new Set();
    // A group that VS Code does not know yet appears when everything is drawn.
    for (const row of rows.includes(undefined) ? [undefined] : rows) {
      this.#changed.fire(row);
    }
  }

  dispose(): void {
    this.treeView.dispose();
    this.#changes.dispose();
    this.#changed.dispose();
  }
}
