import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ApiRequest } from '../../../src/core/api/apiRequest.ts';
import type { ApiResponse } from '../../../src/core/api/apiResponse.ts';
import { formatMessage } from '../../../src/core/base/messages.ts';
import { followingPage } from '../../../src/core/api/followingPage.ts';
import { PAGING_TABLE } from '../../../src/core/api/pagingTable.ts';
import type { PagingStyle } from '../../../src/core/catalog/operation.ts';
import type { HttpRequest, HttpResponse } from '../../../src/core/http/transport.ts';
import { readAll, type AllPages } from '../../support/allPages.ts';
import { ApiClientFixture, json, text } from '../../support/apiClientFixture.ts';
import {
  listOf,
  pageRequest,
  pagingServer,
  rowsOf,
  sentCursor,
  SERVERS,
  STYLES,
  type Row,
} from '../../support/pagingServers.ts';

/** Far more than any list here has pages. */
const TOO_MANY = 300;

describe('paging, for every style', () => {
  for (const style of STYLES) {
    it(`returns each item once, whatever the size of each page is, with the style ${style} (E8)`, async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.uniqueArray(fc.integer({ min: 1, max: 1e6 }), { maxLength: 60 }),
          fc.infiniteStream(fc.integer({ min: 1, max: 9 })),
          fc.boolean(),
          fc.boolean(),
          async (ids, sizes, isReversed, isAhead) => {
            const all = ids
              .sort((a, b) => a - b)
              .map((id, index) => ({ id, name: `n${index + 1}`, naturalId: String(id) }));
            const server = pagingServer(style, all, () => Number(sizes.next().value));
            // The cursors of these two are found in any order of the items, but then the server may have skipped some.
            const turned: Row[] = [];
            const isAnyOrder = isReversed && (style === 'after' || style === 'olderThan');
            const { result, requests } = await run(
              style,
              (request) => {
                const response = server(request);
                turned.push(...(isAnyOrder ? rowsIn(response).slice(1) : []));
                return isAnyOrder ? reversed(response) : response;
              },
              { isAhead },
            );
            // One page more is requested to see the end, and at most one in vain, because its cursor was a guess.
            assert.ok(requests.length <= result.pages + (isAhead && isAnyOrder ? 2 : 1));
            assert.deepEqual(
              (result.items as Row[]).map(({ id }) => id).sort((a, b) => a - b),
              ids,
            );
            const reason = turned.length > 0 ? 'unsorted' : 'end';
            assert.deepEqual([result.reason, result.complete, result.total], [reason, reason === 'end', ids.length]);
          },
        ),
        { numRuns: 60 },
      );
    });

    it(`keeps items that are added while the pages are fetched, once, with the style ${style} (E8)`, async () => {
      const all = rowsOf(12);
      const { result } = await run(style, (request) => {
        const response = json(SERVERS[style](all, 5, sentCursor(style, request)));
        all.push(
          ...rowsOf(all.length + 1)
            .slice(-1)
            .filter(({ id }) => id < 16),
        );
        return response;
      });
      const ids = (result.items as Row[]).map(({ id }) => id);
      assert.equal(new Set(ids).size, ids.length);
      assert.ok(rowsOf(12).every(({ id }) => ids.includes(id)));
      assert.deepEqual([result.reason, result.complete], ['end', true]);
    });

    it(`continues from the page of a cursor with the style ${style}, and stops when that is ignored (E8)`, async () => {
      const server = pagingServer(style, rowsOf(12), 5);
      const aborted = new AbortController();
      const begun = await run(style, server, { signal: aborted.signal, onPage: () => aborted.abort() });
      assert.ok(begun.result.next);
      const rest = await run(style, server, { first: begun.result.next });
      assert.deepEqual([rest.result.total, rest.result.complete], [7, true]);
      let calls = 0;
      const stuck = await run(style, () => json(SERVERS[style](rowsOf(12), 5, undefined)), {
        first: begun.result.next,
        onPage: () => calls++,
      });
      assert.deepEqual([stuck.result.complete, calls], [style === 'boardRun', 1], 'a first page is never dropped');
    });

    for (const body of ['null', '{}', '"text"', '7', '{"results":null,"data":null,"activities":null}', '{"rows":[]}']) {
      it(`cannot read ${body} as a page with the style ${style} (E8)`, async () => {
        const { result } = await run(style, () => text(body));
        assert.deepEqual([result.reason, result.complete, result.total], ['unreadable', false, 0]);
      });
    }
  }

  it('never takes a page that reports a failure for the end of a list (E8)', async () => {
    for (const style of STYLES) {
      for (const report of [
        { resultCode: 'FAILURE', errorMessage: 'timeout', incidentId: 'x', results: [], data: [], activities: [] },
        { error: 'timeout', results: [], data: [], activities: [] },
      ]) {
        const server = pagingServer(style, rowsOf(12), 5);
        let calls = 0;
        const later = await run(style, (request) => (++calls === 2 ? json(report) : server(request)));
        assert.deepEqual([later.result.reason, later.result.total], ['failed', 5], style);
        const first = await run(style, () => json(report));
        assert.deepEqual([first.result.reason, first.result.failure?.code], ['failed', 'api.reportedFailure'], style);
      }
    }
  });

  it('never takes a page without a body for the end of a list, except a first one with the status 204 (E8)', async () => {
    for (const style of STYLES) {
      const all = rowsOf(12);
      for (const status of [200, 202, 204]) {
        const nothing = text('', { status, headers: { 'content-type': 'text/html' } });
        const server = pagingServer(style, all, 5);
        let calls = 0;
        const later = await run(style, (request) => (++calls === 2 ? nothing : server(request)));
        assert.deepEqual([later.result.reason, later.result.total], ['unreadable', 5], `${style} ${status}`);
        const first = await run(style, () => nothing);
        assert.equal(first.result.reason, status === 204 ? 'end' : 'unreadable', `${style} ${status}`);
        const only = new ApiClientFixture(nothing);
        const response = await only.client.send(pageRequest(listOf(style)), { session: only.session() });
        assert.equal(followingPage(response).notice === undefined, status === 204, 'Send says the same');
      }
    }
  });

  it('cannot read a page that has its list twice, because nobody knows which one counts (E8)', async () => {
    for (const body of [
      '{"results":[{"id":1},{"id":2}],"results":[{"id":3}]}',
      '{"results":[{"id":1}],"x":[],"re\\u0073ults":[]}',
    ]) {
      const { result } = await run('cursor', () => text(body));
      assert.deepEqual([result.reason, result.total], ['unreadable', 0], body);
      const only = new ApiClientFixture(text(body));
      const response = await only.client.send(pageRequest(listOf('cursor')), { session: only.session() });
      const { notice } = followingPage(response);
      assert.match(notice ? formatMessage(notice) : '', /incomplete/);
    }
    const other = await run('cursor', () => text('{"x":{"results":[2]},"results":[1],"columns":[3]}'));
    assert.deepEqual([other.result.reason, other.result.items], ['end', [1]], 'another list is none');
  });

  it('says that a list may be incomplete if its items are not in the order that the cursor needs (E8)', async () => {
    for (const [style, ids, reason] of [
      ['after', [1, 5, 3], 'unsorted'],
      ['after', [1, 3, 3, 5], 'unsorted'],
      ['after', [1, 3, 5], 'end'],
      ['olderThan', [5, 1, 3], 'unsorted'],
      ['olderThan', [5, 3, 3, 1], 'unsorted'],
      ['olderThan', [5, 3, 1], 'end'],
      ['anchorId', [1, 5, 3, 4], 'unsorted'],
      ['anchorId', [5, 1, 3], 'unsorted'],
      ['anchorId', [1, 3, 3, 5], 'unsorted'],
      ['anchorId', [5, 3, 1], 'end'],
      ['anchorNaturalId', [10, 9, 11], 'unsorted'],
      ['anchorNaturalId', [9, 10, 11], 'end'],
    ] as const) {
      const items = ids.map((id) => (style === 'anchorNaturalId' ? { naturalId: String(id) } : { id }));
      const page = json(style === 'olderThan' ? { activities: items } : items);
      const pages = [page, json([])];
      const { result, requests } = await run(style, () => pages.shift()!);
      assert.deepEqual([result.reason, result.complete], [reason, reason === 'end'], `${style} ${ids.join()}`);
      const extreme = { after: 5, olderThan: 1, anchorId: ids.at(-1), anchorNaturalId: ids.at(-1) }[style];
      assert.equal(sentCursor(style, requests[1]!), String(extreme));
      const only = new ApiClientFixture(page);
      const following = followingPage(await only.client.send(pageRequest(listOf(style)), { session: only.session() }));
      assert.deepEqual([following.next !== undefined, following.notice !== undefined], [true, reason !== 'end']);
    }
  });

  it('says that a list may be incomplete if a page has items that come before its cursor (E8)', async () => {
    for (const style of ['after', 'olderThan', 'anchorId', 'anchorNaturalId'] as const) {
      const page = (...ids: readonly number[]): HttpResponse => {
        const rows = (style === 'olderThan' ? ids.map((id) => 10 - id) : ids).map((id) => rowsOf(id).at(-1));
        return json(style === 'olderThan' ? { activities: rows } : rows);
      };
      const repeats = [page(1, 2), page(2, 3), page(4), page()];
      const { result } = await run(style, () => repeats.shift()!);
      assert.deepEqual([result.reason, result.total], ['unsorted', 5], style);
      const first = pageRequest(listOf(style), { query: `&${style}=5` });
      const ignored = [page(4, 6), page()];
      const rest = await run(style, () => ignored.shift()!, { first });
      assert.deepEqual([rest.result.reason, rest.result.total], ['unsorted', 2], style);
    }
  });

  it('says that a list may be incomplete if a response mentions more items than came (E8)', async () => {
    const rows = [{ id: 1 }, { id: 2 }];
    for (const more of [
      { total: 500 },
      { metadata: { totalCount: 3 } },
      { cursor: { count: 5 } },
      { hasMore: true },
      { paging: { has_more: true } },
      { next: '/v2/queries/disks?page=2' },
      { links: { next: { href: '/v2/x' } } },
      { nextPage: 2 },
      { total: '500' },
      { meta: { total_results: 500 } },
      { hasMore: 'true' },
      { next: true },
      { last: false },
      { page: { isLast: 'false' } },
      { totalPages: 5 },
      { page: { number: 0, totalPages: '9' } },
      { remaining: 498 },
      { '@odata.nextLink': 'http://x' },
      { continuationToken: 'abc' },
    ]) {
      const { result } = await run('cursor', () => json({ results: rows, ...more }));
      assert.deepEqual([result.reason, result.total], ['moreMentioned', 2], JSON.stringify(more));
      const only = new ApiClientFixture(json({ results: rows, ...more }));
      const following = followingPage(
        await only.client.send(pageRequest(listOf('cursor')), { session: only.session() }),
      );
      assert.match(formatMessage(following.notice!), /may be incomplete because NinjaOne mentions more items/);
    }
    for (const less of [
      { total: 2, hasMore: false, next: null, nextPage: 0, links: { next: '' } },
      { count: 2, cursor: { count: 2 }, page: { next: {} } },
      { total: '2', hasMore: 'false', last: true, totalPages: 1, remaining: 0, next: 'none', nextPage: false },
      { total: '500 or so', last: 'Smith', lastPage: 5 },
    ]) {
      const { result } = await run('cursor', () => json({ results: rows, ...less }));
      assert.equal(result.reason, 'end', JSON.stringify(less));
    }
    // Only the last response says what is left, and an empty one does, too.
    const pages = [json({ results: rows, cursor: 'c', hasMore: true }), json({ results: [], total: 2 })];
    assert.equal((await run('cursor', () => pages.shift()!)).result.reason, 'end');
    const counted = [json({ results: rows, cursor: 'c', totalPages: 2 }), json({ results: [{ id: 3 }] })];
    assert.equal((await run('cursor', () => counted.shift()!)).result.reason, 'end');
    const short = [json({ results: rows, cursor: 'c' }), json({ results: [], hasMore: true })];
    assert.equal((await run('cursor', () => short.shift()!)).result.reason, 'moreMentioned');
    const board = { data: rows, metadata: { lastCursorId: 0, total: 9 } };
    assert.equal((await run('boardRun', () => json(board))).result.reason, 'moreMentioned');
  });

  it('says that a list may be incomplete if its offsets leave a gap or overlap, whether they are of the first or the last item (E8)', async () => {
    for (const [offsets, reason] of [
      [[0, 2, 4], 'end'],
      [[2, 4, 5], 'end'],
      [[0, 0, 0], 'end'],
      [[0, 6, 8], 'moreMentioned'],
      [[0, 1, 3], 'moreMentioned'],
      [[4, 2, 0], 'moreMentioned'],
    ] as const) {
      const pages = [
        ...offsets.map((offset, index) =>
          json({
            cursor: { name: `c${index}`, offset, count: index === 2 ? 1 : 2 },
            results: rowsOf(5).slice(index * 2, index * 2 + 2),
          }),
        ),
        json({ results: [] }),
      ];
      const { result } = await run('cursor', () => pages.shift()!);
      assert.deepEqual([result.reason, result.total], [reason, 5], offsets.join());
    }
  });

  it('knows no cursor in a bare list where the list is in an object (E8)', async () => {
    for (const style of ['cursor', 'cursorName', 'boardRun'] as const) {
      const { result } = await run(style, () => json([{ id: 1 }, { id: 2 }]));
      assert.deepEqual([result.reason, result.total], ['noCursor', 2], style);
    }
  });

  it('never takes a part of a response for a page (E8)', async () => {
    for (const style of STYLES) {
      const page = SERVERS[style](rowsOf(3), 5, undefined);
      const { result } = await run(style, () => json(page, { status: 206 }));
      assert.deepEqual([result.reason, result.total], ['unreadable', 0], style);
      const only = new ApiClientFixture(json(page, { status: 206 }));
      const response = await only.client.send(pageRequest(listOf(style)), { session: only.session() });
      assert.match(formatMessage(followingPage(response).notice!), /incomplete/, style);
    }
  });

  it('says that a list begins at a cursor if its first request has one (E8)', async () => {
    for (const style of STYLES) {
      const server = pagingServer(style, rowsOf(12), 5);
      const aborted = new AbortController();
      const begun = await run(style, server, { signal: aborted.signal, onPage: () => aborted.abort() });
      const rest = await run(style, server, { first: begun.result.next! });
      assert.deepEqual([begun.result.isFromCursor, rest.result.isFromCursor], [false, true], style);
    }
    const start = await run('after', pagingServer('after', rowsOf(3), 5), {
      first: pageRequest(listOf('after'), { query: '&after=0' }),
    });
    assert.equal(start.result.isFromCursor, false, 'no id is below 1');
  });

  it('reads JSON as UTF-8 whatever its charset says, and in its charset if it is not UTF-8 (E8)', async () => {
    const headers = { 'content-type': 'application/json; charset=iso-8859-1' };
    for (const encoding of ['utf8', 'latin1'] as const) {
      const pages = [{ ...json([], { headers }), body: Buffer.from('[{"id":1,"name":"Müller"}]', encoding) }, json([])];
      const { result } = await run('after', () => pages.shift()!);
      assert.deepEqual([result.items, result.reason], [[{ id: 1, name: 'Müller' }], 'end'], encoding);
    }
  });

  it('never sends a cursor to another place than its own (E8)', async () => {
    for (const style of STYLES) {
      const { requests } = await run(style, pagingServer(style, rowsOf(12), 5));
      const { location, name } = PAGING_TABLE[style];
      for (const { url, body } of requests.slice(1)) {
        const names = [...new URL(url).searchParams.keys()];
        assert.deepEqual(names, location === 'query' ? ['df', name] : ['df']);
        assert.equal(
          body,
          location === 'body' ? `{"${name}":${sentCursor(style, { url, body } as HttpRequest)}}` : undefined,
        );
      }
    }
  });
});

describe('cursors in a response', () => {
  const CURSORS: readonly (readonly [source: string, report: string, board: string])[] = [
    ['null', 'end', 'end'],
    ['""', 'end', 'end'],
    ['0', 'end', 'end'],
    ['-0', 'end', 'end'],
    ['"0"', '0', 'end'],
    ['7', '7', '7'],
    ['"7"', '7', '7'],
    ['9007199254740991', '9007199254740991', '9007199254740991'],
    ['9007199254740993', 'noCursor', 'noCursor'],
    ['12345678901234567890', 'noCursor', 'noCursor'],
    ['"9007199254740993"', '9007199254740993', 'noCursor'],
    ['"12345678901234567890"', '12345678901234567890', 'noCursor'],
    ['1.5', 'noCursor', 'noCursor'],
    ['1e400', 'noCursor', 'noCursor'],
    ['true', 'noCursor', 'noCursor'],
    ['false', 'noCursor', 'noCursor'],
    ['[]', 'noCursor', 'noCursor'],
    ['["c"]', 'noCursor', 'noCursor'],
    ['{}', 'end', 'noCursor'],
    ['{"name":null,"offset":5}', 'end', 'noCursor'],
    ['{"offset":5,"count":1,"expires":2}', 'end', 'noCursor'],
    ['{"next":"abc","hasMore":true}', 'noCursor', 'noCursor'],
    ['{"name":"","next":"abc"}', 'noCursor', 'noCursor'],
    ['{"name":{"name":"c"}}', 'noCursor', 'noCursor'],
    ['{"name":"c","offset":5}', 'c', 'noCursor'],
    ['{"name":7}', '7', 'noCursor'],
    [JSON.stringify('x'.repeat(4001)), 'noCursor', 'noCursor'],
    ['"\\ud800"', 'noCursor', 'noCursor'],
    ['"a b"', 'a b', 'noCursor'],
  ];
  for (const [source, report, board] of CURSORS) {
    const name = source.length > 60 ? `a text of ${source.length - 2} characters` : source;

    it(`means ${report} for a report that answers ${name} (E8)`, async () => {
      await check('cursor', (rows) => `{"cursor":${source},"results":${rows}}`, report);
    });

    it(`means ${board} for a board run that answers ${name} (E8)`, async () => {
      await check('boardRun', (rows) => `{"data":${rows},"metadata":{"lastCursorId":${source}}}`, board);
    });
  }

  it('ends a report and a board run without one (E8)', async () => {
    await check('cursor', (rows) => `{"results":${rows}}`, 'end');
    await check('boardRun', (rows) => `{"data":${rows}}`, 'end');
    await check('boardRun', (rows) => `{"data":${rows},"metadata":{}}`, 'end');
  });

  const IDS: readonly (readonly [source: string, extreme: string, anchor: string])[] = [
    ['7', '7', '7'],
    ['"7"', '7', '7'],
    ['-7', '-7', '-7'],
    ['0', '0', '0'],
    ['null', 'noCursor', 'noCursor'],
    ['""', 'noCursor', 'noCursor'],
    ['"a7"', 'noCursor', 'a7'],
    ['9007199254740993', 'noCursor', 'noCursor'],
    ['"9007199254740993"', 'noCursor', '9007199254740993'],
    ['1.5', 'noCursor', 'noCursor'],
    ['{"id":7}', 'noCursor', 'noCursor'],
    ['[7]', 'noCursor', 'noCursor'],
    ['true', 'noCursor', 'noCursor'],
  ];
  for (const [source, extreme, anchor] of IDS) {
    it(`means ${extreme} or ${anchor} if the ids of the items are ${source} (E8)`, async () => {
      await check('after', () => `[{"id":${source}}]`, extreme);
      await check('olderThan', () => `{"activities":[{"id":${source}}]}`, extreme);
      await check('anchorId', () => `[{"id":1},{"id":${source}}]`, anchor);
      await check('anchorNaturalId', () => `[{"naturalId":${source}}]`, anchor);
    });
  }

  it('does not skip an id that it cannot send, because the page of another one would begin before it (E8)', async () => {
    await check('after', () => '[{"id":1},{"id":9007199254740993},{"id":2}]', 'noCursor');
    await check('olderThan', () => '{"activities":[{"id":5},{"name":"no id"},{"id":4}]}', '4');
  });

  it('finds the cursor of custom fields in the response, and otherwise in the last item (E8)', async () => {
    const page = (rows: string, more: string): string => `{"results":${rows}${more}}`;
    await check('cursorName', (rows) => page(rows, ',"cursorName":"c"'), 'c');
    await check('cursorName', (rows) => page(rows, ',"cursorName":{}'), 'noCursor');
    await check('cursorName', (rows) => page(rows, ',"cursor":{"name":"d"}'), 'd');
    await check('cursorName', () => page('[{"name":"e"}]', ',"cursorName":null,"cursor":null'), 'e');
    await check('cursorName', () => page('[{"fieldName":"f"}]', ',"pageSize":1'), 'f');
    await check('cursorName', () => page('[{"name":"g"}]', ',"pageSize":2'), 'end');
    await check('cursorName', () => page('[{"name":"h"}]', ',"pageSize":0'), 'h');
    await check('cursorName', () => page('[{"name":{}}]', ''), 'noCursor');
    await check('cursorName', () => page('[{"id":1}]', ''), 'noCursor');
  });

  /** Expects the reason why the list ends on its first page, or the cursor of the second one. */
  async function check(style: PagingStyle, page: (rows: string) => string, expected: string): Promise<void> {
    const responses = [text(page('[{"id":3}]')), json([])];
    const { result, requests } = await run(style, () => responses.shift()!);
    assert.equal(requests[1] ? sentCursor(style, requests[1]) : result.reason, expected);
    assert.equal(result.complete, requests.length === 2 || expected === 'end');
    const only = new ApiClientFixture(text(page('[{"id":3}]')));
    const response = await only.client.send(pageRequest(listOf(style)), { session: only.session() });
    assert.equal(followingPage(response).next !== undefined, requests.length === 2, 'Next Page knows the same');
  }
});

describe('a repeated page', () => {
  it('is one with the same cursor, for a server that ignores the cursor and changes its rows (E8)', async () => {
    for (const style of STYLES.filter((each) => each !== 'boardRun')) {
      let calls = 0;
      const { result, requests } = await run(style, () => {
        const changed = rowsOf(5).map((row) => ({ ...row, lastContact: calls }));
        calls++;
        return json(SERVERS[style](changed, 5, undefined));
      });
      assert.deepEqual([result.reason, result.complete], ['repeatedCursor', false], style);
      assert.equal(requests.length, 2);
      // A report and custom fields may go on with a cursor of the same name, so their items are kept.
      assert.equal(result.total, PAGING_TABLE[style].usedCursor === 'stuck' ? 10 : 5, style);
    }
  });

  it('is not one whose first and last rows are those of the page before (E8)', async () => {
    const row = (value: string): object => ({ status: value });
    const pages = ['New', 'Waiting', 'On hold'].map((middle, index) => ({
      data: [row('Open'), row(middle), row('Open')],
      metadata: { lastCursorId: index + 1 },
    }));
    const board = [...pages.map((page) => json(page)), json({ data: [] })];
    const { result } = await run('boardRun', () => board.shift()!);
    assert.deepEqual([result.total, result.reason], [9, 'end']);
    const reports = [...pages.map(({ data }, index) => json({ cursor: `c${index}`, results: data })), json([])];
    const report = await run('cursor', () => reports.shift()!);
    assert.deepEqual([report.result.total, report.result.reason], [9, 'end']);
  });

  it('is one whose items are all equal, in a report that names a new cursor for each request (E8)', async () => {
    let calls = 0;
    const { result } = await run('cursor', () => json({ cursor: { name: `c${++calls}` }, results: [1, 2, 3] }));
    assert.deepEqual([result.total, result.reason, result.complete], [3, 'repeatedCursor', false]);
  });

  it('is not one of a board run with equal rows and a new cursor (E8)', async () => {
    const pages = [1, 2, 3, 0].map((lastCursorId) => json({ data: [{ status: 'Open' }], metadata: { lastCursorId } }));
    const { result } = await run('boardRun', () => pages.shift()!);
    assert.deepEqual([result.total, result.reason, result.complete], [4, 'end', true]);
  });

  it('is not one whose rows differ in a digit that a double does not have (E8)', async () => {
    const pages = ['1', '3', '5'].map((digit) =>
      text(`{"cursor":"c${digit}","results":[{"serial":9007199254740990${digit}}]}`),
    );
    const { result } = await run('cursor', () => pages.shift() ?? json([]));
    assert.deepEqual([result.total, result.reason], [3, 'end']);
  });
});

describe('a board run', () => {
  const tickets = rowsOf(130);
  const boards: readonly (readonly [string, (page: readonly Row[], sent: number) => number | null])[] = [
    ['0', (page) => (page.length < 25 ? 0 : page.at(-1)!.id)],
    ['null', (page) => (page.length < 25 ? null : page.at(-1)!.id)],
    ['the cursor that was sent', (page, sent) => (page.length < 25 ? sent : page.at(-1)!.id)],
  ];
  for (const [name, cursorOf] of boards) {
    it(`of 130 rows ends when the last page names ${name} as the next cursor (E8)`, async () => {
      const respond = ({ body }: HttpRequest): HttpResponse => {
        const { lastCursorId = 0 } = JSON.parse(body ?? '{}') as { lastCursorId?: number };
        const data = tickets.filter(({ id }) => id > lastCursorId).slice(0, 25);
        return json({ data, metadata: { lastCursorId: cursorOf(data, lastCursorId) } });
      };
      const { result, requests } = await run('boardRun', respond, { body: '{"pageSize":25}' });
      assert.deepEqual([result.total, result.complete, requests.length], [130, true, 6]);
      const pages = new ApiClientFixture(respond);
      let request: ApiRequest | undefined = pageRequest(listOf('boardRun'), { body: '{"pageSize":25}' });
      let count = 0;
      while (request && count < TOO_MANY) {
        request = followingPage(await pages.client.send(request, { session: pages.session() })).next;
        count++;
      }
      assert.equal(count, 6, 'Next Page ends, too');
    });
  }

  it('sends every page with the filter as it was written (E8)', async () => {
    const filters =
      '"filters":[{"field":"extId","value":12345678901234567890},{"value":1.50,"a\\/b":"\\u00e9","x":1e2}]';
    const body = `{"pageSize":5,"lastCursorId":0,${filters},"includeColumns":["status"]}`;
    const { requests } = await run('boardRun', pagingServer('boardRun', rowsOf(12), 5), { body });
    assert.deepEqual(
      requests.map(({ body: sent }) => sent),
      [0, 5, 10, 12].map((cursor) => body.replace('"lastCursorId":0', `"lastCursorId":${cursor}`)),
    );
  });

  it('without a body gets one, and a body that is no object is left alone (E8)', async () => {
    const { requests } = await run('boardRun', pagingServer('boardRun', rowsOf(7), 5));
    assert.deepEqual(
      requests.map(({ body }) => body),
      [undefined, '{"lastCursorId":5}', '{"lastCursorId":7}'],
    );
    const list = await run('boardRun', pagingServer('boardRun', rowsOf(7), 5), { body: '[1]' });
    assert.deepEqual([list.result.reason, list.requests.length], ['noCursor', 1]);
  });

  it('that goes back to an earlier cursor may be incomplete (E8)', async () => {
    const cursors = [5, 8, 5];
    const { result } = await run('boardRun', () =>
      json({ data: [{ id: cursors.length }], metadata: { lastCursorId: cursors.shift() } }),
    );
    assert.deepEqual([result.total, result.reason], [3, 'repeatedCursor']);
  });
});

interface RunOptions {
  readonly isAhead?: boolean;
  readonly first?: ApiRequest;
  readonly body?: string;
  readonly signal?: AbortSignal;
  readonly onPage?: () => void;
}

async function run(
  style: PagingStyle,
  respond: (request: HttpRequest) => HttpResponse,
  { first, body, ...options }: RunOptions = {},
): Promise<{ result: AllPages; requests: readonly HttpRequest[] }> {
  const fixture = new ApiClientFixture((request) => {
    assert.ok(fixture.sent.length < TOO_MANY, 'the list does not end');
    return respond(request);
  });
  const request = first ?? pageRequest(listOf(style), body === undefined ? {} : { body });
  const session = fixture.session();
  let running = 0;
  const send = async (page: ApiRequest): Promise<ApiResponse> => {
    assert.equal(running++, 0, 'one request at a time');
    // Longer than the pager waits between two pages.
    for (let turn = 0; turn < 5; turn++) {
      await new Promise(setImmediate);
    }
    try {
      return await fixture.client.send(page, { session });
    } finally {
      running--;
    }
  };
  const result = await readAll(request, send, options);
  assert.equal(running, 0, 'no request is under way when the list has ended');
  return { result, requests: fixture.sent };
}

function reversed(response: HttpResponse): HttpResponse {
  const rows = rowsIn(response).toReversed();
  return json(Buffer.from(response.body).toString().startsWith('[') ? rows : { activities: rows });
}

function rowsIn(response: HttpResponse): readonly Row[] {
  const value = JSON.parse(Buffer.from(response.body).toString()) as Row[] | { readonly activities: Row[] };
  return Array.isArray(value) ? value : value.activities;
}
