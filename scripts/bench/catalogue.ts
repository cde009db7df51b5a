import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { createCatalogueSource } from '../../src/core/catalogue/catalogueSource.ts';
import { readSpec } from '../../src/core/catalogue/liveSpec.ts';
import { silentLogger } from '../../src/core/base/log.ts';
import { projectRoot } from '../provisionVscode.ts';
import { heading, line, summary, timed } from './figures.ts';

const TIMES = 20;

/** What it costs to know the operations: the bundled catalogue, and an instance's own description in both its forms. */
export async function measureCatalogue(liveSpec: (place: string) => Promise<string>): Promise<void> {
  const media = (name: string): Promise<string> => readFile(path.join(projectRoot, 'media', name), 'utf8');
  const bundled = await media('catalogue.json');
  const source = (): Promise<unknown> =>
    createCatalogueSource({
      bundled: media,
      send: () => Promise.reject(new Error('Nothing is asked for here.')),
      cache: { read: () => Promise.resolve(undefined), write: () => Promise.resolve() },
      isConfirmed: () => false,
      now: Date.now,
      logger: silentLogger,
    }).bundled();

  heading(`Catalogue, ${TIMES} times each, ms: median (min–max)`);
  line('bundled: parse (goal ≤ 10)', summary(await timed(TIMES, () => JSON.parse(bundled) as unknown)));
  line('bundled: read, parse, overlay', summary(await timed(TIMES, source)));
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
