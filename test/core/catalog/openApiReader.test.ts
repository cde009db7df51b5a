import assert from 'node:assert/strict';
import { isNinjaOneError } from '../../../src/core/base/errors.ts';
import { formatMessage } from '../../../src/core/base/messages.ts';
import { readOpenApi } from '../../../src/core/catalog/openApiReader.ts';
import type { SpecFacts } from '../../../src/core/catalog/spec.ts';
import { requestSchema } from '../../../src/core/catalog/requestSchema.ts';
import { catalogOf, specOf } from '../../support/bundledMedia.ts';

const OK = { responses: { default: { description: '' } } };

describe('an unusual API description', () => {
  it('may lack servers, tag declarations, response descriptions and a known security scheme (E2)', () => {
    const facts = readOpenApi(
      specOf(
        { 'GET /v2/billing/accounts': { ...OK, tags: ['Billing'], operationId: 'getBillingAccounts' } },
        { security: [{ oauth2: ['monitoring'] }], components: { securitySchemes: { oauth2: { type: 'http' } } } },
      ),
    );
    assert.deepEqual(facts.skipped, []);
    assert.equal(facts.operations[0]?.tag, 'Billing');
    assert.equal(facts.version, '1');
  });

  it('may use */* for a JSON body, or declare no content (E2)', () => {
    const list = { type: 'array', uniqueItems: true, items: { type: 'integer', format: 'int32' } };
    const facts = readOpenApi(
      specOf({
        'PATCH /a': { requestBody: { content: { '*/*': { schema: list } } } },
        'PATCH /b': { requestBody: { content: {} } },
        'PATCH /c': { requestBody: { required: true, content: { 'text/csv': {}, 'application/hal+json': {} } } },
        'DELETE /d': { requestBody: { content: { 'application/json': {} } } },
      }),
    );
    const [a, b, c, d] = facts.operations.map(({ body }) => body);
    assert.deepEqual(a, { contentType: 'application/json', required: false, schema: list });
    assert.equal(b, undefined);
    assert.deepEqual(c, { contentType: 'application/hal+json', required: true, schema: {} });
    assert.deepEqual(d, { contentType: 'application/json', required: false, schema: {} });
    assert.deepEqual(warningsOf(facts), ['PATCH /b: The body has no content type.']);
  });

  it('may name path parameters in any style, by reference and without a type (E2)', () => {
    const facts = readOpenApi(
      specOf(
        {
          'GET /v2/{policy_id}/{scan-group-id}/{fieldName}/{entityType}': {
            parameters: [
              { name: 'fieldName', in: 'path', required: true, schema: { type: 'string' } },
              { name: 'policy_id', in: 'path', required: true, schema: { type: 'integer', format: 'int32' } },
              { name: 'scan-group-id', in: 'path', required: true, schema: {} },
              { name: 'entityType', in: 'path', required: true, schema: { $ref: '#/components/schemas/Scope' } },
              { $ref: '#/components/parameters/Size' },
            ],
          },
        },
        {
          components: {
            schemas: { Scope: { type: 'string', enum: ['NODE', 'LOCATION'] } },
            parameters: { Size: { name: 'pageSize', in: 'query', schema: { type: 'integer' } } },
          },
        },
      ),
    );
    assert.deepEqual(
      facts.operations[0]?.parameters.map(({ name, type, required, values }) => [name, type, required, values]),
      [
        ['policy_id', 'integer', true, undefined],
        ['scan-group-id', 'string', true, undefined],
        ['fieldName', 'string', true, undefined],
        ['entityType', 'string', true, ['NODE', 'LOCATION']],
        ['pageSize', 'integer', false, undefined],
      ],
    );
  });

  it('may omit the declaration of a path parameter, or declare one that is not in the path (E2)', () => {
    const facts = readOpenApi(
      specOf({ 'GET /a/{id}': { parameters: [{ name: 'ID', in: 'path', schema: { type: 'integer' } }] } }),
    );
    assert.deepEqual(facts.operations[0]?.parameters, [
      { name: 'id', in: 'path', required: true, type: 'string', format: undefined, values: undefined },
    ]);
    assert.deepEqual(warningsOf(facts), [
      'GET /a/{id}: The path parameter id is not declared and is treated as text.',
      'GET /a/{id}: The path does not contain the parameter ID.',
    ]);
  });

  it('may share parameters between the operations of a path; header and cookie parameters are omitted (E2)', () => {
    const spec = specOf({
      'GET /a/{id}': {
        parameters: [
          { name: 'id', in: 'path', required: true, schema: { type: 'integer' } },
          { name: 'Authorization', in: 'header', required: true, schema: { type: 'string' } },
          { name: 'sessionKey', in: 'cookie', schema: { type: 'string' } },
        ],
      },
    });
    (spec['paths'] as Record<string, Record<string, unknown>>)['/a/{id}']!['parameters'] = [
      { name: 'id', in: 'path', required: true, schema: { type: 'string' } },
      { name: 'lang', in: 'query', schema: { type: 'string' } },
    ];
    assert.deepEqual(readOpenApi(spec).skipped, []);
    assert.deepEqual(
      readOpenApi(spec).operations[0]?.parameters.map(({ name, type }) => `${name} ${type}`),
      ['id integer', 'lang string'],
    );
  });

  it('may give a DELETE a body, and has what else cannot be sent listed (E2)', () => {
    const facts = readOpenApi(
      specOf({
        'DELETE /a': { requestBody: { required: true, ...json({ type: 'object', properties: { id: {} } }) } },
        'GET /a': { requestBody: json({}) },
        'HEAD /a': {},
        'GET /b': {
          parameters: [
            { name: 'filter', in: 'query', style: 'deepObject', schema: { type: 'object' } },
            { name: 'ids', in: 'query', style: 'deepObject', schema: { type: 'array', items: { type: 'integer' } } },
            { name: 'pairs', in: 'query', schema: { type: 'array', items: { type: 'array' } } },
            { name: 'json', in: 'query', content: { 'application/json': { schema: {} } } },
            ...Array.from({ length: 200 }, (_, index) => ({ name: `p${index}`, in: 'query', schema: {} })),
          ],
        },
      }),
    );
    const [remove] = facts.operations.filter(({ method }) => method === 'DELETE');
    assert.deepEqual(remove?.body?.schema, { type: 'object', properties: { id: {} } });
    assert.equal(remove.body.required, true);
    assert.deepEqual(warningsOf(facts), [
      'GET /a: A GET request is sent without a body.',
      'HEAD /a: The method is not supported.',
      'GET /b: Only the first 200 parameters are read.',
      ...['filter', 'ids', 'pairs', 'json'].map(
        (name) => `GET /b ${name}: The format of the parameter is not supported. It is treated as text.`,
      ),
    ]);
  });

  it('may have lists with other separators, or with a parameter for each item (E2)', () => {
    const schema = { type: 'array', items: { type: 'string' } };
    const forms = [
      { style: 'pipeDelimited' },
      { style: 'pipeDelimited', explode: false },
      { style: 'spaceDelimited', explode: false },
      { style: 'pipeDelimited', explode: true },
      { style: 'form', explode: false },
      { style: 'form' },
    ];
    const parameters = forms.map((form, index) => ({ name: `p${index}`, in: 'query', schema, ...form }));
    const facts = readOpenApi(specOf({ 'GET /a': { parameters } }));
    assert.deepEqual(
      facts.operations[0]?.parameters.map(({ list }) => list),
      ['pipes', 'pipes', 'spaces', 'repeated', 'commas', 'repeated'],
    );
    assert.deepEqual(warningsOf(facts), []);
  });

  it('chooses the type application/json before others that end with json (E2)', () => {
    const content = { 'application/merge-patch+json': {}, 'application/json; charset=utf-8': {} };
    const facts = readOpenApi(specOf({ 'PATCH /a': { requestBody: { content } } }));
    assert.equal(facts.operations[0]?.body?.contentType, 'application/json; charset=utf-8');
  });

  it('may have lists as parameters, with the values and bounds of their items (E2)', () => {
    const items = { type: 'string', enum: ['COMMENT', 'SAVE'] };
    const facts = readOpenApi(
      specOf(
        {
          'GET /a': {
            parameters: [
              { name: 'type', in: 'query', schema: { type: 'array', items } },
              { name: 'csv', in: 'query', explode: false, schema: { type: 'array', items: ref('Id') } },
              { name: 'pageSize', in: 'query', schema: { type: 'integer', minimum: 10, maximum: 1000 } },
              { name: 'odd', in: 'query', schema: { type: 'integer', minimum: '10', maximum: NaN } },
              { name: 'text', in: 'query', schema: { type: 'string', minimum: 1 } },
            ],
          },
        },
        { components: { schemas: { Id: { type: 'integer', format: 'int64', minimum: 1 } } } },
      ),
    );
    const parameter = { in: 'query', required: false, format: undefined, values: undefined };
    assert.deepEqual(facts.operations[0]?.parameters, [
      { ...parameter, name: 'type', type: 'string', values: ['COMMENT', 'SAVE'], list: 'repeated' },
      { ...parameter, name: 'csv', type: 'integer', format: 'int64', list: 'commas', minimum: 1 },
      { ...parameter, name: 'pageSize', type: 'integer', minimum: 10, maximum: 1000 },
      { ...parameter, name: 'odd', type: 'integer' },
      { ...parameter, name: 'text', type: 'string' },
    ]);
    assert.deepEqual(facts.skipped, []);
  });

  it('may repeat or omit operation ids and tags (E2)', () => {
    const facts = readOpenApi(
      specOf({ 'GET /a': { operationId: 'get' }, 'GET /b': { operationId: 'get' }, 'GET /c': {} }),
    );
    assert.deepEqual(
      facts.operations.map(({ operationId, tag }) => [operationId, tag]),
      [
        ['get', ''],
        ['get', ''],
        ['', ''],
      ],
    );
  });

  it('may contain cycles and dangling references, which are reported and accept any value (E2)', () => {
    const facts = readOpenApi(
      specOf(
        { 'POST /a': { requestBody: json({ $ref: '#/components/schemas/Part' }) } },
        {
          components: {
            schemas: {
              Part: {
                type: 'object',
                properties: { parent: ref('Multi'), gone: ref('Gone'), far: { $ref: 'https://x/y' } },
              },
              Multi: {
                allOf: [ref('Part'), { type: 'object', properties: { parts: { type: 'array', items: ref('Part') } } }],
              },
            },
          },
        },
      ),
    );
    assert.deepEqual(warningsOf(facts), [
      'schemas/Part: A reference does not point to a schema in the same document.',
      'schemas/Part: The schema Gone is missing.',
    ]);
    const schema = requestSchema(catalogOf(facts).operations[0]!, facts.schemas) as { definitions: object };
    assert.deepEqual(Object.keys(schema.definitions).sort(), ['Gone', 'Multi', 'Part']);
  });

  it('may declare nullable values in the style of OpenAPI 3.0 or 3.1 (E2)', () => {
    const facts = readOpenApi(
      specOf(
        { 'GET /a': OK },
        {
          components: {
            schemas: {
              Old: { type: 'string', nullable: true, enum: ['a'] },
              New: { type: ['string', 'null'], enum: ['a', null] },
              Both: { allOf: [ref('Old')], nullable: true },
              Any: { nullable: true },
            },
          },
        },
      ),
    );
    assert.deepEqual(facts.schemas.get('Old'), { type: ['string', 'null'], enum: ['a', null] });
    assert.deepEqual(facts.schemas.get('New'), facts.schemas.get('Old'));
    assert.deepEqual(facts.schemas.get('Both'), {
      anyOf: [{ allOf: [{ $ref: '#/schemas/Old' }] }, { type: 'null' }],
    });
    assert.deepEqual(facts.schemas.get('Any'), {});
  });

  it('loses a list of values in which YAML 1.1 turned words into booleans (E2)', () => {
    const facts = readOpenApi(
      specOf(
        {
          'GET /a': { parameters: [{ name: 'country', in: 'query', schema: { type: 'string', enum: ['DE', false] } }] },
        },
        { components: { schemas: { State: { type: 'string', enum: [true, 'off'] } } } },
      ),
    );
    assert.equal(facts.operations[0]?.parameters[0]?.values, undefined);
    assert.deepEqual(facts.schemas.get('State'), { type: 'string' });
    assert.equal(facts.skipped.length, 2);
  });

  it('may have a list of 700 values, and files in a form (E2)', () => {
    const values = Array.from({ length: 700 }, (_, index) => `CODE_${index}`);
    const facts = readOpenApi(
      specOf({
        'GET /a': { parameters: [{ name: 'code', in: 'query', schema: { type: 'string', enum: values } }] },
        'POST /b': {
          requestBody: {
            content: {
              'multipart/form-data': {
                schema: {
                  type: 'object',
                  required: ['file'],
                  properties: {
                    file: { $ref: '#/components/schemas/FormDataBodyPart' },
                    files: { type: 'array', items: { type: 'string', format: 'binary', nullable: true } },
                    note: { type: 'string' },
                  },
                },
              },
            },
          },
        },
      }),
    );
    assert.equal(facts.operations[0]?.parameters[0]?.values?.length, 700);
    const file = { type: 'string', format: 'binary' };
    assert.deepEqual(facts.operations[1]?.body?.schema, {
      type: 'object',
      required: ['file'],
      properties: { file, files: { type: 'array', items: file }, note: { type: 'string' } },
    });
  });

  it('may have invalid values anywhere (E2)', () => {
    for (const junk of [
      null,
      0,
      '',
      'x',
      '\ud800',
      [],
      [[]],
      {},
      { toString: 1, '\ud800': {} },
      { $ref: 7 },
      { $ref: '#/components/schemas/%E0%A4%A' },
      { $ref: '#/components/schemas/\ud800' },
      true,
    ]) {
      const spec = {
        openapi: '3.0.1',
        info: junk,
        tags: junk,
        components: {
          schemas: {
            S: junk,
            T: { properties: junk, enum: junk, allOf: junk, required: junk, items: junk, type: junk },
          },
        },
        paths: {
          '/junk': junk,
          '/a/{id}': {
            parameters: junk,
            get: {
              tags: junk,
              operationId: junk,
              parameters: [junk, { name: junk, in: 'query' }, { name: 'q', in: 'query', schema: junk }],
            },
            post: { requestBody: junk, parameters: junk },
            put: { requestBody: { required: junk, content: { 'application/json': { schema: junk } } } },
            patch: { requestBody: { content: { 'multipart/form-data': { schema: junk } } } },
            delete: junk,
          },
        },
      };
      const facts = readOpenApi(spec, { prose: true });
      const catalog = catalogOf(facts);
      assert.ok(catalog.find('GET /a/{id}'));
      for (const operation of catalog.operations) {
        assert.ok(JSON.stringify(requestSchema(operation, facts.schemas)).length > 0);
      }
    }
  });

  it('provides its descriptions only on request (E2)', () => {
    const spec = specOf({
      'POST /a': {
        summary: 'Short',
        description: 'Long',
        parameters: [{ name: 'q', in: 'query', description: 'What', schema: { type: 'string' } }],
        requestBody: json({
          type: 'object',
          properties: { a: { type: 'string', description: 'That', example: 'x', pattern: '(a+)+$' } },
        }),
      },
    });
    const [bare] = readOpenApi(spec).operations;
    assert.doesNotMatch(JSON.stringify(bare), /Short|Long|What|That|example|pattern/);
    const [described] = readOpenApi(spec, { prose: true }).operations;
    assert.equal(described?.description, 'Short\n\nLong');
    assert.match(JSON.stringify(described), /What.*That/);
    assert.doesNotMatch(JSON.stringify(described), /example|pattern/);
  });
});

describe('a hostile API description', () => {
  it('changes no prototype with __proto__ keys, and loses only those (E2, T42)', () => {
    const text = `{"openapi":"3.0.1","__proto__":{"polluted":1},"paths":{"__proto__":{"get":{}},"/a/{__proto__}":{"get":{}},"/a":{"__proto__":{"get":{}},
      "get":{"__proto__":{"tags":["x"]},"operationId":"__proto__","tags":["__proto__"],"parameters":[{"name":"__proto__","in":"query"},{"name":"constructor","in":"query","schema":{"type":"string"}}]},
      "post":{"requestBody":{"content":{"application/json":{"schema":{"type":"object","properties":{"__proto__":{"type":"object"},"ok":{"type":"string"}}}}}}}}},
      "components":{"schemas":{"__proto__":{"type":"object"},"constructor":{"type":"string"}}}}`;
    const facts = readOpenApi(JSON.parse(text));
    const catalog = catalogOf(facts);
    assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
    assert.equal(Object.getPrototypeOf(facts.operations[0]), Object.prototype);
    assert.deepEqual(
      facts.operations.map(({ key }) => key),
      ['GET /a', 'POST /a'],
    );
    assert.deepEqual(
      catalog.find('GET /a')?.parameters.map(({ name }) => name),
      ['constructor'],
    );
    assert.deepEqual(catalog.find('POST /a')?.body?.schema, {
      type: 'object',
      properties: { ok: { type: 'string' } },
    });
    assert.deepEqual([...facts.schemas.keys()], ['constructor']);
    for (const operation of catalog.operations) {
      const schema = requestSchema(operation, facts.schemas) as { properties: object };
      assert.equal(Object.getPrototypeOf(schema.properties), Object.prototype);
    }
  });

  it('contributes no path that leaves the origin or resolves to another path (E11)', () => {
    const bad = [
      'v2/devices',
      '',
      '/',
      '//evil.example/v2',
      '/v2//devices',
      '/v2/../ws/oauth/token',
      '/v2/./a',
      '/v2/%2e%2e/a',
      '/v2/a?x=1',
      '/v2/a#b',
      '/v2/a\\b',
      '/v2/a b',
      '/v2/a\r\nHost: x',
      '/v2/{a/b}',
      '/v2/{a}{',
      '/v2/{',
      '/v2/}',
      '/v2/@evil',
      'https://evil.example/',
      `/${'a'.repeat(600)}`,
      '/v2/ä',
      '/v2/devices/',
    ];
    const facts = readOpenApi(specOf({ 'GET /v2/..a/{x}.json/.b': OK }, {}));
    assert.equal(facts.operations.length, 1);
    for (const path of bad) {
      assert.throws(
        () => readOpenApi({ openapi: '3.0.1', paths: { [path]: { get: {} } } }),
        hasCode('catalog.notOpenApi'),
        path,
      );
    }
  });

  it('is reported with one clear message if it contains itself (E2, T42)', () => {
    const loop: Record<string, unknown> = { type: 'object', properties: {} };
    (loop['properties'] as Record<string, unknown>)['self'] = loop;
    const deep = readOpenApi(specOf({ 'GET /a': OK }, { components: { schemas: { Loop: loop } } }));
    assert.match(warningsOf(deep).join(), /nested too deeply/);

    const wide: Record<string, unknown> = { properties: {} };
    for (let index = 0; index < 10; index++) {
      (wide['properties'] as Record<string, unknown>)[`p${index}`] = wide;
    }
    const start = performance.now();
    assert.throws(
      () => readOpenApi(specOf({ 'GET /a': OK }, { components: { schemas: { Wide: wide } } })),
      hasCode('catalog.tooLarge'),
    );
    assert.ok(performance.now() - start < 2_000);
  });

  it('may have circular references for a parameter or body (E2)', () => {
    const facts = readOpenApi(
      specOf(
        {
          'POST /a': {
            parameters: [{ $ref: '#/components/parameters/A' }],
            requestBody: { $ref: '#/components/requestBodies/A' },
          },
        },
        {
          components: {
            parameters: { A: { $ref: '#/components/parameters/B' }, B: { $ref: '#/components/parameters/A' } },
            requestBodies: { A: { $ref: '#/components/requestBodies/A' } },
          },
        },
      ),
    );
    assert.equal(facts.operations.length, 1);
    assert.equal(facts.skipped.length, 2);
  });

  it('is refused or truncated if it is too large (E2, T42)', () => {
    const many = Object.fromEntries(Array.from({ length: 110_000 }, (_, index) => [`S${index}`, {}]));
    assert.throws(
      () => readOpenApi(specOf({ 'GET /a': OK }, { components: { schemas: many } })),
      hasCode('catalog.tooLarge'),
    );
    const values = Array.from({ length: 110_000 }, (_, index) => `v${index}`);
    const spec = specOf({
      'GET /a': { parameters: [{ name: 'q', in: 'query', schema: { type: 'string', enum: values } }] },
    });
    assert.throws(() => readOpenApi(spec), hasCode('catalog.tooLarge'));
    const paths = Object.fromEntries(Array.from({ length: 6_000 }, (_, index) => [`GET /a${index}`, OK]));
    assert.equal(readOpenApi(specOf(paths)).operations.length, 5_000);
    const wrong = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`/a ${index}`, {}]));
    assert.ok(readOpenApi({ openapi: '3.0.1', paths: { '/ok': { get: {} }, ...wrong } }).skipped.length <= 200);
  });

  it('is refused with a full sentence if it is something else (E2)', () => {
    for (const value of [
      undefined,
      null,
      'text',
      7,
      [],
      {},
      { openapi: '3.0.1' },
      { openapi: { toString: 1 }, paths: { '/a': { get: {} } } },
      { swagger: '2.0', paths: { '/a': { get: {} } } },
      specOf({}),
    ]) {
      assert.throws(() => readOpenApi(value), hasCode('catalog.notOpenApi'));
    }
  });
});

function warningsOf({ skipped }: SpecFacts): readonly string[] {
  return skipped.map(({ where, why }) => `${where}: ${formatMessage(why)}`);
}

function hasCode(code: string): (error: unknown) => boolean {
  return (error) => isNinjaOneError(error) && error.code === code && error.message.endsWith('.');
}

function ref(name: string): object {
  return { $ref: `#/components/schemas/${name}` };
}

function json(schema: object): object {
  return { content: { 'application/json': { schema } } };
}
