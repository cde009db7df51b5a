import { IDENTITY, PasswordRule, withoutRepeats, type MarkedOperation, type MemberName } from '../api/passwordRule.ts';
import { decoderOf, isUtf8Name } from '../http/charset.ts';
import { JsonBytes, type JsonListener } from '../json/jsonBytes.ts';

/**
 * Looks in the bytes of a JSON response in UTF-8, which arrive in parts, for the first value that `passwordsInResponse()`
 * would mask. The response can be larger than the memory, so no value is stored: of those in an open object, it is only
 * known which kinds there are.
 */
export class SecretFinder extends PasswordRule implements JsonListener<MemberName> {
  readonly #reader = new JsonBytes(this);
  /** For each open list and object, the kinds of values in the name and the value of a pair, and in all other members. */
  readonly #ofLabels: number[] = [0];
  readonly #ofPairValues: number[] = [0];
  readonly #ofOthers: number[] = [0];
  #found: string | undefined;

  constructor(operation: MarkedOperation) {
    super(operation, IDENTITY);
  }

  /** The path of such a value, or the name in its pair; undefined if there is none so far. */
  get found(): string | undefined {
    return this.#found;
  }

  take(part: Uint8Array): void {
    if (this.#found === undefined) {
      this.#reader.take(part);
    }
  }

  /** Called after the last part. */
  end(): void {
    this.#reader.end();
  }

  get isTextNeeded(): boolean {
    return this.isInLabel;
  }

  addString(isEmpty: boolean): void {
    if (this.isInLabel) {
      this.takeLabel(this.#reader.text);
    }
    if (!isEmpty) {
      this.#addValue();
    }
  }

  addNumber(): void {
    this.#addValue();
  }

  override open(): void {
    super.open();
    this.#ofLabels[this.depth] = 0;
    this.#ofPairValues[this.depth] = 0;
    this.#ofOthers[this.depth] = 0;
  }

  override close(): void {
    const { depth } = this;
    super.close();
    if (this.depth < depth) {
      this.#add((this.#ofLabels[depth] ?? 0) | (this.#ofPairValues[depth] ?? 0) | (this.#ofOthers[depth] ?? 0));
    }
    if (this.depth === 0 && ((this.#ofOthers[0] ?? 0) & SECRET_NAME) > 0) {
      this.#found ??= 'name';
    }
  }

  protected endPair(label: string | undefined): void {
    const { depth } = this;
    const values = this.#ofPairValues[depth] ?? 0;
    const labels = this.#ofLabels[depth] ?? 0;
    if (label !== undefined && (values & PLAIN) > 0) {
      this.#found ??= label;
    }
    if (label !== undefined && (values & PLAIN_NAME) > 0) {
      this.#ofPairValues[depth] = values | SECRET_NAME;
    }
    this.#ofLabels[depth] = labels & ~SECRET_NAME;
  }

  #addValue(): void {
    const isNamed = this.name.text === 'name';
    if (!this.isSecretHere) {
      this.#add(isNamed ? PLAIN_NAME : PLAIN);
    } else if (isNamed) {
      this.#add(SECRET_NAME);
    } else {
      this.#found ??= pathOf(withoutRepeats(this.names()).slice(1));
    }
  }

  #add(kinds: number): void {
    const { depth } = this;
    const member = this.part?.member;
    const list =
      member?.isLabel === true ? this.#ofLabels : member?.isPairValue === true ? this.#ofPairValues : this.#ofOthers;
    list[depth] = (list[depth] ?? 0) | kinds;
  }
}

/** Kinds of values. One that is named `name` can be a password until the pair ends of which it is the name. */
const PLAIN = 1;
const PLAIN_NAME = 2;
const SECRET_NAME = 4;

/** The first value in a response of any size that is a password by its name; undefined if there is none. */
export async function findSecretName(
  bytes: AsyncIterable<Uint8Array>,
  charset: string,
  operation: MarkedOperation,
): Promise<string | undefined> {
  const finder = new SecretFinder(operation);
  const decoder = isUtf8Name(charset) ? undefined : decoderOf(charset, false);
  const encoder = new PieceEncoder();
  for await (const part of bytes) {
    if (!decoder) {
      finder.take(part);
    }
    for (let at = 0; decoder && at < part.byteLength; at += PIECE) {
      finder.take(encoder.encode(decoder.decode(part.subarray(at, at + PIECE), { stream: true })));
    }
    if (finder.found !== undefined) {
      return finder.found;
    }
  }
  finder.end();
  return finder.found;
}

/** The same in a text. */
export function hasSecretName(text: string, operation: MarkedOperation): boolean {
  const finder = new SecretFinder(operation);
  const encoder = new PieceEncoder();
  for (let at = 0; at < text.length && finder.found === undefined; at += PIECE) {
    finder.take(encoder.encode(text.slice(at, at + PIECE)));
  }
  finder.end();
  return finder.found !== undefined;
}

/** Writes one short text after the other into the same bytes. */
class PieceEncoder {
  readonly #encoder = new TextEncoder();
  readonly #bytes = new Uint8Array(3 * PIECE);

  encode(text: string): Uint8Array {
    return this.#bytes.subarray(0, this.#encoder.encodeInto(text, this.#bytes).written);
  }
}

/** Bytes or characters. V8 frees long texts much later than short ones, so a large response would fill the memory. */
const PIECE = 16_384;

const MAX_STEPS = 12;

/** The names of the members that lead to a value in one line, the last ones if there are many. */
export function pathOf(location: readonly string[]): string {
  return `${location.length > MAX_STEPS ? '….' : ''}${location.slice(-MAX_STEPS).join('.')}`;
}
