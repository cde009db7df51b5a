import type { MarkedOperation } from '../api/passwordRule.ts';
import { isUtf8Name } from '../http/charset.ts';
import { OddEnd, type OddJsonEnd } from '../json/jsonEnd.ts';
import { SecretFinder } from './secretFinder.ts';

/**
 * What is known of the JSON of a response that is too large for memory. It looks at each byte once, when it comes, so that
 * nobody has to read the stored response again before it is shown or saved.
 */
export class ReceivedJson {
  readonly #operation: MarkedOperation;
  #end = new OddEnd();
  #secrets: SecretFinder;
  /** Whether it is a list or an object, as far as one can tell. */
  #isJson = true;

  constructor(operation: MarkedOperation) {
    this.#operation = operation;
    this.#secrets = new SecretFinder(operation);
  }

  /** Forgets an exchange that failed. */
  start(): void {
    this.#end = new OddEnd();
    this.#secrets = new SecretFinder(this.#operation);
    this.#isJson = true;
  }

  take(part: Uint8Array): void {
    this.#isJson &&= this.#end.take(part);
    if (this.#isJson) {
      this.#secrets.take(part);
    }
  }

  get oddEnd(): OddJsonEnd {
    return this.#end.found;
  }

  /** The first value that is a secret by its name, after the last part; undefined if that is unknown. */
  secretName(charset: string): { readonly found: string | undefined } | undefined {
    if (!this.#isJson || !isUtf8Name(charset)) {
      return undefined;
    }
    this.#secrets.end();
    return { found: this.#secrets.found };
  }
}
