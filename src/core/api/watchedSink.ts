import type { BodySink } from '../http/spillBuffer.ts';
import { OddEnd } from '../json/jsonEnd.ts';

/** Passes a large body on to its sink, and sees whether it ends in the middle of its JSON. */
export class WatchedSink implements BodySink {
  readonly #sink: BodySink;
  #end = new OddEnd();

  constructor(sink: BodySink) {
    this.#sink = sink;
  }

  get isCut(): boolean {
    return this.#end.found === 'inside';
  }

  start(): void | Promise<void> {
    this.#end = new OddEnd();
    return this.#sink.start();
  }

  write(part: Uint8Array): void | Promise<void> {
    this.#end.take(part);
    return this.#sink.write(part);
  }
}
