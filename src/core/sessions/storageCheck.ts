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

/** Loads the sessions and compares them with the markers. */
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
      // A window that renewed the session while another window signed out may have restored its record.
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
    await markers.set(NEWER + id, firstSeen(now())).catch(() => {});
  }
  const keepsSecrets = lost.length === 0 || (await store.hasCanary().catch(() => false));
  return { storageFailed: false, lost, keepsSecrets, unreadable: report.unreadable.length, newer: newer.length };
}

/** Deletes data that expires after 30 days; runs at startup and when the settings change. */
export async function deleteExpired(options: StorageCheckOptions): Promise<void> {
  await sweepOrphans(options);
  await expireQuarantined(options);
}

/**
 * Deletes the tokens and client secrets of connections that have been missing from the settings for 30 days (C4).
 * A connection that is restored earlier works again.
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

/** Deletes unreadable records that were not recovered within 30 days (A14). */
async function expireQuarantined(options: StorageCheckOptions): Promise<void> {
  const { store, markers } = options;
  for (const key of await store.quarantine.keys()) {
    if (await isOverdue(options, key)) {
      await store.quarantine.delete(key);
      await markers.delete(key);
    }
  }
}

/** Whether the item of marker `id` was first seen more than 30 days ago. The first check stores the time. */
async function isOverdue({ markers, now }: StorageCheckOptions, id: string): Promise<boolean> {
  const marker = await markers.get(id);
  // If the clock was set back, the item would otherwise never expire.
  if (!marker || marker.writtenAt > now()) {
    await markers.set(id, firstSeen(now()));
    return false;
  }
  return now() - marker.writtenAt > RETENTION_MS;
}

/** A marker that only stores the time when something was first seen. */
function firstSeen(writtenAt: number): SessionMarker {
  return { generation: 0, signedOut: false, label: '', writtenAt };
}

const DAY = 86_400_000;
const RETENTION_MS = 30 * DAY;
const TOMBSTONE = DAY;
/** Another window may have written the marker shortly before its secret reaches this window. */
const SETTLED = 10_000;

/** Markers for other items than sessions: missing connections, and records that were reported or quarantined. */
const ORPHAN = 'orphan:';
const NEWER = 'newer:';
const NOT_A_SESSION = new RegExp(`^(?:${ORPHAN}|${NEWER}|${QUARANTINE_PREFIX})`);
