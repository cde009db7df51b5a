import * as vscode from 'vscode';
import { operations } from '../../core/base/counts.ts';
import { plainLines, plainText } from '../../core/base/errors.ts';
import type { Catalog } from '../../core/catalog/catalog.ts';
import type { GroupBy } from '../../core/catalog/groupOperations.ts';
import type { Operation, RiskLevel } from '../../core/catalog/operation.ts';
import type { Connection } from '../../core/connections/connection.ts';
import type { ExplorerRow } from '../catalog/operationPick.ts';
import { riskLevelTexts } from '../catalog/riskLevelTexts.ts';
import { listOf } from '../platform/format.ts';
import { localize } from '../platform/localize.ts';

export interface ExplorerTreeOptions {
  /** The catalog of the instance if it is known, or else the bundled one. */
  readonly catalog: () => Catalog;
  readonly groupBy: () => GroupBy;
  /** The connection that Run uses; undefined if there is none. */
  readonly connection: () => Connection | undefined;
  /** Keys of operations, the first on top. */
  readonly favorites: () => readonly string[];
  readonly recent: () => readonly string[];
}

/** The rows of the tree: every operation of the catalog in groups, or those that match the filter (E1, E3). */
export class ExplorerTree {
  readonly #options: ExplorerTreeOptions;
  #filter = '';
  /** Keys of the operations that match the filter. */
  #found: ReadonlySet<string> | undefined;
  #recent: 'closed' | 'open' | 'absent' = 'closed';

  constructor(options: ExplorerTreeOptions) {
    this.#options = options;
  }

  get filter(): string {
    return this.#filter;
  }

  /** Shows only the operations that `found` has. An empty text shows all. */
  setFilter(text: string, found: readonly Operation[]): void {
    this.#filter = text.trim();
    this.#found = this.#filter === '' ? undefined : new Set(found.map(({ key }) => key));
  }

  /** Whether VS Code shows Recent without its rows, so that drawing it moves nothing. */
  get isRecentClosed(): boolean {
    return this.#recent === 'closed';
  }

  closeRecent(): void {
    this.#recent = 'closed';
  }

  /** The rows that VS Code shows from now on. */
  children(row: ExplorerRow | undefined): ExplorerRow[] {
    if (row) {
      this.#recent = row.id === RECENT ? 'open' : this.#recent;
      return this.#operationRows(row);
    }
    const groups = this.#groups();
    this.#recent = groups.some(({ id }) => id === RECENT) ? 'closed' : 'absent';
    return groups;
  }

  #operationRows(row: ExplorerRow): ExplorerRow[] {
    return row.kind === 'group'
      ? this.#operationsOf(row).map((operation) => ({
          kind: 'operation',
          id: `${row.id}:${operation.key}`,
          group: row.id,
          operation,
        }))
      : [];
  }

  parent(row: ExplorerRow): ExplorerRow | undefined {
    return row.kind === 'operation' ? this.#groups().find(({ id }) => id === row.group) : undefined;
  }

  /** The row of an operation in its group, not in Favorites or Recent; undefined if the filter hides it. */
  rowOf(key: string): ExplorerRow | undefined {
    const groups = this.#groups().filter(({ id }) => id !== FAVORITES && id !== RECENT);
    return groups.flatMap((group) => this.#operationRows(group)).find((row) => isRowOf(row, key));
  }

  item(row: ExplorerRow): vscode.TreeItem {
    return row.kind === 'group' ? this.#groupItem(row) : this.#operationItem(row);
  }

  /** Plain text, because a description may come from a server. */
  tooltip(row: ExplorerRow): string {
    if (row.kind === 'group') {
      return localize(operations(this.#operationsOf(row).length));
    }
    const { operation } = row;
    const { parameters, traits } = operation;
    const parametersIn = (location: 'path' | 'query'): string =>
      listOf(
        parameters
          .filter((parameter) => parameter.in === location)
          .map(({ name, type, values }) => `${name}: ${values ? values.slice(0, 8).join(' | ') : type}`),
      );
    const lines = [
      operation.title,
      operation.key,
      ...(operation.description === undefined ? [] : ['', plainText(operation.description, 500), '']),
      ...line(vscode.l10n.t('Path'), parametersIn('path')),
      ...line(vscode.l10n.t('Query'), parametersIn('query')),
      ...line(vscode.l10n.t('Body'), operation.body?.contentType ?? ''),
      ...line(vscode.l10n.t('Required scope'), traits.scope),
      ...(traits.needsUser ? [vscode.l10n.t('Needs the sign-in of a user. A service cannot call it.')] : []),
      ...line(vscode.l10n.t('Effect'), riskLevelTexts(traits.riskLevel).label),
      ...line(vscode.l10n.t('Not available'), this.#lockOf(operation) ?? ''),
      '',
      vscode.l10n.t(
        'Icons: arrow reads data, closed eye reads secrets, pencil changes data, bolt acts on devices, flame destroys data, lock not available',
      ),
    ];
    return plainLines(lines.join('\n'));
  }

  /** The row of the first operation, also in Favorites or Recent; undefined if the filter finds none. */
  firstOperation(): ExplorerRow | undefined {
    return this.#groups().flatMap((group) => this.#operationRows(group))[0];
  }

  #operations(): readonly Operation[] {
    const { operations } = this.#options.catalog();
    const found = this.#found;
    return found ? operations.filter(({ key }) => found.has(key)) : operations;
  }

  /** VS Code draws Recent again with the row that it has, whose operations are out of date. */
  #operationsOf({ id, operations: known }: GroupRow): readonly Operation[] {
    return id === RECENT ? this.#known(this.#options.recent(), this.#operations()) : known;
  }

  #known(keys: readonly string[], operations: readonly Operation[]): readonly Operation[] {
    return keys.flatMap((key) => operations.find((operation) => operation.key === key) ?? []);
  }

  #groups(): ExplorerRow[] {
    const { catalog, groupBy, favorites, recent } = this.#options;
    const operations = this.#operations();
    const pinned = (id: string, label: string, keys: readonly string[], isKept = false): ExplorerRow[] => {
      const found = this.#known(keys, operations);
      return isKept || found.length > 0 ? [{ kind: 'group', id, label, operations: found }] : [];
    };
    return [
      ...pinned(FAVORITES, vscode.l10n.t('Favorites'), favorites()),
      // Always in its place, because the first request would otherwise move the row under the pointer (E3).
      ...pinned(RECENT, vscode.l10n.t('Recent'), recent(), this.#filter === ''),
      ...catalog()
        .groups(groupBy(), operations)
        .map((group): ExplorerRow => ({ kind: 'group', ...group })),
    ];
  }

  #groupItem(row: GroupRow): vscode.TreeItem {
    const count = this.#operationsOf(row).length;
    const isOpen = this.#filter !== '' || row.id === FAVORITES;
    const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
    const item = new vscode.TreeItem(plainText(row.label), count === 0 ? None : isOpen ? Expanded : Collapsed);
    // A different ID while filtering, because VS Code remembers by ID which rows are expanded.
    item.id = this.#filter === '' ? row.id : `filtered:${row.id}`;
    item.description = String(count);
    item.contextValue = 'group';
    item.accessibilityInformation = { label: `${row.label}, ${localize(operations(count))}` };
    if (row.id === FAVORITES || row.id === RECENT) {
      item.iconPath = new vscode.ThemeIcon(row.id === FAVORITES ? 'star-full' : 'history');
    }
    return item;
  }

  #operationItem({ id, operation }: Extract<ExplorerRow, { kind: 'operation' }>): vscode.TreeItem {
    const { title, key, traits } = operation;
    const item = new vscode.TreeItem(plainText(title), vscode.TreeItemCollapsibleState.None);
    const lock = this.#lockOf(operation);
    const isFavorite = this.#options.favorites().includes(key);
    item.id = this.#filter === '' ? id : `filtered:${id}`;
    item.description = plainText(lock === undefined ? key : `${key} · ${lock}`);
    item.iconPath = lock === undefined ? RISK_ICONS[traits.riskLevel] : new vscode.ThemeIcon('lock');
    // Shows the request document; nothing is sent by a click (E5).
    item.command = {
      command: 'ninjaone.explorer.open',
      title: vscode.l10n.t('Open Request Document'),
      arguments: [key],
    };
    item.contextValue = ['operation', traits.riskLevel, ...(isFavorite ? ['favorite'] : ['plain'])].join('.');
    item.accessibilityInformation = {
      label: [
        title,
        key,
        riskLevelTexts(traits.riskLevel).label,
        vscode.l10n.t({ message: 'needs {0}', args: [traits.scope], comment: '{0} is a scope.' }),
        ...(lock ? [lock] : []),
        ...(isFavorite
          ? [vscode.l10n.t({ message: 'favorite', comment: 'Read by screen readers. The operation is a favorite.' })]
          : []),
      ].join(', '),
    };
    return item;
  }

  /** Why the connection cannot call the operation, as far as that is known in advance (E3). */
  #lockOf({ traits }: Operation): string | undefined {
    const connection = this.#options.connection();
    if (!connection) {
      return undefined;
    }
    if (!connection.scopes.includes(traits.scope)) {
      return vscode.l10n.t({ message: 'needs {0}', args: [traits.scope], comment: '{0} is a scope.' });
    }
    return traits.needsUser && connection.platform === 'api-services'
      ? vscode.l10n.t({ message: 'needs a user sign-in', comment: 'Why an operation is not available.' })
      : undefined;
  }
}

type GroupRow = Extract<ExplorerRow, { kind: 'group' }>;

const FAVORITES = 'favorites';
export const RECENT = 'recent';

const RISK_ICONS: { readonly [T in RiskLevel]: vscode.ThemeIcon } = {
  read: new vscode.ThemeIcon('arrow-small-right'),
  secretRead: new vscode.ThemeIcon('eye-closed'),
  write: new vscode.ThemeIcon('edit'),
  deviceAction: new vscode.ThemeIcon('zap', new vscode.ThemeColor('list.warningForeground')),
  destructive: new vscode.ThemeIcon('flame', new vscode.ThemeColor('list.errorForeground')),
};

function isRowOf(row: ExplorerRow, key: string): boolean {
  return row.kind === 'operation' && row.operation.key === key;
}

function line(name: string, value: string): string[] {
  return value === '' ? [] : [`${name}: ${value}`];
}
