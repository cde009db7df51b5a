import { Emitter, type Disposable, type Event } from '../base/lifecycle.ts';
import type { Logger, Redactor } from '../base/log.ts';
import {
  createSecretWriter,
  storageErrorMessage,
  withDeadline,
  type SecretPort,
  type SecretWriter,
} from './secretStorage.ts';
import { parseRecord, serializeSession, type StoredSession } from './session.ts';
import { Quarantine } from './quarantine.ts';
import { SessionView, type SessionsChange } from './sessionView.ts';

/** Result of the first read of the secret storage (A14). */
export interface LoadReport {
  /** The secret storage failed or did not respond in time. */
  readonly failed: boolean;
  /** IDs of unreadable records; a copy of each is quarantined, nothing is overwritten. */
  readonly unreadable: readonly string[];
  /** IDs of records that a later version of the extension wrote. */
  readonly newer: readonly string[];
}

export interface SessionStoreOptions {
  readonly secrets: SecretPort;
  readonly logger: Logger;
  readonly redactor: Redactor;
  /** Milliseconds after which a secret storage that does not respond counts as failed; 5 s. */
  readonly timeout?: number;
  /** Pauses in milliseconds between the attempts to write a record. */
  readonly retries?: readonly number[];
}

/**
 * All sessions, one secret each. SecretStorage is the source of truth: `onDidChange` fires in every window that shares
 * the secrets if, and only if, a read differs from the last view (A12).
 */
export class SessionStore implements Disposable {
  readonly #secrets: SecretPort;
  readonly #logger: Logger;
  readonly #write: SecretWriter;
  readonly #view: SessionView;
  readonly #unreadable = new Emitter<void>();
  /** IDs of unreadable records that were reported. */
  readonly #reported = new Set<string>();
  /** Sessions that were signed out in this window: a record that a late write restores is ignored. */
  readonly #removed = new Set<string>();
  /** Sessions that are only in memory because they could not be written. */
  readonly #unsaved = new Set<string>();
  /** Turn in which a record was last applied: results of earlier reads are outdated. */
  readonly #appliedTurns = new Map<string, number>();
  #turn = 0;
  readonly #subscription: Disposable;
  #loading: Promise<LoadReport> | undefined;

  readonly onDidChange: Event<SessionsChange>;
  /** Fires for unreadable records that appear after the start; the load report has the earlier ones (A14). */
  readonly onDidFindUnreadable: Event<void> = this.#unreadable.event;
  /** Unreadable records. */
  readonly quarantine: Quarantine;

  constructor({ secrets, logger, redactor, timeout, retries }: SessionStoreOptions) {
    this.#secrets = withDeadline(secrets, timeout);
    this.#logger = logger;
    this.#view = new SessionView({ logger, redactor });
    this.onDidChange = this.#view.onDidChange;
    this.#write = createSecretWriter({ secrets: this.#secrets, logger, ...(retries ? { retries } : {}) });
    this.quarantine = new Quarantine(this.#secrets, this.#write);
    this.#subscription = this.#secrets.onDidChange(({ key }) => {
      for (const id of sessionIds(key)) {
        this.#read(id).then(
          (kind) => {
            if (kind === 'unreadable' && !this.#reported.has(id)) {
              this.#reported.add(id);
              this.#unreadable.fire();
            }
          },
          (error: unknown) => {
            this.#logger.warn(`A changed session could not be read: ${storageErrorMessage(error)}`);
          },
        );
      }
    });
  }

  /** Reads all records once. Later calls return the first report, unless the storage failed. */
  load(): Promise<LoadReport> {
    this.#loading ??= this.#load().then((report) => {
      if (report.failed) {
        this.#loading = undefined;
      }
      return report;
    });
    return this.#loading;
  }

  /** The sessions known to this window; complete once `load()` has resolved. */
  all(): readonly StoredSession[] {
    return this.#view.all();
  }

  get(id: string): StoredSession | undefined {
    return this.#view.get(id);
  }

  /** Reads one record again and fires an event if it changed. If the storage fails, throws without changing the view. */
  async reread(id: string): Promise<StoredSession | undefined> {
    await this.#read(id);
    return this.get(id);
  }

  /**
   * Writes the record before its token is handed out. `unsaved`: it could not be written, so the session exists only in
   * this window. `removed`: the session was signed out meanwhile and stays signed out (A13).
   */
  async put(session: StoredSession): Promise<'stored' | 'unsaved' | 'removed'> {
    const { id } = session;
    if (this.#removed.has(id)) {
      return 'removed';
    }
    const text = serializeSession(session);
    const stored = await this.#write(sessionKey(id), text);
    if (this.#wasRemoved(id)) {
      await this.#deleteAgain(id);
      return 'removed';
    }
    if (stored) {
      this.#unsaved.delete(id);
    } else {
      this.#unsaved.add(id);
    }
    this.#apply(id, text);
    return stored ? 'stored' : 'unsaved';
  }

  async remove(id: string): Promise<void> {
    this.#removed.add(id);
    this.#unsaved.delete(id);
    this.#apply(id, undefined);
    await this.#secrets.delete(sessionKey(id));
  }

  /** Deletes every secret of this extension (Reset). */
  async clear(): Promise<void> {
    for (const { id } of this.all()) {
      this.#removed.add(id);
      this.#apply(id, undefined);
    }
    this.#unsaved.clear();
    for (const key of await this.#secrets.keys()) {
      await this.#secrets.delete(key);
    }
  }

  /** Whether the secret written with the first session still exists; distinguishes lost secrets from no secrets. */
  async hasCanary(): Promise<boolean> {
    return (await this.#secrets.get(CANARY)) !== undefined;
  }

  async setCanary(): Promise<void> {
    await this.#write(CANARY, '1');
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#view.dispose();
    this.#unreadable.dispose();
  }

  async #load(): Promise<LoadReport> {
    const unreadable: string[] = [];
    const newer: string[] = [];
    let failed = false;
    const fail = (error: unknown): void => {
      failed = true;
      this.#logger.error(`The secret storage could not be read: ${storageErrorMessage(error)}`);
    };
    const keys = await Promise.resolve(this.#secrets.keys()).catch((error: unknown) => {
      fail(error);
      return [];
    });
    // Reads all at once, so that a failing record neither hides nor delays the others.
    const reads = keys.flatMap(sessionIds).map(async (id) => {
      const kind = await this.#read(id);
      if (kind === 'unreadable') {
        unreadable.push(id);
        this.#reported.add(id);
      } else if (kind === 'newer') {
        newer.push(id);
      }
    });
    await Promise.all(reads.map((read) => read.catch(fail)));
    return { failed, unreadable, newer };
  }

  /** Reads can finish out of order, so a read that started before the last change is repeated. */
  async #read(id: string): Promise<Kind> {
    for (;;) {
      const turn = ++this.#turn;
      const text = await this.#secrets.get(sessionKey(id));
      if (turn > (this.#appliedTurns.get(id) ?? 0)) {
        this.#appliedTurns.set(id, turn);
        return this.#applyText(id, text);
      }
    }
  }

  /** Applies a text as the record of `id` if it is valid. */
  #applyText(id: string, text: string | undefined): Kind {
    if (text === undefined) {
      if (!this.#unsaved.has(id)) {
        this.#apply(id, undefined);
      }
      return 'none';
    }
    if (this.#removed.has(id)) {
      // Another window stored it after it was signed out here; no other window may know about the sign-out.
      void this.#deleteAgain(id);
      return 'none';
    }
    const record = parseRecord(text);
    if (record.kind === 'session' && record.session.id === id) {
      const known = this.get(id);
      // An older copy than the current one is a late write of another window.
      if (known === undefined || record.session.generation >= known.generation) {
        this.#apply(id, text);
      }
      return 'session';
    }
    if (record.kind === 'newer') {
      return 'newer';
    }
    this.#logger.warn(`The record of session ${id} could not be read and was quarantined.`);
    void this.#quarantine(id, text);
    return 'unreadable';
  }

  /** Moves the text to another key, so that it is neither lost nor reported again at the next start. Never rejects. */
  async #quarantine(id: string, text: string): Promise<void> {
    if (!(await this.quarantine.add(id, text)) || this.get(id)) {
      return;
    }
    try {
      if ((await this.#secrets.get(sessionKey(id))) === text) {
        await this.#secrets.delete(sessionKey(id));
      }
    } catch (error) {
      this.#logger.warn(`An unreadable record stays where it is: ${storageErrorMessage(error)}`);
    }
  }

  async #deleteAgain(id: string): Promise<void> {
    try {
      await this.#secrets.delete(sessionKey(id));
    } catch (error) {
      this.#logger.warn(
        `The record of a session that was signed out could not be deleted: ${storageErrorMessage(error)}`,
      );
    }
  }

  #apply(id: string, text: string | undefined): void {
    this.#appliedTurns.set(id, ++this.#turn);
    this.#view.apply(id, text);
  }

  /** Must be checked after every await, because the user may have signed out meanwhile. */
  #wasRemoved(id: string): boolean {
    return this.#removed.has(id);
  }
}

type Kind = 'session' | 'newer' | 'unreadable' | 'none';

const SESSION = 'session:';
const CANARY = 'canary';

function sessionKey(id: string): string {
  return SESSION + id;
}

function sessionIds(key: string): string[] {
  return key.startsWith(SESSION) ? [key.slice(SESSION.length)] : [];
}
