import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';

/**
 * Milliseconds, long enough for a machine whose cores are busy with other work. The one place to change them; mocha's own
 * limit must be longer than `step`, so that a failure names what was waited for.
 */
export const TIMEOUT = {
  /** One try of a step that is tried again when nothing came of it. */
  attempt: 5_000,
  /** Until what was done has taken effect on the screen. */
  step: 45_000,
  /** Until a window and its extension host have started. */
  window: 90_000,
} as const;

const INTERVAL = 50;

export interface EventuallyOptions {
  /** Milliseconds; `TIMEOUT.step` when nothing is said. */
  readonly timeout?: number;
}

/** Tries again until `action` does not throw, and answers what it returns. Throws its last error when the time is over. */
export async function eventually<Result>(
  action: () => Result | Promise<Result>,
  { timeout = TIMEOUT.step }: EventuallyOptions = {},
): Promise<Result> {
  const end = performance.now() + timeout;
  for (;;) {
    try {
      return await action();
    } catch (error) {
      if (performance.now() > end) {
        if (error instanceof Error) {
          error.message = `After ${timeout / 1000} s: ${error.message}`;
        }
        throw error;
      }
    }
    await pause(INTERVAL);
  }
}

/** Reads again until the value is deeply equal to `expected`, matches it, or satisfies it; answers the value. */
export function expectToBecome<Value>(
  read: () => Value | Promise<Value>,
  expected: Value | RegExp | ((value: Value) => boolean),
  options?: EventuallyOptions,
): Promise<Value> {
  return eventually(async () => {
    const value = await read();
    if (expected instanceof RegExp) {
      assert.match(String(value), expected);
    } else if (typeof expected === 'function') {
      const isSatisfied = (expected as (value: Value) => boolean)(value);
      assert.ok(isSatisfied, `The value is ${JSON.stringify(value)}, which does not satisfy ${expected.toString()}`);
    } else {
      assert.deepEqual(value, expected);
    }
    return value;
  }, options);
}
