import { readFileSync } from 'node:fs';
import { createCatalog } from '../../src/core/catalog/catalog.ts';
import { dateFormatOf } from '../../src/core/catalog/dateParameters.ts';
import { readOpenApi, readSchemas } from '../../src/core/catalog/openApiReader.ts';
import type { Operation, Schemas } from '../../src/core/catalog/operation.ts';
import { readOverlay } from '../../src/core/catalog/overlay.ts';
import { wireDate } from '../../src/core/requests/dateFormats.ts';
import { bodySkeleton } from '../../src/core/requests/bodySkeleton.ts';
import type { RequestDraft } from '../../src/core/requests/requestDraft.ts';

/** Every operation of the bundled catalog, with its overlay. */
export function bundledOperations(): readonly Operation[] {
  const facts = readOpenApi(mediaFile('catalog.json'));
  const { operations } = createCatalog({
    facts,
    overlay: readOverlay(mediaFile('overlay.json')),
    schemas: () => Promise.resolve(new Map()),
  });
  return operations;
}

/** The one with this key, such as `GET /v2/devices`. */
export function bundledOperation(key: string): Operation {
  const found = bundledOperations().find((operation) => operation.key === key);
  if (!found) {
    throw new Error(`There is no ${key}.`);
  }
  return found;
}

function mediaFile(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../media/${name}`, import.meta.url), 'utf8'));
}

/** Operations that change nothing although they are not GET (T38). */
export const READING_POSTS: ReadonlySet<string> = new Set(['POST /v2/ticketing/trigger/board/{boardId}/run']);

/** Operations with files, which are not sent. */
export const UPLOADS = [
  'POST /v2/attachments/temp/upload',
  'POST /v2/knowledgebase/articles/upload',
  'POST /v2/related-items/entity/{entityType}/{entityId}/attachment',
  'POST /v2/ticketing/ticket/{ticketId}/comment',
  'POST /v2/vulnerability/scan-groups/{scan-group-id}/upload',
];

/** A harmless value for every parameter, including `showSecureValues`, and an empty body if one is allowed. */
export function plainDraft(operation: Operation): RequestDraft {
  const valuesOf = (location: 'path' | 'query'): Map<string, string> =>
    new Map(
      operation.parameters
        .filter((parameter) => parameter.in === location)
        .map((parameter) => {
          const { name, values, format, type, minimum } = parameter;
          const date = dateFormatOf(parameter);
          const plain = date ? wireDate(DATE, date) : (minimum?.toString() ?? PLAIN[format ?? type]);
          return [name, values?.[0] ?? plain ?? 'x'];
        }),
    );
  return {
    operation: operation.key,
    path: valuesOf('path'),
    query: valuesOf('query'),
    body: operation.body ? {} : undefined,
  };
}

/** A body with all required members, which Send does not ask about; undefined if the operation has none. */
export function completeBody(operation: Operation): unknown {
  return operation.body && filled(bodySkeleton(operation, (schemas ??= readSchemas(mediaFile('schemas.json')))));
}

/** With a value in place of each that is still to be entered. */
function filled(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.length === 0 ? [1] : value.map(filled);
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [name, JSON.stringify(inner) === '{}' ? { x: 1 } : filled(inner)]),
    );
  }
  return value === '' ? 'x' : (value ?? 1);
}

let schemas: Schemas | undefined;

const DATE = new Date('2025-06-30T08:00:00Z');

const PLAIN: Readonly<Record<string, string>> = {
  integer: '1',
  int32: '1',
  int64: '1',
  number: '1',
  boolean: 'true',
  uuid: '6f1c1c5e-0a5b-4c5e-9d3b-2f1e0d9c8b7a',
};
