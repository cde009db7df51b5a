import type { Logger } from '../base/log.ts';
import { storageErrorMessage } from './secretStorage.ts';

/** Result of reading the whole secret storage (A14). */
export interface LoadReport {
  /** The secret storage failed or did not respond in time. */
  readonly failed: boolean;
  /** IDs of unreadable records; a copy of each is quarantined, nothing is overwritten. */
  readonly unreadable: readonly string[];
  /** IDs of records that a later version of the extension wrote. */
  readonly newer: readonly string[];
}

/** What a record contains. */
export type RecordKind = 'session' | 'newer' | 'unreadable' | 'none';

export interface LoadOptions {
  readonly ids: () => Promise<readonly string[]>;
  readonly read: (id: string) => Promise<RecordKind>;
  /** Collects the changes of all reads until `flush` or `end` is called. */
  readonly startBatch: () => { readonly flush: () => void; readonly end: () => void };
  readonly logger: Logger;
}

/** Reads all records at once, so that a failing record neither hides nor delays the others. Never rejects. */
export async function loadSessions({ ids, read, startBatch, logger }: LoadOptions): Promise<LoadReport> {
  const found: Record<RecordKind, string[]> = { session: [], newer: [], unreadable: [], none: [] };
  let failed = false;
  const fail = (error: unknown): void => {
    failed = true;
    logger.error(`The secret storage could not be read: ${storageErrorMessage(error)}`);
  };
  const all = await ids().catch((error: unknown) => {
    fail(error);
    return [];
  });
  const batch = startBatch();
  const slow = setInterval(batch.flush, LONGEST_BATCH);
  await Promise.all(all.map((id) => read(id).then((kind) => found[kind].push(id), fail)));
  clearInterval(slow);
  batch.end();
  return { failed, unreadable: found.unreadable, newer: found.newer };
}

/** Milliseconds; a record that takes longer to read does not delay the others. */
const LONGEST_BATCH = 2000;
