/** Reads JSON or YAML from an untrusted source. */

/** `undefined` if the text is not valid JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The value if it is an object; `undefined` for anything else, including arrays. */
export function asRecord(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}

/** Own properties only, so that a key such as `constructor` does not return an inherited value. */
export function getOwn(value: unknown, key: string): unknown {
  const record = asRecord(value);
  return record && Object.hasOwn(record, key) ? record[key] : undefined;
}

/** The text at a path of own properties of a value from another extension, whose getters may throw. */
export function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  try {
    const text = path.reduce<unknown>((each, key) => getOwn(each, key), value);
    return typeof text === 'string' ? text : undefined;
  } catch {
    return undefined;
  }
}

export function asArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A name of 1 to 200 visible characters. `__proto__` is refused, because names become keys of objects. */
export function asName(value: unknown): string | undefined {
  return typeof value === 'string' &&
    value !== '' &&
    value.length <= 200 &&
    value !== '__proto__' &&
    (ASCII.test(value) || VISIBLE.test(value))
    ? value
    : undefined;
}

/** A fast path for most names: it avoids the large Unicode tables of the other expression. */
const ASCII = /^[ -~]+$/;
const VISIBLE = /^[^\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]+$/u;

export function asProse(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, 4000) : undefined;
}
