import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import { canceled, plainText } from '../../../core/base/errors.ts';
import { within } from '../../../core/base/lifecycle.ts';
import type { Connection } from '../../../core/connections/connection.ts';
import {
  draftOf,
  EMPTY_DRAFT,
  entryOf,
  hasClientSecret,
  withEntry,
  type Draft,
} from '../../../core/connections/connectionDraft.ts';
import { PRESETS } from '../../../core/connections/instance.ts';
import type { ClientSecrets } from '../../../core/sessions/clientSecrets.ts';
import type { Settings } from '../../platform/settings.ts';
import type { Answers, StepContext } from './wizardState.ts';
import { isUsualRedirectUri } from './redirectSteps.ts';
import { runSteps } from './stepRunner.ts';
import { stepsFor } from './wizardSteps.ts';

export interface WizardPorts {
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
export async function addConnection(ports: WizardPorts): Promise<Connection | undefined> {
  const { draft = EMPTY_DRAFT } = ports.unfinished ?? {};
  const { move, answers } = await runSteps({
    title: vscode.l10n.t('Add NinjaOne Connection'),
    answers: answersFrom(draft),
    stepsOf: stepsFor(contextOf(ports, undefined)),
  });
  if (ports.unfinished) {
    ports.unfinished.draft = draftFrom(answers);
  }
  if (move === 'left') {
    return undefined;
  }
  const connection = await ports.settings.writeConnection(answers.name, (entries) => withEntry(entries, answers));
  if (ports.unfinished) {
    ports.unfinished.draft = undefined;
  }
  return finish(ports, connection, answers);
}

/** The same steps with the values of `connection`. A mere change of name ends without a sign-in. */
export async function editConnection(ports: WizardPorts, connection: Connection): Promise<Connection | undefined> {
  const before = draftOf(connection);
  const { move, answers } = await runSteps({
    title: vscode.l10n.t('Edit NinjaOne Connection {0}', plainText(connection.name)),
    answers: answersFrom(before),
    stepsOf: stepsFor(contextOf(ports, connection)),
  });
  if (move === 'left') {
    return undefined;
  }
  const changed = await ports.settings.writeConnection(answers.name, (entries) =>
    withEntry(entries, answers, connection),
  );
  const renamedOnly =
    answers.secret === '' && isDeepStrictEqual(entryOf({ ...answers, name: before.name }), entryOf(before));
  return renamedOnly ? changed : finish(ports, changed, answers);
}

/** Milliseconds after which the wizard goes on without an answer to a probe. */
const PROBE_TIMEOUT = 5000;

function contextOf({ settings, clientSecrets, confirmHost, probe }: WizardPorts, edited?: Connection): StepContext {
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
async function finish(ports: WizardPorts, connection: Connection, { secret }: Answers): Promise<Connection> {
  try {
    if (hasClientSecret(connection.platform) && secret !== '') {
      await ports.clientSecrets.set(connection.id, secret);
    }
    await ports.signInAndTest(connection);
  } catch (error) {
    // Not awaited: the message may stand for long, and whoever asked for a connection goes on with it.
    void ports.showError(error, connection);
  }
  return connection;
}

function answersFrom(draft: Draft): Answers {
  const ownAddress = draft.instance !== '' && !Object.hasOwn(PRESETS, draft.instance);
  return {
    ...draft,
    ownAddress,
    ownRedirect: draft.redirectUri !== '' && !isUsualRedirectUri(draft.redirectUri),
    secret: '',
  };
}

/** Without the secret, which is not kept outside the secret storage for longer than the wizard is open. */
function draftFrom({ name, instance, platform, clientId, scopes, offlineAccess, redirectUri }: Answers): Draft {
  return { name, instance, platform, clientId, scopes, offlineAccess, redirectUri };
}
