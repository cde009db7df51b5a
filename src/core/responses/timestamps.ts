import { stringValue } from '../json/jsonReader.ts';
import { JsonScanner } from '../json/jsonScanner.ts';

/** A number in a line of JSON that represents a time. */
export interface Timestamp {
  /** Position of the number in the line. */
  readonly start: number;
  readonly end: number;
  /** Since 1970. */
  readonly milliseconds: number;
}

/**
 * The time at `column` of a line of JSON: a number for the years 2000 to 2100, in seconds or milliseconds, with a name that
 * indicates a time. JSON strings do not span lines, so each line is parsed separately.
 */
export function timestampAt(line: string, column: number): Timestamp | undefined {
  const scanner = new JsonScanner(line);
  let name: string | undefined;
  let isValue = false;
  while (scanner.next() && scanner.start <= Math.min(column, MAX_COLUMNS)) {
    const { kind, start, end } = scanner;
    const token = line.slice(start, end);
    if (column <= end && isValue && name !== undefined) {
      const milliseconds = timestampMilliseconds(name, Number(token));
      return milliseconds === undefined ? undefined : { start, end, milliseconds };
    }
    isValue = kind === ':';
    if (!isValue) {
      name = kind === 'string' && scanner.isValidString ? stringValue(token) : undefined;
    }
  }
  return undefined;
}

/**
 * Recognizes names such as `createTime`, `lastContact`, `installed_at`, `lastFailedBackupJob`, and `expires`, and no names
 * of durations, such as `upTime`.
 */
export function isTimeName(name: string): boolean {
  const words = name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d]+/);
  const last = words.at(-1) ?? '';
  if (last === 'time' && !words.some((word) => MOMENT_WORDS.has(word)) && DURATION_WORDS.has(words.at(-2) ?? '')) {
    return false;
  }
  return TIME_WORDS.has(last) || (words[0] === 'last' && LAST_WORDS.has(last));
}

/** The time of a number with this name, in milliseconds since 1970; years 2000 to 2100. */
export function timestampMilliseconds(name: string, value: number): number | undefined {
  const milliseconds = [value * 1000, value].find((each) => each >= FIRST && each < LAST);
  return milliseconds !== undefined && isTimeName(name) ? milliseconds : undefined;
}

/** `2025-02-19 21:20:00 UTC`, independent of locale and time zone. */
export function formatUtc(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** The time in UTC, in the user's time zone, and relative to now. */
export function describeTimestamp(
  milliseconds: number,
  { now, locale, timeZone }: TimestampOptions,
): DescribedTimestamp {
  return {
    utc: formatUtc(milliseconds),
    local: `${stamp(milliseconds, timeZone)} ${timeZone}`,
    ago: relativeTime(milliseconds, now, locale),
  };
}

export interface DescribedTimestamp {
  readonly utc: string;
  readonly local: string;
  readonly ago: string;
}

export interface TimestampOptions {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Display language of VS Code, such as `de`. */
  readonly locale: string;
  /** Name of the time zone, such as `Europe/Berlin`. */
  readonly timeZone: string;
}

/** "9 months ago", in VS Code's display language. */
export function relativeTime(milliseconds: number, now: number, locale: string): string {
  const seconds = (milliseconds - now) / 1000;
  const [unit, length] = UNITS.find(([, min]) => Math.abs(seconds) >= min) ?? (['second', 1] as const);
  const count = Math.trunc(seconds / length);
  // Zero is "now". Other values are numeric, because "yesterday" depends on the time zone.
  return formatOf(locale, count === 0 ? 'auto' : 'always').format(count, unit);
}

const MAX_COLUMNS = 10_000;

const FIRST = Date.UTC(2000, 0);
const LAST = Date.UTC(2100, 0);

const TIME_WORDS: ReadonlySet<string> = new Set(
  'time timestamp date on at after before created updated modified installed archived completed expires expiration expiry start end since until evaluated'.split(
    ' ',
  ),
);

/** Before the word `time`. In milliseconds, eleven days would be the year 2001. */
const DURATION_WORDS: ReadonlySet<string> = new Set(
  'up down run idle elapsed total average avg mean max min processing response execution wait waiting cpu busy active work working lead delay lag cycle read write duration interval retention'.split(
    ' ',
  ),
);

/** A name with one of them is that of a moment, such as `lastRunTime`. */
const MOMENT_WORDS: ReadonlySet<string> = new Set(['last', 'next', 'first', 'previous']);

/** Names of times in NinjaOne that contain no word for time. */
const LAST_WORDS: ReadonlySet<string> = new Set(['contact', 'update', 'run', 'job', 'seen', 'login', 'logon', 'boot']);

const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 365.25 * 86_400],
  ['month', 30.44 * 86_400],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];

/** An ISO-like format, which is unambiguous in every locale. */
function stamp(milliseconds: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).formatToParts(milliseconds);
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.find((each) => each.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')}:${part('second')}`;
}

/** VS Code may use languages that the platform does not support. */
function formatOf(locale: string, numeric: 'always' | 'auto'): Intl.RelativeTimeFormat {
  try {
    return new Intl.RelativeTimeFormat(locale, { numeric });
  } catch {
    return new Intl.RelativeTimeFormat('en', { numeric });
  }
}
