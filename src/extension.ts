import { setTimeout as sleep } from 'node:timers/promises';
import type * as vscode from 'vscode';
import type { NinjaOneApi } from '../ninjaone.d.ts';
import type { Sessions } from './core/sessions/createSessions.ts';
import { createAccounts } from './host/accounts/createAccounts.ts';
import { openSessions } from './host/accounts/openSessions.ts';
import { createConnections } from './host/connections/createConnections.ts';
import { createApiExplorer } from './host/createApiExplorer.ts';
import { createDiagnostics } from './host/diagnostics/createDiagnostics.ts';
import { createPlatform } from './host/platform/createPlatform.ts';
import { registerAllCommands } from './host/registerAllCommands.ts';
import { SelectedConnection } from './host/selection/selectedConnection.ts';
import { createSignIn } from './host/signIn/createSignIn.ts';
import { WriteAccess } from './host/writeAccess/writeAccess.ts';

/** Connects `deactivate` with `activate`, because VS Code passes it no context. */
const opened: { sessions?: Sessions } = {};

/** Creates the features in order of dependency and returns the public API. Nothing here awaits, so activation is fast. */
export function activate(context: vscode.ExtensionContext): NinjaOneApi {
  const platform = createPlatform(context);
  const { register, settings, now } = platform;

  const sessions = openSessions(platform);
  opened.sessions = sessions;
  const selection = register(new SelectedConnection(settings, context.workspaceState));
  const writeAccess = register(new WriteAccess({ directory: platform.storage('writes'), settings, now }));
  const signIn = createSignIn(platform, sessions, {
    selection,
    addConnection: () => connections.addConnection('needed'),
    endWriteAccess: (connectionId) => writeAccess.forget(connectionId),
  });
  const accounts = createAccounts(platform, sessions, signIn);
  const connections = createConnections(platform, { sessions, signIn, selection, writeAccess });
  const explorer = createApiExplorer(platform, { sessions, signIn, selection, writeAccess, ready: accounts.ready });
  const diagnosis = createDiagnostics(platform, { sessions, signIn, ready: accounts.ready });

  const features = { sessions, signIn, selection, writeAccess, accounts, connections, explorer, diagnosis };
  registerAllCommands(platform, features);
  accounts.offerInMenu(connections.view.onDidShow);
  void accounts.ready
    .then(async () => (await import('./host/loadViews.ts')).loadViews(register, explorer.resources))
    .catch(() => {});
  return accounts.api;
}

/**
 * Everything is registered in the context's subscriptions, which VS Code disposes meanwhile. It waits for a token response
 * that is on its way, because the server may have replaced the refresh token. VS Code waits for at most 5 seconds.
 */
export async function deactivate(): Promise<void> {
  const closed = opened.sessions?.tokens.close();
  await Promise.race([closed, sleep(LONGEST_CLOSING, undefined, { ref: false })]);
}

/** Milliseconds. */
const LONGEST_CLOSING = 4000;
