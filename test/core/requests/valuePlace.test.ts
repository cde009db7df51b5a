import assert from 'node:assert/strict';
import { operationIn, valuePlace } from '../../../src/core/requests/valuePlace.ts';

describe('the value at the cursor', () => {
  // The bar is the cursor.
  for (const [marked, location, token] of [
    ['{"query":{"after":"|"}}', 'query.after', '""'],
    ['{"query":{"after":"2025|-06"}}', 'query.after', '"2025-06"'],
    ['{"query":{"after":|"x"}}', 'query.after', '"x"'],
    ['{"query":{"after":17|50}}', 'query.after', '1750'],
    ['{"query":{"after": |}}', 'query.after', ''],
    ['{"query":{"a":1,"after":|', 'query.after', ''],
    ['{"query":{"after": "20|\n}}', 'query.after', '"20'],
    // What closes the document is no part of a text whose own end is missing.
    ['{"query":{"after": "7 Da|}}', 'query.after', '"7 Da'],
    ['{"query":{"after": "7 Da|ys }\n}', 'query.after', '"7 Days'],
    ['{"query":{"after": "|}}', 'query.after', '"'],
    ['{"query":{"a":{"b":[1,{"c":2}]},"after":|null}}', 'query.after', 'null'],
    ['{"body":{"files":[{"$file":"a"},{"$file":"|"}]}}', 'body.files.$file', '""'],
    ['{"body":{"files":[|]}}', 'body.files', ''],
    ['{"body":{"tags":["a",|]}}', 'body.tags', ''],
    ['{"query":{"af|ter":1}}', undefined, undefined],
    ['{"query":{|}}', undefined, undefined],
    ['{"query":{"after":1, |}}', undefined, undefined],
    ['{"query":{"after":1}|}', undefined, undefined],
    ['{"query" oops "after":|}', undefined, undefined],
    ['|', undefined, undefined],
  ] as const) {
    it(`is ${token === undefined ? 'none' : JSON.stringify(token)} in ${JSON.stringify(marked)}`, () => {
      const offset = marked.indexOf('|');
      const text = marked.replace('|', '');
      const place = valuePlace(text, offset);
      assert.deepEqual([place?.location.join('.'), place?.token], [location, token]);
      assert.equal(place && text.slice(place.start, place.end), token);
    });
  }

  it('belongs to the operation that the document names, also while it is unfinished', () => {
    assert.equal(operationIn('{ "operation": "GET /v2/x", "query": { "a": '), 'GET /v2/x');
    assert.equal(operationIn('{ "query": {} }'), undefined);
  });
});
