import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * Divides long work into slices, between which everything else in this process goes on. The function that this returns is
 * called often, and returns a promise to wait for when a slice is over. Both the call and the promise fail when the
 * signal is aborted.
 */
export function workSlices(signal: AbortSignal | undefined): () => Promise<void> | undefined {
  let started = performance.now();
  return () => {
    signal?.throwIfAborted();
    if (performance.now() - started < SLICE_MS) {
      return undefined;
    }
    return nextTurn(undefined, signal ? { signal } : {}).then(() => {
      started = performance.now();
    });
  };
}

/** Short enough that typing and scrolling do not notice it. */
const SLICE_MS = 12;
