/** The secrets of one machine, which all of its windows share. */
export class SecretDisk {
  readonly values = new Map<string, string>();
  readonly #windows = new Set<MemorySecrets>();

  open(window: MemorySecrets): void {
    this.#windows.add(window);
  }

  close(window: MemorySecrets): void {
    this.#windows.delete(window);
  }

  /** Forgets values, like an editor without a keyring at a restart, or one that cannot decrypt them. */
  forget(key?: string): void {
    for (const each of key === undefined ? [...this.values.keys()] : [key]) {
      this.write(each, undefined);
    }
  }

  /** Stores a write of one window and notifies all others. */
  write(key: string, value: string | undefined, from?: MemorySecrets): void {
    put(this.values, key, value);
    for (const window of this.#windows) {
      if (window !== from) {
        window.accept(key, value);
      }
    }
  }
}

export type SecretOperation = 'get' | 'store' | 'delete' | 'keys';

export interface MemorySecretsOptions {
  readonly disk?: SecretDisk;
  /** Milliseconds until a write leaves the window, 100 in VS Code. By default it leaves at once. */
  readonly flushDelay?: number;
}

/**
 * A fake of `vscode.SecretStorage` in one window: reads come from its own copy, writes resolve before they leave the
 * window, and writes of other windows arrive later. Each operation can be made to fail.
 */
export class MemorySecrets {
  readonly disk: SecretDisk;
  /** Keys of every call, by operation. */
  readonly calls: { readonly [K in SecretOperation]: string[] } = { get: [], store: [], delete: [], keys: [] };
  readonly #flushDelay: number | undefined;
  readonly #copy: Map<string, string>;
  readonly #pending = new Map<string, { readonly value: string | undefined; readonly timer: NodeJS.Timeout }>();
  readonly #listeners = new Set<(event: { readonly key: string }) => void>();
  readonly #faults = new Map<SecretOperation, Fault>();
  readonly #lagging: (() => void)[] = [];
  #isGone = false;

  constructor({ disk = new SecretDisk(), flushDelay }: MemorySecretsOptions = {}) {
    this.disk = disk;
    this.#flushDelay = flushDelay;
    this.#copy = new Map(disk.values);
    disk.open(this);
  }

  readonly onDidChange = (listener: (event: { readonly key: string }) => void): { dispose(): void } => {
    const entry = (event: { readonly key: string }): void => {
      listener(event);
    };
    this.#listeners.add(entry);
    return { dispose: () => void this.#listeners.delete(entry) };
  };

  /**
   * `times`: how many calls fail before it works again. `key`: only calls for keys that contain it. A call that lags is
   * answered after `heal`. One that quotes fails with an error that contains the value, as JSON in JSON.
   */
  fail(operation: SecretOperation, kind: Fault['kind'], limits: { times?: number; key?: string } = {}): void {
    this.#faults.set(operation, { kind, left: limits.times ?? Infinity, key: limits.key ?? '' });
  }

  heal(): void {
    this.#faults.clear();
    for (const goOn of this.#lagging.splice(0)) {
      goOn();
    }
  }

  /** Writes pending values to the disk. */
  flush(): void {
    for (const [key, { value, timer }] of this.#pending) {
      clearTimeout(timer);
      this.disk.write(key, value, this);
    }
    this.#pending.clear();
  }

  /** Whether a write has not left the window yet. */
  get hasPending(): boolean {
    return this.#pending.size > 0;
  }

  /** Ends the window at once and loses its pending writes. */
  crash(): void {
    for (const { timer } of this.#pending.values()) {
      clearTimeout(timer);
    }
    this.#pending.clear();
    this.disk.close(this);
    this.#isGone = true;
  }

  accept(key: string, value: string | undefined): void {
    put(this.#copy, key, value);
    this.#fire(key);
  }

  async get(key: string): Promise<string | undefined> {
    await this.#enter('get', key);
    return this.#copy.get(key);
  }

  async store(key: string, value: string): Promise<void> {
    await this.#enter('store', key, value);
    this.#write(key, value);
  }

  async delete(key: string): Promise<void> {
    await this.#enter('delete', key);
    // VS Code writes nothing for a key that the window does not have.
    if (this.#copy.has(key)) {
      this.#write(key, undefined);
    }
  }

  async keys(): Promise<string[]> {
    await this.#enter('keys', '');
    return [...this.#copy.keys()];
  }

  async #enter(operation: SecretOperation, key: string, value = this.#copy.get(key)): Promise<void> {
    this.calls[operation].push(key);
    const fault = this.#faults.get(operation);
    if (fault && fault.left > 0 && key.includes(fault.key)) {
      fault.left -= 1;
      if (fault.kind === 'hang') {
        await new Promise(() => {});
      }
      if (fault.kind === 'lag') {
        await new Promise<void>((goOn) => this.#lagging.push(goOn));
        return;
      }
      const quoted = fault.kind === 'quote' ? `, not ${JSON.stringify(JSON.stringify({ key, value }))}` : '';
      throw new Error(`no ${operation} today${quoted}`);
    }
  }

  #write(key: string, value: string | undefined): void {
    if (this.#isGone) {
      return;
    }
    put(this.#copy, key, value);
    this.#fire(key);
    if (this.#flushDelay === undefined) {
      this.disk.write(key, value, this);
      return;
    }
    clearTimeout(this.#pending.get(key)?.timer);
    const timer = setTimeout(() => {
      this.#pending.delete(key);
      this.disk.write(key, value, this);
    }, this.#flushDelay);
    this.#pending.set(key, { value, timer });
  }

  #fire(key: string): void {
    for (const listener of [...this.#listeners]) {
      listener({ key });
    }
  }
}

interface Fault {
  readonly kind: 'throw' | 'quote' | 'hang' | 'lag';
  readonly key: string;
  left: number;
}

function put(map: Map<string, string>, key: string, value: string | undefined): void {
  if (value === undefined) {
    map.delete(key);
  } else {
    map.set(key, value);
  }
}
