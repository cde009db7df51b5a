import type { DateFormat, Parameter } from './operation.ts';

/** The format in which a parameter takes a date, from the overlay or the API description; undefined if it is no date. */
export function dateFormatOf({ date, type, format }: Parameter): DateFormat | undefined {
  return date ?? (type === 'string' ? FORMATS.get(format ?? '') : undefined);
}

/** Formats of OpenAPI (RFC 3339). */
const FORMATS: ReadonlyMap<string, DateFormat> = new Map([
  ['date-time', 'iso'],
  ['date', 'day'],
]);

/** Whether a parameter is the ID of an activity, although its name sounds like a time. */
export function isActivityId({ name, type }: Parameter): boolean {
  return type === 'integer' && (name === 'olderThan' || name === 'newerThan');
}

/** A date and time such as 20250630120000, which as a number would be in the year 2611. */
export const COMPACT_DATE = /^20\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d[0-5]\d$/;
