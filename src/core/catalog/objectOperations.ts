import type { ResourceObject } from './consoleAddresses.ts';
import { RISK_LEVELS, type Operation, type Parameter } from './operation.ts';

/** Values of parameters by their names. */
export interface ParameterValues {
  readonly path: ReadonlyMap<string, string>;
  readonly query: ReadonlyMap<string, string>;
}

/** An operation that takes an object, with the IDs that are known. */
export interface ObjectOperation {
  readonly operation: Operation;
  readonly values: ParameterValues;
}

/**
 * The operations that take the first of the objects, by the kinds of IDs in the overlay. The other objects are those that
 * it belongs to; they fill further places in the path. Those with the object in the path come first, and of these the ones
 * that only read.
 */
export function operationsTaking(
  operations: readonly Operation[],
  objects: readonly ResourceObject[],
): readonly ObjectOperation[] {
  return operations
    .flatMap((operation) => {
      const values = objectValues(operation, objects);
      return values ? [{ operation, values }] : [];
    })
    .sort((a, b) => orderOf(a, objects[0]) - orderOf(b, objects[0]));
}

/** The IDs of the objects in the places of the operation; undefined if it does not take the first of them. */
export function objectValues(
  { parameters }: Operation,
  objects: readonly ResourceObject[],
): ParameterValues | undefined {
  const [object] = objects;
  const isOf = (parameter: Parameter): boolean => parameter.kind === object?.kind;
  const inPath = parameters.filter((parameter) => parameter.in === 'path');
  const inQuery = inPath.some(isOf) ? [] : parameters.filter((each) => each.in === 'query' && isOf(each)).slice(0, 1);
  if (object === undefined || (!inPath.some(isOf) && inQuery.length === 0)) {
    return undefined;
  }
  const path = inPath.flatMap(({ name, kind }): [string, string][] => {
    const found = objects.find((each) => each.kind === kind);
    return found ? [[name, found.id]] : [];
  });
  return { path: new Map(path), query: new Map(inQuery.map(({ name }) => [name, object.id])) };
}

function orderOf({ operation: { parameters, traits } }: ObjectOperation, object: ResourceObject | undefined): number {
  const isInPath = parameters.some((parameter) => parameter.in === 'path' && parameter.kind === object?.kind);
  return (isInPath ? 0 : RISK_LEVELS.length) + RISK_LEVELS.indexOf(traits.riskLevel);
}
