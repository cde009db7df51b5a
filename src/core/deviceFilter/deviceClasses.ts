import { asArray, getOwn } from '../base/untrusted.ts';
import type { Schemas } from '../catalog/operation.ts';

/** The classes of devices in an API description: the longest list of values of a member `nodeClass`. */
export function deviceClasses(schemas: Schemas): readonly string[] {
  const lists = [...schemas.values()].map((schema) =>
    asArray(getOwn(getOwn(getOwn(schema, 'properties'), 'nodeClass'), 'enum')).filter(
      (each) => typeof each === 'string',
    ),
  );
  return lists.reduce((longest, list) => (list.length > longest.length ? list : longest), []);
}
