import assert from 'node:assert/strict';
import { followingPage, type FollowingPage } from '../../../src/core/api/followingPage.ts';
import { formatMessage } from '../../../src/core/base/messages.ts';
import type { Operation, Paging } from '../../../src/core/catalog/operation.ts';
import { ApiClientFixture, requestOf, text, type FakeResponse } from '../../support/apiClientFixture.ts';
import { JSON_BODY, operationOf, parameterOf } from '../../support/operationFixtures.ts';
import { readAll } from '../../support/allPages.ts';

const UNKNOWN = 'The list may be incomplete because the API description does not say how to request more items.';

describe('a response with a list whose paging nobody knows', () => {
  const search = listOf({ items: 'devices', parameters: ['q', 'limit'] });
  const described = listOf({ parameters: ['after', 'before', 'pageSize'] });
  const added = listOf({});
  const whole = listOf({ items: '' });
  const cases: readonly (readonly [string, Operation, string, string | undefined])[] = [
    ['a list in an object, with a limit', search, '{"query":"srv","devices":[{"id":1},{"id":2}]}', UNKNOWN],
    ['an empty list in an object', search, '{"query":"srv","devices":[]}', undefined],
    ['a list, with parameters that can be dates', described, '[{"id":1},{"id":2}]', UNKNOWN],
    ['a list in an unknown member', described, '{"page":0,"content":[{"id":1}]}', UNKNOWN],
    ['a list of an operation that nobody knows', added, '[{"id":1}]', UNKNOWN],
    ['an object of an operation that nobody knows', added, '{"id":1,"tags":["a"]}', undefined],
    ['an empty list', added, '[]', undefined],
    ['a list that is known to be complete', whole, '[{"id":1}]', undefined],
    ['text', described, 'hello', undefined],
  ];
  for (const [name, operation, body, notice] of cases) {
    it(`${notice ? 'is said to be incomplete perhaps' : 'needs no notice'}: ${name} (E8)`, async () => {
      assert.deepEqual(await following(operation, text(body)), { next: false, notice });
    });
  }

  it('is only a part with the status 206, whatever it is (E7, E8)', async () => {
    for (const operation of [search, added, whole]) {
      const { notice } = await following(operation, text('[{"id":1}]', { status: 206 }));
      assert.equal(notice, 'The response is only a part of what was asked for (HTTP 206).');
    }
  });

  it('is a page if the parameters allow only one style, but ends only with a trace of it (E8)', async () => {
    const paging: Paging = { style: 'cursor', items: 'results', isInferred: true };
    const report = listOf({ parameters: ['cursor', 'pageSize'], paging });
    const noCursor = 'The list may be incomplete because the response does not contain a cursor for the next page.';
    for (const [body, next, notice] of [
      ['{"results":[1],"cursor":{"name":"c"}}', true, undefined],
      ['{"results":[1],"cursor":{"offset":1,"count":1}}', false, undefined],
      ['{"results":[1],"cursor":null}', false, undefined],
      ['{"results":[1],"next":"c"}', false, noCursor],
      ['{"rows":[1],"cursor":{"name":"c"}}', false, UNKNOWN],
      ['{"results":[]}', false, undefined],
    ] as const) {
      assert.deepEqual(await following(report, text(body)), { next, notice }, body);
    }
    const fixture = new ApiClientFixture(text('{"results":[1],"next":"c"}'));
    const all = await readAll(requestOf(report), (page) => fixture.client.send(page, { session: fixture.session() }));
    assert.deepEqual([all.complete, all.reason], [false, 'noCursor']);
  });

  it('says so of a page whose cursor cannot be used or is the one that was sent (E8)', async () => {
    const devices = listOf({ items: '', paging: { style: 'after', items: '' } });
    assert.match((await following(devices, text('[{"name":"a"}]'))).notice ?? '', /does not contain a cursor/);
    assert.match((await following(devices, text('[{"id":7}]'), '?after=7')).notice ?? '', /the same cursor twice/);
    assert.deepEqual(await following(devices, text('[{"id":8}]'), '?after=7'), { next: true, notice: undefined });
  });

  it('says of a page whose items are not in the order of the cursor that some may be missing (E8)', async () => {
    const devices = listOf({ items: '', paging: { style: 'after', items: '' } });
    const { next, notice } = await following(devices, text('[{"id":8},{"id":7}]'));
    assert.deepEqual([next, /not in the order that paging needs/.test(notice ?? '')], [true, true]);
  });

  it('goes on with an unchanged cursor only in a style in which it may lead on, and ends a board (E8)', async () => {
    const report = listOf({ items: 'results', paging: { style: 'cursor', items: 'results' } });
    const same = text('{"results":[1],"cursor":{"name":"c"}}');
    assert.deepEqual(await following(report, same, '?cursor=c'), { next: true, notice: undefined });
    const board = operationOf('POST /v2/run', {
      body: JSON_BODY,
      traits: { riskLevel: 'read', items: 'data', paging: { style: 'boardRun', items: 'data' } },
    });
    const rows = text('{"data":[1],"metadata":{"lastCursorId":7}}');
    assert.deepEqual(await following(board, rows, '', '{"lastCursorId":7}'), { next: false, notice: undefined });
    assert.deepEqual(await following(board, rows, '', '{"lastCursorId":6}'), { next: true, notice: undefined });
    const { next, notice } = await following(board, rows, '', '[]');
    assert.deepEqual([next, /does not contain a cursor/.test(notice ?? '')], [false, true]);
  });

  it('takes an empty response for the end of a list only at its beginning (E8)', async () => {
    const devices = listOf({ items: '', paging: { style: 'after', items: '' } });
    const empty = text('', { status: 204 });
    assert.deepEqual(await following(devices, empty), { next: false, notice: undefined });
    assert.match((await following(devices, empty, '?after=7')).notice ?? '', /a page could not be read/);
  });

  it('is perhaps incomplete if its parameters say that it has parts, although its list is known (E8)', async () => {
    const known = listOf({ items: '', parameters: ['pageSize'] });
    assert.deepEqual(await following(known, text('[{"id":1}]')), { next: false, notice: UNKNOWN });
  });

  it('says how to go on after a page that is too large for memory (E8)', async () => {
    const devices = listOf({ items: '', paging: { style: 'after', items: '' } });
    const { notice } = await following(devices, { ...text('[{"id":8}'), overflow: 100 });
    assert.equal(notice, 'The list may have more pages. To get all of them, use Fetch All.');
  });

  it('is perhaps incomplete if headers link to a next page or count more items (E8)', async () => {
    const more = 'The list may be incomplete because NinjaOne mentions more items than it returned.';
    const next = '</v2/list?page=2>; rel="next"';
    for (const [headers, notice] of [
      [{ link: next }, more],
      [{ link: '</a>; rel="prev", </b?c=1,2>; title="x"; rel=next' }, more],
      [{ link: '</a>; rel="last prefetch next"' }, more],
      [{ link: '</next>; rel="prev"; title="next"' }, undefined],
      [{ link: '</a>; rel=next-archive' }, undefined],
      [{ 'x-total-count': '500' }, more],
      [{ 'x-total-count': '1' }, undefined],
      [{ 'x-total-count': 'many' }, undefined],
    ] as const) {
      const answer = await following(listOf({ items: '' }), text('[{"id":1}]', { headers }));
      assert.equal(answer.notice, notice, JSON.stringify(headers));
    }
    const devices = listOf({ items: '', paging: { style: 'after', items: '' } });
    for (const headers of [{ link: next }, { 'x-total-count': '500' }]) {
      assert.equal((await following(devices, text('[]', { headers }))).notice, more);
      assert.equal((await following(devices, text('[{"id":1}]', { headers }))).notice, undefined);
    }
    const object = text('{"id":1}', { headers: { link: next } });
    assert.equal((await following(listOf({ items: '' }), object)).notice, undefined);
    const large = { ...text('[{"id":1}', { headers: { link: next } }), overflow: 100 };
    assert.equal((await following(listOf({ items: '' }), large)).notice, more);
  });

  it('is perhaps incomplete if a response without pages mentions more items itself (E8)', async () => {
    const more = 'The list may be incomplete because NinjaOne mentions more items than it returned.';
    for (const [body, notice] of [
      ['{"tags":[{"id":1}],"total":500,"hasMore":true}', more],
      ['{"tags":[{"id":1}],"page":{"totalElements":2}}', more],
      ['{"tags":[],"links":{"next":{"href":"/v2"}}}', more],
      ['{"tags":[{"id":1}],"total":1,"hasMore":false,"next":null}', undefined],
      ['{"tags":[{"id":1}],"last":false}', more],
      ['{"tags":[{"id":1}],"totalPages":2}', more],
      ['{"tags":[{"id":1}],"last":true,"totalPages":1}', undefined],
      ['{"total":500}', undefined],
      ['{"other":[1],"total":500}', undefined],
    ] as const) {
      assert.equal((await following(listOf({ items: 'tags' }), text(body))).notice, notice, body);
    }
  });

  it('says nothing of an error or of what a write has returned (E8)', async () => {
    assert.deepEqual(await following(added, text('[{"id":1}]', { status: 400 })), { next: false, notice: undefined });
    const create = operationOf('POST /v2/list', { traits: { riskLevel: 'write' } });
    assert.deepEqual(await following(create, text('[{"id":1}]')), { next: false, notice: undefined });
  });
});

interface ListFacts {
  readonly items?: string;
  readonly parameters?: readonly string[];
  readonly paging?: Paging;
}

function listOf({ items, parameters = [], paging }: ListFacts): Operation {
  return operationOf('GET /v2/list', {
    parameters: parameters.map((name) => parameterOf(name, { type: 'integer' })),
    traits: { items, paging },
  });
}

async function following(
  operation: Operation,
  response: FakeResponse,
  query = '',
  body?: string,
): Promise<{ readonly next: boolean; readonly notice: string | undefined }> {
  const fixture = new ApiClientFixture(response);
  fixture.mayWrite = true;
  fixture.scopes = ['monitoring', 'management'];
  const answer = await fixture.client.send(requestOf(operation, { query, ...(body === undefined ? {} : { body }) }), {
    session: fixture.session(),
  });
  const { next, notice }: FollowingPage = followingPage(answer);
  return { next: next !== undefined, notice: notice && formatMessage(notice) };
}
