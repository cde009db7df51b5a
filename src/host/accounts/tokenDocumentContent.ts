import * as vscode from 'vscode';
import { isFresh, isRenewable } from '../../core/sessions/session.ts';
import type { UsableSession } from '../../core/sessions/usableSessions.ts';
import { codeLens } from '../platform/codeLenses.ts';
import { listOf } from '../platform/format.ts';
import { platformName } from '../platform/platformNames.ts';

/** The text of the document, without the token. `usable` is undefined if the session is signed out. */
export function tokenText(usable: UsableSession | undefined, now: number): string {
  if (!usable) {
    return vscode.l10n.t('This session is signed out.') + '\n';
  }
  const { session, connection } = usable;
  const rows: readonly (readonly [string, string])[] = [
    [vscode.l10n.t('Connection'), connection.name],
    [vscode.l10n.t('Instance'), connection.instance.origin],
    [vscode.l10n.t('Platform'), platformName(connection.platform)],
    [vscode.l10n.t('Scopes'), listOf(session.scopes)],
    [vscode.l10n.t('Issued'), dateOf(session.issuedAt)],
    [
      vscode.l10n.t('Expires'),
      isFresh(session, now, 0)
        ? dateOf(session.expiresAt)
        : vscode.l10n.t({ message: 'expired', comment: 'Shown instead of the time at which a token expires.' }),
    ],
    [vscode.l10n.t('Renewal'), renewalOf(usable)],
    [vscode.l10n.t('Token'), '••••••••••••'],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}\n`).join('');
}

export function tokenLenses(id: string): vscode.CodeLens[] {
  const firstLine = new vscode.Range(0, 0, 0, 0);
  return [
    codeLens(firstLine, {
      icon: 'copy',
      title: vscode.l10n.t('Copy Access Token'),
      command: 'ninjaone.copyAccessToken',
      arguments: [id],
    }),
    codeLens(firstLine, {
      icon: 'refresh',
      title: vscode.l10n.t('Refresh Now'),
      command: 'ninjaone.refreshToken',
      arguments: [{ session: { id } }],
    }),
  ];
}

function renewalOf({ session }: UsableSession): string {
  if (session.platform === 'api-services') {
    return vscode.l10n.t('With the client secret, at the next use after the token expired');
  }
  return isRenewable(session)
    ? vscode.l10n.t('With the refresh token, at the next use from five minutes before the token expires')
    : vscode.l10n.t('None. NinjaOne did not issue a refresh token. Sign in again when the token expires.');
}

function dateOf(milliseconds: number): string {
  return new Date(milliseconds).toLocaleString(vscode.env.language);
}
