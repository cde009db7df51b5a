import { isListRead, METHODS, type Operation } from './operation.ts';
import { UNKNOWN_TRAITS } from './overlay.ts';

export const GROUPINGS = ['resource', 'tag', 'path', 'method'] as const;
export type GroupBy = (typeof GROUPINGS)[number];

export interface Group {
  /** Stable within a grouping, because it is part of the ID of a tree item. */
  readonly id: string;
  readonly label: string;
  /** Never empty. Lists first, then other reads, then writes; otherwise in the order of the catalog (E3). */
  readonly operations: readonly Operation[];
}

/** Groups sorted by name, or by method in the order of `METHODS`. The group of all other operations comes last. */
export function groupOperations(by: GroupBy, operations: readonly Operation[]): readonly Group[] {
  const groups = new Map<string, { label: string; operations: Operation[] }>();
  for (const operation of operations) {
    const label = LABELS[by](operation);
    // Some tags in a description differ only in case.
    const id = `${by}:${by === 'path' ? label : label.toLowerCase()}`;
    const group = groups.get(id) ?? { label, operations: [] };
    group.operations.push(operation);
    groups.set(id, group);
  }
  return [...groups]
    .map(([id, { label, operations: found }]) => ({
      id,
      label,
      operations: found.sort((a, b) => place(a) - place(b)),
    }))
    .sort((a, b) => rank(by, a.label) - rank(by, b.label) || (a.id < b.id ? -1 : 1));
}

const LABELS: { readonly [G in GroupBy]: (operation: Operation) => string } = {
  resource: ({ traits }) => traits.group,
  tag: ({ tag }) => (tag === '' ? UNKNOWN_TRAITS.group : tag.charAt(0).toUpperCase() + tag.slice(1)),
  path: ({ path }) => /^(?:\/v\d+)?\/[^/]*/.exec(path)?.[0] ?? path,
  method: ({ method }) => method,
};

/** The list that everybody wants needs no value of a path, so it comes before the lists of one device or organization. */
function place(operation: Operation): number {
  if (isListRead(operation)) {
    return operation.path.includes('{') ? 1 : 0;
  }
  return operation.method === 'GET' ? 2 : 3;
}

function rank(by: GroupBy, label: string): number {
  return by === 'method' ? METHODS.findIndex((method) => method === label) : label === UNKNOWN_TRAITS.group ? 1 : 0;
}
