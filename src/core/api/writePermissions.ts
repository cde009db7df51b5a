import { Emitter, type Disposable, type Event } from '../base/lifecycle.ts';
import type { Connection } from '../connections/connection.ts';
import type { WritePermission } from './apiClient.ts';

/** Survives the window; not the settings, which a workspace or another machine could bring. */
export interface PermissionMemory {
  keys(): readonly string[];
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

/**
 * Which connections may write. Nobody may unless a person said so: for some minutes, kept in memory, or until it is taken
 * back, kept under the connection's id, so that another origin, client or platform starts read-only again (C4, E9).
 */
export class WritePermissions implements WritePermission, Disposable {
  readonly #memory: PermissionMemory;
  readonly #now: () => number;
  readonly #limited = new Map<string, { readonly until: number; readonly timer: NodeJS.Timeout }>();
  readonly #changed = new Emitter<void>();

  readonly onDidChange: Event<void> = this.#changed.event;

  /** `now` in epoch milliseconds. */
  constructor(memory: PermissionMemory, now: () => number) {
    this.#memory = memory;
    this.#now = now;
  }

  mayWrite(connection: Pick<Connection, 'id'>): boolean {
    return this.until(connection) !== undefined;
  }

  /** Epoch milliseconds, `Infinity` without an end, `undefined` while read-only. */
  until({ id }: Pick<Connection, 'id'>): number | undefined {
    if (this.#memory.get(keyOf(id)) === true) {
      return Infinity;
    }
    // A timer does not run while the machine sleeps, so the clock decides.
    const until = this.#limited.get(id)?.until;
    return until !== undefined && this.#now() < until ? until : undefined;
  }

  /** For so many milliseconds from now, in place of what was allowed before; `Infinity` until it is taken back. */
  async allow({ id }: Pick<Connection, 'id'>, milliseconds: number): Promise<void> {
    await this.revoke(id);
    if (milliseconds === Infinity) {
      await this.#memory.update(keyOf(id), true);
    } else {
      // The clock may be set back meanwhile, so the timer ends it as well.
      const timer = setTimeout(() => {
        this.#limited.delete(id);
        this.#changed.fire();
      }, milliseconds);
      timer.unref();
      this.#limited.set(id, { until: this.#now() + milliseconds, timer });
    }
    this.#changed.fire();
  }

  /** Read-only at once; resolves when it is so after a restart too. */
  async revoke(id: string): Promise<void> {
    clearTimeout(this.#limited.get(id)?.timer);
    this.#limited.delete(id);
    const forgotten = this.#memory.get(keyOf(id)) === undefined ? undefined : this.#memory.update(keyOf(id), undefined);
    this.#changed.fire();
    await forgotten;
  }

  async revokeAll(): Promise<void> {
    const kept = this.#memory.keys().flatMap((key) => (key.startsWith(PREFIX) ? [key.slice(PREFIX.length)] : []));
    for (const id of new Set([...this.#limited.keys(), ...kept])) {
      await this.revoke(id);
    }
  }

  dispose(): void {
    for (const { timer } of this.#limited.values()) {
      clearTimeout(timer);
    }
    this.#limited.clear();
    this.#changed.dispose();
  }
}

const PREFIX = 'mayWrite:';

function keyOf(id: string): string {
  return PREFIX + id;
}
