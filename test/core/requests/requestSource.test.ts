import assert from 'node:assert/strict';
import fc from 'fast-check';
import { formatMessage } from '../../../src/core/base/messages.ts';
import { buildRequest } from '../../../src/core/requests/buildRequest.ts';
import { readRequestText } from '../../../src/core/requests/requestText.ts';
import { duplicateKey, bodySource, sourceSpan } from '../../../src/core/requests/requestSource.ts';
import { operationOf, parameterOf, PATCH_DEVICE } from '../../support/operationFixtures.ts';
import { connectionOf } from '../../support/connectionFixtures.ts';

describe('the source text of a request document', () => {
  it('keeps integers above 2^53, fractions and escapes of the body as they were written (E6)', () => {
    const body = '{ "id": 9007199254740993, "list": [ -0, 1.10, 1e400 ], "text": "\\u00e9 , } \\"" }';
    const text = `{ "operation": "${PATCH_DEVICE.key}", "path": { "id": 1 }, "body": ${body} }`;
    assert.equal(sentBody(text), '{"id":9007199254740993,"list":[-0,1.10,1e400],"text":"\\u00e9 , } \\""}');
  });

  it('keeps every digit of path and query, too (E6)', () => {
    const query = '"long": 9007199254740993, "text": "007", "part": 1.10, "power": 1e400, "whole": -5, "yes": true';
    const read = readRequestText(`{ "path": { "id": 12345678901234567 }, "operation": "x", "query": { ${query} } }`);
    assert.ok(read.ok);
    assert.deepEqual([...read.draft.path], [['id', '12345678901234567']]);
    assert.deepEqual(
      [...read.draft.query],
      [
        ['long', '9007199254740993'],
        ['text', '007'],
        ['part', '1.10'],
        ['power', '1e400'],
        ['whole', -5],
        ['yes', true],
      ],
    );
  });

  it('keeps every number of path and query as it was typed, also in lists (E6)', () => {
    const query =
      '"id": [9007199254740993, 2, -0, 1e400], "mixed": ["\\u0030\\u0037", 1.10, true], "power": 1e2, "part": 1.0';
    const read = readRequestText(`{ "operation": "x", "path": { "id": 1.0 }, "query": { ${query} } }`);
    assert.ok(read.ok);
    assert.deepEqual([...read.draft.path], [['id', '1.0']]);
    assert.deepEqual(
      [...read.draft.query],
      [
        ['id', '9007199254740993,2,-0,1e400'],
        ['mixed', '07,1.10,true'],
        ['power', '1e2'],
        ['part', '1.0'],
      ],
    );
  });

  it('has an empty text or null of the query as a value, so that no filter is dropped without a word (E6, E11)', () => {
    const read = readRequestText('{ "operation": "x", "path": { "id": "" }, "query": { "df": "", "after": null } }');
    assert.ok(read.ok);
    assert.deepEqual(
      [[...read.draft.path], [...read.draft.query]],
      [
        [],
        [
          ['df', ''],
          ['after', ''],
        ],
      ],
    );
  });

  it('puts the digits of a list into the address (E6)', () => {
    const operation = operationOf('DELETE /v2/x', {
      parameters: [parameterOf('id', { type: 'integer', format: 'int64', list: 'repeated' })],
    });
    const read = readRequestText('{ "operation": "DELETE /v2/x", "query": { "id": [9007199254740993, 2] } }');
    assert.ok(read.ok);
    const built = buildRequest(read.draft, { operation, connection: connectionOf() });
    assert.ok(built.ok);
    assert.match(built.request.url, /\?id=9007199254740993&id=2$/);
  });

  it('may have the body before the operation, and other members named body (E6)', () => {
    const text = `{ "body": { "body": [1, { "body": 2 }] }, "operation": "x", "path": { "body": 3 } }`;
    assert.equal(bodySource(text), '{"body":[1,{"body":2}]}');
    assert.equal(bodySource('{ "operation": "x", "query": { "body": 1 } }'), undefined);
    assert.equal(bodySource('{ "b\\u006fdy": null }'), 'null');
  });

  it('gives the same JSON for any body (E6)', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 2, '\t'), (body, indent) => {
        const text = JSON.stringify({ operation: 'x', body, query: {} }, undefined, indent);
        assert.equal(bodySource(text), JSON.stringify(body));
      }),
    );
  });

  it('must not have a duplicate key anywhere (E6, E11)', () => {
    for (const [text, location] of [
      ['{ "operation": "a", "operation": "b" }', ['operation']],
      ['{ "operation": "a", "path": { "id": 1, "id": 2 } }', ['path', 'id']],
      ['{ "operation": "a", "body": [{ "x": 1, "\\u0078": 2 }] }', ['body', '', 'x']],
    ] as const) {
      const read = readRequestText(text);
      assert.ok(!read.ok);
      assert.deepEqual(read.problems[0].location, location);
      assert.match(formatMessage(read.problems[0].message), /appears twice\. Remove one of the two/);
      const { start, end } = sourceSpan(text, location);
      assert.ok(end > start);
    }
    assert.equal(duplicateKey('{ "a": { "x": 1 }, "b": [{ "x": 1 }, { "x": 2 }], "c": "a" }'), undefined);
  });

  it('is read in linear time at any depth', () => {
    const deep = `{ "body": ${'['.repeat(50_000)}${']'.repeat(50_000)} }`;
    const started = performance.now();
    assert.equal(bodySource(deep)?.length, 100_000);
    assert.equal(duplicateKey(deep), undefined);
    assert.ok(performance.now() - started < 1_000);
  });
});

function sentBody(text: string): string | undefined {
  const read = readRequestText(text);
  assert.ok(read.ok);
  const result = buildRequest(read.draft, { operation: PATCH_DEVICE, connection: connectionOf() });
  assert.ok(result.ok, JSON.stringify(result));
  return result.request.body;
}
