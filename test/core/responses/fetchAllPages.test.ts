import assert from 'node:assert/strict';
import type { SendPage } from '../../../src/core/api/pageRequests.ts';
import { canceled } from '../../../src/core/base/errors.ts';
import type { Operation } from '../../../src/core/catalog/operation.ts';
import { fetchAllPages, type AllPagesResponse } from '../../../src/core/responses/fetchAllPages.ts';
import { LIST_DEVICES, RUN_BOARD, SECURE_FIELDS } from '../../support/operationFixtures.ts';
import { ApiClientFixture, json, requestOf, text, type FakeResponse } from '../../support/apiClientFixture.ts';

interface Run extends Partial<AllPagesResponse> {
  readonly written: string;
  readonly starts: number;
  readonly largest: number;
  readonly progress: readonly string[];
}

/** Fetches all pages of the server, or cancels after `cancelAfter` pages. */
async function run(
  responses: readonly FakeResponse[],
  options: { operation?: Operation; query?: string; maxBytes?: number; cancelAfter?: number } = {},
): Promise<Run> {
  const { operation = LIST_DEVICES, query = '', maxBytes = 1e6, cancelAfter } = options;
  const fixture = new ApiClientFixture(...responses);
  const abort = new AbortController();
  const session = fixture.session();
  const progress: string[] = [];
  const sink = { written: '', starts: 0, largest: 0 };
  const send: SendPage = (request) => fixture.client.send(request, { session, signal: abort.signal });
  const result = await fetchAllPages(requestOf(operation, { query }), send, {
    signal: abort.signal,
    maxBytes,
    overflow: {
      start: () => {
        sink.starts++;
      },
      write: (part) => {
        sink.written += Buffer.from(part).toString();
        sink.largest = Math.max(sink.largest, part.byteLength);
      },
    },
    onPage: ({ pages, items }) => {
      progress.push(`${pages} pages, ${items} items`);
      if (pages === cancelAfter) {
        abort.abort();
      }
    },
  });
  return { ...result, ...sink, progress };
}

function page(from: number, count: number): FakeResponse {
  return json(Array.from({ length: count }, (_, index) => ({ id: from + index })));
}

function bodyOf({ response }: Run): string {
  return Buffer.from(response?.body ?? []).toString();
}

describe('fetchAllPages', () => {
  it('returns every item once in a single list, and reports progress (E8)', async () => {
    const done = await run([page(1, 3), page(4, 3), page(7, 1), json([])]);
    assert.equal(
      bodyOf(done),
      '[\n{"id":1},{"id":2},{"id":3},\n{"id":4},{"id":5},{"id":6},\n{"id":7}\n]\n',
      'a page on each line',
    );
    assert.equal(done.response?.size, bodyOf(done).length);
    assert.equal(done.response.failure, undefined);
    assert.deepEqual(done.progress, ['1 pages, 3 items', '2 pages, 6 items', '3 pages, 7 items']);
    assert.equal(done.end?.complete, true);
    assert.equal(done.starts, 0);
  });

  it('keeps items exactly as the server wrote them, with every digit (E7, E8)', async () => {
    const done = await run([text('[{"id":12345678901234567890,"at":1700000000.250}]'), json([])]);
    assert.match(bodyOf(done), /\{"id":12345678901234567890,"at":1700000000\.250\}/);
  });

  it('requests the next page while the last one is being written (E8)', async () => {
    const order: string[] = [];
    const fixture = new ApiClientFixture((request) => {
      order.push(`request ${/after=(\d+)/.exec(request.url)?.[1] ?? '0'}`);
      return order.length > 3 ? json([]) : json([{ id: order.length }]);
    });
    const session = fixture.session();
    await fetchAllPages(requestOf(LIST_DEVICES), (request) => fixture.client.send(request, { session }), {
      signal: new AbortController().signal,
      maxBytes: 1,
      overflow: {
        start: () => {},
        write: async (part) => {
          await new Promise(setImmediate);
          order.push(Buffer.from(part).toString().trim());
        },
      },
      onPage: () => {},
    });
    assert.ok(order.indexOf('request 1') < order.indexOf('{"id":1}'), order.join(' · '));
  });

  it('requests the next page before the last one is read (E8)', async () => {
    const order: string[] = [];
    const fixture = new ApiClientFixture((request) => {
      order.push(`request ${/after=(\d+)/.exec(request.url)?.[1] ?? '0'}`);
      return order.length > 3 ? json([]) : json([{ id: order.length }]);
    });
    const session = fixture.session();
    await fetchAllPages(requestOf(LIST_DEVICES), (request) => fixture.client.send(request, { session }), {
      signal: new AbortController().signal,
      maxBytes: 1e6,
      overflow: { start: () => {}, write: () => {} },
      onPage: ({ pages }) => order.push(`page ${pages}`),
    });
    assert.deepEqual(order.slice(0, 3), ['request 0', 'request 1', 'page 1']);
  });

  it('combines lists that are members of an object into one list (E8)', async () => {
    const list = (...ids: number[]): FakeResponse =>
      json({ data: ids.map((id) => ({ id })), metadata: { lastCursorId: ids.at(-1) ?? 0, data: [0] } });
    const done = await run([list(1, 2), list(3), list()], { operation: RUN_BOARD });
    assert.deepEqual(JSON.parse(bodyOf(done)), [{ id: 1 }, { id: 2 }, { id: 3 }]);
  });

  it('streams a large list to its sink and keeps only the first part (E7)', async () => {
    const pages = Array.from({ length: 20 }, (_, index) => page(1 + index * 100, 100));
    const done = await run([...pages, json([])], { maxBytes: 5000 });
    assert.equal(done.starts, 1);
    assert.equal(done.response?.body.byteLength, 5000);
    assert.equal(done.response.size, done.written.length);
    assert.ok(done.written.startsWith(bodyOf(done)));
    assert.equal((JSON.parse(done.written) as unknown[]).length, 2000);
    assert.ok(done.largest < 2500, 'no part is larger than a page');
  });

  it('keeps the loaded items when it is canceled, and marks the list as incomplete without a failure (E8)', async () => {
    const done = await run([page(1, 3), page(4, 3), page(7, 3)], { cancelAfter: 2 });
    assert.equal((JSON.parse(bodyOf(done)) as unknown[]).length, 6);
    assert.equal(done.end?.complete, false);
    assert.equal(done.end.reason, 'canceled');
    assert.match(done.end.next?.url ?? '', /after=6/);
    assert.equal(done.response?.failure, undefined);
  });

  it('keeps the loaded items and the failure if a page fails (E8)', async () => {
    const done = await run([page(1, 3), json({ error: 'access_denied' }, { status: 403 })]);
    assert.equal((JSON.parse(bodyOf(done)) as unknown[]).length, 3);
    assert.equal(done.end?.reason, 'failed');
    assert.notEqual(done.response?.failure, undefined);
  });

  it('is canceled, and not failed, by a request that was canceled (E8)', async () => {
    const stopped = await run([page(1, 3), canceled()]);
    assert.deepEqual([stopped.end?.reason, stopped.response?.failure], ['canceled', undefined]);
    await assert.rejects(run([canceled()]), { code: 'canceled', intent: 'canceled' });
    const request = requestOf(LIST_DEVICES);
    const ended = fetchAllPages(request, () => Promise.reject(new Error('not sent')), {
      signal: AbortSignal.abort(),
      maxBytes: 1,
      overflow: { start: () => {}, write: () => {} },
      onPage: () => {},
    });
    await assert.rejects(ended, { code: 'paging.canceled', intent: 'canceled' });
  });

  it('is one response with the status, the time of all pages, and JSON as its type (E8)', async () => {
    const pages = [page(1, 3), page(4, 3), json([])];
    const request = requestOf(LIST_DEVICES);
    const fixture = new ApiClientFixture(...pages);
    const session = fixture.session();
    const { response } = await fetchAllPages(
      request,
      async (each) => ({ ...(await fixture.client.send(each, { session })), ms: 7 }),
      {
        signal: new AbortController().signal,
        maxBytes: 1e6,
        overflow: { start: () => {}, write: () => {} },
        onPage: () => {},
      },
    );
    const { status, ms, headers, failure, outcome } = response;
    assert.deepEqual(
      { request: response.request, status, ms, headers, failure, outcome },
      {
        request,
        status: 200,
        ms: 14,
        headers: { 'content-type': 'application/json' },
        failure: undefined,
        outcome: 'known',
      },
    );
    const other = await run([json([{ id: 1 }], { status: 203 }), json([])]);
    assert.equal(other.response?.status, 203);
    assert.equal((await run([json([])])).response?.status, 200);
  });

  it('rejects with the reason if nothing was loaded (E8)', async () => {
    await assert.rejects(run([json({ error: 'access_denied' }, { status: 403 })]), { name: 'NinjaOneError' });
    await assert.rejects(run([text('<html>')]), { code: 'paging.unreadable', intent: 'transient' });
  });

  it('returns an empty list as a list (E8)', async () => {
    const done = await run([json([])]);
    assert.equal(bodyOf(done), '[]');
    assert.equal(done.end?.complete, true);
  });

  it('does not fetch a list with secrets without confirmation (E4, E9)', async () => {
    await assert.rejects(run([json({ results: [] })], { operation: SECURE_FIELDS, query: '?showSecureValues=true' }), {
      code: 'api.notConfirmed',
    });
  });
});
