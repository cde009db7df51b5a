/** Where a large body goes, part by part. The next part waits until the last one was taken; its errors end the exchange. */
export interface BodySink {
  /** A body begins; what came before it belongs to an exchange that failed. */
  start(): void | Promise<void>;
  write(part: Uint8Array): void | Promise<void>;
}

/** A body that comes part by part: its first `maxBytes` in memory and, once it has more, all of it in the sink. */
export class SpillBuffer {
  readonly #maxBytes: number;
  readonly #sink: BodySink;
  readonly #first: Uint8Array[] = [];
  #size = 0;

  constructor(maxBytes: number, sink: BodySink) {
    this.#maxBytes = maxBytes;
    this.#sink = sink;
  }

  /** Bytes so far. */
  get size(): number {
    return this.#size;
  }

  get hasSpilled(): boolean {
    return this.#size > this.#maxBytes;
  }

  /** Rejects with what the sink throws. */
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

  /** What is in memory. */
  first(): Uint8Array {
    return Buffer.concat(this.#first);
  }
}
