import { SpillBuffer, type BodySink } from '../http/spillBuffer.ts';

/**
 * Items of many pages as the body of one answer: a JSON list with each page on a line of its own, as the server wrote it. Like a
 * body that comes, its first part is in memory, and all of it is in the sink once it has more.
 */
export class JsonListWriter {
  readonly #body: SpillBuffer;
  #items = 0;

  constructor(maxBytes: number, overflow: BodySink) {
    this.#body = new SpillBuffer(maxBytes, overflow);
  }

  /** Bytes so far. */
  get size(): number {
    return this.#body.size;
  }

  /** Takes the JSON text of so many items, with the commas between them. Rejects with what the sink throws. */
  async add(text: Uint8Array, items: number): Promise<void> {
    if (items > 0) {
      await this.#body.write(Buffer.from(this.#items === 0 ? '[\n' : ',\n'));
      await this.#body.write(text);
      this.#items += items;
    }
  }

  /** The first part of the list, or all of it. */
  async end(): Promise<Uint8Array> {
    await this.#body.write(Buffer.from(this.#items === 0 ? '[]' : '\n]\n'));
    return this.#body.first();
  }
}
