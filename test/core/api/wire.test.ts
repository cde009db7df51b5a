import assert from 'node:assert/strict';
import type { ApiRequest } from '../../../src/core/api/apiRequest.ts';
import { isWrite } from '../../../src/core/api/apiRequest.ts';
import type { Operation } from '../../../src/core/catalog/operation.ts';
import type { Scope } from '../../../src/core/connections/connection.ts';
import { buildRequest } from '../../../src/core/requests/buildRequest.ts';
import { readRequestText } from '../../../src/core/requests/requestText.ts';
import { HOSTILE, LOOKALIKES } from '../../support/hostileValues.ts';
import { bundledOperations, plainDraft, READING_POSTS, UPLOADS } from '../../support/bundledOperations.ts';
import {
  DELETE_FIELD,
  GET_DEVICE,
  LIST_DEVICES,
  PATCH_DEVICE,
  REBOOT,
  RUN_BOARD,
} from '../../support/operationFixtures.ts';
import { answering, half, ok, reset, silence, stall, Wire, type WireAnswer } from '../../support/recordingServer.ts';

describe('the API client before a real server', () => {
  let wire: Wire;

  before(async () => {
    wire = await Wire.start();
  });
  beforeEach(() => {
    wire.clear();
  });
  after(() => wire.stop());

  const expired = answering(401, { error: 'not_authenticated', error_code: 10 });
  const throttled = answering(503, '<html><body>Request limit exceeded</body></html>', { 'retry-after': '9' });

  describe('E12: what says no is told apart', () => {
    const rows: readonly (readonly [string, WireAnswer, readonly Scope[], string])[] = [
      ['a missing scope', answering(401, { error: 'insufficient_privileges' }), ['management'], 'api.missingScope'],
      [
        'a missing right of the role',
        answering(401, { error: 'insufficient_privileges' }),
        ['monitoring'],
        'api.missingRight',
      ],
      ['the same as 403', answering(403, { error: 'insufficient_privileges' }), ['monitoring'], 'api.missingRight'],
      [
        'a missing person',
        answering(403, { error: 'user_context_required', error_code: 5 }),
        ['monitoring'],
        'api.userContextRequired',
      ],
      ['403 without a reason', answering(403, { resultCode: 'x' }), ['monitoring'], 'api.forbidden'],
      [
        'an operation that is not on this instance',
        answering(404, { resultCode: 'FAILURE', errorMessage: 'HTTP 404 Not Found' }),
        ['monitoring'],
        'api.notOnThisInstance',
      ],
      ['an id that is not there', answering(404, { resultCode: 'entity_not_found' }), ['monitoring'], 'api.notFound'],
      ['a page in place of 403', answering(403, '<html>Blocked</html>'), ['monitoring'], 'server.webPage'],
    ];
    for (const [name, answer, scopes, code] of rows) {
      it(`${name} is ${code}: one request, and no renewal`, async () => {
        wire.answers = [answer];
        wire.scopes = scopes;
        assert.equal((await wire.send(requestOf(GET_DEVICE))).code, code);
        assert.deepEqual([wire.arrived.length, wire.forced], [1, [false]]);
      });
    }

    it('whatever the body of a refusal is, there is one sentence, and nothing of ours breaks', async () => {
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
          wire.clear();
          wire.answers = [answering(status, body, { 'content-type': 'application/json' })];
          const { response } = await wire.send(requestOf(PATCH_DEVICE));
          const message = response?.failure?.message ?? '';
          assert.match(
            message,
            /^[A-Z"\d][^\n]{10,700}\.$/,
            `${status} ${body.slice(0, 40)}: ${message.slice(0, 200)}`,
          );
        }
      }
    });

    it('an expired token is renewed once and a GET sent once more, with the token that came', async () => {
      wire.answers = [expired, ok];
      assert.equal((await wire.send(requestOf(GET_DEVICE))).code, undefined);
      assert.deepEqual(wire.forced, [false, true]);
      assert.deepEqual(
        wire.arrived.map(({ rawHeaders }) => headerOf(rawHeaders, 'authorization')),
        ['Bearer token-1', 'Bearer token-2'],
      );
    });

    it('a GET that is refused again is not sent a third time', async () => {
      wire.answers = [expired];
      assert.equal((await wire.send(requestOf(GET_DEVICE))).code, 'api.notAuthenticated');
      assert.deepEqual([wire.arrived.length, wire.forced], [2, [false, true]]);
    });

    for (const operation of [PATCH_DEVICE, DELETE_FIELD, REBOOT, RUN_BOARD]) {
      it(`${operation.key} is never sent again after 401`, async () => {
        wire.answers = [expired, ok];
        const { code } = await wire.send(requestOf(operation));
        assert.equal(code, isWrite(requestOf(operation)) ? 'api.tokenRenewed' : 'api.notAuthenticated');
        assert.equal(wire.arrived.length, 1);
      });
    }
  });

  const faults: readonly (readonly [string, WireAnswer, { read: string | undefined; write: string }])[] = [
    ['a connection that is cut', reset, { read: undefined, write: 'api.unknownOutcome' }],
    ['an answer that breaks off', half, { read: undefined, write: 'api.unknownOutcome' }],
    ['no answer in time', silence, { read: undefined, write: 'api.unknownOutcome' }],
    ['an answer without an end', stall, { read: undefined, write: 'api.unknownOutcome' }],
    ['429', answering(429, {}, { 'retry-after': '7' }), { read: undefined, write: 'server.busy' }],
    ['503', answering(503, {}), { read: undefined, write: 'server.unavailable' }],
    ['a page that throttles', throttled, { read: undefined, write: 'server.busy' }],
    ['502', answering(502, '<html>Bad Gateway</html>'), { read: 'server.webPage', write: 'api.unknownOutcome' }],
    ['504', answering(504, '<html>Timeout</html>'), { read: 'server.webPage', write: 'api.unknownOutcome' }],
    ['500', answering(500, {}), { read: 'server.unavailable', write: 'server.unavailable' }],
  ];
  for (const [name, fault, codes] of faults) {
    it(`E8, E9: after ${name} a read is ${codes.read === undefined ? 'sent again' : 'not sent again'}`, async () => {
      for (const operation of [GET_DEVICE, LIST_DEVICES, RUN_BOARD]) {
        wire.clear();
        wire.answers = [fault, ok];
        wire.patience = SHORT;
        assert.equal((await wire.send(requestOf(operation))).code, codes.read, operation.key);
        assert.equal(wire.arrived.length, codes.read === undefined ? 2 : 1);
        assert.equal(wire.pauses.length, wire.arrived.length - 1);
      }
    });

    it(`E9: after ${name} no write is sent again, and it ends as ${codes.write}`, async () => {
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'] as const) {
        wire.clear();
        // The connection that the fault meets is one that was used before: it is where libraries like to try again.
        wire.answers = [ok, fault, ok];
        await wire.send(requestOf(GET_DEVICE));
        wire.patience = SHORT;
        const key = `${method} /v2/device/{id}`;
        const operation: Operation = { ...PATCH_DEVICE, key, method };
        assert.equal((await wire.send(requestOf(operation))).code, codes.write, method);
        assert.deepEqual([wire.arrived.slice(1).map((each) => each.method), wire.pauses], [[method], []]);
      }
    });
  }

  it('E8: a read is sent at most four times, after pauses that grow', async () => {
    wire.answers = [reset];
    assert.equal((await wire.send(requestOf(GET_DEVICE))).code, 'network.reset');
    assert.deepEqual([wire.arrived.length, wire.pauses], [4, [1000, 2000, 4000]]);
  });

  it('E9: of all 310 operations no write arrives while read-only is on, and each read arrives once', async () => {
    wire.mayWrite = false;
    const expected: string[] = [];
    for (const operation of bundledOperations().filter(({ key }) => !UPLOADS.includes(key))) {
      const request = requestOf(operation);
      const { code } = await wire.send(request);
      const reads = operation.method === 'GET' || READING_POSTS.has(operation.key);
      assert.equal(code, reads ? undefined : 'api.readOnly', operation.key);
      if (reads) {
        expected.push(`${operation.method} ${request.url.slice(wire.connection.instance.origin.length)}`);
      }
    }
    wire.mayWrite = true;
    assert.deepEqual(
      wire.arrived.map(({ method, url }) => `${method} ${url}`),
      expected,
    );
  });

  it('E11: what is accepted of hostile values arrives byte for byte in its own segment or value', async () => {
    const [before, after] = ['/v2/custom-fields/field-name/', '?df='];
    const named: Operation = {
      ...LIST_DEVICES,
      key: `GET ${before}{fieldName}`,
      path: `${before}{fieldName}`,
      parameters: [...DELETE_FIELD.parameters, ...LIST_DEVICES.parameters],
    };
    for (const value of [...HOSTILE, ...LOOKALIKES]) {
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
        const result = buildRequest(draft, { operation: named, connection: wire.connection });
        if (result.ok) {
          await wire.send(result.request);
          const query = filter.trim() === '' ? '' : `${after}${encodeURIComponent(filter.trim())}`;
          assert.equal(wire.arrived.at(-1)?.url, `${before}${encodeURIComponent(name.trim())}${query}`);
        }
      }
    }
    assert.ok(wire.arrived.length > 2 * LOOKALIKES.length);
  });

  it('E11: a document decides no header: what it says of them is refused, or is data of its body', async () => {
    const names = ['Authorization', 'Host', 'Cookie', 'headers', 'X-Forwarded-Host', 'Content-Length'];
    for (const name of names) {
      for (const draft of [
        { [name]: 'evil.example' },
        { path: { id: 1, [name]: 'evil.example' } },
        { path: { id: 1 }, query: { [name]: 'evil.example' } },
      ]) {
        const read = readRequestText(JSON.stringify({ operation: PATCH_DEVICE.key, path: { id: 1 }, ...draft }));
        const target = { operation: PATCH_DEVICE, connection: wire.connection };
        assert.ok(!(read.ok && buildRequest(read.draft, target).ok), JSON.stringify(draft));
      }
    }
    const body = Object.fromEntries(names.map((name) => [name, 'evil.example\r\nCookie: a=b']));
    const read = readRequestText(JSON.stringify({ operation: PATCH_DEVICE.key, path: { id: 1 }, body }));
    assert.ok(read.ok);
    const result = buildRequest(read.draft, { operation: PATCH_DEVICE, connection: wire.connection });
    assert.ok(result.ok);
    await wire.send(result.request);
    const [arrived] = wire.arrived;
    assert.ok(arrived);
    assert.deepEqual(JSON.parse(arrived.body), body);
    assert.doesNotMatch(arrived.rawHeaders.join('\n'), /evil|cookie/i);
    assert.equal(headerOf(arrived.rawHeaders, 'host'), new URL(wire.connection.instance.origin).host);
    assert.equal(headerOf(arrived.rawHeaders, 'authorization'), 'Bearer token-1');
  });

  function requestOf(operation: Operation): ApiRequest {
    const result = buildRequest(plainDraft(operation), { operation, connection: wire.connection });
    assert.ok(result.ok, operation.key);
    return result.request;
  }
});

/** Milliseconds until a time-out that is waited for. */
const SHORT = 400;

/** All of this name, so that a second one would be seen. */
function headerOf(rawHeaders: readonly string[], wanted: string): string {
  return rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === wanted).join();
}
