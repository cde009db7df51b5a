import { COMPACT_DATE } from '../catalog/dateParameters.ts';
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
 * Reads a date that is written as text or as a number, for a parameter of this format (E5). A number has to be in the unit
 * of the format; ISO dates and days take both units, which cannot be confused. `now` is for the hint about a relative day.
 */
export function readDate(text: string, format: DateFormat, now: Date): DateReading {
  const plain = text.trim();
  if (!NUMBER.test(plain)) {
    const moment = parseDate(plain);
    if (moment && isInRange(moment.getTime())) {
      return { ok: true, moment };
    }
    const day = moment ? undefined : relativeDay(plain, now);
    return {
      ok: false,
      problem: moment ? 'range' : day ? 'relative' : 'text',
      suggestion: day && wireDate(day, 'day'),
    };
  }
  if (COMPACT_DATE.test(plain)) {
    return { ok: false, problem: 'text', suggestion: undefined };
  }
  const number = Number(plain);
  const isMilliseconds = isInRange(number);
  const isSeconds = isInRange(number * 1000);
  const moment = new Date(isSeconds ? number * 1000 : number);
  if (number !== 0 && !isMilliseconds && !isSeconds) {
    return { ok: false, problem: 'range', suggestion: undefined };
  }
  if (isSeconds && format === 'epochMilliseconds') {
    return { ok: false, problem: 'seconds', suggestion: wireDate(moment, format) };
  }
  if (isMilliseconds && format === 'epochSeconds') {
    return { ok: false, problem: 'milliseconds', suggestion: wireDate(moment, format) };
  }
  return { ok: true, moment };
}

export type DateReading =
  | { readonly ok: true; readonly moment: Date }
  | {
      readonly ok: false;
      /** `seconds` and `milliseconds` are what the number is, `range` is a date far in the past or the future. */
      readonly problem: 'text' | 'relative' | 'range' | 'seconds' | 'milliseconds';
      /** What to write instead. */
      readonly suggestion: string | undefined;
    };

const NUMBER = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i;

/** From 1973 to 5138. In this range, a number of seconds is never also a number of milliseconds. */
function isInRange(milliseconds: number): boolean {
  return milliseconds >= 1e11 && milliseconds < 1e14;
}

/** The day that a word such as "yesterday" means now. A document would mean another day when it is sent again. */
function relativeDay(text: string, now: Date): Date | undefined {
  const word = text.toLowerCase();
  const [, count, unit] = /^(?:now)?\s*-?\s*(\d{1,4})\s*(d|days?|w|weeks?)(?:\s+ago)?$/.exec(word) ?? [];
  const days = WORDS.get(word) ?? (count === undefined ? undefined : Number(count) * (unit?.startsWith('w') ? 7 : 1));
  return days === undefined ? undefined : startOfDay(now, days);
}

const WORDS: ReadonlyMap<string, number> = new Map([
  ['now', 0],
  ['today', 0],
  ['yesterday', 1],
  ['tomorrow', -1],
  ['last week', 7],
]);

/**
 * Parses an ISO 8601 date, with or without a time. Without an offset, it is in the local time zone. Returns undefined
 * for anything else, and for days that do not exist.
 */
export function parseDate(text: string): Date | undefined {
  const [, year, month, day, time = 'T00:00', fraction = '', offset = ''] = ISO.exec(text.trim()) ?? [];
  if (year === undefined || month === undefined || day === undefined) {
    return undefined;
  }
  // `Date` changes February 30 to a day in March.
  const calendar = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  const isDay = calendar.getUTCMonth() === Number(month) - 1 && calendar.getUTCDate() === Number(day);
  const milliseconds = fraction.slice(0, 4).replace(',', '.');
  const zone = offset
    .toUpperCase()
    .replace(/^([+-]\d{2}):?(\d{2})?$/, (_, hours: string, minutes = '00') => `${hours}:${minutes}`);
  const moment = new Date(`${year}-${month}-${day}${time.replace(/^[ t]/, 'T')}${milliseconds}${zone}`);
  return isDay && !Number.isNaN(moment.getTime()) ? moment : undefined;
}

const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:([T ]\d{2}:\d{2}(?::\d{2})?)((?<=:\d{2}:\d{2})[.,]\d{1,9})?)?(Z|[+-]\d{2}(?::?\d{2})?)?$/i;
