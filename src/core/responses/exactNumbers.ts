/** The digits of a number of JSON and the position of its decimal point, which may lie outside of them. */
interface Decimal {
  readonly digits: string;
  readonly point: number;
}

/** Compares two numbers of JSON by all of their digits. Negative, zero or positive, as for `Array.sort`. */
export function compareNumbers(a: string, b: string): number {
  const [first, second] = [Number(a), Number(b)];
  // Rounding to doubles keeps the order, so only equal doubles need their digits.
  return first < second ? -1 : first > second ? 1 : compareDigits(a, b);
}

/** The digits before and after the decimal point of a positive number of JSON, multiplied by a power of ten. */
export function decimalParts(text: string, power: number): readonly [whole: string, fraction: string] {
  const { digits, point } = decimalOf(text, power);
  const start = Math.min(0, point);
  const all = digits.padStart(digits.length - start, '0').padEnd(point, '0');
  return [all.slice(0, point - start), all.slice(point - start)];
}

function compareDigits(a: string, b: string): number {
  const [first, second] = [a, b].map((text) => significant(decimalOf(text, 0)));
  if (!first || !second) {
    return 0;
  }
  // Doubles of zero can be those of numbers that are too small for them.
  const [sign, other] = [signOf(a, first), signOf(b, second)];
  if (sign !== other || sign === 0) {
    return sign - other;
  }
  const length = Math.max(first.digits.length, second.digits.length);
  const [x, y] = [first, second].map(({ digits }) => digits.padEnd(length, '0'));
  return sign * (first.point - second.point || Number((x ?? '') > (y ?? '')) - Number((x ?? '') < (y ?? '')));
}

function signOf(text: string, { digits }: Decimal): number {
  return digits === '' ? 0 : text.startsWith('-') ? -1 : 1;
}

function decimalOf(text: string, power: number): Decimal {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().replace(/^-/, '').split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  return { digits: whole + fraction, point: whole.length + Number(exponent) + power };
}

/** Without leading zeros; zero has no digits. */
function significant({ digits, point }: Decimal): Decimal {
  const stripped = digits.replace(/^0+/, '');
  return { digits: stripped, point: point - (digits.length - stripped.length) };
}
