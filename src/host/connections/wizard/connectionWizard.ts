import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import { canceled } from '../../../core/base/errors.ts';
import { withTimeout } from '../../../core/base/lifecycle.ts';
import { hasClientSecret, type Connection } from '../../../core/connections/connection.ts';
import {
  toConnectionDraft,
  EMPTY_DRAFT,
  connectionEntry,
  provisionalConnection,
  withConnectionEntry,
  type ConnectionDraft,
} from '../../../core/connections/connectionDraft.ts';
import { needsOwnStep, type StepContext, type WizardState } from './wizardState.ts';
import { isUsualRedirectUri } from './redirectSteps.ts';
import { runSteps } from './stepRunner.ts';
import type { ConnectionWizardOptions } from './wizardOptions.ts';
import { stepsFor } from './wizardSteps.ts';

export { createWizardOptions } from './wizardOptions.ts';

/** Why the wizard opens: the user asked for it, or something else that they asked for needs a connection. */
export type WizardReason = 'asked' | 'needed';

/**
 * C5. Resolves to the connection when it is written and its first sign-in has succeeded or failed. Resolves to undefined
 * if the user closed the wizard; then nothing is written. Rejects with a `NinjaOneError` if the settings cannot be
 * written, or are not a list, which is checked first.
 */
export async function addConnection(
  options: ConnectionWizardOptions,
  reason: WizardReason = 'asked',
): Promise<Connection | undefined> {
  options.settings.throwIfNotWritable();
  const { draft = EMPTY_DRAFT } = options.unfinished ?? {};
  const { move, state } = await runSteps({
    title:
      reason === 'needed' ? vscode.l10n.t('Add a NinjaOne Connection First') : vscode.l10n.t('Add NinjaOne Connection'),
    state: stateFrom(draft),
    stepsOf: stepsFor(contextOf(options, undefined)),
  });
  if (options.unfinished) {
    options.unfinished.draft = draftFrom(state);
  }
  if (move === 'left') {
    return undefined;
  }
  const connection = await options.settings.writeConnection(provisionalConnection(state)?.id, (entries) =>
    withConnectionEntry(entries, state),
  );
  if (options.unfinished) {
    options.unfinished.draft = undefined;
  }
  return finish(options, connection, state);
}

/** The same steps with the values of `connection`. If only the name changes, there is no sign-in at the end. */
export async function editConnection(
  options: ConnectionWizardOptions,
  connection: Connection,
): Promise<Connection | undefined> {
  const before = toConnectionDraft(connection);
  const { move, state } = await runSteps({
    title: vscode.l10n.t('Edit NinjaOne Connection {0}', connection.name),
    state: stateFrom(before),
    stepsOf: stepsFor(contextOf(options, connection)),
  });
  if (move === 'left') {
    return undefined;
  }
  const changed = await options.settings.writeConnection(provisionalConnection(state)?.id, (entries) =>
    withConnectionEntry(entries, state, connection),
  );
  const renamedOnly =
    state.secret === '' && isDeepStrictEqual(connectionEntry({ ...state, name: before.name }), connectionEntry(before));
  return renamedOnly ? changed : finish(options, changed, state);
}

/** Milliseconds after which the wizard continues without the result of a probe. */
const PROBE_TIMEOUT = 5000;

function contextOf(
  { settings, clientSecrets, confirmHost, probe, probeSecret }: ConnectionWizardOptions,
  edited?: Connection,
): StepContext {
  const known = new Set<string>();
  return {
    edited,
    others: () => settings.connections.filter(({ name }) => name !== edited?.name),
    confirmHost,
    checkClient: async (connection) => {
      if (known.has(connection.id)) {
        return 'known';
      }
      const result = await inTime(probe(connection));
      if (result === 'known') {
        known.add(connection.id);
      }
      return result;
    },
    checkSecret: (connection, secret) => inTime(probeSecret(connection, secret)),
    hasStoredSecret: async ({ id }) => {
      try {
        return (await clientSecrets.get(id)) !== undefined;
      } catch {
        // If the storage fails, the user is asked for the secret, and storing it reports the failure.
        return false;
      }
    },
  };
}

/** A user who is offline can still add a connection. The last list says what was not checked. */
async function inTime<T>(probe: Promise<T>): Promise<T | 'unchecked'> {
  try {
    return await withTimeout(PROBE_TIMEOUT, probe, canceled);
  } catch {
    return 'unchecked';
  }
}

/** The connection stays saved even if this fails, because the user can correct it or sign in later. */
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
    options.showError(error, connection);
  }
  return connection;
}

function stateFrom(draft: ConnectionDraft): WizardState {
  return {
    ...draft,
    ownAddress: draft.instance !== '' && needsOwnStep(draft.instance),
    ownRedirect: draft.redirectUri !== '' && !isUsualRedirectUri(draft.redirectUri),
    secret: '',
    clientCheck: 'unchecked',
    secretCheck: 'unchecked',
    change: undefined,
  };
}

/** Leaves out the secret, because outside the secret storage it must not outlive the wizard. */
function draftFrom({
  name,
  instance,
  platform,
  clientId,
  scopes,
  offlineAccess,
  redirectUri,
}: WizardState): ConnectionDraft {
  return { name, instance, platform, clientId, scopes, offlineAccess, redirectUri };
}
