import { spawn } from 'node:child_process';
import { projectRoot } from './provisionVscode.ts';

/** A command in a process group of its own, so that Ctrl+C in the terminal leaves its end to whoever started it. */
export interface ChildGroup {
  /** The exit code, `null` after a signal, once the command and what holds its output have ended. */
  readonly closed: Promise<number | null>;
  readonly isRunning: () => boolean;
  /** What it wrote so far; empty with `output: 'shown'`. */
  readonly output: () => string;
  /** Ends the whole group, by force after 5 seconds, and waits for it. */
  readonly stop: () => Promise<void>;
}

export interface ChildGroupOptions {
  /** `kept` (default) is for error messages; `shown` goes to the terminal. */
  readonly output?: 'kept' | 'shown';
  /** Laid over the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Called with each piece of output that is kept. */
  readonly onOutput?: (text: string) => void;
}

/** Starts `command` in the project's folder. `closed` rejects when it cannot be started. */
export function startChildGroup(command: readonly string[], options: ChildGroupOptions = {}): ChildGroup {
  const isWindows = process.platform === 'win32';
  const [executable = '', ...args] = isWindows ? command.map((part) => `"${part}"`) : command;
  const stream = options.output === 'shown' ? 'inherit' : 'pipe';
  const child = spawn(executable, args, {
    cwd: projectRoot,
    // Windows has no process groups, and would open a console for a detached child. Its `.cmd` files need a shell.
    detached: !isWindows,
    shell: isWindows,
    stdio: ['ignore', stream, stream],
    env: { ...process.env, ...options.env },
  });
  let text = '';
  const keep = (piece: string): void => {
    text += piece;
    options.onOutput?.(piece);
  };
  child.stdout?.setEncoding('utf8').on('data', keep);
  child.stderr?.setEncoding('utf8').on('data', keep);
  let isRunning = true;
  const closed = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  }).finally(() => {
    isRunning = false;
  });
  // Whoever waits hears of it; `stop` may be the only one.
  closed.catch(() => {});
  return {
    closed,
    isRunning: () => isRunning,
    output: () => text,
    stop: async () => {
      if (!isRunning || child.pid === undefined) {
        return;
      }
      const target = isWindows ? child.pid : -child.pid;
      signalIfAlive(target, 'SIGTERM');
      const stubborn = setTimeout(() => signalIfAlive(target, 'SIGKILL'), 5_000);
      await closed.catch(() => {});
      clearTimeout(stubborn);
    },
  };
}

/** Runs `command` to its end. Rejects when it fails, with what it wrote, and when `signal` interrupts it. */
export async function runStep(
  command: readonly string[],
  { signal, ...options }: ChildGroupOptions & { readonly signal: AbortSignal },
): Promise<void> {
  signal.throwIfAborted();
  const group = startChildGroup(command, options);
  const stop = (): void => void group.stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    const code = await group.closed;
    signal.throwIfAborted();
    if (code !== 0) {
      throw new Error(`"${command.join(' ')}" ended with code ${code}. ${group.output()}`.trim());
    }
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** Answers whether there was such a process (or group, by the negative id). */
export function signalIfAlive(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
