import type * as vscode from 'vscode';
import type { NinjaOneApi } from '../../../ninjaone.d.ts';
import type { Sessions } from '../../core/sessions/createSessions.ts';
import { runCommand, setContext } from '../platform/contributions.ts';
import type { Platform } from '../platform/createPlatform.ts';
import type { SignInFeature } from '../signIn/createSignIn.ts';
import { deleteStaleCallbacks } from '../signIn/uriHandler.ts';
import { offerInAccountsMenu } from './accountsMenu.ts';
import { NinjaOneAuthenticationProvider } from './authenticationProvider.ts';
import { createPublicApi, onConnectionsChange } from './publicApi.ts';
import { ProviderRegistration } from './providerRegistration.ts';
import { startSessions } from './sessionStartup.ts';
import { TokenDocument } from './tokenDocument.ts';

export interface AccountsFeature {
  readonly api: NinjaOneApi;
  readonly tokenDocument: TokenDocument;
  /** Resolves when the stored sessions have been read, or could not be; never rejects. */
  readonly ready: Promise<void>;
  readonly offerInMenu: (onDidShowView: vscode.Event<void>) => void;
}

export function createAccounts(
  platform: Platform,
  { tokens, storageCheck, recovery }: Sessions,
  { coordinator, signOut }: SignInFeature,
): AccountsFeature {
  const { context, register, settings, logger, now, report } = platform;
  const { onDidChangeConnections } = settings;
  const ready = startSessions({
    storageCheck,
    onDidLoadLate: recovery.onDidLoad,
    onDidChangeConnections,
    logger,
    register,
  });
  const provider = register(
    new NinjaOneAuthenticationProvider({
      tokens,
      coordinator,
      ready,
      logger,
      signOut: async (id) => (await signOut()).run(id, 'keepSecret'),
    }),
  );
  const registration = register(new ProviderRegistration(provider));
  const checkRegistration = (): void => {
    if (settings.connections.length > 0) {
      void registration.check();
    }
  };
  register(onDidChangeConnections(checkRegistration));
  void ready.then(checkRegistration);
  const update = (): void => {
    setContext('ninjaone.hasConnection', settings.connections.length > 0);
    setContext('ninjaone.signedIn', tokens.usable().length > 0);
  };
  register(tokens.onDidChange(update));
  register(onDidChangeConnections(update));
  register(
    tokens.onRenewalFailure(({ session, error, connection }) => {
      report(error, connection, {
        retry: () => {
          runCommand('ninjaone.refreshToken', { session: { id: session.id } });
        },
        signIn: () => {
          void import('../signIn/signInMessages.ts').then(({ signInUnlessDone }) => {
            signInUnlessDone(session, connection, tokens.usable());
          });
        },
      });
    }),
  );
  update();
  void ready.then(() => Promise.resolve(deleteStaleCallbacks(context.secrets)).catch(() => {}));
  return {
    api: createPublicApi(tokens, onConnectionsChange(settings)),
    tokenDocument: register(new TokenDocument(tokens, now)),
    ready,
    offerInMenu: (onDidShowView) =>
      void ready.then(() =>
        offerInAccountsMenu({
          settings,
          tokens,
          onDidShowView,
          expectRequest: (scopes) => {
            provider.menuRequest = scopes;
          },
          register,
        }),
      ),
  };
}
