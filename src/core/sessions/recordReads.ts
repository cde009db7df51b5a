export interface RecordReadsOptions<T, R> {
  readonly load: (id: string) => Promise<T>;
  /** Called at once after a read that no later change or read has overtaken. */
  readonly apply: (id: string, loaded: T) => R;
}

/**
 * Reads of records. Reads can finish out of order, so a read that started before the last change of its record is
 * repeated.
 */
export class RecordReads<T, R> {
  readonly #options: RecordReadsOptions<T, R>;
  readonly #running = new Map<string, Turns>();

  constructor(options: RecordReadsOptions<T, R>) {
    this.#options = options;
  }

  /** Rejects if the record cannot be loaded. */
  async read(id: string): Promise<R> {
    const { load, apply } = this.#options;
    const turns = this.#running.get(id) ?? { readers: 0, started: 0, applied: 0 };
    this.#running.set(id, turns);
    turns.readers += 1;
    try {
      for (;;) {
        const turn = ++turns.started;
        const loaded = await load(id);
        if (turn > turns.applied) {
          turns.applied = turn;
          return apply(id, loaded);
        }
      }
    } finally {
      turns.readers -= 1;
      if (turns.readers === 0) {
        this.#running.delete(id);
      }
    }
  }

  /** Must be called for every change of a record that does not come from a read. */
  markChanged(id: string): void {
    const turns = this.#running.get(id);
    if (turns) {
      turns.applied = ++turns.started;
    }
  }
}

interface Turns {
  readers: number;
  /** Number of the last read or change. */
  started: number;
  /** Number of the read or change whose result was applied last. */
  applied: number;
}
