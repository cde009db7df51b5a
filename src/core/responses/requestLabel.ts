import { isSecretParameter } from '../api/passwordNames.ts';
import { pathValues } from '../api/requestTargets.ts';
import type { ApiRequest } from '../api/apiRequest.ts';
import { PAGING_TABLE } from '../api/pagingTable.ts';
import { plainText } from '../base/errors.ts';
import { dateFormatOf } from '../catalog/dateParameters.ts';
import type { DateFormat, Operation } from '../catalog/operation.ts';

/**
 * The title of the operation with the values of the request, such as `Get device 1001`, so that tabs can be told apart.
 * Dates are written in local time, and not as numbers since 1970. Without the cursor of a page, and without values that
 * are secrets. At most about 120 characters.
 */
export function requestLabel(request: Pick<ApiRequest, 'operation' | 'url'>): string {
  const { operation, url } = request;
  const { paging } = operation.traits;
  const cursor = paging && PAGING_TABLE[paging.style];
  const ofPath = pathValues(request).map(([name, value]) => (isSecretParameter(name, value) ? '' : shown(value)));
  const ofQuery = [...new URL(url).searchParams]
    .filter(
      ([name, value]) => !isSecretParameter(name, value) && !(cursor?.location === 'query' && name === cursor.name),
    )
    .map(([name, value]) => `${shown(name)}=${shown(readableDate(name, value, operation) ?? value)}`);
  const values = [...ofPath.filter((value) => value !== ''), ...ofQuery].join(', ');
  return values === '' ? operation.title : `${operation.title} ${plainText(values, MAX_VALUES)}`;
}

/** A date that is sent as a number, as the day that the user wrote, or as a moment of local time. */
function readableDate(name: string, value: string, { parameters }: Operation): string | undefined {
  const declared = parameters.find((each) => each.in === 'query' && each.name === name);
  const unit = UNITS.get(declared && dateFormatOf(declared));
  if (unit === undefined || !/^\d{9,14}$/.test(value)) {
    return undefined;
  }
  const moment = new Date(Number(value) * unit);
  const local = new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000).toISOString();
  return local.replace(/T00:00:00\.000Z$/, '').replace(/(?::00)?\.000Z$/, '');
}

/** Milliseconds. */
const UNITS: ReadonlyMap<DateFormat | undefined, number> = new Map([
  ['epochSeconds', 1000],
  ['epochMilliseconds', 1],
]);

function shown(value: string): string {
  return plainText(value, MAX_VALUE);
}

const MAX_VALUE = 40;
const MAX_VALUES = 80;
