import * as vscode from 'vscode';
import { canceled, NinjaOneError } from '../../core/base/errors.ts';
import { l10n } from '../../core/base/l10n.ts';
import { textAt } from '../../core/base/untrusted.ts';
import type { Connection } from '../../core/connections/connection.ts';
import type { UsableSession } from '../../core/sessions/usableSessions.ts';
import type { TokenService } from '../../core/sessions/tokenService.ts';
import { listOf, formatTime } from '../platform/format.ts';
import { showPick } from '../platform/quickInputs.ts';
import type { Settings } from '../platform/settings.ts';
import { activeMark } from './connectionStates.ts';
import { activeFirst, pickConnection, type ConnectionPickContext } from './pickConnection.ts';
import type { SelectedConnection } from './selectedConnection.ts';

export interface CommandTargetsOptions {
  readonly settings: Settings;
  readonly tokens: TokenService;
  readonly selection: SelectedConnection;
}

/**
 * Finds the connection or session that a command acts on. The argument may be a name, a row of the view, or anything
 * that another extension passes, so only names and IDs are read from it and looked up here.
 *
 * One rule for all commands: a command about a connection or a session asks which one if there are several, and the active
 * one is the first of the list. A command about an operation or a request uses the active connection and does not ask.
 */
export class CommandTargets {
  readonly #context: ConnectionPickContext;
  readonly #settings: Settings;
  readonly #tokens: TokenService;

  constructor({ settings, tokens, selection }: CommandTargetsOptions) {
    this.#context = { tokens, selection };
    this.#settings = settings;
    this.#tokens = tokens;
  }

  /** The connection that the argument names, or else one of `among` that the user picks. Rejects as canceled. */
  async connection(
    argument: unknown,
    title = vscode.l10n.t('Use which connection?'),
    among = this.#settings.connections,
  ): Promise<Connection> {
    const named = this.namedConnection(argument);
    if (named) {
      return named;
    }
    const [only] = among;
    if (!only) {
      throw noConnection();
    }
    return among.length === 1 ? only : this.pickConnection(among, title);
  }

  /** Asks also when there is only one. Rejects as canceled. */
  async pickConnection(among: readonly Connection[], title: string): Promise<Connection> {
    return pickConnection(
      activeFirst(among, this.#context, (connection) => connection),
      { ...this.#context, title },
    );
  }

  /** The connection to use in this window, or a new one. Rejects as canceled. */
  async pickOrAdd(addConnection: () => Promise<Connection | undefined>): Promise<Connection> {
    return pickConnection(
      activeFirst(this.#settings.connections, this.#context, (connection) => connection),
      { ...this.#context, title: vscode.l10n.t('Use which connection in this window?'), addConnection },
    );
  }

  namedConnection(argument: unknown): Connection | undefined {
    const name =
      typeof argument === 'string'
        ? argument
        : (textAt(argument, 'connection', 'name') ?? textAt(argument, 'usable', 'connection', 'name'));
    return this.#settings.connection(name);
  }

  /** IDs of the sessions that the argument names: one session, or all sessions of a connection. */
  namedSessions(argument: unknown): readonly string[] {
    const id =
      typeof argument === 'string'
        ? argument
        : (textAt(argument, 'usable', 'session', 'id') ?? textAt(argument, 'session', 'id'));
    const known = this.#tokens.listed();
    if (known.some((session) => session.id === id) && id !== undefined) {
      return [id];
    }
    const connection = this.namedConnection(argument);
    return known.filter(({ connectionId }) => connectionId === connection?.id).map((session) => session.id);
  }

  /**
   * Always shows the pick, even for one session, because selecting a session is the user's consent (`copyAccessToken`).
   * Shows all sessions if none of `among` has a token.
   */
  async pickSession(title: string, among?: readonly string[]): Promise<UsableSession> {
    const all = this.#tokens.usable();
    const named = all.filter(({ session }) => among?.includes(session.id));
    const usable = named.length > 0 ? named : all;
    const { selection } = this.#context;
    const chosen = await showPick(
      activeFirst(this.#inOrder(usable), this.#context, ({ connection }) => connection).map((each) => ({
        label: each.connection.name,
        description: [...activeMark(each.connection.id === selection.current?.id), listOf(each.session.scopes)].join(
          ' · ',
        ),
        detail: vscode.l10n.t({
          message: '{0} · token valid until {1}',
          args: [each.connection.instance.host, formatTime(each.session.expiresAt)],
          comment: '{0} is a host name and {1} a time.',
        }),
        each,
      })),
      { title, matchOnDescription: true },
    );
    if (!chosen) {
      throw canceled();
    }
    return chosen.each;
  }

  /** As the connections are in the settings; of one connection, the session with the fewest scopes first. */
  #inOrder(sessions: readonly UsableSession[]): readonly UsableSession[] {
    const ids = this.#settings.connections.map(({ id }) => id);
    return sessions.toSorted(
      (a, b) =>
        ids.indexOf(a.connection.id) - ids.indexOf(b.connection.id) ||
        a.session.scopes.length - b.session.scopes.length,
    );
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
    message: l10n.t('No NinjaOne connection can be used with this command. Add a connection first.'),
    action: 'addConnection',
  });
}
