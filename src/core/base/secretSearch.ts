import type { Disposable } from './lifecycle.ts';

/** Values of fewer characters are too common to be searched for: the text would become unreadable. */
const MIN_SECRET_LENGTH = 6;

/**
 * Finds secrets in texts, in every encoding in which they are transmitted or quoted. One pass over the text, however many
 * secrets there are: each position is looked up by its first characters, and an encoding is only made when they match.
 */
export class SecretSearch {
  /** How many encodings begin with characters of this hash; most positions of a text have none. */
  readonly #hashes = new Uint16Array(HASHES);
  readonly #byHead = new Map<string, Encoded[]>();
  readonly #secrets = new Map<string, { owners: number; readonly encodings: readonly Encoded[] }>();

  /** Searches for a secret until disposed, and as long as another owner searches for the same one. */
  add(secret: string): Disposable {
    if (secret.length < MIN_SECRET_LENGTH) {
      return { dispose() {} };
    }
    const known = this.#secrets.get(secret);
    if (known) {
      known.owners += 1;
    } else {
      const encodings = encodingsOf(secret).map(({ text, encode }) => ({ head: text.slice(0, HEAD), secret, encode }));
      this.#secrets.set(secret, { owners: 1, encodings });
      encodings.forEach((encoding) => this.#index(encoding));
    }
    let isRegistered = true;
    return {
      dispose: () => {
        if (isRegistered) {
          isRegistered = false;
          this.#release(secret);
        }
      },
    };
  }

  /** The text with `mask` in place of every secret. Secrets that overlap are replaced by one mask. */
  replace(text: string, mask: string): string {
    let result = '';
    let copied = 0;
    let start = 0;
    let end = 0;
    for (let at = 0; at + HEAD <= text.length; at++) {
      const length = this.#hashes[hashAt(text, at)] === 0 ? 0 : this.#lengthAt(text, at);
      if (length === 0) {
        continue;
      }
      if (at > end || end === 0) {
        result += end === 0 ? '' : text.slice(copied, start) + mask;
        copied = end;
        start = at;
      }
      end = Math.max(end, at + length);
    }
    return end === 0 ? text : result + text.slice(copied, start) + mask + text.slice(end);
  }

  /** The length of the longest encoding of a secret at this position; 0 if there is none. */
  #lengthAt(text: string, at: number): number {
    let longest = 0;
    for (const { secret, encode } of this.#byHead.get(text.slice(at, at + HEAD)) ?? []) {
      const encoded = encode(secret);
      if (encoded.length > longest && text.startsWith(encoded, at)) {
        longest = encoded.length;
      }
    }
    return longest;
  }

  #index(encoding: Encoded): void {
    const { head } = encoding;
    this.#count(head, 1);
    const same = this.#byHead.get(head);
    if (same) {
      same.push(encoding);
    } else {
      this.#byHead.set(head, [encoding]);
    }
  }

  #release(secret: string): void {
    const known = this.#secrets.get(secret);
    if (!known || --known.owners > 0) {
      return;
    }
    this.#secrets.delete(secret);
    for (const encoding of known.encodings) {
      const { head } = encoding;
      this.#count(head, -1);
      const left = this.#byHead.get(head)?.filter((each) => each !== encoding) ?? [];
      if (left.length > 0) {
        this.#byHead.set(head, left);
      } else {
        this.#byHead.delete(head);
      }
    }
  }

  #count(head: string, change: 1 | -1): void {
    const hash = hashAt(head, 0);
    this.#hashes[hash] = (this.#hashes[hash] ?? 0) + change;
  }
}

/** The text with `mask` in place of these secrets, in every encoding. */
export function withoutSecrets(text: string, secrets: readonly string[], mask: string): string {
  const search = new SecretSearch();
  secrets.forEach((secret) => search.add(secret));
  return search.replace(text, mask);
}

type Encode = (secret: string) => string;

/** Made again when its head is found in a text: to keep all encodings of all tokens would take 20 kB for each token. */
interface Encoded {
  readonly head: string;
  readonly secret: string;
  readonly encode: Encode;
}

/** No encoding of a secret is shorter. */
const HEAD = MIN_SECRET_LENGTH;
const HASHES = 1 << 14;

function hashAt(text: string, at: number): number {
  let hash = 0;
  for (let index = at; index < at + HEAD; index++) {
    hash = (Math.imul(hash, 31) + text.charCodeAt(index)) | 0;
  }
  return (hash ^ (hash >>> 14)) & (HASHES - 1);
}

/** The encodings of a secret that differ from each other. */
function encodingsOf(secret: string): { readonly text: string; readonly encode: Encode }[] {
  const texts = new Map<string, Encode>();
  for (const encode of ENCODINGS) {
    const text = encode(secret);
    if (!texts.has(text)) {
      texts.set(text, encode);
    }
  }
  return [...texts].map(([text, encode]) => ({ text, encode }));
}

/** As we send it in the body of a token request: URL Standard, application/x-www-form-urlencoded. */
const form: Encode = (secret) => new URLSearchParams([['', secret]]).toString().slice(1);
/** As `encodeURIComponent` does, which throws if half a character is missing. */
const component: Encode = (secret) =>
  form(secret)
    .replaceAll('+', '%20')
    .replace(/%(?:21|27|28|29|7E)/g, (escape) => decodeURIComponent(escape));
/** RFC 3986 §2.3: only unreserved characters stay. */
const strict: Encode = (secret) => form(secret).replaceAll('+', '%20').replaceAll('*', '%2A').replaceAll('%7E', '~');
const json: Encode = (secret) => JSON.stringify(secret).slice(1, -1);
const jsonInAscii: Encode = (secret) =>
  json(secret).replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
const hex: Encode = (secret) => Buffer.from(secret).toString('hex');

const percent: readonly Encode[] = [form, component, strict, (secret) => component(secret).replaceAll('%20', '+')];

/** All encodings in which a secret is transmitted or in which a server, a proxy or a library may quote it. */
const ENCODINGS: readonly Encode[] = [
  (secret) => secret,
  ...percent,
  ...percent.map(
    (encode): Encode =>
      (secret) =>
        lowerEscapes(encode(secret)),
  ),
  (secret) => component(component(secret)),
  json,
  jsonInAscii,
  (secret) => json(secret).replaceAll('/', '\\/'),
  (secret) => json(json(secret)),
  // In Basic credentials (RFC 6749 §2.3.1) the secret stands behind the client ID, both form-encoded.
  ...[0, 1, 2].flatMap((offset): Encode[] => [
    (secret) => base64At(offset, secret),
    (secret) => toBase64url(base64At(offset, secret)),
    (secret) => base64At(offset, form(secret)),
    (secret) => toBase64url(base64At(offset, form(secret))),
  ]),
  hex,
  (secret) => hex(secret).toUpperCase(),
];

function lowerEscapes(text: string): string {
  return text.replace(/%../g, (escape) => escape.toLowerCase());
}

function toBase64url(base64: string): string {
  return base64.replaceAll('+', '-').replaceAll('/', '_');
}

/**
 * The characters of base64 that depend on nothing but the secret, if `offset` bytes, or three more, stand before it. A
 * character holds 6 bits.
 */
function base64At(offset: number, secret: string): string {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)]);
  const first = Math.ceil((offset * 8) / 6);
  return bytes.toString('base64').slice(first, Math.floor((bytes.length * 8) / 6));
}
