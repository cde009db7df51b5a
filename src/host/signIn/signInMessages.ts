import * as vscode from 'vscode';
import { l10n } from '../../core/base/l10n.ts';
import { allOf } from '../../core/base/messages.ts';
import type { Connection } from '../../core/connections/connection.ts';
import { coversScopes, type StoredSession } from '../../core/sessions/session.ts';
import type { UsableSession } from '../../core/sessions/usableSessions.ts';
import { runCommand } from '../platform/contributions.ts';
import { formatTime } from '../platform/format.ts';
import { localize } from '../platform/localize.ts';
import { offerAction, offerToFix } from '../platform/offerAction.ts';
import { showInformation, showWarning } from '../platform/windowMessages.ts';

/** The result of Test Connection (C5). */
export function showConnectionWorks({ name }: Connection): void {
  showInformation(vscode.l10n.t('Connected to {0}.', name));
}

/**
 * The end of Add Connection and Edit Connection: says that it works, and offers the request that most people send first. The button makes the
 * connection the active one, because requests use that.
 */
export async function offerFirstRequest(usable: UsableSession): Promise<void> {
  const { connection } = usable;
  const button = {
    label: vscode.l10n.t('List Organizations'),
    run: async () => {
      await vscode.commands.executeCommand('ninjaone.useConnection', connection.name);
      runCommand('ninjaone.explorer.run', LIST_ORGANIZATIONS);
    },
  };
  await (isMissingRefreshToken(usable)
    ? offerToFix(noRefreshToken(usable), button)
    : offerAction(vscode.l10n.t('Connected to {0}.', connection.name), button));
}

/** The key of the operation. */
const LIST_ORGANIZATIONS = 'GET /v2/organizations';

/** Shown when the browser returns to a sign-in that was canceled or timed out (A4). */
export async function showSignInEnded(): Promise<void> {
  await offerAction(vscode.l10n.t('The browser returned to a sign-in that has ended. To sign in, start again.'), {
    label: vscode.l10n.t('Sign In'),
    run: () => runCommand('ninjaone.signIn'),
  });
}

/**
 * The button of a message about a session that has ended. VS Code cannot take back a message, so the user may have signed
 * in elsewhere since.
 */
export function signInUnlessDone(
  ended: StoredSession,
  connection: Connection | undefined,
  usable: readonly UsableSession[],
): void {
  const isDone = usable.some(
    ({ session }) => session.connectionId === ended.connectionId && coversScopes(session.scopes, ended.scopes),
  );
  if (isDone) {
    showInformation(vscode.l10n.t('You are signed in to {0} again.', ended.connectionName));
  } else {
    runCommand('ninjaone.signIn', connection?.name);
  }
}

/** Whether a refresh token was requested but not issued, so that the user must sign in again later (A16). */
function isMissingRefreshToken({ session, connection }: UsableSession): boolean {
  return connection.offlineAccess && session.refreshToken === undefined;
}

/** Reports the sign-in, and warns if a refresh token was requested but not issued (A16). */
export function showSignedIn(usable: UsableSession, { becomesActive = false } = {}): void {
  const { session, connection } = usable;
  if (isMissingRefreshToken(usable)) {
    showWarning(noRefreshToken(usable));
    return;
  }
  if (becomesActive) {
    showInformation(vscode.l10n.t('Signed in to {0}. It is the active connection now.', connection.name));
    return;
  }
  showInformation(
    localize(
      l10n.t({
        message:
          '{2, plural, one {Signed in to {0} with the scope {1}.} other {Signed in to {0} with the scopes {1}.}}',
        args: [connection.name, allOf(session.scopes), session.scopes.length],
        comment: '{0} is the name of a connection and {1} a list of scopes.',
      }),
    ),
  );
}

function noRefreshToken({ session, connection }: UsableSession): string {
  return vscode.l10n.t(
    'Signed in to {0} until {1}. NinjaOne did not issue a refresh token. To stay signed in, select Refresh Token in the client app.',
    connection.name,
    formatTime(session.expiresAt),
  );
}
