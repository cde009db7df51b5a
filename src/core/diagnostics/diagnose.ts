import { canceled, plainText } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import { withTimeout } from '../base/lifecycle.ts';
import type { Connection } from '../connections/connection.ts';
import type { ParsedConnections } from '../connections/parseConnections.ts';
import { clientSecretChecks, sessionChecks, type AccountCheckOptions } from './accountChecks.ts';
import { checkHost, unconfirmedHost, type HostCheckOptions } from './connectionChecks.ts';
import {
  fact,
  messageOf,
  ok,
  problem,
  unknown,
  type Check,
  type Diagnosis,
  type DiagnosisSection,
} from './diagnosis.ts';
import { checksCertificates } from '../http/certificateGuard.ts';
import { checkNetworkSettings, hasProxy, type NetworkSettings } from './networkSettings.ts';
import { checkRedirect } from './redirectCheck.ts';
import { checkSecretStorage, type StorageCheckUses } from './storageChecks.ts';

export interface DiagnosisOptions
  extends Omit<HostCheckOptions, 'checksCertificates' | 'hasProxy'>, AccountCheckOptions {
  readonly parsed: ParsedConnections;
  /** The connections to check; the report has the settings of all. */
  readonly connections: readonly Connection[];
  /** Whether something may be sent to the host of the connection. */
  readonly mayContact: (connection: Connection) => boolean;
  readonly isSigningIn: (connection: Connection) => boolean;
  readonly remote: boolean;
  readonly storage: StorageCheckUses;
  readonly network: NetworkSettings;
  /** Facts about VS Code and this computer, which are reported as they are. */
  readonly environment: readonly Check[];
  /** Resolves when the stored sessions have been read. */
  readonly ready: Promise<void>;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number) => void;
}

/**
 * Checks what a sign-in needs. Changes nothing, starts no sign-in, and sends requests only to the hosts of the connections
 * that the user has confirmed. A check that does not end in time is reported as such, and the others go on. Rejects only
 * as canceled, when the signal is aborted.
 */
export async function diagnose(options: DiagnosisOptions): Promise<Diagnosis> {
  const { connections, signal, now } = options;
  const createdAt = now();
  const work = Promise.all([
    bounded(l10n.t('Secret storage'), options, () => checkSecretStorage(options.storage)),
    bounded(l10n.t('Certificates'), options, () => checkNetworkSettings(options.network)),
    checkConnections(options),
  ]);
  const [storage, network, sections] = await Promise.race([work, aborted(signal)]);
  return {
    createdAt,
    sections: [
      ...sections,
      { title: l10n.t('Settings'), checks: settingsChecks(options, connections) },
      { title: l10n.t('Secret storage'), checks: storage },
      { title: l10n.t('Network settings'), checks: network },
      { title: l10n.t('Environment'), checks: options.environment },
    ].filter(({ checks }) => checks.length > 0),
  };
}

/** A few at a time, so that hundreds of connections do not send hundreds of requests at once. */
async function checkConnections(options: DiagnosisOptions): Promise<readonly DiagnosisSection[]> {
  const { connections, signal, onProgress } = options;
  const sections: DiagnosisSection[] = [];
  const queue = connections.entries();
  let done = 0;
  const work = async (): Promise<void> => {
    for (const [index, connection] of queue) {
      if (signal.aborted) {
        return;
      }
      sections[index] = await checkConnection(connection, options);
      done += 1;
      onProgress(done, connections.length);
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
  return sections;
}

const SIDE_BY_SIDE = 4;

async function checkConnection(connection: Connection, options: DiagnosisOptions): Promise<DiagnosisSection> {
  const { network } = options;
  const host = {
    ...options,
    checksCertificates: checksCertificates(network.environment),
    hasProxy: hasProxy(network),
  };
  const parts = await Promise.all([
    bounded(l10n.t({ message: 'Server', comment: 'Row of a report about network problems.' }), options, () =>
      options.mayContact(connection) ? checkHost(connection, host) : Promise.resolve(unconfirmedHost()),
    ),
    bounded(l10n.t('Redirect URI'), options, async () => [
      await checkRedirect(connection, { remote: options.remote, isSigningIn: options.isSigningIn(connection) }),
    ]),
    bounded(l10n.t({ message: 'Session', comment: 'Row of a report: the state of a sign-in.' }), options, async () => {
      await options.ready;
      return sessionChecks(connection, options);
    }),
    bounded(l10n.t('Client secret'), options, () => clientSecretChecks(connection, options)),
  ]);
  const { name, instance, platform } = connection;
  return {
    title: l10n.t({
      message: '{0} ({1}, {2})',
      args: [name, instance.origin, platform],
      comment: 'Name, address and platform of a connection.',
    }),
    checks: parts.flat(),
  };
}

/** The checks, or that they failed or did not end in time. */
async function bounded(
  name: Check['name'],
  { timeout }: Pick<DiagnosisOptions, 'timeout'>,
  run: () => Promise<readonly Check[]>,
): Promise<readonly Check[]> {
  const limit = LONGEST * timeout;
  try {
    return await withTimeout(limit, run(), () => new TimedOut());
  } catch (error) {
    return [
      error instanceof TimedOut
        ? unknown(name, l10n.t('This check did not end within {0} seconds.', Math.round(limit / 1000)))
        : unknown(name, messageOf(error)),
    ];
  }
}

class TimedOut extends Error {}

/** A check sends at most two requests after one another, and each has its own time-out. */
const LONGEST = 2.5;

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const abort = (): void => {
      reject(canceled());
    };
    if (signal.aborted) {
      abort();
    } else {
      signal.addEventListener('abort', abort, { once: true });
    }
  });
}

function settingsChecks({ parsed, tokens }: DiagnosisOptions, checked: readonly Connection[]): readonly Check[] {
  const { connections, problems, secrets } = parsed;
  const known = new Set(connections.map(({ id }) => id));
  const gone = tokens.orphans().filter(({ connectionId }) => !known.has(connectionId));
  const name = l10n.t({ message: 'Connections', comment: 'Row of a report.' });
  return [
    ...(connections.length === 0
      ? [fact(name, l10n.t('There is no connection that works.'), l10n.t('Run NinjaOne: Add Connection.'))]
      : problems.length === 0
        ? [
            ok(
              name,
              l10n.t('{0, plural, one {# connection is valid.} other {# connections are valid.}}', connections.length),
            ),
          ]
        : []),
    ...(checked.length < connections.length
      ? [
          fact(
            name,
            l10n.t(
              '{0, plural, one {Only # connection was checked.} other {Only # connections were checked.}}',
              checked.length,
            ),
          ),
        ]
      : []),
    ...problems.map(({ connection, field, message }) =>
      problem(name, plainText(field === '' ? `${connection}:` : `${connection}, ${field}:`), message),
    ),
    ...(secrets.length === 0
      ? []
      : [
          problem(
            name,
            l10n.t('The settings contain a client secret, where other programs can read it.'),
            l10n.t('Run NinjaOne: Set Client Secret, then remove it from settings.json and renew it in NinjaOne.'),
          ),
        ]),
    ...(gone.length === 0
      ? []
      : [
          fact(
            name,
            l10n.t(
              '{0, plural, one {# session belongs to a connection that was removed or changed. It is not used.} other {# sessions belong to connections that were removed or changed. They are not used.}}',
              gone.length,
            ),
          ),
        ]),
  ];
}
