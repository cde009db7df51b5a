import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Catalog } from '../../src/core/catalog/catalog.ts';
import { createCatalogSource } from '../../src/core/catalog/catalogSource.ts';
import { projectRoot } from '../../tooling/provisionVscode.ts';
import { silentLogger } from '../../tooling/silentLogger.ts';

/** The catalog as the extension reads it at first, which asks for nothing. */
export function bundledCatalog(): Promise<Catalog> {
  return createCatalogSource({
    bundled: (name) => readFile(path.join(projectRoot, name === 'operations.json' ? 'dist' : 'media', name), 'utf8'),
    send: () => Promise.reject(new Error('The bundled catalog asks for nothing.')),
    cache: {
      read: () => Promise.resolve(undefined),
      write: () => Promise.resolve(),
      expire: () => Promise.resolve(),
      clear: () => Promise.resolve(),
    },
    isConfirmed: () => false,
    now: Date.now,
    logger: silentLogger,
  }).bundled();
}
