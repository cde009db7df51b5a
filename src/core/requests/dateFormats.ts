import type { DateFormat } from '../catalog/operation.ts';

/** The start of the day in the local time zone, `daysAgo` calendar days before `now`. */
export function startOfDay(now: Date, daysAgo: number): Date {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() - daysAgo);
}

/** Formats a date for the query of a request (E5). */
export function wireDate(moment: Date, form: DateFormat): string {
  return WIRE[form](moment);
}

const WIRE: { readonly [F in DateFormat]: (moment: Date) => string } = {
  epochSeconds: (moment) => String(Math.floor(moment.getTime() / 1000)),
  epochMilliseconds: (moment) => String(moment.getTime()),
  iso: (moment) => moment.toISOString(),
  day: (moment) => [moment.getFullYear(), moment.getMonth() + 1, moment.getDate()].map(twoDigits).join('-'),
};

function twoDigits(number: number): string {
  return String(number).padStart(2, '0');
}

/**
 * Parses an ISO 8601 date, with or without a time. Without an offset, it is in the local time zone. Returns undefined
 * for anything else, and for days that do not exist.
 */
export function parseDate(text: string): Date | undefined {
  const [, year, month, day, time = 'T00:00', offset = ''] = ISO.exec(text.trim()) ?? [];
  if (year === undefined || month === undefined || day === undefined) {
    return undefined;
  }
  // `Date` changes February 30 to a day in March.
  const calendar = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  const isDay = calendar.getUTCMonth() === Number(month) - 1 && calendar.getUTCDate() === Number(day);
  const moment = new Date(`${year}-${month}-${day}${time.replace(' ', 'T')}${offset}`);
  return isDay && !Number.isNaN(moment.getTime()) ? moment : undefined;
}

const ISO = /^(\d{4})-(\d{2})-(\d{2})([T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)?(Z|[+-]\d{2}:\d{2})?$/;
