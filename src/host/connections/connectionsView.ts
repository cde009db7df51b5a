import * as vscode from 'vscode';
import type { WritePermission } from '../../core/api/apiClient.ts';
import { Coalescer, type Disposable, type Event } from '../../core/base/lifecycle.ts';
import type { Connection } from '../../core/connections/connection.ts';
import type { Problem } from '../../core/connections/parseConnections.ts';
import { accountOf, isFresh, isRenewable, type StoredSession } from '../../core/sessions/session.ts';
import { isAlive, type UsableSession } from '../../core/sessions/usableSessions.ts';
import type { TokenService } from '../../core/sessions/tokenService.ts';
import { CONNECTIONS_VIEW } from '../platform/contributions.ts';
import type { SelectedConnection } from '../selection/selectedConnection.ts';
import type { Settings } from '../platform/settings.ts';
import type { SignIn } from '../signIn/signIn.ts';
import { timeOf } from '../platform/format.ts';
import { localize } from '../platform/localize.ts';

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

/** A row of the view; commands of its menus get it as their first argument. */
export type ConnectionRow =
  | { readonly kind: 'connection'; readonly connection: Connection }
  | { readonly kind: 'session'; readonly usable: UsableSession }
  | { readonly kind: 'problem'; readonly problem: Problem }
  | { readonly kind: 'orphan'; readonly session: StoredSession };

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
      ? [...this.#sessionsOf(row.connection), ...this.#expiredOf(row.connection)].map((usable) => ({
          kind: 'session' as const,
          usable,
        }))
      : [];
  }

  getTreeItem(row: ConnectionRow): vscode.TreeItem {
    switch (row.kind) {
      case 'connection':
        return this.#connectionItem(row.connection);
      case 'session':
        return this.#sessionItem(row.usable);
      case 'problem':
        return problemItem(row.problem);
      case 'orphan':
        return orphanItem(row.session);
    }
  }

  dispose(): void {
    this.#disposable.dispose();
  }

  #sessionsOf(connection: Connection): readonly UsableSession[] {
    return this.#options.tokens.usable().filter((usable) => usable.connection.id === connection.id);
  }

  #expiredOf(connection: Connection): readonly UsableSession[] {
    return this.#options.tokens.expired().filter((usable) => usable.connection.id === connection.id);
  }

  #connectionItem(connection: Connection): vscode.TreeItem {
    const { signIn, selection, writes } = this.#options;
    const sessions = this.#sessionsOf(connection);
    const hasExpired = this.#expiredOf(connection).length > 0;
    const signingIn = signIn.pending?.connection.id === connection.id;
    const state = signingIn
      ? vscode.l10n.t('signing in…')
      : sessions.length > 0
        ? vscode.l10n.t('signed in')
        : hasExpired
          ? vscode.l10n.t('expired, sign in again')
          : vscode.l10n.t('signed out');
    const hasRows = sessions.length > 0 || hasExpired;
    const selected = selection.current?.id === connection.id;
    const mayWrite = writes.mayWrite(connection);
    const item = new vscode.TreeItem(
      connection.name,
      hasRows ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.None,
    );
    // VS Code remembers by id whether a row is open: a row that gets sessions is another one, and opens.
    item.id = `connection:${connection.id}:${hasRows ? 'in' : 'out'}`;
    // First, since a narrow view cuts off the end (E9).
    item.description = [
      ...(mayWrite ? [vscode.l10n.t('writes allowed')] : []),
      state,
      connection.instance.label,
      connection.platform,
      ...(selected ? [vscode.l10n.t('selected')] : []),
    ].join(' · ');
    item.iconPath = new vscode.ThemeIcon(signingIn ? 'sync~spin' : sessions.length > 0 ? 'pass' : 'circle-outline');
    item.contextValue = [
      'connection',
      signingIn
        ? connection.platform === 'api-services'
          ? 'signingIn'
          : 'signingIn.browser'
        : sessions.length > 0
          ? 'signedIn'
          : 'signedOut',
      ...(connection.platform === 'web' || connection.platform === 'api-services' ? ['hasSecret'] : []),
      ...(mayWrite ? ['mayWrite'] : []),
    ].join('.');
    item.tooltip = plainTooltip([
      connection.name,
      connection.instance.origin,
      vscode.l10n.t('Platform: {0}', connection.platform),
      vscode.l10n.t('Client id: {0}', connection.clientId),
      vscode.l10n.t('Scopes allowed: {0}', connection.scopes.join(', ')),
      state,
      mayWrite ? vscode.l10n.t('writes allowed') : vscode.l10n.t('read-only'),
    ]);
    item.accessibilityInformation = { label: `${connection.name}, ${item.description.replaceAll(' · ', ', ')}` };
    return item;
  }

  #sessionItem({ session, account }: UsableSession): vscode.TreeItem {
    const now = this.#options.now();
    const until = timeOf(session.expiresAt);
    const alive = isAlive(session, now);
    const state = isFresh(session, now, 0)
      ? vscode.l10n.t('token until {0}', until)
      : alive
        ? vscode.l10n.t('token expired, renewed at next use')
        : vscode.l10n.t('expired, sign in again');
    const item = new vscode.TreeItem(session.scopes.join(', '), vscode.TreeItemCollapsibleState.None);
    item.id = `session:${session.id}`;
    item.description =
      isRenewable(session) || !alive ? state : vscode.l10n.t('{0} · no refresh, sign in again after that', state);
    item.iconPath = new vscode.ThemeIcon(alive ? 'key' : 'warning');
    item.contextValue = alive ? 'session' : 'expired';
    item.tooltip = plainTooltip([account.label, state]);
    item.accessibilityInformation = {
      label: vscode.l10n.t('Session with scopes {0}, {1}', session.scopes.join(', '), state),
    };
    return item;
  }
}

function problemItem({ connection, field, message }: Problem): vscode.TreeItem {
  const text = localize(message);
  // Without a field the entry as a whole is wrong.
  const place = field === '' ? connection : `${connection}: ${field}`;
  const item = new vscode.TreeItem(place, vscode.TreeItemCollapsibleState.None);
  item.description = text;
  item.iconPath = new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
  item.contextValue = 'problem';
  item.tooltip = plainTooltip([place, text]);
  // Not by name, which a good connection may have too: what is wrong is put right in the settings file.
  item.command = { command: 'ninjaone.editConnection', title: vscode.l10n.t('Edit'), arguments: [{ kind: 'problem' }] };
  item.accessibilityInformation = { label: vscode.l10n.t('Problem in {0}: {1}', place.replace(': ', ', '), text) };
  return item;
}

function orphanItem(session: StoredSession): vscode.TreeItem {
  const { label } = accountOf(session);
  const text = vscode.l10n.t('orphaned: its connection is gone or no longer allows it');
  // The name only: the whole label would push out of sight what is the matter with it.
  const item = new vscode.TreeItem(session.connectionName, vscode.TreeItemCollapsibleState.None);
  item.id = `orphan:${session.id}`;
  item.description = text;
  item.iconPath = new vscode.ThemeIcon('debug-disconnect');
  item.contextValue = 'orphan';
  item.tooltip = plainTooltip([label, session.origin, text]);
  item.accessibilityInformation = { label: `${label}, ${text}` };
  return item;
}

/** A string tooltip is shown as it is, and never as Markdown. */
function plainTooltip(lines: readonly string[]): string {
  return lines.join('\n');
}
