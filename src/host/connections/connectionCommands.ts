import * as vscode from 'vscode';
import { NinjaOneError } from '../../core/base/errors.ts';
import { l10n } from '../../core/base/l10n.ts';
import { type Connection, hasClientSecret } from '../../core/connections/connection.ts';
import { isConnectionEntry } from '../../core/connections/connectionDraft.ts';
import type { ClientSecrets } from '../../core/sessions/clientSecrets.ts';
import type { Quarantine } from '../../core/sessions/quarantine.ts';
import type { UsableSession } from '../../core/sessions/usableSessions.ts';
import type { TokenService } from '../../core/sessions/tokenService.ts';
import { confirm } from '../platform/confirm.ts';
import type { CommandTable } from '../platform/contributions.ts';
import { openConnectionsSetting } from '../platform/navigation.ts';
import { showInformation } from '../platform/windowMessages.ts';
import { platformName } from '../platform/platformNames.ts';
import type { WriteAccess } from '../writeAccess/writeAccess.ts';
import type { SelectedConnection } from '../selection/selectedConnection.ts';
import type { SignInCoordinator } from '../signIn/signInCoordinator.ts';
import type { Settings } from '../platform/settings.ts';
import type { SignIn } from '../signIn/signIn.ts';
import { askClientSecret } from '../signIn/signInQuestions.ts';
import { showConnectionWorks } from '../signIn/signInMessages.ts';
import type { SignOut } from '../signIn/signOut.ts';
import type { CommandTargets } from '../selection/commandTargets.ts';
import type { WizardReason } from './wizard/connectionWizard.ts';

export interface ConnectionCommandOptions {
  /** The folder of the installed extension, which has the setup guide. */
  readonly extensionUri: vscode.Uri;
  readonly settings: Settings;
  readonly selection: SelectedConnection;
  readonly tokens: TokenService;
  readonly clientSecrets: ClientSecrets;
  readonly quarantine: Quarantine;
  readonly coordinator: SignInCoordinator;
  readonly signIn: SignIn;
  readonly signOut: () => Promise<SignOut>;
  readonly writeAccess: WriteAccess;
  readonly targets: CommandTargets;
  readonly ready: Promise<void>;
  readonly addConnection: (reason?: WizardReason) => Promise<Connection | undefined>;
  readonly editConnection: (connection: Connection) => Promise<Connection | undefined>;
  /** Sends one GET request with a token of the session; rejects with a NinjaOneError. */
  readonly test: (usable: UsableSession) => Promise<void>;
  /** Deletes the history of the connection. */
  readonly forgetHistory: (connectionId: string) => Promise<void>;
  readonly connectionFor: (argument: unknown, title?: string) => Promise<Connection>;
  readonly whoCalls: (argument: unknown) => 'user' | 'extension';
  readonly about: (connection: Connection, task: () => Promise<void>) => Promise<void>;
}

/** The commands that add, edit, test, select and remove connections, and set client secrets (C3, C4, C5). */
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
  | 'ninjaone.useConnection'
  | 'ninjaone.openSetupGuide'
  | 'ninjaone.openClientApps'
  | 'ninjaone.copyRedirectUri'
> {
  const { settings, selection, tokens, clientSecrets, signIn, writeAccess, targets, connectionFor, whoCalls, about } =
    options;
  const select = async (argument: unknown): Promise<void> => {
    const connection = targets.namedConnection(argument) ?? (await targets.pickOrAdd(options.addConnection));
    await selection.select(connection);
  };
  return {
    'ninjaone.addConnection': async () => {
      await options.addConnection();
    },

    'ninjaone.editConnection': async (argument) => {
      const connection = targets.namedConnection(argument);
      if (connection) {
        await options.editConnection(connection);
      } else if (argument === undefined && settings.connections.length > 0) {
        await options.editConnection(
          await targets.pickConnection(settings.connections, vscode.l10n.t('Edit which connection?')),
        );
      } else {
        await openConnectionsSetting();
      }
    },

    'ninjaone.removeConnection': async (argument) => {
      await options.ready;
      const connection = await targets.connection(argument, vscode.l10n.t('Remove which connection?'));
      await confirm(
        {
          message: vscode.l10n.t('Remove the connection {0}?', connection.name),
          detail: vscode.l10n.t(
            'This signs out of all its sessions and revokes their tokens. The client secret and the request history of the connection are deleted from this computer.',
          ),
        },
        vscode.l10n.t('Remove'),
      );
      writeAccess.forget(connection.id);
      await options.forgetHistory(connection.id);
      if (signIn.pending?.connection.id === connection.id) {
        signIn.cancel();
      }
      const revoked = await (
        await options.signOut()
      ).runAll(tokens.connectionSessions(connection.id).map(({ id }) => id));
      await clientSecrets.delete(connection.id);
      await options.quarantine.deleteOf({ connectionId: connection.id });
      await settings.write((entries) => entries.filter((entry) => !isConnectionEntry(entry, connection)));
      showInformation(
        !revoked
          ? vscode.l10n.t(
              'Removed {0}. NinjaOne did not confirm that all tokens were revoked. Check them under Administration > Apps > API > OAuth Tokens.',
              connection.name,
            )
          : vscode.l10n.t('Removed {0}.', connection.name),
      );
    },

    'ninjaone.setClientSecret': async (argument) => {
      const among = settings.connections.filter(({ platform }) => hasClientSecret(platform));
      if (argument === undefined && among.length === 0 && settings.connections.length > 1) {
        throw noneTakesSecret();
      }
      const connection = await targets.connection(
        argument,
        vscode.l10n.t('Set the client secret of which connection?'),
        among.length > 0 ? among : settings.connections,
      );
      if (!hasClientSecret(connection.platform)) {
        await about(connection, () => Promise.reject(takesNoSecret(connection)));
        return;
      }
      const isStored = (await clientSecrets.get(connection.id)) !== undefined;
      const secret = await askClientSecret(connection, { isStored });
      if (secret === undefined) {
        return;
      }
      await clientSecrets.set(connection.id, secret);
      showInformation(vscode.l10n.t('Stored the client secret of {0}.', connection.name));
    },

    'ninjaone.testConnection': async (argument) => {
      await options.ready;
      const connection = await connectionFor(argument, vscode.l10n.t('Test which connection?'));
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

    'ninjaone.selectConnection': select,
    // In the menu of a row, where it asks nothing.
    'ninjaone.useConnection': select,

    'ninjaone.openSetupGuide': async (argument) => {
      await (await import('./setupGuide.ts')).openSetupGuide(argument, options.extensionUri);
    },
    'ninjaone.openClientApps': async () => {
      await (await import('./setupGuide.ts')).openClientApps(settings.connections);
    },
    'ninjaone.copyRedirectUri': async () => {
      await (await import('./setupGuide.ts')).copyRedirectUri();
    },
  };
}

function noneTakesSecret(): NinjaOneError {
  return new NinjaOneError({
    code: 'connection.noneTakesSecret',
    intent: 'invalidInput',
    message: l10n.t('No connection needs a client secret. Only the platforms Web and API Services have one.'),
  });
}

function takesNoSecret(connection: Connection): NinjaOneError {
  return new NinjaOneError({
    code: 'connection.takesNoSecret',
    intent: 'invalidInput',
    message: l10n.t({
      message: '{0} is a {1} connection and needs no client secret.',
      args: [connection.name, platformName(connection.platform)],
      comment: '{0} is the name of a connection and {1} a platform, such as Native.',
    }),
    action: 'editConnection',
  });
}
