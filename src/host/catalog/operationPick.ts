import * as vscode from 'vscode';
import { canceled } from '../../core/base/errors.ts';
import type { Catalog } from '../../core/catalog/catalog.ts';
import type { Operation } from '../../core/catalog/operation.ts';
import type { OperationLists } from './operationLists.ts';

/** A row of the explorer. An operation may stand in several groups, so a row knows in which it stands. */
export type ExplorerRow =
  | { readonly kind: 'group'; readonly id: string; readonly label: string; readonly operations: readonly Operation[] }
  | { readonly kind: 'operation'; readonly id: string; readonly group: string; readonly operation: Operation };

/** A row of the tree or a key; whatever else it is, only the key is read and looked up. */
export function namedOperation(argument: unknown, catalog: Catalog): Operation | undefined {
  const row = argument as Partial<Extract<ExplorerRow, { kind: 'operation' }>> | undefined;
  const key = typeof argument === 'string' ? argument : typeof argument === 'object' ? row?.operation?.key : undefined;
  return typeof key === 'string' ? catalog.find(key) : undefined;
}

/** Recent ones and favorites first. Rejects as canceled when nothing is chosen. */
export async function pickOperation(title: string, catalog: Catalog, lists: OperationLists): Promise<Operation> {
  const first = [...lists.recent, ...lists.favorites];
  const rank = (key: string): number => (first.includes(key) ? first.indexOf(key) : first.length);
  const chosen = await vscode.window.showQuickPick(
    [...catalog.operations]
      .sort((a, b) => rank(a.key) - rank(b.key))
      .map((operation) => ({ label: operation.title, description: operation.key, operation })),
    { title, matchOnDescription: true },
  );
  if (!chosen) {
    throw canceled();
  }
  return chosen.operation;
}
