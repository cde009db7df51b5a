import * as vscode from 'vscode';
import { isFresh, isRenewable } from '../../core/sessions/session.ts';
import type { UsableSession } from '../../core/sessions/usableSessions.ts';

/** The page as text; the token itself is not on it. `usable` is undefined when the session is signed out. */
export function tokenText(usable: UsableSession | undefined, now: number): string {
  if (!usable) {
    return vscode.l10n.t('This session is signed out.') + '\n';
  }
  const { session, connection } = usable;
  const rows: readonly (readonly [string, string])[] = [
    [vscode.l10n.t('Connection'), connection.name],
    [vscode.l10n.t('Instance'), connection.instance.origin],
    [vscode.l10n.t('Platform'), connection.platform],
    [vscode.l10n.t('Scopes'), session.scopes.join(', ')],
    [vscode.l10n.t('Issued'), dateOf(session.issuedAt)],
    [vscode.l10n.t('Expires'), isFresh(session, now, 0) ? dateOf(session.expiresAt) : vscode.l10n.t('expired')],
    [vscode.l10n.t('Renewed'), howRenewed(usable)],
    [vscode.l10n.t('Token'), '••••••••••••'],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}\n`).join('');
}

export function tokenLenses(id: string): vscode.CodeLens[] {
  const place = new vscode.Range(0, 0, 0, 0);
  return [
    new vscode.CodeLens(place, {
      title: vscode.l10n.t('$(copy) Copy Access Token'),
      command: 'ninjaone.copyAccessToken',
      arguments: [id],
    }),
    new vscode.CodeLens(place, {
      title: vscode.l10n.t('$(refresh) Refresh Now'),
      command: 'ninjaone.refreshToken',
      arguments: [{ session: { id } }],
    }),
  ];
}

function howRenewed({ session }: UsableSession): string {
  if (session.platform === 'api-services') {
    return vscode.l10n.t('with the client secret, at the first use after it has expired');
  }
  return isRenewable(session)
    ? vscode.l10n.t('with the refresh token, at the first use within five minutes of its end')
    : vscode.l10n.t('never: NinjaOne gave no refresh token, sign in again when it has expired');
}

function dateOf(milliseconds: number): string {
  return new Date(milliseconds).toLocaleString();
}
