import { JsonReader, stringValue } from '../json/jsonReader.ts';

/** The place of one value in the text of a request document. */
export interface ValuePlace {
  /** Names of the members that lead to it, such as `['query', 'after']`; items of lists have none. */
  readonly location: readonly string[];
  /** Offsets; equal if there is no value yet. */
  readonly start: number;
  readonly end: number;
  /** The source of the value; empty if there is none yet. */
  readonly token: string;
}

/**
 * The scalar value at an offset, or the place for one behind a colon. The text may be unfinished: only what is before the
 * offset has to be JSON. Undefined in a name and between values.
 */
export function valuePlace(text: string, offset: number): ValuePlace | undefined {
  const reader = new JsonReader(text);
  const open: (string | undefined)[] = [];
  let name: string | undefined;
  let isExpected = false;
  const placeAt = (start: number, end: number): ValuePlace | undefined =>
    isExpected
      ? {
          location: [...open.slice(1), name].filter((each) => each !== undefined),
          start,
          end,
          token: text.slice(start, end),
        }
      : undefined;
  while (reader.next()) {
    const { role, start, end } = reader;
    if (offset < start || (offset === start && (role === 'close' || role === 'comma'))) {
      return placeAt(offset, offset);
    }
    if (role === 'value' && offset <= end) {
      return placeAt(start, end);
    }
    if (role === 'open') {
      open.push(name);
      name = undefined;
    } else if (role === 'close') {
      name = open.pop();
    } else if (role === 'name') {
      name = stringValue(reader.token);
    }
    isExpected = role === 'colon' || (reader.closer === ']' && (role === 'open' || role === 'comma'));
  }
  // A text that is not closed ends with its line, but what closes the document around it is not replaced.
  const unfinished = /^(?:"[^\r\n]*?(?=[\s,}\]]*(?:[\r\n]|$))|[\w.+-]+)/.exec(text.slice(reader.start))?.[0] ?? '';
  if (offset <= reader.start || unfinished === '') {
    return placeAt(offset, offset);
  }
  const end = reader.start + unfinished.length;
  return offset <= end ? placeAt(reader.start, end) : undefined;
}

/** The operation that an unfinished request document names. */
export function operationIn(text: string): string | undefined {
  const [, operation] = /"operation"\s*:\s*"([^"\\]*)"/.exec(text) ?? [];
  return operation;
}
