import type { Operation } from '../../src/core/catalog/operation.ts';
import { createOperationSearch } from '../../src/core/catalog/searchOperations.ts';
import { bundledCatalog } from './bundledCatalog.ts';
import { heading, line, summary, timed } from './figures.ts';

const TIMES = 10;
const MANY = 5000;
/** Typed one letter after the other. The last one has typing errors, which take longest. */
const TEXTS = ['list organizations', 'restart a computer', '/v2/device/42/script/run', 'instaled sofware ptaches'];

/** What a key stroke in the filter or in a pick costs, also with more operations than any API has. */
export async function measureSearching(): Promise<void> {
  const { operations } = await bundledCatalog();
  heading(`Searching, each key stroke of ${TEXTS.length} texts, ms: median (min–max); goal ≤ 20`);
  await measure(operations);
  await measure(Array.from({ length: MANY }, (_, index) => copyOf(operations[index % operations.length], index)));
}

async function measure(operations: readonly Operation[]): Promise<void> {
  const name = `${operations.length} operations`;
  const strokes = TEXTS.flatMap((text) => Array.from(text, (_, end) => text.slice(0, end + 1)));
  const search = createOperationSearch(operations);
  line(`${name}: build the index`, summary(await timed(TIMES, () => createOperationSearch(operations))));
  line(`${name}: filter`, summary(strokes.map((text) => timeOf(() => search.filter(text)))));
  line(`${name}: rank for a pick`, summary(strokes.map((text) => timeOf(() => search.rank(text)))));
}

function timeOf(task: () => unknown): number {
  const started = performance.now();
  task();
  return performance.now() - started;
}

function copyOf(operation: Operation | undefined, index: number): Operation {
  if (!operation) {
    throw new Error('The bundled catalog is empty.');
  }
  const path = `${operation.path}/part${index}`;
  return { ...operation, path, key: `${operation.method} ${path}`, title: `${operation.title} ${index}` };
}
