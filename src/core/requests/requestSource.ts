import {
  childrenOf,
  childTexts,
  compactJson,
  JsonReader,
  stringValue,
  type JsonChildText,
} from '../json/jsonReader.ts';
import type { Values } from './requestDraft.ts';

/**
 * The source text of the body in a request document, without whitespace. `JSON.parse` would round IDs above 2^53. The
 * text must be valid JSON without duplicate keys. Returns undefined if there is no body.
 */
export function bodySource(text: string): string | undefined {
  const body = childrenOf(text)?.find(({ name }) => name === 'body');
  return body && compactJson(text.slice(body.start, body.end));
}

/**
 * The values of `path` or `query` with each number as it stands in the text, also within lists: `JSON.parse` rounds long
 * numbers, and makes `1.1` of `1.10` and `100` of `1e2`. An empty text of the query is a value, so that `buildRequest()`
 * refuses it: a request without the filter would return everything. The text must be valid JSON.
 */
export function exactValues(text: string, field: 'path' | 'query', values: Values): Values {
  const object = childrenOf(text)?.find(({ name }) => name === field);
  const source = object ? text.slice(object.start, object.end) : '';
  const exact = new Map(values);
  for (const { name = '', text: token } of childTexts(source)) {
    const value = values.get(name);
    if (typeof value === 'number' && String(value) !== token) {
      exact.set(name, token);
    } else if (field === 'query' && token === '""') {
      exact.set(name, '');
    } else if (value !== undefined && token.startsWith('[')) {
      exact.set(name, childTexts(token).map(itemText).join(','));
    }
  }
  return exact;
}

function itemText({ text }: JsonChildText): string {
  return text.startsWith('"') ? stringValue(text) : text;
}

/**
 * The path of the first duplicate key. Some parsers use the first value and some the last one, so the user could send a
 * value that they did not see. The text must be valid JSON.
 */
export function duplicateKey(text: string): readonly string[] | undefined {
  const open: { readonly under: string; readonly names: Set<string> }[] = [];
  const reader = new JsonReader(text);
  let name = '';
  while (reader.next()) {
    if (reader.role === 'open') {
      open.push({ under: name, names: new Set() });
      name = '';
    } else if (reader.role === 'close') {
      open.pop();
      name = '';
    } else if (reader.role === 'name') {
      name = stringValue(reader.token);
      const names = open.at(-1)?.names;
      if (names?.has(name)) {
        return [...open.slice(1).map(({ under }) => under), name];
      }
      names?.add(name);
    }
  }
  return undefined;
}

/** Offsets of the property name at `location`, or of its nearest existing parent. Properties in lists are not found. */
export function sourceSpan(
  text: string,
  location: readonly string[],
): { readonly start: number; readonly end: number } {
  const reader = new JsonReader(text);
  let span = { start: 0, end: Math.max(text.indexOf('\n'), 0) };
  let found = 0;
  /** Number of steps of the location that lead to the innermost object. */
  let steps = 0;
  let isNext = false;
  while (reader.next() && found < location.length) {
    const { role, depth, start, end } = reader;
    if (role === 'name') {
      isNext = steps === depth - 1 && stringValue(reader.token) === location[steps];
      if (isNext && depth > found) {
        found = depth;
        span = { start, end };
      }
    } else if (role === 'open') {
      steps = isNext ? depth - 1 : steps;
      isNext = false;
    } else if (role === 'close') {
      steps = Math.min(steps, Math.max(0, depth - 1));
    }
  }
  return span;
}
