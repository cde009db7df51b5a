import assert from 'node:assert/strict';
import { HUGE_BYTES, type ApiShape } from '../apiShapes.ts';
import { Misbehaviors, isInsteadFault } from '../misbehavior.ts';
import { startSandbox, type Sandbox } from '../sandbox.ts';
import { callApi, jsonBody, type ApiCallResult } from '../../test/support/apiCalls.ts';
import { SERVICE, token } from '../../test/support/plainOAuth.ts';

describe('the sandbox with faults of the API', () => {
  let sandbox: Sandbox;
  let bearer: string;
  before(async () => {
    sandbox = await startSandbox();
    const form = { ...SERVICE, grant_type: 'client_credentials', scope: 'monitoring' };
    bearer = (await token(sandbox, form)).body.access_token;
  });
  after(() => sandbox.stop());
  afterEach(() => {
    sandbox.reset();
  });

  const failures: readonly [shape: ApiShape, status: number, type: RegExp | null, body: RegExp][] = [
    [
      'failure',
      400,
      /json/,
      /^\{"resultCode":"\w+","errorMessage":"[^"]+","incidentId":"WEB_MGMT_[^"]+","errorDetails":\[/,
    ],
    ['failureObject', 404, /json/, /"errorMessage":\{"code":"agreement_not_found","params":\{/],
    ['routeMissing', 404, /json/, /^\{"resultCode":"FAILURE","errorMessage":"HTTP 404 Not Found","incidentId"/],
    ['notAuthenticated', 401, /json/, /"error":"not_authenticated".*"error_code":10/],
    ['insufficientPrivileges', 401, /json/, /"error":"insufficient_privileges"/],
    ['userContext', 403, /json/, /"error_code":5/],
    ['billing', 500, /json/, /^\{"errorCode":"[^"]+","message":"[^"]+"\}$/],
    ['plainText', 500, /^text\/plain$/, /^[\w ]+$/],
    ['errorString', 400, /json/, /^"[\w ]+"$/],
    ['unavailablePage', 503, /html/, /^<html>/],
    ['noContent', 204, null, /^$/],
    ['empty', 200, null, /^$/],
    ['bareString', 200, /json/, /^"done"$/],
    ['untyped', 200, null, /^\[\{"id":1/],
    ['ndjson', 200, /ndjson/, /^\{"id":1\}\n\{"id":2\}\n/],
    ['truncated', 200, /json/, /"na$/],
    ['invalidUtf8', 200, /json/, /caf\uFFFD \uFFFD\uFFFD/],
    ['deep', 200, /json/, /^\[{100000}\]{100000}$/],
    ['binary', 200, /octet-stream/, /^\0/],
  ];
  for (const [shape, status, type, body] of failures) {
    it(`sends the shape "${shape}" the requested number of times`, async () => {
      sandbox.misbehave({ api: { kind: 'shape', shape, times: 1 } });
      const response = await call('/v2/tasks');
      assert.equal(response.status, status);
      if (type === null) {
        assert.equal(response.type, null);
      } else {
        assert.match(response.type ?? '', type);
      }
      assert.match(response.text, body);
      assert.equal((await call('/v2/tasks')).status, 200);
    });
  }

  it('streams 100 MB of JSON without holding it in memory', async () => {
    sandbox.misbehave({ api: { kind: 'shape', shape: 'huge' } });
    const response = await fetch(`${sandbox.baseUrl}/v2/tasks`, { headers: { authorization: `Bearer ${bearer}` } });
    assert.equal(response.headers.has('content-length'), false);
    let bytes = 0;
    let [first, last] = ['', ''];
    for await (const chunk of response.body ?? []) {
      const piece = Buffer.from(chunk as Uint8Array);
      first = bytes === 0 ? piece.toString('latin1', 0, 8) : first;
      last = piece.toString('latin1').slice(-4);
      bytes += piece.length;
    }
    assert.deepEqual([bytes, first, last], [HUGE_BYTES, '[{"id":1', 'x"}]']);
    const cut = sandbox.nextResponse(() => true);
    const controller = new AbortController();
    const { signal } = controller;
    await fetch(`${sandbox.baseUrl}/v2/tasks`, { signal, headers: { authorization: `Bearer ${bearer}` } });
    controller.abort();
    assert.equal((await cut).outcome, 'dropped', 'a client may stop reading');
  }).timeout(30_000);

  it('can limit a fault to one path', async () => {
    sandbox.misbehave({ api: { kind: 'shape', shape: 'plainText', path: '/v2/tasks' } });
    assert.equal((await call('/v2/groups')).status, 200);
    assert.equal((await call('/v2/tasks')).status, 500);
    assert.equal((await call('/api/v2/tasks?x=1')).status, 500);
  });

  for (const [what, kind, type] of [
    ['JSON', 'tooManyRequests', /json/],
    ['a web page', 'throttled', /html/],
  ] as const) {
    it(`throttles with ${what}: after some requests in a window it sends 429 with the time to wait`, async () => {
      const allowing = { requests: 3, seconds: 1 };
      sandbox.misbehave({
        api: kind === 'throttled' ? { kind, status: 429, allowing } : { kind, allowing },
      });
      const responses = await Promise.all(Array.from({ length: 5 }, () => call('/v2/tasks')));
      assert.deepEqual(responses.map(({ status }) => status).sort(), [200, 200, 200, 429, 429]);
      const refused = responses.find(({ status }) => status === 429);
      assert.match(refused?.type ?? '', type);
      assert.equal(refused?.retryAfter, '1');
    });
  }

  it('accepts requests again when the window is over', () => {
    let now = 0;
    const misbehaviors = new Misbehaviors(() => now);
    misbehaviors.add({ api: { kind: 'tooManyRequests', allowing: { requests: 2, seconds: 10 } } });
    const take = (): unknown => misbehaviors.take('api', { applies: isInsteadFault })[0];
    assert.deepEqual([take(), take()], [undefined, undefined]);
    now = 8_500;
    assert.equal((take() as { retryAfter: number }).retryAfter, 2, 'rounded up');
    now = 10_000;
    assert.deepEqual([take(), take()], [undefined, undefined]);
    assert.equal((take() as { retryAfter: number }).retryAfter, 10);
  });

  it('is switched over HTTP and refuses unknown switches', async () => {
    const misbehave = async (value: unknown): Promise<number> =>
      (await fetch(`${sandbox.baseUrl}/sandbox/misbehave`, { ...jsonBody(JSON.stringify(value)), method: 'POST' }))
        .status;
    assert.equal(await misbehave({ api: { kind: 'shape', shape: 'ndjson' } }), 204);
    assert.match((await call('/v2/tasks')).type ?? '', /ndjson/);
    assert.equal(await misbehave({ api: { kind: 'shape', shape: 'round' } }), 400);
    assert.equal(await misbehave({ api: { kind: 'shape' } }), 400);
  });

  function call(path: string): Promise<ApiCallResult> {
    return callApi(sandbox, path, { bearer });
  }
});
