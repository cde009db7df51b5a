import { groupOperations, type Group, type GroupBy } from './groupOperations.ts';
import { inferPaging } from './inferPaging.ts';
import type { SpecFacts } from './spec.ts';
import { isListRead, METHODS, type Operation, type Schemas } from './operation.ts';
import { operationParameters, operationTraits, type Overlay } from './overlay.ts';
import type { SpecWarnings } from './openApiSchema.ts';
import { lazy } from '../base/lifecycle.ts';
import type { OperationSearch } from './searchOperations.ts';
import { operationTitles } from './operationTitles.ts';

/** All operations of the API, with search and grouping. Immutable. */
export interface Catalog {
  /** Sorted by path, then by method in the order of `METHODS`. Titles are unique (E1). */
  readonly operations: readonly Operation[];
  /** The parts of the API description that could not be read. */
  readonly skipped: readonly SpecWarnings[];
  /** Finds an operation by its key, such as `GET /v2/device/{id}`. */
  find(key: string): Operation | undefined;
  /** Loaded when somebody searches, because the tree does not need it. */
  search(): Promise<OperationSearch>;
  /** Sorted groups, never empty. Groups all operations, or only the given ones. */
  groups(by: GroupBy, operations?: readonly Operation[]): readonly Group[];
  /** The schemas that bodies refer to. Read lazily, because the tree does not need them. */
  schemas(): Promise<Schemas>;
}

export interface CatalogParts {
  readonly facts: Pick<SpecFacts, 'operations' | 'passwords' | 'skipped'>;
  readonly overlay: Overlay;
  readonly schemas: () => Promise<Schemas>;
}

export function createCatalog({ facts, overlay, schemas }: CatalogParts): Catalog {
  return catalogOf({ operations: operationsOf(facts, overlay), skipped: facts.skipped, schemas });
}

/** Adds titles and the facts of the overlay, and sorts the operations by path and method. */
export function operationsOf(
  { operations, passwords }: Pick<SpecFacts, 'operations' | 'passwords'>,
  overlay: Overlay,
): readonly Operation[] {
  const sorted = [...operations].sort(
    (a, b) => compare(a.path, b.path) || METHODS.indexOf(a.method) - METHODS.indexOf(b.method),
  );
  const known = sorted.map((operation) => {
    const row = overlay.get(operation.key);
    const traits = operationTraits(operation, row, passwords);
    return {
      ...operation,
      parameters: operationParameters(operation, row),
      traits: { ...traits, paging: traits.paging ?? inferPaging(operation, traits) },
    };
  });
  const titles = operationTitles(known.map((operation) => ({ ...operation, isList: isListRead(operation) })));
  return known.map((operation, index) => ({ ...operation, title: titles[index] ?? operation.key }));
}

/** `operations` as `operationsOf` returns them. */
export function catalogOf({
  operations,
  skipped,
  schemas,
}: Pick<Catalog, 'operations' | 'skipped' | 'schemas'>): Catalog {
  const byKey = new Map(operations.map((operation) => [operation.key, operation]));
  return {
    operations,
    skipped,
    find: (key) => byKey.get(key),
    search: lazy(async () => (await import('./searchOperations.ts')).createOperationSearch(operations)),
    groups: (by, chosen = operations) => groupOperations(by, chosen),
    schemas,
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
