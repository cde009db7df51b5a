import type { Connection } from '../connections/connection.ts';
import type { ClientSecrets } from './clientSecrets.ts';
import type { SessionMarker, SessionMarkers } from './sessionMarkers.ts';
import type { SessionStore } from './sessionStore.ts';
import { QUARANTINE_PREFIX } from './quarantine.ts';

export interface StorageCheckOptions {
  readonly store: SessionStore;
  readonly markers: SessionMarkers;
  readonly clientSecrets: ClientSecrets;
  readonly connections: () => readonly Connection[];
  readonly now: () => number;
}

/** What the start found out about the secret storage; the user is told once (A14). */
export interface Findings {
  /** The secret storage threw or did not answer: nothing was changed, the next start tries again. */
  readonly storageFailed: boolean;
  /** Labels of sessions that were kept and are gone although nobody signed out. */
  readonly lost: readonly string[];
  /** False when everything is gone: the editor does not keep secrets (no keyring, a browser). */
  readonly keepsSecrets: boolean;
  /** Records that were set aside by this start. */
  readonly unreadable: number;
  /** Records of a later version of the extension that no start has told of. */
  readonly newer: number;
}

/** Loads the sessions, and compares them with the marks beside the secret storage. */
export async function checkStorage(options: StorageCheckOptions): Promise<Findings> {
  const { store, markers, now } = options;
  const report = await store.load();
  if (report.failed) {
    return {
      storageFailed: true,
      lost: [],
      keepsSecrets: true,
      unreadable: report.unreadable.length,
      newer: report.newer.length,
    };
  }
  const present = new Set([...store.all().map(({ id }) => id), ...report.newer]);
  const lost: string[] = [];
  const known = await markers.all();
  for (const [id, marker] of known) {
    if (marker.signedOut) {
      // A window that renewed the session while it was signed out in another may have brought its record back.
      if (store.get(id)) {
        await store.remove(id);
      } else if (now() - marker.writtenAt > TOMBSTONE) {
        await markers.delete(id);
      }
    } else if (report.unreadable.includes(id)) {
      await markers.delete(id);
    } else if (marker.isOurs && !NOT_A_SESSION.test(id) && !present.has(id) && now() - marker.writtenAt > SETTLED) {
      lost.push(marker.label);
      await markers.delete(id);
    }
  }
  const newer = report.newer.filter((id) => !known.has(NEWER + id));
  for (const id of newer) {
    await markers.set(NEWER + id, noted(now())).catch(() => {});
  }
  const keepsSecrets = lost.length === 0 || (await store.hasCanary().catch(() => false));
  return { storageFailed: false, lost, keepsSecrets, unreadable: report.unreadable.length, newer: newer.length };
}

/** What is deleted after 30 days; run at start and when the settings change. */
export async function sweep(options: StorageCheckOptions): Promise<void> {
  await sweepOrphans(options);
  await expireQuarantined(options);
}

/**
 * Deletes the tokens and client secrets of connections that have been missing from the settings for 30 days (C4).
 * What comes back in time works again.
 */
async function sweepOrphans(options: StorageCheckOptions): Promise<void> {
  const { store, markers, clientSecrets, connections } = options;
  const secrets = await clientSecrets.connectionIds();
  const sessions = store.all();
  const known = new Set(connections().map(({ id }) => id));
  for (const connectionId of new Set([...secrets, ...sessions.map((session) => session.connectionId)])) {
    if (known.has(connectionId)) {
      await markers.delete(ORPHAN + connectionId);
    } else if (await isOverdue(options, ORPHAN + connectionId)) {
      for (const { id } of sessions.filter((session) => session.connectionId === connectionId)) {
        await store.remove(id);
        await markers.delete(id);
      }
      await clientSecrets.delete(connectionId);
      await markers.delete(ORPHAN + connectionId);
    }
  }
}

/** The same for records that could not be read: by then nobody has come to look at them (A14). */
async function expireQuarantined(options: StorageCheckOptions): Promise<void> {
  const { store, markers } = options;
  for (const key of await store.quarantined.keys()) {
    if (await isOverdue(options, key)) {
      await store.quarantined.delete(key);
      await markers.delete(key);
    }
  }
}

/** Whether what `id` marks was first seen more than 30 days ago; the first look notes the time. */
async function isOverdue({ markers, now }: StorageCheckOptions, id: string): Promise<boolean> {
  const marker = await markers.get(id);
  // A clock that was set back would keep it for ever.
  if (!marker || marker.writtenAt > now()) {
    await markers.set(id, noted(now()));
    return false;
  }
  return now() - marker.writtenAt > KEPT;
}

/** A mark that says since when something is known, and no more. */
function noted(writtenAt: number): SessionMarker {
  return { generation: 0, signedOut: false, label: '', writtenAt };
}

const DAY = 86_400_000;
const KEPT = 30 * DAY;
const TOMBSTONE = DAY;
/** Another window may have written the mark a moment before its secret reaches this one. */
const SETTLED = 10_000;

/** Marks of other things than sessions: since when a connection is missing, which records were told of or set aside. */
const ORPHAN = 'orphan:';
const NEWER = 'newer:';
const NOT_A_SESSION = new RegExp(`^(?:${ORPHAN}|${NEWER}|${QUARANTINE_PREFIX})`);
