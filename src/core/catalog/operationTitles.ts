import type { Method } from './operation.ts';

interface Named {
  readonly method: Method;
  readonly path: string;
  readonly operationId: string;
}

/**
 * A unique title for each operation (E1). Built from the operation ID, or from method and path if the ID is missing,
 * ends in a number, or names only a verb.
 */
export function operationTitles(operations: readonly Named[]): readonly string[] {
  const titles = operations.map((operation) => idTitle(operation.operationId) ?? pathTitle(operation));
  const byPath = replaceDuplicates(titles, (index) => {
    const operation = operations[index];
    return operation ? pathTitle(operation) : '';
  });
  return replaceDuplicates(byPath, (index) => `${byPath[index] ?? ''} (${operationKey(operations[index])})`);
}

/** Splits `getDeviceInstalledOSPatches` into get, Device, Installed, OS, Patches. */
export function splitWords(name: string): readonly string[] {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .split(/[^a-zA-Z\d\u0080-\uffff]+/)
    .filter((word) => word !== '');
}

function idTitle(operationId: string): string | undefined {
  const name = operationId.replace(/PublicApi(?=List$|$)/, '');
  const parts = splitWords(name);
  const numbered = /_\d+$/.test(operationId);
  const generic = parts.length < 2 || parts.slice(1).every((word) => /^(?:by|ids?|all|one|it)$/i.test(word));
  return numbered || generic ? undefined : sentenceCase(parts);
}

const VERBS: { readonly [M in Method]: string } = {
  GET: 'Get',
  POST: 'Create',
  PUT: 'Update',
  PATCH: 'Update',
  DELETE: 'Delete',
};

/** Last path segments that are verbs, as in `/v2/organization/checklists/promote`. */
const ACTIONS: ReadonlySet<string> = new Set(
  'activate apply approve archive cancel configure control deactivate decommission delete download export merge move promote rename reset restore run scan search unarchive upload upsert'.split(
    ' ',
  ),
);

function pathTitle({ method, path }: Named): string {
  const segments = path
    .split('/')
    .filter((segment) => segment !== '' && !segment.includes('{') && !/^v\d+$/.test(segment));
  const last = segments.at(-1) ?? '';
  const isAction = ACTIONS.has(last) && segments.length > 1;
  const isQuery = method === 'GET' && segments[0] === 'queries' && segments.length > 1;
  const things = segments.slice(isQuery ? 1 : 0, isAction ? -1 : undefined).flatMap(splitWords);
  const verb = isAction ? last : isQuery ? 'Query' : VERBS[method];
  return sentenceCase([verb, ...things.filter((word, index) => things[index + 1]?.startsWith(word) !== true)]);
}

/** Words in capital letters, such as OS and RAID, stay unchanged. */
function sentenceCase(parts: readonly string[]): string {
  const text = parts.map((word) => (/^[A-Z\d]{2,}$/.test(word) ? word : word.toLowerCase())).join(' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function replaceDuplicates(titles: readonly string[], other: (index: number) => string): readonly string[] {
  const counts = new Map<string, number>();
  for (const title of titles) {
    counts.set(title, (counts.get(title) ?? 0) + 1);
  }
  return titles.map((title, index) => ((counts.get(title) ?? 0) > 1 ? other(index) : title));
}

function operationKey(operation: Named | undefined): string {
  return operation ? `${operation.method} ${operation.path}` : '';
}
