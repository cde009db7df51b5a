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
