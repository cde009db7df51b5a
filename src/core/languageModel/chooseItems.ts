import type { Operation } from '../catalog/operation.ts';
import { childrenOf, childTexts, compactJson, type JsonChild } from '../json/jsonReader.ts';

export interface ItemChoice {
  /** Names of members, with dots for members of members. All members if empty. */
  readonly fields: readonly string[];
  /** Items of the list that are left out at its beginning. */
  readonly skip: number;
  /** Number of items. */
  readonly limit: number;
  /** Of the JSON text. */
  readonly maxBytes: number;
}

/** A part of a response that a language model gets. Texts are those of the response, so no digit changes. */
export interface ChosenItems {
  /** JSON: a list, or one object. */
  readonly json: string;
  /** Items in `json`; undefined if the response is no list. */
  readonly shown: number | undefined;
  /** Items of the response. */
  readonly total: number;
  /** Whether `json` ends earlier because of `maxBytes`. */
  readonly isCut: boolean;
  /** The members of the first item, if it lacks one of the fields or is too long. */
  readonly names: readonly string[] | undefined;
}

/** Returns undefined if the text is not JSON. */
export function chooseItems(
  text: string,
  { traits }: Pick<Operation, 'traits'>,
  choice: ItemChoice,
): ChosenItems | undefined {
  const children = childrenOf(text);
  if (!children) {
    return undefined;
  }
  if (text.trimStart().startsWith('[')) {
    return chooseFromList(text, children, choice);
  }
  const member = children.find(({ name, start }) => name === traits.items && text[start] === '[');
  const list = member && text.slice(member.start, member.end);
  return list === undefined
    ? chooseMembers(compactJson(text), choice)
    : chooseFromList(list, childrenOf(list) ?? [], choice);
}

function chooseFromList(
  list: string,
  all: readonly JsonChild[],
  { fields, skip, limit, maxBytes }: ItemChoice,
): ChosenItems {
  const wanted = all.slice(skip, skip + limit).map(({ start, end }) => compactJson(list.slice(start, end)));
  const chosen: string[] = [];
  let bytes = 2;
  for (const text of wanted) {
    const item = withFields(text, fields);
    bytes += Buffer.byteLength(item) + 2;
    if (bytes > maxBytes) {
      break;
    }
    chosen.push(item);
  }
  const [first] = wanted;
  const isCut = chosen.length < wanted.length;
  const isNameless = fields.some((field) => wanted.every((text) => memberAt(text, field) === undefined));
  return {
    json: `[${chosen.join(',\n')}]`,
    shown: chosen.length,
    total: all.length,
    isCut,
    names: first !== undefined && (isNameless || chosen.length === 0) ? namesOf(first) : undefined,
  };
}

function chooseMembers(value: string, { fields, maxBytes }: ItemChoice): ChosenItems {
  const json = withFields(value, fields);
  const isCut = Buffer.byteLength(json) > maxBytes;
  const isNameless = fields.some((field) => memberAt(value, field) === undefined);
  return {
    json: isCut ? '{}' : json,
    shown: undefined,
    total: 1,
    isCut,
    names: isCut || isNameless ? namesOf(value) : undefined,
  };
}

/** The item with these members only. What is no object stays as it is. */
function withFields(item: string, fields: readonly string[]): string {
  if (fields.length === 0 || !item.startsWith('{')) {
    return item;
  }
  const members = fields.flatMap((field) => {
    const text = memberAt(item, field);
    return text === undefined ? [] : [`${JSON.stringify(field)}:${text}`];
  });
  return `{${members.join(',')}}`;
}

/** A member with this whole name comes first, because names of custom fields may contain dots. */
function memberAt(item: string, field: string): string | undefined {
  const members = item.startsWith('{') ? childTexts(item) : [];
  const own = members.findLast(({ name }) => name === field)?.text;
  const dot = field.indexOf('.');
  if (own !== undefined || dot < 0) {
    return own;
  }
  const outer = members.findLast(({ name }) => name === field.slice(0, dot))?.text;
  return outer === undefined ? undefined : memberAt(outer, field.slice(dot + 1));
}

function namesOf(item: string): readonly string[] {
  const names = item.startsWith('{') ? childTexts(item).map(({ name = '' }) => name.slice(0, MAX_NAME)) : [];
  return names.slice(0, MAX_NAMES);
}

const MAX_NAME = 100;
const MAX_NAMES = 60;
