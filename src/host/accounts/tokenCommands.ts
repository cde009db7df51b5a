import * as vscode from 'vscode';
import { seconds } from '../../core/base/counts.ts';
import { isNinjaOneError, NinjaOneError } from '../../core/base/errors.ts';
import type { Connection } from '../../core/connections/connection.ts';
import type { ServedSession } from '../../core/sessions/usableSessions.ts';
import type { TokenService } from '../../core/sessions/tokenService.ts';
import type { TokenClipboard } from '../platform/secretClipboard.ts';
import { timeOf } from '../platform/format.ts';
import { runCommand, type CommandTable } from '../platform/contributions.ts';
import type { ErrorReporter } from '../platform/errorReporter.ts';
import { connectionInfo } from './publicApi.ts';
import type { Settings } from '../platform/settings.ts';
import { spoken } from '../platform/localize.ts';
import { notSignedIn, type Targets } from '../selection/commandTargets.ts';
import type { TokenPage } from './tokenDocument.ts';

export interface TokenCommandPorts {
  readonly settings: Settings;
  readonly tokens: TokenService;
  readonly clipboard: TokenClipboard;
  readonly tokenPage: TokenPage;
  readonly reporter: Pick<ErrorReporter, 'show'>;
  readonly targets: Targets;
  readonly ready: Promise<void>;
  readonly about: (connection: Connection, task: () => Promise<void>) => Promise<void>;
  readonly now: () => number;
}

/** What can be done with the token of a session; what other extensions may ask of one (X1, X3). */
export function createTokenCommands(
  ports: TokenCommandPorts,
): Pick<
  CommandTable,
  'ninjaone.copyAccessToken' | 'ninjaone.showToken' | 'ninjaone.refreshToken' | 'ninjaone.getConnection'
> {
  const { settings, tokens, clipboard, reporter, targets, about } = ports;
  const lastRefresh = new Map<string, number>();

  const sessionFor = async (argument: unknown, title: string): Promise<ServedSession> => {
    await ports.ready;
    const among = argument === undefined ? undefined : targets.namedSessions(argument);
    if (tokens.served().length === 0) {
      throw notSignedIn();
    }
    return targets.pickSession(title, among);
  };

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
    'ninjaone.copyAccessToken': async (argument) => {
      const served = await sessionFor(argument, vscode.l10n.t('Copy the access token of which session?'));
      await about(served.connection, async () => {
        const { session, connection } = await tokens.fresh(served.session.id);
        const clearAfter = settings.clipboardClearAfter;
        await clipboard.copy(session.id, session.accessToken, clearAfter);
        const until = timeOf(session.expiresAt);
        void vscode.window.showInformationMessage(
          clearAfter > 0
            ? vscode.l10n.t(
                'The access token of {0} is on the clipboard, valid until {1}. It is removed after {2}.',
                connection.name,
                until,
                spoken(seconds(clearAfter)),
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
    template: 'The token was refreshed less than a minute ago. Try again in a minute.',
    action: 'showToken',
  });
}
