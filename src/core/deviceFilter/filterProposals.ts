import type { LocalizableMessage } from '../base/messages.ts';
import type { FilterContext, FilterExpectation, FilterSpan } from './filterCursor.ts';
import {
  AND_MEANING,
  FILTER_EXAMPLES,
  FILTER_KEYS,
  filterKey,
  OPERATOR_MEANINGS,
  OPERATORS,
  type FilterKey,
} from './filterKeys.ts';
import { filterTokens, type FilterToken } from './filterTokens.ts';
import { valuesOfKey } from './filterValues.ts';
import { readFilter } from './readFilter.ts';

/** A text that can stand at a place of a filter. */
export interface FilterProposal {
  readonly kind: 'key' | 'operator' | 'value' | 'and' | 'example';
  readonly text: string;
  /** What is inserted behind it, so that the next word can follow. The cursor comes before `)`. */
  readonly suffix: '' | ' ' | ' ()';
  /** Whether something is proposed behind it. */
  readonly continues: boolean;
  readonly meaning: LocalizableMessage | undefined;
}

export interface FilterProposals {
  /** The word at the offset, which a proposal replaces. Offsets in the filter. */
  readonly word: FilterSpan;
  readonly proposals: readonly FilterProposal[];
  /** The key whose value stands there; undefined at any other place. */
  readonly valueOf: FilterKey | undefined;
}

/** What can stand at an offset of a filter, which may be unfinished. */
export function filterProposals(filter: string, offset: number, context: FilterContext): FilterProposals {
  const token = filterTokens(filter).find(({ kind, start, end }) => kind === 'word' && start < offset && offset <= end);
  const word = { start: token?.start ?? offset, end: token?.end ?? offset };
  const before = filter.slice(0, word.start);
  const { next } = readFilter(before, context);
  return {
    word,
    proposals: [...(next ? proposalsFor(next, context) : []), ...(filter.trim() === '' ? EXAMPLES : [])],
    valueOf: next?.kind === 'value' ? next.key : undefined,
  };
}

function proposalsFor(next: FilterExpectation, context: FilterContext): readonly FilterProposal[] {
  switch (next.kind) {
    case 'key':
      return FILTER_KEYS.map(({ name, form, meaning }) => ({
        kind: 'key',
        text: name,
        suffix: form === 'flag' ? '' : ' ',
        continues: form !== 'flag',
        meaning,
      }));
    case 'operator':
      return next.key.operators.map((operator) => ({
        kind: 'operator',
        text: operator,
        suffix: operator === 'in' || operator === 'notin' ? ' ()' : ' ',
        continues: true,
        meaning: OPERATOR_MEANINGS[operator],
      }));
    case 'value':
      return valuesOfKey(next.key, context)
        .filter((value) => !next.given.includes(value))
        .map((text) => ({ kind: 'value', text, suffix: '', continues: false, meaning: undefined }));
    case 'and':
      return [{ kind: 'and', text: 'AND', suffix: ' ', continues: true, meaning: AND_MEANING }];
    case 'afterValue':
    case 'list':
      return [];
  }
}

const EXAMPLES = FILTER_EXAMPLES.map((text): FilterProposal => ({
  kind: 'example',
  text,
  suffix: '',
  continues: false,
  meaning: undefined,
}));

/** The ID at an offset, and its key; undefined for everything else. */
export function filterId(
  filter: string,
  offset: number,
  context: FilterContext,
): (FilterSpan & { readonly key: FilterKey; readonly id: string }) | undefined {
  const token = filterTokens(filter).find(({ start, end }) => start <= offset && offset < end);
  const key = token && /^\d+$/.test(token.text) ? filterProposals(filter, token.end, context).valueOf : undefined;
  return token && key && { start: token.start, end: token.end, key, id: token.text };
}

/** What the key, operator or `AND` at an offset means; undefined for everything else. */
export function filterMeaning(
  filter: string,
  offset: number,
): (FilterSpan & { readonly key?: FilterKey; readonly meaning: LocalizableMessage }) | undefined {
  const tokens = filterTokens(filter);
  const index = tokens.findIndex(({ start, end }) => start <= offset && offset < end);
  const token = tokens[index];
  const found = token && meaningOf(token, tokens[index - 1]);
  return found && { start: token.start, end: token.end, ...found };
}

function meaningOf(
  { kind, text }: FilterToken,
  before: FilterToken | undefined,
): { readonly key?: FilterKey; readonly meaning: LocalizableMessage } | undefined {
  const isFirst = before === undefined || before.text === 'AND';
  if (isFirst) {
    const key = kind === 'word' ? filterKey(text) : undefined;
    return key && { key, meaning: key.meaning };
  }
  const operator = OPERATORS.get(text);
  return operator ? { meaning: OPERATOR_MEANINGS[operator] } : text === 'AND' ? { meaning: AND_MEANING } : undefined;
}
