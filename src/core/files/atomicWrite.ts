import { createHash, randomUUID } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { canceled, isNinjaOneError, NinjaOneError, plainText } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';

export type FileParts = AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>;

/**
 * Writes a file atomically, in parts, and readable only for its owner. If this rejects with an error of the source or
 * the disk, the file is unchanged.
 */
export async function writeAtomically(path: string, parts: FileParts, signal?: AbortSignal): Promise<void> {
  const draft = `${path}.${randomUUID()}.part`;
  try {
    await writeFile(draft, parts, { flag: 'wx', mode: 0o600, ...(signal ? { signal } : {}) });
    await replaceFile(draft, path);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => {});
    throw error;
  }
}

/** Writes to a path that the user chose. Rejects with `file.notWritten`, or as canceled. */
export async function saveFile(path: string, parts: FileParts, signal?: AbortSignal): Promise<void> {
  try {
    await writeAtomically(path, parts, signal);
  } catch (error) {
    throw signal?.aborted ? canceled() : isNinjaOneError(error) ? error : writeFailed(path, error);
  }
}

/** For IDs and addresses from stored records or a server, which can contain any character. */
export function hashedFileName(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 32);
}

/** Windows refuses to replace a file while another process reads it, so retry briefly. */
async function replaceFile(draft: string, path: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await rename(draft, path);
      return;
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      if (attempt >= 5 || !['EPERM', 'EACCES', 'EBUSY'].includes(code)) {
        throw error;
      }
      await sleep(20);
    }
  }
}

function writeFailed(path: string, error: unknown): NinjaOneError {
  const { code = 'unknown' } = error as NodeJS.ErrnoException;
  return new NinjaOneError({
    code: 'file.notWritten',
    intent: 'invalidInput',
    message: l10n.t('Could not write {0} ({1}). Choose another location.', plainText(path, 200), plainText(code, 40)),
    cause: error,
  });
}
