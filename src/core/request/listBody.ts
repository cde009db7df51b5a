import type { BodySink } from '../http/transport.ts';

/**
 * Items of many pages as the body of one answer: a JSON list with an item on each line, each as the server wrote it. Like a
 * body that comes, its first part is in memory, and all of it is in the sink once it has more.
 */
export class ListBody {
  readonly #maxBytes: number;
  readonly #overflow: BodySink;
  readonly #kept: Buffer[] = [];
  #size = 0;
  #items = 0;

  constructor(maxBytes: number, overflow: BodySink) {
    this.#maxBytes = maxBytes;
    this.#overflow = overflow;
  }

  /** Bytes so far. */
  get size(): number {
    return this.#size;
  }

  get items(): number {
    return this.#items;
  }

  /** Takes the JSON texts of some items. Rejects with what the sink throws. */
  async add(items: Iterable<string>): Promise<void> {
    const texts: string[] = [];
    for (const item of items) {
      texts.push(this.#items === 0 ? '[\n' : ',\n', item);
      this.#items++;
    }
    await this.#write(texts.join(''));
  }

  /** The first part of the list, or all of it. */
  async end(): Promise<Uint8Array> {
    await this.#write(this.#items === 0 ? '[]' : '\n]\n');
    return Buffer.concat(this.#kept);
  }

  async #write(text: string): Promise<void> {
    const part = Buffer.from(text);
    const before = this.#size;
    this.#size += part.byteLength;
    if (this.#size > this.#maxBytes) {
      if (before <= this.#maxBytes) {
        await this.#overflow.start();
        for (const earlier of this.#kept) {
          await this.#overflow.write(earlier);
        }
      }
      await this.#overflow.write(part);
    }
    if (before < this.#maxBytes) {
      this.#kept.push(part.subarray(0, this.#maxBytes - before));
    }
  }
}
