import { createHash, randomUUID } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { canceled, isNinjaOneError, NinjaOneError, plainText } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';

export type FileParts = AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>;

/**
 * Writes the file whole or not at all, part by part, readable for its owner only. When this rejects, with the error of
 * the source or of the disk, the file is as it was.
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

/** The same for a place that a person chose. Rejects with `file.notWritten`, or as canceled. */
export async function saveFile(path: string, parts: FileParts, signal?: AbortSignal): Promise<void> {
  try {
    await writeAtomically(path, parts, signal);
  } catch (error) {
    throw signal?.aborted ? canceled() : isNinjaOneError(error) ? error : writeFailed(path, error);
  }
}

/** For ids and addresses, which come from stored records or from a server and may hold anything. */
export function hashedFileName(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 32);
}

/** Windows refuses to replace a file while another process reads it; that takes a moment only. */
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
