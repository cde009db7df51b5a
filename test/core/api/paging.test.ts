import assert from 'node:assert/strict';
import { formatMessage } from '../../../src/core/base/messages.ts';
import type { ApiRequest } from '../../../src/core/api/apiRequest.ts';
import { followingPage } from '../../../src/core/api/followingPage.ts';
import { describeEnd, pagesOf, type PagingOptions } from '../../../src/core/api/paging.ts';
import type { PagingStyle } from '../../../src/core/catalog/operation.ts';
import { networkError } from '../../../src/core/http/networkErrors.ts';
import type { HttpRequest, HttpResponse } from '../../../src/core/http/transport.ts';
import { ORIGIN } from '../../support/connectionFixtures.ts';
import { operationOf } from '../../support/operationFixtures.ts';
import { listOf, pageRequest, pagingServer, rowsOf, SERVERS, STYLES, type Row } from '../../support/pagingServers.ts';
import { readAll, type AllPages } from '../../support/allPages.ts';
import { ApiClientFixture, json, text } from '../../support/apiClientFixture.ts';

describe('paging', () => {
  for (const style of STYLES) {
    for (const count of [0, 1, 4, 5, 10, 12]) {
      it(`fetches each of ${count} items once in pages of 5 with the style ${style} (E8)`, async () => {
        const { result, requests } = await run(style, pagingServer(style, rowsOf(count), 5));
        const ids = (result.items as Row[]).map(({ id }) => id).sort((a, b) => a - b);
        assert.deepEqual(
          ids,
          rowsOf(count).map(({ id }) => id),
        );
        assert.deepEqual([result.complete, result.reason, result.total], [true, 'end', count]);
        assert.equal(result.pages, Math.ceil(count / 5));
        assert.ok(requests.length <= Math.ceil(count / 5) + 1);
        assert.ok(requests.every(({ url }) => !url.includes('+') && url.includes('df=a%20b')));
      });
    }

    it(`stops when the server repeats a page with the style ${style}, and reports that the list may be incomplete (E8)`, async () => {
      const page = json(SERVERS[style](rowsOf(12), 5, undefined));
      const { result, requests } = await run(style, () => page);
      assert.deepEqual([result.complete, result.reason, result.total], [false, 'repeatedCursor', 5]);
      assert.equal(requests.length, 2);
      assert.match(formatMessage(describeEnd(result)), /^The list may be incomplete because /);
    });

    it(`keeps the items that were loaded before a failure with the style ${style}, and marks the list as incomplete (E8)`, async () => {
      const server = pagingServer(style, rowsOf(12), 5);
      let calls = 0;
      const { result } = await run(style, (request) => {
        if (++calls === 2) {
          throw networkError('dns', new URL(ORIGIN));
        }
        return server(request);
      });
      assert.deepEqual([result.complete, result.reason, result.items.length], [false, 'failed', 5]);
      assert.equal(result.failure?.code, 'network.dns');
      assert.ok(result.next);
    });

    it(`keeps the loaded items when it is canceled with the style ${style} (E8)`, async () => {
      const controller = new AbortController();
      const server = pagingServer(style, rowsOf(12), 5);
      const { result } = await run(style, server, { signal: controller.signal, onPage: () => controller.abort() });
      assert.deepEqual([result.complete, result.reason, result.items.length], [false, 'canceled', 5]);
      assert.match(formatMessage(describeEnd(result)), /^The list is incomplete because you canceled\.$/);
    });

    it(`builds the request for the next page with the style ${style} (E8)`, async () => {
      const operation = listOf(style);
      const server = pagingServer(style, rowsOf(12), 5);
      const fixture = new ApiClientFixture(server);
      const first = await fixture.client.send(pageRequest(operation), { session: fixture.session() });
      const next = followingPage(first).next;
      assert.ok(next);
      await fixture.client.send(next, { session: fixture.session() });
      assert.notEqual(
        `${fixture.sent[1]?.url} ${fixture.sent[1]?.body}`,
        `${fixture.sent[0]?.url} ${fixture.sent[0]?.body}`,
      );
      const empty = new ApiClientFixture(json(SERVERS[style]([], 5, undefined)));
      assert.equal(
        followingPage(await empty.client.send(pageRequest(operation), { session: empty.session() })).next,
        undefined,
      );
    });
  }

  it('goes on after a page that is shorter than the requested size (E8)', async () => {
    const server = pagingServer('after', rowsOf(12), 3);
    const { result } = await run('after', server, { query: '&pageSize=1000' });
    assert.deepEqual([result.total, result.complete], [12, true]);
  });

  it('does not mistake a cursor with the same name and a new offset for a repeated one (E8)', async () => {
    const all = rowsOf(12);
    let offset = -5;
    const { result } = await run('cursor', () => {
      offset += 5;
      return json({ cursor: { name: 'same', offset }, results: all.slice(offset, offset + 5) });
    });
    assert.deepEqual([result.total, result.complete], [12, true]);
  });

  it('accepts a cursor that is a string, and a list without a wrapping object (E8)', async () => {
    const responses = [json({ cursor: 'a b', results: [1, 2] }), json({ cursor: null, results: [3] })];
    const text = await run('cursor', () => responses.shift()!);
    assert.deepEqual([text.result.items, text.result.complete], [[1, 2, 3], true]);
    assert.match(text.requests[1]!.url, /&cursor=a%20b$/);
    const bare = [json([{ id: 7 }, { id: 5 }]), json([])];
    const olderThan = await run('olderThan', () => bare.shift()!);
    assert.deepEqual([olderThan.result.total, olderThan.result.complete], [2, true]);
    assert.match(olderThan.requests[1]!.url, /olderThan=5$/);
  });

  it('puts the cursor of a board run into the body and keeps the other members (E8)', async () => {
    const server = pagingServer('boardRun', rowsOf(7), 5);
    const { requests } = await run('boardRun', server, { body: '{"pageSize":5,"filters":[1],"lastCursorId":0}' });
    assert.deepEqual(
      requests.map(({ body }) => JSON.parse(body!) as unknown),
      [
        { pageSize: 5, filters: [1], lastCursorId: 0 },
        { pageSize: 5, filters: [1], lastCursorId: 5 },
        { pageSize: 5, filters: [1], lastCursorId: 7 },
      ],
    );
  });

  it('keeps a hostile cursor inside its own query parameter (E8)', async () => {
    const name = "x&df=*#'\r\n/../";
    const responses = [json({ cursor: { name }, results: [1] }), json({ results: [] })];
    const { requests } = await run('cursor', () => responses.shift()!);
    const url = new URL(requests[1]!.url);
    assert.deepEqual(
      [...url.searchParams],
      [
        ['df', 'a b'],
        ['cursor', name],
      ],
    );
    assert.equal(url.pathname, '/v2/list');
  });

  it('does not send an invalid cursor, and marks the list as incomplete (E8)', async () => {
    const listed = SERVERS.cursor(rowsOf(3), 5, undefined) as object;
    for (const name of ['\ud800', 'x'.repeat(100_000)]) {
      for (const cursor of [name, { name }]) {
        const { result } = await run('cursor', () => json({ ...listed, cursor }));
        assert.equal(result.reason, 'noCursor');
        assert.equal(result.total, 3);
      }
    }
  });

  it('reads items with 100,000 levels of nesting, and notices a repeated cursor among them (E8)', async () => {
    const deep = (id: number): string => `[{"id":${id},"x":${'['.repeat(100_000)}${']'.repeat(100_000)}}]`;
    const responses = [text(deep(1)), text(deep(2)), text('[]')];
    const whole = await run('after', () => responses.shift()!);
    assert.deepEqual([whole.result.total, whole.result.reason], [2, 'end']);
    const same = await run('after', () => text(deep(1)));
    assert.deepEqual([same.result.reason, same.requests.length], ['repeatedCursor', 2]);
  });

  const ends: readonly (readonly [string, HttpResponse, PagingStyle, string, boolean])[] = [
    ['text that is not JSON', text('hello'), 'after', 'unreadable', false],
    ['a list in an unexpected member', json({ data: [] }), 'cursor', 'unreadable', false],
    ['a truncated list', text('[{"id":1},{"id":2'), 'after', 'unreadable', false],
    ['items without ids', json([{ a: 1 }]), 'after', 'noCursor', false],
    ['204', text('', { status: 204 }), 'after', 'end', true],
    ['an error', json({ error: 'insufficient_privileges' }, { status: 403 }), 'after', 'failed', false],
    ['a body over the size limit', { ...text('[]'), overflow: 100 }, 'after', 'unreadable', false],
  ];
  for (const [name, response, style, reason, complete] of ends) {
    it(`ends the list with the reason ${reason} on ${name} (E8)`, async () => {
      const { result } = await run(style, () => response);
      assert.deepEqual([result.reason, result.complete], [reason, complete]);
    });
  }

  it('requests a page again when the server is busy, and then goes on (E8)', async () => {
    const server = pagingServer('after', rowsOf(7), 5);
    let calls = 0;
    const { result } = await run('after', (request) => (++calls === 2 ? json({}, { status: 429 }) : server(request)));
    assert.deepEqual([result.total, result.complete], [7, true]);
  });

  it('returns one page and no way to continue for an operation without paging', async () => {
    const operation = operationOf('GET /v2/list');
    const fixture = new ApiClientFixture(json([1]));
    const result = await readAll(pageRequest(operation), (request) =>
      fixture.client.send(request, { session: fixture.session() }),
    );
    assert.equal(result.reason, 'unreadable');
  });

  it('requests a page only when the caller asks for it', async () => {
    const fixture = new ApiClientFixture(pagingServer('after', rowsOf(12), 5));
    const pages = pagesOf(pageRequest(listOf('after')), (request) =>
      fixture.client.send(request, { session: fixture.session() }),
    );
    assert.equal(fixture.sent.length, 0);
    const { value } = await pages.next();
    assert.equal(fixture.sent.length, 1);
    assert.ok('count' in value);
    assert.deepEqual([value.pages, value.total], [1, 5]);
    await pages.return({} as never);
    assert.equal(fixture.sent.length, 1);
  });
});

interface RunOptions extends PagingOptions {
  readonly query?: string;
  readonly body?: string;
  readonly onPage?: () => void;
}

type RespondTo = (request: HttpRequest) => HttpResponse;

async function run(
  style: PagingStyle,
  respondTo: RespondTo,
  options: RunOptions = {},
): Promise<{ result: AllPages; requests: readonly HttpRequest[] }> {
  const fixture = new ApiClientFixture(respondTo);
  const send = (request: ApiRequest) => fixture.client.send(request, { session: fixture.session() });
  const result = await readAll(pageRequest(listOf(style), options), send, options);
  return { result, requests: fixture.sent };
}
