import type { Operation } from '../src/core/catalog/operation.ts';
import { splitWords } from '../src/core/catalog/operationTitles.ts';
import type { OperationSearch } from '../src/core/catalog/searchOperations.ts';

/** A text that somebody searches for, and the keys of the operations of which each is as right as the others. */
export interface SearchCase {
  readonly text: string;
  readonly right: readonly string[];
}

export interface SearchFigures {
  readonly cases: number;
  /** In how many cases a right operation is the best one. */
  readonly first: number;
  /** In how many cases one is among the first three. */
  readonly firstThree: number;
  readonly missed: readonly SearchMiss[];
}

export interface SearchMiss extends SearchCase {
  readonly found: readonly string[];
}

export function measureSearch({ rank }: Pick<OperationSearch, 'rank'>, cases: readonly SearchCase[]): SearchFigures {
  const results = cases.map((each) => {
    const found = rank(each.text)
      .slice(0, 3)
      .map(({ key }) => key);
    return { ...each, found, place: found.findIndex((key) => each.right.includes(key)) };
  });
  return {
    cases: cases.length,
    first: results.filter(({ place }) => place === 0).length,
    firstThree: results.filter(({ place }) => place >= 0).length,
    missed: results.filter(({ place }) => place < 0),
  };
}

/** `GET /v2/devices`, for which only this one operation is right. */
export function keyCases(operations: readonly Operation[]): readonly SearchCase[] {
  return operations.map(({ key }) => ({ text: key, right: [key] }));
}

export function pathCases(operations: readonly Operation[]): readonly SearchCase[] {
  return operations.map(({ key, path }) => ({ text: path, right: [key] }));
}

/**
 * `Get-NinjaOneDeviceAlerts` of the public module becomes `Get Device Alerts`. One case for each cmdlet of an
 * operation.
 */
export function cmdletCases(cmdlets: Readonly<Record<string, readonly string[]>>): readonly SearchCase[] {
  return equallyRight(
    Object.entries(cmdlets).flatMap(([key, names]) =>
      names.map((name) => ({ text: splitWords(name.replace('NinjaOne', '')).join(' '), key })),
    ),
  );
}

/** One case for each operation. Where several have the same text, each of them is right. */
export function equallyRight(texts: readonly { readonly text: string; readonly key: string }[]): readonly SearchCase[] {
  return texts.map(({ text }) => ({
    text,
    right: texts.filter((other) => other.text.toLowerCase() === text.toLowerCase()).map(({ key }) => key),
  }));
}
