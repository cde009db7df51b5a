import * as vscode from 'vscode';
import { plainText } from '../../core/base/errors.ts';
import { l10n } from '../../core/base/l10n.ts';
import type { OperationSearch } from '../../core/catalog/searchOperations.ts';
import { consoleTarget, type KnownConnections } from '../catalog/consoleTargets.ts';
import type { CurrentCatalog } from '../catalog/currentCatalog.ts';
import type { ExplorerRow } from '../catalog/operationPick.ts';
import { setContext } from '../platform/contributions.ts';
import { localizedErrorMessage } from '../platform/errorReporter.ts';
import type { ExplorerTree } from './explorerTree.ts';
import type { ExplorerView } from './explorerView.ts';
import { localize } from '../platform/localize.ts';

export interface ExplorerFilterOptions {
  readonly tree: ExplorerTree;
  readonly view: ExplorerView;
  readonly catalog: Pick<CurrentCatalog, 'value'>;
  readonly known: () => KnownConnections;
}

/** The filter of the tree (E3): typed into an input box, shown in the message above the tree. */
export class ExplorerFilter {
  readonly #options: ExplorerFilterOptions;
  /** Finds operations of the catalog that was shown last when there was a filter. */
  #search: OperationSearch | undefined;
  /** While it is open. */
  #box: vscode.InputBox | undefined;

  constructor(options: ExplorerFilterOptions) {
    this.#options = options;
  }

  /** What was typed. Empty if all operations are shown, or if it is an address of another server. */
  get text(): string {
    const { filter } = this.#options.tree;
    return this.#addressProblem(filter) === undefined ? filter : '';
  }

  /**
   * Filters while the user types. The filter stays when the box closes, for example because the user clicks on what it has
   * found, unless it finds nothing. Enter moves the focus to the best of the operations that it has found. Escape,
   * which VS Code does not tell from a click, has a keybinding of its own that clears the filter.
   */
  async ask(): Promise<void> {
    const { tree, view } = this.#options;
    await this.#load();
    const box = vscode.window.createInputBox();
    box.title = vscode.l10n.t('Filter Operations');
    box.placeholder = vscode.l10n.t('Words to find in method, path, name, tag or parameter');
    box.value = tree.filter;
    box.onDidChangeValue((text) => {
      this.#set(text);
      box.validationMessage =
        this.#addressProblem(text) ??
        (this.#findsNothing
          ? vscode.l10n.t('No operation has all of these words. Enter fewer words, or part of a path.')
          : undefined);
    });
    box.onDidAccept(() => {
      const best = this.#bestRow();
      if (best) {
        box.hide();
        void (tree.filter === '' ? undefined : view.reveal(best));
      }
    });
    box.onDidHide(() => {
      box.dispose();
      // Not if the command was run again and its new box has closed this one.
      if (this.#box === box) {
        this.#box = undefined;
        setContext('ninjaone.explorerFiltering', false);
        if (this.#findsNothing) {
          this.#set('');
        }
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
    const row = key === undefined ? undefined : this.#options.tree.rowOf(key);
    if (row) {
      await this.#options.view.reveal(row);
    }
  }

  /** Applies the current filter again after the catalog changed. */
  async apply(): Promise<void> {
    const { tree } = this.#options;
    if (tree.filter !== '' || this.#box) {
      await this.#load();
    }
    this.#set(tree.filter);
  }

  async #load(): Promise<void> {
    const { value } = this.#options.catalog;
    const search = await value.search();
    // Another catalog can have been shown while the search was loaded.
    if (this.#options.catalog.value === value) {
      this.#search = search;
    } else {
      await this.#load();
    }
  }

  #selectedKey(): string | undefined {
    const { selected } = this.#options.view;
    return selected?.kind === 'operation' ? selected.operation.key : undefined;
  }

  /** The row that Enter should run: of a pasted path, that of the operation and not of one below it. */
  #bestRow(): ExplorerRow | undefined {
    const { tree } = this.#options;
    const [best] = this.#search?.rank(tree.filter) ?? [];
    return (best && tree.rowOf(best.key)) ?? tree.firstOperation();
  }

  /** Why the tree, whose operations run on the active connection, does not list those of a console address (E20). */
  #addressProblem(text: string): string | undefined {
    const known = this.#options.known();
    const target = consoleTarget(text, known);
    if (target && 'problem' in target) {
      return localizedErrorMessage(target.problem);
    }
    return target && target.connection.id !== known.current?.id
      ? vscode.l10n.t('This is an address of {0}. Select that connection first.', plainText(target.connection.name, 60))
      : undefined;
  }

  get #findsNothing(): boolean {
    return this.#options.tree.firstOperation() === undefined;
  }

  #set(text: string): void {
    const { tree, view, catalog } = this.#options;
    const { operations } = catalog.value;
    const search = this.#addressProblem(text) === undefined ? this.#search?.filter(text) : [];
    const found = text.trim() === '' ? operations : (search ?? operations);
    tree.setFilter(text, found);
    const isFiltered = tree.filter !== '';
    view.setMessage(
      isFiltered
        ? localize(
            l10n.t({
              message: '"{0}": {2, plural, one {{1} of # operation} other {{1} of # operations}}',
              args: [plainText(tree.filter, MAX_SHOWN), found.length, operations.length],
              comment: '{0} is the text of the filter, {1} the number of operations that match, {2} of all.',
            }),
          )
        : '',
    );
    setContext('ninjaone.explorerFiltered', isFiltered);
    view.refresh();
  }
}

/** Characters of the filter in its message. A message of two lines would push the rows down while the user types. */
const MAX_SHOWN = 20;
