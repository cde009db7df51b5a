import * as vscode from 'vscode';
import { l10n } from '../../core/base/l10n.ts';
import type { Connection } from '../../core/connections/connection.ts';
import type { UsableSession } from '../../core/sessions/usableSessions.ts';
import type { TokenService } from '../../core/sessions/tokenService.ts';
import type { SecretClipboard } from '../platform/secretClipboard.ts';
import { formatTime } from '../platform/format.ts';
import { runCommand, type CommandTable } from '../platform/contributions.ts';
import type { ErrorReporter } from '../platform/errorReporter.ts';
import { connectionInfo } from './publicApi.ts';
import type { Settings } from '../platform/settings.ts';
import { localize } from '../platform/localize.ts';
import { showInformation } from '../platform/windowMessages.ts';
import { notSignedIn, type CommandTargets } from '../selection/commandTargets.ts';
import type { TokenDocument } from './tokenDocument.ts';
import { TokenRefresh } from './tokenRefresh.ts';

export interface TokenCommandOptions {
  readonly settings: Settings;
  readonly tokens: TokenService;
  readonly clipboard: SecretClipboard;
  readonly tokenDocument: TokenDocument;
  readonly reporter: Pick<ErrorReporter, 'show'>;
  readonly targets: CommandTargets;
  readonly ready: Promise<void>;
  readonly about: (connection: Connection, task: () => Promise<void>) => Promise<void>;
  readonly now: () => number;
}

/** The commands for the token of a session, and those for other extensions (X1, X3). */
export function createTokenCommands(
  options: TokenCommandOptions,
): Pick<
  CommandTable,
  'ninjaone.copyAccessToken' | 'ninjaone.showToken' | 'ninjaone.refreshToken' | 'ninjaone.getConnection'
> {
  const { settings, tokens, clipboard, reporter, targets, about } = options;
  const refresh = new TokenRefresh({ tokens, now: options.now });

  const sessionFor = async (argument: unknown, title: string): Promise<UsableSession> => {
    await options.ready;
    const among = argument === undefined ? undefined : targets.namedSessions(argument);
    if (tokens.usable().length === 0) {
      throw notSignedIn();
    }
    return targets.pickSession(title, among);
  };

  return {
    'ninjaone.copyAccessToken': async (argument) => {
      const usable = await sessionFor(argument, vscode.l10n.t('Copy the access token of which session?'));
      await about(usable.connection, async () => {
        const { session, connection } = await tokens.getValidToken(usable.session.id);
        const clearAfter = settings.clipboardClearAfter;
        await clipboard.copy(session.id, session.accessToken, clearAfter);
        const until = formatTime(session.expiresAt);
        showInformation(
          clearAfter > 0
            ? localize(
                l10n.t({
                  message:
                    '{2, plural, one {Copied the access token of {0}, valid until {1}. It is removed from the clipboard after # second.} other {Copied the access token of {0}, valid until {1}. It is removed from the clipboard after # seconds.}}',
                  args: [connection.name, until, clearAfter],
                  comment: '{0} is the name of a connection and {1} a time.',
                }),
              )
            : vscode.l10n.t('Copied the access token of {0}, valid until {1}.', connection.name, until),
        );
      });
    },

    'ninjaone.showToken': async (argument) => {
      const usable = await sessionFor(argument, vscode.l10n.t('Show the token details of which session?'));
      await options.tokenDocument.show(usable);
    },

    'ninjaone.refreshToken': async (argument) => {
      await options.ready;
      const named = targets.namedSessions(argument);
      // Another extension passes a session or its id. A person passes nothing, a row, or the name of a connection.
      const isPerson =
        argument === undefined ||
        targets.namedConnection(argument) !== undefined ||
        (typeof argument === 'object' && named.length > 0);
      if (!isPerson) {
        return refresh.forExtension(argument);
      }
      const ids =
        named.length > 0
          ? named
          : [(await sessionFor(undefined, vscode.l10n.t('Refresh the token of which session?'))).session.id];
      for (const id of ids) {
        // Looked up before, because the refresh may end the session and the error message needs its connection.
        const connection = tokens.find(id)?.connection;
        try {
          const usable = await refresh.forPerson(id);
          if (usable) {
            const until = formatTime(usable.session.expiresAt);
            showInformation(
              vscode.l10n.t('Refreshed the token of {0}. It is valid until {1}.', usable.connection.name, until),
            );
          }
        } catch (error) {
          reporter.show(error, connection, {
            retry: () => {
              runCommand('ninjaone.refreshToken', { session: { id } });
            },
          });
        }
      }
      return undefined;
    },

    'ninjaone.getConnection': async (query) => {
      await options.ready;
      return connectionInfo(tokens, query);
    },
  };
}
