import type { FilterKey, FilterOperator } from './filterKeys.ts';
import type { FilterFix, FilterProblem } from './filterProblems.ts';
import { filterTokens, type FilterToken } from './filterTokens.ts';

/** What a filter is checked against. */
export interface FilterContext {
  /** Classes of devices in the API description; empty if it has none. */
  readonly classes: readonly string[];
  /** Whether the operation ignores clauses about the class. */
  readonly ignoresClass: boolean;
  readonly now: Date;
}

/** What may follow a filter. */
export type FilterExpectation =
  | { readonly kind: 'key' | 'and' | 'afterValue' }
  | { readonly kind: 'operator' | 'list'; readonly key: FilterKey }
  /** `given` are the values that the list already has. */
  | { readonly kind: 'value'; readonly key: FilterKey; readonly given: readonly string[] };

/** A part of a filter. */
export type FilterSpan = Pick<FilterToken, 'start' | 'end'>;

/** Goes through the words of a filter and collects what is wrong with them. */
export class FilterCursor {
  readonly filter: string;
  readonly context: FilterContext;
  readonly tokens: readonly FilterToken[];
  readonly problems: FilterProblem[] = [];
  /** What may follow the words that were read; undefined if nobody can say. */
  next: FilterExpectation | undefined = { kind: 'key' };
  #index = 0;

  constructor(filter: string, context: FilterContext) {
    this.filter = filter;
    this.context = context;
    this.tokens = filterTokens(filter);
  }

  peek(more = 0): FilterToken | undefined {
    return this.tokens[this.#index + more];
  }

  take(count = 1): void {
    this.#index += count;
  }

  /** The last one that was read. */
  get previous(): FilterToken | undefined {
    return this.tokens[this.#index - 1];
  }

  report({ start, end }: FilterSpan, message: FilterProblem['message'], ...fixes: readonly FilterFix[]): void {
    this.problems.push({ start, end, message, fixes });
  }

  /** Replaces a part by a word, with blanks where it would become one with what stands beside it. */
  word({ start, end }: FilterSpan, text: string): FilterFix {
    const before = /^\w/.test(text) && /\S/.test(this.filter.charAt(start - 1)) ? ' ' : '';
    const after = /\w$/.test(text) && /\S/.test(this.filter.charAt(end)) ? ' ' : '';
    return { start, end, text: `${before}${text}${after}` };
  }
}

/** `AND` and `OR`, in capitals or not. */
export function isJoint({ kind, text }: FilterToken): boolean {
  return kind === 'word' && /^(?:and|or)$/i.test(text);
}

/** Whether it can be a value, with quotes or without. */
export function isValue(token: FilterToken | undefined): token is FilterToken & { readonly kind: 'word' | 'quoted' } {
  return token !== undefined && (token.kind === 'quoted' || (token.kind === 'word' && !isJoint(token)));
}

/** An operator of a clause. Empty where it is missing. */
export interface OperatorRead extends FilterSpan {
  /** Undefined if it is not one of the key. */
  readonly meaning: FilterOperator | undefined;
}
