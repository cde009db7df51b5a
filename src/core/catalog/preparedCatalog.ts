import { catalogOf, operationsOf, type Catalog } from './catalog.ts';
import { readOpenApi } from './openApiReader.ts';
import type { Operation, Schemas } from './operation.ts';
import { readOverlay } from './overlay.ts';

/**
 * The content of `dist/operations.json`, made at build time from `media/catalog.json` and `media/overlay.json`: titles,
 * traits and parameters of every bundled operation. Reading the two files takes longer than drawing the first rows of
 * the tree.
 */
export function bundledOperationsFile(catalog: string, overlay: string): string {
  const facts = readOpenApi(JSON.parse(catalog));
  if (facts.skipped.length > 0) {
    throw new Error(`media/catalog.json cannot be read: ${JSON.stringify(facts.skipped)}`);
  }
  return JSON.stringify(operationsOf(facts, readOverlay(JSON.parse(overlay))));
}

/** The bundled catalog. The file is a part of the extension, so its content is not checked again. */
export function bundledCatalogOf(file: string, schemas: () => Promise<Schemas>): Catalog {
  return catalogOf({ operations: JSON.parse(file) as readonly Operation[], skipped: [], schemas });
}
