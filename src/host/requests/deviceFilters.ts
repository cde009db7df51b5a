import * as vscode from 'vscode';
import type { Catalog } from '../../core/catalog/catalog.ts';
import type { FilterContext, FilterSpan } from '../../core/deviceFilter/filterCursor.ts';
import { deviceClasses } from '../../core/deviceFilter/deviceClasses.ts';
import { ignoresClass } from '../../core/deviceFilter/filterKeys.ts';
import { FILTER_PARAMETER, filterPlace, type FilterPlace } from '../../core/deviceFilter/filterPlace.ts';
import { operationIn } from '../../core/requests/valuePlace.ts';

/** The catalog of the connection that a document is for. */
export type CatalogOfDocument = (document: vscode.TextDocument) => Promise<Catalog>;

/** The device filter of a request document. */
export interface DeviceFilter {
  readonly place: FilterPlace;
  /** Where the value begins. It has one line. */
  readonly start: vscode.Position;
  readonly context: FilterContext;
}

/** Reads the document at once, because its text may change while the catalog is read. Undefined if it has no filter. */
export async function deviceFilterOf(
  document: vscode.TextDocument,
  catalogOf: CatalogOfDocument,
): Promise<DeviceFilter | undefined> {
  const text = document.getText();
  const place = filterPlace(text);
  const start = document.positionAt(place?.value.start ?? 0);
  const catalog = place && (await catalogOf(document));
  const operation = catalog?.find(operationIn(text) ?? '');
  const isFilter = operation?.parameters.some(
    (each) => each.in === 'query' && each.name === FILTER_PARAMETER && each.type === 'string' && !each.values,
  );
  if (!place || !catalog || !operation || isFilter !== true) {
    return undefined;
  }
  return {
    place,
    start,
    context: {
      classes: deviceClasses(await catalog.schemas()),
      ignoresClass: ignoresClass(operation.path),
      now: new Date(),
    },
  };
}

/** Where a part of the filter stood in the document when it was read. */
export function rangeIn({ place, start: { line, character } }: DeviceFilter, { start, end }: FilterSpan): vscode.Range {
  const [from, to] = [start, end].map((offset) => character + place.toDocument(offset) - place.value.start);
  return new vscode.Range(line, from ?? character, line, to ?? character);
}
