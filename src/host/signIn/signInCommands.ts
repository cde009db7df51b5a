import * as vscode from 'vscode';
import type { Connection } from '../../core/connections/connection.ts';
import type { TokenService } from '../../core/sessions/tokenService.ts';
import { confirm } from '../platform/confirm.ts';
import type { CommandTable } from '../platform/contributions.ts';
import type { SignInCoordinator } from './signInCoordinator.ts';
import type { Settings } from '../platform/settings.ts';
import type { SignIn } from './signIn.ts';
import { showSignedIn } from './signInMessages.ts';
import type { SignOut } from './signOut.ts';
import { notSignedIn, type CommandTargets } from '../selection/commandTargets.ts';

export interface SignInCommandOptions {
  readonly settings: Settings;
  readonly tokens: TokenService;
  readonly coordinator: SignInCoordinator;
  readonly signIn: SignIn;
  readonly signOut: () => Promise<SignOut>;
  readonly targets: CommandTargets;
  readonly ready: Promise<void>;
  /** Every key, mark, confirmation, write permission and remembered request of this extension. */
  readonly reset: () => Promise<boolean>;
  readonly connectionFor: (argument: unknown) => Promise<Connection>;
  readonly whoCalls: (argument: unknown) => 'person' | 'program';
  readonly about: (connection: Connection, task: () => Promise<void>) => Promise<void>;
}

/** Signing in and out, and what can be done while a sign-in waits for the browser (A4, A13). */
export function createSignInCommands(
  options: SignInCommandOptions,
): Pick<
  CommandTable,
  | 'ninjaone.signIn'
  | 'ninjaone.signOut'
  | 'ninjaone.reset'
  | 'ninjaone.reopenBrowser'
  | 'ninjaone.pasteRedirectUrl'
  | 'ninjaone.cancelSignIn'
> {
  const { settings, tokens, signIn, targets, connectionFor, whoCalls, about } = options;
  return {
    'ninjaone.signIn': async (argument) => {
      await options.ready;
      const before = settings.connections.length;
      const connection = await connectionFor(argument);
      if (before === 0) {
        // The wizard has signed in already.
        return;
      }
      await about(connection, async () => {
        const usable = await options.coordinator.signInTo(connection, whoCalls(argument));
        showSignedIn(usable);
      });
    },

    'ninjaone.signOut': async (argument) => {
      await options.ready;
      const named = targets.namedSessions(argument);
      if (named.length === 0 && tokens.usable().length === 0) {
        throw notSignedIn();
      }
      const ids =
        named.length > 0
          ? named
          : [(await targets.pickSession(vscode.l10n.t('Sign out of which session?'))).session.id];
      await (await options.signOut()).ask(ids, tokens.listed());
    },

    'ninjaone.reset': async () => {
      await confirm(
        {
          message: vscode.l10n.t('Sign out everywhere and delete all secrets of NinjaOne?'),
          detail: vscode.l10n.t(
            'This signs out of every session, revokes its tokens, and deletes every token, client secret, host confirmation, write permission and remembered request that this extension keeps, favorites, drafts and API descriptions too. Your connections stay in the settings, and open documents stay open.',
          ),
        },
        vscode.l10n.t('Reset'),
      );
      await options.ready;
      const revoked = await options.reset();
      void vscode.window.showInformationMessage(
        revoked
          ? vscode.l10n.t('NinjaOne: everything was signed out and deleted.')
          : vscode.l10n.t(
              'NinjaOne: everything was signed out and deleted here. NinjaOne did not confirm all revocations; look under Administration > Apps > API > OAuth Tokens.',
            ),
      );
    },

    'ninjaone.reopenBrowser': () => {
      signIn.reopenBrowser();
    },
    'ninjaone.pasteRedirectUrl': () => signIn.pasteRedirectUrl(),
    'ninjaone.cancelSignIn': () => {
      signIn.cancel();
    },
  };
}
