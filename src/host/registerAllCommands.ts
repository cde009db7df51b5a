import type { Sessions } from '../core/sessions/createSessions.ts';
import type { AccountsFeature } from './accounts/createAccounts.ts';
import type { CommandTableOptions } from './commandTable.ts';
import type { ConnectionsFeature } from './connections/createConnections.ts';
import type { ApiExplorerFeature } from './createApiExplorer.ts';
import type { DiagnosticsFeature } from './diagnostics/createDiagnostics.ts';
import { registerCommands } from './platform/contributions.ts';
import type { Platform } from './platform/createPlatform.ts';
import { isRemoteHost } from './platform/extensionHost.ts';
import type { SelectedConnection } from './selection/selectedConnection.ts';
import type { SignInFeature } from './signIn/createSignIn.ts';
import type { WriteAccess } from './writeAccess/writeAccess.ts';

export interface Features {
  readonly sessions: Sessions;
  readonly signIn: SignInFeature;
  readonly selection: SelectedConnection;
  readonly writeAccess: WriteAccess;
  readonly accounts: AccountsFeature;
  readonly connections: ConnectionsFeature;
  readonly explorer: ApiExplorerFeature;
  readonly diagnosis: DiagnosticsFeature;
}

/** Registers every command of the manifest. The handlers are loaded when the first command runs. */
export function registerAllCommands(platform: Platform, features: Features): void {
  const { context, register, channel, settings, now, report } = platform;
  const { sessions, signIn: feature, selection, writeAccess, accounts, connections, explorer, diagnosis } = features;
  const { tokens, clientSecrets } = sessions;
  const { signIn, coordinator, signOut, clipboard } = feature;
  const options: CommandTableOptions = {
    extensionUri: context.extensionUri,
    settings,
    selection,
    tokens,
    clientSecrets,
    quarantine: sessions.store.quarantine,
    onDidChangeSessions: sessions.store.onDidChange,
    requests: sessions.requests,
    remote: isRemoteHost(context),
    register,
    coordinator,
    signIn,
    signOut,
    clipboard,
    tokenDocument: accounts.tokenDocument,
    writeAccess: writeAccess,
    reporter: { show: report },
    ready: accounts.ready,
    addConnection: connections.addConnection,
    editConnection: connections.editConnection,
    test: connections.test,
    isRow: (argument) => connections.view.isRow(argument),
    reset: async () => (await import('./resetExtension.ts')).resetExtension(platform, features),
    forgetHistory: async (connectionId) => (await explorer.history()).forget(connectionId),
    showLog: () => {
      channel.show();
    },
    explorer: explorer.open,
    resourcesView: explorer.resources,
    diagnosis: diagnosis.open,
    now,
  };
  register(
    registerCommands(
      context.extension,
      async () => (await import('./commandTable.ts')).createCommands(options),
      (error) => report(error),
    ),
  );
}
