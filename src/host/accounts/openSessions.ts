import * as vscode from 'vscode';
import { createSessions, type Sessions } from '../../core/sessions/createSessions.ts';
import type { Platform } from '../platform/createPlatform.ts';
import { secretStoreIdIn } from './sessionStartup.ts';

/** The sessions of this window, stored in VS Code's secret storage. */
export function openSessions({ context, register, storage, settings, trustedHosts, ...platform }: Platform): Sessions {
  const sessions = createSessions({
    ...platform,
    secrets: context.secrets,
    directory: storage('sessions'),
    labelDirectory: storage('labels'),
    secretStoreId: secretStoreIdIn(context.globalState, vscode.env),
    connections: () => settings.connections,
    onDidChangeConnections: settings.onDidChangeConnections,
    mayContact: (connection) => trustedHosts.isConfirmed(connection),
    oauth: () => import('../../core/oauth/oauthClient.ts'),
    // In a browser each tab has its own copy of the secrets, so there is no point in waiting for another tab.
    sharedSecrets: vscode.env.uiKind === vscode.UIKind.Desktop,
  });
  register(sessions.store);
  register(sessions.tokens);
  register(sessions.recovery);
  register(
    vscode.window.onDidChangeWindowState(({ focused }) => {
      if (focused) {
        void sessions.recovery.run();
      }
    }),
  );
  return sessions;
}
