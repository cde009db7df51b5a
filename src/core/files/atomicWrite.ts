import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { canceled, isNinjaOneError, NinjaOneError, plainText } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';

export type FileParts = AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>;

/**
 * Writes the file whole or not at all, part by part, readable for its owner only. Rejects with `file.notWritten`, or as
 * canceled; then the file is as it was.
 */
export async function writeAtomically(path: string, parts: FileParts, signal?: AbortSignal): Promise<void> {
  const draft = `${path}.${randomUUID()}.part`;
  try {
    await pipeline(Readable.from(parts), createWriteStream(draft, { flags: 'wx', mode: 0o600 }), {
      ...(signal ? { signal } : {}),
    });
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw signal?.aborted ? canceled() : isNinjaOneError(error) ? error : writeFailed(path, error);
  }
}

function writeFailed(path: string, error: unknown): NinjaOneError {
  const { code = 'unknown' } = error as NodeJS.ErrnoException;
  return new NinjaOneError({
    code: 'file.notWritten',
    intent: 'invalidInput',
    message: l10n.t('{0} could not be written ({1}). Choose another place.', plainText(path, 200), plainText(code, 40)),
    cause: error,
  });
}
