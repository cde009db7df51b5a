import { isUnknownTraits } from '../catalog/overlay.ts';
import type { ResourceType } from '../catalog/operation.ts';
import { PATH_PARAMETER, type ApiRequest } from './apiRequest.ts';

/** One object that the address of a request identifies. */
export interface TargetObject {
  /** Name of the parameter. */
  readonly name: string;
  readonly kind: ResourceType | undefined;
  readonly id: string;
}

/** The values of the path parameters from left to right, then the IDs in the query. */
export function requestTargets({ operation, url }: Pick<ApiRequest, 'operation' | 'url'>): TargetObject[] {
  const { searchParams } = new URL(url);
  const kindOf = (location: 'path' | 'query', name: string): ResourceType | undefined =>
    operation.parameters.find((parameter) => parameter.in === location && parameter.name === name)?.kind;
  return [
    ...pathValues({ operation, url }).map(([name, id]) => ({ name, kind: kindOf('path', name), id })),
    ...[...searchParams].flatMap(([name, id]) => {
      const kind = kindOf('query', name);
      return kind === undefined ? [] : [{ name, kind, id }];
    }),
  ];
}

/** Name and value of each path parameter, from left to right. */
export function pathValues({ operation, url }: Pick<ApiRequest, 'operation' | 'url'>): (readonly [string, string])[] {
  const segments = new URL(url).pathname.split('/');
  return operation.path.split('/').flatMap((segmentTemplate, index) => {
    const [before = '', name, after = ''] = segmentTemplate.split(PATH_PARAMETER);
    const segment = segments[index] ?? '';
    const value = decodeURIComponent(segment.slice(before.length, segment.length - after.length));
    return name === undefined ? [] : [[name, value] as const];
  });
}

/**
 * The text to type if the request does not identify a single object: the last segment of the path that says what is done,
 * such as `archive` in `/v2/checklist/archive`, or `REJECT` for a parameter with a choice of values. If nobody knows
 * what the operation does, its method and its path with all values, such as `POST device/7/unpair`.
 */
export function confirmationWord({ operation, url }: Pick<ApiRequest, 'operation' | 'url'>): string {
  if (isUnknownTraits(operation.traits)) {
    return `${operation.method} ${new URL(url).pathname.replace(/^\/v\d+\//, '')}`;
  }
  const values = new Map(pathValues({ operation, url }));
  const hasChoice = (name: string): boolean =>
    operation.parameters.some((each) => each.in === 'path' && each.name === name && each.values !== undefined);
  const words = operation.path.split('/').flatMap((segment) => {
    const name = PATH_PARAMETER.exec(segment)?.[1];
    return name === undefined ? [segment] : hasChoice(name) ? [values.get(name) ?? ''] : [];
  });
  return words.findLast((word) => word !== '') ?? operation.method;
}
