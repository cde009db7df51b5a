import { isPasswordName, PAIR_NAME, passwordsInResponse } from '../api/passwordValues.ts';
import type { Traits } from '../catalog/operation.ts';
import { decoderOf } from '../http/charset.ts';
import { DOTS, type MaskedValue } from '../json/formatJson.ts';
import { stringValue } from '../json/jsonReader.ts';
import { JsonScanner } from '../json/jsonScanner.ts';
import type { ResponseView } from './responseView.ts';

/**
 * Masks the values of members that are named like passwords, which an instance may add to any response (E4). Everything
 * else in the text stays as it is. In text that is no JSON, nothing is known to be a member.
 */
export function maskNamedSecrets(view: ResponseView, operation: Marked): ResponseView {
  const { text, kind } = view;
  const isMarked = (operation.traits.passwords ?? []).length > 0;
  if ((kind !== 'json' && kind !== 'jsonLines') || (!isMarked && !hasSecretName(text))) {
    return view;
  }
  const parts: string[] = [];
  const masked: MaskedValue[] = [];
  let [at, size, line] = [0, 0, 0];
  const copyTo = (end: number): void => {
    const part = text.slice(at, end);
    for (let index = part.indexOf('\n'); index >= 0; index = part.indexOf('\n', index + 1)) {
      line += 1;
    }
    parts.push(part);
    size += part.length;
  };
  for (const { start, end, location } of secretsIn(text, kind, operation)) {
    copyTo(start);
    masked.push({ line, offset: size, length: MASK.length, path: pathOf(location), value: text.slice(start, end) });
    parts.push(MASK);
    size += MASK.length;
    at = end;
  }
  copyTo(text.length);
  return masked.length === 0 ? view : { ...view, text: parts.join(''), masked };
}

/** An operation, or only its marks. */
interface Marked {
  readonly traits: Pick<Traits, 'passwords'>;
}

interface Secret {
  readonly start: number;
  readonly end: number;
  readonly location: readonly string[];
}

function secretsIn(text: string, kind: 'json' | 'jsonLines', operation: Marked): readonly Secret[] {
  if (kind === 'json') {
    return passwordsInResponse(text, operation);
  }
  let offset = 0;
  return text.split('\n').flatMap((line) => {
    const from = offset;
    offset += line.length + 1;
    return passwordsInResponse(line, operation).map(({ start, end, location }) => ({
      start: from + start,
      end: from + end,
      location,
    }));
  });
}

/** A name in a response that may be that of a password, also in the part of it that is not shown; undefined without one. */
export async function findSecretName(bytes: AsyncIterable<Uint8Array>, charset: string): Promise<string | undefined> {
  const decoder = decoderOf(charset, false);
  const names = new SecretNames();
  for await (const part of bytes) {
    for (let at = 0; at < part.byteLength; at += PIECE) {
      const found = names.take(decoder.decode(part.subarray(at, at + PIECE), { stream: true }));
      if (found !== undefined) {
        return found;
      }
    }
  }
  return names.take(decoder.decode());
}

/** Bytes. V8 frees long texts much later than short ones, so a large response would fill the memory. */
const PIECE = 16_384;

/** Looks at the names of members, and at the names in pairs such as `{"name": "password", "value": "…"}`. */
class SecretNames {
  readonly #scanner = new JsonScanner();
  readonly #judged = new Set<string>();
  /** The start of a string from earlier parts. */
  #begun = '';
  /** The last string, which is a name if a colon follows. */
  #string: string | undefined;
  /** Whether the next string is the name in a pair. */
  #isLabel = false;

  /** The first name in this part that may be that of a password. */
  take(part: string): string | undefined {
    const scanner = this.#scanner;
    scanner.continueWith(part);
    while (scanner.next()) {
      const { kind, start, end } = scanner;
      let name: string | undefined;
      if (kind === 'string') {
        this.#string = this.#begun + part.slice(start, end);
        this.#begun = '';
        name = this.#isLabel ? this.#string : undefined;
        this.#isLabel = false;
      } else if (kind === ':' && this.#string !== undefined) {
        name = this.#string;
        this.#isLabel = PAIR_NAME.test(name.slice(1, -1));
      } else {
        this.#isLabel = false;
      }
      if (name !== undefined && !this.#judged.has(name)) {
        this.#judged.add(name);
        const text = textOf(name);
        if (isPasswordName(text)) {
          return text;
        }
      }
    }
    this.#begun = scanner.isInString ? (this.#begun + part.slice(scanner.start)).slice(0, MAX_NAME) : '';
    return undefined;
  }
}

function hasSecretName(text: string): boolean {
  return new SecretNames().take(text) !== undefined;
}

/** Only the start of a long string is known, and an instance may send an invalid one. */
function textOf(token: string): string {
  try {
    return stringValue(token);
  } catch {
    return token;
  }
}

/** Characters. */
const MAX_NAME = 2000;
const MASK = JSON.stringify(DOTS);
const MAX_STEPS = 12;

function pathOf(location: readonly string[]): string {
  return `${location.length > MAX_STEPS ? '….' : ''}${location.slice(-MAX_STEPS).join('.')}`;
}
