import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import { canceled, plainText } from '../../../core/base/errors.ts';
import { within } from '../../../core/base/lifecycle.ts';
import { hasClientSecret, type Connection } from '../../../core/connections/connection.ts';
import { draftOf, EMPTY_DRAFT, entryOf, withEntry, type Draft } from '../../../core/connections/connectionDraft.ts';
import { PRESETS } from '../../../core/connections/instance.ts';
import type { ClientSecrets } from '../../../core/sessions/clientSecrets.ts';
import type { Settings } from '../../platform/settings.ts';
import type { WizardState, StepContext } from './wizardState.ts';
import { isUsualRedirectUri } from './redirectSteps.ts';
import { runSteps } from './stepRunner.ts';
import { stepsFor } from './wizardSteps.ts';

export interface ConnectionWizardOptions {
  readonly settings: Settings;
  readonly clientSecrets: ClientSecrets;
  /** Rejects as canceled when the user does not trust the host. */
  readonly confirmHost: (connection: Pick<Connection, 'instance' | 'name'>) => Promise<void>;
  /** Token endpoint with the client id only; may reject with a NinjaOneError when the host cannot be reached. */
  readonly probe: (connection: Connection) => Promise<'known' | 'unknown'>;
  /** Signs in and calls GET /v2/organizations?pageSize=1; shows "works". Rejects with a NinjaOneError. */
  readonly signInAndTest: (connection: Connection) => Promise<void>;
  readonly showError: (error: unknown, connection?: Connection) => Promise<void>;
  /** Keeps what was entered into an Add that was left, for the next one in this window. Never holds a secret. */
  readonly unfinished?: { draft?: Draft | undefined };
}

/**
 * C5. Resolves to the connection as soon as it is written and its first sign-in has ended, well or not; to undefined when
 * the user left, and then nothing is written. Rejects with a `NinjaOneError` when the settings cannot be written.
 */
export async function addConnection(options: ConnectionWizardOptions): Promise<Connection | undefined> {
  const { draft = EMPTY_DRAFT } = options.unfinished ?? {};
  const { move, state } = await runSteps({
    title: vscode.l10n.t('Add NinjaOne Connection'),
    state: stateFrom(draft),
    stepsOf: stepsFor(contextOf(options, undefined)),
  });
  if (options.unfinished) {
    options.unfinished.draft = draftFrom(state);
  }
  if (move === 'left') {
    return undefined;
  }
  const connection = await options.settings.writeConnection(state.name, (entries) => withEntry(entries, state));
  if (options.unfinished) {
    options.unfinished.draft = undefined;
  }
  return finish(options, connection, state);
}

/** The same steps with the values of `connection`. A mere change of name ends without a sign-in. */
export async function editConnection(
  options: ConnectionWizardOptions,
  connection: Connection,
): Promise<Connection | undefined> {
  const before = draftOf(connection);
  const { move, state } = await runSteps({
    title: vscode.l10n.t('Edit NinjaOne Connection {0}', plainText(connection.name)),
    state: stateFrom(before),
    stepsOf: stepsFor(contextOf(options, connection)),
  });
  if (move === 'left') {
    return undefined;
  }
  const changed = await options.settings.writeConnection(state.name, (entries) =>
    withEntry(entries, state, connection),
  );
  const renamedOnly =
    state.secret === '' && isDeepStrictEqual(entryOf({ ...state, name: before.name }), entryOf(before));
  return renamedOnly ? changed : finish(options, changed, state);
}

/** Milliseconds after which the wizard goes on without an answer to a probe. */
const PROBE_TIMEOUT = 5000;

function contextOf(
  { settings, clientSecrets, confirmHost, probe }: ConnectionWizardOptions,
  edited?: Connection,
): StepContext {
  const known = new Set<string>();
  return {
    edited,
    others: () => settings.connections.filter(({ name }) => name !== edited?.name),
    confirmHost,
    isUnknownClient: async (connection) => {
      if (known.has(connection.id)) {
        return false;
      }
      try {
        const answer = await within(PROBE_TIMEOUT, probe(connection), canceled);
        if (answer === 'known') {
          known.add(connection.id);
        }
        return answer === 'unknown';
      } catch {
        // Whoever is offline may still write a connection down; the sign-in at the end says what is wrong.
        return false;
      }
    },
    hasStoredSecret: async ({ id }) => {
      try {
        return (await clientSecrets.get(id)) !== undefined;
      } catch {
        // A storage that fails has nothing to keep: the secret is asked for, and storing it tells of the failure.
        return false;
      }
    },
  };
}

/** The connection stays whatever happens here: it can be corrected, or signed in to later. */
async function finish(
  options: ConnectionWizardOptions,
  connection: Connection,
  { secret }: WizardState,
): Promise<Connection> {
  try {
    if (hasClientSecret(connection.platform) && secret !== '') {
      await options.clientSecrets.set(connection.id, secret);
    }
    await options.signInAndTest(connection);
  } catch (error) {
    // Not awaited: the message may stand for long, and whoever asked for a connection goes on with it.
    void options.showError(error, connection);
  }
  return connection;
}

function stateFrom(draft: Draft): WizardState {
  const ownAddress = draft.instance !== '' && !Object.hasOwn(PRESETS, draft.instance);
  return {
    ...draft,
    ownAddress,
    ownRedirect: draft.redirectUri !== '' && !isUsualRedirectUri(draft.redirectUri),
    secret: '',
  };
}

/** Without the secret, which is not kept outside the secret storage for longer than the wizard is open. */
function draftFrom({ name, instance, platform, clientId, scopes, offlineAccess, redirectUri }: WizardState): Draft {
  return { name, instance, platform, clientId, scopes, offlineAccess, redirectUri };
}
