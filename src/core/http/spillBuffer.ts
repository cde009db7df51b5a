/** Receives a large body in parts. The next part waits until the last one is written. An error ends the exchange. */
export interface BodySink {
  /** Starts a body and discards earlier parts, which belong to an exchange that failed. */
  start(): void | Promise<void>;
  write(part: Uint8Array): void | Promise<void>;
}

/** Collects a body: its first `maxBytes` in memory and, once it is larger, all of it in the sink. */
export class SpillBuffer {
  readonly #maxBytes: number;
  readonly #sink: BodySink;
  readonly #first: Uint8Array[] = [];
  #size = 0;

  constructor(maxBytes: number, sink: BodySink) {
    this.#maxBytes = maxBytes;
    this.#sink = sink;
  }

  /** Bytes received. */
  get size(): number {
    return this.#size;
  }

  get hasSpilled(): boolean {
    return this.#size > this.#maxBytes;
  }

  /** Rejects with the error of the sink. */
  async write(part: Uint8Array): Promise<void> {
    const before = this.#size;
    this.#size += part.byteLength;
    if (this.hasSpilled) {
      if (before <= this.#maxBytes) {
        await this.#sink.start();
        for (const earlier of this.#first) {
          await this.#sink.write(earlier);
        }
      }
      await this.#sink.write(part);
    }
    if (before < this.#maxBytes) {
      this.#first.push(part.subarray(0, this.#maxBytes - before));
    }
  }

  /** The first `maxBytes` of the body. */
  first(): Uint8Array {
    const size = this.#first.reduce((sum, part) => sum + part.byteLength, 0);
    // `Buffer.concat` would cut a small body out of a block of 8 kB, which would live as long as the body.
    const all = new Uint8Array(size);
    let end = 0;
    for (const part of this.#first) {
      all.set(part, end);
      end += part.byteLength;
    }
    return all;
  }
}
