import assert from 'node:assert/strict';
import { formatMessage } from '../../../src/core/base/messages.ts';
import type { ApiRequest } from '../../../src/core/api/apiRequest.ts';
import { describeEnd, nextRequest, pagesOf, type PagingOptions } from '../../../src/core/api/paging.ts';
import type { Operation, PagingStyle } from '../../../src/core/catalog/operation.ts';
import { networkError } from '../../../src/core/http/networkErrors.ts';
import type { HttpRequest, HttpResponse } from '../../../src/core/http/transport.ts';
import { connectionOf, ORIGIN } from '../../support/connectionFixtures.ts';
import { operationOf, JSON_BODY } from '../../support/operationFixtures.ts';
import { readAll, type AllPages } from '../../support/allPages.ts';
import { ApiWorld, json, text } from '../../support/apiClientFixture.ts';

interface Row {
  readonly id: number;
  readonly name: string;
  readonly naturalId: string;
}

const rows = (count: number): Row[] =>
  Array.from({ length: count }, (_, index) => ({ id: index + 1, name: `n${index + 1}`, naturalId: `${index + 1}` }));

/** What a server of each style answers; `cursor` is what the request carries. */
const SERVERS: {
  readonly [K in PagingStyle]: (all: readonly Row[], size: number, cursor: string | undefined) => unknown;
} = {
  after: (all, size, cursor = '0') => all.filter(({ id }) => id > Number(cursor)).slice(0, size),
  olderThan: (all, size, cursor = '1e9') => ({
    lastActivityId: all.length,
    activities: [...all]
      .reverse()
      .filter(({ id }) => id < Number(cursor))
      .slice(0, size),
  }),
  cursor: (all, size, cursor = 'c0') => {
    const from = Number(cursor.slice(1));
    const results = all.slice(from, from + size);
    return { cursor: { name: `c${from + size}`, offset: from, count: results.length, expires: 1 }, results };
  },
  cursorName: (all, size, cursor = 'n0') => {
    const results = all.slice(Number(cursor.slice(1)), Number(cursor.slice(1)) + size);
    return { page: 1, pageSize: size, count: results.length, results };
  },
  anchorId: (all, size, cursor = '0') => all.filter(({ id }) => id > Number(cursor)).slice(0, size),
  anchorNaturalId: (all, size, cursor = '0') =>
    all.filter(({ naturalId }) => Number(naturalId) > Number(cursor)).slice(0, size),
  boardRun: (all, size, cursor = '0') => {
    const data = all.filter(({ id }) => id > Number(cursor)).slice(0, size);
    return { data, metadata: { columns: [], lastCursorId: data.at(-1)?.id ?? 0 } };
  },
};
const LISTS: { readonly [K in PagingStyle]: string } = {
  after: '',
  olderThan: 'activities',
  cursor: 'results',
  cursorName: 'results',
  anchorId: '',
  anchorNaturalId: '',
  boardRun: 'data',
};
const STYLES = Object.keys(SERVERS) as readonly PagingStyle[];

describe('Paging', () => {
  for (const style of STYLES) {
    for (const count of [0, 1, 4, 5, 10, 12]) {
      it(`E8: ${style}: ${count} items in pages of 5 all come, each once`, async () => {
        const { result, requests } = await run(style, serverOf(style, rows(count), 5));
        const ids = (result.items as Row[]).map(({ id }) => id).sort((a, b) => a - b);
        assert.deepEqual(
          ids,
          rows(count).map(({ id }) => id),
        );
        assert.deepEqual([result.complete, result.reason, result.total], [true, 'end', count]);
        assert.equal(result.pages, Math.ceil(count / 5));
        assert.ok(requests.length <= Math.ceil(count / 5) + 1);
        assert.ok(requests.every(({ url }) => !url.includes('+') && url.includes('df=a%20b')));
      });
    }

    it(`E8: ${style}: a server that answers with the same page for ever is stopped, and the list said to be cut`, async () => {
      const page = json(SERVERS[style](rows(12), 5, undefined));
      const { result, requests } = await run(style, () => page);
      assert.deepEqual([result.complete, result.reason, result.total], [false, 'repeatedCursor', 5]);
      assert.equal(requests.length, 2);
      assert.match(formatMessage(describeEnd(result)), / the list may be cut\.$/);
    });

    it(`E8: ${style}: what came before a failure is kept, and the list said to be cut`, async () => {
      const server = serverOf(style, rows(12), 5);
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

    it(`E8: ${style}: cancel keeps what came`, async () => {
      const controller = new AbortController();
      const server = serverOf(style, rows(12), 5);
      const { result } = await run(style, server, { signal: controller.signal, onPage: () => controller.abort() });
      assert.deepEqual([result.complete, result.reason, result.items.length], [false, 'canceled', 5]);
      assert.match(formatMessage(describeEnd(result)), /^Canceled, so the list is cut\.$/);
    });

    it(`E8: ${style}: Next Page asks for what comes next`, async () => {
      const operation = listOf(style);
      const server = serverOf(style, rows(12), 5);
      const world = new ApiWorld(server);
      const first = await world.client.send(requestOf(operation), { session: world.session() });
      const next = nextRequest(first);
      assert.ok(next);
      await world.client.send(next, { session: world.session() });
      assert.notEqual(`${world.sent[1]?.url} ${world.sent[1]?.body}`, `${world.sent[0]?.url} ${world.sent[0]?.body}`);
      const empty = new ApiWorld(json(SERVERS[style]([], 5, undefined)));
      assert.equal(nextRequest(await empty.client.send(requestOf(operation), { session: empty.session() })), undefined);
    });
  }

  it('E8: a page that is shorter than asked for is not taken for the last one', async () => {
    const server = serverOf('after', rows(12), 3);
    const { result } = await run('after', server, { query: '&pageSize=1000' });
    assert.deepEqual([result.total, result.complete], [12, true]);
  });

  it('a cursor whose name stays while its offset goes on is no repeated one', async () => {
    const all = rows(12);
    let offset = -5;
    const { result } = await run('cursor', () => {
      offset += 5;
      return json({ cursor: { name: 'same', offset }, results: all.slice(offset, offset + 5) });
    });
    assert.deepEqual([result.total, result.complete], [12, true]);
  });

  it('a cursor may be a text, and a list may come without its wrapping', async () => {
    const answers = [json({ cursor: 'a b', results: [1, 2] }), json({ cursor: null, results: [3] })];
    const text = await run('cursor', () => answers.shift()!);
    assert.deepEqual([text.result.items, text.result.complete], [[1, 2, 3], true]);
    assert.match(text.requests[1]!.url, /&cursor=a%20b$/);
    const bare = [json([{ id: 7 }, { id: 5 }]), json([])];
    const olderThan = await run('olderThan', () => bare.shift()!);
    assert.deepEqual([olderThan.result.total, olderThan.result.complete], [2, true]);
    assert.match(olderThan.requests[1]!.url, /olderThan=5$/);
  });

  it('a board run carries its cursor in the body and keeps the rest of it', async () => {
    const server = serverOf('boardRun', rows(7), 5);
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

  it('a hostile cursor stays in its parameter', async () => {
    const name = "x&df=*#'\r\n/../";
    const answers = [json({ cursor: { name }, results: [1] }), json({ results: [] })];
    const { requests } = await run('cursor', () => answers.shift()!);
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

  it('E8: a cursor that cannot be sent is not sent, and the list said to be cut', async () => {
    const listed = SERVERS.cursor(rows(3), 5, undefined) as object;
    for (const name of ['\ud800', 'x'.repeat(100_000)]) {
      for (const cursor of [name, { name }]) {
        const { result } = await run('cursor', () => json({ ...listed, cursor }));
        assert.equal(result.reason, 'noCursor');
        assert.equal(result.total, 3);
      }
    }
  });

  it('E8: items of 10^5 levels are items, and a list of them ends where its cursor comes again', async () => {
    const deep = (id: number): string => `[{"id":${id},"x":${'['.repeat(100_000)}${']'.repeat(100_000)}}]`;
    const answers = [text(deep(1)), text(deep(2)), text('[]')];
    const whole = await run('after', () => answers.shift()!);
    assert.deepEqual([whole.result.total, whole.result.reason], [2, 'end']);
    const same = await run('after', () => text(deep(1)));
    assert.deepEqual([same.result.reason, same.requests.length], ['repeatedCursor', 2]);
  });

  const ends: readonly (readonly [string, HttpResponse, PagingStyle, string, boolean])[] = [
    ['no JSON', text('hello'), 'after', 'unreadable', false],
    ['a list that is not where it should be', json({ data: [] }), 'cursor', 'unreadable', false],
    ['half of a list', text('[{"id":1},{"id":2'), 'after', 'unreadable', false],
    ['items without ids', json([{ a: 1 }]), 'after', 'noCursor', false],
    ['204', text('', { status: 204 }), 'after', 'end', true],
    ['an error', json({ error: 'insufficient_privileges' }, { status: 403 }), 'after', 'failed', false],
    ['a body that is larger than what may be kept', { ...text('[]'), overflow: 100 }, 'after', 'unreadable', false],
  ];
  for (const [name, answer, style, reason, complete] of ends) {
    it(`E8: ${name} ends the list as ${reason}`, async () => {
      const { result } = await run(style, () => answer);
      assert.deepEqual([result.reason, result.complete], [reason, complete]);
    });
  }

  it('E8: a page that the server is too busy for is asked for again, and the list goes on', async () => {
    const server = serverOf('after', rows(7), 5);
    let calls = 0;
    const { result } = await run('after', (request) => (++calls === 2 ? json({}, { status: 429 }) : server(request)));
    assert.deepEqual([result.total, result.complete], [7, true]);
  });

  it('an operation without paging is one page that cannot be gone on from', async () => {
    const operation = operationOf('GET /v2/list');
    const world = new ApiWorld(json([1]));
    const result = await readAll(requestOf(operation), (request) =>
      world.client.send(request, { session: world.session() }),
    );
    assert.equal(result.reason, 'unreadable');
  });

  it('pages come one by one, and no page is asked for before it is wanted', async () => {
    const world = new ApiWorld(serverOf('after', rows(12), 5));
    const pages = pagesOf(requestOf(listOf('after')), (request) =>
      world.client.send(request, { session: world.session() }),
    );
    assert.equal(world.sent.length, 0);
    const { value } = await pages.next();
    assert.equal(world.sent.length, 1);
    assert.ok('items' in value);
    assert.deepEqual([value.pages, value.total], [1, 5]);
    await pages.return({} as never);
    assert.equal(world.sent.length, 1);
  });
});

interface RunOptions extends PagingOptions {
  readonly query?: string;
  readonly body?: string;
  readonly onPage?: () => void;
}

type AnswerTo = (request: HttpRequest) => HttpResponse;

async function run(
  style: PagingStyle,
  answer: AnswerTo,
  options: RunOptions = {},
): Promise<{ result: AllPages; requests: readonly HttpRequest[] }> {
  const world = new ApiWorld(answer);
  const send = (request: ApiRequest) => world.client.send(request, { session: world.session() });
  const result = await readAll(requestOf(listOf(style), options), send, options);
  return { result, requests: world.sent };
}

function listOf(style: PagingStyle): Operation {
  const board = style === 'boardRun';
  return operationOf(`${board ? 'POST' : 'GET'} /v2/list`, {
    body: board ? JSON_BODY : undefined,
    traits: { riskLevel: 'read', paging: { style, items: LISTS[style] } },
  });
}

function requestOf(operation: Operation, { query = '', body }: { query?: string; body?: string } = {}): ApiRequest {
  return { connection: connectionOf(), operation, url: `${ORIGIN}/v2/list?df=a%20b${query}`, body };
}

function serverOf(style: PagingStyle, all: readonly Row[], size: number): AnswerTo {
  return ({ url, body }) => {
    const inBody = (JSON.parse(body ?? '{}') as { lastCursorId?: number }).lastCursorId;
    const cursor = style === 'boardRun' ? inBody?.toString() : new URL(url).searchParams.get(style);
    return json(SERVERS[style](all, size, cursor ?? undefined));
  };
}
