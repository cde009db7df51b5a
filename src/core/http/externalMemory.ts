import { setTimeout as pause } from 'node:timers/promises';

/**
 * Keeps the memory small in which a long body arrives. Its parts are buffers outside the heap of V8, which frees unused
 * buffers only when there are 64 MB of them. Until then the process grows, and it does not shrink again. `fetch` makes a
 * new buffer for each part, and no option of ours reaches the connections of VS Code.
 */
export class ExternalMemory {
  #freedAt = 0;
  #isFreed = true;

  /**
   * Call this after each part, when nobody needs the part anymore, with the number of bytes that have arrived. Waits
   * now and then, until V8 has freed the parts.
   */
  async release(bytes: number): Promise<void> {
    if (this.#isFreed && bytes - this.#freedAt >= PORTION) {
      this.#freedAt = bytes;
      this.#isFreed = await freeUnusedBuffers();
    }
  }
}

/** Bytes. With smaller portions, the garbage collector would take more time and save little memory. */
const PORTION = 8_000_000;

/**
 * Makes V8 free unused buffers by leaving it one more, which is as large as all that V8 waits for. Nobody writes to this
 * buffer, so the system gives it no memory. Resolves to false if V8 frees nothing in time or cannot create the buffer.
 */
async function freeUnusedBuffers(): Promise<boolean> {
  const enough = process.memoryUsage().arrayBuffers + UNTOUCHED / 2;
  try {
    new ArrayBuffer(UNTOUCHED);
  } catch {
    return false;
  }
  for (let waited = 0; waited < MAX_WAIT; waited += STEP) {
    await pause(STEP);
    if (process.memoryUsage().arrayBuffers < enough) {
      return true;
    }
  }
  return false;
}

/** Bytes. */
const UNTOUCHED = 2 ** 26;
/** Milliseconds. A busy computer needs hundreds of them. */
const MAX_WAIT = 3000;
const STEP = 10;
