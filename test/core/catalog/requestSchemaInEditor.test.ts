import assert from 'node:assert/strict';
// The package is CommonJS, whose re-exports Node.js does not list.
import jsonService, { type CompletionItem, type JSONSchema } from 'vscode-json-languageservice';
import { isForm, withFileReferences } from '../../../src/core/catalog/formSchema.ts';
import type { JsonSchema, Operation, Parameter, Schemas } from '../../../src/core/catalog/operation.ts';
import { readOpenApi } from '../../../src/core/catalog/openApiReader.ts';
import { requestSchema } from '../../../src/core/catalog/requestSchema.ts';
import { formatMessage } from '../../../src/core/base/messages.ts';
import { buildRequest } from '../../../src/core/requests/buildRequest.ts';
import { missingMembers } from '../../../src/core/requests/missingMembers.ts';
import { readRequestText, requestText } from '../../../src/core/requests/requestText.ts';
import { ANY_VALUES, illegalBodies, legalBodies } from '../../support/bodySamples.ts';
import { connectionOf } from '../../support/connectionFixtures.ts';
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

/** What VS Code offers, in its order. */
async function completions(
  operation: Operation,
  text: string,
  { at, schemas = bundledSchemas }: { readonly at: number; readonly schemas?: Schemas },
): Promise<CompletionItem[]> {
  const document = TextDocument.create('ninjaone-request:/x.ninjaone.json', 'json', 1, text);
  const schema = requestSchema(operation, schemas) as JSONSchema;
  // A document that names a schema gets the same one.
  const own = getLanguageService({ schemaRequestService: () => Promise.resolve(JSON.stringify(schema)) });
  own.configure({ schemas: [{ uri: 'ninjaone://x', fileMatch: ['*'], schema }] });
  const found = await own.doComplete(document, document.positionAt(at), own.parseJSONDocument(document));
  return (found?.items ?? []).toSorted((a, b) => ((a.sortText ?? a.label) < (b.sortText ?? b.label) ? -1 : 1));
}

/** The message of Send for a value in place of a parameter; undefined if it is sent. */
function refusal(operation: Operation, { in: field, name }: Parameter, value: string): string | undefined {
  const text = `{ "operation": "${operation.key}", "${field}": { "${name}": ${value} } }`;
  const read = readRequestText(text);
  const built = read.ok ? buildRequest(read.draft, { operation, connection: connectionOf() }) : read;
  const problems = built.ok ? [] : built.problems;
  const found = problems.find(({ location }) => location[0] === field && location[1] === name);
  return found && formatMessage(found.message);
}

/** What VS Code offers between the empty brackets of a member of the document. */
async function completionsIn(
  operation: Operation,
  member: 'path' | 'query' | 'body',
): Promise<{ label: string; text: string | undefined }[]> {
  const text = `{ "operation": ${JSON.stringify(operation.key)}, "${member}": {} }`;
  const items = await completions(operation, text, { at: text.indexOf('{}') + 1 });
  return items.map(({ label, textEdit }) => ({ label, text: textEdit?.newText }));
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

/** One parameter of each kind that no bundled operation has. */
function operationWithParameters(): Operation {
  const schemas: readonly [string, object][] = [
    ['number', { type: 'number' }],
    ['level', { type: 'integer', enum: [1, 2] }],
    ['rate', { type: 'number', enum: [1.5, 2] }],
    ['texts', { type: 'array', items: { type: 'string' } }],
    ['counts', { type: 'array', items: { type: 'integer', minimum: 1 } }],
    ['levels', { type: 'array', items: { type: 'integer', enum: [1, 2] } }],
    ['modes', { type: 'array', items: { type: 'string', enum: ['A', 'B'] } }],
    ['flags', { type: 'array', items: { type: 'boolean' } }],
    ['days', { type: 'array', items: { type: 'string', format: 'date' } }],
  ];
  const parameters = schemas.map(([name, schema]) => ({ name, in: 'query', schema }));
  return catalogOf(readOpenApi(specOf({ 'GET /many': { parameters } }))).operations[0]!;
}

/** What people write for a parameter of this kind, as JSON. Send and the editor judge each of them alike. */
function valuesFor({ type, format, list, values, date }: Parameter): readonly string[] {
  if (list !== undefined) {
    return [...LIST_VALUES, ...(type === 'string' ? [] : ['["x"]'])];
  }
  const none = ['{}', '{"a":1}'];
  if (values !== undefined && values.length > 0) {
    const known = values[0]!.split(',')[0]!;
    return [...none, JSON.stringify(known), ...(type === 'string' ? ['7'] : [known, '3', '"3"', 'true', '"x"'])];
  }
  if (date !== undefined) {
    return [...none, '"2025-06-30"', '"2025-06-30T08:00Z"'];
  }
  const kinds: { readonly [T in Parameter['type']]: readonly string[] } = {
    string: format === 'uuid' ? ['"6f1c1c5e-0a5b-4c5e-9d3b-2f1e0d9c8b7a"', '7'] : ['"x"', '7', '1.5'],
    integer: ['42', '"42"', '" 42 "', '"x"', '1.5', '"1.5"', 'true', '"true"'],
    number: ['7', '"7"', '1.5', '"1.5"', '"1e3"', '"x"', 'true', '"0x1"'],
    boolean: ['true', 'false', '"true"', '" false "', '"yes"', '"TRUE"', '1', '"1"'],
  };
  return [...none, ...kinds[type]];
}

const LIST_VALUES = ['{}', '[{}]'];

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

  it('completes every number among the parameters between quotes, and not as a 0 that could be sent (E5, E6)', async () => {
    let count = 0;
    for (const operation of bundledCatalog.operations) {
      for (const place of ['path', 'query'] as const) {
        const numbers = operation.parameters.filter(
          ({ in: location, type, list, values }) =>
            location === place && (type === 'integer' || type === 'number') && list === undefined && !values,
        );
        const inserted = new Map((await completionsIn(operation, place)).map(({ label, text }) => [label, text]));
        for (const { name } of numbers) {
          assert.equal(inserted.get(name), `"${name}": "$1"`, `${operation.key} ${name}`);
        }
        count += numbers.length;
      }
    }
    assert.ok(count > 200, String(count));
  });

  it('leaves the value of a device filter to the extension, and puts the cursor between its quotes (E6, E18)', async () => {
    const operation = bundledCatalog.find('GET /v2/devices')!;
    const text = '{ "operation": "GET /v2/devices", "query": { "df": "" } }';
    assert.deepEqual(await completions(operation, text, { at: text.indexOf('""') + 1 }), []);
    const names = await completionsIn(operation, 'query');
    assert.equal(names.find(({ label }) => label === 'df')?.text, '"df": "$1"');
  });

  it('completes the members of a body in the order of the API description, required ones first (E6)', async () => {
    const labels = async (operation: Operation): Promise<string[]> =>
      (await completionsIn(operation, 'body')).map(({ label }) => label);
    const organization = bundledCatalog.find('POST /v2/organizations')!;
    assert.deepEqual(await labels(organization), [
      ...['name', 'description', 'userData', 'nodeApprovalMode', 'locations', 'policies'],
    ]);
    const text = { type: 'string' };
    const names = Array.from({ length: 12 }, (_, index) => `m${12 - index}`);
    const properties = Object.fromEntries(names.map((name) => [name, text]));
    assert.deepEqual(await labels(operationWith({ type: 'object', required: ['m5'], properties })), [
      'm5',
      ...names.filter((name) => name !== 'm5'),
    ]);
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
    const items = await completions(operation, text, { at: text.indexOf('{  }') + 2, schemas: new Map() });
    assert.deepEqual(
      items.map(({ label, detail, documentation }) => [label, detail, documentation]),
      [
        ['zone', '(required)', 'Where it is'],
        ['alias', undefined, ''],
      ],
    );
  });

  it('offers and accepts no value of a parameter that Send refuses, and marks none that it sends (E6)', async () => {
    let offered = 0;
    for (const operation of [...bundledCatalog.operations, operationWithParameters()]) {
      for (const parameter of operation.parameters) {
        const where = `${operation.key} ${parameter.name}`;
        const around = (value: string): string =>
          `{ "operation": "${operation.key}", "${parameter.in}": { "${parameter.name}": ${value} } }`;
        const text = around('');
        for (const { label } of await completions(operation, text, { at: text.length - 4 })) {
          // Brackets without a value are offered in place of a list, as quotes are in place of a text.
          if (label !== '[]') {
            assert.equal(refusal(operation, parameter, label), undefined, `${where} offers ${label}`);
            offered++;
          }
        }
        assert.notEqual(refusal(operation, parameter, 'null'), undefined, where);
        assert.notDeepEqual(await squiggles(operation, around('null')), [], where);
        for (const value of valuesFor(parameter)) {
          const marked = await squiggles(operation, around(value));
          const refused = refusal(operation, parameter, value);
          assert.equal(marked.length > 0, refused !== undefined, `${where} ${value}: ${marked.join()} / ${refused}`);
        }
      }
    }
    assert.ok(offered > 200, String(offered));
  });

  it('offers no null for a member of a body that Send then asks for (E6)', async () => {
    let places = 0;
    for (const operation of withBody) {
      const text = requestText(operation, { schema: 'ninjaone://schema/x.json', schemas: bundledSchemas });
      for (const { index } of text.matchAll(/null(?=,?\n)/g)) {
        const left = text.slice(0, index) + text.slice(index + 'null'.length);
        const labels = (await completions(operation, left, { at: index })).map(({ label }) => label);
        assert.ok(!labels.includes('null'), `${operation.key}: ${labels.join()}`);
        places++;
      }
      const empty = text.match(/null(?=,?\n)/g)?.length ?? 0;
      assert.ok(missingMembers(text, operation, bundledSchemas).length >= empty, operation.key);
    }
    assert.ok(places > 20, String(places));
  });

  it('completes the name of a required member with its colon (E6)', async () => {
    const operation = operationWith({ type: 'object', required: Object.keys(MEMBERS), properties: MEMBERS });
    const text = '{ "operation": "POST /a", "body": {  } }';
    const items = await completions(operation, text, { at: text.indexOf('{  }') + 2, schemas: new Map() });
    for (const { label, textEdit } of items) {
      assert.match(textEdit?.newText ?? '', new RegExp(`^"${label}": `));
    }
    assert.equal(items.length, Object.keys(MEMBERS).length);
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
