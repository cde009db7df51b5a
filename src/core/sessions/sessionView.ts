import { Emitter, type Disposable, type Event } from '../base/lifecycle.ts';
import type { Logger, Redactor } from '../base/log.ts';
import { notifySafely } from '../base/notifySafely.ts';
import { parseRecord, type StoredSession } from './session.ts';
import { TokenRedaction } from './tokenRedaction.ts';

export interface SessionsChange {
  readonly added: readonly StoredSession[];
  readonly removed: readonly StoredSession[];
  readonly changed: readonly StoredSession[];
}

/** Sessions by ID, as they were before. */
type Batch = Map<string, StoredSession | undefined>;

/** The sessions as last read by this window. From then on, their tokens are redacted in the log. */
export class SessionView implements Disposable {
  readonly #logger: Logger;
  readonly #redactions: TokenRedaction;
  readonly #change = new Emitter<SessionsChange>();
  readonly #sessions = new Map<string, StoredSession>();
  readonly #texts = new Map<string, string>();
  /** The sessions that changed in the running batch, as they were before it. */
  #batch: Batch | undefined;

  readonly onDidChange: Event<SessionsChange> = this.#change.event;

  constructor({ logger, redactor }: { readonly logger: Logger; readonly redactor: Redactor }) {
    this.#logger = logger;
    this.#redactions = new TokenRedaction(redactor);
  }

  all(): readonly StoredSession[] {
    return [...this.#sessions.values()];
  }

  get(id: string): StoredSession | undefined {
    return this.#sessions.get(id);
  }

  /** Until `end` is called, changes fire no event. `flush`, `end` and the end of a session fire one for all of them. */
  startBatch(): { readonly flush: () => void; readonly end: () => void } {
    this.#batch = new Map();
    return {
      flush: () => {
        this.#flush(new Map());
      },
      end: () => {
        this.#flush(undefined);
      },
    };
  }

  /** Makes every change to the view, and fires the event for it. `undefined` removes the session. */
  apply(id: string, text: string | undefined): void {
    if (this.#texts.get(id) === text) {
      return;
    }
    const before = this.#sessions.get(id);
    const record = text === undefined ? undefined : parseRecord(text);
    const after = record?.kind === 'session' ? record.session : undefined;
    if (text === undefined || after === undefined) {
      this.#texts.delete(id);
      this.#sessions.delete(id);
      this.#redactions.end(id);
    } else {
      this.#texts.set(id, text);
      this.#sessions.set(id, after);
      this.#redactions.add(after);
    }
    if (!this.#batch) {
      this.#fireFor(new Map([[id, before]]));
      return;
    }
    if (!this.#batch.has(id)) {
      this.#batch.set(id, before);
    }
    if (!after) {
      // A session that is signed out must not be used until the end of the batch.
      this.#flush(new Map());
    }
  }

  dispose(): void {
    this.#change.dispose();
  }

  #flush(next: Batch | undefined): void {
    const batch = this.#batch ?? new Map<never, never>();
    this.#batch = next;
    this.#fireFor(batch);
  }

  #fireFor(earlier: ReadonlyMap<string, StoredSession | undefined>): void {
    const entries = [...earlier].map(([id, before]) => ({ before, after: this.#sessions.get(id) }));
    const change: SessionsChange = {
      added: entries.flatMap(({ before, after }) => (after && !before ? [after] : [])),
      removed: entries.flatMap(({ before, after }) => (before && !after ? [before] : [])),
      changed: entries.flatMap(({ before, after }) => (after && before && after !== before ? [after] : [])),
    };
    if (change.added.length + change.removed.length + change.changed.length === 0) {
      return;
    }
    notifySafely(() => this.#change.fire(change), this.#logger);
  }
}
