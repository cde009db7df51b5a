import * as vscode from 'vscode';
import type { WritePermission } from '../../core/api/apiClient.ts';
import { hasClientSecret, type Connection } from '../../core/connections/connection.ts';
import type { Problem } from '../../core/connections/parseConnections.ts';
import { accountOf, isFresh, isRenewable, type StoredSession } from '../../core/sessions/session.ts';
import type { TokenService } from '../../core/sessions/tokenService.ts';
import { isAlive, type UsableSession } from '../../core/sessions/usableSessions.ts';
import { timeOf } from '../platform/format.ts';
import { localize } from '../platform/localize.ts';
import type { SelectedConnection } from '../selection/selectedConnection.ts';
import type { SignIn } from '../signIn/signIn.ts';
import { sessionsOfConnection, type ConnectionRow } from './connectionRows.ts';

export interface ConnectionItemOptions {
  readonly signIn: SignIn;
  readonly selection: SelectedConnection;
  readonly writes: WritePermission;
  readonly tokens: TokenService;
  readonly now: () => number;
}

/** How the Connections view shows a row. Loaded when the view is first drawn. */
export function treeItemOf(row: ConnectionRow, options: ConnectionItemOptions): vscode.TreeItem {
  switch (row.kind) {
    case 'connection':
      return connectionItem(row.connection, options);
    case 'session':
      return sessionItem(row.usable, options.now());
    case 'problem':
      return problemItem(row.problem);
    case 'orphan':
      return orphanItem(row.session);
  }
}

function connectionItem(
  connection: Connection,
  { signIn, selection, writes, tokens }: ConnectionItemOptions,
): vscode.TreeItem {
  const sessions = sessionsOfConnection(connection, tokens.usable());
  const hasExpired = sessionsOfConnection(connection, tokens.expired()).length > 0;
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
    ...(hasClientSecret(connection.platform) ? ['hasSecret'] : []),
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

function sessionItem({ session, account }: UsableSession, now: number): vscode.TreeItem {
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
