import { groupOperations, type Group, type GroupBy } from './groupOperations.ts';
import type { SpecFacts } from './spec.ts';
import { METHODS, type Operation, type Schemas } from './operation.ts';
import { parametersOf, traitsOf, type Overlay } from './overlay.ts';
import type { SpecWarnings } from './openApiSchema.ts';
import { createSearch } from './searchOperations.ts';
import { titlesOf } from './operationTitles.ts';

/** Where a catalog comes from: the extension itself, or the API description of one instance (E2). */
export type CatalogOrigin =
  | { readonly kind: 'bundled'; readonly version: string }
  | {
      readonly kind: 'live';
      readonly version: string;
      readonly origin: string;
      /** Of the instance, as its `/app-version.txt` says; empty when it did not say. */
      readonly appVersion: string;
    };

/** Every operation that can be called, ready to be found, grouped and asked about. Immutable. */
export interface Catalog {
  readonly origin: CatalogOrigin;
  /** By path, then by method in the order of `METHODS`; no two titles are alike (E1). */
  readonly operations: readonly Operation[];
  /** What could not be read of the description. */
  readonly skipped: readonly SpecWarnings[];
  /** By key, such as `GET /v2/device/{id}`. */
  find(key: string): Operation | undefined;
  /** By a path with values in its places; literal segments win over places. Query and fragment are not part of a path. */
  match(method: string, path: string): Operation | undefined;
  /** All words must occur in method, path, operation id, tag, title or parameter names. */
  search(text: string): readonly Operation[];
  /** Groups in order, none of them empty; of all operations, or of those that are given. */
  groups(by: GroupBy, operations?: readonly Operation[]): readonly Group[];
  /** The schemas that bodies refer to. Read when a body is first looked at: the tree has no use for them. */
  schemas(): Promise<Schemas>;
}

export interface CatalogParts {
  readonly origin: CatalogOrigin;
  readonly facts: Pick<SpecFacts, 'operations' | 'skipped'>;
  readonly overlay: Overlay;
  readonly schemas: () => Promise<Schemas>;
}

export function createCatalog({ origin, facts, overlay, schemas }: CatalogParts): Catalog {
  const sorted = [...facts.operations].sort(
    (a, b) => compare(a.path, b.path) || METHODS.indexOf(a.method) - METHODS.indexOf(b.method),
  );
  const titles = titlesOf(sorted);
  const operations: readonly Operation[] = sorted.map((operation, index) => {
    const row = overlay.get(operation.key);
    return {
      ...operation,
      title: titles[index] ?? operation.key,
      parameters: parametersOf(operation, row),
      traits: traitsOf(row),
    };
  });
  const byKey = new Map(operations.map((operation) => [operation.key, operation]));
  return {
    origin,
    operations,
    skipped: facts.skipped,
    find: (key) => byKey.get(key),
    match: (method, path) => match(operations, method.toUpperCase(), path),
    search: createSearch(operations),
    groups: (by, chosen = operations) => groupOperations(by, chosen),
    schemas,
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function match(operations: readonly Operation[], method: string, path: string): Operation | undefined {
  const wanted = path.split('/');
  let best: { readonly operation: Operation; readonly rank: string } | undefined;
  for (const operation of operations) {
    const segments = operation.path.split('/');
    if (operation.method !== method || segments.length !== wanted.length) {
      continue;
    }
    // One digit for each segment, so that the first literal that differs decides.
    const rank = segments.map((segment, index) => rankOf(segment, wanted[index] ?? '')).join('');
    if (!rank.includes('-') && (!best || rank < best.rank)) {
      best = { operation, rank };
    }
  }
  return best?.operation;
}

/** 0 literal, 1 literal with a place in it, 2 place, `-` no match. */
function rankOf(template: string, segment: string): string {
  if (template === segment) {
    return '0';
  }
  const [before = '', ...places] = template.split(/\{[^{}]+\}/);
  const after = places.at(-1) ?? '';
  const fits =
    places.length > 0 &&
    segment.length > before.length + after.length &&
    segment.startsWith(before) &&
    segment.endsWith(after);
  return fits ? (before === '' && after === '' ? '2' : '1') : '-';
}
