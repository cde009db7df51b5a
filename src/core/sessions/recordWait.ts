import type { StoredSession } from './session.ts';
import type { SessionStore } from './sessionStore.ts';

export interface GenerationWait {
  readonly id: string;
  readonly generation: number;
  /** Milliseconds; 0 reads the record once. */
  readonly timeout: number;
}

/**
 * The record once it has at least the given generation, or `undefined` if it does not arrive in time. Rejects if the
 * secret storage fails, because then a later record may exist.
 */
export async function waitForGeneration(
  store: Pick<SessionStore, 'get' | 'reread' | 'onDidChange'>,
  { id, generation, timeout }: GenerationWait,
): Promise<StoredSession | undefined> {
  const started = performance.now();
  for (;;) {
    const present = store.get(id);
    if (present && present.generation >= generation) {
      return present;
    }
    const read = await store.reread(id).then(
      () => undefined,
      (error: unknown) => ({ error }),
    );
    if (performance.now() - started >= timeout) {
      if (read) {
        throw read.error;
      }
      const last = store.get(id);
      return last && last.generation >= generation ? last : undefined;
    }
    await nextChange(store, 50);
  }
}

/** Resolves when the store changes, at the latest after so many milliseconds. */
function nextChange(store: Pick<SessionStore, 'onDidChange'>, milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      subscription.dispose();
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    const subscription = store.onDidChange(done);
  });
}
