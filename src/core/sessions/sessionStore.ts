import { Emitter, settleAll, type Disposable, type Event } from '../base/lifecycle.ts';
import type { Logger, Redactor } from '../base/log.ts';
import {
  createSecretWriter,
  storageErrorMessage,
  withDeadline,
  type SecretPort,
  type SecretWriter,
} from './secretStorage.ts';
import { parseRecord, serializeSession, type StoredSession } from './session.ts';
import { RecordReads } from './recordReads.ts';
import { RemovedSessions } from './removedSessions.ts';
import { loadSessions, type LoadReport, type RecordKind } from './sessionLoad.ts';
import { PendingDeletions } from './pendingDeletions.ts';
import { Quarantine } from './quarantine.ts';
import { sessionIds, sessionKey } from './sessionKeys.ts';
import { UnsavedSessions } from './unsavedSessions.ts';
import { SessionView, type SessionsChange } from './sessionView.ts';

export interface SessionStoreOptions {
  readonly secrets: SecretPort;
  /** Whether a window has signed the session out: a record that a late write restores is deleted again. */
  readonly isEnded: (id: string) => Promise<boolean>;
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
  readonly #options: SessionStoreOptions;
  readonly #secrets: SecretPort;
  readonly #write: SecretWriter;
  readonly #view: SessionView;
  readonly #unreadable = new Emitter<void>();
  readonly #saved = new Emitter<StoredSession>();
  readonly #dropped = new Emitter<StoredSession>();
  /** IDs of unreadable records that were reported. */
  readonly #reported = new Set<string>();
  readonly #removed: RemovedSessions;
  readonly #unsaved: UnsavedSessions;
  /** Sessions that changed, but could not be read then. */
  readonly #unread = new Set<string>();
  readonly #deletions: PendingDeletions;
  readonly #reads = new RecordReads({
    load: async (id) => {
      const text = await this.#secrets.get(sessionKey(id));
      const isPresent = text !== undefined || this.#unsaved.has(id);
      return { text, isRemoved: isPresent && (await this.#removed.has(id)) };
    },
    apply: (id, { text, isRemoved }): RecordKind => {
      if (isRemoved) {
        void this.#drop(id);
        return 'none';
      }
      return this.#applyText(id, text);
    },
  });
  readonly #subscription: Disposable;
  #loading: Promise<LoadReport> | undefined;
  #hasLoadFailed = false;
  #isDisposed = false;

  readonly onDidChange: Event<SessionsChange>;
  /** Fires for unreadable records that appear after the start; the load report has the earlier ones (A14). */
  readonly onDidFindUnreadable: Event<void> = this.#unreadable.event;
  /** Fires when a session is stored that could not be stored at first. */
  readonly onDidSave: Event<StoredSession> = this.#saved.event;
  /** Fires for a session that another window has ended, maybe without these tokens: they may still be valid. */
  readonly onDidDrop: Event<StoredSession> = this.#dropped.event;
  /** Unreadable records. */
  readonly quarantine: Quarantine;

  constructor(options: SessionStoreOptions) {
    const { secrets, logger, redactor, timeout, retries } = options;
    this.#options = options;
    this.#removed = new RemovedSessions(options.isEnded);
    this.#secrets = withDeadline(secrets, timeout);
    this.#view = new SessionView({ logger, redactor });
    this.onDidChange = this.#view.onDidChange;
    this.#write = createSecretWriter({
      secrets: this.#secrets,
      logger,
      ...(retries ? { retries } : {}),
      isClosing: () => this.#isDisposed,
    });
    this.#deletions = new PendingDeletions(this.#secrets, logger);
    this.#unsaved = new UnsavedSessions({
      secrets: this.#secrets,
      get: (id) => this.get(id),
      isRemoved: (id) => this.#removed.has(id),
      onRemoved: (id) => this.#drop(id),
      onSaved: (session) => {
        this.#saved.fire(session);
      },
    });
    this.quarantine = new Quarantine({ secrets: this.#secrets, write: this.#write, logger });
    this.#subscription = this.#secrets.onDidChange(
      ({ key }) => void sessionIds(key).map((id) => this.#readChanged(id)),
    );
  }

  /** Reads all records once, as one change. Later calls return the first report, unless the storage failed. */
  load(): Promise<LoadReport> {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  /** Whether the last `load` failed. */
  get hasLoadFailed(): boolean {
    return this.#hasLoadFailed;
  }

  /** Whether changes could not be read, or sessions not be written or deleted. */
  get isBehind(): boolean {
    return this.#unread.size + this.#unsaved.size + this.#deletions.size > 0;
  }

  /** Tries once to read, write and delete what failed before. Never rejects. */
  async catchUp(): Promise<void> {
    await Promise.all([...this.#unread].map((id) => this.#readChanged(id)));
    await this.#unsaved.save();
    await this.#deletions.retry();
  }

  /** The sessions known to this window; complete once `load()` has resolved. */
  all(): readonly StoredSession[] {
    return this.#view.all();
  }

  get(id: string): StoredSession | undefined {
    return this.#view.get(id);
  }

  /** Drops sessions that any window has signed out; needs no secret storage. Never rejects. */
  async dropEnded(): Promise<void> {
    const ended = await Promise.all(this.all().map(async ({ id }) => ((await this.#removed.has(id)) ? [id] : [])));
    await Promise.all(ended.flat().map((id) => this.#drop(id, this.get(id))));
  }

  /** Reads one record again and fires an event if it changed. If the storage fails, throws without changing the view. */
  async reread(id: string): Promise<StoredSession | undefined> {
    await this.#reads.read(id);
    return this.get(id);
  }

  /**
   * Writes the record before its token is handed out. `unsaved`: it could not be written, so the session exists only in
   * this window. `removed`: the session was signed out meanwhile and stays signed out (A13).
   */
  async put(session: StoredSession): Promise<'stored' | 'unsaved' | 'removed'> {
    const { id } = session;
    if (await this.#removed.has(id)) {
      this.#forget(id);
      return 'removed';
    }
    const text = serializeSession(session);
    const stored = await this.#write(sessionKey(id), text);
    // Check again, because the user may have signed out in any window while the record was being written.
    if (await this.#removed.has(id)) {
      this.#forget(id);
      await this.#deletions.tryDelete(sessionKey(id));
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
    this.#forget(id);
    await this.#deletions.delete(sessionKey(id));
  }

  /** The IDs of all stored records, readable or not. */
  async storedIds(): Promise<readonly string[]> {
    return (await this.#secrets.keys()).flatMap(sessionIds);
  }

  /** Deletes every secret of this extension (Reset). Tries all of them, then rejects if one could not be deleted. */
  async clear(): Promise<void> {
    for (const { id } of this.all()) {
      this.#forget(id);
    }
    await settleAll((await this.#secrets.keys()).map((key) => this.#secrets.delete(key)));
  }

  /** Whether the secret written with the first session still exists; distinguishes lost secrets from no secrets. */
  async hasCanary(): Promise<boolean> {
    return (await this.#secrets.get(CANARY)) !== undefined;
  }

  async setCanary(): Promise<void> {
    await this.#write(CANARY, '1');
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#subscription.dispose();
    this.#view.dispose();
    this.#unreadable.dispose();
    this.#saved.dispose();
    this.#dropped.dispose();
  }

  async #load(): Promise<LoadReport> {
    const report = await loadSessions({
      ids: () => this.storedIds(),
      read: (id) => this.#reads.read(id),
      startBatch: () => this.#view.startBatch(),
      logger: this.#options.logger,
    });
    for (const id of report.unreadable) {
      this.#reported.add(id);
    }
    this.#hasLoadFailed = report.failed;
    if (report.failed) {
      this.#loading = undefined;
    }
    return report;
  }

  async #readChanged(id: string): Promise<void> {
    await this.#reads.read(id).then(
      (kind) => {
        this.#unread.delete(id);
        if (kind === 'unreadable' && !this.#reported.has(id)) {
          this.#reported.add(id);
          this.#unreadable.fire();
        }
      },
      async (error: unknown) => {
        this.#unread.add(id);
        this.#options.logger.warn(`A changed session could not be read: ${storageErrorMessage(error)}`);
        await this.dropEnded();
      },
    );
  }

  /** Applies a text as the record of `id` if it is valid. */
  #applyText(id: string, text: string | undefined): RecordKind {
    if (text === undefined) {
      if (!this.#unsaved.has(id)) {
        this.#apply(id, undefined);
      }
      return 'none';
    }
    const record = parseRecord(text);
    if (record.kind === 'session' && record.session.id === id) {
      const known = this.get(id);
      // An older copy than the current one is a late write of another window.
      if (known === undefined || record.session.generation >= known.generation) {
        this.#apply(id, text);
        this.#unsaved.markSaved(record.session);
      } else {
        // The record of this window must win, or the next start finds the older one.
        this.#unsaved.add(id);
      }
      return 'session';
    }
    if (record.kind === 'newer') {
      return 'newer';
    }
    this.#options.logger.warn(`The record of session ${id} could not be read and was quarantined.`);
    void this.quarantine.move(sessionKey(id), text, () => this.get(id) !== undefined);
    return 'unreadable';
  }

  #apply(id: string, text: string | undefined): void {
    this.#reads.markChanged(id);
    this.#view.apply(id, text);
  }

  /** The session was signed out, so a record of it is deleted that another window has stored late. */
  async #drop(id: string, known = this.#unsaved.has(id) ? this.get(id) : undefined): Promise<void> {
    this.#forget(id);
    if (known) {
      this.#dropped.fire(known);
    }
    await this.#deletions.tryDelete(sessionKey(id));
  }

  #forget(id: string): void {
    this.#removed.add(id);
    this.#unsaved.delete(id);
    this.#apply(id, undefined);
  }
}

const CANARY = 'canary';
