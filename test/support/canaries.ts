import assert from 'node:assert/strict';
import { inspect } from 'node:util';

/** A place where a secret must not be. Its text comes in pieces, such as the lines of a log. */
export interface Surface {
  readonly name: string;
  readonly pieces: readonly string[];
  /** Kinds of canaries that are allowed there. */
  readonly except?: readonly string[];
}

/** Values that must not appear anywhere, in any of the encodings that are used for them. */
export class Canaries {
  readonly #values = new Map<string, string>();
  /** Encodings by value, in lower case. */
  readonly #encodings = new Map<string, (readonly [encoding: string, text: string])[]>();

  get size(): number {
    return this.#values.size;
  }

  /** Kind by value. */
  get values(): ReadonlyMap<string, string> {
    return this.#values;
  }

  add(kind: string, value: string): this {
    assert.ok(value.length > 12, `${kind} is too short to be looked for`);
    this.#values.set(value, kind);
    const encodings = Object.entries(encodingsOf(value));
    this.#encodings.set(
      value,
      encodings.map(([encoding, text]) => [encoding, text.toLowerCase()]),
    );
    return this;
  }

  hits(surfaces: readonly Surface[]): string[] {
    return surfaces.flatMap(({ name, pieces, except = [] }) => {
      // A value can stand in one piece, or be split between two.
      const text = `${pieces.join('\n')}\n${pieces.join('')}`.toLowerCase();
      return [...this.#values]
        .filter(([, kind]) => !except.includes(kind))
        .flatMap(([value, kind]) =>
          (this.#encodings.get(value) ?? [])
            .filter(([, encoded]) => text.includes(encoded))
            .map(([encoding]) => `${kind} (${encoding}) in ${name}`),
        );
    });
  }
}

/** Every encoding of a value that a test looks for, by its name. Written without the code of the product. */
export function encodingsOf(value: string): Record<string, string> {
  const url = encodeURIComponent(value);
  const form = new URLSearchParams({ v: value }).toString().slice(2);
  const json = JSON.stringify(value).slice(1, -1);
  return {
    plain: value,
    URL: url,
    'URL, lower case': lower(url),
    'URL twice': encodeURIComponent(url),
    form,
    'form, lower case': lower(form),
    JSON: json,
    'JSON in ASCII': [...json].map((each) => (each > '~' ? unicodeEscape(each) : each)).join(''),
    'JSON in JSON': quoted(json),
    'JSON in JSON in JSON': quoted(quoted(json)),
    'JSON for web pages': escaped(value, unicodeEscape),
    'JSON for web pages in an address': encodeURIComponent(escaped(value, unicodeEscape)),
    HTML: escaped(value, (each) => HTML[each] ?? each),
    'HTML, decimal': escaped(value, (each) => `&#${each.codePointAt(0)};`),
    'HTML, hexadecimal': escaped(value, (each) => `&#x${each.codePointAt(0)?.toString(16)};`),
    'HTML in HTML': escaped(
      escaped(value, (each) => HTML[each] ?? each),
      (each) => HTML[each] ?? each,
    ),
    'HTML in JSON': quoted(escaped(value, (each) => `&#${each.codePointAt(0)};`)),
    ...Object.fromEntries<string>(
      [0, 1, 2].flatMap((offset): (readonly [string, string])[] => [
        ...(['base64', 'base64url'] as const).flatMap((alphabet): (readonly [string, string])[] => {
          const text = base64(Buffer.from(value), offset, alphabet);
          return [
            [`${alphabet} at ${offset}`, text],
            ...[0, 1, 2].map((outer): readonly [string, string] => [
              `${alphabet} at ${offset} in base64 at ${outer}`,
              base64(Buffer.from(text), outer, 'base64'),
            ]),
          ];
        }),
        [`base64 at ${offset} in an address`, encodeURIComponent(base64(Buffer.from(value), offset, 'base64'))],
        [`base64 of form at ${offset}`, base64(Buffer.from(form), offset, 'base64')],
        [`base64 of JSON at ${offset}`, base64(Buffer.from(json), offset, 'base64')],
        [`base64 of UTF-16 at ${offset}`, base64(Buffer.from(value, 'utf16le'), offset, 'base64')],
      ]),
    ),
    'UTF-16 read as UTF-8': [...Array(value.length).keys()].map((index) => value.charAt(index)).join('\0'),
    hex: Buffer.from(value).toString('hex'),
    'hex, upper case': Buffer.from(value).toString('hex').toUpperCase(),
    'bytes in hex': [...Buffer.from(value)].map((byte) => byte.toString(16).padStart(2, '0')).join(' '),
    bytes: [...Buffer.from(value)].join(','),
  };
}

/** Message, stack, cause and all other properties, hidden ones included. */
export function everythingOf(error: unknown): string {
  const isError = error instanceof Error;
  return [
    ...(isError ? [error.message, error.stack, String(error.cause)] : [String(error)]),
    inspect(error, { depth: Infinity, showHidden: true, getters: true, maxArrayLength: null, maxStringLength: null }),
    JSON.stringify(error),
    JSON.stringify(isError ? Object.getOwnPropertyDescriptors(error) : error),
  ].join('\n');
}

/** As PHP and many others write text in a page. */
const HTML: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#039;',
};

function escaped(value: string, escape: (character: string) => string): string {
  return [...value].map((each) => (/[a-z0-9]/i.test(each) ? each : escape(each))).join('');
}

function quoted(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function lower(text: string): string {
  return text.replace(/%../g, (escape) => escape.toLowerCase());
}

function unicodeEscape(character: string): string {
  return [...Array(character.length).keys()]
    .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`)
    .join('');
}

/** The characters that stay the same, whatever stands before and behind the value. */
function base64(value: Buffer, offset: number, encoding: 'base64' | 'base64url'): string {
  const [one = '', other = ''] = ['\0', '\xff'].map((byte) => {
    const around = Buffer.from(byte.repeat(3), 'latin1');
    return Buffer.concat([around.subarray(0, offset), value, around]).toString(encoding);
  });
  const same = (index: number): boolean => one[index] === other[index];
  let start = 0;
  while (!same(start)) {
    start += 1;
  }
  let end = start;
  while (end < one.length && same(end)) {
    end += 1;
  }
  return one.slice(start, end);
}
