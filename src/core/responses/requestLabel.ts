import { isPasswordName } from '../api/passwordValues.ts';
import { pathValues } from '../api/requestTargets.ts';
import type { ApiRequest } from '../api/apiRequest.ts';
import { PAGING_TABLE } from '../api/pagingTable.ts';
import { plainText } from '../base/errors.ts';

/**
 * The title of the operation with the values of the request, such as `Get device 1001`, so that tabs can be told apart.
 * Without the cursor of a page, and without values whose names say that they are secrets. At most about 120 characters.
 */
export function requestLabel(request: Pick<ApiRequest, 'operation' | 'url'>): string {
  const { operation, url } = request;
  const { paging } = operation.traits;
  const cursor = paging && PAGING_TABLE[paging.style];
  const ofPath = pathValues(request).map(([name, value]) => (isPasswordName(name) ? '' : shown(value)));
  const ofQuery = [...new URL(url).searchParams]
    .filter(([name]) => !isPasswordName(name) && !(cursor?.location === 'query' && name === cursor.name))
    .map(([name, value]) => `${shown(name)}=${shown(value)}`);
  const values = [...ofPath.filter((value) => value !== ''), ...ofQuery].join(', ');
  return values === '' ? operation.title : `${operation.title} ${plainText(values, MAX_VALUES)}`;
}

function shown(value: string): string {
  return plainText(value, MAX_VALUE);
}

const MAX_VALUE = 40;
const MAX_VALUES = 80;
