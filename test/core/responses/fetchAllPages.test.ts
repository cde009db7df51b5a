import assert from 'node:assert/strict';
import type { SendPage } from '../../../src/core/api/paging.ts';
import type { Operation } from '../../../src/core/catalog/operation.ts';
import { fetchAllPages, type AllPagesResponse } from '../../../src/core/responses/fetchAllPages.ts';
import { LIST_DEVICES, RUN_BOARD, SECURE_FIELDS } from '../../support/operationFixtures.ts';
import { ApiClientFixture, json, requestOf, text, type FakeResponse } from '../../support/apiClientFixture.ts';

interface Run extends Partial<AllPagesResponse> {
  readonly written: string;
  readonly starts: number;
  readonly largest: number;
  readonly said: readonly string[];
}

/** Fetches all pages that the server has; `cancelAfter` so many. */
async function run(
  answers: readonly FakeResponse[],
  options: { operation?: Operation; query?: string; maxBytes?: number; cancelAfter?: number } = {},
): Promise<Run> {
  const { operation = LIST_DEVICES, query = '', maxBytes = 1e6, cancelAfter } = options;
  const fixture = new ApiClientFixture(...answers);
  const abort = new AbortController();
  const session = fixture.session();
  const said: string[] = [];
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
      said.push(`${pages} pages, ${items} items`);
      if (pages === cancelAfter) {
        abort.abort();
      }
    },
  });
  return { ...result, ...sink, said };
}

function page(from: number, count: number): FakeResponse {
  return json(Array.from({ length: count }, (_, index) => ({ id: from + index })));
}

function bodyOf({ response }: Run): string {
  return Buffer.from(response?.body ?? []).toString();
}

describe('all pages as one answer', () => {
  it('E8: has every item once, in one list, and tells the pages as they come', async () => {
    const done = await run([page(1, 3), page(4, 3), page(7, 1), json([])]);
    assert.equal(
      bodyOf(done),
      '[\n{"id":1},{"id":2},{"id":3},\n{"id":4},{"id":5},{"id":6},\n{"id":7}\n]\n',
      'a page on each line',
    );
    assert.equal(done.response?.size, bodyOf(done).length);
    assert.equal(done.response.failure, undefined);
    assert.deepEqual(done.said, ['1 pages, 3 items', '2 pages, 6 items', '3 pages, 7 items']);
    assert.equal(done.end?.complete, true);
    assert.equal(done.starts, 0);
  });

  it('E7, E8: items are as the server wrote them: no id loses a digit', async () => {
    const done = await run([text('[{"id":12345678901234567890,"at":1700000000.250}]'), json([])]);
    assert.match(bodyOf(done), /\{"id":12345678901234567890,"at":1700000000\.250\}/);
  });

  it('E8: the next page is asked for while the last one is written', async () => {
    const order: string[] = [];
    const fixture = new ApiClientFixture((request) => {
      order.push(`ask ${/after=(\d+)/.exec(request.url)?.[1] ?? '0'}`);
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
    assert.ok(order.indexOf('ask 1') < order.indexOf('{"id":1}'), order.join(' · '));
  });

  it('E8: a list in a member is a list of its own', async () => {
    const list = (...ids: number[]): FakeResponse =>
      json({ data: ids.map((id) => ({ id })), metadata: { lastCursorId: ids.at(-1) ?? 0, data: [0] } });
    const done = await run([list(1, 2), list(3), list()], { operation: RUN_BOARD });
    assert.deepEqual(JSON.parse(bodyOf(done)), [{ id: 1 }, { id: 2 }, { id: 3 }]);
  });

  it('E7: more than may be held goes to the sink as it comes; only the first part stays', async () => {
    const pages = Array.from({ length: 20 }, (_, index) => page(1 + index * 100, 100));
    const done = await run([...pages, json([])], { maxBytes: 5000 });
    assert.equal(done.starts, 1);
    assert.equal(done.response?.body.byteLength, 5000);
    assert.equal(done.response.size, done.written.length);
    assert.ok(done.written.startsWith(bodyOf(done)));
    assert.equal((JSON.parse(done.written) as unknown[]).length, 2000);
    assert.ok(done.largest < 2500, 'no part is larger than a page');
  });

  it('E8: canceled, what came is kept, said to be cut, and no failure', async () => {
    const done = await run([page(1, 3), page(4, 3), page(7, 3)], { cancelAfter: 2 });
    assert.equal((JSON.parse(bodyOf(done)) as unknown[]).length, 6);
    assert.equal(done.end?.complete, false);
    assert.equal(done.end.reason, 'canceled');
    assert.match(done.end.next?.url ?? '', /after=6/);
    assert.equal(done.response?.failure, undefined);
  });

  it('E8: when a page fails, what came is kept, with the failure', async () => {
    const done = await run([page(1, 3), json({ error: 'access_denied' }, { status: 403 })]);
    assert.equal((JSON.parse(bodyOf(done)) as unknown[]).length, 3);
    assert.equal(done.end?.reason, 'failed');
    assert.notEqual(done.response?.failure, undefined);
  });

  it('E8: when nothing came, rejects with the reason', async () => {
    await assert.rejects(run([json({ error: 'access_denied' }, { status: 403 })]), { name: 'NinjaOneError' });
    await assert.rejects(run([text('<html>')]), { code: 'paging.unreadable' });
  });

  it('E8: a list that is empty is a list', async () => {
    const done = await run([json([])]);
    assert.equal(bodyOf(done), '[]');
    assert.equal(done.end?.complete, true);
  });

  it('E4, E9: a list that gives out secrets is not fetched unless a person confirmed it', async () => {
    await assert.rejects(run([json({ results: [] })], { operation: SECURE_FIELDS, query: '?showSecureValues=true' }), {
      code: 'api.notConfirmed',
    });
  });
});
