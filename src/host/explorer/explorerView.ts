import * as vscode from 'vscode';
import { Coalescer, type Disposable } from '../../core/base/lifecycle.ts';
import { EXPLORER_VIEW } from '../platform/contributions.ts';
import type { ExplorerRow } from '../catalog/operationPick.ts';
import type { ExplorerTree } from './explorerTree.ts';

/** The view of the API Explorer. Its content is loaded when the view is first shown, so that startup reads no catalog. */
export class ExplorerView implements vscode.TreeDataProvider<ExplorerRow>, Disposable {
  readonly #load: () => Promise<ExplorerTree>;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #changes = new Coalescer(20, () => {
    this.#changed.fire();
  });
  readonly #view: vscode.TreeView<ExplorerRow>;
  #isRequested = false;

  readonly onDidChangeTreeData = this.#changed.event;

  /** `load` is called for each request of VS Code, so it has to remember the tree. */
  constructor(load: () => Promise<ExplorerTree>) {
    this.#load = load;
    this.#view = vscode.window.createTreeView(EXPLORER_VIEW, { treeDataProvider: this, showCollapseAll: true });
  }

  tree(): Promise<ExplorerTree> {
    this.#isRequested = true;
    return this.#load();
  }

  /** Called when something that the rows show has changed. Does nothing if the view was never shown. */
  refresh(): void {
    if (this.#isRequested) {
      this.#changes.run();
    }
  }

  /** The message above the tree, which describes the filter. */
  setMessage(text: string): void {
    this.#view.message = text;
  }

  get selected(): ExplorerRow | undefined {
    return this.#view.selection[0];
  }

  /** Fires pending changes first, because VS Code only finds rows that it knows. */
  async reveal(row: ExplorerRow): Promise<void> {
    this.#changes.flush();
    await this.#view.reveal(row, { select: true, focus: true });
  }

  async getChildren(row?: ExplorerRow): Promise<ExplorerRow[]> {
    return (await this.tree()).children(row);
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

  dispose(): void {
    this.#view.dispose();
    this.#changes.dispose();
    this.#changed.dispose();
  }
}
