import * as vscode from 'vscode';
import { NinjaOneError, plainText } from '../../core/base/errors.ts';
import { l10n } from '../../core/base/l10n.ts';
import type { Connection } from '../../core/connections/connection.ts';
import type { ClientSecrets } from '../../core/sessions/clientSecrets.ts';
import { taskToken, throwIfWider, type TaskToken } from '../../core/sessions/tokenHandOver.ts';
import type { TokenRequests } from '../../core/sessions/tokenRequests.ts';
import type { TokenService } from '../../core/sessions/tokenService.ts';
import type { UsableSession } from '../../core/sessions/usableSessions.ts';
import type { CommandTable } from '../platform/contributions.ts';
import type { Settings } from '../platform/settings.ts';
import { notSignedIn, type CommandTargets } from '../selection/commandTargets.ts';
import { remoteHost } from './remoteHost.ts';
import { powershellShell, type Shell } from './powershellShell.ts';
import { findScript } from './savedScripts.ts';
import { confirmTaskToken, confirmTerminal, confirmWiderTaskToken, type HandedToken } from './tokenQuestions.ts';
import { TokenTerminals, type TokenTerminalsOptions } from './tokenTerminals.ts';

export interface TerminalCommandOptions extends Omit<TokenTerminalsOptions, 'tokens'> {
  readonly settings: Settings;
  readonly tokens: TokenService;
  readonly requests: Pick<TokenRequests, 'mint'>;
  readonly clientSecrets: Pick<ClientSecrets, 'get'>;
  readonly targets: CommandTargets;
  readonly ready: Promise<void>;
  /** Whether this extension runs on the remote computer of the window. */
  readonly remote: boolean;
  readonly about: (connection: Connection, task: () => Promise<void>) => Promise<void>;
}

/** The commands that hand a token to a terminal or a task, each time after a question (P7). Off in Restricted Mode (P3). */
export function createTerminalCommands(
  options: TerminalCommandOptions,
): Pick<CommandTable, 'ninjaone.openTerminal' | 'ninjaone.getAccessToken' | 'ninjaone.runScript'> {
  const { settings, tokens, targets, reporter, about } = options;
  const terminals = new TokenTerminals(options);

  const handed = (connection: Connection, scopes: HandedToken['scopes']): HandedToken => {
    return { connection, scopes, remote: remoteHost(options.remote) };
  };

  /** The session that the user agreed to, with a valid token that allows nothing else. */
  const agreed = async ({ session }: UsableSession): Promise<UsableSession> => {
    const valid = await tokens.getValidToken(session.id);
    throwIfWider(valid, session.scopes);
    return valid;
  };

  /** Of the only one of the sessions, or of the one that the user picks. */
  const openWith = async (
    among: readonly UsableSession[],
    title: string,
    script?: { readonly file: string; readonly shell: Shell },
  ): Promise<void> => {
    const [only] = among;
    if (!only) {
      throw notSignedIn();
    }
    const ids = among.map(({ session }) => session.id);
    const usable = among.length === 1 ? only : await targets.pickSession(title, ids);
    await confirmTerminal(handed(usable.connection, usable.session.scopes), script?.file);
    terminals.open(await agreed(usable), script?.shell);
  };

  const getTaskToken = async (connection: Connection, token: TaskToken): Promise<string> => {
    if (token.kind === 'mint') {
      await confirmTaskToken(handed(connection, token.scopes));
      const minted = await tokens.signIn(connection, token.scopes, () =>
        options.requests.mint(connection, token.scopes),
      );
      throwIfWider(minted, token.scopes);
      return minted.session.accessToken;
    }
    const { usable } = token;
    const confirm = token.kind === 'monitoring' ? confirmTaskToken : confirmWiderTaskToken;
    await confirm(handed(usable.connection, usable.session.scopes));
    return (await agreed(usable)).session.accessToken;
  };

  return {
    'ninjaone.openTerminal': async (argument) => {
      throwUnlessTrusted();
      await options.ready;
      const named = targets.namedConnection(argument);
      const ids = targets.namedSessions(argument);
      const isNamed = named !== undefined || ids.length > 0;
      const open = (): Promise<void> =>
        openWith(
          tokens.usable().filter(({ session }) => !isNamed || ids.includes(session.id)),
          vscode.l10n.t('Open a terminal with the token of which session?'),
        );
      await (named ? about(named, open) : open());
    },

    'ninjaone.runScript': async (argument) => {
      throwUnlessTrusted();
      await options.ready;
      const { file, origin } = await findScript(argument, options.remote);
      const shell = await powershellShell(file, options.remote);
      const among = tokens.usable().filter(({ connection }) => connection.instance.origin === origin);
      if (among.length === 0) {
        const connection = settings.connections.find(({ instance }) => instance.origin === origin);
        reporter.show(noSessionForScript(new URL(origin).host, connection !== undefined), connection);
        return;
      }
      await openWith(among, vscode.l10n.t('Run the script with the token of which session?'), { file, shell });
    },

    'ninjaone.getAccessToken': async (argument) => {
      throwUnlessTrusted();
      await options.ready;
      const connection = await connectionForTask(argument);
      try {
        const secret = await options.clientSecrets.get(connection.id);
        const token = taskToken(connection, tokens.usable(), secret !== undefined);
        if (!token) {
          throw notSignedIn();
        }
        return await getTaskToken(connection, token);
      } catch (error) {
        // Shown with a button about this connection. It cannot return the token later, so none tries again.
        reporter.show(error, connection);
        return undefined;
      }
    },
  };

  /** VS Code passes the whole launch configuration, which is ignored; a task can pass a name. */
  async function connectionForTask(argument: unknown): Promise<Connection> {
    if (typeof argument === 'string' && !settings.connection(argument)) {
      throw noSuchConnection(argument);
    }
    return targets.connection(
      typeof argument === 'string' ? argument : undefined,
      vscode.l10n.t('Use the access token of which connection?'),
    );
  }
}

function throwUnlessTrusted(): void {
  if (!vscode.workspace.isTrusted) {
    throw new NinjaOneError({
      code: 'terminal.notTrusted',
      intent: 'permission',
      action: 'manageTrust',
      message: l10n.t('Terminals and tasks get a NinjaOne token only if you trust the folder.'),
    });
  }
}

function noSuchConnection(name: string): NinjaOneError {
  return new NinjaOneError({
    code: 'connection.unknown',
    intent: 'invalidInput',
    action: 'openSettings',
    message: l10n.t(
      'There is no NinjaOne connection "{0}". Correct the name in the task or launch configuration.',
      plainText(name, 100),
    ),
  });
}

function noSessionForScript(host: string, hasConnection: boolean): NinjaOneError {
  return new NinjaOneError({
    code: 'terminal.noSession',
    intent: 'invalidInput',
    action: hasConnection ? 'signIn' : 'addConnection',
    message: l10n.t('The script is for {0}, where you are not signed in.', host),
  });
}
