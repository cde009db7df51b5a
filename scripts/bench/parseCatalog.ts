import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { readSpec } from '../../src/core/catalog/fetchSpec.ts';
import { projectRoot } from '../../tooling/provisionVscode.ts';
import { bundledCatalog } from './bundledCatalog.ts';
import { heading, line, summary, timed } from './figures.ts';

const TIMES = 20;

/** What it costs to know the operations: the bundled catalog, and an instance's own description in both its forms. */
export async function measureCatalog(liveSpec: (place: string) => Promise<string>): Promise<void> {
  const bundled = await readFile(path.join(projectRoot, 'dist/operations.json'), 'utf8');
  heading(`Catalog, ${TIMES} times each, ms: median (min–max)`);
  line('bundled: parse (goal ≤ 10)', summary(await timed(TIMES, () => JSON.parse(bundled) as unknown)));
  line('bundled: read, parse, overlay', summary(await timed(TIMES, bundledCatalog)));
  const json = await liveSpec('/apidocs/NinjaRMM-API-v2.json');
  line(`live JSON, ${kilobytes(json)}`, summary(await timed(TIMES, () => readSpec(json))));
  line('  JSON.parse alone', summary(await timed(TIMES, () => JSON.parse(json) as unknown)));
  const yaml = await liveSpec('/apidocs-beta/NinjaRMM-API-v2.yaml');
  line(`live YAML, ${kilobytes(yaml)}`, summary(await timed(5, () => readSpec(yaml))));
  line('  parse of the package yaml alone', summary(await timed(5, () => parse(yaml) as unknown)));
}

function kilobytes(text: string): string {
  return `${Math.round(Buffer.byteLength(text) / 1000)} kB`;
}
