import * as vscode from 'vscode';
import type { Connection } from '../../core/connections/connection.ts';
import type { Sessions } from '../../core/sessions/createSessions.ts';
import type { Platform } from '../platform/createPlatform.ts';
import { TokenClipboard } from '../platform/secretClipboard.ts';
import { SessionStarter } from './signInCoordinator.ts';
import { SignIn } from './signIn.ts';
import { SignOut } from './signOut.ts';
import { CallbackRelay } from './uriHandler.ts';

export interface SignInFeature {
  readonly signIn: SignIn;
  readonly starter: SessionStarter;
  readonly signOut: SignOut;
  readonly clipboard: TokenClipboard;
}

export function createSignIn(
  { context, own, logger, settings, trustedHosts, now, report }: Platform,
  { tokens, clientSecrets }: Sessions,
  addConnection: () => Promise<Connection | undefined>,
): SignInFeature {
  const signIn = own(
    new SignIn({
      context: (connection, signal) => tokens.context(connection, signal),
      confirmHost: (connection) => trustedHosts.confirm(connection),
      mint: (connection, scopes, signal) => tokens.mint(connection, scopes, signal),
      remote: vscode.env.remoteName !== undefined && context.extension.extensionKind === vscode.ExtensionKind.Workspace,
      logger,
    }),
  );
  const clipboard = own(new TokenClipboard());
  own(
    vscode.window.registerUriHandler(own(new CallbackRelay((query) => signIn.settle(query), context.secrets, logger))),
  );
  own(
    clientSecrets.onDidChange((connectionId) => {
      // A sign-in that is under way was started with the secret before.
      if (signIn.pending?.connection.id === connectionId) {
        signIn.cancel();
      }
    }),
  );
  return {
    signIn,
    clipboard,
    starter: new SessionStarter({ settings, tokens, signIn, addConnection, now }),
    signOut: new SignOut({ tokens, clientSecrets, clipboard, report: (error) => report(error) }),
  };
}
