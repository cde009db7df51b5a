/** Plain reading of JSON or YAML that somebody else wrote. */

/** `undefined` for what is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The value as an object with own string keys; `undefined` for anything else, arrays included. */
export function asRecord(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}

/** Own properties only, so that a key such as `constructor` finds nothing that nobody wrote. */
export function getOwn(value: unknown, key: string): unknown {
  const record = asRecord(value);
  return record && Object.hasOwn(record, key) ? record[key] : undefined;
}

export function asArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A name of 1 to 200 visible characters that cannot reach the prototype of an object that it becomes a key of. */
export function asName(value: unknown): string | undefined {
  return typeof value === 'string' &&
    value !== '' &&
    value.length <= 200 &&
    value !== '__proto__' &&
    (ASCII.test(value) || VISIBLE.test(value))
    ? value
    : undefined;
}

/** Nearly every name there is, told without the large tables of the other expression. */
const ASCII = /^[ -~]+$/;
const VISIBLE = /^[^\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]+$/u;

export function asProse(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, 4000) : undefined;
}
