/**
 * The sessions that were signed out, in any window. This window also remembers its last ones itself, in case the disk
 * cannot be written.
 */
export class RemovedSessions {
  readonly #isEnded: (id: string) => Promise<boolean>;
  readonly #recent = new Set<string>();

  constructor(isEnded: (id: string) => Promise<boolean>) {
    this.#isEnded = isEnded;
  }

  add(id: string): void {
    this.#recent.add(id);
    for (const oldest of [...this.#recent].slice(0, -MAX_RECENT)) {
      this.#recent.delete(oldest);
    }
  }

  /** Must be checked again after every await, because the user may have signed out meanwhile. */
  async has(id: string): Promise<boolean> {
    const isEnded = await this.#isEnded(id);
    return isEnded || this.#recent.has(id);
  }
}

const MAX_RECENT = 20;
