import * as vscode from 'vscode';
import type { Catalog } from '../../core/catalog/catalog.ts';
import type { JsonSchema, Operation } from '../../core/catalog/operation.ts';
import { requestSchema } from '../../core/catalog/requestSchema.ts';
import { SCHEMA_SCHEME } from '../platform/contributions.ts';

/** Address of the schema for the request document of an operation: `ninjaone://schema/GET/v2/device/{id}.json`. */
export function schemaAddress({ method, path }: Pick<Operation, 'method' | 'path'>): string {
  return `${SCHEMA_SCHEME}://schema/${method}${path}.json`;
}

/** Provides the schemas with which VS Code completes and checks request documents (E6). */
export class RequestSchemas {
  readonly #catalog: () => Catalog;
  readonly #changed: vscode.EventEmitter<vscode.Uri>;
  readonly #requested = new Map<string, vscode.Uri>();

  constructor(catalog: () => Catalog, changed: vscode.EventEmitter<vscode.Uri>) {
    this.#catalog = catalog;
    this.#changed = changed;
  }

  /** Returns JSON text. For an operation that the instance does not have, returns the schema of any request. */
  async read(uri: vscode.Uri): Promise<string> {
    this.#requested.set(uri.toString(), uri);
    const catalog = this.#catalog();
    const [, method = '', path = ''] = /^\/([A-Z]+)(\/.*)\.json$/.exec(uri.path) ?? [];
    const operation = uri.authority === 'schema' ? catalog.find(`${method} ${path}`) : undefined;
    const schema = operation && requestSchema(operation, await catalog.schemas());
    return JSON.stringify(schema ?? anyRequest(catalog));
  }

  /** Called when the catalog has changed, because the schemas that VS Code has loaded are outdated. */
  refresh(): void {
    for (const uri of this.#requested.values()) {
      this.#changed.fire(uri);
    }
  }
}

/** For a saved file without a `$schema` that names the operation. */
function anyRequest({ operations }: Catalog): JsonSchema {
  const values = { type: 'object', additionalProperties: { type: ['string', 'number', 'boolean', 'null'] } };
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
