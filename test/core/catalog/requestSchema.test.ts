import assert from 'node:assert/strict';
import { Validator } from '@cfworker/json-schema';
import { requestSchema } from '../../../src/core/catalog/requestSchema.ts';
import { schemaReferences } from '../../../src/core/catalog/openApiSchema.ts';
import type { Operation } from '../../../src/core/catalog/operation.ts';
import { asRecord, getOwn } from '../../../src/core/base/untrusted.ts';
import { readOpenApi } from '../../../src/core/catalog/openApiReader.ts';
import { bundledCatalog, bundledSchemas, catalogOf, specOf } from '../../support/bundledMedia.ts';
import { sampleOf, type Fill } from '../../support/sampleValues.ts';

const { operations } = bundledCatalog;

const ACTIVITY_ID =
  'The ID of an activity, not a time. For times, send GET /v2/activities with after or before, and for one device with df.';

describe('the JSON schema of a request document', () => {
  for (const fill of ['least', 'most', 'nulls'] as const satisfies readonly Fill[]) {
    it(`accepts samples of all operations (${fill}) (E6)`, () => {
      for (const operation of operations) {
        const schema = schemaOf(operation);
        const { path, query, body } = asRecord(getOwn(schema, 'properties')) ?? {};
        const make = (part: unknown): unknown => sampleOf(part, getOwn(schema, 'definitions'), fill);
        const document = {
          operation: operation.key,
          ...(path === undefined ? {} : { path: make(path) }),
          ...(query === undefined ? {} : { query: make(query) }),
          ...(body === undefined || (fill === 'least' && !operation.body?.required) ? {} : { body: make(body) }),
        };
        assert.deepEqual(errorsOf(schema, document), [], `${operation.key} ${JSON.stringify(document)}`);
      }
    });
  }

  it('covers bodies, so that the samples have members (E6)', () => {
    const schema = schemaOf(find('POST /v2/ticketing/ticket'));
    const body = sampleOf(getOwn(getOwn(schema, 'properties'), 'body'), getOwn(schema, 'definitions'), 'most');
    assert.ok(Object.keys(body as object).length > 8);
    const withBody = operations.filter(({ body: declared }) => declared !== undefined);
    assert.equal(withBody.length, 126);
    assert.deepEqual(
      operations.filter((operation) =>
        [...schemaReferences(operation.body?.schema)].some((name) => !bundledSchemas.has(name)),
      ),
      [],
    );
  });

  it('rejects an unknown name, a wrong type and a value that is not in the list (E6)', () => {
    const device = schemaOf(find('GET /v2/device/{id}/windows-services'));
    const operation = 'GET /v2/device/{id}/windows-services';
    const good = { operation, path: { id: 42 }, query: { state: 'RUNNING', name: 7 } };
    assert.deepEqual(errorsOf(device, good), []);
    for (const unfinished of [{}, { operation }, { ...good, path: {} }, { ...good, path: { id: '' } }]) {
      assert.deepEqual(errorsOf(device, unfinished), [], JSON.stringify(unfinished));
    }
    for (const bad of [
      { ...good, operation: 'GET /v2/device/{id}' },
      { ...good, path: { id: null } },
      { ...good, path: { id: 'seven' } },
      { ...good, path: { id: 4.5 } },
      { ...good, query: { state: 'running' } },
      { ...good, query: { state: null } },
      { ...good, query: { name: null } },
      { ...good, query: { states: 'RUNNING' } },
      { ...good, headers: { Authorization: 'x' } },
      { ...good, host: 'evil.example' },
      { ...good, body: {} },
    ]) {
      assert.notDeepEqual(errorsOf(device, bad), [], JSON.stringify(bad));
    }
  });

  it('accepts digits for numbers, and numbers for dates and texts, as sending does (E6)', () => {
    const report = schemaOf(find('GET /v2/queries/software'));
    const written = { operation: 'GET /v2/queries/software' };
    for (const query of [
      { pageSize: '50' },
      { installedAfter: 1700000000 },
      { installedAfter: '1700000000' },
      { df: 7 },
    ]) {
      assert.deepEqual(errorsOf(report, { ...written, query }), []);
    }
    assert.notDeepEqual(errorsOf(report, { ...written, query: { pageSize: 'fifty' } }), []);
  });

  it('says of parameters what is known of them, also that an ID is no time (E5, E6)', () => {
    const described = (key: string, name: string, description?: string): unknown => {
      const operation = find(key);
      const parameters = operation.parameters.map((each) => (each.name === name ? { ...each, description } : each));
      const { query } = asRecord(getOwn(schemaOf({ ...operation, parameters }), 'properties')) ?? {};
      return getOwn(getOwn(getOwn(query, 'properties'), name), 'description');
    };
    const key = 'GET /v2/activities';
    assert.equal(described(key, 'df'), 'A device filter, such as class = WINDOWS_SERVER AND offline.');
    assert.equal(described(key, 'df', 'Device filter'), 'Device filter');
    assert.equal(described(key, 'after'), 'A date, in ISO 8601 or as seconds since 1970.');
    assert.equal(described(key, 'newerThan'), ACTIVITY_ID);
    assert.equal(described(key, 'newerThan', 'Newer than'), `Newer than\n\n${ACTIVITY_ID}`);
    assert.equal(described(key, 'user'), undefined);
  });

  it('offers the words of a comma-separated list and accepts any selection of them (E6)', () => {
    const fields = schemaOf(find('GET /v2/device-custom-fields'));
    const written = { operation: 'GET /v2/device-custom-fields' };
    for (const scopes of ['node', 'node,location']) {
      assert.deepEqual(errorsOf(fields, { ...written, query: { scopes } }), []);
    }
    assert.match(JSON.stringify(fields), /"enum":\["all","node","location","organization"\]/);
  });

  it('contains only the schemas that its body refers to, and stays small (E6)', () => {
    const sizes = operations.map((operation) => JSON.stringify(schemaOf(operation)).length);
    assert.ok(Math.max(...sizes) < 20_000, String(Math.max(...sizes)));
    assert.deepEqual(getOwn(schemaOf(find('GET /v2/devices')), 'definitions'), {});
    assert.deepEqual(Object.keys(getOwn(schemaOf(find('POST /v2/devices/approval/{mode}')), 'definitions') as object), [
      'DeviceIDList',
    ]);
  });
});

describe('the JSON schema of an operation of a live catalog', () => {
  it('finds schemas with names that a JSON pointer must escape, and follows a cycle (E6)', () => {
    const facts = readOpenApi(
      specOf(
        {
          'POST /a': {
            requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/a~1b%20c' } } } },
          },
        },
        {
          components: {
            schemas: {
              'a/b c': {
                type: 'object',
                required: ['name'],
                properties: { name: { type: 'string' }, next: { $ref: '#/components/schemas/a~1b c' } },
              },
            },
          },
        },
      ),
    );
    assert.deepEqual(facts.skipped, []);
    const operation = catalogOf(facts).find('POST /a');
    assert.ok(operation);
    const schema = requestSchema(operation, facts.schemas) as Record<string, unknown>;
    const body = { name: 'x', next: { name: 'y', next: { name: 'z' } } };
    assert.deepEqual(errorsOf(schema, { operation: 'POST /a', body }), []);
    assert.notDeepEqual(errorsOf(schema, { operation: 'POST /a', body: { ...body, next: { next: 7 } } }), []);
  });
});

function find(key: string): Operation {
  const operation = bundledCatalog.find(key);
  assert.ok(operation, key);
  return operation;
}

function schemaOf(operation: Operation): Record<string, unknown> {
  return requestSchema(operation, bundledSchemas) as Record<string, unknown>;
}

function errorsOf(schema: object, document: object): readonly string[] {
  // Undefined members are not in the text that the editor validates.
  const read: unknown = JSON.parse(JSON.stringify(document));
  const { errors } = new Validator(schema, '7', false).validate(read);
  return errors.map(({ instanceLocation, error }) => `${instanceLocation}: ${error}`);
}
