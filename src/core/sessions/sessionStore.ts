import { Emitter, type Disposable, type Event } from '../base/lifecycle.ts';
import type { Logger, Redactor } from '../base/log.ts';
import {
  createWriter,
  storageErrorMessage,
  withDeadline,
  type SecretPort,
  type SecretWriter,
} from './secretStorage.ts';
import { parseRecord, serializeSession, type StoredSession } from './session.ts';
import { Quarantine } from './quarantine.ts';
import { SessionView, type SessionsChange } from './sessionView.ts';

/** What was found when the secrets were read for the first time (A14). */
export interface LoadReport {
  /** The secret storage threw or did not answer in time. */
  readonly failed: boolean;
  /** Ids of records that cannot be read; a copy of each is set aside, nothing is overwritten. */
  readonly unreadable: readonly string[];
  /** Ids of records that a later version of the extension wrote. */
  readonly newer: readonly string[];
}

export interface SessionStoreOptions {
  readonly secrets: SecretPort;
  readonly logger: Logger;
  readonly redactor: Redactor;
  /** Milliseconds after which a secret storage that does not answer counts as failed; 5 s. */
  readonly timeout?: number;
  /** Pauses in milliseconds between the attempts to write a record. */
  readonly retries?: readonly number[];
}

/**
 * All sessions of this editor, one secret each. SecretStorage is the truth: what differs between the last view and
 * what is read is what `onDidChange` tells, in every window that shares the secrets, and nothing else tells anything
 * (A12).
 */
export class SessionStore implements Disposable {
  readonly #secrets: SecretPort;
  readonly #logger: Logger;
  readonly #write: SecretWriter;
  readonly #view: SessionView;
  readonly #unreadable = new Emitter<void>();
  /** Of which unreadable records somebody was told. */
  readonly #told = new Set<string>();
  /** Signed out in this window: a record that a late write brings back is not taken in again. */
  readonly #removed = new Set<string>();
  /** Held in memory because it could not be written. */
  readonly #unsaved = new Set<string>();
  /** When a record was last taken in, counted in turns: an answer to an earlier question is out of date. */
  readonly #taken = new Map<string, number>();
  #turn = 0;
  readonly #subscription: Disposable;
  #loading: Promise<LoadReport> | undefined;

  readonly onDidChange: Event<SessionsChange>;
  /** A record that cannot be read has come after the start, whose report names those that were there (A14). */
  readonly onDidFindUnreadable: Event<void> = this.#unreadable.event;
  /** Records that were found unreadable. */
  readonly quarantined: Quarantine;

  constructor({ secrets, logger, redactor, timeout, retries }: SessionStoreOptions) {
    this.#secrets = withDeadline(secrets, timeout);
    this.#logger = logger;
    this.#view = new SessionView({ logger, redactor });
    this.onDidChange = this.#view.onDidChange;
    this.#write = createWriter({ secrets: this.#secrets, logger, ...(retries ? { retries } : {}) });
    this.quarantined = new Quarantine(this.#secrets, this.#write);
    this.#subscription = this.#secrets.onDidChange(({ key }) => {
      for (const id of idOf(key)) {
        this.#read(id).then(
          (kind) => {
            if (kind === 'unreadable' && !this.#told.has(id)) {
              this.#told.add(id);
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

  /** Reads all records once; later calls return the first report, unless the storage failed then. */
  load(): Promise<LoadReport> {
    this.#loading ??= this.#load().then((report) => {
      if (report.failed) {
        this.#loading = undefined;
      }
      return report;
    });
    return this.#loading;
  }

  /** The view of this window; complete once `load()` has resolved. */
  all(): readonly StoredSession[] {
    return this.#view.all();
  }

  get(id: string): StoredSession | undefined {
    return this.#view.get(id);
  }

  /** Reads one record again and tells what changed. A storage that fails leaves the view as it is and throws. */
  async reread(id: string): Promise<StoredSession | undefined> {
    await this.#read(id);
    return this.get(id);
  }

  /**
   * Writes the record before anybody can have its token. `unsaved`: the storage did not take it, the session lives on in
   * this window only. `removed`: it was signed out meanwhile and stays so (A13).
   */
  async put(session: StoredSession): Promise<'stored' | 'unsaved' | 'removed'> {
    const { id } = session;
    if (this.#removed.has(id)) {
      return 'removed';
    }
    const text = serializeSession(session);
    const stored = await this.#write(keyOf(id), text);
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
    await this.#secrets.delete(keyOf(id));
  }

  /** Deletes every secret of this extension, whatever it is (Reset). */
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

  /** Whether the marker that was written with the first session is still there; tells "forgot" from "never had". */
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
    // All at once: a record that cannot be had neither hides nor delays the others.
    const reads = keys.flatMap(idOf).map(async (id) => {
      const kind = await this.#read(id);
      if (kind === 'unreadable') {
        unreadable.push(id);
        this.#told.add(id);
      } else if (kind === 'newer') {
        newer.push(id);
      }
    });
    await Promise.all(reads.map((read) => read.catch(fail)));
    return { failed, unreadable, newer };
  }

  /** Answers may overtake each other, so one that was asked for before the last change is asked for again. */
  async #read(id: string): Promise<Kind> {
    for (;;) {
      const turn = ++this.#turn;
      const text = await this.#secrets.get(keyOf(id));
      if (turn > (this.#taken.get(id) ?? 0)) {
        this.#taken.set(id, turn);
        return this.#take(id, text);
      }
    }
  }

  /** Takes a text in as the record of `id`, when it is one. */
  #take(id: string, text: string | undefined): Kind {
    if (text === undefined) {
      if (!this.#unsaved.has(id)) {
        this.#apply(id, undefined);
      }
      return 'none';
    }
    if (this.#removed.has(id)) {
      // Another window has stored it after it was signed out here; nobody else may remember that.
      void this.#deleteAgain(id);
      return 'none';
    }
    const record = parseRecord(text);
    if (record.kind === 'session' && record.session.id === id) {
      const known = this.get(id);
      // An older copy than the one in hand is an echo of a slower window.
      if (known === undefined || record.session.generation >= known.generation) {
        this.#apply(id, text);
      }
      return 'session';
    }
    if (record.kind === 'newer') {
      return 'newer';
    }
    this.#logger.warn(`The record of session ${id} cannot be read and is set aside.`);
    void this.#quarantine(id, text);
    return 'unreadable';
  }

  /** Moves the text to another key, so that it is neither lost nor found again at the next start. Never rejects. */
  async #quarantine(id: string, text: string): Promise<void> {
    if (!(await this.quarantined.add(id, text)) || this.get(id)) {
      return;
    }
    try {
      if ((await this.#secrets.get(keyOf(id))) === text) {
        await this.#secrets.delete(keyOf(id));
      }
    } catch (error) {
      this.#logger.warn(`An unreadable record stays where it is: ${storageErrorMessage(error)}`);
    }
  }

  async #deleteAgain(id: string): Promise<void> {
    try {
      await this.#secrets.delete(keyOf(id));
    } catch (error) {
      this.#logger.warn(
        `The record of a session that was signed out could not be deleted: ${storageErrorMessage(error)}`,
      );
    }
  }

  #apply(id: string, text: string | undefined): void {
    this.#taken.set(id, ++this.#turn);
    this.#view.apply(id, text);
  }

  /** Asked again after every await: the user may have signed out in between. */
  #wasRemoved(id: string): boolean {
    return this.#removed.has(id);
  }
}

type Kind = 'session' | 'newer' | 'unreadable' | 'none';

const SESSION = 'session:';
const CANARY = 'canary';

function keyOf(id: string): string {
  return SESSION + id;
}

function idOf(key: string): string[] {
  return key.startsWith(SESSION) ? [key.slice(SESSION.length)] : [];
}
