import { Emitter, type Disposable, type Event } from '../base/lifecycle.ts';
import type { Connection } from '../connections/connection.ts';
import type { WritePermission } from './apiClient.ts';

/** Persists across windows. Not the settings, which a workspace or another machine could supply. */
export interface PermissionMemory {
  keys(): readonly string[];
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

/**
 * Stores which connections may write. Writes must be allowed by the user: for some minutes, in memory, or until revoked,
 * stored by connection ID, so that another origin, client ID, or platform is read-only again (C4, E9).
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
    if (this.#memory.get(permissionKey(id)) === true) {
      return Infinity;
    }
    // Timers do not run while the machine sleeps, so check the clock.
    const until = this.#limited.get(id)?.until;
    return until !== undefined && this.#now() < until ? until : undefined;
  }

  /** Allows writes for so many milliseconds from now, replacing an earlier permission; `Infinity` until revoked. */
  async allow({ id }: Pick<Connection, 'id'>, milliseconds: number): Promise<void> {
    await this.revoke(id);
    if (milliseconds === Infinity) {
      await this.#memory.update(permissionKey(id), true);
    } else {
      // The clock may be set back meanwhile, so a timer ends the permission as well.
      const timer = setTimeout(() => {
        this.#limited.delete(id);
        this.#changed.fire();
      }, milliseconds);
      timer.unref();
      this.#limited.set(id, { until: this.#now() + milliseconds, timer });
    }
    this.#changed.fire();
  }

  /** Makes the connection read-only immediately; resolves once the change is persisted. */
  async revoke(id: string): Promise<void> {
    clearTimeout(this.#limited.get(id)?.timer);
    this.#limited.delete(id);
    const forgotten =
      this.#memory.get(permissionKey(id)) === undefined ? undefined : this.#memory.update(permissionKey(id), undefined);
    this.#changed.fire();
    await forgotten;
  }

  async revokeAll(): Promise<void> {
    const stored = this.#memory.keys().flatMap((key) => (key.startsWith(PREFIX) ? [key.slice(PREFIX.length)] : []));
    for (const id of new Set([...this.#limited.keys(), ...stored])) {
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

function permissionKey(id: string): string {
  return PREFIX + id;
}
