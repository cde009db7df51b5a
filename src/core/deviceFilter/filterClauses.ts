import { isJoint, isValue, type FilterCursor } from './filterCursor.ts';
import { filterKey, intendedKey, OPERATORS, STATUSES, type FilterKey, type FilterOperator } from './filterKeys.ts';
import { readValue, readValues } from './filterLists.ts';
import { readOperator } from './filterOperators.ts';
import { FILTER_MESSAGES } from './filterProblems.ts';
import type { FilterToken } from './filterTokens.ts';

/** A clause, as far as another one can be joined with it. */
export interface FilterClause {
  readonly start: number;
  readonly end: number;
  readonly key: FilterKey | undefined;
  readonly operator: FilterOperator | undefined;
  readonly values: readonly string[];
}

/** Reads the clause that begins with a word. */
export function readClause(cursor: FilterCursor, token: FilterToken): FilterClause {
  cursor.take();
  const key = readKey(cursor, token);
  const { operator, values } = readRest(cursor, token, key);
  const { end } = cursor.previous ?? token;
  return { start: token.start, end, key, operator, values: values.map(({ text }) => text) };
}

interface Rest {
  readonly operator?: FilterOperator | undefined;
  readonly values: readonly FilterToken[];
}

function readRest(cursor: FilterCursor, token: FilterToken, key: FilterKey | undefined): Rest {
  if (key?.form === 'flag') {
    cursor.next = { kind: 'and' };
    readFlag(cursor, token, key);
    return { values: [] };
  }
  if (key?.form === 'group') {
    cursor.next = { kind: 'value', key, given: [] };
    readGroup(cursor, token, key);
    return { values: [] };
  }
  cursor.next = key && { kind: 'operator', key };
  const following = cursor.peek();
  if (!key && following?.kind !== 'operator' && !OPERATORS.has(following?.text ?? '')) {
    return { values: [] };
  }
  const operator = readOperator(cursor, token, key);
  return operator ? { operator: operator.meaning, values: readValues(cursor, operator, key) } : { values: [] };
}

function readKey(cursor: FilterCursor, token: FilterToken): FilterKey | undefined {
  const { text } = token;
  const key = filterKey(text) ?? intendedKey(text);
  if (!key) {
    const clauses = clausesWith(cursor, text);
    const message = clauses.length > 0 ? FILTER_MESSAGES.bareValue(text, clauses) : FILTER_MESSAGES.unknownKey(text);
    cursor.report(token, message, ...clauses.map((clause) => ({ ...span(token), text: clause })));
    return undefined;
  }
  if (!filterKey(text)) {
    const isCase = filterKey(text.toLowerCase()) === key;
    const right = isCase ? text.toLowerCase() : key.name;
    const message = isCase ? FILTER_MESSAGES.keyCase(right) : FILTER_MESSAGES.unknownKey(text);
    cursor.report(token, message, { ...span(token), text: right });
  }
  if (key.name === 'class' && cursor.context.ignoresClass) {
    cursor.report(token, FILTER_MESSAGES.classIgnored());
  }
  return key;
}

/** The clauses that a value without a key may stand for, if no operator follows. */
function clausesWith(cursor: FilterCursor, text: string): readonly string[] {
  if (cursor.peek()?.kind === 'operator') {
    return [];
  }
  const upper = text.toUpperCase();
  return /^\d+$/.test(text)
    ? [`id = ${text}`, `org = ${text}`]
    : cursor.context.classes.includes(upper)
      ? [`class = ${upper}`]
      : STATUSES.some((status) => status === upper)
        ? [`status = ${upper}`]
        : [];
}

/** After `online` or `offline`. */
function readFlag(cursor: FilterCursor, token: FilterToken, key: FilterKey): void {
  const operator = cursor.peek();
  if (operator?.kind !== 'operator') {
    return;
  }
  cursor.take();
  const value = cursor.peek();
  const text = value && isValue(value) ? value.text : '';
  cursor.take(text === '' ? 0 : 1);
  const { end } = cursor.previous ?? operator;
  const isTrue = /^(?:true|1|yes)$/i.test(text);
  const isFalse = /^(?:false|0|no)$/i.test(text);
  const right = isTrue ? key.name : isFalse ? (key.name === 'online' ? 'offline' : 'online') : undefined;
  const fixes = /^[=:]+$/.test(operator.text) && right !== undefined ? [{ start: token.start, end, text: right }] : [];
  cursor.report({ start: operator.start, end }, FILTER_MESSAGES.noValue(key), ...fixes);
}

function readGroup(cursor: FilterCursor, token: FilterToken, key: FilterKey): void {
  const sign = cursor.peek();
  if (sign && !isJoint(sign) && (sign.kind === 'operator' || OPERATORS.has(sign.text.toLowerCase()))) {
    cursor.take();
    const value = cursor.peek();
    const isEqual = OPERATORS.get(sign.text) === '=' || /^[=:]+$/.test(sign.text);
    const fixes = isEqual && isValue(value) ? [{ start: token.end, end: value.start, text: ' ' }] : [];
    cursor.report(sign, FILTER_MESSAGES.noOperator(key), ...fixes);
  }
  readValue(cursor, token, key);
}

function span({ start, end }: FilterToken): Pick<FilterToken, 'start' | 'end'> {
  return { start, end };
}
