import { readFileSync } from 'node:fs';
import { createCatalogue } from '../../../src/core/catalogue/catalogue.ts';
import { readOpenApi } from '../../../src/core/catalogue/openapi.ts';
import type { Operation } from '../../../src/core/catalogue/operation.ts';
import { readOverlay } from '../../../src/core/catalogue/overlay.ts';

/** Every operation of the catalogue that the extension brings, with its overlay. */
export function bundledOperations(): readonly Operation[] {
  const media = new URL('../../../media/', import.meta.url);
  const read = (name: string): unknown => JSON.parse(readFileSync(new URL(name, media), 'utf8'));
  const facts = readOpenApi(read('catalogue.json'));
  const { operations } = createCatalogue({
    origin: { kind: 'bundled', version: '' },
    facts,
    overlay: readOverlay(read('overlay.json')),
    schemas: () => Promise.resolve(new Map()),
  });
  return operations;
}
