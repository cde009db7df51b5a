import * as vscode from 'vscode';
import { NinjaOneError } from '../../core/base/errors.ts';
import { l10n } from '../../core/base/l10n.ts';
import { type Connection, hasClientSecret } from '../../core/connections/connection.ts';
import { isEntryOf } from '../../core/connections/connectionDraft.ts';
import type { ClientSecrets } from '../../core/sessions/clientSecrets.ts';
import type { UsableSession } from '../../core/sessions/usableSessions.ts';
import type { TokenService } from '../../core/sessions/tokenService.ts';
import { confirm } from '../platform/confirm.ts';
import type { CommandTable } from '../platform/contributions.ts';
import { openConnectionsSetting } from '../platform/navigation.ts';
import type { WriteAccess } from '../writeAccess/writeAccess.ts';
import type { SelectedConnection } from '../selection/selectedConnection.ts';
import { pickConnection } from '../selection/pickConnection.ts';
import type { SignInCoordinator } from '../signIn/signInCoordinator.ts';
import type { Settings } from '../platform/settings.ts';
import type { SignIn } from '../signIn/signIn.ts';
import { showConnectionWorks } from '../signIn/signInMessages.ts';
import type { SignOut } from '../signIn/signOut.ts';
import type { CommandTargets } from '../selection/commandTargets.ts';

export interface ConnectionCommandOptions {
  readonly settings: Settings;
  readonly selection: SelectedConnection;
  readonly tokens: TokenService;
  readonly clientSecrets: ClientSecrets;
  readonly coordinator: SignInCoordinator;
  readonly signIn: SignIn;
  readonly signOut: () => Promise<SignOut>;
  readonly writeAccess: WriteAccess;
  readonly targets: CommandTargets;
  readonly ready: Promise<void>;
  readonly addConnection: () => Promise<Connection | undefined>;
  readonly editConnection: (connection: Connection) => Promise<Connection | undefined>;
  /** One GET with a token of the session; rejects with a NinjaOneError. */
  readonly test: (usable: UsableSession) => Promise<void>;
  /** What is remembered of the connection's requests. */
  readonly forgetHistory: (connectionId: string) => Promise<void>;
  readonly connectionFor: (argument: unknown) => Promise<Connection>;
  readonly whoCalls: (argument: unknown) => 'person' | 'program';
  readonly about: (connection: Connection, task: () => Promise<void>) => Promise<void>;
}

/** Adding, changing, testing, choosing and removing connections, and their client secrets (C3, C4, C5). */
export function createConnectionCommands(
  options: ConnectionCommandOptions,
): Pick<
  CommandTable,
  | 'ninjaone.addConnection'
  | 'ninjaone.editConnection'
  | 'ninjaone.removeConnection'
  | 'ninjaone.setClientSecret'
  | 'ninjaone.testConnection'
  | 'ninjaone.selectConnection'
> {
  const { settings, selection, tokens, clientSecrets, signIn, writeAccess, targets, connectionFor, whoCalls, about } =
    options;
  return {
    'ninjaone.addConnection': async () => {
      await options.addConnection();
    },

    'ninjaone.editConnection': async (argument) => {
      const connection = targets.namedConnection(argument);
      if (connection) {
        await options.editConnection(connection);
      } else if (argument === undefined && settings.connections.length > 0) {
        await options.editConnection(await pickConnection(settings.connections));
      } else {
        await openConnectionsSetting();
      }
    },

    'ninjaone.removeConnection': async (argument) => {
      await options.ready;
      const connection = await targets.connection(argument);
      await confirm(
        {
          message: vscode.l10n.t('Remove the connection {0}?', connection.name),
          detail: vscode.l10n.t(
            'This signs out of its sessions, revokes their tokens and deletes the client secret and the history of its requests from this machine.',
          ),
        },
        vscode.l10n.t('Remove'),
      );
      await writeAccess.forget(connection.id);
      await options.forgetHistory(connection.id);
      if (signIn.pending?.connection.id === connection.id) {
        signIn.cancel();
      }
      const revoked = await (
        await options.signOut()
      ).runAll(tokens.connectionSessions(connection.id).map(({ id }) => id));
      await clientSecrets.delete(connection.id);
      await settings.write((entries) => entries.filter((entry) => !isEntryOf(entry, connection)));
      void vscode.window.showInformationMessage(
        !revoked
          ? vscode.l10n.t(
              'Removed {0}. NinjaOne did not confirm the revocation; look under Administration > Apps > API > OAuth Tokens.',
              connection.name,
            )
          : vscode.l10n.t('Removed {0}.', connection.name),
      );
    },

    'ninjaone.setClientSecret': async (argument) => {
      const connection = await targets.connection(
        argument,
        settings.connections.filter(({ platform }) => hasClientSecret(platform)),
      );
      if (!hasClientSecret(connection.platform)) {
        await about(connection, () => Promise.reject(takesNoSecret(connection)));
        return;
      }
      const isStored = (await clientSecrets.get(connection.id)) !== undefined;
      const secret = await vscode.window.showInputBox({
        title: vscode.l10n.t('Client secret of {0}', connection.name),
        prompt: isStored
          ? vscode.l10n.t(
              'Kept in the secret storage of the editor, never in the settings. It replaces the one that is stored.',
            )
          : vscode.l10n.t('Kept in the secret storage of the editor, never in the settings.'),
        password: true,
        ignoreFocusOut: true,
        validateInput: (value) => (value.trim() === '' ? vscode.l10n.t('Paste the client secret.') : undefined),
      });
      if (secret === undefined) {
        return;
      }
      await clientSecrets.set(connection.id, secret.trim());
      void vscode.window.showInformationMessage(vscode.l10n.t('The client secret of {0} is stored.', connection.name));
    },

    'ninjaone.testConnection': async (argument) => {
      await options.ready;
      const connection = await connectionFor(argument);
      await about(connection, async () => {
        const usable =
          tokens
            .usable()
            .find((each) => each.connection.id === connection.id && each.session.scopes.includes('monitoring')) ??
          (await options.coordinator.signInTo(connection, whoCalls(argument)));
        await options.test(await tokens.getValidToken(usable.session.id));
        showConnectionWorks(connection);
      });
    },

    'ninjaone.selectConnection': async (argument) => {
      await selection.select(
        targets.namedConnection(argument) ??
          (await pickConnection(settings.connections, vscode.l10n.t('Select the NinjaOne connection of this window'))),
      );
    },
  };
}

function takesNoSecret(connection: Connection): NinjaOneError {
  return new NinjaOneError({
    code: 'connection.takesNoSecret',
    intent: 'invalidInput',
    message: l10n.t('{0} is a {1} connection, which has no client secret.', connection.name, connection.platform),
    action: 'editConnection',
  });
}
