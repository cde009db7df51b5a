import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { silentLogger } from '../../src/core/base/log.ts';
import type { Catalogue } from '../../src/core/catalog/catalog.ts';
import { createCatalogueSource } from '../../src/core/catalog/catalogSource.ts';
import { projectRoot } from '../provisionVscode.ts';

/** The catalogue as the extension reads it at first, which asks for nothing. */
export function bundledCatalogue(): Promise<Catalogue> {
  return createCatalogueSource({
    bundled: (name) => readFile(path.join(projectRoot, 'media', name), 'utf8'),
    send: () => Promise.reject(new Error('The bundled catalogue asks for nothing.')),
    cache: { read: () => Promise.resolve(undefined), write: () => Promise.resolve(), clear: () => Promise.resolve() },
    isConfirmed: () => false,
    now: Date.now,
    logger: silentLogger,
  }).bundled();
}
