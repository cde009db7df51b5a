import type { Connection } from '../../core/connections/connection.ts';
import type { Sessions } from '../../core/sessions/createSessions.ts';
import type { ServedSession } from '../../core/sessions/usableSessions.ts';
import type { Platform } from '../platform/createPlatform.ts';
import type { Selection } from '../selection/selectedConnection.ts';
import type { SignInFeature } from '../signIn/createSignIn.ts';
import type { Safety } from '../writeAccess/writeAccess.ts';
import { StatusBar } from './connectionStatusBar.ts';
import { ConnectionsView } from './connectionsView.ts';
import { SecretMover } from './migrateClientSecrets.ts';

export interface ConnectionsFeature {
  readonly view: ConnectionsView;
  readonly addConnection: () => Promise<Connection | undefined>;
  readonly editConnection: (connection: Connection) => Promise<Connection | undefined>;
  readonly test: (served: ServedSession) => Promise<void>;
}

export interface ConnectionsUses {
  readonly sessions: Sessions;
  readonly signIn: SignInFeature;
  readonly selection: Selection;
  readonly writeAccess: Safety;
}

export function createConnections(platform: Platform, uses: ConnectionsUses): ConnectionsFeature {
  const { own, settings, now, transport, trustedHosts, report } = platform;
  const { sessions, selection, writeAccess } = uses;
  const { store, tokens, clientSecrets } = sessions;
  const { signIn, starter } = uses.signIn;
  const test = async ({ connection, session: { scopes, accessToken } }: ServedSession): Promise<void> => {
    const { testConnection } = await import('../../core/sessions/connectionTest.ts');
    await testConnection({ connection, scopes, accessToken, transport, timeout: settings.httpTimeout });
  };
  const wizard = {
    unfinished: {},
    settings,
    clientSecrets,
    confirmHost: (connection: Pick<Connection, 'instance' | 'name'>) => trustedHosts.confirm(connection),
    probe: async (connection: Connection) => {
      const { probeClient } = await import('../../core/oauth/oauthClient.ts');
      return probeClient({ connection, transport, clientSecret: undefined, now });
    },
    signInAndTest: async (connection: Connection) => {
      const served = await starter.signInTo(connection, 'person');
      await test(served);
      const { lacksRefreshToken, saySignedIn, sayWorks } = await import('../signIn/signInMessages.ts');
      if (lacksRefreshToken(served)) {
        saySignedIn(served);
      } else {
        sayWorks(connection);
      }
    },
    showError: (error: unknown, connection?: Connection) => report(error, connection),
  };
  const view = own(
    new ConnectionsView({
      settings,
      tokens,
      signIn,
      selection,
      writes: writeAccess,
      onDidChangeSessions: store.onDidChange,
      now,
    }),
  );
  own(new StatusBar({ selection, tokens, signIn, onDidChangeSessions: store.onDidChange }));
  own(new SecretMover(settings, clientSecrets, (error) => report(error)));
  return {
    view,
    test,
    addConnection: async () => (await import('./wizard/connectionWizard.ts')).addConnection(wizard),
    editConnection: async (connection) =>
      (await import('./wizard/connectionWizard.ts')).editConnection(wizard, connection),
  };
}
