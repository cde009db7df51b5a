import type { DateFormat } from '../catalog/operation.ts';

/** The first moment of the day in the time zone of this machine, so many calendar days before `now`. */
export function startOfDay(now: Date, daysAgo: number): Date {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() - daysAgo);
}

/** A moment as the API takes it in a query (E5). */
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
 * An ISO 8601 date, with or without a time; without an offset it is meant in the time zone of this machine. Undefined for
 * anything else, also for days that no calendar has.
 */
export function parseDate(text: string): Date | undefined {
  const [, year, month, day, time = 'T00:00', offset = ''] = ISO.exec(text.trim()) ?? [];
  if (year === undefined || month === undefined || day === undefined) {
    return undefined;
  }
  // `Date` itself moves February 30 to March.
  const calendar = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  const isDay = calendar.getUTCMonth() === Number(month) - 1 && calendar.getUTCDate() === Number(day);
  const moment = new Date(`${year}-${month}-${day}${time.replace(' ', 'T')}${offset}`);
  return isDay && !Number.isNaN(moment.getTime()) ? moment : undefined;
}

const ISO = /^(\d{4})-(\d{2})-(\d{2})([T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)?(Z|[+-]\d{2}:\d{2})?$/;
