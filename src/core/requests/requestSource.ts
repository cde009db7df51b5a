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
 * numbers, and makes `1.1` of `1.10` and `100` of `1e2`. An empty text or `null` of the query is an empty value, so that
 * `buildRequest()` refuses it: a request without the filter would return everything. The text must be valid JSON.
 */
export function exactValues(text: string, field: 'path' | 'query', values: Values): Values {
  const object = childrenOf(text)?.find(({ name }) => name === field);
  const source = object ? text.slice(object.start, object.end) : '';
  const exact = new Map(values);
  for (const { name = '', text: token } of childTexts(source)) {
    const value = values.get(name);
    if (typeof value === 'number' && String(value) !== token) {
      exact.set(name, token);
    } else if (field === 'query' && (token === '""' || token === 'null')) {
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

/** Offsets of a property name, with its quotes. */
export interface SourceSpan {
  readonly start: number;
  readonly end: number;
}

/**
 * Offsets of the property name at `location`, whose lists have no step of their own, or of its nearest existing parent.
 * `occurrence` counts from 0 if there are several, in the items of a list.
 */
export function sourceSpan(text: string, location: readonly string[], occurrence = 0): SourceSpan {
  const { members, parent } = findMembers(text, location);
  return members[occurrence] ?? parent ?? { start: 0, end: Math.max(text.indexOf('\n'), 0) };
}

/** The number of the member at `location` to which the value at an offset belongs, for `sourceSpan`. */
export function occurrenceAt(text: string, location: readonly string[], offset: number): number {
  return Math.max(
    0,
    findMembers(text, location).members.findLastIndex(({ end }) => end <= offset),
  );
}

function findMembers(
  text: string,
  location: readonly string[],
): { readonly members: readonly SourceSpan[]; readonly parent: SourceSpan | undefined } {
  const reader = new JsonReader(text);
  /** For each open object and list: how many steps of the location lead to it, if they do. */
  const open: { readonly steps: number | undefined; readonly isList: boolean }[] = [];
  const members: SourceSpan[] = [];
  let parent: SourceSpan | undefined;
  let found = 0;
  /** Of the next value. */
  let steps: number | undefined = 0;
  while (reader.next()) {
    const { role, start, end } = reader;
    if (role === 'open') {
      const isList = reader.closer === ']';
      open.push({ steps, isList });
      steps = isList ? steps : undefined;
    } else if (role === 'name') {
      const before = open.at(-1)?.steps;
      steps = before !== undefined && stringValue(reader.token) === location[before] ? before + 1 : undefined;
      if (steps === location.length) {
        members.push({ start, end });
      } else if (steps !== undefined && steps > found) {
        found = steps;
        parent = { start, end };
      }
    } else if (role === 'value' || role === 'close') {
      if (role === 'close') {
        open.pop();
      }
      const around = open.at(-1);
      steps = around?.isList ? around.steps : undefined;
    }
  }
  return { members, parent };
}
