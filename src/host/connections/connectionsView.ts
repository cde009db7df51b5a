import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { WritePermission } from '../../core/api/apiClient.ts';
import { Coalescer, type Disposable, type Event } from '../../core/base/lifecycle.ts';
import type { TokenService } from '../../core/sessions/tokenService.ts';
import { CONNECTIONS_VIEW } from '../platform/contributions.ts';
import type { SelectedConnection } from '../selection/selectedConnection.ts';
import type { Settings } from '../platform/settings.ts';
import type { SignIn } from '../signIn/signIn.ts';
import { sessionsOfConnection, type ConnectionRow } from './connectionRows.ts';

export interface ConnectionsViewOptions {
  readonly settings: Settings;
  readonly tokens: TokenService;
  readonly signIn: SignIn;
  readonly selection: SelectedConnection;
  readonly writes: WritePermission & { readonly onDidChange: Event<void> };
  /** Includes changes of sessions that are not in use. */
  readonly onDidChangeSessions: Event<unknown>;
  readonly now: () => number;
}

/**
 * Shows connections with their state and sessions, problems in the settings, and sessions without a connection (C1,
 * C4).
 */
export class ConnectionsView implements vscode.TreeDataProvider<ConnectionRow>, Disposable {
  readonly #options: ConnectionsViewOptions;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #shown = new vscode.EventEmitter<void>();
  readonly #disposable: vscode.Disposable;
  readonly #view: vscode.TreeView<ConnectionRow>;
  readonly #rows = new WeakSet();
  /** What the view shows since it was last drawn; undefined before VS Code has asked for rows. */
  #drawn: string | undefined;

  readonly onDidChangeTreeData = this.#changed.event;
  /** Fires when the view becomes visible. */
  readonly onDidShow: Event<void> = this.#shown.event;

  constructor(options: ConnectionsViewOptions) {
    this.#options = options;
    // VS Code renders at the first event and again 200 ms after the last one, and a row that is clicked in between no
    // longer exists. So changes that happen together fire one event.
    const changes = new Coalescer(20, () => {
      this.#redraw().catch(() => {
        this.#changed.fire();
      });
    });
    const refresh = (): void => {
      changes.run();
    };
    this.#view = vscode.window.createTreeView(CONNECTIONS_VIEW, { treeDataProvider: this });
    // Rows show until when a token is valid, so a visible view must stay up to date.
    const clock = setInterval(() => {
      if (this.#view.visible) {
        refresh();
      }
    }, 60_000);
    clock.unref();
    this.#disposable = vscode.Disposable.from(
      this.#view,
      changes,
      this.#changed,
      this.#shown,
      this.#view.onDidChangeVisibility(({ visible }) => {
        if (visible) {
          this.#shown.fire();
        }
      }),
      new vscode.Disposable(() => {
        clearInterval(clock);
      }),
      options.settings.onDidChangeConnections(refresh),
      options.tokens.onDidChange(refresh),
      // A session can end without an event, when its refresh token is found to be spent.
      options.tokens.onRenewalFailure(refresh),
      options.onDidChangeSessions(refresh),
      options.signIn.onDidChangePending(refresh),
      options.selection.onDidChange(refresh),
      options.writes.onDidChange(refresh),
    );
  }

  /** VS Code passes the row object itself to commands of its menu, so it can be recognized by identity. */
  isRow(value: unknown): boolean {
    return typeof value === 'object' && value !== null && this.#rows.has(value);
  }

  async getChildren(row?: ConnectionRow): Promise<ConnectionRow[]> {
    if (this.#drawn === undefined) {
      this.#drawn = '';
      await sleep(FIRST_ROWS_DELAY);
    }
    const rows = this.#childrenOf(row);
    rows.forEach((each) => this.#rows.add(each));
    return rows;
  }

  #childrenOf(row: ConnectionRow | undefined): ConnectionRow[] {
    const { settings, tokens } = this.#options;
    if (!row) {
      return [
        ...settings.connections.map((connection) => ({ kind: 'connection' as const, connection })),
        ...settings.parsed.problems.map((problem) => ({ kind: 'problem' as const, problem })),
        ...tokens.orphans().map((session) => ({ kind: 'orphan' as const, session })),
      ];
    }
    return row.kind === 'connection'
      ? sessionsOfConnection(row.connection, [...tokens.usable(), ...tokens.expired()]).map((usable) => ({
          kind: 'session' as const,
          usable,
        }))
      : [];
  }

  /** Only if something differs, because VS Code keeps memory for each row of a view whenever it is drawn. */
  async #redraw(): Promise<void> {
    if (this.#drawn === undefined) {
      this.#changed.fire();
      return;
    }
    const { connectionTreeItem: treeItemOf } = await loadItems();
    const rows = this.#childrenOf(undefined).flatMap((row) => [row, ...this.#childrenOf(row)]);
    // Commands get the rows themselves, so that these must be up to date, too.
    const shown = JSON.stringify(rows.map((row) => [treeItemOf(row, this.#options), versionOf(row)]));
    if (shown !== this.#drawn) {
      this.#drawn = shown;
      this.#changed.fire();
    }
  }

  async getTreeItem(row: ConnectionRow): Promise<vscode.TreeItem> {
    return (await loadItems()).connectionTreeItem(row, this.#options);
  }

  /** Called for the hovered row only. */
  async resolveTreeItem(item: vscode.TreeItem, row: ConnectionRow): Promise<vscode.TreeItem> {
    item.tooltip ??= (await loadItems()).connectionTooltip(row, this.#options);
    return item;
  }

  dispose(): void {
    this.#disposable.dispose();
  }
}

/**
 * Milliseconds. VS Code asks every view of the container for its rows at once, and draws in the order of the answers. The
 * API Explorer is the larger view, so its rows are drawn first.
 */
const FIRST_ROWS_DELAY = 50;

const loadItems = () => import('./connectionItems.ts');

function versionOf(row: ConnectionRow): unknown {
  switch (row.kind) {
    case 'connection':
      return row.connection;
    case 'session':
      return row.usable.session.generation;
    case 'problem':
      return row.problem;
    case 'orphan':
      return row.session.generation;
  }
}
