import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Emitter, type Disposable, type Event } from '../base/lifecycle.ts';
import type { Connection } from '../connections/connection.ts';
import { hashedFileName } from '../files/atomicWrite.ts';
import type { WritePermission } from './apiClient.ts';

/**
 * Stores which connections may write. Writes must be allowed by the user: for some minutes in this window, or until
 * revoked in all windows. Permissions belong to the connection ID, so that another origin, client ID, or platform is
 * read-only again (C4, E9).
 *
 * A folder that all windows share has a file for each connection that some window has allowed, with a grant, which is a
 * random text. A permission for minutes is bound to the grant, so revoking in any window, which deletes the file, ends it
 * in all of them. Files are read and written synchronously: a write that leaves after a revocation sees it, and VS Code's
 * own memory tells other windows late.
 */
export class WritePermissions implements WritePermission, Disposable {
  readonly #directory: string;
  readonly #now: () => number;
  /** By the name of the file. */
  readonly #limited = new Map<string, LimitedPermission>();
  /** Grants whose file could not be deleted. */
  readonly #revoked = new Set<string>();
  readonly #changed = new Emitter<void>();
  #reported = '';

  readonly onDidChange: Event<void> = this.#changed.event;

  /** `now` in epoch milliseconds. */
  constructor(directory: string, now: () => number) {
    this.#directory = directory;
    this.#now = now;
    this.#reported = this.#state();
  }

  mayWrite(connection: Pick<Connection, 'id'>): boolean {
    return this.until(connection) !== undefined;
  }

  /** Epoch milliseconds, `Infinity` without an end, `undefined` while read-only. */
  until({ id }: Pick<Connection, 'id'>): number | undefined {
    return this.#until(hashedFileName(id));
  }

  /**
   * Allows writes for so many milliseconds from now, replacing an earlier permission; `Infinity` until revoked. If the file
   * cannot be written, there is none and the error is thrown.
   */
  allow({ id }: Pick<Connection, 'id'>, milliseconds: number): void {
    const name = hashedFileName(id);
    const isUnlimited = milliseconds === Infinity;
    const stored = this.#stored(name);
    // The permissions for minutes of other windows stay.
    const grant = stored?.grant ?? randomUUID();
    this.#end(name);
    if (stored?.isUnlimited !== isUnlimited) {
      try {
        mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
        writeFileSync(join(this.#directory, name), `${grant}${isUnlimited ? UNLIMITED : ''}`, { mode: 0o600 });
      } catch (error) {
        this.#report();
        throw error;
      }
    }
    if (!isUnlimited) {
      // The clock may be set back meanwhile, so a timer ends the permission as well.
      const timer = setTimeout(() => {
        this.#limited.delete(name);
        this.#report();
      }, milliseconds);
      timer.unref();
      this.#limited.set(name, { until: this.#now() + milliseconds, grant, timer });
    }
    this.#report();
  }

  /** Makes the connection read-only in all windows before it returns. If it throws, only this window is read-only. */
  revoke(id: string): void {
    this.#revoke(hashedFileName(id));
  }

  revokeAll(): void {
    for (const name of this.#names()) {
      this.#revoke(name);
    }
  }

  /** Notifies listeners if another window has allowed or revoked writes since the last time. */
  recheck(): void {
    if (this.#state() !== this.#reported) {
      this.#report();
    }
  }

  dispose(): void {
    for (const name of [...this.#limited.keys()]) {
      this.#end(name);
    }
    this.#changed.dispose();
  }

  #until(name: string): number | undefined {
    const stored = this.#stored(name);
    if (stored?.isUnlimited) {
      return Infinity;
    }
    const limited = this.#limited.get(name);
    // Timers do not run while the machine sleeps, so check the clock.
    return limited && this.#now() < limited.until && limited.grant === stored?.grant ? limited.until : undefined;
  }

  #revoke(name: string): void {
    this.#end(name);
    const grant = this.#stored(name)?.grant;
    if (grant !== undefined) {
      this.#revoked.add(grant);
    }
    const file = join(this.#directory, name);
    try {
      try {
        rmSync(file, { force: true });
      } catch {
        // Another program may have the file open, or the folder may be protected.
        writeFileSync(file, '');
      }
    } finally {
      this.#report();
    }
  }

  #report(): void {
    this.#reported = this.#state();
    this.#changed.fire();
  }

  /** What a user sees. */
  #state(): string {
    return [...this.#names()]
      .map((name) => `${name} ${this.#until(name)}`)
      .filter((line) => !line.endsWith('undefined'))
      .sort()
      .join();
  }

  #names(): ReadonlySet<string> {
    let files: string[] = [];
    try {
      files = readdirSync(this.#directory);
    } catch {
      // There is no folder before the first permission.
    }
    return new Set([...this.#limited.keys(), ...files]);
  }

  #stored(name: string): StoredPermission | undefined {
    let text: string;
    try {
      text = readFileSync(join(this.#directory, name), 'utf8');
    } catch {
      return undefined;
    }
    const grant = text.slice(0, GRANT_LENGTH);
    const mark = text.slice(GRANT_LENGTH);
    const isValid = grant.length === GRANT_LENGTH && (mark === '' || mark === UNLIMITED) && !this.#revoked.has(grant);
    return isValid ? { grant, isUnlimited: mark === UNLIMITED } : undefined;
  }

  /** Ends a permission for minutes in this window. */
  #end(name: string): void {
    clearTimeout(this.#limited.get(name)?.timer);
    this.#limited.delete(name);
  }
}

interface StoredPermission {
  readonly grant: string;
  readonly isUnlimited: boolean;
}

interface LimitedPermission {
  /** Epoch milliseconds. */
  readonly until: number;
  readonly grant: string;
  readonly timer: NodeJS.Timeout;
}

const UNLIMITED = ' until turned off';
/** Of a UUID. */
const GRANT_LENGTH = 36;
