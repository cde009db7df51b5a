import * as vscode from 'vscode';
import type { NinjaOneApi } from '../../../ninjaone.d.ts';
import { Emitter } from '../../core/base/lifecycle.ts';
import type { Sessions } from '../../core/sessions/createSessions.ts';
import { PROVIDER_ID, PROVIDER_LABEL, runCommand, setContext } from '../platform/contributions.ts';
import type { Platform } from '../platform/createPlatform.ts';
import type { SignInFeature } from '../signIn/createSignIn.ts';
import { eraseLeftCallbacks } from '../signIn/uriHandler.ts';
import { offerInAccountsMenu } from './accountsMenu.ts';
import { NinjaOneAuthenticationProvider } from './authenticationProvider.ts';
import { createPublicApi } from './publicApi.ts';
import { lookAfterStorage } from './sessionStartup.ts';
import { TokenPage } from './tokenDocument.ts';

export interface AccountsFeature {
  readonly api: NinjaOneApi;
  readonly tokenPage: TokenPage;
  /** Resolves when the stored sessions have been read, or could not be; never rejects. */
  readonly ready: Promise<void>;
  readonly offerInMenu: (onDidShowView: vscode.Event<void>) => void;
}

export function createAccounts(
  platform: Platform,
  { store, marks, clientSecrets, tokens }: Sessions,
  { starter, signOut }: SignInFeature,
): AccountsFeature {
  const { context, own, settings, logger, now, report } = platform;
  const { onDidChangeConnections } = settings;
  const stock = { store, marks, clientSecrets, connections: () => settings.connections, now };
  const ready = lookAfterStorage({ stock, onDidChangeConnections, report: (error) => report(error), logger, own });
  const provider = own(
    new NinjaOneAuthenticationProvider({ tokens, starter, ready, signOut: (id) => signOut.run(id, 'keepSecret') }),
  );
  own(
    vscode.authentication.registerAuthenticationProvider(PROVIDER_ID, PROVIDER_LABEL, provider, {
      supportsMultipleAccounts: true,
    }),
  );
  const changed = own(new Emitter<void>());
  const update = (): void => {
    setContext('ninjaone.hasConnection', settings.connections.length > 0);
    setContext('ninjaone.signedIn', tokens.served().length > 0);
    changed.fire();
  };
  own(tokens.onDidChange(update));
  own(onDidChangeConnections(update));
  own(
    tokens.onIncident(({ session, error, connection }) => {
      void report(error, connection, () => {
        runCommand('ninjaone.refreshToken', { session: { id: session.id } });
      });
    }),
  );
  update();
  void ready.then(() => Promise.resolve(eraseLeftCallbacks(context.secrets)).catch(() => {}));
  return {
    api: createPublicApi(tokens, changed.event),
    tokenPage: own(new TokenPage(tokens, now)),
    ready,
    offerInMenu: (onDidShowView) =>
      void ready.then(() => offerInAccountsMenu({ settings, tokens, onDidShowView, own })),
  };
}
