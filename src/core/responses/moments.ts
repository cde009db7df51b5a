import { cellText, type Cell } from './cells.ts';
import { decimalParts } from './exactNumbers.ts';
import { timestampMilliseconds } from './timestamps.ts';

/** A time with its whole fraction, whatever its unit was. */
export interface Moment {
  /** Whole seconds since 1970. */
  readonly seconds: number;
  /** Digits of the fraction of a second, as they were written. */
  readonly fraction: string;
}

/** The time of a cell: a number under the name of a time, in seconds or milliseconds, or ISO 8601 text. */
export function momentOf(cell: Cell, name: string): Moment | undefined {
  return typeof cell === 'string' ? momentOfText(cell) : momentOfNumber(cellText(cell), name);
}

/** Negative, zero or positive, as for `Array.sort`. */
export function compareMoments(a: Moment, b: Moment): number {
  const [first, second] = [a.fraction, b.fraction].map((digits) => digits.replace(/0+$/, ''));
  return a.seconds - b.seconds || Number((first ?? '') > (second ?? '')) - Number((first ?? '') < (second ?? ''));
}

/** ISO 8601 in UTC, with the whole fraction. */
export function isoText({ seconds, fraction }: Moment): string {
  const whole = new Date(seconds * 1000).toISOString().slice(0, 19);
  return `${whole}${fraction === '' ? '' : `.${fraction}`}Z`;
}

function momentOfNumber(digits: string, name: string): Moment | undefined {
  const value = Number(digits);
  const milliseconds = timestampMilliseconds(name, value);
  if (milliseconds === undefined) {
    return undefined;
  }
  // Digits are moved, because a division would round the fraction.
  const [whole, fraction] = decimalParts(digits, milliseconds === value ? -3 : 0);
  return { seconds: Number(whole), fraction };
}

function momentOfText(text: string): Moment | undefined {
  const [, date = '', time = '00:00', seconds = ':00', fraction = '', zone = ''] = ISO.exec(text) ?? [];
  if (date === '') {
    return undefined;
  }
  // NinjaOne's times are in UTC, so a time without a zone is, too.
  const offset = zone === '' ? 'Z' : zone.toUpperCase().replace(/^([+-]\d\d):?(\d\d)$/, '$1:$2');
  const milliseconds = Date.parse(`${date}T${time}${seconds}${offset}`);
  return Number.isNaN(milliseconds) ? undefined : { seconds: milliseconds / 1000, fraction };
}

const ISO = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?:(:\d\d)(?:[.,](\d+))?)? ?(Z|[+-]\d\d:?\d\d)?)?$/i;
