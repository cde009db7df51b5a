import { plainText } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import { asRecord, getOwn, parseJson } from '../base/untrusted.ts';
import { membersOfSchema, resolvedSchema, typesOf } from '../catalog/bodyMembers.ts';
import { isForm } from '../catalog/formSchema.ts';
import type { Operation, Schemas } from '../catalog/operation.ts';
import type { RequestProblem } from './requestDraft.ts';

/** A required member of a body that has no value. */
export interface MissingMember extends RequestProblem {
  /** As in a message, such as `locations[0].name`. */
  readonly name: string;
}

/**
 * The required members of a body that are absent or still have the empty value of a new document (`bodySkeleton()`), in
 * their order, one problem each (E6). `text` is the whole document. Never throws.
 */
export function missingMembers(text: string, { body }: Operation, schemas: Schemas): readonly MissingMember[] {
  const value = getOwn(parseJson(text), 'body');
  if (!body || isForm(body) || value === undefined) {
    return [];
  }
  const search: Search = { schemas, found: [], counts: new Map() };
  collect(value, body.schema, { location: ['body'], shown: '' }, search);
  return search.found;
}

interface Search {
  readonly schemas: Schemas;
  readonly found: MissingMember[];
  /** How many members were seen at a location, because the items of lists share one. */
  readonly counts: Map<string, number>;
}

interface Place {
  readonly location: readonly string[];
  /** Like `locations[0]`; empty for the body itself. */
  readonly shown: string;
}

function collect(value: unknown, schema: unknown, { location, shown }: Place, search: Search): void {
  const { schemas, found, counts } = search;
  // Values of a document nest less deeply than `JSON.parse` allows, but a schema can have a circle.
  if (found.length >= MAX_PROBLEMS || location.length > MAX_DEPTH) {
    return;
  }
  if (Array.isArray(value)) {
    const { items } = resolvedSchema(schema, schemas);
    value.forEach((item, index) => {
      collect(item, items, { location, shown: `${shown}[${index}]` }, search);
    });
    return;
  }
  const members = asRecord(value);
  if (!members) {
    return;
  }
  const { properties, required } = membersOfSchema(schema, schemas);
  for (const [name, inner] of properties) {
    const place = { location: [...location, name], shown: shown === '' ? name : `${shown}.${name}` };
    const key = JSON.stringify(place.location);
    const isPresent = Object.hasOwn(members, name);
    const occurrence = counts.get(key) ?? 0;
    if (isPresent) {
      counts.set(key, occurrence + 1);
    }
    if (required.has(name) && isEmpty(members[name], resolvedSchema(inner, schemas))) {
      const text = plainText(place.shown, 100);
      found.push({
        name: text,
        ...(isPresent ? { location: place.location, occurrence } : { location }),
        message: l10n.t('Enter a value for {0}.', text),
      });
    } else if (isPresent) {
      collect(members[name], inner, place, search);
    }
  }
}

function isEmpty(value: unknown, schema: Readonly<Record<string, unknown>>): boolean {
  const isNullAllowed = typesOf(schema).includes('null');
  return (
    value === undefined ||
    (value === null && !isNullAllowed) ||
    value === '' ||
    (typeof value === 'object' && value !== null && Object.keys(value).length === 0)
  );
}

const MAX_PROBLEMS = 50;
const MAX_DEPTH = 20;
