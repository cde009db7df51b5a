import { SpillBuffer, type BodySink } from '../http/spillBuffer.ts';

/**
 * Writes the items of many pages as one JSON list, with each page's source text on its own line. As with a received body,
 * the first part is in memory, and all of it is in the sink once it is larger.
 */
export class JsonListWriter {
  readonly #body: SpillBuffer;
  #items = 0;

  constructor(maxBytes: number, overflow: BodySink) {
    this.#body = new SpillBuffer(maxBytes, overflow);
  }

  /** Bytes written. */
  get size(): number {
    return this.#body.size;
  }

  /** Adds the JSON text of so many items, separated by commas. Rejects with the error of the sink. */
  async add(text: Uint8Array, items: number): Promise<void> {
    if (items > 0) {
      await this.#body.write(Buffer.from(this.#items === 0 ? '[\n' : ',\n'));
      await this.#body.write(text);
      this.#items += items;
    }
  }

  /** Ends the list; returns all of it or its first part. */
  async end(): Promise<Uint8Array> {
    await this.#body.write(Buffer.from(this.#items === 0 ? '[]' : '\n]\n'));
    return this.#body.first();
  }
}
