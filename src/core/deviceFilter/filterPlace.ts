import { sourceSpan } from '../requests/requestSource.ts';
import { valuePlace, type ValuePlace } from '../requests/valuePlace.ts';

/** The name of the parameter with a device filter. */
export const FILTER_PARAMETER = 'df';

/** A device filter in the text of a request document. */
export interface FilterPlace {
  /** The filter itself, without quotes and escapes. */
  readonly filter: string;
  /** Whether it stands between quotes. A number does not. */
  readonly isText: boolean;
  /** The whole value in the document, with its quotes. */
  readonly value: Pick<ValuePlace, 'start' | 'end'>;
  /** The offset in the document of an offset in the filter. */
  toDocument(offset: number): number;
  /** The offset in the filter of an offset in the document. */
  toFilter(offset: number): number;
}

/** The filter of a request document, which may be unfinished; undefined if it has none. */
export function filterPlace(text: string): FilterPlace | undefined {
  const name = sourceSpan(text, ['query', FILTER_PARAMETER]);
  // Into the text, because a text that is not closed is only found from within.
  const colon = /^\s*:\s*"?/.exec(text.slice(name.end));
  const place = colon ? valuePlace(text, name.end + colon[0].length) : undefined;
  return place && filterAt(place);
}

/** The filter of a place; undefined if it is another parameter, or no text and no number. */
export function filterAt({ location, start, end, token }: ValuePlace): FilterPlace | undefined {
  const [field, name, ...more] = location;
  if (field !== 'query' || name !== FILTER_PARAMETER || more.length > 0) {
    return undefined;
  }
  const isText = token.startsWith('"');
  if (!isText && !/^-?\d/.test(token)) {
    return undefined;
  }
  const { characters, offsets } = isText ? unescaped(token) : { characters: Array.from(token), offsets: [] };
  const positions = isText ? offsets : Array.from({ length: token.length + 1 }, (_, index) => index);
  return {
    filter: characters.join(''),
    isText,
    value: { start, end },
    toDocument: (offset) => start + (positions[offset] ?? token.length),
    toFilter: (offset) =>
      Math.max(
        0,
        positions.findLastIndex((position) => position <= offset - start),
      ),
  };
}

/** The UTF-16 units of a JSON string that may be unfinished, and where each of them and the end begins in the source. */
function unescaped(token: string): { readonly characters: readonly string[]; readonly offsets: readonly number[] } {
  const characters: string[] = [];
  const offsets: number[] = [];
  let offset = 1;
  for (const { 0: source, index } of token.slice(1).matchAll(/\\u[\da-fA-F]{4}|\\?[^]/g)) {
    offset = index + 1;
    if (source === '"') {
      break;
    }
    offsets.push(offset);
    characters.push(characterOf(source));
    offset += source.length;
  }
  return { characters, offsets: [...offsets, offset] };
}

function characterOf(source: string): string {
  return source.length === 6
    ? String.fromCharCode(Number.parseInt(source.slice(2), 16))
    : (ESCAPES.get(source) ?? source.slice(-1));
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\\n', '\n'],
  ['\\t', '\t'],
  ['\\r', '\r'],
  ['\\b', '\b'],
  ['\\f', '\f'],
]);
