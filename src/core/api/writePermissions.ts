import { randomUUID } from 'node:crypto';
import { Emitter, type Disposable, type Event } from '../base/lifecycle.ts';
import type { Connection } from '../connections/connection.ts';
import type { WritePermission } from './apiClient.ts';

/** Shared by all windows, and kept. Not the settings, which a workspace or another machine could supply. */
export interface PermissionMemory {
  keys(): readonly string[];
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

/**
 * Stores which connections may write. Writes must be allowed by the user: for some minutes in this window, or until
 * revoked in all windows. Permissions belong to the connection ID, so that another origin, client ID, or platform is
 * read-only again (C4, E9).
 *
 * The memory has a grant for each connection that some window has allowed, a random text. A permission for minutes is
 * bound to the grant, so that revoking in any window, which deletes the grant, ends it in all of them.
 */
export class WritePermissions implements WritePermission, Disposable {
  readonly #memory: PermissionMemory;
  readonly #now: () => number;
  readonly #limited = new Map<string, LimitedPermission>();
  /** Another window that has not heard of a revocation yet may write these again, because the memory is one record. */
  readonly #revoked = new Set<unknown>();
  readonly #changed = new Emitter<void>();
  #reported = '';

  readonly onDidChange: Event<void> = this.#changed.event;

  /** `now` in epoch milliseconds. */
  constructor(memory: PermissionMemory, now: () => number) {
    this.#memory = memory;
    this.#now = now;
    this.#reported = this.#state();
  }

  mayWrite(connection: Pick<Connection, 'id'>): boolean {
    return this.until(connection) !== undefined;
  }

  /** Epoch milliseconds, `Infinity` without an end, `undefined` while read-only. */
  until({ id }: Pick<Connection, 'id'>): number | undefined {
    if (this.#grant(UNLIMITED + id) !== undefined) {
      return Infinity;
    }
    const limited = this.#limited.get(id);
    // Timers do not run while the machine sleeps, so check the clock.
    return limited && this.#now() < limited.until && limited.grant === this.#grant(LIMITED + id)
      ? limited.until
      : undefined;
  }

  /**
   * Allows writes for so many milliseconds from now, replacing an earlier permission; `Infinity` until revoked. There is
   * no moment without one in between. If the memory cannot be written, there is none and the error is thrown.
   */
  async allow({ id }: Pick<Connection, 'id'>, milliseconds: number): Promise<void> {
    const stored = milliseconds === Infinity ? this.#allowUnlimited(id) : this.#allowLimited(id, milliseconds);
    this.#report();
    try {
      await stored;
    } catch (error) {
      this.#end(id);
      this.#report();
      throw error;
    }
  }

  async #allowUnlimited(id: string): Promise<void> {
    const stored = this.#memory.update(UNLIMITED + id, randomUUID());
    this.#end(id);
    await stored;
  }

  async #allowLimited(id: string, milliseconds: number): Promise<void> {
    const known = this.#grant(LIMITED + id);
    const grant = known ?? randomUUID();
    const stored = [
      ...(known === undefined ? [this.#memory.update(LIMITED + id, grant)] : []),
      this.#delete(UNLIMITED + id),
    ];
    this.#end(id);
    // The clock may be set back meanwhile, so a timer ends the permission as well.
    const timer = setTimeout(() => {
      this.#limited.delete(id);
      this.#report();
    }, milliseconds);
    timer.unref();
    this.#limited.set(id, { until: this.#now() + milliseconds, grant, timer });
    await Promise.all(stored);
  }

  /** Makes the connection read-only immediately, in all windows; resolves once the change is persisted. */
  async revoke(id: string): Promise<void> {
    this.#end(id);
    const deleted = Promise.all([this.#delete(UNLIMITED + id), this.#delete(LIMITED + id)]);
    this.#report();
    await deleted;
  }

  async revokeAll(): Promise<void> {
    for (const id of this.#ids()) {
      await this.revoke(id);
    }
  }

  /** Notifies listeners if another window has allowed or revoked writes since the last time. Never rejects. */
  async recheck(): Promise<void> {
    if (this.#state() !== this.#reported) {
      this.#report();
    }
    const revoked = this.#storedKeys().filter((key) => this.#revoked.has(this.#memory.get(key)));
    await Promise.allSettled(revoked.map((key) => this.#memory.update(key, undefined)));
  }

  dispose(): void {
    for (const id of [...this.#limited.keys()]) {
      this.#end(id);
    }
    this.#changed.dispose();
  }

  #report(): void {
    this.#reported = this.#state();
    this.#changed.fire();
  }

  /** What a user sees. */
  #state(): string {
    return [...this.#ids()]
      .map((id) => `${id} ${this.until({ id })}`)
      .filter((line) => !line.endsWith('undefined'))
      .sort()
      .join();
  }

  #ids(): ReadonlySet<string> {
    return new Set([...this.#limited.keys(), ...this.#storedKeys().map((key) => key.slice(key.indexOf(':') + 1))]);
  }

  #storedKeys(): string[] {
    return this.#memory.keys().filter((key) => key.startsWith(UNLIMITED) || key.startsWith(LIMITED));
  }

  #grant(key: string): string | undefined {
    const value = this.#memory.get(key);
    return typeof value === 'string' && value.length === GRANT_LENGTH && !this.#revoked.has(value) ? value : undefined;
  }

  /** Ends a permission for minutes in this window. */
  #end(id: string): void {
    clearTimeout(this.#limited.get(id)?.timer);
    this.#limited.delete(id);
  }

  async #delete(key: string): Promise<void> {
    const value = this.#memory.get(key);
    if (value !== undefined) {
      this.#revoked.add(value);
      await this.#memory.update(key, undefined);
    }
  }
}

interface LimitedPermission {
  /** Epoch milliseconds. */
  readonly until: number;
  readonly grant: string;
  readonly timer: NodeJS.Timeout;
}

const UNLIMITED = 'mayWrite:';
const LIMITED = 'mayWriteForMinutes:';
/** Of a UUID. */
const GRANT_LENGTH = 36;
