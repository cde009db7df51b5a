import * as vscode from 'vscode';
import { isNinjaOneError, NinjaOneError } from '../../core/base/errors.ts';
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
  const lastRefresh = new Map<string, number>();

  const sessionFor = async (argument: unknown, title: string): Promise<UsableSession> => {
    await options.ready;
    const among = argument === undefined ? undefined : targets.namedSessions(argument);
    if (tokens.usable().length === 0) {
      throw notSignedIn();
    }
    return targets.pickSession(title, among);
  };

  const refresh = async (id: string, isInteractive: boolean): Promise<UsableSession | undefined> => {
    if (!tokens.find(id)) {
      return undefined;
    }
    const last = lastRefresh.get(id);
    if (last !== undefined && options.now() - last < ONCE_A_MINUTE) {
      throw tooSoon();
    }
    for (const [each, time] of lastRefresh) {
      if (Math.abs(options.now() - time) >= ONCE_A_MINUTE) {
        lastRefresh.delete(each);
      }
    }
    lastRefresh.set(id, options.now());
    try {
      return await tokens.getValidToken(id, { force: true });
    } catch (error) {
      if (isInteractive && isNinjaOneError(error) && error.intent === 'transient') {
        lastRefresh.delete(id);
      }
      throw error;
    }
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
      if (argument !== undefined && named.length === 0) {
        // Another extension named a session that no longer exists, so there is nothing to report.
        return;
      }
      const ids =
        named.length > 0
          ? named
          : [(await sessionFor(undefined, vscode.l10n.t('Refresh the token of which session?'))).session.id];
      // A plain ID comes from another extension, which looks at the session and not at messages (X3).
      const isInteractive = !named.some((id) => id === argument);
      for (const id of ids) {
        // Looked up before, because the refresh may end the session and the error message needs its connection.
        const connection = tokens.find(id)?.connection;
        try {
          const usable = await refresh(id, isInteractive);
          if (usable && isInteractive) {
            const until = formatTime(usable.session.expiresAt);
            showInformation(
              vscode.l10n.t('Refreshed the token of {0}. It is valid until {1}.', usable.connection.name, until),
            );
          }
        } catch (error) {
          if (isInteractive || !isTooSoon(error)) {
            reporter.show(error, connection, {
              retry: () => {
                runCommand('ninjaone.refreshToken', { session: { id } });
              },
            });
          }
        }
      }
    },

    'ninjaone.getConnection': async (query) => {
      await options.ready;
      return connectionInfo(tokens, query);
    },
  };
}

const ONCE_A_MINUTE = 60_000;

const TOO_SOON = 'session.tooSoon';

function isTooSoon(error: unknown): boolean {
  return isNinjaOneError(error) && error.code === TOO_SOON;
}

function tooSoon(): NinjaOneError {
  return new NinjaOneError({
    code: TOO_SOON,
    intent: 'invalidInput',
    message: l10n.t('The token was refreshed less than a minute ago. Try again in a minute.'),
    action: 'showToken',
  });
}
