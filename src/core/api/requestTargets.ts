import type { ResourceType } from '../catalog/operation.ts';
import { PATH_PARAMETER, type ApiRequest } from './apiRequest.ts';

/** One thing that a request is about, as far as its address tells. */
export interface TargetObject {
  /** Of the parameter. */
  readonly name: string;
  readonly kind: ResourceType | undefined;
  readonly id: string;
}

/** What stands in the places of the path from left to right, then the ids of the query. */
export function requestTargets({ operation, url }: Pick<ApiRequest, 'operation' | 'url'>): TargetObject[] {
  const { searchParams } = new URL(url);
  const kindOf = (place: 'path' | 'query', name: string): ResourceType | undefined =>
    operation.parameters.find((parameter) => parameter.in === place && parameter.name === name)?.kind;
  return [
    ...pathValues({ operation, url }).map(([name, id]) => ({ name, kind: kindOf('path', name), id })),
    ...[...searchParams].flatMap(([name, id]) => {
      const kind = kindOf('query', name);
      return kind === undefined ? [] : [{ name, kind, id }];
    }),
  ];
}

/** Name and value of each place of the path, from left to right. */
export function pathValues({ operation, url }: Pick<ApiRequest, 'operation' | 'url'>): (readonly [string, string])[] {
  const segments = new URL(url).pathname.split('/');
  return operation.path.split('/').flatMap((wanted, index) => {
    const [before = '', name, after = ''] = wanted.split(PATH_PARAMETER);
    const segment = segments[index] ?? '';
    const value = decodeURIComponent(segment.slice(before.length, segment.length - after.length));
    return name === undefined ? [] : [[name, value] as const];
  });
}

/**
 * The word to type where there is no single object to name: the last fixed part of the path, such as `archive` of
 * `/v2/checklist/archive`.
 */
export function confirmationWord({ operation }: Pick<ApiRequest, 'operation'>): string {
  const fixed = operation.path.split('/').filter((segment) => segment !== '' && !PATH_PARAMETER.test(segment));
  return fixed.at(-1) ?? operation.method;
}
