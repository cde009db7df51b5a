import * as vscode from 'vscode';
import type { WritePermission } from '../../core/api/apiClient.ts';
import { plainLines, plainText } from '../../core/base/errors.ts';
import { hasClientSecret, type Connection } from '../../core/connections/connection.ts';
import type { Problem } from '../../core/connections/parseConnections.ts';
import { isFresh, isRenewable, type StoredSession } from '../../core/sessions/session.ts';
import type { TokenService } from '../../core/sessions/tokenService.ts';
import type { UsableSession } from '../../core/sessions/usableSessions.ts';
import { capitalized } from '../platform/capitalized.ts';
import { listOf, formatTime } from '../platform/format.ts';
import { localize } from '../platform/localize.ts';
import { platformName } from '../platform/platformNames.ts';
import { activeMark, connectionState, stateText, type ConnectionState } from '../selection/connectionStates.ts';
import type { SelectedConnection } from '../selection/selectedConnection.ts';
import type { SignIn } from '../signIn/signIn.ts';
import type { ConnectionRow } from './connectionRows.ts';

export interface ConnectionItemOptions {
  readonly signIn: SignIn;
  readonly selection: SelectedConnection;
  readonly writes: WritePermission;
  readonly tokens: TokenService;
  readonly now: () => number;
}

/** The tree item of a row of the Connections view. Loaded when the view is first shown. */
export function connectionTreeItem(row: ConnectionRow, options: ConnectionItemOptions): vscode.TreeItem {
  switch (row.kind) {
    case 'connection':
      return connectionItem(row, options);
    case 'session':
      return sessionItem(row.usable, options);
    case 'problem':
      return problemItem(row.problem);
    case 'orphan':
      return orphanItem(row.session, options.tokens);
  }
}

/**
 * The tooltip of a row whose item has none. Made when the pointer rests on the row, because the first list that a process
 * formats takes 9 ms, and the first rows of both views would wait for it.
 */
export function connectionTooltip(row: ConnectionRow, options: ConnectionItemOptions): string | undefined {
  if (row.kind !== 'connection') {
    return undefined;
  }
  const { connection } = row;
  const { state, isActive } = connectionFacts(connection, options);
  return plainTooltip([
    connection.name,
    connection.instance.origin,
    vscode.l10n.t('Platform: {0}', platformName(connection.platform)),
    vscode.l10n.t('Client ID: {0}', connection.clientId),
    vscode.l10n.t('Scopes: {0}', listOf(connection.scopes)),
    vscode.l10n.t({
      message: 'State: {0}',
      args: [listOf([...activeMark(isActive), stateText(state)])],
      comment: '{0} is the state of a connection, such as "active, signed in".',
    }),
    options.writes.mayWrite(connection)
      ? vscode.l10n.t('Writes: allowed')
      : vscode.l10n.t('Writes: not allowed (read-only)'),
  ]);
}

/** What is known of a connection, in words. */
function connectionFacts(
  connection: Connection,
  { signIn, selection, tokens }: ConnectionItemOptions,
): ConnectionFacts {
  const session = connectionState(connection, tokens);
  return {
    state: signIn.pending?.connection.id === connection.id ? 'signingIn' : session,
    hasSessions: session === 'signedIn' || session === 'expired',
    isActive: selection.current?.id === connection.id,
  };
}

interface ConnectionFacts {
  readonly state: ConnectionState;
  readonly hasSessions: boolean;
  readonly isActive: boolean;
}

function connectionItem(
  row: ConnectionRow & { readonly kind: 'connection' },
  options: ConnectionItemOptions,
): vscode.TreeItem {
  const { connection } = row;
  const { state, hasSessions, isActive } = connectionFacts(connection, options);
  const mayWrite = options.writes.mayWrite(connection);
  const item = new vscode.TreeItem(
    plainText(connection.name),
    hasSessions ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.None,
  );
  // VS Code remembers by ID whether a row is expanded. A new ID makes a row expand when it gets its first session.
  item.id = `connection:${connection.id}:${hasSessions ? 'in' : 'out'}`;
  const active = activeMark(isActive);
  const facts = [
    // First, because a narrow view cuts off the end (E9).
    ...(mayWrite ? [vscode.l10n.t({ message: 'writes allowed', comment: 'State of a connection.' })] : []),
    stateText(state),
    connection.instance.label,
  ];
  item.description = plainText([...active, ...facts].join(' · '));
  item.iconPath = new vscode.ThemeIcon(iconOf(state, isActive));
  item.contextValue = [
    'connection',
    state === 'signingIn'
      ? connection.platform === 'api-services'
        ? 'signingIn'
        : 'signingIn.browser'
      : state === 'signedIn'
        ? 'signedIn'
        : 'signedOut',
    ...(isActive ? ['active'] : []),
    ...(hasClientSecret(connection.platform) ? ['hasSecret'] : []),
    ...(mayWrite ? ['mayWrite'] : []),
  ].join('.');
  item.accessibilityInformation = { label: plainText([connection.name, ...facts, ...active].join(', ')) };
  // The row itself, which proves that the user has clicked it. VS Code expands a row with a command by its arrow only.
  if (state === 'signedOut' || state === 'expired') {
    item.command = { command: 'ninjaone.signIn', title: vscode.l10n.t('Sign In'), arguments: [row] };
  } else if (state === 'signedIn' && !isActive) {
    item.command = { command: 'ninjaone.useConnection', title: vscode.l10n.t('Use in This Window'), arguments: [row] };
  }
  return item;
}

/** In a narrow view there may be no place for the description. */
function iconOf(state: ConnectionState, isActive: boolean): string {
  if (state === 'signingIn') {
    return 'sync~spin';
  }
  return state === 'signedIn' ? (isActive ? 'pass-filled' : 'pass') : isActive ? 'circle-filled' : 'circle-outline';
}

function sessionItem({ session, account }: UsableSession, { tokens, now }: ConnectionItemOptions): vscode.TreeItem {
  const until = formatTime(session.expiresAt);
  const alive = tokens.find(session.id) !== undefined;
  const isRenewed = isRenewable(session) || !alive;
  const state = isFresh(session, now(), 0)
    ? isRenewed
      ? vscode.l10n.t({ message: 'token valid until {0}', args: [until], comment: 'State of a session.' })
      : vscode.l10n.t({
          message: 'token valid until {0}, not renewed: sign in again after that',
          args: [until],
          comment: 'State of a session.',
        })
    : alive
      ? vscode.l10n.t({ message: 'token expired, renewed when it is used next', comment: 'State of a session.' })
      : stateText('expired');
  // The state first, because a narrow view cuts off the end.
  const item = new vscode.TreeItem(capitalized(plainText(state)), vscode.TreeItemCollapsibleState.None);
  item.id = `session:${session.id}`;
  item.description = listOf(session.scopes);
  item.iconPath = new vscode.ThemeIcon(alive ? 'key' : 'warning');
  item.contextValue = alive ? 'session' : 'expired';
  item.tooltip = plainTooltip([account.label, state]);
  item.accessibilityInformation = {
    label: vscode.l10n.t({
      message: 'Session with the scopes {0}, {1}',
      args: [listOf(session.scopes), state],
      comment: 'Read by screen readers. {1} is the state of the session, such as "token valid until 12:30".',
    }),
  };
  return item;
}

function problemItem({ connection, field, message }: Problem): vscode.TreeItem {
  const text = plainText(localize(message), 1000);
  // Without a field the problem is about the whole entry.
  const location = plainText(field === '' ? connection : `${connection}: ${field}`);
  const item = new vscode.TreeItem(location, vscode.TreeItemCollapsibleState.None);
  item.description = text;
  item.iconPath = new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
  item.contextValue = 'problem';
  item.tooltip = plainTooltip([location, text]);
  // Opens the settings file. A name would not do, because a valid connection may have the same name.
  item.command = { command: 'ninjaone.editConnection', title: vscode.l10n.t('Edit'), arguments: [{ kind: 'problem' }] };
  item.accessibilityInformation = {
    label:
      field === ''
        ? vscode.l10n.t({
            message: 'Problem in the connection {0}: {1}',
            args: [location, text],
            comment: 'Read by screen readers. {1} is an error message.',
          })
        : vscode.l10n.t({
            message: 'Problem in the connection {0}, field {1}: {2}',
            args: [plainText(connection), plainText(field), text],
            comment: 'Read by screen readers. {1} is the name of a JSON field and {2} an error message.',
          }),
  };
  return item;
}

function orphanItem(session: StoredSession, tokens: TokenService): vscode.TreeItem {
  const { label } = tokens.accountOf(session);
  const text = vscode.l10n.t({
    message: 'connection removed or changed',
    comment: 'State of a session that no longer belongs to a connection.',
  });
  // Only the name, because the whole account label would hide the state in a narrow view.
  const item = new vscode.TreeItem(plainText(session.connectionName), vscode.TreeItemCollapsibleState.None);
  item.id = `orphan:${session.id}`;
  item.description = text;
  item.iconPath = new vscode.ThemeIcon('debug-disconnect');
  item.contextValue = 'orphan';
  item.tooltip = plainTooltip([label, session.origin, text]);
  item.accessibilityInformation = { label: plainText(`${label}, ${text}`) };
  return item;
}

/** A string tooltip is never interpreted as Markdown. */
function plainTooltip(lines: readonly string[]): string {
  return plainLines(lines.join('\n'));
}
