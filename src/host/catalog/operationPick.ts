import * as vscode from 'vscode';
import { canceled } from '../../core/base/errors.ts';
import { textAt } from '../../core/base/untrusted.ts';
import type { Operation } from '../../core/catalog/operation.ts';
import { showPick } from '../platform/quickInputs.ts';
import type { CurrentCatalog } from './currentCatalog.ts';
import type { OperationLists } from './operationLists.ts';

/** A row of the explorer. It knows its group, because an operation may be in several groups. */
export type ExplorerRow =
  | { readonly kind: 'group'; readonly id: string; readonly label: string; readonly operations: readonly Operation[] }
  | { readonly kind: 'operation'; readonly id: string; readonly group: string; readonly operation: Operation };

/** Finds the operation that a command acts on. */
export class OperationPicker {
  readonly #catalog: Pick<CurrentCatalog, 'value'>;
  readonly #lists: Pick<OperationLists, 'favorites' | 'recent'>;

  constructor(catalog: Pick<CurrentCatalog, 'value'>, lists: Pick<OperationLists, 'favorites' | 'recent'>) {
    this.#catalog = catalog;
    this.#lists = lists;
  }

  /** The operation that the argument names. The argument is a row of the tree or a key; only the key of a row is read. */
  named(argument: unknown): Operation | undefined {
    const key = typeof argument === 'string' ? argument : textAt(argument, 'operation', 'key');
    return key === undefined ? undefined : this.#catalog.value.find(key);
  }

  /** The named operation, or else one that the user picks, with recent ones and favorites first. Rejects as canceled. */
  async pick(argument: unknown, title: string): Promise<Operation> {
    const named = this.named(argument);
    if (named) {
      return named;
    }
    const first = [...this.#lists.recent, ...this.#lists.favorites];
    const rank = (key: string): number => (first.includes(key) ? first.indexOf(key) : first.length);
    const chosen = await showPick(
      [...this.#catalog.value.operations]
        .sort((a, b) => rank(a.key) - rank(b.key))
        .map((operation) => ({ label: operation.title, description: operation.key, operation })),
      { title, placeHolder: vscode.l10n.t('Search by title, method or path'), matchOnDescription: true },
    );
    if (!chosen) {
      throw canceled();
    }
    return chosen.operation;
  }
}
