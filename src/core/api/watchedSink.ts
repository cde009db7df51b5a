import type { BodySink } from '../http/spillBuffer.ts';
import { OddEnd } from '../json/jsonEnd.ts';
import { FAILURE_SIGN, MAX_SIGN } from './failureForms.ts';

/**
 * Passes a large body on to its sink, and sees whether it proves that a write was executed: not if it ends in the middle of
 * its JSON, or if any member in it can be that of a failure.
 */
export class WatchedSink implements BodySink {
  readonly #sink: BodySink;
  #end = new OddEnd();
  #hasSign = false;
  /** The end of the last part. */
  #tail = '';

  constructor(sink: BodySink) {
    this.#sink = sink;
  }

  get isProof(): boolean {
    return this.#end.found !== 'inside' && !this.#hasSign;
  }

  start(): void | Promise<void> {
    this.#end = new OddEnd();
    this.#hasSign = false;
    this.#tail = '';
    return this.#sink.start();
  }

  write(part: Uint8Array): void | Promise<void> {
    this.#end.take(part);
    if (!this.#hasSign) {
      const text = this.#tail + Buffer.from(part).toString('latin1');
      this.#hasSign = FAILURE_SIGN.test(text);
      this.#tail = text.slice(-MAX_SIGN);
    }
    return this.#sink.write(part);
  }
}
