import * as vscode from 'vscode';
import { canceled, NinjaOneError } from '../../core/base/errors.ts';
import { l10n } from '../../core/base/l10n.ts';
import { orderScopes, type Connection, type Scope } from '../../core/connections/connection.ts';
import { isConnectionEntry } from '../../core/connections/connectionDraft.ts';
import { coversScopes } from '../../core/sessions/session.ts';
import { namedConnectionGone, signInTarget, type SignInRequest } from '../../core/sessions/signInTarget.ts';
import type { TokenService } from '../../core/sessions/tokenService.ts';
import type { Settings } from '../platform/settings.ts';
import { activeFirst, pickConnection } from '../selection/pickConnection.ts';
import type { SelectedConnection } from '../selection/selectedConnection.ts';
import type { QuestionTime } from './questionTime.ts';
import { confirmMoreScopes } from './signInQuestions.ts';

export { throwUnlessAnswered } from '../../core/sessions/signInTarget.ts';

export interface ChooseConnectionOptions {
  readonly settings: Settings;
  readonly tokens: TokenService;
  readonly selection: Pick<SelectedConnection, 'current'>;
  /** Opens the wizard, and returns at once: VS Code queues every other request behind the one that opened it (A17). */
  readonly openWizard: () => void;
}

/**
 * The connection for a request of another extension, and the scopes to request there: the one that the request names, else
 * the only one that allows the scopes, else one that the user picks (A17). Rejects as canceled when the user closes a pick.
 */
export async function chooseConnection(
  options: ChooseConnectionOptions,
  request: SignInRequest,
  questions: QuestionTime,
): Promise<{ readonly connection: Connection; readonly scopes: readonly Scope[] }> {
  const { connection: named, scopes } = signInTarget(request, options.settings.connections);
  return { connection: await questions.ask((over) => choose(options, { named, scopes, over })), scopes };
}

interface Choice {
  readonly named: Connection | undefined;
  readonly scopes: readonly Scope[];
  /** Aborted when the time for the answer is up. */
  readonly over: AbortSignal;
}

async function choose(options: ChooseConnectionOptions, { named, scopes, over }: Choice): Promise<Connection> {
  const { settings, openWizard } = options;
  const widenOrTake = (connection: Connection): Connection | Promise<Connection> =>
    coversScopes(connection.scopes, scopes) ? connection : widen(settings, { connection, scopes, over });
  if (named) {
    return widenOrTake(named);
  }
  const { connections } = settings;
  if (connections.length === 0) {
    openWizard();
    throw setupRequired();
  }
  const allowing = connections.filter((connection) => coversScopes(connection.scopes, scopes));
  const candidates = allowing.length > 0 ? allowing : connections;
  const [only] = candidates;
  return widenOrTake(candidates.length === 1 && only ? only : await pick(options, candidates, over));
}

/** Connections with a session come first, because a sign-in there is the shortest (A17), and of those the active one. */
function pick(
  { tokens, selection }: ChooseConnectionOptions,
  connections: readonly Connection[],
  over: AbortSignal,
): Promise<Connection> {
  const signedIn = new Set(tokens.usable().map(({ connection }) => connection.id));
  const rank = ({ id }: Connection): number => (signedIn.has(id) ? 0 : 1);
  return pickConnection(
    activeFirst(connections, { selection }, (connection) => connection).toSorted((a, b) => rank(a) - rank(b)),
    { tokens, selection, title: vscode.l10n.t('Sign in to which connection?'), signal: over },
  );
}

/**
 * Adds the missing scopes to the connection in the settings if the user agrees in time. The connection may be renamed while
 * the question is open. If it is gone, nothing is written, whatever has its name now.
 */
async function widen(settings: Settings, { connection, scopes, over }: Missing): Promise<Connection> {
  const missing = scopes.filter((scope) => !connection.scopes.includes(scope));
  await confirmMoreScopes(connection, missing);
  if (over.aborted) {
    throw canceled();
  }
  const present = settings.connections.find(({ id }) => id === connection.id);
  if (!present) {
    throw namedConnectionGone();
  }
  const wider = orderScopes([...present.scopes, ...scopes]);
  return settings.writeConnection(present.id, (entries) =>
    entries.map((entry) => (isConnectionEntry(entry, present) ? { ...(entry as object), scopes: wider } : entry)),
  );
}

interface Missing extends Omit<Choice, 'named'> {
  readonly connection: Connection;
}

function setupRequired(): NinjaOneError {
  return new NinjaOneError({
    code: 'request.setupRequired',
    intent: 'misconfigured',
    message: l10n.t('NinjaOne has no connection yet. Add one in the wizard, then try again.'),
    action: 'addConnection',
  });
}
