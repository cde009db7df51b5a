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
  /** Also of sessions that are served to nobody. */
  readonly onDidChangeSessions: Event<unknown>;
  readonly now: () => number;
}

/** Connections with their state, sessions, problems; and sessions whose connection is gone (C1, C4). */
export class ConnectionsView implements vscode.TreeDataProvider<ConnectionRow>, Disposable {
  readonly #options: ConnectionsViewOptions;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #shown = new vscode.EventEmitter<void>();
  readonly #disposable: vscode.Disposable;
  readonly #view: vscode.TreeView<ConnectionRow>;
  readonly #rows = new WeakSet();

  readonly onDidChangeTreeData = this.#changed.event;
  /** The view has come into sight. */
  readonly onDidShow: Event<void> = this.#shown.event;

  constructor(options: ConnectionsViewOptions) {
    this.#options = options;
    // VS Code draws at the first event and again 200 ms after the last; a row that is pressed in between is none any
    // more. So what changes in one go is told in one.
    const changes = new Coalescer(20, () => {
      this.#changed.fire();
    });
    const refresh = (): void => {
      changes.run();
    };
    this.#view = vscode.window.createTreeView(CONNECTIONS_VIEW, { treeDataProvider: this, showCollapseAll: false });
    // A row shows until when its token is valid, so a view that is looked at must not go stale.
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
      options.onDidChangeSessions(refresh),
      options.signIn.onDidChangePending(refresh),
      options.selection.onDidChange(refresh),
      options.writes.onDidChange(refresh),
    );
  }

  /** Rows are objects of ours, which VS Code hands back as they are when one is pressed. */
  isRow(value: unknown): boolean {
    return typeof value === 'object' && value !== null && this.#rows.has(value);
  }

  getChildren(row?: ConnectionRow): ConnectionRow[] {
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

  async getTreeItem(row: ConnectionRow): Promise<vscode.TreeItem> {
    const { treeItemOf } = await import('./connectionItems.ts');
    return treeItemOf(row, this.#options);
  }

  dispose(): void {
    this.#disposable.dispose();
  }
}
