import { open } from 'node:fs/promises';

/**
 * The bytes of a file in parts. All parts share one buffer, so each has to be used before the next is read. With a new
 * buffer for each part, as those of a stream have, dozens of megabytes would wait for the garbage collector.
 */
export async function* readFileParts(path: string): AsyncGenerator<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const buffer = new Uint8Array(PART);
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, PART);
      if (bytesRead === 0) {
        return;
      }
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/** Bytes. */
const PART = 1 << 18;
