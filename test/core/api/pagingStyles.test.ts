import assert from 'node:assert/strict';
import type { ApiRequest } from '../../../src/core/api/apiRequest.ts';
import { cursorIn, isOwnCursor, nextCursor, startsAtCursor, type Cursor } from '../../../src/core/api/pagingStyles.ts';
import type { Paging, PagingStyle } from '../../../src/core/catalog/operation.ts';
import { requestOf } from '../../support/apiClientFixture.ts';
import { JSON_BODY, operationOf } from '../../support/operationFixtures.ts';

describe('the cursor of the next page', () => {
  const cases: readonly (readonly [PagingStyle, items: readonly unknown[], response: object, expected: unknown])[] = [
    ['after', [{ id: 5 }, { id: 12 }], {}, 12],
    ['after', [{ id: '5' }, { id: '12' }], {}, 12],
    ['after', [{ id: -7 }, { id: '-6' }], {}, -6],
    ['after', [{ id: 5 }, {}, { id: 7 }, {}], {}, 7],
    ['after', [{}, { id: 5 }, { id: 5 }], {}, 5],
    ['after', [{ id: 5 }, {}, { id: 4 }], {}, 5],
    ['after', [{ id: 7 }, { id: 5 }, { id: 9 }], {}, 9],
    ['after', [{ id: 5 }, { id: 'x7' }], {}, 'unknown'],
    ['after', [{ id: 5 }, { id: '7x' }], {}, 'unknown'],
    ['after', [{ id: 2 ** 53 }], {}, 'unknown'],
    ['after', [{ id: 1.5 }], {}, 'unknown'],
    ['after', [{ id: '' }, { name: 'a' }], {}, 'unknown'],
    ['after', [{ id: '12345678901234567' }], {}, 'unknown'],
    ['olderThan', [{ id: 9 }, {}, { id: '3' }], {}, 3],
    ['olderThan', [{ id: 9 }, { id: 9 }], {}, 9],
    ['olderThan', [{ id: 3 }, { id: 9 }], {}, 3],
    ['cursor', [1], { cursor: { name: 'c', offset: 1 } }, 'c'],
    ['cursor', [1], { cursor: 'c' }, 'c'],
    ['cursor', [1], { cursor: 0 }, 'end'],
    ['cursor', [1], { cursor: { name: '', offset: 1, count: 2, expires: 3 } }, 'end'],
    ['cursor', [1], { cursor: { name: '', token: 't' } }, 'unknown'],
    ['cursor', [1], { cursor: { name: 'c', token: 't' } }, 'c'],
    ['cursor', [1], { cursor: '\ud800' }, 'unknown'],
    ['cursor', [1], { cursor: 'c'.repeat(4000) }, 'c'.repeat(4000)],
    ['cursor', [1], { cursor: 'c'.repeat(4001) }, 'unknown'],
    ['cursor', [1], { cursor: ['c'] }, 'unknown'],
    ['cursor', [1], {}, 'end'],
    ['cursorName', [{ name: 'a' }], { cursorName: 'n', pageSize: 9 }, 'n'],
    ['cursorName', [{ name: 'a' }], { pageSize: 2 }, 'end'],
    ['cursorName', [{ name: 'a' }, { name: 'b' }], { pageSize: 2 }, 'b'],
    ['cursorName', [{ name: 'a' }], { pageSize: '2' }, 'a'],
    ['cursorName', [{ name: '', fieldName: 'f' }], {}, 'f'],
    ['cursorName', [{ id: 1 }], { cursorName: 0 }, 'unknown'],
    ['anchorId', [{ id: 'a' }, { id: 'b' }], {}, 'b'],
    ['anchorId', [{ id: 'a' }, { id: 0 }], {}, 0],
    ['anchorId', [{ id: '' }], {}, 'unknown'],
    ['anchorNaturalId', [{ naturalId: 7 }], {}, 7],
    ['anchorNaturalId', [{ naturalId: '' }], {}, 'unknown'],
    ['boardRun', [{}], { metadata: { lastCursorId: 7 } }, 7],
    ['boardRun', [{}], { metadata: { lastCursorId: 0 } }, 'end'],
    ['boardRun', [{}], { metadata: { lastCursorId: '' } }, 'end'],
    ['boardRun', [{}], { metadata: {} }, 'end'],
    ['boardRun', [{}], { metadata: { lastCursorId: 'x' } }, 'unknown'],
  ];
  for (const [style, items, response, expected] of cases) {
    const shown = JSON.stringify([items, response]);
    it(`is ${String(expected).slice(0, 20)} with the style ${style} after ${shown.slice(0, 90)} (E8)`, () => {
      const found = nextCursor(response, items, { style, items: '' });
      assert.equal(typeof found === 'object' ? found.value : found, expected);
    });
  }

  it('is the end in a style that was inferred only with a trace of a cursor (E8)', () => {
    const paging: Paging = { style: 'cursor', items: '', isInferred: true };
    assert.equal(nextCursor({ cursor: null }, [1], paging), 'end');
    assert.equal(nextCursor({}, [1], paging), 'unknown');
    const named: Paging = { style: 'cursorName', items: '', isInferred: true };
    assert.equal(nextCursor({ pageSize: 1 }, [{ id: 1 }], named), 'unknown');
  });

  it('is another one with the same name and another offset, whatever else the server adds (E8)', () => {
    const identityOf = (offset: unknown): string => {
      const found = nextCursor({ cursor: { name: 'c', offset } }, [1], { style: 'cursor', items: '' });
      assert.ok(typeof found === 'object');
      return found.identity;
    };
    assert.equal(new Set([1, 2, '3'].map(identityOf)).size, 3);
    assert.equal(new Set([undefined, null, {}, true, '\ud800'].map(identityOf)).size, 1);
  });
});

describe('the cursor of a request', () => {
  const queried = (query: string): ApiRequest =>
    requestOf(operationOf('GET /v2/list', { traits: { paging: { style: 'after', items: '' } } }), { query });
  const board = (body?: string): ApiRequest =>
    requestOf(operationOf('POST /v2/run', { body: JSON_BODY, traits: { paging: { style: 'boardRun', items: '' } } }), {
      ...(body === undefined ? {} : { body }),
    });

  it('is in its query or in its body, and 0 is the first page (E8)', () => {
    for (const [request, value, isLater] of [
      [queried('?after=7'), 7, true],
      [queried('?after=1&after=7'), 7, true],
      [queried('?after=0'), 0, false],
      [queried('?after='), undefined, false],
      [queried('?after=x'), undefined, false],
      [queried('?before=7'), undefined, false],
      [board('{"lastCursorId":7}'), 7, true],
      [board('{"lastCursorId":0}'), undefined, false],
      [board('{"lastCursorId":"7"}'), 7, true],
      [board('[]'), undefined, false],
      [board(), undefined, false],
    ] as const) {
      const { paging } = request.operation.traits;
      assert.equal(paging && cursorIn(request, paging)?.value, value, request.url);
      assert.equal(startsAtCursor(request), isLater, request.url);
      const own: Cursor = { value: 7, identity: '["7"]' };
      assert.equal(isOwnCursor(own, request), value === 7, request.url);
    }
    const plain = requestOf(operationOf('GET /v2/list'), { query: '?after=7' });
    assert.deepEqual([startsAtCursor(plain), isOwnCursor({ value: 7, identity: '["7"]' }, plain)], [false, false]);
  });
});
