import { membersOfSchema, resolvedSchema, typesOf } from '../catalog/bodyMembers.ts';
import { asArray } from '../base/untrusted.ts';
import type { Operation, Schemas } from '../catalog/operation.ts';

/**
 * The body of a new request document: each required member with a value that is easy to replace and that nobody takes for
 * a real one: `""`, `null`, `[]` or `{}`. A choice has its first harmless value. The document is marked when it is sent
 * while such a value is left (`missingMembers()`).
 */
export function bodySkeleton(operation: Operation, schemas: Schemas): unknown {
  const { body } = operation;
  const found = valueFor(body?.schema, { operation, schemas, depth: 0 });
  return typeof found === 'object' && found !== null ? found : {};
}

/**
 * The first of some values that sounds harmless, for a choice in a new document; `''` if there is none. Nothing is chosen
 * for an operation that destroys data.
 */
export function harmlessChoice(values: readonly unknown[], { traits }: Pick<Operation, 'traits'>): string | number {
  const found = traits.riskLevel === 'destructive' ? undefined : values.find((value) => !HARMFUL.test(String(value)));
  return typeof found === 'string' || typeof found === 'number' ? found : '';
}

const HARMFUL =
  /force|delet|remov|reset|wipe|clear|purge|eras|disabl|reject|stop|kill|archiv|decommission|uninstall|approv|^all$/i;

interface Place {
  readonly operation: Operation;
  readonly schemas: Schemas;
  readonly depth: number;
}

function valueFor(schema: unknown, place: Place): unknown {
  const { schemas, depth, operation } = place;
  const found = resolvedSchema(schema, schemas);
  const types = typesOf(found);
  const inner = { ...place, depth: depth + 1 };
  const choices = asArray(found['enum']);
  if (choices.length > 0) {
    return harmlessChoice(choices, operation);
  }
  if (types.includes('array')) {
    const item = depth < MAX_DEPTH ? membersOfSchema(found['items'], schemas) : undefined;
    return item && item.required.size > 0 ? [valueFor(found['items'], inner)] : [];
  }
  const { properties, required } = membersOfSchema(found, schemas);
  if (types.includes('object') || properties.size > 0) {
    const names = depth < MAX_DEPTH ? [...properties.keys()].filter((name) => required.has(name)) : [];
    return Object.fromEntries(names.map((name) => [name, valueFor(properties.get(name), inner)]));
  }
  return types[0] === 'string' ? '' : null;
}

const MAX_DEPTH = 4;
