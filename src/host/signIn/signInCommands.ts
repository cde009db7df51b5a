import * as vscode from 'vscode';
import { NinjaOneError } from '../../core/base/errors.ts';
import { l10n } from '../../core/base/l10n.ts';
import { allOf } from '../../core/base/messages.ts';
import type { Connection } from '../../core/connections/connection.ts';
import type { TokenService } from '../../core/sessions/tokenService.ts';
import { confirm } from '../platform/confirm.ts';
import type { CommandTable } from '../platform/contributions.ts';
import { showInformation } from '../platform/windowMessages.ts';
import type { SignInCoordinator } from './signInCoordinator.ts';
import type { SelectedConnection } from '../selection/selectedConnection.ts';
import type { Settings } from '../platform/settings.ts';
import type { SignIn } from './signIn.ts';
import { showSignedIn } from './signInMessages.ts';
import type { SignOut } from './signOut.ts';
import { notSignedIn, type CommandTargets } from '../selection/commandTargets.ts';

export interface SignInCommandOptions {
  readonly settings: Settings;
  readonly selection: SelectedConnection;
  readonly tokens: TokenService;
  readonly coordinator: SignInCoordinator;
  readonly signIn: SignIn;
  readonly signOut: () => Promise<SignOut>;
  readonly targets: CommandTargets;
  readonly ready: Promise<void>;
  /** Deletes all data of this extension except connections and the selected connection. */
  readonly reset: () => Promise<{ readonly isRevoked: boolean; readonly left: readonly string[] }>;
  readonly connectionFor: (argument: unknown, title?: string) => Promise<Connection>;
  readonly whoCalls: (argument: unknown) => 'user' | 'extension';
  readonly about: (connection: Connection, task: () => Promise<void>) => Promise<void>;
}

/** The commands that sign in and out, and those for a sign-in that waits for the browser (A4, A13). */
export function createSignInCommands(
  options: SignInCommandOptions,
): Pick<
  CommandTable,
  | 'ninjaone.signIn'
  | 'ninjaone.signOut'
  | 'ninjaone.reset'
  | 'ninjaone.reopenBrowser'
  | 'ninjaone.copySignInLink'
  | 'ninjaone.pasteRedirectUrl'
  | 'ninjaone.cancelSignIn'
> {
  const { settings, selection, tokens, signIn, targets, connectionFor, whoCalls, about } = options;
  return {
    'ninjaone.signIn': async (argument) => {
      await options.ready;
      const before = settings.connections.length;
      const connection = await connectionFor(argument, vscode.l10n.t('Sign in to which connection?'));
      if (before === 0) {
        // The wizard has already signed in.
        return;
      }
      const isClicked = whoCalls(argument) === 'user';
      await about(connection, async () => {
        const usable = await options.coordinator.signInTo(connection, whoCalls(argument));
        // A row of the view that is signed in is made active by a click, so one that was not is, too.
        const becomesActive = isClicked && selection.current?.id !== connection.id;
        if (becomesActive) {
          await selection.select(connection);
        }
        showSignedIn(usable, { becomesActive });
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
          message: vscode.l10n.t('Reset the NinjaOne extension?'),
          detail: [
            vscode.l10n.t('You are signed out everywhere, and all tokens are revoked.'),
            vscode.l10n.t(
              'Client secrets, trusted hosts, write permissions, history, favorites, drafts and downloaded API descriptions are deleted.',
            ),
            vscode.l10n.t('Your connections stay in the settings, and open documents stay open.'),
          ].join('\n\n'),
        },
        vscode.l10n.t('Reset'),
      );
      await options.ready;
      const { isRevoked, left } = await options.reset();
      if (left.length > 0) {
        throw resetIncomplete(left);
      }
      showInformation(
        isRevoked
          ? vscode.l10n.t('The NinjaOne extension was reset.')
          : vscode.l10n.t(
              'The NinjaOne extension was reset. NinjaOne did not confirm that all tokens were revoked. Check them under Administration > Apps > API > OAuth Tokens.',
            ),
      );
    },

    'ninjaone.reopenBrowser': () => {
      signIn.reopenBrowser();
    },
    'ninjaone.copySignInLink': () => signIn.copySignInLink(),
    'ninjaone.pasteRedirectUrl': () => signIn.pasteRedirectUrl(),
    'ninjaone.cancelSignIn': () => {
      signIn.cancel();
    },
  };
}

function resetIncomplete(left: readonly string[]): NinjaOneError {
  return new NinjaOneError({
    code: 'reset.incomplete',
    intent: 'storage',
    message: l10n.t({
      message: 'The NinjaOne extension was reset, but could not delete: {0}. Run Reset again.',
      args: [allOf(left)],
      comment: '{0} is a list of kinds of stored data, such as "trusted hosts, history".',
    }),
    action: 'showLog',
  });
}
