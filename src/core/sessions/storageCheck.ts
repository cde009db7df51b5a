import type { Connection } from '../connections/connection.ts';
import type { ClientSecrets } from './clientSecrets.ts';
import { settleAll } from '../base/lifecycle.ts';
import { FirstSeen } from './firstSeen.ts';
import { Incidents } from './incidents.ts';
import type { SessionStore } from './sessionStore.ts';
import type { TokenStates } from './tokenStates.ts';

export interface StorageCheckOptions {
  readonly store: SessionStore;
  readonly states: TokenStates;
  /** Folder of this extension that all windows share. */
  readonly directory: string;
  readonly clientSecrets: ClientSecrets;
  readonly connections: () => readonly Connection[];
  readonly now: () => number;
}

/** Findings about the secret storage at startup; the user is notified once (A14). */
export interface Findings {
  /** The secret storage failed or did not respond. Nothing was changed; the next start tries again. */
  readonly storageFailed: boolean;
  /** Labels of sessions that are missing although the user did not sign out. */
  readonly lost: readonly string[];
  /** False if all secrets are missing: VS Code does not persist them (no keyring, or a browser). */
  readonly keepsSecrets: boolean;
  /** Number of records that were quarantined at this start. */
  readonly unreadable: number;
  /** Number of records from a later version of the extension that were not reported before. */
  readonly newer: number;
}

/** Loads the sessions and compares them with the token states. Rejects only if the disk cannot be read. */
export async function checkStorage(options: StorageCheckOptions): Promise<Findings> {
  const { store, states, now } = options;
  const firstSeen = new FirstSeen(options);
  const report = await store.load();
  const unreadable = report.unreadable.length;
  if (report.failed) {
    return { storageFailed: true, lost: [], keepsSecrets: true, unreadable, newer: report.newer.length };
  }
  await states.deleteExpired().catch(() => {});
  const present = new Set([...store.all().map(({ id }) => id), ...report.newer]);
  const lost: string[] = [];
  for (const [id, state] of await states.all()) {
    if (report.unreadable.includes(id)) {
      await states.forget(id).catch(() => {});
    } else if (state.isOurs && !present.has(id) && now() - state.writtenAt > (state.kind === 'spent' ? DAY : SETTLED)) {
      // A session that could never be stored was reported when that happened.
      lost.push(...(state.kind === 'current' ? [state.label] : []));
      await states.forget(id).catch(() => {});
    }
  }
  let newer = 0;
  for (const id of report.newer) {
    newer += (await firstSeen.has(NEWER + id)) ? 0 : 1;
    await firstSeen.age(NEWER + id).catch(() => {});
  }
  const keepsSecrets = lost.length === 0 || (await store.hasCanary().catch(() => false));
  return { storageFailed: false, lost, keepsSecrets, unreadable, newer };
}

/** Deletes data that expires after 30 days; runs at startup and when the settings change. Rejects if a step fails. */
export async function deleteExpired(options: StorageCheckOptions): Promise<void> {
  await sweepOrphans(options);
  await expireQuarantined(options);
}

/**
 * Deletes all secrets and what is known about them (Reset). What keeps a renewal in flight from undoing it stays for a day.
 * Tries everything, then rejects if something could not be deleted.
 */
export async function deleteAllSecrets(options: StorageCheckOptions): Promise<void> {
  const { store, states } = options;
  const endAll = async (ids: Promise<readonly string[]>): Promise<void> =>
    settleAll((await ids).map((id) => states.end(id)));
  // Another window may have a session that has not reached this one.
  const recorded = async (): Promise<readonly string[]> =>
    [...(await states.all())].filter(([, { isOurs }]) => isOurs).map(([id]) => id);
  // First, because a window that signs in or renews one of the sessions checks it before and after it stores the record.
  const reset = states.endAll();
  await Promise.allSettled([reset]);
  const ended = [reset, endAll(store.storedIds()), endAll(recorded())];
  await Promise.allSettled(ended);
  await settleAll([...ended, store.clear(), new FirstSeen(options).forgetAll(), new Incidents(options).endAll()]);
}

/**
 * Deletes the tokens and client secrets of connections that have been missing from the settings for 30 days (C4).
 * A connection that is restored earlier works again.
 */
async function sweepOrphans(options: StorageCheckOptions): Promise<void> {
  const { store, states, clientSecrets, connections } = options;
  const firstSeen = new FirstSeen(options);
  const secrets = await clientSecrets.connectionIds();
  const sessions = store.all();
  const known = new Set(connections().map(({ id }) => id));
  for (const connectionId of known) {
    await firstSeen.forget(ORPHAN + connectionId);
  }
  for (const connectionId of new Set([...secrets, ...sessions.map((session) => session.connectionId)])) {
    if (!known.has(connectionId) && (await firstSeen.age(ORPHAN + connectionId)) > RETENTION_MS) {
      for (const { id } of sessions.filter((session) => session.connectionId === connectionId)) {
        await states.end(id);
        await store.remove(id);
      }
      await clientSecrets.delete(connectionId);
      await store.quarantine.deleteOf({ connectionId });
      await firstSeen.forget(ORPHAN + connectionId);
    }
  }
}

/** Deletes unreadable records that were not recovered within 30 days (A14). */
async function expireQuarantined(options: StorageCheckOptions): Promise<void> {
  const { store } = options;
  const firstSeen = new FirstSeen(options);
  for (const key of await store.quarantine.keys()) {
    if ((await firstSeen.age(key)) > RETENTION_MS) {
      await store.quarantine.delete(key);
      await firstSeen.forget(key);
    }
  }
}

const DAY = 86_400_000;
const RETENTION_MS = 30 * DAY;
/** Another window may have recorded the state shortly before its secret reaches this window. */
const SETTLED = 10_000;

/** Subjects whose first sight is remembered. */
const ORPHAN = 'orphan:';
const NEWER = 'newer:';
