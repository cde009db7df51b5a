import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { canceled } from '../../core/base/errors.ts';
import { endpointsOf } from '../../core/connections/instance.ts';
import type { ClientSecrets } from '../../core/sessions/clientSecrets.ts';
import type { StoredSession } from '../../core/sessions/session.ts';
import type { TokenService } from '../../core/sessions/tokenService.ts';
import type { SecretClipboard } from '../platform/secretClipboard.ts';
import { chooseAction } from '../platform/confirm.ts';
import { openInBrowser } from '../platform/navigation.ts';
import { offerToFix } from '../platform/offerAction.ts';

export interface SignOutOptions {
  readonly tokens: TokenService;
  readonly clientSecrets: ClientSecrets;
  readonly clipboard: SecretClipboard;
  /** Makes the connection read-only: the next sign-in can be that of another person (E9). */
  readonly endWriteAccess: (connectionId: string) => void;
  readonly report: (error: unknown) => void;
}

/** Ends a session completely (A13). */
export class SignOut {
  readonly #options: SignOutOptions;

  constructor(options: SignOutOptions) {
    this.#options = options;
  }

  /** Asks for confirmation once for all sessions, then signs out. Rejects as canceled. */
  async ask(sessionIds: readonly string[], sessions: readonly StoredSession[]): Promise<void> {
    const ending = sessions.filter(({ id }) => sessionIds.includes(id));
    const signOut = vscode.l10n.t('Sign Out');
    const deleteSecret = vscode.l10n.t('Sign Out and Delete Secret');
    const action = await chooseAction(
      {
        message: vscode.l10n.t('Sign out of NinjaOne?'),
        detail: [
          ...ending.map((session) => this.#options.tokens.accountOf(session).label),
          vscode.l10n.t('Extensions and scripts that use these tokens will stop working.'),
        ].join('\n'),
      },
      signOut,
      ...(ending.some(({ platform }) => platform === 'api-services') ? [deleteSecret] : []),
    );
    if (action === undefined) {
      throw canceled();
    }
    for (const { id } of ending) {
      await this.run(id, action === deleteSecret ? 'forgetSecret' : 'keepSecret');
    }
  }

  async run(sessionId: string, secret: 'keepSecret' | 'forgetSecret'): Promise<void> {
    const { tokens, clientSecrets, clipboard, endWriteAccess } = this.#options;
    const ended = await tokens.signOut(sessionId);
    if (!ended) {
      return;
    }
    const { connectionId } = ended.session;
    if (tokens.connectionSessions(connectionId).length === 0) {
      endWriteAccess(connectionId);
    }
    // A browser may ask the user before it lets a page read the clipboard, and nothing waits for that (A8).
    void clipboard.clear(sessionId);
    const finish = async (): Promise<void> => {
      const revoked = await ended.revoked;
      // Deletes the secret last, because revoking a client-credentials token requires it.
      if (secret === 'forgetSecret' && ended.session.platform === 'api-services') {
        await clientSecrets.delete(connectionId);
      }
      if (!revoked) {
        await showHowToRevoke(ended.session, tokens.accountOf(ended.session).label);
      }
    };
    void finish().catch((error: unknown) => this.#options.report(error));
  }

  /**
   * For callers that delete the secrets next. Waits a moment for the revocations, which may need the secrets, and
   * resolves to whether all of them succeeded. A server that does not respond does not block the deletion (A13).
   */
  async runAll(sessionIds: readonly string[]): Promise<boolean> {
    const { tokens, clipboard } = this.#options;
    const ended = await Promise.allSettled(sessionIds.map((id) => tokens.signOut(id)));
    for (const id of sessionIds) {
      void clipboard.clear(id);
    }
    const revocations = ended.map((each) =>
      each.status === 'fulfilled' ? (each.value?.revoked ?? Promise.resolve(true)) : Promise.resolve(false),
    );
    const revoked = await Promise.race([Promise.all(revocations), sleep(REVOCATION_WAIT, [false])]);
    return !revoked.includes(false);
  }
}

/** Milliseconds. */
const REVOCATION_WAIT = 3000;

async function showHowToRevoke(session: StoredSession, label: string): Promise<void> {
  await offerToFix(
    vscode.l10n.t(
      'Signed out of {0}, but NinjaOne did not confirm that the token was revoked. Revoke it in NinjaOne under Administration > Apps > API > OAuth Tokens.',
      label,
    ),
    { label: vscode.l10n.t('Open NinjaOne'), run: () => openInBrowser(endpointsOf(session.origin).tokens) },
  );
}
