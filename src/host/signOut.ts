import * as vscode from 'vscode';
import { cancelled } from '../core/base/errors.ts';
import { endpointsOf } from '../core/connection/instance.ts';
import type { ClientSecrets } from '../core/session/clientSecrets.ts';
import { accountOf, type StoredSession } from '../core/session/session.ts';
import type { TokenService } from '../core/session/tokenService.ts';
import type { TokenClipboard } from './clipboard.ts';
import { openInBrowser } from './errorReporter.ts';

export interface SignOutPorts {
  readonly tokens: TokenService;
  readonly clientSecrets: ClientSecrets;
  readonly clipboard: TokenClipboard;
}

/** Ends a session completely (A13). */
export class SignOut {
  readonly #ports: SignOutPorts;

  constructor(ports: SignOutPorts) {
    this.#ports = ports;
  }

  /** Asks first, for all of the sessions at once. Rejects as cancelled. */
  async ask(sessionIds: readonly string[], sessions: readonly StoredSession[]): Promise<void> {
    const ending = sessions.filter(({ id }) => sessionIds.includes(id));
    const out = vscode.l10n.t('Sign Out');
    const forget = vscode.l10n.t('Sign Out and Forget Secret');
    const answer = await vscode.window.showWarningMessage(
      vscode.l10n.t('Sign out of NinjaOne?'),
      {
        modal: true,
        detail: [
          ...ending.map((session) => accountOf(session).label),
          vscode.l10n.t('Extensions and scripts that use these tokens stop working.'),
        ].join('\n'),
      },
      out,
      ...(ending.some(({ platform }) => platform === 'api-services') ? [forget] : []),
    );
    if (answer !== out && answer !== forget) {
      throw cancelled();
    }
    for (const { id } of ending) {
      await this.run(id, answer === forget ? 'forgetSecret' : 'keepSecret');
    }
  }

  async run(sessionId: string, secret: 'keepSecret' | 'forgetSecret'): Promise<void> {
    const { tokens, clientSecrets, clipboard } = this.#ports;
    const ended = await tokens.signOut(sessionId);
    if (!ended) {
      return;
    }
    await clipboard.clear(sessionId);
    void ended.revoked.then(async (revoked) => {
      // The revocation of a client-credentials token needs the secret, so that goes last.
      if (secret === 'forgetSecret' && ended.session.platform === 'api-services') {
        await clientSecrets.delete(ended.session.connectionId);
      }
      if (!revoked) {
        await sayHowToRevoke(ended.session);
      }
    });
  }
}

async function sayHowToRevoke(session: StoredSession): Promise<void> {
  const open = vscode.l10n.t('Open NinjaOne');
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t(
      'Signed out of {0} here, but NinjaOne did not confirm that the token is revoked. Revoke it in NinjaOne under Administration > Apps > API > OAuth Tokens.',
      accountOf(session).label,
    ),
    open,
  );
  if (chosen === open) {
    void openInBrowser(endpointsOf(session.origin).tokens);
  }
}
