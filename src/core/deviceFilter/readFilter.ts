import { readClause, type FilterClause } from './filterClauses.ts';
import { FilterCursor, isJoint, type FilterContext, type FilterExpectation } from './filterCursor.ts';
import { intendedKey } from './filterKeys.ts';
import { FILTER_MESSAGES, type FilterFix, type FilterProblem } from './filterProblems.ts';
import type { FilterToken } from './filterTokens.ts';

export interface FilterReading {
  /** Sorted by where they begin. */
  readonly problems: readonly FilterProblem[];
  /** What may follow; undefined if nobody can say. */
  readonly next: FilterExpectation | undefined;
}

/**
 * Reads a device filter, finished or not: clauses such as `org = 1` or `class in (MAC, WINDOWS_SERVER)` with `AND` between
 * them (NinjaOne's article about device filters). Never throws.
 */
export function readFilter(filter: string, context: FilterContext): FilterReading {
  const cursor = new FilterCursor(filter, context);
  let clause: FilterClause | undefined;
  let joint: Joint | undefined;
  for (let token = cursor.peek(); token; token = cursor.peek()) {
    if (isJoint(token) || token.kind === 'comma' || token.kind === 'mark') {
      cursor.take();
      joint = readJoint(cursor, token, clause);
      clause = undefined;
    } else if (token.kind === 'word' && (!clause || beginsClause(cursor, token))) {
      // Before a word that is no key, such as NOT, nothing can be joined.
      if (clause?.key) {
        const start = clause.end;
        cursor.report(token, FILTER_MESSAGES.missingAnd(), { start, end: token.start, text: ' AND ' });
      }
      clause = readClause(cursor, token);
      if (joint?.isOr) {
        cursor.report(joint.token, FILTER_MESSAGES.or(), ...oneClause(cursor, joint.before, clause));
      }
      joint = undefined;
    } else {
      cursor.take();
      readStray(cursor, token);
    }
  }
  if (joint) {
    cursor.report(joint.token, joint.isOr ? FILTER_MESSAGES.or() : FILTER_MESSAGES.lonelyAnd());
  }
  return { problems: [...cursor.problems].sort((a, b) => a.start - b.start), next: cursor.next };
}

interface Joint {
  readonly token: FilterToken;
  readonly isOr: boolean;
  readonly before: FilterClause | undefined;
}

function beginsClause(cursor: FilterCursor, { text }: FilterToken): boolean {
  return intendedKey(text) !== undefined || cursor.peek(1)?.kind === 'operator';
}

/** Reports everything between two clauses that is not `AND`, except `OR`, which is reported with the clause behind it. */
function readJoint(cursor: FilterCursor, token: FilterToken, before: FilterClause | undefined): Joint | undefined {
  const isOr = /^(?:or|\|+)$/i.test(token.text);
  const isWord = token.kind === 'word';
  const following = cursor.peek();
  cursor.next = { kind: 'key' };
  if (!before && !isOr) {
    cursor.report(token, isWord ? FILTER_MESSAGES.lonelyAnd() : FILTER_MESSAGES.unexpected(token.text));
    return undefined;
  }
  const between = { start: before?.end ?? token.start, end: following?.start ?? token.end, text: ' AND ' };
  if (isOr) {
    return { token, isOr, before };
  }
  if (!isWord) {
    if (!following) {
      cursor.report(token, FILTER_MESSAGES.unexpected(token.text), { ...between, text: '' });
      return undefined;
    }
    cursor.report(token, FILTER_MESSAGES.instead(token.text, 'AND'), between);
    return undefined;
  }
  if (token.text !== 'AND') {
    cursor.report(token, FILTER_MESSAGES.capitalAnd(), cursor.word(token, 'AND'));
  } else if (before?.end === token.start || following?.start === token.end) {
    cursor.report(token, FILTER_MESSAGES.missingAnd(), between);
  }
  return { token, isOr, before };
}

/** One clause for two with the same key, if they are all there is between `OR`. */
function oneClause({ tokens }: FilterCursor, one: FilterClause | undefined, other: FilterClause): readonly FilterFix[] {
  const clauses = [one, other].filter((each) => each !== undefined);
  const isSame = clauses.every(({ key, operator }) => key === other.key && (operator === '=' || operator === 'in'));
  const values = clauses.flatMap((each) => each.values);
  const hasAnd = tokens.some((token) => isJoint(token) && /^and$/i.test(token.text));
  return one && other.key && isSame && values.length > 1 && !hasAnd
    ? [{ start: one.start, end: other.end, text: `${other.key.name} in (${values.join(', ')})` }]
    : [];
}

function readStray(cursor: FilterCursor, token: FilterToken): void {
  const { start, end, kind, text } = token;
  if (kind === 'open' || kind === 'close') {
    cursor.report(token, FILTER_MESSAGES.strayParenthesis(), { start, end, text: '' });
  } else {
    cursor.report(token, FILTER_MESSAGES.unexpected(text));
  }
}
