import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import Agent from 'undici/lib/dispatcher/agent.js';
import { ApiClient } from '../../../src/core/api/apiClient.ts';
import { createTransport } from '../../../src/core/http/transport.ts';
import { silentLogger } from '../../../tooling/silentLogger.ts';
import { createAuthority } from '../../support/certificates.ts';
import { connectionOf } from '../../support/connectionFixtures.ts';
import { DELETE_FIELD, GET_DEVICE, PATCH_DEVICE, RUN_BOARD } from '../../support/operationFixtures.ts';

/** The API client with its real transport, an instance that redirects, and the target of its redirects. */
describe('a redirect of the API', () => {
  const authority = createAuthority();
  const agent = new Agent({ connect: { ca: authority.cert } });
  const atInstance: string[] = [];
  const atTarget: string[] = [];
  const servers: Server[] = [];
  let redirect: { readonly status: number; readonly location: string };
  let plain: string;
  let secure: string;
  let target: string;
  const transport = createTransport({
    fetch: (input, init) => fetch(input, { ...init, dispatcher: agent } as unknown as RequestInit),
    logger: silentLogger,
    proxySupport: () => 'override',
  });

  before(async () => {
    const redirecting: RequestListener = ({ method, url }, response) => {
      atInstance.push(`${method} ${url}`);
      response.writeHead(redirect.status, { location: redirect.location }).end();
    };
    plain = `http://127.0.0.1:${await listen(createServer(redirecting))}`;
    secure = `https://localhost:${await listen(createSecureServer(authority.issue('localhost'), redirecting))}`;
    const stealing: RequestListener = ({ headers }, response) => {
      atTarget.push(headers.authorization ?? 'no token');
      response.end('[]');
    };
    target = `http://127.0.0.1:${await listen(createServer(stealing))}`;
  });
  beforeEach(() => {
    atInstance.length = 0;
    atTarget.length = 0;
  });
  after(async () => {
    await transport.close();
    await agent.close();
    for (const server of servers) {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    }
  });

  async function listen(server: Server): Promise<number> {
    servers.push(server);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return (server.address() as AddressInfo).port;
  }

  const kinds = [
    ['to another origin', () => plain, () => `${target}/v2/devices`],
    ['within the origin', () => plain, () => '/v2/other'],
    ['from https to http', () => secure, () => `${target}/v2/devices`],
  ] as const;
  for (const [kind, instance, location] of kinds) {
    for (const status of [301, 302, 303, 307, 308]) {
      it(`${kind} with ${status} is not followed, and no token reaches its target (E11, T21)`, async () => {
        redirect = { status, location: location() };
        const origin = instance();
        const connection = connectionOf({
          instance: { origin, label: 'local', kind: 'loopback', host: new URL(origin).host },
          scopes: ['monitoring', 'management', 'control'],
        });
        const client = new ApiClient({
          transport: transport.send,
          writes: { mayWrite: () => true },
          timeout: () => 5000,
          now: Date.now,
          sleep: () => assert.fail('a redirect is not tried again'),
        });
        const session = { connection, scopes: connection.scopes, accessToken: () => Promise.resolve('token-1') };
        for (const operation of [GET_DEVICE, RUN_BOARD, PATCH_DEVICE, DELETE_FIELD]) {
          const url = `${origin}${operation.path.replace(/\{[^}]+\}/g, '1')}`;
          const body = operation.method === 'GET' || operation.method === 'DELETE' ? undefined : '{}';
          const request = { connection, operation, url, body };
          const confirmation = await client.confirm(request, () => Promise.resolve(true));
          const answer = client.send(request, { session, confirmation, keepRedirect: true });
          if (operation === RUN_BOARD) {
            await assert.rejects(answer, { code: 'network.redirect' });
            continue;
          }
          const { body: shown, failure, isRedirect, outcome } = await answer;
          if (operation === GET_DEVICE) {
            const target = new URL(location(), origin).href;
            assert.equal(Buffer.from(shown).toString(), JSON.stringify({ location: target }));
            assert.deepEqual([failure, isRedirect], [undefined, true]);
          } else {
            assert.deepEqual([failure?.code, outcome], ['api.unknownOutcome', 'unknown']);
          }
        }
        assert.deepEqual(atTarget, []);
        assert.equal(atInstance.length, 4, 'each request is sent once');
      });
    }
  }

  it('is an error of a read that nobody will look at, such as a page of a list (E11)', async () => {
    redirect = { status: 302, location: `${target}/login` };
    const connection = connectionOf({
      instance: { origin: plain, label: 'local', kind: 'loopback', host: new URL(plain).host },
    });
    const client = new ApiClient({
      transport: transport.send,
      writes: { mayWrite: () => false },
      timeout: () => 5000,
      now: Date.now,
      sleep: () => assert.fail('a redirect is not tried again'),
    });
    const session = { connection, scopes: connection.scopes, accessToken: () => Promise.resolve('token-1') };
    const request = { connection, operation: GET_DEVICE, url: `${plain}/v2/device/1`, body: undefined };
    await assert.rejects(client.send(request, { session }), { code: 'network.redirect', action: 'editConnection' });
  });

  it('would carry the token in a client that follows redirects (T21)', async () => {
    redirect = { status: 307, location: '/v2/other' };
    const seen = await fetch(plain, { headers: { authorization: 'Bearer token-1' } }).then(
      () => 'followed',
      () => 'followed until it gave up',
    );
    assert.match(seen, /followed/);
    assert.ok(atInstance.length > 1);
  });
});
