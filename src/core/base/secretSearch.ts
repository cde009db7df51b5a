import { EscapedText } from './escapeSequences.ts';
import type { Disposable } from './lifecycle.ts';

/** Values of fewer characters are too common to be searched for: the text would become unreadable. */
const MIN_SECRET_LENGTH = 6;

/**
 * Finds secrets in texts, in the encodings in which they are usually transmitted or quoted, and with the escape sequences
 * in which servers, proxies and libraries write their characters. One pass over the text, however many secrets
 * there are: each position is looked up by its first characters, and an encoding is only made when they match.
 */
export class SecretSearch {
  /** How many encodings begin with characters of this hash; most positions of a text have none. */
  readonly #hashes = new Uint16Array(HASHES);
  /** By the first characters, some and more of them. */
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
      const encodings = encodingsOf(secret).map(({ text, encode }) => ({
        heads: [text.slice(0, HEAD), Array.from(text.slice(0, HEAD)).slice(0, SHORT_HEAD).join('')],
        secret,
        encode,
      }));
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
    const escaped = new EscapedText(text);
    let result = '';
    let copied = 0;
    let start = 0;
    let end = 0;
    let escape = -1;
    for (let at = 0; at + HEAD <= text.length; at++) {
      escape = escape < at ? escaped.nextEscape(at) : escape;
      const heads = escape < at + HEAD ? escaped.startsAt(at, SHORT_HEAD) : [];
      if (heads.length === 0 && this.#hashes[hashAt(text, at)] === 0) {
        continue;
      }
      const candidates = [text.slice(at, at + HEAD), ...heads].flatMap((head) => this.#byHead.get(head) ?? []);
      const found = Math.max(0, ...candidates.map(({ secret, encode }) => escaped.endOf(encode(secret), at)));
      if (found === 0) {
        continue;
      }
      if (at > end || end === 0) {
        result += end === 0 ? '' : text.slice(copied, start) + mask;
        copied = end;
        start = at;
      }
      end = Math.max(end, found);
    }
    return end === 0 ? text : result + text.slice(copied, start) + mask + text.slice(end);
  }

  /**
   * The beginning of the text as `redact` returns it, with at most `limit` characters; the time does not grow with the rest
   * of the text. More is read than is kept, so that no piece of a secret is left where the text ends: as much is left out
   * as the text became shorter.
   */
  cut(text: string, limit: number, redact: (beginning: string) => string): string {
    const more =
      text.length > limit ? MAX_ENCODED * Math.max(0, ...[...this.#secrets.keys()].map((each) => each.length)) : 0;
    const read = redact(text.slice(0, limit + more));
    return text.length > limit + more
      ? read.slice(0, Math.max(0, Math.min(limit, read.length - more)))
      : read.slice(0, limit);
  }

  #index(encoding: Encoded): void {
    for (const head of encoding.heads) {
      this.#count(head, 1);
      const same = this.#byHead.get(head);
      if (same) {
        same.push(encoding);
      } else {
        this.#byHead.set(head, [encoding]);
      }
    }
  }

  #release(secret: string): void {
    const known = this.#secrets.get(secret);
    if (!known || --known.owners > 0) {
      return;
    }
    this.#secrets.delete(secret);
    for (const encoding of known.encodings) {
      for (const head of encoding.heads) {
        this.#count(head, -1);
        const left = this.#byHead.get(head)?.filter((each) => each !== encoding) ?? [];
        if (left.length > 0) {
          this.#byHead.set(head, left);
        } else {
          this.#byHead.delete(head);
        }
      }
    }
  }

  #count(head: string, change: 1 | -1): void {
    if (head.length === HEAD) {
      const hash = hashAt(head, 0);
      this.#hashes[hash] = (this.#hashes[hash] ?? 0) + change;
    }
  }
}

/** The beginning of the text, with `mask` in place of these secrets, in the usual encodings. */
export function withoutSecrets(text: string, secrets: readonly string[], mask: string, limit = Infinity): string {
  const search = new SecretSearch();
  secrets.forEach((secret) => search.add(secret));
  return search.cut(text, limit, (beginning) => search.replace(beginning, mask));
}

type Encode = (secret: string) => string;

/** Made again when its head is found in a text: to keep all encodings of all tokens would take 20 kB for each token. */
interface Encoded {
  readonly heads: readonly string[];
  readonly secret: string;
  readonly encode: Encode;
}

/** Characters in which one of a secret may be written: `\\u005c` in a text that was escaped twice has fewer. */
const MAX_ENCODED = 12;
/** No encoding of a secret is shorter. */
const HEAD = MIN_SECRET_LENGTH;
/** Unicode code points that are looked up where one of the first characters may be escaped. */
const SHORT_HEAD = 3;
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
const json: Encode = (secret) => JSON.stringify(secret).slice(1, -1);
const hex: Encode = (secret) => Buffer.from(secret).toString('hex');
const base64: readonly Encode[] = [0, 1, 2].flatMap((offset): Encode[] => {
  const encode: Encode = (secret) => base64At(offset, Buffer.from(secret));
  return [encode, (secret) => toBase64url(encode(secret))];
});

/**
 * The encodings in which a secret is usually transmitted or quoted and that change its letters and digits; the others
 * are escape sequences. Quoted-printable and Base32 are left out: they are for mail and for people, and no log has
 * them.
 */
const ENCODINGS: readonly Encode[] = [
  (secret) => secret,
  // In Basic credentials (RFC 6749 §2.3.1) the secret stands behind the client ID, both form-encoded; in a cookie or
  // another token it stands within JSON.
  ...[(secret: string) => secret, form, json].flatMap((inner) => base64.map((outer) => chain(inner, outer))),
  ...base64.flatMap((inner) => base64.map((outer) => chain(inner, outer))),
  // As Windows PowerShell passes a command on, and as text that was read with the wrong encoding.
  ...[0, 1, 2].map((offset) => (secret: string) => base64At(offset, Buffer.from(secret, 'utf16le'))),
  (secret) => secret.split('').join('\0'),
  hex,
  (secret) => hex(secret).toUpperCase(),
  // As Node.js shows the bytes of a buffer, and as it converts them to JSON.
  (secret) => hex(secret).replace(/..(?!$)/g, '$& '),
  (secret) => Buffer.from(secret).join(),
];

function chain(inner: Encode, outer: Encode): Encode {
  return (secret) => outer(inner(secret));
}

function toBase64url(base64: string): string {
  return base64.replaceAll('+', '-').replaceAll('/', '_');
}

/**
 * The characters of base64 that depend on nothing but these bytes, if `offset` bytes, or three more, stand before them. A
 * character holds 6 bits.
 */
function base64At(offset: number, secret: Buffer): string {
  const bytes = Buffer.concat([Buffer.alloc(offset), secret]);
  const first = Math.ceil((offset * 8) / 6);
  return bytes.toString('base64').slice(first, Math.floor((bytes.length * 8) / 6));
}
