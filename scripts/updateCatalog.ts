// Makes the bundled catalog from an API description: tsx scripts/updateCatalog.ts <file or https URL>
//   [--out media/catalog.json] [--shapes sandbox/shapes.json]
// The files hold facts only, such as paths, names, types and enums, and none of the description's prose.
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { formatMessage } from '../src/core/base/messages.ts';
import { createCatalog } from '../src/core/catalog/catalog.ts';
import { readOpenApi } from '../src/core/catalog/openApiReader.ts';
import { readOverlay } from '../src/core/catalog/overlay.ts';
import { parseSpecText } from '../src/core/catalog/parseSpec.ts';
import { catalogFiles } from './catalogFiles.ts';

/** Bytes; the present description has half a megabyte. */
const MAX_BYTES = 10_000_000;

/** Milliseconds that the start of the tree may cost: parsing the file and building the model. */
const BUDGET = 10;

export async function readDescription(place: string): Promise<unknown> {
  return parseSpecText(/^https:/i.test(place) ? await download(place) : await readFile(place, 'utf8'));
}

async function download(url: string): Promise<string> {
  const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(30_000) });
  const bytes = Buffer.from(await response.arrayBuffer());
  if (!response.ok || bytes.byteLength > MAX_BYTES) {
    throw new Error(`${url} answered ${response.status} with ${bytes.byteLength} bytes.`);
  }
  return bytes.toString('utf8');
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      out: { type: 'string', default: 'media/catalog.json' },
      shapes: { type: 'string', default: 'sandbox/shapes.json' },
    },
  });
  const [place] = positionals;
  if (place === undefined) {
    throw new Error('Say which API description to read: a file or an https URL.');
  }
  const document = await readDescription(place);
  const facts = readOpenApi(document);
  const files = catalogFiles(facts, document);
  await writeFile(values.out, files.catalog);
  await writeFile(path.join(path.dirname(values.out), 'schemas.json'), files.schemas);
  await writeFile(values.shapes, files.shapes);

  console.log(`${facts.operations.length} operations, ${facts.schemas.size} schemas, version ${facts.version}`);
  for (const { where, why } of facts.skipped) {
    console.log(`  ${where}: ${formatMessage(why)}`);
  }
  for (const [name, text] of Object.entries(files)) {
    console.log(`${name}: ${(Buffer.byteLength(text as string) / 1024).toFixed(0)} kB`);
  }
  const overlay = readOverlay(JSON.parse(await readFile('media/overlay.json', 'utf8').catch(() => '{}')));
  const missing = facts.operations.filter(({ key }) => !overlay.has(key));
  console.log(`${missing.length} operations without a row in media/overlay.json`);
  for (const { key } of missing) {
    console.log(`  ${key}`);
  }
  const times = Array.from({ length: 5 }, () => {
    const start = performance.now();
    createCatalog({
      facts: readOpenApi(JSON.parse(files.catalog)),
      overlay,
      schemas: () => Promise.resolve(new Map()),
    });
    return performance.now() - start;
  });
  console.log(`JSON.parse and model: ${times.map((time) => time.toFixed(1)).join(', ')} ms (budget ${BUDGET} ms)`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main();
}
