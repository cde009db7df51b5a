import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Scope } from '../../../src/core/connections/connection.ts';
import type { RenewalTimeouts } from '../../../src/core/sessions/tokenRenewal.ts';
import type { DiskFault } from './faultyDisk.ts';

export interface OpenCommand {
  readonly kind: 'open';
  /** An element of the setting `ninjaone.connections`. */
  readonly connection: unknown;
  /** Folder of the locks and token states. */
  readonly directory: string;
  readonly secrets: readonly (readonly [string, string])[];
  /** Milliseconds until a write leaves the window. */
  readonly flushDelay: number;
  /** Names the secret storage; by default that of the machine. */
  readonly secretStoreId?: string;
  readonly sharedSecrets?: boolean;
  readonly lock?: { readonly stale: number; readonly timeout: number };
  readonly timeouts?: RenewalTimeouts;
}

export interface RefreshCommand {
  readonly kind: 'refresh';
  readonly scopes: readonly Scope[];
  readonly accountId: string | undefined;
  /** Milliseconds that the clock of the window is ahead of the real one. */
  readonly ahead: number;
  /** Milliseconds until it begins. */
  readonly delay: number;
  /** Stops forever at this step. */
  readonly stopAt: Extract<Step, 'locked' | 'answered'> | undefined;
}

/** Stores the tokens of a sign-in that the user has just finished. */
export interface SignInCommand {
  readonly kind: 'signIn';
  readonly scopes: readonly Scope[];
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** What goes wrong in the window from now on; `undefined`: nothing. */
export interface FaultCommand {
  readonly kind: 'fault';
  /** `lag`: the storage answers when the fault is over. */
  readonly secrets?: 'throw' | 'lag' | undefined;
  readonly disk?: DiskFault | undefined;
}

export type Command = OpenCommand | RefreshCommand | SignInCommand | FaultCommand;

export type ToWindow =
  | { readonly kind: 'command'; readonly call: number; readonly command: Command }
  | { readonly kind: 'secret'; readonly key: string; readonly value?: string };

/**
 * A step of a renewal: the window waits for the lock, has the lock and has not asked the server yet, or has written that
 * the old token is spent and has not stored the new one yet.
 */
export type Step = 'waiting' | 'locked' | 'answered';

export interface Outcome {
  readonly accessToken: string | undefined;
  /** Error codes of the messages that the window showed since the last command. */
  readonly told: readonly string[];
}

export type FromWindow =
  | { readonly kind: 'reply'; readonly call: number; readonly outcome: Outcome }
  | { readonly kind: 'reached'; readonly step: Step }
  | { readonly kind: 'flush'; readonly key: string; readonly value: string | undefined };

/** A computer with several windows of an editor, and the secrets that reach its disk. */
export class Machine {
  readonly disk = new Map<string, string>();
  readonly windows: Window[];
  /** Whether a secret that one window stores reaches the others. */
  sharesSecrets = true;
  readonly #program: Program;

  private constructor(count: number, program: Program) {
    this.#program = program;
    this.windows = Array.from({ length: count }, () => this.#start());
  }

  static async start(count: number): Promise<Machine> {
    return new Machine(count, await buildProgram());
  }

  /** Opens all windows with the same secrets; `change` overrides the options of one. */
  async open(
    command: Omit<OpenCommand, 'kind' | 'secrets'>,
    change?: (index: number) => Partial<OpenCommand>,
  ): Promise<void> {
    const secrets = [...this.disk];
    await Promise.all(
      this.windows.map((window, index) => window.ask({ kind: 'open', ...command, secrets, ...change?.(index) })),
    );
  }

  /** Kills a window at once, and starts another process in its place for the next `open`. */
  async kill(window: Window): Promise<void> {
    await window.kill();
    this.windows[this.windows.indexOf(window)] = this.#start();
  }

  async stop(): Promise<void> {
    await Promise.all(this.windows.map((window) => window.kill()));
    await this.#program.delete();
  }

  #start(): Window {
    const window = new Window(this.#program.file);
    window.onFlush = (key, value) => {
      this.#flush(window, key, value);
    };
    return window;
  }

  #flush(from: Window, key: string, value: string | undefined): void {
    if (!this.sharesSecrets) {
      return;
    }
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
  readonly #calls = new Map<number, (outcome: Outcome) => void>();
  readonly #steps = new Map<Step, () => void>();
  #lastCall = 0;
  #isOpen = false;

  constructor(program: string) {
    this.#process = fork(program, { execArgv: [] });
    this.#process.on('message', (message: FromWindow) => {
      switch (message.kind) {
        case 'flush':
          this.onFlush(message.key, message.value);
          return;
        case 'reached':
          this.#steps.get(message.step)?.();
          this.#steps.delete(message.step);
          return;
        case 'reply':
          this.#calls.get(message.call)?.(message.outcome);
          this.#calls.delete(message.call);
      }
    });
  }

  send(message: ToWindow): void {
    if (this.#process.connected) {
      this.#process.send(message);
    }
  }

  /** Resolves when the window comes to this step for the next time. */
  reaches(step: Step): Promise<void> {
    return new Promise((resolve) => {
      this.#steps.set(step, resolve);
    });
  }

  /** False until the first `open`. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Never resolves if the window stops or is killed. */
  ask(command: Command): Promise<Outcome> {
    this.#isOpen ||= command.kind === 'open';
    const call = ++this.#lastCall;
    return new Promise((resolve) => {
      this.#calls.set(call, resolve);
      this.send({ kind: 'command', call, command });
    });
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

interface Program {
  readonly file: string;
  delete(): Promise<void>;
}

/** One file, because dozens of processes start that would otherwise all translate the sources. */
async function buildProgram(): Promise<Program> {
  const folder = await mkdtemp(join(tmpdir(), 'ninjaone-window-'));
  const file = join(folder, 'window.cjs');
  const entry = fileURLToPath(new URL('window.ts', import.meta.url));
  await build({
    entryPoints: [entry],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'error',
  });
  return { file, delete: () => rm(folder, { recursive: true, force: true }) };
}
