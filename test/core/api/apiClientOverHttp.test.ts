import assert from 'node:assert/strict';
import type { ApiRequest } from '../../../src/core/api/apiRequest.ts';
import { isWrite } from '../../../src/core/api/apiRequest.ts';
import type { Operation } from '../../../src/core/catalog/operation.ts';
import type { Scope } from '../../../src/core/connections/connection.ts';
import { buildRequest } from '../../../src/core/requests/buildRequest.ts';
import { readRequestText } from '../../../src/core/requests/requestText.ts';
import { HOSTILE, HOMOGLYPHS } from '../../support/hostileValues.ts';
import { bundledOperations, plainDraft, READING_POSTS, UPLOADS } from '../../support/bundledOperations.ts';
import {
  DELETE_FIELD,
  GET_DEVICE,
  LIST_DEVICES,
  PATCH_DEVICE,
  REBOOT,
  RUN_BOARD,
} from '../../support/operationFixtures.ts';
import {
  respondWith,
  half,
  ok,
  reset,
  silence,
  stall,
  RecordingServer,
  type Responder,
} from '../../support/recordingServer.ts';

describe('ApiClient with a real server', () => {
  let server: RecordingServer;

  before(async () => {
    server = await RecordingServer.start();
  });
  beforeEach(() => {
    server.clear();
  });
  after(() => server.stop());

  const expired = respondWith(401, { error: 'not_authenticated', error_code: 10 });
  const throttled = respondWith(503, '<html><body>Request limit exceeded</body></html>', { 'retry-after': '9' });

  describe('when the server refuses a request', () => {
    const rows: readonly (readonly [string, Responder, readonly Scope[], string])[] = [
      ['a missing scope', respondWith(401, { error: 'insufficient_privileges' }), ['management'], 'api.missingScope'],
      [
        'a missing right of the role with 401',
        respondWith(401, { error: 'insufficient_privileges' }),
        ['monitoring'],
        'api.missingRight',
      ],
      [
        'a missing right of the role with 403',
        respondWith(403, { error: 'insufficient_privileges' }),
        ['monitoring'],
        'api.missingRight',
      ],
      [
        'a missing user context',
        respondWith(403, { error: 'user_context_required', error_code: 5 }),
        ['monitoring'],
        'api.userContextRequired',
      ],
      ['403 without a reason', respondWith(403, { resultCode: 'x' }), ['monitoring'], 'api.forbidden'],
      [
        'a missing right of the role in another member',
        respondWith(401, { resultCode: 'insufficient_privileges' }),
        ['monitoring'],
        'api.missingRight',
      ],
      [
        '404 in general words',
        respondWith(404, { resultCode: 'FAILURE', errorMessage: 'HTTP 404 Not Found' }),
        ['monitoring'],
        'api.notFound',
      ],
      ['an unknown id', respondWith(404, { resultCode: 'entity_not_found' }), ['monitoring'], 'api.notFound'],
      ['a web page with 403', respondWith(403, '<html>Blocked</html>'), ['monitoring'], 'server.webPage'],
    ];
    for (const [name, responder, scopes, code] of rows) {
      it(`reports ${name} as ${code} after one request, without a renewal (E12)`, async () => {
        server.responders = [responder];
        server.scopes = scopes;
        assert.equal((await server.send(requestOf(GET_DEVICE))).code, code);
        assert.deepEqual([server.received.length, server.forced], [1, [false]]);
      });
    }

    it('reports one plain sentence for any response body (E12)', async () => {
      const bodies = [
        '',
        '{',
        'null',
        '"no"',
        '[]',
        '7',
        '\0\ufffd',
        '<html>',
        '{"__proto__":{"error":"x"},"error":{"a":1}}',
        '{"error":"x","error_description":"[a](https://evil.example) <b>\\u202e"}',
        `${'['.repeat(30_000)}${']'.repeat(30_000)}`,
        `{"errorMessage":${'{"code":'.repeat(10_000)}1${'}'.repeat(10_000)}}`,
        'x'.repeat(200_000),
      ];
      for (const status of [400, 401, 403, 404, 409, 418, 429, 500, 503]) {
        for (const body of bodies) {
          server.clear();
          server.responders = [respondWith(status, body, { 'content-type': 'application/json' })];
          const { response } = await server.send(requestOf(PATCH_DEVICE));
          const message = response?.failure?.message ?? '';
          assert.match(
            message,
            /^[A-Z"\d][^\n]{10,700}\.$/,
            `${status} ${body.slice(0, 40)}: ${message.slice(0, 200)}`,
          );
        }
      }
    });

    it('renews an expired token once and repeats a GET with the new token (E12)', async () => {
      server.responders = [expired, ok];
      assert.equal((await server.send(requestOf(GET_DEVICE))).code, undefined);
      assert.deepEqual(server.forced, [false, true]);
      assert.deepEqual(
        server.received.map(({ rawHeaders }) => headerOf(rawHeaders, 'authorization')),
        ['Bearer token-1', 'Bearer token-2'],
      );
    });

    it('does not send a GET a third time (E12)', async () => {
      server.responders = [expired];
      assert.equal((await server.send(requestOf(GET_DEVICE))).code, 'api.notAuthenticated');
      assert.deepEqual([server.received.length, server.forced], [2, [false, true]]);
    });

    for (const operation of [PATCH_DEVICE, DELETE_FIELD, REBOOT, RUN_BOARD]) {
      it(`never repeats ${operation.key} after a 401 (E12)`, async () => {
        server.responders = [expired, ok];
        const { code } = await server.send(requestOf(operation));
        assert.equal(code, isWrite(requestOf(operation)) ? 'api.tokenRenewed' : 'api.notAuthenticated');
        assert.equal(server.received.length, 1);
      });
    }
  });

  const faults: readonly (readonly [string, Responder, { read: string | undefined; write: string }])[] = [
    ['a reset connection', reset, { read: undefined, write: 'api.unknownOutcome' }],
    ['a truncated response', half, { read: undefined, write: 'api.unknownOutcome' }],
    ['no response in time', silence, { read: undefined, write: 'api.unknownOutcome' }],
    ['a response that never ends', stall, { read: undefined, write: 'api.unknownOutcome' }],
    ['429', respondWith(429, {}, { 'retry-after': '7' }), { read: undefined, write: 'server.busy' }],
    ['503', respondWith(503, {}), { read: undefined, write: 'api.unknownOutcome' }],
    ['a throttling page', throttled, { read: undefined, write: 'api.unknownOutcome' }],
    ['502', respondWith(502, '<html>Bad Gateway</html>'), { read: 'server.unavailable', write: 'api.unknownOutcome' }],
    ['504', respondWith(504, '<html>Timeout</html>'), { read: 'server.unavailable', write: 'api.unknownOutcome' }],
    ['500', respondWith(500, {}), { read: 'server.unavailable', write: 'api.unknownOutcome' }],
  ];
  for (const [name, fault, codes] of faults) {
    it(`${codes.read === undefined ? 'repeats' : 'does not repeat'} a read after ${name} (E8, E9)`, async () => {
      for (const operation of [GET_DEVICE, LIST_DEVICES, RUN_BOARD]) {
        server.clear();
        server.responders = [fault, ok];
        server.timeout = SHORT;
        assert.equal((await server.send(requestOf(operation))).code, codes.read, operation.key);
        assert.equal(server.received.length, codes.read === undefined ? 2 : 1);
        assert.equal(server.pauses.length, server.received.length - 1);
      }
    });

    it(`never repeats a write after ${name}, and reports ${codes.write} (E9, T39)`, async () => {
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'] as const) {
        server.clear();
        // The fault hits a reused connection, because that is where HTTP libraries tend to retry.
        server.responders = [ok, fault, ok];
        await server.send(requestOf(GET_DEVICE));
        server.timeout = SHORT;
        const key = `${method} /v2/device/{id}`;
        const operation: Operation = { ...PATCH_DEVICE, key, method };
        assert.equal((await server.send(requestOf(operation))).code, codes.write, method);
        assert.deepEqual([server.received.slice(1).map((each) => each.method), server.pauses], [[method], []]);
      }
    });
  }

  it('sends a read at most four times, with growing pauses (E8)', async () => {
    server.responders = [reset];
    assert.equal((await server.send(requestOf(GET_DEVICE))).code, 'network.reset');
    assert.deepEqual([server.received.length, server.pauses], [4, [1000, 2000, 4000]]);
  });

  it('sends each read of all 310 operations once, and no write, while the connection is read-only (E9)', async () => {
    server.mayWrite = false;
    const expected: string[] = [];
    for (const operation of bundledOperations().filter(({ key }) => !UPLOADS.includes(key))) {
      const request = requestOf(operation);
      const { code } = await server.send(request);
      const reads = operation.method === 'GET' || READING_POSTS.has(operation.key);
      assert.equal(code, reads ? undefined : 'api.readOnly', operation.key);
      if (reads) {
        expected.push(`${operation.method} ${request.url.slice(server.connection.instance.origin.length)}`);
      }
    }
    server.mayWrite = true;
    assert.deepEqual(
      server.received.map(({ method, url }) => `${method} ${url}`),
      expected,
    );
  });

  it('sends each accepted hostile value byte for byte in its own segment or query value (E11, T37)', async () => {
    const [before, after] = ['/v2/custom-fields/field-name/', '?df='];
    const named: Operation = {
      ...LIST_DEVICES,
      key: `GET ${before}{fieldName}`,
      path: `${before}{fieldName}`,
      parameters: [...DELETE_FIELD.parameters, ...LIST_DEVICES.parameters],
    };
    for (const value of [...HOSTILE, ...HOMOGLYPHS]) {
      for (const [name, filter] of [
        [value, 'x'],
        ['x', value],
      ] as const) {
        const draft = {
          operation: named.key,
          path: new Map([['fieldName', name]]),
          query: new Map([['df', filter]]),
          body: undefined,
        };
        const result = buildRequest(draft, { operation: named, connection: server.connection });
        if (result.ok) {
          await server.send(result.request);
          const query = filter.trim() === '' ? '' : `${after}${encodeURIComponent(filter.trim())}`;
          assert.equal(server.received.at(-1)?.url, `${before}${encodeURIComponent(name.trim())}${query}`);
        }
      }
    }
    assert.ok(server.received.length > 2 * HOMOGLYPHS.length);
  });

  it('lets a request document set no header: header names are refused, or are plain data in the body (E11, T37)', async () => {
    const names = ['Authorization', 'Host', 'Cookie', 'headers', 'X-Forwarded-Host', 'Content-Length'];
    for (const name of names) {
      for (const draft of [
        { [name]: 'evil.example' },
        { path: { id: 1, [name]: 'evil.example' } },
        { path: { id: 1 }, query: { [name]: 'evil.example' } },
      ]) {
        const read = readRequestText(JSON.stringify({ operation: PATCH_DEVICE.key, path: { id: 1 }, ...draft }));
        const target = { operation: PATCH_DEVICE, connection: server.connection };
        assert.ok(!(read.ok && buildRequest(read.draft, target).ok), JSON.stringify(draft));
      }
    }
    const body = Object.fromEntries(names.map((name) => [name, 'evil.example\r\nCookie: a=b']));
    const read = readRequestText(JSON.stringify({ operation: PATCH_DEVICE.key, path: { id: 1 }, body }));
    assert.ok(read.ok);
    const result = buildRequest(read.draft, { operation: PATCH_DEVICE, connection: server.connection });
    assert.ok(result.ok);
    await server.send(result.request);
    const [received] = server.received;
    assert.ok(received);
    assert.deepEqual(JSON.parse(received.body), body);
    assert.doesNotMatch(received.rawHeaders.join('\n'), /evil|cookie/i);
    assert.equal(headerOf(received.rawHeaders, 'host'), new URL(server.connection.instance.origin).host);
    assert.equal(headerOf(received.rawHeaders, 'authorization'), 'Bearer token-1');
  });

  function requestOf(operation: Operation): ApiRequest {
    const result = buildRequest(plainDraft(operation), { operation, connection: server.connection });
    assert.ok(result.ok, operation.key);
    return result.request;
  }
});

/** A time-out in milliseconds that a test waits for. */
const SHORT = 400;

/** Joins all headers of this name, so that a duplicate is noticed. */
function headerOf(rawHeaders: readonly string[], wanted: string): string {
  return rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === wanted).join();
}
