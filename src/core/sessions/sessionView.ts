import { Emitter, type Disposable, type Event } from '../base/lifecycle.ts';
import type { Logger, Redactor } from '../base/log.ts';
import { storageErrorMessage } from './secretStorage.ts';
import { parseRecord, type StoredSession } from './session.ts';
import { TokenRedaction } from './tokenRedaction.ts';

export interface SessionsChange {
  readonly added: readonly StoredSession[];
  readonly removed: readonly StoredSession[];
  readonly changed: readonly StoredSession[];
}

/** The sessions as last read by this window. From then on, their tokens are redacted in the log. */
export class SessionView implements Disposable {
  readonly #logger: Logger;
  readonly #redactions: TokenRedaction;
  readonly #change = new Emitter<SessionsChange>();
  readonly #sessions = new Map<string, StoredSession>();
  readonly #texts = new Map<string, string>();

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
    } else {
      this.#texts.set(id, text);
      this.#sessions.set(id, after);
      this.#redactions.add(after);
    }
    if (before || after) {
      this.#fire({
        added: after && !before ? [after] : [],
        removed: before && !after ? [before] : [],
        changed: after && before ? [after] : [],
      });
    }
  }

  dispose(): void {
    this.#change.dispose();
  }

  #fire(change: SessionsChange): void {
    try {
      this.#change.fire(change);
    } catch (error) {
      // An error of a listener must not fail the sign-in or renewal that is being stored.
      this.#logger.error(`A listener of the sessions failed: ${storageErrorMessage(error)}`);
    }
  }
}
