import * as vscode from 'vscode';
import type { Catalog } from '../../core/catalog/catalog.ts';
import type { JsonSchema, Operation } from '../../core/catalog/operation.ts';
import { requestSchema } from '../../core/catalog/requestSchema.ts';
import { SCHEMA_SCHEME } from '../platform/contributions.ts';
import { withDateChoices } from './datePresets.ts';

/** Where the schema of an operation's request document is served: `ninjaone://schema/GET/v2/device/{id}.json`. */
export function schemaAddress({ method, path }: Pick<Operation, 'method' | 'path'>): string {
  return `${SCHEMA_SCHEME}://schema/${method}${path}.json`;
}

/** Serves the schemas by which the editor completes and checks request documents (E6). */
export class RequestSchemas {
  readonly #catalog: () => Catalog;
  readonly #changed: vscode.EventEmitter<vscode.Uri>;
  readonly #usable = new Map<string, vscode.Uri>();

  constructor(catalog: () => Catalog, changed: vscode.EventEmitter<vscode.Uri>) {
    this.#catalog = catalog;
    this.#changed = changed;
  }

  /** JSON text. An operation that this instance does not have is answered with the schema of any request. */
  async read(uri: vscode.Uri): Promise<string> {
    this.#usable.set(uri.toString(), uri);
    const catalog = this.#catalog();
    const [, method = '', path = ''] = /^\/([A-Z]+)(\/.*)\.json$/.exec(uri.path) ?? [];
    const operation = uri.authority === 'schema' ? catalog.find(`${method} ${path}`) : undefined;
    const schema = operation && withDateChoices(requestSchema(operation, await catalog.schemas()), operation);
    return JSON.stringify(schema ?? anyRequest(catalog));
  }

  /** The operations are others now: what the editor keeps is out of date. */
  refresh(): void {
    for (const uri of this.#usable.values()) {
      this.#changed.fire(uri);
    }
  }
}

/** For a saved file that does not say by `$schema` which operation's schema is its own. */
function anyRequest({ operations }: Catalog): JsonSchema {
  const values = { type: 'object', additionalProperties: { type: ['string', 'number', 'boolean', 'null'] } };
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: vscode.l10n.t('A request to NinjaOne'),
    type: 'object',
    required: ['operation'],
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
