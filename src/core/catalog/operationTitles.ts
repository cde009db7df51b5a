import type { Method } from './operation.ts';

interface Named {
  readonly method: Method;
  readonly path: string;
  readonly operationId: string;
  /** Whether it is a read whose response is a list, in pages or not. */
  readonly isList: boolean;
}

/**
 * A unique title for each operation (E1). Built from the operation ID, or from method and path if the ID is missing,
 * ends in a number, or names only a verb. A read that returns a list begins with "List", and titles that differ only in
 * number, such as "Archive document template" and "Archive document templates", are told apart by what they take.
 */
export function operationTitles(operations: readonly Named[]): readonly string[] {
  const titles = operations.map((operation) =>
    listTitle(operation, idTitle(operation.operationId) ?? pathTitle(operation)),
  );
  const byPath = replaceDuplicates(titles, (index) => {
    const operation = operations[index];
    return operation ? listTitle(operation, pathTitle(operation)) : '';
  });
  const unique = replaceDuplicates(byPath, (index) => `${byPath[index] ?? ''} (${operationKey(operations[index])})`);
  return tellNumbersApart(unique, operations);
}

function tellNumbersApart(titles: readonly string[], operations: readonly Named[]): readonly string[] {
  const singular = titles.map((title) => splitWords(title).map(singularOf).join(' '));
  const counts = countsOf(singular);
  return titles.map((title, index) =>
    (counts.get(singular[index] ?? '') ?? 0) > 1 ? withLastParameter(title, operations[index]?.path ?? '') : title,
  );
}

/**
 * `policies` and `policy`, `statuses` and `status`, have the same singular. Good enough to compare words, not to show
 * it.
 */
export function singularOf(word: string): string {
  return word
    .toLowerCase()
    .replace(/ies$/, 'y')
    .replace(/(ss|us|x|ch|sh)es$/, '$1')
    .replace(/(.[^sui])s$/, '$1');
}

/** `Delete tag by ID`, or `Delete related items by entity ID` if the parameter is not named after the title. */
function withLastParameter(title: string, path: string): string {
  const name = splitWords(/.*\{([^{}]*)\}/.exec(path)?.[1] ?? '').map((word) =>
    /^id$/i.test(word) ? 'ID' : word.toLowerCase(),
  );
  if (name.length === 0) {
    return title;
  }
  const things = name.slice(0, -1).join(' ');
  return `${title} by ${title.endsWith(` ${things}`) ? '' : `${things} `}${name.at(-1) ?? ''}`;
}

/** A query says in its path that it is a report, and "List RAID drive report" is no English. */
function listTitle({ isList, path }: Named, title: string): string {
  if (!isList) {
    return title;
  }
  const things = title.replace(/^(?:Get|Fetch|Query|List|Search)(?: all)? /, '');
  const named = things.endsWith(' report') ? pluralLike(things.replace(/ report$/, ''), path) : things;
  return /^Search /.test(title) ? `List ${named} by search` : `List ${named}`;
}

/** `RAID drive` becomes `RAID drives` if the path ends in `raid-drives`. */
function pluralLike(things: string, path: string): string {
  const last = splitWords(path).at(-1) ?? '';
  return last.toLowerCase() === `${things.split(' ').at(-1) ?? ''}s`.toLowerCase() ? `${things}s` : things;
}

/** Splits `getDeviceInstalledOSPatches` into get, Device, Installed, OS, Patches. `URLs` is one word. */
export function splitWords(name: string): readonly string[] {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z](?!s(?![a-z]))[a-z])/g, '$1 $2')
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

/** Words in capital letters, such as OS and RAID, stay unchanged. `Id` and `Urls` become ID and URLs. */
function sentenceCase(parts: readonly string[]): string {
  const text = parts
    .map((word) => (/^[A-Z\d]{2,}$/.test(word) ? word : (ACRONYMS.get(word.toLowerCase()) ?? word.toLowerCase())))
    .join(' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const ACRONYMS: ReadonlyMap<string, string> = new Map([
  ['id', 'ID'],
  ['ids', 'IDs'],
  ['url', 'URL'],
  ['urls', 'URLs'],
]);

function replaceDuplicates(titles: readonly string[], other: (index: number) => string): readonly string[] {
  const counts = countsOf(titles);
  return titles.map((title, index) => ((counts.get(title) ?? 0) > 1 ? other(index) : title));
}

function countsOf(titles: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const title of titles) {
    counts.set(title, (counts.get(title) ?? 0) + 1);
  }
  return counts;
}

function operationKey(operation: Named | undefined): string {
  return operation ? `${operation.method} ${operation.path}` : '';
}
