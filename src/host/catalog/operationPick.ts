import * as vscode from 'vscode';
import { canceled, type NinjaOneError } from '../../core/base/errors.ts';
import { textAt } from '../../core/base/untrusted.ts';
import type { Operation } from '../../core/catalog/operation.ts';
import { localizedErrorMessage } from '../platform/errorReporter.ts';
import { showLivePick } from '../platform/livePick.ts';
import { consoleTarget, type ConsoleTarget, type KnownConnections } from './consoleTargets.ts';
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
  readonly #known: () => KnownConnections;

  constructor(
    catalog: Pick<CurrentCatalog, 'value'>,
    lists: Pick<OperationLists, 'favorites' | 'recent'>,
    known: () => KnownConnections,
  ) {
    this.#catalog = catalog;
    this.#lists = lists;
    this.#known = known;
  }

  /** The operation that the argument names. The argument is a row of the tree or a key; only the key of a row is read. */
  named(argument: unknown): Operation | undefined {
    const key = typeof argument === 'string' ? argument : textAt(argument, 'operation', 'key');
    return key === undefined ? undefined : this.#catalog.value.find(key);
  }

  /**
   * The named operation, or else one that the user picks among those for which `isOffered` is true. Recent ones and
   * favorites come first until something is typed. Rejects as canceled.
   */
  async pick(argument: unknown, title: string, isOffered: (key: string) => boolean = () => true): Promise<Operation> {
    const named = this.named(argument);
    return named ?? (await this.search(title, isOffered)).operation;
  }

  /**
   * The operation that the user picks, with the text that was typed to find it. Rejects as canceled, or with
   * `console.foreignAddress` if a console address of an unknown server was pasted.
   */
  async search(title: string, isOffered: (key: string) => boolean = () => true): Promise<FoundOperation> {
    let typed = '';
    const catalog = this.#catalog.value;
    const search = await catalog.search();
    const first = [...this.#lists.recent, ...this.#lists.favorites];
    const place = ({ key }: Operation): number => (first.includes(key) ? first.indexOf(key) : first.length);
    const rows = new Map(
      catalog.operations
        .filter(({ key }) => isOffered(key))
        .map((operation): [Operation, OperationItem] => [
          operation,
          { label: operation.title, description: operation.key, operation },
        ]),
    );
    const untyped = [...rows.values()].sort((a, b) => place(a.operation) - place(b.operation));
    const chosen = await showLivePick<OperationItem | ProblemItem>({
      title,
      placeholder: vscode.l10n.t('Search by words, method and path, or paste an address of a request or of NinjaOne'),
      items: (text) => {
        typed = text;
        const target = consoleTarget(text, this.#known());
        if (target && 'problem' in target) {
          return [{ label: localizedErrorMessage(target.problem), problem: target.problem }];
        }
        return text.trim() === ''
          ? untyped
          : search
              .rank(text)
              .flatMap((operation) => rows.get(operation) ?? [])
              .slice(0, MAX_ROWS);
      },
    });
    if (!chosen) {
      throw canceled();
    }
    if ('problem' in chosen) {
      throw chosen.problem;
    }
    const target = consoleTarget(typed, this.#known());
    return { operation: chosen.operation, typed, target: target && 'object' in target ? target : undefined };
  }
}

export interface FoundOperation {
  readonly operation: Operation;
  /** Words, or the address of a request, whose required values are meant. */
  readonly typed: string;
  /** The object of the console address that was pasted. */
  readonly target?: ConsoleTarget | undefined;
}

type OperationItem = vscode.QuickPickItem & { readonly operation: Operation };
type ProblemItem = vscode.QuickPickItem & { readonly problem: NinjaOneError };

/** The best ones. VS Code takes time for each of them at every key stroke. */
const MAX_ROWS = 100;
