import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { RenewalTimeouts } from '../../../src/core/sessions/tokenRenewal.ts';

export interface OpenCommand {
  readonly kind: 'open';
  /** An element of the setting `ninjaone.connections`. */
  readonly connection: unknown;
  /** Folder of the locks and token states. */
  readonly directory: string;
  readonly secrets: readonly (readonly [string, string])[];
  /** Milliseconds until a write leaves the window. */
  readonly flushDelay: number;
  readonly lock?: { readonly stale: number; readonly timeout: number };
  readonly timeouts?: RenewalTimeouts;
}

export interface RefreshCommand {
  readonly kind: 'refresh';
  /** Milliseconds that the clock of the window is ahead of the real one. */
  readonly ahead: number;
  /** Milliseconds until it begins. */
  readonly delay: number;
  /** Gets the lock and then stops forever, before the server is asked. */
  readonly stalls: boolean;
}

export type ToWindow =
  OpenCommand | RefreshCommand | { readonly kind: 'secret'; readonly key: string; readonly value?: string };

export interface Refreshed {
  readonly kind: 'refreshed';
  readonly accessToken: string | undefined;
  /** Error codes of the notifications that the window showed. */
  readonly renewalFailures: readonly string[];
}

export type FromWindow =
  | Refreshed
  | { readonly kind: 'ready' | 'opened' | 'stalled' }
  | { readonly kind: 'flush'; readonly key: string; readonly value: string | undefined };

/** A computer with several windows of an editor, and the secrets that reach its disk. */
export class Machine {
  readonly disk = new Map<string, string>();
  readonly windows: Window[];

  private constructor(windows: Window[]) {
    this.windows = windows;
    for (const window of windows) {
      window.onFlush = (key, value) => {
        this.#flush(window, key, value);
      };
    }
  }

  static async start(count: number): Promise<Machine> {
    const windows = Array.from({ length: count }, () => new Window());
    await Promise.all(windows.map((window) => window.next('ready')));
    return new Machine(windows);
  }

  /** Opens all windows with the same secrets; `change` overrides the options of one. */
  async open(
    command: Omit<OpenCommand, 'kind' | 'secrets'>,
    change?: (index: number) => Partial<OpenCommand>,
  ): Promise<void> {
    const secrets = [...this.disk];
    await Promise.all(
      this.windows.map((window, index) =>
        window.ask({ kind: 'open', ...command, secrets, ...change?.(index) }, 'opened'),
      ),
    );
  }

  async stop(): Promise<void> {
    await Promise.all(this.windows.map((window) => window.kill()));
  }

  #flush(from: Window, key: string, value: string | undefined): void {
    if (value === undefined) {
      this.disk.delete(key);
    } else {
      this.disk.set(key, value);
    }
    for (const window of this.windows) {
      if (window !== from) {
        window.send({ kind: 'secret', key, ...(value === undefined ? {} : { value }) });
      }
    }
  }
}

export class Window {
  onFlush: (key: string, value: string | undefined) => void = () => {};
  readonly #process: ChildProcess;
  readonly #waiting = new Map<FromWindow['kind'], (message: FromWindow) => void>();

  constructor() {
    this.#process = fork(fileURLToPath(new URL('window.ts', import.meta.url)), {
      execArgv: ['--import', 'tsx', '--disable-warning=ExperimentalWarning'],
    });
    this.#process.on('message', (message: FromWindow) => {
      if (message.kind === 'flush') {
        this.onFlush(message.key, message.value);
        return;
      }
      const waiting = this.#waiting.get(message.kind);
      this.#waiting.delete(message.kind);
      waiting?.(message);
    });
  }

  send(message: ToWindow): void {
    if (this.#process.connected) {
      this.#process.send(message);
    }
  }

  next<K extends FromWindow['kind']>(kind: K): Promise<Extract<FromWindow, { kind: K }>> {
    return new Promise((resolve) => {
      this.#waiting.set(kind, (message) => {
        resolve(message as Extract<FromWindow, { kind: K }>);
      });
    });
  }

  ask<K extends FromWindow['kind']>(message: ToWindow, reply: K): Promise<Extract<FromWindow, { kind: K }>> {
    const replied = this.next(reply);
    this.send(message);
    return replied;
  }

  /** Gives the window no chance to clean up. */
  async kill(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const gone = once(this.#process, 'exit');
      this.#process.kill('SIGKILL');
      await gone;
    }
  }
}
