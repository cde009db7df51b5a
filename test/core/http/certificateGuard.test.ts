import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import Agent from 'undici/lib/dispatcher/agent.js';
import { isNinjaOneError, type NinjaOneError } from '../../../src/core/base/errors.ts';
import { createTransport, type HttpRequest, type HttpResponse } from '../../../src/core/http/transport.ts';
import { mintToken, revokeToken } from '../../../src/core/oauth/oauthClient.ts';
import { silentLogger } from '../../../tooling/silentLogger.ts';
import { createAuthority, type Authority } from '../../support/certificates.ts';
import { connectionOf } from '../../support/connectionFixtures.ts';

const VARIABLE = 'NODE_TLS_REJECT_UNAUTHORIZED';
const HOST = 'eu.ninja.test';

/**
 * A server of a stranger under the name of an instance. The request reaches it through an agent that replaces ours, as
 * VS Code does it.
 */
describe('the check of certificates', () => {
  let authority: Authority;
  let server: Server;
  let origin: string;
  let received: string;
  const closers: (() => Promise<void>)[] = [];
  const before = process.env[VARIABLE];

  beforeEach(async () => {
    received = '';
    authority = createAuthority();
    server = createServer(authority.issue(HOST), (request, response) => {
      received += `${request.method} ${request.url} ${request.headers.authorization ?? ''} `;
      request.on('data', (part) => (received += String(part)));
      request.on('end', () => {
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ access_token: 'of-a-stranger', token_type: 'bearer', scope: 'control' }));
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    origin = `https://${HOST}:${(server.address() as AddressInfo).port}`;
  });

  afterEach(async () => {
    restoreEnvironment();
    for (const close of closers.splice(0)) {
      await close();
    }
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });

  function restoreEnvironment(): void {
    if (before === undefined) {
      delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    } else {
      process.env[VARIABLE] = before;
    }
  }

  /** `tls` are the options of an agent that takes the place of ours. */
  function transport(tls: object = {}): (request: HttpRequest) => Promise<HttpResponse> {
    const agent = new Agent({ connect: { lookup: toLoopback, ...tls } as object });
    const { send, close } = createTransport({
      fetch: (input, init) => fetch(input, { ...init, dispatcher: agent } as unknown as RequestInit),
      logger: silentLogger,
      proxySupport: () => 'override',
    });
    closers.push(close, () => agent.close());
    return send;
  }

  const callWithToken = (): HttpRequest => ({
    url: `${origin}/v2/organizations`,
    method: 'GET',
    headers: { authorization: 'Bearer token-1' },
    timeout: 5000,
    maxBytes: 1000,
  });

  it('is what stops a server of a stranger, and lets a trusted one pass (T25)', async () => {
    const error = await failure(transport()(callWithToken()));
    assert.equal(error.code, 'network.tls');
    assert.equal(received, '');
    const response = await transport({ ca: authority.cert })(callWithToken());
    assert.equal(response.status, 200);
    assert.match(received, /Bearer token-1/);
  });

  for (const [what, request] of [
    ['an access token', (send) => send(callWithToken())],
    ['a client secret', (send) => mintToken(contextOf(send), ['control'])],
    ['a token to revoke', (send) => revokeToken(contextOf(send), 'token-1', 'access_token')],
  ] as readonly (readonly [string, (send: (request: HttpRequest) => Promise<HttpResponse>) => Promise<unknown>])[]) {
    it(`cannot be turned off by ${VARIABLE} for a request with ${what} (A18, T25)`, async () => {
      process.env[VARIABLE] = '0';
      const error = await failure(request(transport()));
      assert.equal(received, '');
      assert.equal(error.code, 'network.checksOff');
      assert.equal(error.intent, 'transient');
      assert.equal(
        error.message,
        `Nothing was sent to ${new URL(origin).host}, because the environment variable ${VARIABLE} turns off the check of certificates. Remove the variable and restart VS Code.`,
      );
      restoreEnvironment();
      assert.doesNotMatch((await failure(request(transport()))).message, new RegExp(VARIABLE));
    });

    it(`cannot be turned off in the agent for a request with ${what} (A18, T25)`, async () => {
      const error = await failure(request(transport({ rejectUnauthorized: false })));
      assert.equal(received, '');
      assert.equal(error.code, 'network.tls');
      assert.match(error.message, /^Nothing was sent to eu\.ninja\.test:\d+, because its certificate is not valid/);
    });
  }

  it('covers a connection that an earlier request left open (A18, T25)', async () => {
    const agent = new Agent({ connect: { rejectUnauthorized: false, lookup: toLoopback } as object });
    const theirs = (input: string | URL | Request, init?: RequestInit): Promise<Response> =>
      fetch(input, { ...init, dispatcher: agent } as unknown as RequestInit);
    const { send, close } = createTransport({ fetch: theirs, logger: silentLogger, proxySupport: () => 'override' });
    closers.push(close, () => agent.close());
    await (await theirs(`${origin}/of-another-extension`)).text();
    received = '';
    assert.match((await failure(send(callWithToken()))).message, /is not valid/);
    assert.equal(received, '');
  });

  it('leaves the requests of other extensions alone (P4)', async () => {
    const agent = new Agent({ connect: { rejectUnauthorized: false, lookup: toLoopback } as object });
    const theirs = fetch(`${origin}/v2/devices`, { dispatcher: agent } as unknown as RequestInit);
    closers.push(() => agent.close());
    const ours = failure(transport({ rejectUnauthorized: false })(callWithToken()));
    assert.equal((await theirs).status, 200);
    await ours;
    assert.doesNotMatch(received, /organizations/);
  });

  it(`does not concern loopback: a local test server works with ${VARIABLE} (A18)`, async () => {
    process.env[VARIABLE] = '0';
    const local = createHttpServer((_, response) => response.end('ok')).listen(0, '127.0.0.1');
    await once(local, 'listening');
    closers.push(
      () =>
        new Promise((closed) =>
          local.close(() => {
            closed();
          }),
        ),
    );
    const { port } = local.address() as AddressInfo;
    const { port: securePort } = server.address() as AddressInfo;
    for (const url of [`http://127.0.0.1:${port}/`, `https://127.0.0.1:${securePort}/`]) {
      const { status } = await transport()({ ...callWithToken(), url });
      assert.equal(status, 200);
    }
  });

  it('takes any other value of the variable for what it is to Node.js: no reason to skip checks (A18)', async () => {
    for (const value of ['1', '', 'false', '00']) {
      process.env[VARIABLE] = value;
      const { status } = await transport({ ca: authority.cert })(callWithToken());
      assert.equal(status, 200);
      assert.equal((await failure(transport()(callWithToken()))).code, 'network.tls');
    }
  });

  function contextOf(send: (request: HttpRequest) => Promise<HttpResponse>): Parameters<typeof mintToken>[0] {
    const connection = connectionOf({
      platform: 'api-services',
      scopes: ['control'],
      instance: { origin, label: 'eu', kind: 'custom', host: new URL(origin).host },
    });
    return { connection, transport: send, clientSecret: 'the-client-secret', now: Date.now };
  }
});

function toLoopback(_: string, __: unknown, done: (error: null, addresses: object[]) => void): void {
  done(null, [{ address: '127.0.0.1', family: 4 }]);
}

async function failure(promise: Promise<unknown>): Promise<NinjaOneError> {
  const error: unknown = await promise.then(
    () => assert.fail('it succeeded'),
    (reason: unknown) => reason,
  );
  assert.ok(isNinjaOneError(error), String(error));
  return error;
}
