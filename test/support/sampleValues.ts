import { asArray, asRecord, getOwn } from '../../src/core/base/untrusted.ts';

/** How a sample fills a schema: with as few values as possible, as many as possible, or null where allowed. */
export type Fill = 'least' | 'most' | 'nulls';

/** A value that the schema allows. */
export function sampleOf(schema: unknown, definitions: unknown, fill: Fill, depth = 0): unknown {
  const inner = (part: unknown): unknown => sampleOf(part, definitions, fill, depth + 1);
  const reference = getOwn(schema, '$ref');
  if (typeof reference === 'string') {
    return inner(getOwn(definitions, decodeURIComponent(reference.replace('#/definitions/', ''))));
  }
  if (getOwn(schema, 'not') !== undefined) {
    return null;
  }
  const parts = asArray(getOwn(schema, 'allOf'));
  if (parts.length > 0) {
    return Object.assign({}, ...parts.map((part) => asRecord(inner(part)) ?? {}), objectOf(schema, inner, fill, depth));
  }
  const choices = asArray(getOwn(schema, 'anyOf') ?? getOwn(schema, 'oneOf'));
  if (choices.length > 0) {
    return inner(fill === 'nulls' ? choices.at(-1) : choices[0]);
  }
  const values = asArray(getOwn(schema, 'enum'));
  if (values.length > 0) {
    return fill === 'least' ? values[0] : values.at(-1);
  }
  const types = [getOwn(schema, 'type')].flat();
  const type =
    fill === 'nulls'
      ? types.find((each) => each === 'null')
      : fill === 'most'
        ? types.find((each) => each === 'integer')
        : undefined;
  return ofType(type ?? types[0], schema, { inner, fill, depth });
}

interface Making {
  readonly inner: (part: unknown) => unknown;
  readonly fill: Fill;
  readonly depth: number;
}

function ofType(type: unknown, schema: unknown, { inner, fill, depth }: Making): unknown {
  switch (type) {
    case 'string':
      return textOf(schema, fill);
    case 'integer':
    case 'number': {
      const least = Number(getOwn(schema, 'minimum') ?? 0);
      return fill === 'least' ? least : Math.max(least, Number(getOwn(schema, 'maximum') ?? 42));
    }
    case 'boolean':
      return fill === 'most';
    case 'null':
      return null;
    case 'array': {
      const count = Math.max(Number(getOwn(schema, 'minItems') ?? 0), fill === 'least' || depth > 8 ? 0 : 1);
      const most = Number(getOwn(schema, 'maxItems') ?? count);
      return Array.from({ length: Math.min(count, most) }, () => inner(getOwn(schema, 'items') ?? {}));
    }
    default:
      return objectOf(schema, inner, fill, depth);
  }
}

function objectOf(schema: unknown, inner: (part: unknown) => unknown, fill: Fill, depth: number): object {
  const properties = Object.entries(asRecord(getOwn(schema, 'properties')) ?? {});
  const required = asArray(getOwn(schema, 'required'));
  return Object.fromEntries(
    properties
      .filter(([name]) => required.includes(name) || (fill !== 'least' && depth < 8))
      .map(([name, part]) => [name, inner(part)]),
  );
}

function textOf(schema: unknown, fill: Fill): string {
  switch (getOwn(schema, 'format')) {
    case 'uuid':
      return '6f1c1c5e-0a5b-4c5e-9d3b-2f1e0d9c8b7a';
    case 'date-time':
      return '2026-01-31T12:00:00Z';
    case 'date':
      return '2026-01-31';
    default: {
      if (getOwn(schema, 'pattern') !== undefined) {
        // Only digits have one.
        return '42';
      }
      const least = Number(getOwn(schema, 'minLength') ?? 0);
      return 'x'.repeat(
        fill === 'least' ? least : Math.max(least, Math.min(3, Number(getOwn(schema, 'maxLength') ?? 3))),
      );
    }
  }
}
