import * as vscode from 'vscode';
import type { Connection } from '../../core/connections/connection.ts';
import type { TokenService } from '../../core/sessions/tokenService.ts';

export type ConnectionState = 'signingIn' | 'signedIn' | 'expired' | 'signedOut';

/** Whether there is a session. A sign-in that is on its way is not known here. */
export function connectionState(
  { id }: Connection,
  tokens: Pick<TokenService, 'usable' | 'expired'>,
): Exclude<ConnectionState, 'signingIn'> {
  return tokens.usable().some(({ connection }) => connection.id === id)
    ? 'signedIn'
    : tokens.expired().some(({ connection }) => connection.id === id)
      ? 'expired'
      : 'signedOut';
}

export function stateText(state: ConnectionState): string {
  return STATES[state]();
}

const STATES: { readonly [S in ConnectionState]: () => string } = {
  signingIn: () => vscode.l10n.t({ message: 'signing in…', comment: 'State of a connection.' }),
  signedIn: () => vscode.l10n.t({ message: 'signed in', comment: 'State of a connection.' }),
  expired: () => vscode.l10n.t({ message: 'expired, sign in again', comment: 'State of a connection.' }),
  signedOut: () => vscode.l10n.t({ message: 'signed out', comment: 'State of a connection.' }),
};

/** What marks the active connection. First in a row, because a narrow view cuts off the end. */
export function activeMark(isActive: boolean): readonly string[] {
  return isActive
    ? [vscode.l10n.t({ message: 'active', comment: 'Marks the connection that the window uses by default.' })]
    : [];
}
