import { isJoint, type FilterCursor, type OperatorRead } from './filterCursor.ts';
import { MISTAKEN_OPERATORS, OPERATORS, type FilterKey } from './filterKeys.ts';
import { FILTER_MESSAGES } from './filterProblems.ts';
import type { FilterToken } from './filterTokens.ts';

/** Reads the operator after a key. Undefined, with a problem, if the clause ends there. */
export function readOperator(
  cursor: FilterCursor,
  keyToken: FilterToken,
  key: FilterKey | undefined,
): OperatorRead | undefined {
  const [first, second] = [cursor.peek(), cursor.peek(1)];
  if (!first || (first.kind !== 'operator' && first.kind !== 'word' && first.kind !== 'quoted') || isJoint(first)) {
    if (key) {
      cursor.report(keyToken, FILTER_MESSAGES.missingOperator(key));
    }
    return undefined;
  }
  const pair = second && `${first.text} ${second.text}`.toLowerCase();
  const isPair = pair !== undefined && MISTAKEN_OPERATORS.has(pair);
  const text = isPair ? pair : first.text;
  const span = { start: first.start, end: (isPair ? (second ?? first) : first).end };
  const meaning = OPERATORS.get(text);
  if (meaning && (!key || key.operators.includes(meaning))) {
    cursor.take();
    return { ...span, meaning };
  }
  const lower = text.toLowerCase();
  const intended = OPERATORS.get(lower) ?? MISTAKEN_OPERATORS.get(lower);
  if (key && intended === undefined && first.kind !== 'operator' && !isBeforeValue(second)) {
    // A value without an operator.
    const isEqual = key.operators.includes('=');
    const fixes = isEqual ? [{ start: keyToken.end, end: first.start, text: ' = ' }] : [];
    cursor.report(keyToken, FILTER_MESSAGES.missingOperator(key), ...fixes);
    return { start: first.start, end: first.start, meaning: key.operators[0] };
  }
  cursor.take(isPair ? 2 : 1);
  if (!key) {
    return { ...span, meaning: intended };
  }
  const fits = intended !== undefined && key.operators.includes(intended);
  if (fits && OPERATORS.has(lower)) {
    cursor.report(span, FILTER_MESSAGES.operatorCase(lower), cursor.word(span, lower));
  } else {
    const fixes = fits ? [cursor.word(span, intended)] : [];
    cursor.report(span, FILTER_MESSAGES.unknownOperator(text, key), ...fixes);
  }
  return { ...span, meaning: fits ? intended : undefined };
}

/** Whether the word before it can only be an operator, because a value follows. */
function isBeforeValue(token: FilterToken | undefined): boolean {
  return (
    token !== undefined &&
    (token.kind === 'open' || token.kind === 'quoted' || token.kind === 'word') &&
    !isJoint(token)
  );
}
