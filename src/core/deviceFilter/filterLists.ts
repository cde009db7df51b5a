import { isJoint, isValue, type FilterCursor, type FilterSpan, type OperatorRead } from './filterCursor.ts';
import { intendedKey, type FilterKey, type FilterOperator } from './filterKeys.ts';
import { FILTER_MESSAGES } from './filterProblems.ts';
import type { FilterToken } from './filterTokens.ts';
import { valueProblem } from './filterValues.ts';

/** Reads the values after an operator: one, or several in parentheses. */
export function readValues(
  cursor: FilterCursor,
  operator: OperatorRead,
  key: FilterKey | undefined,
): readonly FilterToken[] {
  const isList = operator.meaning === 'in' || operator.meaning === 'notin';
  cursor.next = key && (isList ? { kind: 'list', key } : { kind: 'value', key, given: [] });
  const first = cursor.peek();
  const listOperator = operator.meaning && LISTS.get(operator.meaning);
  if (first?.kind === 'open') {
    const values = readList(cursor, key);
    if (!isList && key) {
      const fixes = listOperator ? [cursor.word(operator, listOperator)] : [];
      cursor.report(first, FILTER_MESSAGES.severalValues(listOperator ?? 'in'), ...fixes);
    }
    return values;
  }
  if (!isList && !hasSeveral(cursor)) {
    return readValue(cursor, operator, key);
  }
  const values = readEnumeration(cursor, key);
  const [from, to] = [values[0], values.at(-1)];
  if (!from || !to) {
    cursor.report(cursor.previous ?? operator, FILTER_MESSAGES.missingValue(key));
    return [];
  }
  const list = `(${values.map(({ text }) => text).join(', ')})`;
  const span = { start: from.start, end: to.end };
  if (isList) {
    cursor.report(span, FILTER_MESSAGES.missingParentheses(list), { ...span, text: list });
  } else {
    const whole = { start: operator.start, end: to.end };
    const fixes = listOperator ? [cursor.word(whole, `${listOperator} ${list}`)] : [];
    cursor.report(span, FILTER_MESSAGES.severalValues(listOperator ?? 'in'), ...fixes);
  }
  return values;
}

/** The operator for several values, of the one for a single value. */
const LISTS: ReadonlyMap<FilterOperator, FilterOperator> = new Map([
  ['=', 'in'],
  ['!=', 'notin'],
]);

/** Reads the only value after an operator or a key. */
export function readValue(
  cursor: FilterCursor,
  before: FilterSpan,
  key: FilterKey | undefined,
): readonly FilterToken[] {
  const value = cursor.peek();
  if (!isValue(value)) {
    cursor.report(before.start < before.end ? before : (cursor.previous ?? before), FILTER_MESSAGES.missingValue(key));
    return [];
  }
  cursor.take();
  check(cursor, value, key);
  cursor.next = { kind: 'and' };
  return [value];
}

/** Whether values with commas follow, and not a comma before the next clause. */
function hasSeveral(cursor: FilterCursor): boolean {
  return isValue(cursor.peek()) && continues(cursor, 1);
}

/** Whether a comma and another value follow. */
function continues(cursor: FilterCursor, more: number): boolean {
  const value = cursor.peek(more + 1);
  return cursor.peek(more)?.kind === 'comma' && isValue(value) && !intendedKey(value.text);
}

/** Reads values without parentheses. */
function readEnumeration(cursor: FilterCursor, key: FilterKey | undefined): readonly FilterToken[] {
  const values: FilterToken[] = [];
  for (let value = cursor.peek(); isValue(value); value = cursor.peek()) {
    cursor.take();
    check(cursor, value, key);
    values.push(value);
    cursor.next = { kind: 'and' };
    if (!continues(cursor, 0)) {
      break;
    }
    cursor.take();
  }
  return values;
}

function readList(cursor: FilterCursor, key: FilterKey | undefined): readonly FilterToken[] {
  const values: FilterToken[] = [];
  let hasComma = true;
  cursor.take();
  let token = cursor.peek();
  for (; token && token.kind !== 'close'; token = cursor.peek()) {
    if (isJoint(token) || token.kind === 'open' || token.kind === 'operator') {
      break;
    }
    cursor.take();
    hasComma = readItem(cursor, token, { key, values, hasComma });
  }
  const last = values.at(-1);
  const { previous } = cursor;
  cursor.next = hasComma
    ? key && { kind: 'value', key, given: values.map(({ text }) => text) }
    : { kind: 'afterValue' };
  if (token?.kind !== 'close') {
    const end = last?.end ?? 0;
    const fixes = last && previous ? [{ start: end, end: previous.end, text: ')' }] : [];
    cursor.report(previous ?? { start: 0, end: 0 }, FILTER_MESSAGES.notClosed(), ...fixes);
    return values;
  }
  cursor.take();
  if (hasComma) {
    const fixes = last ? [{ start: last.end, end: token.start, text: '' }] : [];
    cursor.report(previous ?? token, FILTER_MESSAGES.missingValue(key), ...fixes);
  }
  cursor.next = { kind: 'and' };
  return values;
}

interface List {
  readonly key: FilterKey | undefined;
  readonly values: FilterToken[];
  readonly hasComma: boolean;
}

/** Reads a value of a list, or what stands between two. Returns whether the next value may follow. */
function readItem(cursor: FilterCursor, token: FilterToken, { key, values, hasComma }: List): boolean {
  if (isValue(token)) {
    if (!hasComma) {
      const start = values.at(-1)?.end ?? token.start;
      cursor.report(token, FILTER_MESSAGES.missingComma(), { start, end: token.start, text: ', ' });
    }
    check(cursor, token, key);
    values.push(token);
    return false;
  }
  if (hasComma) {
    cursor.report(token, FILTER_MESSAGES.missingValue(key));
  } else if (token.kind !== 'comma') {
    cursor.report(token, FILTER_MESSAGES.instead(token.text, ','), { ...token, text: ',' });
  }
  return true;
}

function check(cursor: FilterCursor, token: FilterToken, key: FilterKey | undefined): void {
  const found = valueProblem(token, key, cursor.context);
  if (found) {
    cursor.problems.push(found);
  }
}
