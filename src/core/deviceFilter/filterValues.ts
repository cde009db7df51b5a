import { readDate } from '../requests/dateFormats.ts';
import { COMPACT_DATE } from '../catalog/dateParameters.ts';
import type { FilterContext } from './filterCursor.ts';
import { STATUSES, type FilterKey } from './filterKeys.ts';
import { FILTER_MESSAGES, type FilterFix, type FilterProblem } from './filterProblems.ts';
import type { FilterToken } from './filterTokens.ts';

/** The names that a key takes; empty if it takes others, or if they are not known. */
export function valuesOfKey({ name }: FilterKey, { classes }: Pick<FilterContext, 'classes'>): readonly string[] {
  return name === 'class' ? classes : name === 'status' ? STATUSES : [];
}

/** What is wrong with a value; undefined if nothing is known to be. */
export function valueProblem(
  token: FilterToken,
  key: FilterKey | undefined,
  context: FilterContext,
): FilterProblem | undefined {
  const { start, end, text } = token;
  const problem = (message: FilterProblem['message'], ...right: readonly string[]): FilterProblem => ({
    start,
    end,
    message,
    fixes: right.map((each): FilterFix => ({ start, end, text: each })),
  });
  if (token.kind === 'quoted') {
    const inner = text.replaceAll(/^['"]|['"]$/g, '').trim();
    const upper = inner.toUpperCase();
    const right = key && valuesOfKey(key, context).includes(upper) ? upper : inner;
    return problem(FILTER_MESSAGES.quotes(), ...(WORD.test(right) ? [right] : []));
  }
  if (key?.form === 'id' || key?.form === 'group') {
    return ID.test(text) ? undefined : problem(FILTER_MESSAGES.notAnId(text, key));
  }
  if (key?.form === 'name') {
    return nameProblem(text, { key, context, problem });
  }
  return key?.form === 'date' ? dateProblem(text, { now: context.now, problem }) : undefined;
}

const ID = /^\d+$/;
const WORD = /^[\w-]+$/;

type Problem = (message: FilterProblem['message'], ...right: readonly string[]) => FilterProblem;

function nameProblem(
  text: string,
  { key, context, problem }: { readonly key: FilterKey; readonly context: FilterContext; readonly problem: Problem },
): FilterProblem | undefined {
  const names = valuesOfKey(key, context);
  const upper = text.toUpperCase();
  if (names.includes(text)) {
    return undefined;
  }
  if (names.includes(upper)) {
    return problem(FILTER_MESSAGES.valueCase(upper), upper);
  }
  if (names.length === 0 && NAME.test(text)) {
    return undefined;
  }
  const [near, ...others] = names.filter((name) => distance(name, upper) <= 2);
  return problem(FILTER_MESSAGES.unknownValue(text, key), ...(near !== undefined && others.length === 0 ? [near] : []));
}

const NAME = /^[A-Z_]+$/;

function dateProblem(
  text: string,
  { now, problem }: { readonly now: Date; readonly problem: Problem },
): FilterProblem | undefined {
  const read = readDate(text, 'epochSeconds', now);
  if (read.ok && CLEAR_DATE.test(text)) {
    return undefined;
  }
  const suggestion = read.ok ? undefined : read.suggestion;
  const [, year, month, day] = /^(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})(?!\d{3})/.exec(text) ?? [];
  const isDay = COMPACT_DATE.test(text) || /^20\d{6}$/.test(text) || /^\d{4}([/.])\d{2}\1\d{2}$/.test(text);
  const written = isDay ? `${year ?? ''}-${month ?? ''}-${day ?? ''}` : undefined;
  const right = suggestion ?? (written !== undefined && readDate(written, 'day', now).ok ? written : undefined);
  return problem(FILTER_MESSAGES.wrongDate(text, right ?? '2025-06-30'), ...(right === undefined ? [] : [right]));
}

/** A day, a day with a time and its zone, or seconds since 1970. */
const CLEAR_DATE = /^(?:\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d))?|\d+(?:\.\d+)?)$/;

/** The number of characters to change, add or remove (Levenshtein); 3 if there are more than 2. */
function distance(one: string, other: string): number {
  if (Math.abs(one.length - other.length) > 2) {
    return 3;
  }
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [index, character] of Array.from(one).entries()) {
    const next = [index + 1];
    for (const [column, letter] of Array.from(other).entries()) {
      const kept = (row[column] ?? 0) + (character === letter ? 0 : 1);
      next.push(Math.min(kept, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return Math.min(3, row.at(-1) ?? 3);
}
