import { readFileSync } from 'node:fs';
import { bundledOperationsFile } from '../../src/core/catalog/preparedCatalog.ts';
import type { BundledFile } from '../../src/core/catalog/catalogSource.ts';
import { createCatalog, type Catalog } from '../../src/core/catalog/catalog.ts';
import { readOpenApi, readSchemas } from '../../src/core/catalog/openApiReader.ts';
import type { SpecFacts } from '../../src/core/catalog/spec.ts';
import type { Schemas } from '../../src/core/catalog/operation.ts';
import { readOverlay, type Overlay } from '../../src/core/catalog/overlay.ts';

export type MediaFile = 'catalog.json' | 'schemas.json' | 'overlay.json';

/** A file as the package has it. */
export function bundledText(name: BundledFile): string {
  return name === 'operations.json'
    ? bundledOperationsFile(mediaText('catalog.json'), mediaText('overlay.json'))
    : mediaText(name);
}

export function mediaText(name: MediaFile): string {
  return readFileSync(new URL(`../../media/${name}`, import.meta.url), 'utf8');
}

export function mediaJson(name: MediaFile): unknown {
  return JSON.parse(mediaText(name));
}

export const bundledSchemas: Schemas = readSchemas(mediaJson('schemas.json'));
export const bundledOverlay: Overlay = readOverlay(mediaJson('overlay.json'));

export function catalogOf(facts: SpecFacts, overlay: Overlay = bundledOverlay): Catalog {
  return createCatalog({
    facts,
    overlay,
    schemas: () => Promise.resolve(facts.schemas),
  });
}

export const bundledCatalog = catalogOf(readOpenApi(mediaJson('catalog.json')));

/** A small API description with one operation for each key, such as `GET /v2/devices`. */
export function specOf(operations: Readonly<Record<string, object>>, rest: object = {}): Record<string, unknown> {
  const paths: Record<string, Record<string, object>> = {};
  for (const [key, operation] of Object.entries(operations)) {
    const [method = '', path = ''] = key.split(' ');
    (paths[path] ??= {})[method.toLowerCase()] = operation;
  }
  return { openapi: '3.0.1', info: { title: 'Test', version: '1' }, paths, ...rest };
}
