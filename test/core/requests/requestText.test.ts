import assert from 'node:assert/strict';
import { formatMessage } from '../../../src/core/base/messages.ts';
import { Validator } from '@cfworker/json-schema';
import type { Operation } from '../../../src/core/catalog/operation.ts';
import { requestSchema } from '../../../src/core/catalog/requestSchema.ts';
import { occurrenceAt, sourceSpan } from '../../../src/core/requests/requestSource.ts';
import { harmlessChoice } from '../../../src/core/requests/bodySkeleton.ts';
import { missingMembers } from '../../../src/core/requests/missingMembers.ts';
import { firstEmptyValue, isEmptyBody, readRequestText, requestText } from '../../../src/core/requests/requestText.ts';
import { bundledCatalog, bundledSchemas } from '../../support/bundledMedia.ts';

const SCHEMA = 'ninjaone://schema/test.json';

describe('the text of a new request document', () => {
  it('is valid for every operation and lists each required value (E6)', () => {
    for (const operation of bundledCatalog.operations) {
      const text = textOf(operation);
      const read = readRequestText(text);
      assert.ok(read.ok, text);
      assert.equal(read.draft.operation, operation.key);
      const document = JSON.parse(text) as Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;
      for (const parameter of operation.parameters.filter(({ required }) => required)) {
        const value = document[parameter.in]?.[parameter.name];
        assert.ok(value === '' || parameter.values?.includes(String(value)), operation.key);
      }
    }
  });

  it('has the first harmless value of a choice, and none for what destroys data (E6)', () => {
    const pathOf = (key: string): unknown => (JSON.parse(textOf(bundledCatalog.find(key)!)) as { path: unknown }).path;
    assert.deepEqual(pathOf('POST /v2/device/{id}/reboot/{mode}'), { id: '', mode: 'NORMAL' });
    assert.deepEqual(pathOf('POST /v2/devices/approval/{mode}'), { mode: '' });
    const reboot = bundledCatalog.find('POST /v2/device/{id}/reboot/{mode}')!;
    assert.equal(harmlessChoice(['FORCED', 'DELETE_ALL', 'NORMAL'], reboot), 'NORMAL');
    assert.equal(harmlessChoice(['FORCED'], reboot), '');
    assert.deepEqual(pathOf('DELETE /v2/related-items/{entityType}/{entityId}'), { entityType: '', entityId: '' });
  });

  it('has each required member of the body, whose empty values are told when it is sent, one by one (E6)', () => {
    const operation = bundledCatalog.find('POST /v2/ticketing/ticket')!;
    const text = textOf(operation);
    assert.deepEqual((JSON.parse(text) as { body: unknown }).body, {
      clientId: null,
      ticketFormId: null,
      subject: '',
      status: '',
    });
    assert.deepEqual(told(operation, text), ['clientId', 'ticketFormId', 'subject', 'status']);
    const filled = { clientId: 1, ticketFormId: 0, subject: 'x', status: 1000 };
    assert.deepEqual(told(operation, JSON.stringify({ body: filled })), []);
    for (const { operations } of [bundledCatalog]) {
      for (const each of operations) {
        assert.deepEqual(told(each, textOf(each)).length > 0, hasEmptyMembers(each), each.key);
      }
    }
  });

  it('marks what is missing where it stands, also in one of several items (E6)', () => {
    const operation = bundledCatalog.find('POST /v2/ticketing/ticket')!;
    const item = { type: 'object', required: ['name'], properties: { name: { type: 'string' } } };
    const body = { contentType: 'application/json', required: true, schema: { type: 'array', items: item } };
    const text = '{ "body": [{ "name": "a" }, {}, { "name": "" }] }';
    const found = missingMembers(text, { ...operation, body }, new Map());
    assert.deepEqual(
      found.map(({ name, location, occurrence }) => [name, sourceSpan(text, location, occurrence).start]),
      [
        ['[1].name', text.indexOf('"body"')],
        ['[2].name', text.lastIndexOf('"name"')],
      ],
    );
  });

  it('has the cursor in its first empty value, else in its body, else in its query (E5, E6)', () => {
    const at = (key: string): string => {
      const text = textOf(bundledCatalog.find(key)!);
      const { start, end } = firstEmptyValue(text)!;
      return `${text.slice(start - 12, start)}[${text.slice(start, end)}]`.replaceAll(/\s+/g, ' ');
    };
    assert.equal(at('PATCH /v2/device/{id}'), ' "id": "[]');
    assert.equal(at('POST /v2/ticketing/ticket'), '"clientId": [null]');
    assert.equal(at('POST /v2/organization/documents/archive'), ' "body": [[]');
    assert.equal(at('POST /v2/devices/approval/{mode}'), ' "mode": "[]');
    assert.equal(at('GET /v2/devices'), ' "query": {[]');
    assert.equal(firstEmptyValue(textOf(bundledCatalog.find('GET /v2/contacts')!)), undefined);
  });

  it('knows whether that is in an empty body, where nothing says what belongs there (E6)', () => {
    const isAt = (key: string): boolean => {
      const text = textOf(bundledCatalog.find(key)!);
      return isEmptyBody(text, firstEmptyValue(text)!);
    };
    assert.deepEqual(
      [
        'POST /v2/organizations',
        'PATCH /v2/device/{id}',
        'POST /v2/ticketing/ticket',
        'POST /v2/organization/documents/archive',
        'GET /v2/devices',
      ].map(isAt),
      [true, false, false, false, false],
    );
  });

  it('matches its JSON schema if nothing has to be filled in (E6)', () => {
    const ready = bundledCatalog.operations.filter(
      ({ parameters, body }) => !body && parameters.every(({ required }) => !required),
    );
    assert.ok(ready.length > 60);
    for (const operation of ready) {
      const schema = requestSchema(operation, bundledSchemas);
      const { errors } = new Validator(schema, '7').validate(JSON.parse(textOf(operation)));
      assert.deepEqual(errors, [], operation.key);
    }
  });

  it('starts with a list if the body is one (E6)', () => {
    const bodies = bundledCatalog.operations.flatMap((operation) => {
      const { body } = JSON.parse(textOf(operation)) as { readonly body?: unknown };
      return Array.isArray(body) ? [operation.key] : [];
    });
    assert.ok(bodies.length > 0);
  });

  it('contains no host, header, token or secret (E11)', () => {
    for (const operation of bundledCatalog.operations) {
      const fields = Object.keys(JSON.parse(textOf(operation)) as object);
      const known = ['$schema', 'operation', 'path', 'query', 'body'];
      assert.deepEqual(
        fields.filter((field) => !known.includes(field)),
        [],
      );
    }
  });
});

describe('reading a request document', () => {
  for (const text of ['', '{', '[]', '"GET /v2/devices"', '{"operation": 1}', '['.repeat(100_000), 'null', '<html>']) {
    it(`refuses ${JSON.stringify(text.slice(0, 20))} and says why (E6)`, () => {
      const read = readRequestText(text);
      assert.ok(!read.ok && read.problems.length > 0);
    });
  }

  it('refuses a letter that was lost because the file was read in another encoding, and names its line (E6)', () => {
    const text = new TextDecoder().decode(Buffer.from('{\n "operation": "GET /v2/x",\n "body": "M\xfc"\n}', 'latin1'));
    const read = readRequestText(text);
    assert.ok(!read.ok);
    assert.match(
      formatMessage(read.problems[0].message),
      /^Line 3 contains \ufffd, .* Reopen the file with its encoding/,
    );
    assert.ok(readRequestText('{ "operation": "GET /v2/x", "body": "M\\ufffd" }').ok, 'it can be meant');
  });

  it('points to a header, host or token (E11)', () => {
    for (const name of ['headers', 'host', 'token', 'Authorization']) {
      const text = JSON.stringify({ operation: 'GET /v2/devices', [name]: 'x' });
      const read = readRequestText(text);
      assert.ok(!read.ok);
      const { start, end } = sourceSpan(text, read.problems[0].location);
      assert.equal(text.slice(start, end), JSON.stringify(name));
    }
  });

  it('finds a member at its depth, not one with the same name elsewhere (E6)', () => {
    const text = '{ "query": { "path": 1, "id": 2 }, "body": [{ "path": { "id": 3 } }], "path": { "\\u0069d": 4 } }';
    const at = (...location: string[]): string => text.slice(sourceSpan(text, location).start);
    assert.match(at('path', 'id'), /^"\\u0069d": 4/);
    assert.match(at('query', 'id'), /^"id": 2/);
    assert.match(at('path'), /^"path": \{ "\\u0069d"/);
    assert.match(at('path', 'missing'), /^"path": \{ "\\u0069d"/);
    assert.deepEqual(sourceSpan('{ broken', ['path']), { start: 0, end: 0 });
  });

  it('finds a member in the items of a list, the one that is meant (E6)', () => {
    const text = '{"body":{"a":[{"x":1},[{"x":2,"y":{"x":3}}],{"x":4}],"x":5}}';
    const at = (occurrence: number, ...location: string[]): string =>
      text.slice(sourceSpan(text, location, occurrence).start).slice(0, 5);
    assert.deepEqual(
      [0, 1, 2].map((index) => at(index, 'body', 'a', 'x')),
      ['"x":1', '"x":2', '"x":4'],
    );
    assert.deepEqual(
      [at(0, 'body', 'a', 'y', 'x'), at(0, 'body', 'x'), at(9, 'body', 'x')],
      ['"x":3', '"x":5', '"body'],
    );
    assert.equal(occurrenceAt(text, ['body', 'a', 'x'], text.indexOf('4')), 2);
    assert.equal(occurrenceAt(text, ['body', 'a', 'x'], 0), 0);
  });
});

function told(operation: Operation, text: string): readonly string[] {
  return missingMembers(text, operation, bundledSchemas).map(({ name }) => name);
}

/** Whether the body of the new document has an empty value, in it or in one of its members. */
function hasEmptyMembers(operation: Operation): boolean {
  const { body } = JSON.parse(textOf(operation)) as { readonly body?: object };
  return operation.body?.contentType === 'application/json' && /""|null|: ?(?:\[\]|\{\})/.test(JSON.stringify(body));
}

function textOf(operation: Operation): string {
  return requestText(operation, { schema: SCHEMA, schemas: bundledSchemas });
}
