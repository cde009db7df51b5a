import { createHash, randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdir, open, readdir, rm, stat, type FileHandle } from 'node:fs/promises';
import { hostname, uptime } from 'node:os';
import { join } from 'node:path';
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
    rmSync(this.#directory, { recursive: true, force: true });
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
    await orTell(async () => {
      await mkdir(this.#directory, { recursive: true, mode: 0o700 });
      this.#handle = await open(this.path, 'w', 0o600);
    });
  }

  /** Rejects with `spool.failed`. */
  async write(part: Uint8Array): Promise<void> {
    await orTell(async () => {
      await this.#handle?.appendFile(part);
    });
  }

  /** Closes the file without deleting it. */
  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }

  async discard(): Promise<void> {
    await this.close().catch(() => {});
    await rm(this.path, { force: true });
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

async function orTell(task: () => Promise<void>): Promise<void> {
  try {
    await task();
  } catch (error) {
    throw new NinjaOneError({
      code: 'spool.failed',
      intent: 'invalidInput',
      message: l10n.t(
        'The response is too large for the memory, and it could not be written to a temporary file ({0}). Free up disk space, then try again.',
        plainText((error as NodeJS.ErrnoException).code ?? 'unknown', 40),
      ),
      action: 'showLog',
      cause: error,
    });
  }
}
