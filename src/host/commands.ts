import * as vscode from 'vscode';
import { cancelled, isNinjaOneError, NinjaOneError } from '../core/base/errors.ts';
import type { Connection } from '../core/connection/connection.ts';
import { isEntryOf } from '../core/connection/draft.ts';
import type { ClientSecrets } from '../core/session/clientSecrets.ts';
import type { ServedSession } from '../core/session/servedSessions.ts';
import type { TokenService } from '../core/session/tokenService.ts';
import type { TokenClipboard } from './clipboard.ts';
import { timeOf } from './connectionsView.ts';
import { runCommand, type CommandTable } from './contributions.ts';
import type { ErrorReporter } from './errorReporter.ts';
import type { Explorer } from './explorer.ts';
import { createExplorerCommands } from './explorerCommands.ts';
import { connectionInfo } from './publicApi.ts';
import type { Safety } from './safety.ts';
import type { Selection } from './selection.ts';
import { pickConnection, type SessionStarter } from './sessionStarter.ts';
import type { Settings } from './settings.ts';
import type { SignIn } from './signIn.ts';
import { saySignedIn, sayWorks } from './signInNotices.ts';
import type { SignOut } from './signOut.ts';
import { Targets } from './targets.ts';
import type { TokenPage } from './tokenPage.ts';
import { createWriteCommands } from './writeCommands.ts';

export interface CommandPorts {
  readonly settings: Settings;
  readonly selection: Selection;
  readonly tokens: TokenService;
  readonly clientSecrets: ClientSecrets;
  readonly starter: SessionStarter;
  readonly signIn: SignIn;
  readonly signOut: SignOut;
  readonly clipboard: TokenClipboard;
  readonly tokenPage: TokenPage;
  readonly safety: Safety;
  readonly reporter: ErrorReporter;
  readonly ready: Promise<void>;
  readonly addConnection: () => Promise<Connection | undefined>;
  readonly editConnection: (connection: Connection) => Promise<Connection | undefined>;
  /** One GET with a token of the session; rejects with a NinjaOneError. */
  readonly test: (served: ServedSession) => Promise<void>;
  /** Every key, mark, confirmation and write permission of this extension. */
  readonly reset: () => Promise<boolean>;
  readonly showLog: () => void;
  readonly explorer: () => Promise<Explorer>;
  /** Whether the argument is a row of the Connections view, so that a person pressed something there. */
  readonly isRow: (argument: unknown) => boolean;
  readonly now: () => number;
}

/** What each command does, in one table: a command without a handler does not compile. */
export function createCommands(ports: CommandPorts): CommandTable {
  const { settings, selection, tokens, clientSecrets, signIn, clipboard, reporter, safety } = ports;
  const targets = new Targets(settings, tokens);
  const lastRefresh = new Map<string, number>();

  /** Errors of one connection are shown with its buttons. */
  const about = async (connection: Connection, task: () => Promise<void>): Promise<void> => {
    try {
      await task();
    } catch (error) {
      await reporter.show(error, connection, () => void about(connection, task));
    }
  };

  const connectionFor = async (argument: unknown): Promise<Connection> => {
    if (settings.connections.length > 0) {
      return targets.connection(argument);
    }
    const added = await ports.addConnection();
    if (!added) {
      throw cancelled();
    }
    return added;
  };

  const sessionFor = async (argument: unknown, title: string): Promise<ServedSession> => {
    await ports.ready;
    const among = argument === undefined ? undefined : targets.namedSessions(argument);
    if (tokens.served().length === 0) {
      throw notSignedIn();
    }
    return targets.pickSession(title, among && among.length > 0 ? among : undefined);
  };

  /** Only the view has its rows; a name, or nothing, can come from any extension. */
  const whoCalls = (argument: unknown): 'person' | 'program' => (ports.isRow(argument) ? 'person' : 'program');

  const refresh = async (id: string, byPerson: boolean): Promise<ServedSession | undefined> => {
    if (!tokens.find(id)) {
      return undefined;
    }
    const last = lastRefresh.get(id);
    if (last !== undefined && ports.now() - last < ONCE_A_MINUTE) {
      throw tooSoon();
    }
    lastRefresh.set(id, ports.now());
    try {
      return await tokens.fresh(id, { force: true });
    } catch (error) {
      if (byPerson && isNinjaOneError(error) && error.intent === 'transient') {
        lastRefresh.delete(id);
      }
      throw error;
    }
  };

  return {
    'ninjaone.signIn': async (argument) => {
      await ports.ready;
      const before = settings.connections.length;
      const connection = await connectionFor(argument);
      if (before === 0) {
        // The wizard has signed in already.
        return;
      }
      await about(connection, async () => {
        const served = await ports.starter.signInTo(connection, whoCalls(argument));
        saySignedIn(served);
      });
    },

    'ninjaone.signOut': async (argument) => {
      await ports.ready;
      const named = targets.namedSessions(argument);
      if (named.length === 0 && tokens.served().length === 0) {
        throw notSignedIn();
      }
      const ids =
        named.length > 0
          ? named
          : [(await targets.pickSession(vscode.l10n.t('Sign out of which session?'))).session.id];
      const known = [...tokens.served().map(({ session }) => session), ...tokens.orphans()];
      await ports.signOut.ask(ids, known);
    },

    'ninjaone.reset': async () => {
      const reset = vscode.l10n.t('Reset');
      const answer = await vscode.window.showWarningMessage(
        vscode.l10n.t('Sign out everywhere and delete all secrets of NinjaOne?'),
        {
          modal: true,
          detail: vscode.l10n.t(
            'This signs out of every session, revokes its tokens, and deletes every token, client secret, host confirmation and write permission that this extension keeps. Your connections stay in the settings.',
          ),
        },
        reset,
      );
      if (answer === reset) {
        await ports.ready;
        const revoked = await ports.reset();
        void vscode.window.showInformationMessage(
          revoked
            ? vscode.l10n.t('NinjaOne: everything was signed out and deleted.')
            : vscode.l10n.t(
                'NinjaOne: everything was signed out and deleted here. NinjaOne did not confirm all revocations; look under Administration > Apps > API > OAuth Tokens.',
              ),
        );
      }
    },

    'ninjaone.reopenBrowser': () => {
      signIn.reopenBrowser();
    },
    'ninjaone.pasteRedirectUrl': () => signIn.pasteRedirectUrl(),
    'ninjaone.cancelSignIn': () => {
      signIn.cancel();
    },

    'ninjaone.addConnection': async () => {
      await ports.addConnection();
    },

    'ninjaone.editConnection': async (argument) => {
      const connection = targets.namedConnection(argument);
      if (connection) {
        await ports.editConnection(connection);
      } else if (argument === undefined && settings.connections.length > 0) {
        await ports.editConnection(await pickConnection(settings.connections));
      } else {
        await openSettingsFile();
      }
    },

    'ninjaone.removeConnection': async (argument) => {
      await ports.ready;
      const connection = await targets.connection(argument);
      const remove = vscode.l10n.t('Remove');
      const answer = await vscode.window.showWarningMessage(
        vscode.l10n.t('Remove the connection {0}?', connection.name),
        {
          modal: true,
          detail: vscode.l10n.t(
            'This signs out of its sessions, revokes their tokens and deletes the client secret from this machine.',
          ),
        },
        remove,
      );
      if (answer !== remove) {
        return;
      }
      await safety.forget(connection.id);
      if (signIn.pending?.connection.id === connection.id) {
        signIn.cancel();
      }
      const revoked = await ports.signOut.runAll(tokens.connectionSessions(connection.id).map(({ id }) => id));
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
      const connection = await targets.connection(argument, settings.connections.filter(takesSecret));
      if (!takesSecret(connection)) {
        throw takesNoSecret(connection);
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
      await ports.ready;
      const connection = await connectionFor(argument);
      await about(connection, async () => {
        const served =
          tokens
            .served()
            .find((each) => each.connection.id === connection.id && each.session.scopes.includes('monitoring')) ??
          (await ports.starter.signInTo(connection, whoCalls(argument)));
        await ports.test(await tokens.fresh(served.session.id));
        sayWorks(connection);
      });
    },

    'ninjaone.selectConnection': async (argument) => {
      await selection.select(
        targets.namedConnection(argument) ??
          (await pickConnection(settings.connections, vscode.l10n.t('Select the NinjaOne connection of this window'))),
      );
    },

    'ninjaone.copyAccessToken': async (argument) => {
      const served = await sessionFor(argument, vscode.l10n.t('Copy the access token of which session?'));
      await about(served.connection, async () => {
        const { session, connection } = await tokens.fresh(served.session.id);
        const seconds = settings.clipboardClearAfter;
        await clipboard.copy(session.id, session.accessToken, seconds);
        const until = timeOf(session.expiresAt);
        void vscode.window.showInformationMessage(
          seconds > 0
            ? vscode.l10n.t(
                'The access token of {0} is on the clipboard, valid until {1}. It is removed after {2} seconds.',
                connection.name,
                until,
                seconds,
              )
            : vscode.l10n.t('The access token of {0} is on the clipboard, valid until {1}.', connection.name, until),
        );
      });
    },

    'ninjaone.showToken': async (argument) => {
      const served = await sessionFor(argument, vscode.l10n.t('Show the token of which session?'));
      await ports.tokenPage.show(served);
    },

    'ninjaone.refreshToken': async (argument) => {
      await ports.ready;
      const named = targets.namedSessions(argument);
      if (argument !== undefined && named.length === 0) {
        // Another extension named a session that is gone: there is nothing to tell anybody.
        return;
      }
      const ids =
        named.length > 0
          ? named
          : [(await sessionFor(undefined, vscode.l10n.t('Refresh the token of which session?'))).session.id];
      // A bare id comes from a program, which looks at the session and not at messages (X3).
      const byPerson = !named.some((id) => id === argument);
      for (const id of ids) {
        // Looked up before: the refresh may end the session, and the button of the message is about its connection.
        const connection = tokens.find(id)?.connection;
        try {
          const served = await refresh(id, byPerson);
          if (served && byPerson) {
            const until = timeOf(served.session.expiresAt);
            void vscode.window.showInformationMessage(
              vscode.l10n.t('The token of {0} is refreshed, valid until {1}.', served.connection.name, until),
            );
          }
        } catch (error) {
          if (byPerson || !isTooSoon(error)) {
            await reporter.show(error, connection, () => {
              runCommand('ninjaone.refreshToken', { session: { id } });
            });
          }
        }
      }
    },

    'ninjaone.getConnection': async (query) => {
      await ports.ready;
      return connectionInfo(tokens, query);
    },

    'ninjaone.showLog': () => {
      ports.showLog();
    },

    ...createWriteCommands({ safety, selection, targets }),
    ...createExplorerCommands({ explorer: ports.explorer, ready: ports.ready, selection, connectionFor, about }),
  };
}

const ONCE_A_MINUTE = 60_000;

async function openSettingsFile(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.openSettingsJson', {
    revealSetting: { key: 'ninjaone.connections' },
  });
}

function takesSecret({ platform }: Connection): boolean {
  return platform === 'web' || platform === 'api-services';
}

function notSignedIn(): NinjaOneError {
  return new NinjaOneError({
    code: 'session.none',
    intent: 'invalidInput',
    template: 'You are not signed in to NinjaOne.',
    action: 'signIn',
  });
}

const TOO_SOON = 'session.tooSoon';

function isTooSoon(error: unknown): boolean {
  return isNinjaOneError(error) && error.code === TOO_SOON;
}

function tooSoon(): NinjaOneError {
  return new NinjaOneError({
    code: TOO_SOON,
    intent: 'invalidInput',
    template: 'The token was refreshed less than a minute ago. Try again in a minute.',
  });
}

function takesNoSecret(connection: Connection): NinjaOneError {
  return new NinjaOneError({
    code: 'connection.takesNoSecret',
    intent: 'invalidInput',
    template: '{0} is a {1} connection, which has no client secret.',
    args: [connection.name, connection.platform],
  });
}
