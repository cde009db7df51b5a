// Shows how well the search finds the operations of the bundled catalog:
//   npm run measure:search -- [--spec <API description>] [--misses]
// With an API description, the summary of each operation is searched for, too. Nothing of it is stored.
import { parseArgs } from 'node:util';
import { getOwn } from '../src/core/base/untrusted.ts';
import { createOperationSearch } from '../src/core/catalog/searchOperations.ts';
import cmdlets from '../src/core/export/publicCmdlets.json' with { type: 'json' };
import { PHRASES } from '../tooling/searchPhrases.ts';
import {
  cmdletCases,
  equallyRight,
  keyCases,
  measureSearch,
  pathCases,
  type SearchCase,
} from '../tooling/searchMeasure.ts';
import { bundledCatalog } from './bench/bundledCatalog.ts';
import { readDescription } from './updateCatalog.ts';

const { values } = parseArgs({ options: { spec: { type: 'string' }, misses: { type: 'boolean', default: false } } });
const { operations } = await bundledCatalog();
const search = createOperationSearch(operations);

console.log(`${operations.length} operations; where several have the same words, each of them is right.\n`);
console.log(`${'searched for'.padEnd(28)} cases   first     among the first three`);
show('method and path', keyCases(operations));
show('path', pathCases(operations));
show('cmdlets of the public module', cmdletCases(cmdlets));
show(
  'what technicians type',
  Object.entries(PHRASES).map(([text, right]) => ({ text, right })),
);
if (values.spec !== undefined) {
  const description = await readDescription(values.spec);
  show('summaries', summaryCases(description));
}

function summaryCases(description: unknown): readonly SearchCase[] {
  const paths = getOwn(description, 'paths');
  return equallyRight(
    operations.flatMap(({ key, path, method }) => {
      const text = getOwn(getOwn(getOwn(paths, path), method.toLowerCase()), 'summary');
      return typeof text === 'string' && text.trim() !== '' ? [{ text, key }] : [];
    }),
  );
}

function show(name: string, cases: readonly SearchCase[]): void {
  const { first, firstThree, missed } = measureSearch(search, cases);
  const share = (count: number): string => `${count} (${((100 * count) / cases.length).toFixed(1)} %)`;
  console.log(
    `${name.padEnd(28)} ${String(cases.length).padStart(5)}   ${share(first).padEnd(12)}  ${share(firstThree)}`,
  );
  for (const { text, right, found } of values.misses ? missed : []) {
    console.log(`    ${text}: ${right.join(', ')}; found ${found.join(', ')}`);
  }
}
