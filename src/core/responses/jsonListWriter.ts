import type { BodySink } from '../http/transport.ts';

/**
 * Items of many pages as the body of one answer: a JSON list with each page on a line of its own, as the server wrote it. Like a
 * body that comes, its first part is in memory, and all of it is in the sink once it has more.
 */
export class JsonListWriter {
  readonly #maxBytes: number;
  readonly #overflow: BodySink;
  readonly #kept: Uint8Array[] = [];
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

  /** Takes the JSON text of so many items, with the commas between them. Rejects with what the sink throws. */
  async add(text: Uint8Array, items: number): Promise<void> {
    if (items > 0) {
      await this.#write(Buffer.from(this.#items === 0 ? '[\n' : ',\n'));
      await this.#write(text);
      this.#items += items;
    }
  }

  /** The first part of the list, or all of it. */
  async end(): Promise<Uint8Array> {
    await this.#write(Buffer.from(this.#items === 0 ? '[]' : '\n]\n'));
    return Buffer.concat(this.#kept);
  }

  async #write(part: Uint8Array): Promise<void> {
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
