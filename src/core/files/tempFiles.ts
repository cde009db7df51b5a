import { createHash, randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdir, open, readdir, rm, stat, type FileHandle } from 'node:fs/promises';
import { hostname, uptime } from 'node:os';
import { dirname, join } from 'node:path';
import { NinjaOneError, plainText } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import type { BodySink } from '../http/spillBuffer.ts';

/**
 * Stores responses that are too large for memory in private files of this window (E7). Each window has a subfolder named
 * after its process. Nothing is created before the first file is written.
 */
export class TempFiles {
  readonly #directory: string;

  constructor(parent: string) {
    this.#directory = join(parent, `${machine()}-${process.pid}-${randomUUID()}`);
  }

  file(): TempFile {
    return new TempFile(this.#directory);
  }

  /** Deletes the folder synchronously, because a closing window does not wait. */
  dispose(): void {
    try {
      rmSync(this.#directory, { recursive: true, force: true });
    } catch {
      // The next start tries again. An error would keep the rest of the window from being closed.
    }
  }
}

/** A response on the disk. The file exists after `start`. */
export class TempFile implements BodySink {
  readonly path: string;
  readonly #directory: string;
  #handle: FileHandle | undefined;

  constructor(directory: string) {
    this.#directory = directory;
    this.path = join(directory, randomUUID());
  }

  /** Rejects with `spool.failed`. */
  async start(): Promise<void> {
    await this.close();
    await this.#orTell(async () => {
      await mkdir(this.#directory, { recursive: true, mode: 0o700 });
      this.#handle = await open(this.path, 'w', 0o600);
    });
  }

  /** Rejects with `spool.failed`. */
  async write(part: Uint8Array): Promise<void> {
    await this.#orTell(async () => {
      await this.#handle?.appendFile(part);
    });
  }

  /** Closes the file without deleting it. */
  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }

  /** Never rejects: a file that cannot be deleted is deleted at the next start. */
  async discard(): Promise<void> {
    await this.close().catch(() => {});
    await rm(this.path, { force: true }).catch(() => {});
  }

  async #orTell(task: () => Promise<void>): Promise<void> {
    try {
      await task();
    } catch (error) {
      throw notWritten(dirname(this.#directory), error);
    }
  }
}

/** Deletes files of closed windows. Never rejects: files that cannot be deleted are tried again next time. */
export async function deleteStaleTempFiles(
  parent: string,
  isAlive: (pid: number) => boolean = isRunning,
): Promise<void> {
  const names = await readdir(parent).catch((): string[] => []);
  for (const name of names) {
    const path = join(parent, name);
    if (await isLeft(path, name, isAlive).catch(() => false)) {
      await rm(path, { recursive: true, force: true }).catch(() => {});
    }
  }
}

async function isLeft(path: string, name: string, isAlive: (pid: number) => boolean): Promise<boolean> {
  const [, owner, pid] = /^(\w+)-(\d+)-[\w-]+$/.exec(name) ?? [];
  if (pid === undefined) {
    return true;
  }
  const { mtimeMs } = await stat(path);
  if (owner !== machine()) {
    // Several machines can share a home directory, and processes of another machine cannot be checked.
    return Date.now() - mtimeMs > MAX_UNSEEN_MS;
  }
  // After a restart of the machine, another process may have the same ID.
  return !isAlive(Number(pid)) || mtimeMs < Date.now() - uptime() * 1000 - CLOCK_SLACK;
}

const MAX_UNSEEN_MS = 7 * 24 * 3_600_000;
const CLOCK_SLACK = 60_000;

function machine(): string {
  return createHash('sha256').update(hostname()).digest('hex').slice(0, 12);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // The process exists and belongs to another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function notWritten(folder: string, error: unknown): NinjaOneError {
  return new NinjaOneError({
    code: 'spool.failed',
    intent: 'invalidInput',
    message: l10n.t({
      message:
        'The response could not be written to the folder {0} ({1}). Make sure that it is a folder with enough free space, then try again.',
      args: [plainText(folder), plainText((error as NodeJS.ErrnoException).code ?? 'unknown', 40)],
      comment: '{0} is the path of a folder and {1} an error code of the system.',
    }),
    action: 'showLog',
    cause: error,
  });
}
