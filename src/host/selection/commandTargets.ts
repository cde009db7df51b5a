import * as vscode from 'vscode';
import { canceled, NinjaOneError } from '../../core/base/errors.ts';
import { l10n } from '../../core/base/l10n.ts';
import type { Connection } from '../../core/connections/connection.ts';
import type { UsableSession } from '../../core/sessions/usableSessions.ts';
import type { TokenService } from '../../core/sessions/tokenService.ts';
import { timeOf } from '../platform/format.ts';
import { pickConnection } from './pickConnection.ts';
import type { Settings } from '../platform/settings.ts';

/**
 * What a command is about. Its argument may be a name, a row of our view, or anything that another extension made up:
 * only names and ids are read from it, and what they name is looked up here.
 */
export class CommandTargets {
  readonly #settings: Settings;
  readonly #tokens: TokenService;

  constructor(settings: Settings, tokens: TokenService) {
    this.#settings = settings;
    this.#tokens = tokens;
  }

  /** The connection that the argument names, else one of `among` that the user picks. Rejects as canceled. */
  async connection(argument: unknown, among = this.#settings.connections): Promise<Connection> {
    const named = this.namedConnection(argument);
    if (named) {
      return named;
    }
    const [only] = among;
    if (!only) {
      throw noConnection();
    }
    return among.length === 1 ? only : pickConnection(among);
  }

  namedConnection(argument: unknown): Connection | undefined {
    const name =
      typeof argument === 'string'
        ? argument
        : (textAt(argument, 'connection', 'name') ?? textAt(argument, 'served', 'connection', 'name'));
    return this.#settings.connection(name);
  }

  /** Ids of the sessions that the argument names: one session, or all of a connection. */
  namedSessions(argument: unknown): readonly string[] {
    const id =
      typeof argument === 'string'
        ? argument
        : (textAt(argument, 'served', 'session', 'id') ?? textAt(argument, 'session', 'id'));
    const known = this.#tokens.listed();
    if (known.some((session) => session.id === id) && id !== undefined) {
      return [id];
    }
    const connection = this.namedConnection(argument);
    return known.filter(({ connectionId }) => connectionId === connection?.id).map((session) => session.id);
  }

  /**
   * A pick that is always shown, even for one session: Enter is the consent (`copyAccessToken`). Of all sessions when none
   * of `among` has a token.
   */
  async pickSession(title: string, among?: readonly string[]): Promise<UsableSession> {
    const all = this.#tokens.usable();
    const named = all.filter(({ session }) => among?.includes(session.id));
    const usable = named.length > 0 ? named : all;
    const chosen = await vscode.window.showQuickPick(
      [...usable]
        .sort((a, b) => a.session.scopes.length - b.session.scopes.length)
        .map((each) => ({
          label: each.connection.name,
          description: each.session.scopes.join(', '),
          detail: vscode.l10n.t('{0} · token until {1}', each.connection.instance.host, timeOf(each.session.expiresAt)),
          each,
        })),
      { title, matchOnDescription: true },
    );
    if (!chosen) {
      throw canceled();
    }
    return chosen.each;
  }
}

export function notSignedIn(): NinjaOneError {
  return new NinjaOneError({
    code: 'session.none',
    intent: 'invalidInput',
    message: l10n.t('You are not signed in to NinjaOne.'),
    action: 'signIn',
  });
}

function noConnection(): NinjaOneError {
  return new NinjaOneError({
    code: 'connection.none',
    intent: 'invalidInput',
    message: l10n.t('You have no NinjaOne connection for this. Add one first.'),
    action: 'addConnection',
  });
}

/** A text found by walking own properties; never calls into the object beyond reading them. */
function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  let current: unknown = value;
  for (const key of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, key)) {
      return undefined;
    }
    current = (current as Readonly<Record<string, unknown>>)[key];
  }
  return typeof current === 'string' ? current : undefined;
}
