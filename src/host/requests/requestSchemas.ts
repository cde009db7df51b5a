import * as vscode from 'vscode';
import type { Catalog } from '../../core/catalog/catalog.ts';
import type { JsonSchema, Operation } from '../../core/catalog/operation.ts';
import { requestSchema } from '../../core/catalog/requestSchema.ts';
import { localize } from '../platform/localize.ts';
import { SCHEMA_SCHEME } from '../platform/contributions.ts';

/** Address of the schema for the request document of an operation: `ninjaone://schema/GET/v2/device/{id}.json`. */
export function schemaAddress({ method, path }: Pick<Operation, 'method' | 'path'>): string {
  return `${SCHEMA_SCHEME}://schema/${method}${path}.json`;
}

/** Provides the schemas with which VS Code completes and checks request documents (E6). */
export class RequestSchemas {
  readonly #catalogOf: CatalogOfKey;
  readonly #changed: vscode.EventEmitter<vscode.Uri>;
  readonly #requested = new Map<string, Requested>();

  constructor(catalogOf: CatalogOfKey, changed: vscode.EventEmitter<vscode.Uri>) {
    this.#catalogOf = catalogOf;
    this.#changed = changed;
  }

  /** Returns JSON text. For an operation that the instance does not have, returns the schema of any request. */
  async read(uri: vscode.Uri): Promise<string> {
    const [, method, path = ''] = /^\/([A-Z]+)(\/.*)\.json$/.exec(uri.path) ?? [];
    const key = method === undefined ? undefined : `${method} ${path}`;
    const catalog = await this.#catalogOf(key);
    this.#requested.set(uri.toString(), { uri, key, catalog });
    const operation = uri.authority === 'schema' && key !== undefined ? catalog.find(key) : undefined;
    const schema = operation && requestSchema(operation, await catalog.schemas(), localize);
    return JSON.stringify(schema ?? anyRequest(catalog));
  }

  /**
   * Called when a catalog or the connection of a document has changed, because the schemas that VS Code has loaded are
   * outdated.
   */
  refresh(): void {
    for (const { uri } of this.#requested.values()) {
      this.#changed.fire(uri);
    }
  }

  /** Called when another document is in front, which may be for a connection with another catalog. Never rejects. */
  async followDocument(): Promise<void> {
    for (const { uri, key, catalog } of [...this.#requested.values()]) {
      if ((await this.#catalogOf(key)) !== catalog) {
        this.#changed.fire(uri);
      }
    }
  }
}

/**
 * Finds the catalog of the connection that the document of an operation is for, or without a key, the document of any
 * operation. The document in front counts if there are several. Never rejects.
 */
type CatalogOfKey = (key: string | undefined) => Promise<Catalog>;

interface Requested {
  readonly uri: vscode.Uri;
  readonly key: string | undefined;
  /** Of the schema that VS Code has. */
  readonly catalog: Catalog;
}

/** For a saved file without a `$schema` that names the operation. */
function anyRequest({ operations }: Catalog): JsonSchema {
  const values = { type: 'object', additionalProperties: { type: ['string', 'number', 'boolean', 'array'] } };
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: vscode.l10n.t('A request to NinjaOne'),
    type: 'object',
    additionalProperties: false,
    properties: {
      $schema: { type: 'string' },
      operation: {
        type: 'string',
        enum: operations.map(({ key }) => key),
        enumDescriptions: operations.map(({ title }) => title),
      },
      path: values,
      query: values,
      body: {},
    },
  };
}
