import * as vscode from 'vscode';
import type { Connection } from '../../core/connections/connection.ts';
import type { UsableSession } from '../../core/sessions/usableSessions.ts';
import { timeOf } from '../platform/format.ts';

/** To be said after a call that NinjaOne answered (C5). */
export function showConnectionWorks({ name }: Connection): void {
  void vscode.window.showInformationMessage(
    vscode.l10n.t('{0} works: NinjaOne answered with your organizations.', name),
  );
}

/** Whether a refresh token was asked for and did not come, so that the sign-in will not last (A16). */
export function isMissingRefreshToken({ session, connection }: UsableSession): boolean {
  return connection.offlineAccess && session.refreshToken === undefined;
}

/** Says what was signed in, and when no refresh token came although one was asked for (A16). */
export function showSignedIn(usable: UsableSession): void {
  const { session, connection } = usable;
  const until = timeOf(session.expiresAt);
  if (isMissingRefreshToken(usable)) {
    void vscode.window.showWarningMessage(
      vscode.l10n.t(
        'Signed in to {0} until {1}, but NinjaOne gave no refresh token. Tick Refresh Token in the client app to stay signed in.',
        connection.name,
        until,
      ),
    );
    return;
  }
  void vscode.window.showInformationMessage(
    vscode.l10n.t('Signed in to {0} with {1}.', connection.name, session.scopes.join(', ')),
  );
}
