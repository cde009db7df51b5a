import assert from 'node:assert/strict';
import { NinjaOneError, isNinjaOneError } from '../../../src/core/base/errors.ts';
import { ApiClient, type Confirmation } from '../../../src/core/api/apiClient.ts';
import type { ApiRequest } from '../../../src/core/api/apiRequest.ts';
import { networkError, type NetworkErrorKind } from '../../../src/core/http/networkErrors.ts';
import { connectionOf, ORIGIN } from '../../support/connectionFixtures.ts';
import {
  DASHBOARD_URL,
  DELETE_FIELD,
  GET_DEVICE,
  INSTALLER,
  LIST_DEVICES,
  operationOf,
  PATCH_DEVICE,
  REBOOT,
  RUN_BOARD,
  SECURE_FIELDS,
} from '../../support/operationFixtures.ts';
import { ApiWorld, json, requestOf, text } from '../../support/apiClientFixture.ts';

const URL_OF_API = new URL(ORIGIN);
const trouble = (kind: NetworkErrorKind): NinjaOneError => networkError(kind, URL_OF_API);
const expired = json({ error: 'not_authenticated', error_code: 10 }, { status: 401 });

describe('API client', () => {
  it('sends a read with the bearer and nothing else, and gives the answer as it came', async () => {
    const world = new ApiWorld(
      json([{ id: 1 }], { headers: { 'x-nj-request-id': 'r-1', 'set-cookie': 'a=b', location: 'x' } }),
    );
    const response = await world.client.send(requestOf(LIST_DEVICES, { query: '?pageSize=1' }), {
      session: world.session(),
    });
    const [sent] = world.sent;
    assert.equal(sent?.url, `${ORIGIN}/v2/devices?pageSize=1`);
    assert.equal(sent.method, 'GET');
    assert.equal(sent.timeout, 1000);
    assert.deepEqual(sent.headers, { accept: 'application/json, */*;q=0.5', authorization: 'Bearer token-1' });
    assert.equal(response.status, 200);
    assert.deepEqual(response.headers, { 'content-type': 'application/json', 'x-nj-request-id': 'r-1' });
    assert.equal(response.size, 10);
    assert.equal(response.failure, undefined);
  });

  describe('E11: the bearer never leaves its origin', () => {
    const request = requestOf(GET_DEVICE);
    const wrong: readonly (readonly [string, ApiRequest])[] = [
      ['another host', { ...request, url: 'https://evil.com/v2/device/1' }],
      ['another scheme', { ...request, url: 'http://eu.ninjarmm.com/v2/device/1' }],
      ['another port', { ...request, url: `${ORIGIN}:8443/v2/device/1` }],
      ['a user name', { ...request, url: 'https://a@eu.ninjarmm.com/v2/device/1' }],
      ['another path', { ...request, url: `${ORIGIN}/v2/devices` }],
      ['a climbing path', { ...request, url: `${ORIGIN}/v2/device/../device/1` }],
      ['a path that climbs once decoded', { ...request, url: `${ORIGIN}/v2/device/..%2f1` }],
      ['a path that climbs once decoded twice', { ...request, url: `${ORIGIN}/v2/device/%252e%252e` }],
      ['an empty segment', { ...request, url: `${ORIGIN}/v2/device/` }],
      ['a fragment', { ...request, url: `${ORIGIN}/v2/device/1#x` }],
      ['no address', { ...request, url: '/v2/device/1' }],
      ['another connection', { ...request, connection: connectionOf({ id: 'id-2' }) }],
      ['a method that its key does not name', { ...request, operation: { ...GET_DEVICE, method: 'DELETE' } }],
      ['a path that its key does not name', { ...request, operation: { ...GET_DEVICE, path: '/v2/{a}/{b}' } }],
    ];
    for (const [name, each] of wrong) {
      it(`a request with ${name} is not sent`, async () => {
        const world = new ApiWorld();
        world.mayWrite = true;
        assert.equal((await failureOf(world, each)).code, 'api.wrongTarget');
        assert.deepEqual([world.sent, world.forced], [[], []]);
      });
    }
  });

  describe('E9: the safety gate', () => {
    it('no write leaves while the connection is read-only, and no token is fetched for it', async () => {
      for (const operation of [PATCH_DEVICE, DELETE_FIELD, REBOOT]) {
        const world = new ApiWorld();
        assert.equal((await failureOf(world, requestOf(operation))).code, 'api.readOnly');
        assert.deepEqual([world.sent, world.forced], [[], []]);
      }
    });

    it('a write that takes a token while the permission ends is not sent', async () => {
      const world = new ApiWorld();
      world.mayWrite = true;
      world.accessToken = () => {
        world.mayWrite = false;
        return Promise.resolve('token');
      };
      assert.equal((await failureOf(world, requestOf(PATCH_DEVICE))).code, 'api.readOnly');
      assert.equal(world.sent.length, 0);
    });

    it('PUT, PATCH and DELETE are writes whatever their row says', async () => {
      for (const method of ['PUT', 'PATCH', 'DELETE']) {
        const world = new ApiWorld();
        const operation = operationOf(`${method} /v2/x`, { traits: { riskLevel: 'read' } });
        assert.equal((await failureOf(world, requestOf(operation))).code, 'api.readOnly');
      }
    });

    it('a GET of an unknown kind is no read', async () => {
      const world = new ApiWorld();
      const operation = operationOf('GET /v2/x', { traits: { riskLevel: 'destructive' } });
      assert.equal((await failureOf(world, requestOf(operation))).code, 'api.readOnly');
    });

    it('a board run is a read, and an ordinary write needs no confirmation', async () => {
      const world = new ApiWorld();
      await world.client.send(requestOf(RUN_BOARD, { body: '{}' }), { session: world.session() });
      world.mayWrite = true;
      await world.client.send(requestOf(PATCH_DEVICE, { body: '{}' }), { session: world.session() });
      assert.deepEqual(
        world.sent.map(({ method, body, headers }) => [method, body, headers?.['content-type']]),
        [
          ['POST', '{}', 'application/json'],
          ['PATCH', '{}', 'application/json'],
        ],
      );
    });

    for (const operation of [DELETE_FIELD, REBOOT, DASHBOARD_URL, INSTALLER]) {
      it(`${operation.key} is sent only when confirmed`, async () => {
        const world = new ApiWorld();
        world.mayWrite = true;
        const request = requestOf(operation);
        const forged = { key: operation.key };
        for (const confirmation of [undefined, forged, {} as Confirmation]) {
          assert.equal((await failureOf(world, request, { confirmation })).code, 'api.notConfirmed');
        }
        assert.equal(await world.client.confirm(request, () => Promise.resolve(false)), undefined);
        assert.equal(world.sent.length, 0);
        const confirmation = await world.client.confirm(request, () => Promise.resolve(true));
        await world.client.send(request, { session: world.session(), confirmation });
        assert.equal(world.sent.length, 1);
      });
    }

    it('a confirmation is good for exactly one write', async () => {
      const world = new ApiWorld();
      world.mayWrite = true;
      const request = requestOf(REBOOT, { body: '{"reason":"a"}' });
      const connection = connectionOf({ id: 'id-2' });
      const others: readonly ApiRequest[] = [
        requestOf(DELETE_FIELD),
        { ...request, url: request.url.replace('/device/1/', '/device/2/') },
        { ...request, body: '{"reason":"b"}' },
        { ...request, body: undefined },
        { ...request, url: `${request.url}?x=1` },
      ];
      const confirmation = await world.client.confirm(request, () => Promise.resolve(true));
      for (const other of others) {
        assert.equal((await failureOf(world, other, { confirmation })).code, 'api.notConfirmed');
      }
      const elsewhere = { session: world.session(connection), confirmation };
      await assert.rejects(world.client.send({ ...request, connection }, elsewhere), { code: 'api.notConfirmed' });
      await world.client.send(request, { session: world.session(), confirmation });
      assert.equal((await failureOf(world, request, { confirmation })).code, 'api.notConfirmed');
      assert.equal(world.sent.length, 1);
    });

    it('a confirmation of another client means nothing', async () => {
      const world = new ApiWorld();
      const confirmation = await new ApiWorld().client.confirm(requestOf(DASHBOARD_URL), () => Promise.resolve(true));
      assert.equal((await failureOf(world, requestOf(DASHBOARD_URL), { confirmation })).code, 'api.notConfirmed');
    });

    it('E4: secure values are confirmed once for all pages of a list, and a list without them is a plain read', async () => {
      const world = new ApiWorld();
      const secure = requestOf(SECURE_FIELDS, { query: '?showSecureValues=true' });
      assert.equal(world.client.needsConfirmation(secure), true);
      const confirmation = await world.client.confirm(secure, () => Promise.resolve(true));
      const page = requestOf(SECURE_FIELDS, { query: '?showSecureValues=true&cursor=2' });
      await world.client.send(secure, { session: world.session(), confirmation });
      await world.client.send(page, { session: world.session(), confirmation });
      for (const query of ['', '?showSecureValues=false', '?pageSize=1']) {
        await world.client.send(requestOf(SECURE_FIELDS, { query }), { session: world.session() });
      }
      for (const query of [
        '?showSecureValues=TRUE',
        '?showSecureValues',
        '?showSecureValues=false&showSecureValues=true',
        '?show%53ecureValues=1',
      ]) {
        assert.equal((await failureOf(world, requestOf(SECURE_FIELDS, { query }))).code, 'api.notConfirmed');
      }
    });
  });

  describe('E12: the rule of 401', () => {
    it('an expired token is renewed once and a GET sent once more', async () => {
      const world = new ApiWorld(expired, json([1]));
      const response = await world.client.send(requestOf(GET_DEVICE), { session: world.session() });
      assert.equal(response.failure, undefined);
      assert.deepEqual(world.forced, [false, true]);
      assert.deepEqual(
        world.sent.map(({ headers }) => headers?.['authorization']),
        ['Bearer token-1', 'Bearer token-2'],
      );
    });

    it('a second 401 is told and not followed by a third try', async () => {
      const world = new ApiWorld(expired);
      const response = await world.client.send(requestOf(GET_DEVICE), { session: world.session() });
      assert.equal(response.failure?.code, 'api.notAuthenticated');
      assert.equal(world.sent.length, 2);
    });

    it('what the renewal says is what is told', async () => {
      const world = new ApiWorld(expired);
      world.accessToken = ({ force }) => (force ? Promise.reject(ended()) : Promise.resolve('token'));
      assert.equal((await failureOf(world, requestOf(GET_DEVICE))).code, 'oauth.invalidGrant');
      assert.equal(world.sent.length, 1);
    });

    it('no POST is sent again; the token is renewed for the next one', async () => {
      const reading = new ApiWorld(expired);
      const read = await reading.client.send(requestOf(RUN_BOARD), { session: reading.session() });
      assert.deepEqual([read.failure?.code, reading.sent.length], ['api.notAuthenticated', 1]);
      const writing = new ApiWorld(expired);
      writing.mayWrite = true;
      const write = await writing.client.send(requestOf(PATCH_DEVICE), { session: writing.session() });
      assert.equal(write.failure?.code, 'api.tokenRenewed');
      assert.match(write.failure.message, /Nothing was executed; send it again/);
      assert.deepEqual([writing.sent.length, writing.forced], [1, [false, true]]);
    });

    const rows: readonly (readonly [number, object, string])[] = [
      [401, { error: 'insufficient_privileges' }, 'api.missingScope'],
      [403, { error: 'user_context_required', error_code: 5 }, 'api.userContextRequired'],
      [403, { resultCode: 'x' }, 'api.forbidden'],
      [404, { resultCode: 'FAILURE', errorMessage: 'HTTP 404 Not Found' }, 'api.notOnThisInstance'],
      [404, { resultCode: 'device_not_found' }, 'api.notFound'],
      [400, { resultCode: 'invalid_node_role', errorMessage: { code: 'a', params: {} } }, 'api.refused'],
      [500, { errorCode: 'x', message: 'y' }, 'server.unavailable'],
    ];
    for (const [status, body, code] of rows) {
      it(`${status} ${JSON.stringify(body)} is ${code}, with one sending and no renewal`, async () => {
        const world = new ApiWorld(json(body, { status, headers: { 'x-nj-request-id': 'r-9' } }));
        world.scopes = [];
        const response = await world.client.send(requestOf(GET_DEVICE), { session: world.session() });
        assert.equal(response.failure?.code, code);
        assert.equal(response.failure.support.requestId, 'r-9');
        assert.deepEqual([world.sent.length, world.forced], [1, [false]]);
      });
    }

    it('a missing scope and a missing right of the role are told apart', async () => {
      const world = new ApiWorld(json({ error: 'insufficient_privileges' }, { status: 401 }));
      world.mayWrite = true;
      world.scopes = ['monitoring'];
      const scope = await world.client.send(requestOf(PATCH_DEVICE), { session: world.session() });
      assert.equal(
        scope.failure?.message,
        '"Acme" is signed in without the scope management, which this needs. Tick it on the client app and add it to the connection, then sign in again.',
      );
      world.scopes = ['monitoring', 'management'];
      const right = await world.client.send(requestOf(PATCH_DEVICE), { session: world.session() });
      assert.equal(right.failure?.code, 'api.missingRight');
    });

    it('a token that the server repeats is not told', async () => {
      const world = new ApiWorld(json({ error: 'x', error_description: 'bad token-1 here' }, { status: 400 }));
      const response = await world.client.send(requestOf(GET_DEVICE), { session: world.session() });
      assert.doesNotMatch(JSON.stringify(response.failure), /token-1/);
    });
  });

  describe('E8: reads are sent again', () => {
    const page = '<html><body>Error: Rate Limit reached</body></html>';
    const passing = [
      ['429', json({}, { status: 429 }), 'server.busy'],
      ['503', json({}, { status: 503 }), 'server.unavailable'],
      ['a 503 page', text('<html>x</html>', { status: 503 }), 'server.webPage'],
      ['a throttle page with 200', text(page, { headers: { 'content-type': 'text/html' } }), 'server.busy'],
      ['a throttle page with 403', text(page, { status: 403 }), 'server.busy'],
    ] as const;
    for (const [name, answer, code] of passing) {
      it(`after ${name}: four tries, then the failure`, async () => {
        const world = new ApiWorld(answer);
        const response = await world.client.send(requestOf(GET_DEVICE), { session: world.session() });
        assert.equal(response.failure?.code, code);
        assert.equal(world.sent.length, 4);
        assert.deepEqual(world.pauses, [1000, 2000, 4000]);
      });
    }

    for (const kind of ['reset', 'failed', 'timeout'] as const) {
      it(`after ${kind}`, async () => {
        const world = new ApiWorld(trouble(kind), json([1]));
        const response = await world.client.send(requestOf(RUN_BOARD), { session: world.session() });
        assert.equal(response.failure, undefined);
        assert.equal(world.sent.length, 2);
      });
    }

    for (const kind of ['dns', 'refused', 'tls', 'proxy', 'offline', 'aborted'] as const) {
      it(`not after ${kind}`, async () => {
        const world = new ApiWorld(trouble(kind));
        await failureOf(world, requestOf(GET_DEVICE));
        assert.equal(world.sent.length, 1);
      });
    }

    for (const answer of [
      json({}, { status: 400 }),
      json({}, { status: 500 }),
      json({}, { status: 404 }),
      text('<html>Hello</html>'),
    ]) {
      it(`not after ${answer.status}`, async () => {
        const world = new ApiWorld(answer);
        await world.client.send(requestOf(GET_DEVICE), { session: world.session() });
        assert.equal(world.sent.length, 1);
      });
    }

    const waits: readonly (readonly [string, number])[] = [
      ['7', 7000],
      ['0', 0],
      ['1000000000', 300_000],
      ['-5', 1000],
      ['soon', 1000],
      ['Fri, 01 Jan 2100 00:00:00 GMT', 300_000],
    ];
    for (const [value, expected] of waits) {
      it(`T28: Retry-After ${value} waits ${expected} ms`, async () => {
        const world = new ApiWorld(json({}, { status: 429, headers: { 'retry-after': value } }), json([1]));
        const told: [number, string][] = [];
        await world.client.send(requestOf(GET_DEVICE), {
          session: world.session(),
          onPause: (milliseconds, failure) => told.push([milliseconds, failure.code]),
        });
        assert.deepEqual(world.pauses, [expected]);
        assert.deepEqual(told, [[expected, 'server.busy']]);
      });
    }

    it('Retry-After of a throttle page is honored', async () => {
      const world = new ApiWorld(text(page, { headers: { 'retry-after': '9' } }), json([1]));
      await world.client.send(requestOf(GET_DEVICE), { session: world.session() });
      assert.deepEqual(world.pauses, [9000]);
    });

    it('JSON that speaks of a rate limit is an answer', async () => {
      const world = new ApiWorld(json(['<html> rate limit']));
      const response = await world.client.send(requestOf(GET_DEVICE), { session: world.session() });
      assert.equal(response.failure, undefined);
    });

    it('a POST that makes a link is not sent again', async () => {
      const world = new ApiWorld(json({}, { status: 503 }));
      const request = requestOf(INSTALLER);
      const confirmation = await world.client.confirm(request, () => Promise.resolve(true));
      await world.client.send(request, { session: world.session(), confirmation });
      assert.equal(world.sent.length, 1);
    });

    it('cancelling ends a pause', async () => {
      const controller = new AbortController();
      const world = new ApiWorld(json({}, { status: 429 }));
      world.onSleep = () => controller.abort();
      assert.equal((await failureOf(world, requestOf(GET_DEVICE), { signal: controller.signal })).code, 'canceled');
      assert.equal(world.sent.length, 1);
    });

    it('canceled before the start, nothing is sent', async () => {
      const world = new ApiWorld();
      assert.equal((await failureOf(world, requestOf(GET_DEVICE), { signal: AbortSignal.abort() })).code, 'canceled');
      assert.deepEqual([world.sent, world.forced], [[], []]);
    });
  });

  describe('E9: writes are sent once', () => {
    for (const status of [429, 500, 503]) {
      it(`also after ${status}`, async () => {
        const world = new ApiWorld(json({}, { status, headers: { 'retry-after': '1' } }));
        world.mayWrite = true;
        const response = await world.client.send(requestOf(PATCH_DEVICE), { session: world.session() });
        assert.ok(response.failure);
        assert.deepEqual([world.sent.length, world.pauses], [1, []]);
      });
    }

    for (const kind of ['timeout', 'reset', 'failed', 'aborted'] as const) {
      it(`${kind}: it is unknown whether it was executed, and said so`, async () => {
        const world = new ApiWorld(trouble(kind));
        world.mayWrite = true;
        const failure = await failureOf(world, requestOf(PATCH_DEVICE));
        assert.equal(failure.code, 'api.unknownOutcome');
        assert.match(failure.message, /^It is unknown whether PATCH \/v2\/device\/\{id\} was executed/);
        assert.equal(world.sent.length, 1);
      });
    }

    for (const status of [502, 504]) {
      it(`${status} of a gateway: it is unknown whether it was executed`, async () => {
        const world = new ApiWorld(text('<html>Gateway</html>', { status }));
        world.mayWrite = true;
        const response = await world.client.send(requestOf(PATCH_DEVICE), { session: world.session() });
        assert.equal(response.failure?.code, 'api.unknownOutcome');
      });
    }

    for (const kind of ['dns', 'refused', 'tls', 'proxy', 'offline'] as const) {
      it(`${kind}: it did not reach NinjaOne, and the reason is told`, async () => {
        const world = new ApiWorld(trouble(kind));
        world.mayWrite = true;
        assert.equal((await failureOf(world, requestOf(PATCH_DEVICE))).code, `network.${kind}`);
      });
    }

    it('an error that is ours is not taken for an unknown outcome', async () => {
      const world = new ApiWorld(new TypeError('bug'));
      world.mayWrite = true;
      await assert.rejects(world.client.send(requestOf(PATCH_DEVICE), { session: world.session() }), TypeError);
    });
  });

  it('E7: a body that overflows goes to its sink, and its size is told', async () => {
    const overflow = { start() {}, write() {} };
    const world = new ApiWorld((request) => {
      assert.equal(request.overflow, overflow);
      assert.equal(request.maxBytes, 5);
      return { ...text('[1,2,'), overflow: 100 };
    });
    const response = await world.client.send(requestOf(LIST_DEVICES), {
      session: world.session(),
      overflow,
      maxBytes: 5,
    });
    assert.deepEqual([response.size, response.body.byteLength], [100, 5]);
  });

  it('is made of ports and starts nothing', () => {
    assert.ok(new ApiWorld().client instanceof ApiClient);
  });
});

async function failureOf(
  world: ApiWorld,
  request: ApiRequest,
  options: { confirmation?: Confirmation | undefined; signal?: AbortSignal } = {},
): Promise<NinjaOneError> {
  const outcome: unknown = await world.client
    .send(request, { session: world.session(), ...options })
    .catch((error: unknown) => error);
  assert.ok(isNinjaOneError(outcome), 'sent');
  return outcome;
}

function ended(): NinjaOneError {
  return new NinjaOneError({ code: 'oauth.invalidGrant', intent: 'signInAgain', template: 'The sign-in has ended.' });
}
