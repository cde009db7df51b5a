import { appendFile, open } from 'node:fs/promises';
import { platform } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeAtomically } from './atomicWrite.ts';

/**
 * Rewrites a file to which other windows append lines, and loses none that comes meanwhile. `compact` gets the text and
 * returns the new one, or `undefined` to leave the file as it is. Nothing happens without a file.
 */
export async function compactFile(path: string, compact: (text: string) => string | undefined): Promise<void> {
  const handle = await open(path, 'r').catch(() => undefined);
  if (!handle) {
    return;
  }
  // Windows does not replace a file that is open.
  const isKept = platform() !== 'win32';
  // Reads what was appended since the last time, also after the path has got another file.
  const late = (): Promise<string> => handle.readFile('utf8');
  async function* parts(compacted: string): AsyncGenerator<string> {
    yield compacted;
    yield await late();
    await (isKept ? undefined : handle?.close());
  }
  try {
    const compacted = compact(await late());
    if (compacted !== undefined) {
      await writeAtomically(path, parts(compacted));
      for (let round = 0; isKept && round < ROUNDS; round++) {
        const lines = await late();
        if (lines !== '') {
          await appendFile(path, lines, { mode: 0o600 });
        }
        await sleep(PAUSE);
      }
    }
  } finally {
    await handle.close().catch(() => {});
  }
}

/** A window that has opened the file before it was replaced needs less time to write its line. */
const ROUNDS = 3;
/** Milliseconds. */
const PAUSE = 10;
