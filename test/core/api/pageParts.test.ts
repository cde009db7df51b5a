import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ApiResponse } from '../../../src/core/api/apiResponse.ts';
import { readPage, splitPage } from '../../../src/core/api/pageParts.ts';

describe('reading a page', () => {
  it('finds the items and their text as a reader of the whole body does (E7, E8)', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.array(fc.jsonValue()),
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.constantFrom(undefined, 2),
        (before, list, after, space) => {
          // `__proto__` would be the prototype of the literal.
          const value = Object.fromEntries([
            ...Object.entries(before),
            ['results', list],
            ...Object.entries(after).filter(([name]) => name !== 'results'),
          ]);
          check(JSON.stringify(value, undefined, space), value['results'] as unknown[]);
        },
      ),
    );
  });

  for (const [body, items] of [
    ['{"results":[1,2]}', [1, 2]],
    [' { "results" : [ 1 , 2 ] , "cursor" : { "name" : "]" } } ', [1, 2]],
    ['{"results":[1],"tags":[2]}', [1]],
    ['{"tags":[2],"results":[1]}', [1]],
    ['{"results":[[1],[2]],"tags":[]}', [[1], [2]]],
    ['{"note":"[\\"results\\":[9]","results":[1]}', [1]],
    ['{"results":[1],"note":"[9]"}', [1]],
    ['{"results":[]}', []],
    ['[1,2]', [1, 2]],
    [' [ [ ] ] ', [[]]],
    ['{"results":[1],"a":{"results":[2]},"b":[[3]]}', [1]],
    ['{"results":{"results":[2]},"results":[1]}', [1]],
    ['{"a":[2],"b":[3],"results":[1]}', [1]],
    ['\ufeff[1]', [1]],
    ['\ufeff{"results":["é]"]}', ['é]']],
  ] as const) {
    it(`finds ${JSON.stringify(items)} in ${JSON.stringify(body)} (E8)`, () => {
      check(body, items);
    });
  }

  for (const body of [
    '{"results":[1}',
    '{"results":[1]',
    '{"results":{"a":[1]}}',
    '{"data":[1]}',
    '{"results":[1] "a":[2]}',
    '{"results":[1,]}',
    '"[1]"',
    '][',
    '',
    '{"results":null}',
    // Nobody knows which of the two lists counts.
    '{"results":[1],"results":[2]}',
    '{"results":[1],"a":{"b":[]},"\\u0072esults":[2]}',
  ]) {
    it(`finds no page in ${JSON.stringify(body)} (E8)`, () => {
      // A missing body is an empty list.
      assert.equal(readPage(responseOf(body || ' '), PAGING), undefined);
    });
  }

  it('gives the text in UTF-8, whatever the charset of the page is (E7, E8)', () => {
    for (const [charset, encoding] of [
      ['utf-16le', 'utf16le'],
      ['iso-8859-1', 'latin1'],
    ] as const) {
      const body = Buffer.from('{"results":["ü",1.10]}', encoding);
      const headers = { 'content-type': `application/json; charset=${charset}` };
      const page = readPage({ ...responseOf(''), body, size: body.byteLength, headers }, PAGING);
      assert.deepEqual([page?.items, Buffer.from(page?.text() ?? []).toString()], [['ü', 1.1], '"ü",1.10']);
    }
  });

  it('keeps the members around the list, and no more of it (E8)', () => {
    const parts = splitPage(responseOf('{"count":2,"results":[1,[2]],"cursor":{"name":"c"}}'), PAGING);
    assert.deepEqual(parts?.frame, { count: 2, results: [], cursor: { name: 'c' } });
    assert.equal(splitPage(responseOf(`{"note":"${'x'.repeat(50_000)}","results":[1]}`), PAGING), undefined);
    assert.equal(splitPage({ ...responseOf('{"results":[1]}'), size: 100 }, PAGING), undefined);
  });
});

const PAGING = { style: 'cursor', items: 'results' } as const;

function responseOf(body: string): ApiResponse {
  const bytes = Buffer.from(body);
  return { body: bytes, size: bytes.byteLength, headers: {} } as unknown as ApiResponse;
}

function check(body: string, items: readonly unknown[]): void {
  const page = readPage(responseOf(body), PAGING);
  assert.ok(page, body);
  // Compared as text, because -0 and 0 are equal in JSON.
  assert.equal(JSON.stringify(page.items), JSON.stringify(items));
  assert.equal(JSON.stringify(JSON.parse(`[${Buffer.from(page.text()).toString()}]`)), JSON.stringify(items));
}
