import assert from 'node:assert/strict';
import { once } from 'node:events';
import fc from 'fast-check';
import { expectedCursor } from '../../../src/core/api/expectedCursor.ts';
import type { ApiRequest } from '../../../src/core/api/apiRequest.ts';
import type { ApiResponse } from '../../../src/core/api/apiResponse.ts';
import { canceled } from '../../../src/core/base/errors.ts';
import type { PagingStyle } from '../../../src/core/catalog/operation.ts';
import type { HttpRequest, HttpResponse } from '../../../src/core/http/transport.ts';
import { networkError } from '../../../src/core/http/networkErrors.ts';
import { readAll, type AllPages } from '../../support/allPages.ts';
import { ApiClientFixture, json, text } from '../../support/apiClientFixture.ts';
import { ORIGIN } from '../../support/connectionFixtures.ts';
import { LISTS, listOf, pageRequest, pagingServer, rowsOf, sentCursor } from '../../support/pagingServers.ts';

describe('requesting the next page ahead', () => {
  it('happens before a page is read, and never without being asked to (E8)', async () => {
    const ahead = await run(pagingServer('after', rowsOf(12), 5), { isAhead: true });
    assert.deepEqual(ahead.order, ['request', 'request 5', 'page', 'request 10', 'page', 'request 12', 'page']);
    const after = await run(pagingServer('after', rowsOf(12), 5), { isAhead: false });
    assert.deepEqual(after.order, ['request', 'page', 'request 5', 'page', 'request 10', 'page', 'request 12']);
    assert.deepEqual([ahead.result.items, ahead.result.reason], [after.result.items, 'end']);
  });

  it('happens once in vain if the list is sorted in another way, and then no more (E8)', async () => {
    const server = pagingServer('after', rowsOf(12), 3);
    const { result, order } = await run((request) => turned(server(request)), { isAhead: true });
    assert.deepEqual(
      result.items.map((item) => (item as { id: number }).id),
      [3, 2, 1, 6, 5, 4, 9, 8, 7, 12, 11, 10],
    );
    assert.equal(result.reason, 'unsorted');
    assert.deepEqual(
      order.filter((each) => each !== 'page'),
      ['request', 'request 1', 'request 3', 'request 6', 'request 9', 'request 12'],
    );
  });

  it('does not ask again for a page whose cursor was used (E8)', async () => {
    const page = json(rowsOf(5));
    const { result, order } = await run(() => page, { isAhead: true });
    assert.deepEqual([result.reason, result.total], ['repeatedCursor', 5]);
    assert.deepEqual(order, ['request', 'request 5', 'page']);
  });

  it('keeps what came before a failure, and says with which request to continue (E8)', async () => {
    const server = pagingServer('after', rowsOf(12), 5);
    const { result } = await run(
      (request) => {
        if (sentCursor('after', request) === '10') {
          throw networkError('dns', new URL(ORIGIN));
        }
        return server(request);
      },
      { isAhead: true },
    );
    assert.deepEqual([result.reason, result.items.length, result.failure?.code], ['failed', 10, 'network.dns']);
    assert.match(result.next?.url ?? '', /after=10$/);
  });

  it('sends nothing after a cancellation, and waits for what is under way (E8)', async () => {
    const aborted = new AbortController();
    const server = pagingServer('after', rowsOf(50), 5);
    const { result, order } = await run(
      (request) => {
        if (aborted.signal.aborted) {
          throw canceled();
        }
        return server(request);
      },
      { isAhead: true, signal: aborted.signal, onPage: (pages) => pages === 2 && aborted.abort() },
    );
    assert.deepEqual([result.reason, result.items.length], ['canceled', 10]);
    assert.match(result.next?.url ?? '', /after=10$/);
    assert.deepEqual(order, ['request', 'request 5', 'page', 'request 10', 'page']);
  });

  it('sends nothing after a cancellation while the first page arrives (E8)', async () => {
    const aborted = new AbortController();
    const server = pagingServer('after', rowsOf(50), 5);
    const { order } = await run(
      (request) => {
        aborted.abort();
        return server(request);
      },
      { isAhead: true, signal: aborted.signal },
    );
    assert.deepEqual(order, ['request', 'page']);
  });

  it('cancels the request that is under way together with the list (E8)', async () => {
    for (const isAhead of [true, false]) {
      const aborted = new AbortController();
      const send = async (_: ApiRequest, signal: AbortSignal): Promise<never> => {
        setImmediate(() => {
          aborted.abort();
        });
        await once(signal, 'abort');
        throw canceled();
      };
      const options = { isAhead, signal: aborted.signal };
      assert.equal((await readAll(pageRequest(listOf('after')), send, options)).reason, 'canceled');
    }
  });

  it('cancels the request that nobody needs, however long it would take (E8)', async () => {
    const fixture = new ApiClientFixture();
    const session = fixture.session();
    const stopped: string[] = [];
    const pages = [[{ id: 2 }, { id: 1 }], [{ id: 3 }], []];
    const send = async (page: ApiRequest, signal: AbortSignal): Promise<ApiResponse> => {
      if (page.url.endsWith('after=1')) {
        await once(signal, 'abort');
        stopped.push(page.url);
        throw canceled();
      }
      const response = await fixture.client.send(page, { session, signal });
      const body = Buffer.from(JSON.stringify(pages.shift()));
      return { ...response, body, size: body.byteLength };
    };
    const result = await readAll(pageRequest(listOf('after')), send, { isAhead: true });
    assert.deepEqual([result.items.length, result.reason, stopped.length], [3, 'unsorted', 1]);
  });

  it('waits for the page that nobody needs when another one cannot be read (E8)', async () => {
    const { result, order, running } = await run(() => text('[{"id":1 "name":2},{"id":3}]'), { isAhead: true });
    assert.equal(result.reason, 'unreadable');
    assert.deepEqual([order, running], [['request', 'request 3'], 0]);
  });
});

describe('the cursor that a page seems to have', () => {
  const cases: readonly (readonly [body: string, cursor: string | undefined])[] = [
    ['[{"id":1},{"id":2}]', '2'],
    ['[{"id":1,"a":{"id":5}},{"id":2,"a":{"id":6}}]', '2'],
    ['[{"id":1},{"id":2,"a":[{"id":6},{"id":7}]}]', '2'],
    ['[{"id":1},{"id":2,"a":"{\\"id\\":9}]"}]', '2'],
    ['[ { "id" : 1 } ,\n { "id" : 2 } ]\n', '2'],
    ['[{"id":"1"},{"id":"2"}]', '2'],
    ['[{"name":"a","id":1},{"id":2,"name":"b"}]', undefined],
    ['[{"name":"a"},{"name":"b"}]', undefined],
    ['[{"id":1},7]', undefined],
    ['[{"id":1},{"id":12345678901234567890}]', undefined],
    ['[{"id":1},{"id":2}', undefined],
    ['[]', undefined],
    ['{"activities":[{"id":1}]}', undefined],
    ['', undefined],
    ['[{', undefined],
  ];
  for (const [body, cursor] of cases) {
    it(`is ${cursor ?? 'none'} in ${JSON.stringify(body)} (E8)`, () => {
      assert.equal(seen('after', body), cursor);
    });
  }

  it('is that of the last item of any list, or none (E8)', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ id: fc.nat(), more: fc.jsonValue() }), { minLength: 1 }),
        fc.nat(2),
        (list, space) => {
          const found = seen('anchorId', JSON.stringify(list, undefined, space));
          assert.ok(found === undefined || found === String(list.at(-1)?.id), found);
        },
      ),
    );
  });

  const reports: readonly (readonly [style: PagingStyle, body: string, cursor: string | undefined])[] = [
    ['cursor', '{"cursor":{"name":"c","offset":5},"results":[{"id":1}]}', 'c'],
    ['cursor', '{"results":[{"id":1}],"cursor":"c"}', 'c'],
    ['cursor', '{"results":[{"id":1}],"cursor":null}', undefined],
    ['cursor', '{"results":[ ],"cursor":"c"}', undefined],
    ['cursor', '{"results":[{"tags":[1]}],"cursor":{}}', undefined],
    ['cursorName', '{"results":[{"name":"a"}],"cursorName":"c"}', 'c'],
    ['cursorName', '{"results":[{"name":"a"}]}', undefined],
    ['olderThan', '{"lastActivityId":9,"activities":[{"id":9},{"id":8}]}', '8'],
    ['boardRun', '{"data":[{"id":1}],"metadata":{"lastCursorId":1}}', '1'],
    ['boardRun', '{"data":[{"id":1}],"metadata":{"lastCursorId":0}}', undefined],
    ['boardRun', '[{"id":1}]', undefined],
    ['anchorNaturalId', '[{"naturalId":"x"}]', 'x'],
  ];
  for (const [style, body, cursor] of reports) {
    it(`is ${cursor ?? 'none'} in ${body} with the style ${style} (E8)`, () => {
      assert.equal(seen(style, body), cursor);
    });
  }

  it('is none where only the first part of the page is in memory (E8)', () => {
    assert.equal(seen('after', '[{"id":1},{"id":2}]', 100), undefined);
  });
});

function seen(style: PagingStyle, body: string, size = body.length): string | undefined {
  const bytes = Buffer.from(body);
  return expectedCursor({ body: bytes, size } as unknown as ApiResponse, {
    style,
    items: LISTS[style],
  })?.value.toString();
}

interface RunOptions {
  readonly isAhead: boolean;
  readonly signal?: AbortSignal;
  readonly onPage?: (pages: number) => unknown;
}

async function run(
  respond: (request: HttpRequest) => HttpResponse,
  { onPage, ...options }: RunOptions,
): Promise<{ result: AllPages; order: readonly string[]; running: number }> {
  const order: string[] = [];
  const fixture = new ApiClientFixture((request) => {
    order.push(`request ${sentCursor('after', request) ?? ''}`.trim());
    return respond(request);
  });
  const session = fixture.session();
  let pages = 0;
  let running = 0;
  const send = async (page: ApiRequest): Promise<ApiResponse> => {
    running++;
    const response = await fixture.client.send(page, { session });
    // Longer than the pager waits between two pages.
    for (let turn = 0; turn < 5; turn++) {
      await new Promise(setImmediate);
    }
    running--;
    return response;
  };
  const result = await readAll(pageRequest(listOf('after')), send, {
    ...options,
    onPage: () => {
      order.push('page');
      onPage?.(++pages);
    },
  });
  return { result, order, running };
}

function turned(response: HttpResponse): HttpResponse {
  return json((JSON.parse(Buffer.from(response.body).toString()) as unknown[]).toReversed());
}
