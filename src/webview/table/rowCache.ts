import type { PageCell } from './tableProtocol.ts';

/** The rows near those in sight, in blocks. The extension has the others. */
export class RowCache {
  readonly #request: (from: number, to: number) => void;
  /** In the order of their last use. */
  readonly #blocks = new Map<number, readonly (readonly PageCell[])[]>();
  readonly #requested = new Set<number>();
  #count = 0;

  /** `request` asks for the rows from `from` to before `to`. */
  constructor(request: (from: number, to: number) => void) {
    this.#request = request;
  }

  /** Number of rows, of which no one has to be in memory. */
  get count(): number {
    return this.#count;
  }

  /** Forgets all rows, because others are displayed in their places. */
  reset(count: number): void {
    this.#blocks.clear();
    this.#requested.clear();
    this.#count = count;
  }

  /** More rows follow. The last block may have been incomplete. */
  grow(count: number): void {
    const last = Math.floor(this.#count / BLOCK);
    this.#blocks.delete(last);
    this.#requested.delete(last);
    this.#count = count;
  }

  /** The cells of a row; undefined if they are not here. */
  row(row: number): readonly PageCell[] | undefined {
    return this.#blocks.get(Math.floor(row / BLOCK))?.[row % BLOCK];
  }

  /** Requests what is missing of these rows. */
  want(from: number, to: number): void {
    for (let block = Math.floor(Math.max(0, from) / BLOCK); block * BLOCK < Math.min(to, this.#count); block++) {
      const rows = this.#blocks.get(block);
      if (rows) {
        this.#blocks.delete(block);
        this.#blocks.set(block, rows);
      } else if (!this.#requested.has(block)) {
        this.#requested.add(block);
        this.#request(block * BLOCK, Math.min((block + 1) * BLOCK, this.#count));
      }
    }
  }

  add(from: number, rows: readonly (readonly PageCell[])[]): void {
    const block = from / BLOCK;
    if (!this.#requested.delete(block)) {
      return;
    }
    this.#blocks.set(block, rows);
    for (const oldest of this.#blocks.keys()) {
      if (this.#blocks.size <= MAX_BLOCKS) {
        break;
      }
      this.#blocks.delete(oldest);
    }
  }
}

/** Rows, more than a window shows. */
const BLOCK = 100;
const MAX_BLOCKS = 50;
