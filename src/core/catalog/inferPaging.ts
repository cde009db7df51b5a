import type { Paging, PagingStyle, Traits } from './operation.ts';
import type { SpecOperation, SpecParameter } from './spec.ts';

/**
 * The paging style of an operation for which the overlay has none, such as one that only the description of an instance
 * has. It is found only if the operation has exactly one parameter that can be a cursor and if this has one meaning:
 * dates are named `after` too, and with `before` the list can begin with the latest item, so that `after` would skip the
 * rest of it.
 */
export function inferPaging({ method, parameters }: SpecOperation, { items }: Traits): Paging | undefined {
  const query = parameters.filter((parameter) => parameter.in === 'query');
  const [cursor, ...others] = query.filter(({ name }) => CURSOR_NAMES.has(name));
  if (method !== 'GET' || !cursor || others.length > 0) {
    return undefined;
  }
  const style = INFERABLE.find((each) => each === cursor.name);
  const hasPageSize = query.some(({ name }) => name === 'pageSize');
  if (!style || !hasPageSize || (style === 'after' && cursor.type !== 'integer')) {
    return undefined;
  }
  // All lists with these two parameters are in this member.
  const usual = style === 'cursor' || style === 'cursorName' ? 'results' : '';
  return { style, items: items ?? usual, isInferred: true };
}

const INFERABLE = ['after', 'cursor', 'cursorName', 'anchorId', 'anchorNaturalId'] as const satisfies PagingStyle[];

/** Parameters that choose a page by their names alone. */
const CURSOR_NAMES: ReadonlySet<string> = new Set([
  ...INFERABLE,
  'before',
  'olderThan',
  'newerThan',
  'page',
  'pageNumber',
  'offset',
  'skip',
  'start',
  'lastCursorId',
  'nextCursor',
  'pageToken',
]);

/** Whether a parameter of an operation shows that its list comes in parts. */
export function hasPagingParameter(parameters: readonly SpecParameter[]): boolean {
  return parameters.some(
    ({ in: location, name }) => location === 'query' && (CURSOR_NAMES.has(name) || SIZE_NAMES.has(name)),
  );
}

const SIZE_NAMES: ReadonlySet<string> = new Set([
  'pageSize',
  'page_size',
  'perPage',
  'per_page',
  'limit',
  'maxResults',
  'top',
]);
