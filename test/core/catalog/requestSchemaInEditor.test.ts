import assert from 'node:assert/strict';
// The package is CommonJS, whose re-exports Node.js does not list.
import jsonService, { type JSONSchema } from 'vscode-json-languageservice';
import { isForm, withFileReferences } from '../../../src/core/catalog/formSchema.ts';
import type { JsonSchema, Operation, Schemas } from '../../../src/core/catalog/operation.ts';
import { readOpenApi } from '../../../src/core/catalog/openApiReader.ts';
import { requestSchema } from '../../../src/core/catalog/requestSchema.ts';
import { requestText } from '../../../src/core/requests/requestText.ts';
import { ANY_VALUES, illegalBodies, legalBodies } from '../../support/bodySamples.ts';
import { bundledCatalog, bundledSchemas, catalogOf, specOf } from '../../support/bundledMedia.ts';

/** The JSON support of VS Code, which marks what it finds wrong in a request document. */
const { getLanguageService, TextDocument } = jsonService;
const service = getLanguageService({});

async function squiggles(operation: Operation, text: string, schemas: Schemas = bundledSchemas): Promise<string[]> {
  const document = TextDocument.create('ninjaone-request:/x.ninjaone.json', 'json', 1, text);
  const schema = requestSchema(operation, schemas) as JSONSchema;
  const found = await service.doValidation(document, service.parseJSONDocument(document), {}, schema);
  return found.map(({ message, range }) => `${JSON.stringify(message)} at ${document.getText(range).slice(0, 60)}`);
}

const documentOf = (operation: Operation, body: unknown): string =>
  JSON.stringify({ operation: operation.key, body }, undefined, 2);

/** A form names its files instead of containing them (E15). */
const writtenSchema = ({ body }: Operation): JsonSchema =>
  isForm(body) ? withFileReferences(body!.schema) : body!.schema;

/** Required members, one of each kind. */
const MEMBERS = {
  text: { type: 'string' },
  day: { type: 'string', format: 'date' },
  code: { type: 'string', minLength: 2 },
  count: { type: 'integer', minimum: 1 },
  isOn: { type: 'boolean' },
  mode: { type: 'string', enum: ['FORCED', 'SOFT'] },
  ids: { type: 'array', minItems: 1, items: { type: 'integer' } },
  nested: { type: 'object', required: ['name'], properties: { name: { type: 'string' }, note: { type: 'string' } } },
  free: { type: 'object' },
};

/** An operation whose description, as an instance gives it, has this body. */
function operationWith(schema: object): Operation {
  const content = { 'application/json': { schema } };
  const facts = readOpenApi(specOf({ 'POST /a': { requestBody: { content } } }), { prose: true });
  return catalogOf(facts).operations[0]!;
}

const withBody = bundledCatalog.operations.filter(({ body }) => body !== undefined);

describe('the schema of a request document in the editor', () => {
  it('marks nothing in a legal body of any operation (E6)', async () => {
    assert.equal(withBody.length, 126);
    for (const operation of withBody) {
      for (const body of legalBodies(writtenSchema(operation), bundledSchemas)) {
        const text = documentOf(operation, body);
        assert.deepEqual(await squiggles(operation, text), [], `${operation.key} ${text}`);
      }
    }
  });

  it('marks every illegal body of any operation (E6)', async () => {
    let members = 0;
    for (const operation of withBody) {
      const illegal = illegalBodies(writtenSchema(operation), bundledSchemas);
      assert.ok(illegal.length >= 3);
      members += illegal.length - 3;
      for (const body of illegal) {
        const text = documentOf(operation, body);
        assert.notDeepEqual(await squiggles(operation, text), [], `${operation.key} ${text}`);
      }
    }
    assert.ok(members > 300, String(members));
  });

  it('takes any value of a custom field and of a field of a document (E6)', async () => {
    for (const [key, around] of [
      ['PATCH /v2/device/{id}/custom-fields', (value: unknown) => ({ assetTag: value })],
      ['PATCH /v2/organization/{id}/custom-fields', (value: unknown) => ({ contract: value })],
      ['PATCH /v2/organization/{id}/location/{locationId}/custom-fields', (value: unknown) => ({ a: value })],
      ['PATCH /v2/user/end-user/{id}/custom-fields', (value: unknown) => ({ 'A/B %': value })],
      [
        'POST /v2/organization/{organizationId}/template/{documentTemplateId}/document',
        (value: unknown) => ({ documentName: 'x', fields: { wan: value } }),
      ],
      ['POST /v2/organization/documents', (value: unknown) => [{ documentName: 'x', fields: { wan: value } }]],
      ['PATCH /v2/organization/documents', (value: unknown) => [{ documentId: 1, fields: { wan: value } }]],
      [
        'POST /v2/organization/{organizationId}/document/{clientDocumentId}',
        (value: unknown) => ({ documentName: 'x', fields: { wan: value } }),
      ],
    ] as const) {
      const operation = bundledCatalog.find(key);
      assert.ok(operation, key);
      for (const value of ANY_VALUES) {
        const text = documentOf(operation, around(value));
        assert.deepEqual(await squiggles(operation, text), [], `${key} ${text}`);
      }
    }
  });

  it('marks nothing in a document that was just opened, because nothing is required before it is sent (E6)', async () => {
    for (const operation of bundledCatalog.operations) {
      const text = requestText(operation, { schema: 'ninjaone://schema/x.json', schemas: bundledSchemas });
      assert.deepEqual(await squiggles(operation, text), [], text);
      assert.deepEqual(await squiggles(operation, `{ "operation": "${operation.key}" }`), [], operation.key);
    }
    assert.doesNotMatch(
      JSON.stringify(bundledCatalog.operations.map((operation) => requestSchema(operation, bundledSchemas))),
      /"required":\[/,
    );
  });

  it('marks nothing in a new body with every kind of required member, and each wrong value once, in words (E6)', async () => {
    const operation = operationWith({
      type: 'object',
      required: Object.keys(MEMBERS),
      properties: { optional: { type: 'integer' }, ...MEMBERS },
    });
    const text = requestText(operation, { schema: 'ninjaone://schema/x.json', schemas: new Map() });
    assert.deepEqual(await squiggles(operation, text, new Map()), [], text);
    assert.deepEqual((JSON.parse(text) as { body: object }).body, {
      text: '',
      day: '',
      code: '',
      count: null,
      isOn: null,
      // Nothing is chosen for an operation of which nobody knows whether it destroys data.
      mode: '',
      ids: [],
      nested: { name: '' },
      free: {},
    });
    for (const [member, value, said] of [
      ['count', '"many"', 'Enter a whole number, such as 42.'],
      ['isOn', '"yes"', 'Enter true or false.'],
      ['mode', '"HARD"', 'Value is not accepted. Valid values: "FORCED", "SOFT".'],
      ['day', '"soon"', 'String is not a RFC3339 date.'],
    ] as const) {
      const wrong = `{ "operation": "POST /a", "body": { "${member}": ${value} } }`;
      assert.deepEqual(await squiggles(operation, wrong, new Map()), [`${JSON.stringify(said)} at ${value}`]);
    }
  });

  it('shows no regular expression and no list of types for a wrong parameter (E6)', async () => {
    const operation = bundledCatalog.find('GET /v2/device/{id}')!;
    for (const value of ['"SRV"', '4.5', 'true']) {
      const found = await squiggles(operation, `{ "operation": "${operation.key}", "path": { "id": ${value} } }`);
      assert.deepEqual(found, [`"Enter a whole number, such as 42." at ${value}`]);
    }
  });

  it('is completed with the required names first, which say so, and with descriptions (E6)', async () => {
    const operation = operationWith({
      type: 'object',
      required: ['zone'],
      properties: { alias: { type: 'string' }, zone: { type: 'string', description: 'Where it is' } },
    });
    const text = '{ "operation": "POST /a", "body": {  } }';
    const document = TextDocument.create('ninjaone-request:/x.ninjaone.json', 'json', 1, text);
    const schema = requestSchema(operation, new Map()) as JSONSchema;
    const own = getLanguageService({ schemaRequestService: () => Promise.resolve('') });
    own.configure({ schemas: [{ uri: 'ninjaone://x', fileMatch: ['*'], schema }] });
    const place = document.positionAt(text.indexOf('{  }') + 2);
    const { items } = (await own.doComplete(document, place, own.parseJSONDocument(document)))!;
    const sorted = items.toSorted((a, b) => ((a.sortText ?? a.label) < (b.sortText ?? b.label) ? -1 : 1));
    assert.deepEqual(
      sorted.map(({ label, detail, documentation }) => [label, detail, documentation]),
      [
        ['zone', '(required)', 'Where it is'],
        ['alias', undefined, ''],
      ],
    );
  });

  it('accepts a body that fits several schemas of oneOf, and marks one that fits none (E2, E6)', async () => {
    const of = (...names: readonly string[]): object => ({
      type: 'object',
      required: names,
      properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])),
    });
    const schema = { oneOf: [of('a'), of('a', 'b')], anyOf: [{ type: 'object' }, { type: 'array' }] };
    const facts = readOpenApi(specOf({ 'POST /a': { requestBody: { content: { 'application/json': { schema } } } } }));
    const [operation] = catalogOf(facts).operations;
    assert.ok(operation);
    assert.deepEqual(await squiggles(operation, documentOf(operation, { a: 'x', b: 'y' })), []);
    assert.notDeepEqual(await squiggles(operation, documentOf(operation, { a: 1 })), []);
    assert.notDeepEqual(await squiggles(operation, documentOf(operation, 'text')), []);
  });

  it('keeps a property that is called required (E6)', () => {
    const schema = { type: 'object', required: ['required'], properties: { required: { type: 'boolean' } } };
    const facts = readOpenApi(specOf({ 'POST /a': { requestBody: { content: { 'application/json': { schema } } } } }));
    const [operation] = catalogOf(facts).operations;
    const { body } = (requestSchema(operation!, new Map()) as { properties: { body: { properties: object } } })
      .properties;
    assert.deepEqual(Object.keys(body.properties), ['required']);
    assert.equal('required' in body, false);
  });
});
