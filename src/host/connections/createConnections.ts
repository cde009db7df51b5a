import { lazy } from '../../core/base/lifecycle.ts';
import type { Connection } from '../../core/connections/connection.ts';
import type { Sessions } from '../../core/sessions/createSessions.ts';
import type { UsableSession } from '../../core/sessions/usableSessions.ts';
import type { Platform } from '../platform/createPlatform.ts';
import type { SelectedConnection } from '../selection/selectedConnection.ts';
import type { SignInFeature } from '../signIn/createSignIn.ts';
import type { WriteAccess } from '../writeAccess/writeAccess.ts';
import type { WizardReason } from './wizard/connectionWizard.ts';
import { ConnectionStatusBar } from './connectionStatusBar.ts';
import { ConnectionsView } from './connectionsView.ts';

export interface ConnectionsFeature {
  readonly view: ConnectionsView;
  readonly addConnection: (reason?: WizardReason) => Promise<Connection | undefined>;
  readonly editConnection: (connection: Connection) => Promise<Connection | undefined>;
  readonly test: (usable: UsableSession) => Promise<void>;
}

export interface ConnectionsUses {
  readonly sessions: Sessions;
  readonly signIn: SignInFeature;
  readonly selection: SelectedConnection;
  readonly writeAccess: WriteAccess;
}

export function createConnections(platform: Platform, uses: ConnectionsUses): ConnectionsFeature {
  const { register, settings, now, transport, report } = platform;
  const { sessions, selection, writeAccess } = uses;
  const { store, tokens, clientSecrets } = sessions;
  const { signIn, coordinator } = uses.signIn;
  const test = async ({ connection, session: { scopes, accessToken } }: UsableSession): Promise<void> => {
    const { testConnection } = await import('../../core/sessions/connectionTest.ts');
    await testConnection({ connection, scopes, accessToken, transport, timeout: settings.httpTimeout });
  };
  const wizard = lazy(async () => {
    const { addConnection, createWizardOptions, editConnection } = await import('./wizard/connectionWizard.ts');
    const options = createWizardOptions(platform, { clientSecrets, coordinator, test });
    return {
      add: (reason: WizardReason | undefined) => addConnection(options, reason),
      edit: (connection: Connection) => editConnection(options, connection),
    };
  });
  const view = register(
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
  register(new ConnectionStatusBar({ selection, tokens, signIn, onDidChangeSessions: store.onDidChange }));
  // Offered once per window for each connection, and again when a connection that was wrong is corrected (C3).
  const offered = new Set<string>();
  const offerToMoveSecrets = async (): Promise<void> => {
    const found = settings.parsed.secrets.map(({ id, connection }) => id ?? `${connection} is not valid`);
    if (found.every((each) => offered.has(each))) {
      return;
    }
    const migration = await import('./migrateClientSecrets.ts');
    found.forEach((each) => offered.add(each));
    await migration.offerToMoveSecrets(settings, clientSecrets);
  };
  const findSecrets = (): void => void offerToMoveSecrets().catch((error: unknown) => report(error));
  register(settings.onDidChangeConnections(findSecrets));
  findSecrets();
  return {
    view,
    test,
    addConnection: async (reason) => (await wizard()).add(reason),
    editConnection: async (connection) => (await wizard()).edit(connection),
  };
}
