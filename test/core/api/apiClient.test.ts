import assert from 'node:assert/strict';
import { NinjaOneError, isNinjaOneError } from '../../../src/core/base/errors.ts';
import { l10n } from '../../../src/core/base/l10n.ts';
import { ApiClient, type Confirmation } from '../../../src/core/api/apiClient.ts';
import type { ApiRequest } from '../../../src/core/api/apiRequest.ts';
import type { Operation } from '../../../src/core/catalog/operation.ts';
import type { ApiResponse } from '../../../src/core/api/apiResponse.ts';
import type { HttpResponse } from '../../../src/core/http/transport.ts';
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
import { ApiClientFixture, json, requestOf, text, type FakeResponse } from '../../support/apiClientFixture.ts';

const URL_OF_API = new URL(ORIGIN);
const errorOf = (kind: NetworkErrorKind): NinjaOneError => networkError(kind, URL_OF_API);
const expired = json({ error: 'not_authenticated', error_code: 10 }, { status: 401 });

describe('ApiClient', () => {
  it('sends a read with the access token and no other credential, and returns the response unchanged', async () => {
    const fixture = new ApiClientFixture(
      json([{ id: 1 }], { headers: { 'x-nj-request-id': 'r-1', 'set-cookie': 'a=b', location: 'x' } }),
    );
    const response = await fixture.client.send(requestOf(LIST_DEVICES, { query: '?pageSize=1' }), {
      session: fixture.session(),
    });
    const [sent] = fixture.sent;
    assert.equal(sent?.url, `${ORIGIN}/v2/devices?pageSize=1`);
    assert.equal(sent.method, 'GET');
    assert.equal(sent.timeout, 1000);
    assert.deepEqual(sent.headers, { accept: 'application/json, */*;q=0.5', authorization: 'Bearer token-1' });
    assert.equal(response.status, 200);
    assert.deepEqual(response.headers, { 'content-type': 'application/json', 'x-nj-request-id': 'r-1' });
    assert.equal(response.size, 10);
    assert.equal(response.failure, undefined);
  });

  describe('with a request for another target', () => {
    const request = requestOf(GET_DEVICE);
    const wrong: readonly (readonly [string, ApiRequest])[] = [
      ['another host', { ...request, url: 'https://evil.com/v2/device/1' }],
      ['another scheme', { ...request, url: 'http://eu.ninjarmm.com/v2/device/1' }],
      ['another port', { ...request, url: `${ORIGIN}:8443/v2/device/1` }],
      ['a user name', { ...request, url: 'https://a@eu.ninjarmm.com/v2/device/1' }],
      ['another path', { ...request, url: `${ORIGIN}/v2/devices` }],
      ['a path that climbs with ..', { ...request, url: `${ORIGIN}/v2/device/../device/1` }],
      ['a path that climbs when it is decoded', { ...request, url: `${ORIGIN}/v2/device/..%2f1` }],
      ['a path that climbs when it is decoded twice', { ...request, url: `${ORIGIN}/v2/device/%252e%252e` }],
      ['an empty segment', { ...request, url: `${ORIGIN}/v2/device/` }],
      ['a fragment', { ...request, url: `${ORIGIN}/v2/device/1#x` }],
      ['a relative address', { ...request, url: '/v2/device/1' }],
      ['a session of another connection', { ...request, connection: connectionOf({ id: 'id-2' }) }],
      ['a method that differs from its key', { ...request, operation: { ...GET_DEVICE, method: 'DELETE' } }],
      ['a path that differs from its key', { ...request, operation: { ...GET_DEVICE, path: '/v2/{a}/{b}' } }],
    ];
    for (const [name, each] of wrong) {
      it(`refuses a request with ${name} (E11)`, async () => {
        const fixture = new ApiClientFixture();
        fixture.mayWrite = true;
        assert.equal((await failureOf(fixture, each)).code, 'api.wrongTarget');
        assert.deepEqual([fixture.sent, fixture.forced], [[], []]);
      });
    }
  });

  describe('deciding whether a request may be sent', () => {
    it('sends no write and fetches no token while the connection is read-only (E9)', async () => {
      for (const operation of [PATCH_DEVICE, DELETE_FIELD, REBOOT]) {
        const fixture = new ApiClientFixture();
        assert.equal((await failureOf(fixture, requestOf(operation))).code, 'api.readOnly');
        assert.deepEqual([fixture.sent, fixture.forced], [[], []]);
      }
    });

    it('does not send a write if the permission ends while the token is fetched (E9)', async () => {
      const fixture = new ApiClientFixture();
      fixture.mayWrite = true;
      fixture.accessToken = () => {
        fixture.mayWrite = false;
        return Promise.resolve('token');
      };
      assert.equal((await failureOf(fixture, requestOf(PATCH_DEVICE))).code, 'api.readOnly');
      assert.equal(fixture.sent.length, 0);
    });

    it('does not send a write if the permission ends or it is canceled while it is recorded (E9)', async () => {
      for (const code of ['api.readOnly', 'canceled']) {
        const fixture = new ApiClientFixture();
        fixture.mayWrite = true;
        const cancellation = new AbortController();
        const sending = fixture.client.send(requestOf(PATCH_DEVICE), {
          session: fixture.session(),
          signal: cancellation.signal,
          beforeWrite: () => {
            if (code === 'canceled') {
              cancellation.abort();
            }
            fixture.mayWrite = false;
            return Promise.resolve();
          },
        });
        await assert.rejects(sending, { code });
        assert.equal(fixture.sent.length, 0);
      }
    });

    it('does not send a write that is canceled while the token is fetched (E9)', async () => {
      const fixture = new ApiClientFixture();
      fixture.mayWrite = true;
      const cancellation = new AbortController();
      fixture.accessToken = () => {
        cancellation.abort();
        return Promise.resolve('token');
      };
      const sending = fixture.client.send(requestOf(PATCH_DEVICE), {
        session: fixture.session(),
        signal: cancellation.signal,
      });
      await assert.rejects(sending, { code: 'canceled' });
      assert.equal(fixture.sent.length, 0);
    });

    it('treats PUT, PATCH and DELETE as writes, whatever risk level the catalog gives them (E9)', async () => {
      for (const method of ['PUT', 'PATCH', 'DELETE']) {
        const fixture = new ApiClientFixture();
        const operation = operationOf(`${method} /v2/x`, { traits: { riskLevel: 'read' } });
        assert.equal((await failureOf(fixture, requestOf(operation))).code, 'api.readOnly');
      }
    });

    it('treats a GET whose risk level is not read as a write (E9)', async () => {
      const fixture = new ApiClientFixture();
      const operation = operationOf('GET /v2/x', { traits: { riskLevel: 'destructive' } });
      assert.equal((await failureOf(fixture, requestOf(operation))).code, 'api.readOnly');
    });

    it('treats a board run as a read, and sends an ordinary write without confirmation (E9)', async () => {
      const fixture = new ApiClientFixture();
      await fixture.client.send(requestOf(RUN_BOARD, { body: '{}' }), { session: fixture.session() });
      fixture.mayWrite = true;
      await fixture.client.send(requestOf(PATCH_DEVICE, { body: '{}' }), { session: fixture.session() });
      assert.deepEqual(
        fixture.sent.map(({ method, body, headers }) => [method, body, headers?.['content-type']]),
        [
          ['POST', '{}', 'application/json'],
          ['PATCH', '{}', 'application/json'],
        ],
      );
    });

    for (const operation of [DELETE_FIELD, REBOOT, DASHBOARD_URL, INSTALLER]) {
      it(`sends ${operation.key} only after confirmation (E9)`, async () => {
        const fixture = new ApiClientFixture();
        fixture.mayWrite = true;
        const request = requestOf(operation);
        const forged = { key: operation.key };
        for (const confirmation of [undefined, forged, {} as Confirmation]) {
          assert.equal((await failureOf(fixture, request, { confirmation })).code, 'api.notConfirmed');
        }
        assert.equal(await fixture.client.confirm(request, () => Promise.resolve(false)), undefined);
        assert.equal(fixture.sent.length, 0);
        const confirmation = await fixture.client.confirm(request, () => Promise.resolve(true));
        await fixture.client.send(request, { session: fixture.session(), confirmation });
        assert.equal(fixture.sent.length, 1);
      });
    }

    it('accepts a confirmation for one write only (E9)', async () => {
      const fixture = new ApiClientFixture();
      fixture.mayWrite = true;
      const request = requestOf(REBOOT, { body: '{"reason":"a"}' });
      const connection = connectionOf({ id: 'id-2' });
      const others: readonly ApiRequest[] = [
        requestOf(DELETE_FIELD),
        { ...request, url: request.url.replace('/device/1/', '/device/2/') },
        { ...request, body: '{"reason":"b"}' },
        { ...request, body: undefined },
        { ...request, url: `${request.url}?x=1` },
      ];
      const confirmation = await fixture.client.confirm(request, () => Promise.resolve(true));
      for (const other of others) {
        assert.equal((await failureOf(fixture, other, { confirmation })).code, 'api.notConfirmed');
      }
      const elsewhere = { session: fixture.session(connection), confirmation };
      await assert.rejects(fixture.client.send({ ...request, connection }, elsewhere), { code: 'api.notConfirmed' });
      await fixture.client.send(request, { session: fixture.session(), confirmation });
      assert.equal((await failureOf(fixture, request, { confirmation })).code, 'api.notConfirmed');
      assert.equal(fixture.sent.length, 1);
    });

    it('does not accept the confirmation of a form with other parts (E9, E15)', async () => {
      const fixture = new ApiClientFixture(json([]));
      fixture.mayWrite = true;
      const form = [{ name: 'file', file: 'a.txt', contentType: 'text/plain' }];
      const request = { ...requestOf(REBOOT, { body: '{}' }), form };
      const confirmation = await fixture.client.confirm(request, () => Promise.resolve(true));
      const other = { ...request, form: [{ ...form[0]!, file: 'b.txt' }] };
      assert.equal((await failureOf(fixture, other, { confirmation })).code, 'api.notConfirmed');
      assert.deepEqual(fixture.sent, []);
    });

    it('does not accept the confirmation of another operation or of another object (E9)', async () => {
      const fixture = new ApiClientFixture();
      fixture.mayWrite = true;
      const risky = (key: string): ApiRequest => requestOf(operationOf(key, { traits: { riskLevel: 'deviceAction' } }));
      const write = await fixture.client.confirm(risky('POST /v2/x'), () => Promise.resolve(true));
      assert.equal((await failureOf(fixture, risky('PUT /v2/x'), { confirmation: write })).code, 'api.notConfirmed');
      const read = requestOf(DASHBOARD_URL);
      const confirmation = await fixture.client.confirm(read, () => Promise.resolve(true));
      const other = { ...read, url: read.url.replace('/device/1/', '/device/2/') };
      assert.equal((await failureOf(fixture, other, { confirmation })).code, 'api.notConfirmed');
      assert.equal(fixture.sent.length, 0);
    });

    it('does not accept a confirmation that another client gave (E9)', async () => {
      const fixture = new ApiClientFixture();
      const confirmation = await new ApiClientFixture().client.confirm(requestOf(DASHBOARD_URL), () =>
        Promise.resolve(true),
      );
      assert.equal((await failureOf(fixture, requestOf(DASHBOARD_URL), { confirmation })).code, 'api.notConfirmed');
    });

    it('asks once for all pages of a list with secure values, and not at all for a list without them (E4, E9)', async () => {
      const fixture = new ApiClientFixture();
      const secure = requestOf(SECURE_FIELDS, { query: '?showSecureValues=true' });
      assert.equal(fixture.client.needsConfirmation(secure), true);
      const confirmation = await fixture.client.confirm(secure, () => Promise.resolve(true));
      const page = requestOf(SECURE_FIELDS, { query: '?showSecureValues=true&cursor=2' });
      await fixture.client.send(secure, { session: fixture.session(), confirmation });
      await fixture.client.send(page, { session: fixture.session(), confirmation });
      for (const query of ['', '?showSecureValues=false', '?pageSize=1']) {
        await fixture.client.send(requestOf(SECURE_FIELDS, { query }), { session: fixture.session() });
      }
      for (const query of [
        '?showSecureValues=TRUE',
        '?showSecureValues',
        '?showSecureValues=false&showSecureValues=true',
        '?show%53ecureValues=1',
      ]) {
        assert.equal((await failureOf(fixture, requestOf(SECURE_FIELDS, { query }))).code, 'api.notConfirmed');
      }
    });
  });

  describe('with a refused request', () => {
    it('renews an expired token once and repeats a GET (E12)', async () => {
      const fixture = new ApiClientFixture(expired, json([1]));
      const response = await fixture.client.send(requestOf(GET_DEVICE), { session: fixture.session() });
      assert.equal(response.failure, undefined);
      assert.deepEqual(fixture.forced, [false, true]);
      assert.deepEqual(
        fixture.sent.map(({ headers }) => headers?.['authorization']),
        ['Bearer token-1', 'Bearer token-2'],
      );
    });

    it('sends a read that may be sent only once not even with a new token (E12)', async () => {
      const fixture = new ApiClientFixture(expired, json([1]));
      const response = await fixture.client.send(requestOf(GET_DEVICE), { session: fixture.session(), once: true });
      assert.equal(response.failure?.code, 'api.notAuthenticated');
      assert.deepEqual([fixture.sent.length, fixture.forced], [1, [false]]);
    });

    it('reports a second 401 without a third attempt (E12)', async () => {
      const fixture = new ApiClientFixture(expired);
      const response = await fixture.client.send(requestOf(GET_DEVICE), { session: fixture.session() });
      assert.equal(response.failure?.code, 'api.notAuthenticated');
      assert.equal(fixture.sent.length, 2);
    });

    it('reports the error of the renewal if the token cannot be renewed (E12)', async () => {
      const fixture = new ApiClientFixture(expired);
      fixture.accessToken = ({ force }) => (force ? Promise.reject(ended()) : Promise.resolve('token'));
      assert.equal((await failureOf(fixture, requestOf(GET_DEVICE))).code, 'oauth.invalidGrant');
      assert.equal(fixture.sent.length, 1);
    });

    it('never repeats a POST, and renews the token for the next request (E12)', async () => {
      const reading = new ApiClientFixture(expired);
      const read = await reading.client.send(requestOf(RUN_BOARD), { session: reading.session() });
      assert.deepEqual([read.failure?.code, reading.sent.length], ['api.notAuthenticated', 1]);
      const writing = new ApiClientFixture(expired);
      writing.mayWrite = true;
      const write = await writing.client.send(requestOf(PATCH_DEVICE), { session: writing.session() });
      assert.equal(write.failure?.code, 'api.tokenRenewed');
      assert.match(write.failure.message, /The request was not executed\. Send it again/);
      assert.deepEqual([writing.sent.length, writing.forced], [1, [false, true]]);
    });

    const rows: readonly (readonly [number, object, string])[] = [
      [401, { error: 'insufficient_privileges' }, 'api.missingScope'],
      [403, { error: 'user_context_required', error_code: 5 }, 'api.userContextRequired'],
      [403, { resultCode: 'x' }, 'api.forbidden'],
      [404, { resultCode: 'FAILURE', errorMessage: 'HTTP 404 Not Found' }, 'api.notFound'],
      [404, { resultCode: 'device_not_found' }, 'api.notFound'],
      [400, { resultCode: 'invalid_node_role', errorMessage: { code: 'a', params: {} } }, 'api.refused'],
      [500, { errorCode: 'x', message: 'y' }, 'server.unavailable'],
    ];
    for (const [status, body, code] of rows) {
      it(`reports ${status} ${JSON.stringify(body)} as ${code} after one attempt, without a renewal (E12)`, async () => {
        const fixture = new ApiClientFixture(json(body, { status, headers: { 'x-nj-request-id': 'r-9' } }));
        fixture.scopes = [];
        const response = await fixture.client.send(requestOf(GET_DEVICE), { session: fixture.session() });
        assert.equal(response.failure?.code, code);
        assert.equal(response.failure.support.requestId, 'r-9');
        assert.deepEqual([fixture.sent.length, fixture.forced], [1, [false]]);
      });
    }

    it('renews no token for a right that the role lacks, whichever member says so (E12)', async () => {
      for (const body of [{ error: 'insufficient_privileges' }, { resultCode: 'insufficient_privileges' }]) {
        for (const status of [401, 403]) {
          const fixture = new ApiClientFixture(json(body, { status }));
          const { failure } = await fixture.client.send(requestOf(GET_DEVICE), { session: fixture.session() });
          assert.equal(failure?.code, 'api.missingRight');
          assert.deepEqual([fixture.sent.length, fixture.forced], [1, [false]]);
        }
      }
    });

    it('distinguishes a missing scope from a missing right of the role (E12)', async () => {
      const fixture = new ApiClientFixture(json({ error: 'insufficient_privileges' }, { status: 401 }));
      fixture.mayWrite = true;
      fixture.scopes = ['monitoring'];
      const scope = await fixture.client.send(requestOf(PATCH_DEVICE), { session: fixture.session() });
      assert.equal(
        scope.failure?.message,
        '"Acme" is signed in without the required scope management. Select it on the client app and add it to the connection, then sign in again.',
      );
      fixture.scopes = ['monitoring', 'management'];
      const right = await fixture.client.send(requestOf(PATCH_DEVICE), { session: fixture.session() });
      assert.equal(right.failure?.code, 'api.missingRight');
    });

    it('says "probably" where the scope of the operation is a guess (E4, E12)', async () => {
      const fixture = new ApiClientFixture(json({ error: 'insufficient_privileges' }, { status: 401 }));
      const guess = operationOf('GET /v2/device/{id}', { traits: { isScopeGuess: true } });
      for (const [scopes, code] of [
        [[], 'api.missingScope'],
        [['monitoring'], 'api.missingRight'],
      ] as const) {
        fixture.scopes = scopes;
        const { failure } = await fixture.client.send(requestOf(guess), { session: fixture.session() });
        assert.equal(failure?.code, code);
        assert.match(failure.message, /the scope monitoring, which is probably/);
        const known = await fixture.client.send(requestOf(GET_DEVICE), { session: fixture.session() });
        assert.doesNotMatch(known.failure?.message ?? '', /probably/);
      }
    });
    const missing = json({ resultCode: 'FAILURE', errorMessage: 'HTTP 404 Not Found' }, { status: 404 });
    const explained: readonly (readonly [Operation, boolean | undefined, code: string, RegExp, action: string])[] = [
      [
        GET_DEVICE,
        true,
        'api.notFound',
        /^Operation: NinjaOne has no object with id 1 \(404\)\. An ID is probably wrong/,
        'showLog',
      ],
      [
        GET_DEVICE,
        undefined,
        'api.notFound',
        /^Operation: NinjaOne has no object with id 1 \(404\)\. An ID is probably/,
        'showLog',
      ],
      [GET_DEVICE, false, 'api.notOnThisInstance', /does not support GET \/v2\/device\/\{id\}/, 'refreshOperations'],
      [LIST_DEVICES, true, 'api.notFound', /^Operation: NinjaOne found nothing \(404\): HTTP 404 Not Found/, 'showLog'],
      [LIST_DEVICES, undefined, 'api.notFound', /refresh the operations to see whether/, 'refreshOperations'],
      [LIST_DEVICES, false, 'api.notOnThisInstance', /does not support GET \/v2\/devices/, 'refreshOperations'],
    ];
    it('says in one short sentence which device or organization does not exist (E12)', async () => {
      const fixture = new ApiClientFixture(json({ errorMessage: 'Entity not found' }, { status: 404 }));
      for (const [kind, said] of [
        ['device', 'Get device: no device has the ID 1 (404).'],
        ['organization', 'Get device: no organization has the ID 1 (404).'],
        [
          'ticket',
          'Get device: NinjaOne has no object with id 1 (404). An ID is probably wrong, or the object was deleted.',
        ],
      ] as const) {
        const parameters = GET_DEVICE.parameters.map((each) => ({ ...each, kind }));
        const operation = { ...GET_DEVICE, title: 'Get device', parameters };
        const { failure } = await fixture.client.send(requestOf(operation), { session: fixture.session() });
        assert.equal(failure?.message, said);
      }
    });

    it('names the operation and the status of a refusal in place of the host (E12)', async () => {
      const fixture = new ApiClientFixture(json({ errorMessage: 'The filter is wrong' }, { status: 400 }));
      const { failure } = await fixture.client.send(requestOf(LIST_DEVICES), { session: fixture.session() });
      assert.equal(
        failure?.message,
        'Operation: NinjaOne refused the request (400): The filter is wrong. Check its values.',
      );
    });

    for (const [operation, isDescribed, code, sentence, action] of explained) {
      it(`explains a 404 of ${operation.key} by the description of the instance, which ${isDescribed === undefined ? 'is not known' : isDescribed ? 'has it' : 'lacks it'} (E12)`, async () => {
        const fixture = new ApiClientFixture(missing);
        fixture.isDescribed = isDescribed;
        const { failure } = await fixture.client.send(requestOf(operation), { session: fixture.session() });
        assert.deepEqual([failure?.code, failure?.action], [code, action]);
        assert.match(failure?.message ?? '', sentence);
      });
    }

    it('never includes the access token in a message, even if the server repeats it (E12)', async () => {
      const fixture = new ApiClientFixture(
        json({ error: 'x', error_description: 'bad token-1 here' }, { status: 400 }),
      );
      const response = await fixture.client.send(requestOf(GET_DEVICE), { session: fixture.session() });
      assert.doesNotMatch(JSON.stringify(response.failure), /token-1/);
    });
  });

  describe('with a failed read', () => {
    const page = '<html><body>Error: Rate Limit reached</body></html>';
    const temporary = [
      ['429', json({}, { status: 429 }), 'server.busy'],
      ['503', json({}, { status: 503 }), 'server.unavailable'],
      ['a 503 page', text('<html>x</html>', { status: 503 }), 'server.unavailable'],
      ['a throttling page with 200', text(page, { headers: { 'content-type': 'text/html' } }), 'server.busy'],
      ['a throttling page with 403', text(page, { status: 403 }), 'server.busy'],
      ['a text with 200', text('Rate limit exceeded.'), 'server.busy'],
      ['a JSON string with 200', json('Too many requests'), 'server.busy'],
    ] as const;
    for (const [name, fakeResponse, code] of temporary) {
      it(`gives up after four attempts with ${name} (E8)`, async () => {
        const fixture = new ApiClientFixture(fakeResponse);
        const response = await fixture.client.send(requestOf(GET_DEVICE), { session: fixture.session() });
        assert.equal(response.failure?.code, code);
        assert.equal(fixture.sent.length, 4);
        assert.deepEqual(fixture.pauses, [1000, 2000, 4000]);
      });
    }

    for (const kind of ['reset', 'failed', 'timeout'] as const) {
      it(`sends the request again after the network error ${kind} (E8)`, async () => {
        const fixture = new ApiClientFixture(errorOf(kind), json([1]));
        const response = await fixture.client.send(requestOf(RUN_BOARD), { session: fixture.session() });
        assert.equal(response.failure, undefined);
        assert.equal(fixture.sent.length, 2);
      });
    }

    for (const kind of ['dns', 'refused', 'tls', 'proxy', 'offline', 'aborted'] as const) {
      it(`does not send the request again after the network error ${kind} (E8)`, async () => {
        const fixture = new ApiClientFixture(errorOf(kind));
        await failureOf(fixture, requestOf(GET_DEVICE));
        assert.equal(fixture.sent.length, 1);
      });
    }

    for (const fakeResponse of [
      json({}, { status: 400 }),
      json({}, { status: 500 }),
      json({}, { status: 404 }),
      text('<html>Hello</html>'),
    ]) {
      it(`does not send the request again after status ${fakeResponse.status} (E8)`, async () => {
        const fixture = new ApiClientFixture(fakeResponse);
        await fixture.client.send(requestOf(GET_DEVICE), { session: fixture.session() });
        assert.equal(fixture.sent.length, 1);
      });
    }

    const waits: readonly (readonly [string, number])[] = [
      ['7', 7000],
      ['0', 500],
      ['Thu, 01 Jan 2015 00:00:00 GMT', 500],
      ['1000000000', 300_000],
      ['-5', 1000],
      ['soon', 1000],
      ['Fri, 01 Jan 2100 00:00:00 GMT', 300_000],
    ];
    for (const [value, expected] of waits) {
      it(`waits ${expected} ms for Retry-After ${value} (E8, T28)`, async () => {
        const fixture = new ApiClientFixture(json({}, { status: 429, headers: { 'retry-after': value } }), json([1]));
        const pauses: [number, string][] = [];
        await fixture.client.send(requestOf(GET_DEVICE), {
          session: fixture.session(),
          onPause: (milliseconds, failure) => pauses.push([milliseconds, failure.code]),
        });
        assert.deepEqual(fixture.pauses, [expected]);
        assert.deepEqual(pauses, [[expected, 'server.busy']]);
      });
    }

    it('honors Retry-After of a throttling page (E8)', async () => {
      const fixture = new ApiClientFixture(text(page, { headers: { 'retry-after': '9' } }), json([1]));
      await fixture.client.send(requestOf(GET_DEVICE), { session: fixture.session() });
      assert.deepEqual(fixture.pauses, [9000]);
    });

    it('accepts JSON that mentions a rate limit as a success (E8)', async () => {
      const fixture = new ApiClientFixture(json(['<html> rate limit']));
      const response = await fixture.client.send(requestOf(GET_DEVICE), { session: fixture.session() });
      assert.equal(response.failure, undefined);
    });

    for (const [name, type] of [
      ['web page', 'text/html'],
      ['text', 'text/plain'],
      ['JSON string', 'application/json'],
    ] as const) {
      it(`takes a downloaded ${name} about too many requests for a success (E7, E8)`, async () => {
        const content = name === 'JSON string' ? '"Too many requests"' : '<html>Too many requests</html>';
        const headers = { 'content-type': type, 'content-disposition': 'attachment; filename="429.html"' };
        const fixture = new ApiClientFixture(text(content, { headers }));
        const response = await fixture.client.send(requestOf(GET_DEVICE), { session: fixture.session() });
        assert.deepEqual([response.failure, fixture.sent.length], [undefined, 1]);
        assert.equal(Buffer.from(response.body).toString(), content);
      });
    }

    it('takes a long text that mentions a rate limit for a success (E8)', async () => {
      const fixture = new ApiClientFixture(text(`${'Notes. '.repeat(100)} Rate limit`));
      const response = await fixture.client.send(requestOf(GET_DEVICE), { session: fixture.session() });
      assert.equal(response.failure, undefined);
    });

    it('does not repeat a POST that creates a link (E8)', async () => {
      const fixture = new ApiClientFixture(json({}, { status: 503 }));
      const request = requestOf(INSTALLER);
      const confirmation = await fixture.client.confirm(request, () => Promise.resolve(true));
      await fixture.client.send(request, { session: fixture.session(), confirmation });
      assert.equal(fixture.sent.length, 1);
    });

    it('stops waiting for the next attempt when it is canceled (E8)', async () => {
      const controller = new AbortController();
      const fixture = new ApiClientFixture(json({}, { status: 429 }));
      fixture.onSleep = () => controller.abort();
      assert.equal((await failureOf(fixture, requestOf(GET_DEVICE), { signal: controller.signal })).code, 'canceled');
      assert.equal(fixture.sent.length, 1);
    });

    it('sends nothing if it is canceled before the start (E8)', async () => {
      const fixture = new ApiClientFixture();
      assert.equal((await failureOf(fixture, requestOf(GET_DEVICE), { signal: AbortSignal.abort() })).code, 'canceled');
      assert.deepEqual([fixture.sent, fixture.forced], [[], []]);
    });
  });

  it('says what the server says in the charset of the response (E7, E12)', async () => {
    const words = 'Wert ungültig';
    for (const [type, body] of [
      ['text/plain; charset=iso-8859-1', Buffer.from(words, 'latin1')],
      ['application/json; charset=iso-8859-1', Buffer.from(JSON.stringify({ errorMessage: words }), 'latin1')],
      ['application/json; charset=utf-16le', Buffer.from(JSON.stringify({ errorMessage: words }), 'utf16le')],
      ['application/json; charset=iso-8859-1', Buffer.from(JSON.stringify({ errorMessage: words }))],
    ] as const) {
      const fixture = new ApiClientFixture({ status: 400, headers: new Headers({ 'content-type': type }), body });
      const { failure } = await fixture.client.send(requestOf(GET_DEVICE), { session: fixture.session() });
      assert.ok(failure?.message.includes(words), `${type}: ${failure?.message}`);
    }
  });

  it('takes no failure that a success reports for the data of a read (E8, E9)', async () => {
    for (const [value, words] of [
      [{ resultCode: 'FAILURE', errorMessage: 'Device not found', incidentId: 'i1' }, 'Device not found'],
      [{ error: 'not_found', error_description: 'Device not found' }, 'Device not found'],
      [{ results: [], error: 'timeout', resultCode: 'FAILURE' }, 'timeout'],
      [{ results: [], success: false, message: 'Device not found' }, 'Device not found'],
      [{ errors: ['Device not found'] }, 'Device not found'],
    ] as const) {
      const fixture = new ApiClientFixture(json(value));
      const response = await fixture.client.send(requestOf(GET_DEVICE), { session: fixture.session() });
      assert.equal(response.failure?.code, 'api.reportedFailure', JSON.stringify(value));
      assert.ok(response.failure.message.includes(`answered HTTP 200, but reports a failure: ${words}.`));
      assert.equal(fixture.sent.length, 1);
    }
    for (const value of [
      { id: 7, error: 'The disk is full', status: 500, title: 'A device' },
      [{ resultCode: 'FAILURE' }],
      { results: [{ success: false, error: 'x' }], errors: [] },
      { result: 'Backup FAILURE' },
    ]) {
      const fixture = new ApiClientFixture(json(value));
      const response = await fixture.client.send(requestOf(GET_DEVICE), { session: fixture.session() });
      assert.equal(response.failure, undefined, JSON.stringify(value));
    }
  });

  describe('with a failed write', () => {
    const send = async (...responses: readonly FakeResponse[]): Promise<[ApiResponse, ApiClientFixture]> => {
      const fixture = new ApiClientFixture(...responses);
      fixture.mayWrite = true;
      const response = await fixture.client.send(requestOf(PATCH_DEVICE), { session: fixture.session() });
      assert.deepEqual([fixture.sent.length, fixture.pauses], [1, []]);
      return [response, fixture];
    };

    const page = '<html>Web server returned an unknown error</html>';
    const location = 'https://login.example/';
    const unproven: readonly (readonly [string, HttpResponse])[] = [
      ...[500, 501, 502, 503, 504, 520, 522, 524, 599, 408, 421, 425, 499].map(
        (status) => [`status ${status}`, json({ resultCode: 'FAILURE' }, { status })] as const,
      ),
      ...[200, 401, 403, 404, 429, 500, 503, 524].map(
        (status) => [`a web page with status ${status}`, text(page, { status })] as const,
      ),
      ...[301, 302, 307].map(
        (status) => [`a redirect with ${status}`, text('', { status, headers: { location } })] as const,
      ),
      ['a throttling page with status 200', text('<html>Rate limit</html>')],
      ['a page that is called JSON', text(page, { headers: { 'content-type': 'application/json' } })],
      ['a page that begins with a comment', text(`<!-- x -->${page}`, { headers: { 'content-type': 'text/html' } })],
      ['a success that says in a text that there are too many requests', text('Too many requests')],
      ['a success that says so in a JSON string', json('Request limit exceeded')],
      [
        'a success whose JSON ends in the middle',
        text('{"id": 1, "name": "Pri', { headers: { 'content-type': 'application/json' } }),
      ],
      ['a word', text('OK')],
    ];
    for (const [name, response] of unproven) {
      it(`says that it is unknown whether the write was executed, sends it once and offers no retry, after ${name} (E9)`, async () => {
        const [{ failure, outcome, status }] = await send(response);
        assert.deepEqual([outcome, failure?.code, failure?.action], ['unknown', 'api.unknownOutcome', 'showLog']);
        assert.ok(failure?.message.includes(`(HTTP ${status}) does not prove it`), failure?.message);
      });
    }

    for (const [name, response] of [
      ['a JSON object', json({ id: 1 })],
      ['an empty body', text('', { status: 204 })],
      ['an empty body that is called a page', text('', { headers: { 'content-type': 'text/html' } })],
      ['JSON that is called a page', text('{"id":1}', { headers: { 'content-type': 'text/html' } })],
      ['a result', json({ resultCode: 'SUCCESS', errorMessage: '' })],
      ['an object with a status', json([{ status: 500 }])],
      ['JSON lines', text('{"id":1}\n{"id":2}\n')],
      ['a downloaded page', text(page, { headers: { 'content-disposition': 'attachment; filename=a.html' } })],
    ] as const) {
      it(`takes a success with ${name} for one (E9)`, async () => {
        const [{ failure, outcome }] = await send(response);
        assert.deepEqual([outcome, failure], ['known', undefined]);
      });
    }

    it('says after a 429 of NinjaOne that the write was not executed, and offers no retry (E8, E9)', async () => {
      const [{ failure, outcome }] = await send(json({}, { status: 429, headers: { 'retry-after': '7' } }));
      assert.deepEqual([outcome, failure?.code, failure?.action], ['refused', 'server.busy', 'showLog']);
      assert.equal(failure?.retryAfter, 7000);
      assert.match(failure.message, /did not execute PATCH/);
    });

    it('keeps the ids for the support of NinjaOne when the outcome is unknown (A16, E9)', async () => {
      const headers = { 'x-nj-request-id': 'r-1' };
      const [{ failure }] = await send(json({ incidentId: 'i-1' }, { status: 500, headers }));
      assert.deepEqual(failure?.support, { status: 500, incidentId: 'i-1', requestId: 'r-1' });
    });

    for (const status of [400, 403, 404, 409, 422]) {
      for (const [body, words] of [
        ['The name is taken', 'The name is taken'],
        ['[{"errorMessage":"The name is taken"},"and too long"]', 'The name is taken; and too long'],
        ['"The name is taken"', 'The name is taken'],
      ] as const) {
        it(`is refused with the text of the server, and nothing says to try again, after ${status} ${body} (E9, A16)`, async () => {
          const [{ failure, outcome }] = await send(text(body, { status }));
          assert.equal(outcome, 'refused');
          assert.ok(failure?.message.includes(words), failure?.message);
          assert.doesNotMatch(failure?.message ?? '', /try again|could not be read/i);
        });
      }
    }

    for (const [name, response] of [
      ['an object', json({ resultCode: 'FAILURE', errorMessage: 'The name is taken' })],
      ['an error with an incident', json({ errorMessage: { code: 'The name is taken' }, incidentId: 'x' })],
      ['every item of a 207', json([{ status: 400, message: 'The name is taken' }], { status: 207 })],
      ['every item of a list', json({ results: [{ resultCode: 'FAILURE', errorMessage: 'The name is taken' }] })],
      ['the form of OAuth', json({ error: 'invalid', error_description: 'The name is taken' })],
      ['the form of RFC 9457', json({ type: 'about:blank', title: 'The name is taken', status: 409 })],
      ['an error code', json({ errorCode: 'taken', message: 'The name is taken' })],
      ['a message only', json({ errorMessage: 'The name is taken' })],
      ['a result', json({ result: { resultCode: 'FAILURE', errorMessage: 'The name is taken' } })],
      ['success', json({ success: false, message: 'The name is taken' })],
      ['result', json({ result: 'ERROR', errors: ['The name is taken'] })],
      ['success of every item', json([{ id: 1, success: false, error: 'The name is taken' }])],
      [
        'UTF-16',
        {
          ...json({}, { headers: { 'content-type': 'application/json; charset=utf-16le' } }),
          body: Buffer.from('{"success":false,"message":"The name is taken"}', 'utf16le'),
        },
      ],
    ] as const) {
      it(`is refused when a success reports a failure in ${name} (E9)`, async () => {
        const [{ failure, outcome, status }] = await send(response);
        assert.deepEqual([outcome, failure?.code, failure?.action], ['refused', 'api.reportedFailure', 'showLog']);
        assert.ok(failure?.message.includes(`HTTP ${status}, but reports a failure: The name is taken.`));
      });
    }

    for (const [name, response] of [
      ['a list', json([{ resultCode: 'SUCCESS' }, { resultCode: 'FAILURE', errorMessage: 'The name is taken' }])],
      [
        'a list with items that say nothing',
        json([{ id: 1 }, { resultCode: 'ERROR', errorMessage: 'The name is taken' }]),
      ],
      [
        'a list with errors beside it',
        json({ created: [{ id: 1 }], errors: [{ id: 2, message: 'The name is taken' }] }),
      ],
      ['a partial success', json({ resultCode: 'PARTIAL_SUCCESS', errorMessage: 'The name is taken' })],
      ['an object that was created', json({ id: 5, error: 'The name is taken' })],
      ['a result with errors', json({ success: true, errors: ['The name is taken'] })],
      ['a 207', json({ items: [{ status: 200 }, { status: 409, message: 'The name is taken' }] }, { status: 207 })],
    ] as const) {
      it(`has an unknown outcome when a success reports a failure in some items of ${name} (E9)`, async () => {
        const [{ failure, outcome }] = await send(response);
        assert.deepEqual([outcome, failure?.code, failure?.action], ['unknown', 'api.reportedFailure', 'showLog']);
        assert.match(failure?.message ?? '', /a part of PATCH .* failed: The name is taken\. Check the result/);
      });
    }

    it('is known after a success whose members only sound like a failure (E9)', async () => {
      for (const value of [
        { id: 1, error: null, errors: [], result: 'SUCCESS', success: true },
        { id: 1, error: '', status: 1000, title: 'Printer fails' },
        { id: 1, result: 'The backup failed in May' },
        [{ id: 1, status: 'FAILED' }],
      ]) {
        const [{ failure, outcome }] = await send(json(value));
        assert.deepEqual([outcome, failure], ['known', undefined], JSON.stringify(value));
      }
    });

    it('offers no retry after any refusal or missing token (E9)', async () => {
      for (const status of [400, 401, 403, 404, 409, 415, 422]) {
        for (const body of ['{}', '{"error":"not_authenticated"}', 'no', '']) {
          const [{ failure, outcome }] = await send(text(body, { status }));
          const expected = status === 401 && !body.startsWith('{') ? 'unknown' : 'refused';
          assert.deepEqual([outcome, failure?.action === 'retry'], [expected, false], `${status} ${body}`);
        }
      }
      const fixture = new ApiClientFixture();
      fixture.mayWrite = true;
      fixture.accessToken = () => Promise.reject(errorOf('offline'));
      const { code, action } = await failureOf(fixture, requestOf(PATCH_DEVICE));
      assert.deepEqual([code, action, fixture.sent.length], ['network.offline', 'showLog', 0]);
    });

    for (const kind of ['timeout', 'reset', 'failed', 'aborted'] as const) {
      it(`reports an unknown outcome after the network error ${kind} (E9)`, async () => {
        const fixture = new ApiClientFixture(errorOf(kind));
        fixture.mayWrite = true;
        const failure = await failureOf(fixture, requestOf(PATCH_DEVICE));
        assert.equal(failure.code, 'api.unknownOutcome');
        assert.match(failure.message, /^It is unknown whether PATCH \/v2\/device\/\{id\} was executed/);
        assert.equal(fixture.sent.length, 1);
      });
    }

    for (const kind of ['dns', 'refused', 'tls', 'checksOff', 'proxy', 'offline'] as const) {
      it(`reports the network error ${kind}, because the write did not reach the server (E9)`, async () => {
        const fixture = new ApiClientFixture(errorOf(kind));
        fixture.mayWrite = true;
        const { code, action } = await failureOf(fixture, requestOf(PATCH_DEVICE));
        assert.equal(code, `network.${kind}`);
        assert.notEqual(action, 'retry');
      });
    }

    it('rethrows a programming error instead of reporting an unknown outcome (E9)', async () => {
      const fixture = new ApiClientFixture(new TypeError('bug'));
      fixture.mayWrite = true;
      await assert.rejects(fixture.client.send(requestOf(PATCH_DEVICE), { session: fixture.session() }), TypeError);
    });
  });

  it('streams a body that is too large to its sink and reports the whole size (E7)', async () => {
    const overflow = { start() {}, write() {} };
    const fixture = new ApiClientFixture((request) => {
      assert.equal(request.overflow, overflow);
      assert.equal(request.maxBytes, 5);
      return { ...text('[1,2,'), overflow: 100 };
    });
    const response = await fixture.client.send(requestOf(LIST_DEVICES), {
      session: fixture.session(),
      overflow,
      maxBytes: 5,
    });
    assert.deepEqual([response.size, response.body.byteLength], [100, 5]);
  });

  for (const [rest, outcome] of [
    ['3]', 'known'],
    ['3', 'unknown'],
    ['{"id":1,"resultCode":"SUCCESS","errorMessage":null,"errors":[],"success":true}]', 'known'],
    ['{"id":1,"resultCode":"VALIDATION_ERROR"}]', 'unknown'],
    ['{"errors" : [ "no" ]}]', 'unknown'],
    ['{"success":false}]', 'unknown'],
    ['{"error":{"code":1}}]', 'unknown'],
    ['{"failed":[3]}]', 'unknown'],
  ] as const) {
    it(`calls the outcome of a write ${outcome} whose response is too large and ends with ${rest} (E7, E9)`, async () => {
      const received: string[] = [];
      const fixture = new ApiClientFixture(async ({ overflow }) => {
        await overflow?.start();
        await overflow?.write(Buffer.from('[1,2,'));
        await overflow?.write(Buffer.from(rest.slice(0, 9)));
        await overflow?.write(Buffer.from(rest.slice(9)));
        return { ...text('[1,2,'), overflow: 5 + rest.length };
      });
      fixture.mayWrite = true;
      const response = await fixture.client.send(requestOf(PATCH_DEVICE), {
        session: fixture.session(),
        overflow: { start() {}, write: (part) => void received.push(Buffer.from(part).toString()) },
        maxBytes: 5,
      });
      assert.deepEqual([response.outcome, received.join('')], [outcome, `[1,2,${rest}`]);
      assert.equal(response.failure?.code, outcome === 'known' ? undefined : 'api.unknownOutcome');
    });
  }

  it('starts nothing when it is created', () => {
    assert.ok(new ApiClientFixture().client instanceof ApiClient);
  });
});

async function failureOf(
  fixture: ApiClientFixture,
  request: ApiRequest,
  options: { confirmation?: Confirmation | undefined; signal?: AbortSignal } = {},
): Promise<NinjaOneError> {
  const outcome: unknown = await fixture.client
    .send(request, { session: fixture.session(), ...options })
    .catch((error: unknown) => error);
  assert.ok(isNinjaOneError(outcome), 'sent');
  return outcome;
}

function ended(): NinjaOneError {
  return new NinjaOneError({
    code: 'oauth.invalidGrant',
    intent: 'signInAgain',
    message: l10n.t('The sign-in has ended.'),
  });
}
