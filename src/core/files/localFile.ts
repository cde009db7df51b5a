import { constants } from 'node:fs';
import { open, realpath, stat, type FileHandle } from 'node:fs/promises';
import { isAbsolute, relative, sep } from 'node:path';
import { errorMessage, isNinjaOneError, NinjaOneError, plainText } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';

/** A file of this machine that is open for reading. */
export interface LocalFile {
  /** Bytes. */
  readonly size: number;
  /** Exactly `size` bytes, in parts of 64 KB. Rejects if the file has become shorter or cannot be read. */
  chunks(): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

/**
 * Opens a file whose real path, with all symbolic links resolved, passes the check. The check is about the file that is
 * open: a link that changes meanwhile is noticed. Rejects with `request.fileNotFound`, `request.fileNotReadable` or the
 * error of the check.
 */
export async function openLocalFile(path: string, check: (realPath: string) => void): Promise<LocalFile> {
  let handle: FileHandle | undefined;
  try {
    // Without this flag, opening a pipe would wait for somebody who writes into it. Windows does not have it.
    handle = await open(path, constants.O_RDONLY | ((constants.O_NONBLOCK as number | undefined) ?? 0));
    const opened = await handle.stat();
    const real = await realpath(path);
    check(real);
    const named = await stat(real);
    if (!opened.isFile() || opened.ino !== named.ino || opened.dev !== named.dev) {
      throw notReadable(path, 'not a file');
    }
    return new OpenLocalFile(handle, path, opened.size);
  } catch (error) {
    await handle?.close();
    throw isNinjaOneError(error) ? error : failureOf(error, path);
  }
}

/** Whether a real path is in a folder, which is a real path too. */
export function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

class OpenLocalFile implements LocalFile {
  readonly size: number;
  readonly #handle: FileHandle;
  readonly #path: string;

  constructor(handle: FileHandle, path: string, size: number) {
    this.#handle = handle;
    this.#path = path;
    this.size = size;
  }

  async *chunks(): AsyncIterable<Uint8Array> {
    for (let at = 0; at < this.size;) {
      const part = Buffer.allocUnsafe(Math.min(PART, this.size - at));
      const { bytesRead } = await this.#handle.read(part, 0, part.byteLength, at);
      if (bytesRead === 0) {
        throw notReadable(this.#path, 'the file has become shorter');
      }
      at += bytesRead;
      yield part.subarray(0, bytesRead);
    }
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

/** Bytes. */
const PART = 65_536;

function failureOf(error: unknown, path: string): NinjaOneError {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR' ? fileNotFound(path) : notReadable(path, errorMessage(error));
}

export function fileNotFound(path: string): NinjaOneError {
  return new NinjaOneError({
    code: 'request.fileNotFound',
    intent: 'invalidInput',
    message: l10n.t('The file {0} does not exist. Choose another file.', plainText(path, 300)),
  });
}

function notReadable(path: string, reason: string): NinjaOneError {
  return new NinjaOneError({
    code: 'request.fileNotReadable',
    intent: 'invalidInput',
    message: l10n.t({
      message: 'The file {0} could not be read: {1}. Choose another file, or correct the problem.',
      args: [plainText(path, 300), plainText(reason, 200)],
      comment: '{0} is a path and {1} the error of the operating system.',
    }),
  });
}
