import * as vscode from 'vscode';
import { lazy } from '../../core/base/lifecycle.ts';
import type { Sessions } from '../../core/sessions/createSessions.ts';
import type { Platform } from '../platform/createPlatform.ts';
import { isRemoteHost } from '../platform/extensionHost.ts';
import { SecretClipboard } from '../platform/secretClipboard.ts';
import type { SelectedConnection } from '../selection/selectedConnection.ts';
import { SignInCoordinator } from './signInCoordinator.ts';
import { SignIn } from './signIn.ts';
import type { SignOut } from './signOut.ts';
import { CallbackUriHandler } from './uriHandler.ts';

export interface SignInFeature {
  readonly signIn: SignIn;
  readonly coordinator: SignInCoordinator;
  /** Loaded when the user signs out for the first time. */
  readonly signOut: () => Promise<SignOut>;
  readonly clipboard: SecretClipboard;
}

/** What other features do for it. */
export interface SignInUses {
  readonly selection: SelectedConnection;
  readonly addConnection: () => Promise<unknown>;
  readonly endWriteAccess: (connectionId: string) => void;
}

export function createSignIn(
  { context, register, logger, settings, trustedHosts, now, report }: Platform,
  { tokens, requests, clientSecrets }: Sessions,
  { selection, addConnection, endWriteAccess }: SignInUses,
): SignInFeature {
  const signIn = register(
    new SignIn({
      requests,
      confirmHost: (connection, over) => trustedHosts.confirm(connection, over),
      remote: isRemoteHost(context),
      logger,
    }),
  );
  const clipboard = register(new SecretClipboard());
  register(
    vscode.window.registerUriHandler(
      register(new CallbackUriHandler((query) => signIn.settle(query), context.secrets, logger)),
    ),
  );
  register(
    clientSecrets.onDidChange((connectionId) => {
      // A pending sign-in was started with the previous secret.
      if (signIn.pending?.connection.id === connectionId) {
        signIn.cancel();
      }
    }),
  );
  return {
    signIn,
    clipboard,
    coordinator: new SignInCoordinator({
      settings,
      selection,
      tokens,
      signIn,
      clientSecrets,
      openWizard: () => {
        addConnection().catch((error: unknown) => report(error));
      },
      now,
    }),
    signOut: lazy(async () => {
      const { SignOut } = await import('./signOut.ts');
      return new SignOut({ tokens, clientSecrets, clipboard, endWriteAccess, report: (error) => report(error) });
    }),
  };
}
