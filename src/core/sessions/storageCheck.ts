import type { Connection } from '../connections/connection.ts';
import type { ClientSecrets } from './clientSecrets.ts';
import type { SessionMark, SessionMarks } from './sessionMarkers.ts';
import type { SessionStore } from './sessionStore.ts';
import { ASIDE } from './quarantine.ts';

export interface HousekeepingPorts {
  readonly store: SessionStore;
  readonly marks: SessionMarks;
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
export async function takeStock(ports: HousekeepingPorts): Promise<Findings> {
  const { store, marks, now } = ports;
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
  const known = await marks.all();
  for (const [id, mark] of known) {
    if (mark.signedOut) {
      // A window that renewed the session while it was signed out in another may have brought its record back.
      if (store.get(id)) {
        await store.remove(id);
      } else if (now() - mark.writtenAt > TOMBSTONE) {
        await marks.delete(id);
      }
    } else if (report.unreadable.includes(id)) {
      await marks.delete(id);
    } else if (mark.isOurs && !NOT_A_SESSION.test(id) && !present.has(id) && now() - mark.writtenAt > SETTLED) {
      lost.push(mark.label);
      await marks.delete(id);
    }
  }
  const newer = report.newer.filter((id) => !known.has(NEWER + id));
  for (const id of newer) {
    await marks.set(NEWER + id, noted(now())).catch(() => {});
  }
  const keepsSecrets = lost.length === 0 || (await store.hasCanary().catch(() => false));
  return { storageFailed: false, lost, keepsSecrets, unreadable: report.unreadable.length, newer: newer.length };
}

/** What is deleted after 30 days; run at start and when the settings change. */
export async function sweep(ports: HousekeepingPorts): Promise<void> {
  await sweepOrphans(ports);
  await sweepSetAside(ports);
}

/**
 * Deletes the tokens and client secrets of connections that have been missing from the settings for 30 days (C4).
 * What comes back in time works again.
 */
async function sweepOrphans(ports: HousekeepingPorts): Promise<void> {
  const { store, marks, clientSecrets, connections } = ports;
  const secrets = await clientSecrets.connectionIds();
  const sessions = store.all();
  const known = new Set(connections().map(({ id }) => id));
  for (const connectionId of new Set([...secrets, ...sessions.map((session) => session.connectionId)])) {
    if (known.has(connectionId)) {
      await marks.delete(ORPHAN + connectionId);
    } else if (await isOverdue(ports, ORPHAN + connectionId)) {
      for (const { id } of sessions.filter((session) => session.connectionId === connectionId)) {
        await store.remove(id);
        await marks.delete(id);
      }
      await clientSecrets.delete(connectionId);
      await marks.delete(ORPHAN + connectionId);
    }
  }
}

/** The same for records that could not be read: by then nobody has come to look at them (A14). */
async function sweepSetAside(ports: HousekeepingPorts): Promise<void> {
  const { store, marks } = ports;
  for (const key of await store.aside.keys()) {
    if (await isOverdue(ports, key)) {
      await store.aside.delete(key);
      await marks.delete(key);
    }
  }
}

/** Whether what `id` marks was first seen more than 30 days ago; the first look notes the time. */
async function isOverdue({ marks, now }: HousekeepingPorts, id: string): Promise<boolean> {
  const mark = await marks.get(id);
  // A clock that was set back would keep it for ever.
  if (!mark || mark.writtenAt > now()) {
    await marks.set(id, noted(now()));
    return false;
  }
  return now() - mark.writtenAt > KEPT;
}

/** A mark that says since when something is known, and no more. */
function noted(writtenAt: number): SessionMark {
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
const NOT_A_SESSION = new RegExp(`^(?:${ORPHAN}|${NEWER}|${ASIDE})`);
