import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { createServer as createSocketServer, type AddressInfo } from 'node:net';
import { isCanceled } from '../../../src/core/base/errors.ts';
import { formatMessage } from '../../../src/core/base/messages.ts';
import { connectionId, type Connection } from '../../../src/core/connections/connection.ts';
import { parseConnections } from '../../../src/core/connections/parseConnections.ts';
import { diagnose, type DiagnosisOptions } from '../../../src/core/diagnostics/diagnose.ts';
import type { Check, Diagnosis } from '../../../src/core/diagnostics/diagnosis.ts';
import { createTransport } from '../../../src/core/http/transport.ts';
import type { SecretPort } from '../../../src/core/sessions/secretStorage.ts';
import { silentLogger } from '../../../tooling/silentLogger.ts';
import { createAuthority } from '../../support/certificates.ts';
import { connectionOf } from '../../support/connectionFixtures.ts';
import { createSessionFixture, HOUR, type SessionFixture, type SessionWindow } from '../../support/sessionFixture.ts';

describe('the diagnosis of a sign-in', () => {
  const closers: (() => Promise<unknown>)[] = [];
  let sessions: SessionFixture;
  let window: SessionWindow;
  let requests: string[];

  beforeEach(async () => {
    requests = [];
    sessions = await createSessionFixture();
    sessions.clock.now = Date.now();
    window = sessions.open();
  });
  afterEach(async () => {
    await Promise.all(closers.splice(0).map((close) => close()));
    await sessions.close();
  });

  async function listen(server: Server): Promise<number> {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    closers.push(async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    });
    return (server.address() as AddressInfo).port;
  }

  /** An instance; `answers` replaces some of its responses, by path. */
  async function serve(answers: Readonly<Record<string, RequestListener>> = {}): Promise<Connection> {
    const port = await listen(
      createServer((request, response) => {
        requests.push(`${request.method} ${request.url} ${request.headers.authorization ?? ''}`.trim());
        const listener = answers[request.url ?? ''] ?? NINJAONE[request.url ?? ''] ?? answers['*'];
        if (listener) {
          listener(request, response);
        } else {
          response.writeHead(404).end();
        }
      }),
    );
    return connectionAt(`http://127.0.0.1:${port}`);
  }

  function connectionAt(origin: string, fields: Partial<Connection> = {}): Connection {
    const { host } = new URL(origin);
    return connectionOf({
      id: connectionId(origin, 'abcd-0123456789-wxyz', 'native'),
      instance: { origin, label: host, host, kind: 'loopback' },
      clientId: 'abcd-0123456789-wxyz',
      ...fields,
    });
  }

  function options(connections: readonly Connection[], changes: Partial<DiagnosisOptions> = {}): DiagnosisOptions {
    const { send, close } = createTransport({
      fetch: globalThis.fetch,
      logger: silentLogger,
      proxySupport: () => 'override',
    });
    closers.push(close);
    return {
      parsed: { connections, problems: [], secrets: [] },
      connections,
      mayContact: () => true,
      isSigningIn: () => false,
      remote: false,
      transport: send,
      timeout: 5000,
      tokens: window.tokens,
      clientSecrets: window.clientSecrets,
      storage: { secrets: window.secrets, store: window.store, timeout: 50 },
      network: {
        settings: {
          'http.proxy': '',
          'http.proxyAuthorization': null,
          'http.proxySupport': 'override',
          'http.noProxy': [],
          'http.systemCertificates': true,
        },
        environment: {},
        canRead: () => Promise.resolve(true),
      },
      environment: [],
      ready: Promise.resolve(),
      now: Date.now,
      formatDate: (milliseconds) => new Date(milliseconds).toISOString(),
      signal: new AbortController().signal,
      onProgress: () => {},
      ...changes,
    };
  }

  /** What the report says about one connection, by name of the check. */
  async function diagnosisOf(
    connection: Connection,
    changes: Partial<DiagnosisOptions> = {},
  ): Promise<Readonly<Record<string, string>>> {
    return rowsOf((await diagnose(options([connection], changes))).sections[0]?.checks ?? []);
  }

  it('finds nothing wrong where everything works, and sends no token (P7)', async () => {
    const connection = await serve();
    sessions.connections = [connection];
    const usable = await window.signIn(sessions, ['monitoring'], { accessToken: 'secret-access' }, connection);
    const rows = await diagnosisOf(connection);
    assert.deepEqual(Object.keys(rows), [
      'DNS',
      'Server',
      'Clock',
      'Client ID',
      'API description',
      'Redirect URI',
      'Scopes',
      'Session',
    ]);
    assert.match(rows['Server'] ?? '', /^ok: It responded in \d+ ms. Its version is 13.0.20.$/);
    assert.match(rows['Clock'] ?? '', /^ok: /);
    assert.equal(rows['Client ID'], `ok: ${connection.instance.host} knows the client ID abcd…wxyz.`);
    assert.equal(rows['API description'], 'ok: Version 2.0.9, 1 operation.');
    assert.match(rows['Redirect URI'] ?? '', /^ok: http:\/\/127.0.0.1 with a free port./);
    assert.equal(rows['Scopes'], 'fact: monitoring management offline_access');
    assert.match(rows['Session'] ?? '', /^ok: Signed in with the scopes monitoring. The token is valid until /);
    assert.ok(usable.session.accessToken === 'secret-access');
    assert.deepEqual(requests.sort(), [
      'GET /apidocs/NinjaRMM-API-v2.json',
      'GET /app-version.txt',
      'GET /app-version.txt',
      'POST /ws/oauth/token',
    ]);
  });

  it('tells that the host does not know the client ID, which means another region (A16)', async () => {
    const connection = await serve({ '/ws/oauth/token': answer(404, { resultCode: 'Client app not exist' }) });
    const { 'Client ID': client = '', Server: server = '' } = await diagnosisOf(connection);
    assert.match(
      client,
      /^problem: 127.0.0.1:\d+ does not recognize the client ID of "Acme". Make sure that the instance/,
    );
    assert.match(server, /^ok: /);
  });

  for (const [minutes, expected] of [
    [10, /^problem: The clock of this computer is 10 minutes ahead of 127.0.0.1:\d+. Set the date and time/],
    [-10, /^problem: The clock of this computer is 10 minutes behind 127.0.0.1:\d+. Set the date and time/],
    [0.9, /^ok: /],
  ] as const) {
    it(`judges a clock that is off by ${minutes} minutes (A16)`, async () => {
      const { Clock: clock = '' } = await diagnosisOf(await serve(), { now: () => Date.now() + minutes * 60_000 });
      assert.match(clock, expected);
    });
  }

  for (const [age, expected] of [
    ['3600', /^ok: /],
    ['0', /^problem: .* is 60 minutes ahead of /],
    ['long', /^unknown: /],
  ] as const) {
    it(`counts the time that a response was in a cache for the clock: ${age} (A16)`, async () => {
      const connection = await serve({
        '/app-version.txt': (_, response) => {
          response
            .setHeader('date', new Date(Date.now() - 3_600_000).toUTCString())
            .setHeader('age', age)
            .end('13.0.20');
        },
      });
      assert.match((await diagnosisOf(connection))['Clock'] ?? '', expected);
    });
  }

  it('does not judge the clock by a host that does not send its time', async () => {
    const connection = await serve({
      '/app-version.txt': (_, response) => {
        response.sendDate = false;
        response.end('13.0.20');
      },
    });
    assert.match((await diagnosisOf(connection))['Clock'] ?? '', /^unknown: .* did not send its time/);
  });

  it('tells that a web page came instead of NinjaOne (A16)', async () => {
    const page: RequestListener = (_, response) => response.setHeader('content-type', 'text/html').end('<html>Sign in');
    const connection = await serve({ '/app-version.txt': page, '/ws/oauth/token': page });
    const { Server: server = '', 'Client ID': client = '', Clock: clock } = await diagnosisOf(connection);
    assert.match(server, /^problem: Received a web page instead of a response from/);
    assert.match(client, /^problem: Received a web page instead of a response from/);
    assert.equal(clock, 'unknown: Not checked, because the response is not one of NinjaOne.');
  });

  for (const status of [404, 503]) {
    it(`does not judge the clock by a web page with status ${status} (A16)`, async () => {
      const connection = await serve({
        '/app-version.txt': (_, response) =>
          response.writeHead(status, { 'content-type': 'text/html' }).end('<html>Not here'),
      });
      assert.match((await diagnosisOf(connection))['Clock'] ?? '', /^unknown: Not checked/);
    });
  }

  it('shows what a server says without making it a link (T41)', async () => {
    const connection = await serve({
      '/ws/oauth/token': answer(503, { error: 'x', error_description: 'Look at https://evil.example/ and more' }),
    });
    const { 'Client ID': client = '' } = await diagnosisOf(connection);
    assert.match(client, /^problem: .* reported a problem: Look at https: \/\/evil.example\/ and more/);
  });

  it('names the target of a redirect and does not follow it (A16)', async () => {
    const connection = await serve({
      '/app-version.txt': (_, response) => response.writeHead(302, { location: 'https://portal.example/' }).end(),
    });
    const { Server: server = '' } = await diagnosisOf(connection);
    assert.match(server, /^problem: .* redirected to portal.example/);
    assert.deepEqual(requests, ['GET /app-version.txt']);
  });

  it('tells that a host refuses the connection, and leaves the rest open (A16)', async () => {
    const server = createSocketServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await new Promise((closed) => server.close(closed));
    const rows = await diagnosisOf(connectionAt(`http://127.0.0.1:${port}`));
    assert.match(rows['DNS'] ?? '', /^ok: /);
    assert.match(rows['Server'] ?? '', /^problem: .* refused the connection/);
    for (const name of ['Clock', 'Client ID', 'API description']) {
      assert.match(rows[name] ?? '', /^unknown: Not checked, because the host was not reached/, name);
    }
    assert.match(rows['Redirect URI'] ?? '', /^ok: /);
  });

  it('tells that a certificate is not trusted (A16, A18)', async () => {
    const server = createSecureServer(createAuthority().issue('localhost'), (_, response) => response.end());
    const rows = await diagnosisOf(connectionAt(`https://localhost:${await listen(server)}`));
    assert.match(rows['DNS'] ?? '', /^ok: /);
    assert.match(rows['TLS'] ?? '', /^problem: The certificate of localhost:\d+ is not trusted/);
    assert.match(rows['Server'] ?? '', /^unknown: /);
  });

  it('ends in time with a host that never responds, and checks the others (P7)', async () => {
    const silent = await serve({ '/app-version.txt': () => {} });
    const other = { ...(await serve()), name: 'Other' };
    const { sections } = await diagnose(options([silent, other], { timeout: 300 }));
    assert.match(rowsOf(sections[0]?.checks ?? [])['Server'] ?? '', /^problem: .* did not respond in time/);
    assert.match(rowsOf(sections[1]?.checks ?? [])['Server'] ?? '', /^ok: /);
  });

  it('ends in time when the stored sessions are never read (A14)', async () => {
    const rows = await diagnosisOf(await serve(), { timeout: 100, ready: new Promise(() => {}) });
    assert.match(rows['Session'] ?? '', /^unknown: This check did not end within/);
  });

  it('ends at once when it is canceled (P7)', async () => {
    const abort = new AbortController();
    const connection = await serve({
      '/app-version.txt': () => {
        abort.abort();
      },
    });
    await assert.rejects(diagnose(options([connection], { signal: abort.signal })), isCanceled);
    await assert.rejects(diagnose(options([], { signal: AbortSignal.abort() })), isCanceled);
  });

  it('sends nothing to a host that the user has not confirmed (P5)', async () => {
    const rows = await diagnosisOf(await serve(), { mayContact: () => false });
    assert.match(rows['Server'] ?? '', /^unknown: Not checked, because you have not confirmed this host yet/);
    assert.deepEqual(requests, []);
  });

  it('tells whether the port of the redirect URI is free (A5)', async () => {
    const port = await listen(createServer());
    const connection = await serve();
    const web = { ...connection, platform: 'web', redirectUri: `http://127.0.0.1:${port}/callback` } as const;
    assert.match((await diagnosisOf(web))['Redirect URI'] ?? '', /^problem: Another program is using 127.0.0.1:\d+/);
    assert.match(
      (await diagnosisOf(web, { isSigningIn: () => true }))['Redirect URI'] ?? '',
      /^unknown: The port of http:\/\/127.0.0.1:\d+\/callback is not checked, because a sign-in is running/,
    );
  });

  for (const [redirectUri, expected] of [
    ['https://vscode.dev/redirect', /^ok: https:\/\/vscode.dev\/redirect. The browser returns through vscode.dev/],
    ['https://acme.example/done', /^ok: https:\/\/acme.example\/done. You paste the address/],
    ['editor', /^ok: An address of this editor/],
    [undefined, /^problem: .* has no redirect URI/],
  ] as const) {
    it(`tells what becomes of the redirect URI ${redirectUri} (P6)`, async () => {
      const web = { ...(await serve()), platform: 'web', redirectUri } as const;
      assert.match((await diagnosisOf(web))['Redirect URI'] ?? '', expected);
    });
  }

  it('says that a remote window has to forward the port (P6)', async () => {
    assert.match(
      (await diagnosisOf(await serve(), { remote: true }))['Redirect URI'] ?? '',
      /^ok: .*The browser runs on another computer, so VS Code has to forward the port/,
    );
  });

  it('tells whether there is a client secret, and which sessions cannot be used (C3, C4)', async () => {
    const native = await serve();
    const service = {
      ...native,
      id: connectionId(native.instance.origin, native.clientId, 'api-services'),
      platform: 'api-services',
      offlineAccess: false,
    } as const;
    sessions.connections = [service];
    const before = await diagnosisOf(service);
    assert.match(before['Client secret'] ?? '', /^problem: There is no client secret on this computer. Run/);
    assert.equal(before['Session'], 'fact: Signed out.');
    assert.match(before['Redirect URI'] ?? '', /^fact: None/);
    await window.clientSecrets.set(service.id, 'secret-of-client');
    await window.signIn(sessions, ['monitoring', 'management'], {}, service);
    sessions.connections = [{ ...service, scopes: ['monitoring'] }];
    const after = await diagnosisOf(service);
    assert.equal(after['Client secret'], 'ok: It is in the secret storage.');
    assert.match(after['Session'] ?? '', /^problem: A session has scopes that the connection does not allow/);
  });

  it('tells that a session has expired (A9)', async () => {
    const connection = await serve();
    sessions.connections = [connection];
    await window.signIn(sessions, ['monitoring'], { refreshToken: undefined }, connection);
    const now = (): number => sessions.clock.now;
    assert.match(
      (await diagnosisOf(connection, { now }))['Session'] ?? '',
      /no refresh token. Sign in again after that/,
    );
    sessions.clock.now += 2 * HOUR;
    assert.match((await diagnosisOf(connection, { now }))['Session'] ?? '', /^problem: The session .* has expired/);
  });

  it('reports problems of the settings and works without any connection (C1)', async () => {
    const parsed = parseConnections([{ name: 'Broken', instance: 'nowhere', clientId: 'x', clientSecret: 'secret-1' }]);
    const { sections } = await diagnose(options([], { parsed }));
    const [settings] = sections;
    const rows = (settings?.checks ?? []).map(line);
    assert.match(rows.join('\n'), /^fact: There is no connection that works. Run NinjaOne: Add Connection/);
    assert.match(rows.join('\n'), /^problem: Broken, instance: /m);
    assert.match(rows.join('\n'), /^problem: The settings contain a client secret/m);
    assert.doesNotMatch(rows.join('\n'), /secret-1/);
  });

  for (const [operation, kind, expected] of [
    ['store', 'throw', /^problem: The secret storage refused a random value or did not respond/],
    ['store', 'hang', /^problem: The secret storage refused a random value or did not respond/],
    ['get', 'throw', /^problem: The secret storage refused a random value or did not respond/],
    [undefined, undefined, /^ok: A random value was written, read and deleted/],
  ] as const) {
    it(`writes, reads and deletes a secret: ${operation ?? 'all'} ${kind ?? 'work'} (A14)`, async () => {
      if (operation) {
        window.secrets.fail(operation, kind);
      }
      const rows = storageRows(await diagnose(options([])));
      assert.match(rows['Round trip'] ?? '', expected);
      window.secrets.heal();
      assert.deepEqual(await window.secrets.keys(), []);
    });
  }

  it('tells that a storage forgets what it took (A14)', async () => {
    const { secrets } = window;
    const forgetful: SecretPort = {
      get: () => Promise.resolve(undefined),
      store: (key, value) => secrets.store(key, value),
      delete: (key) => secrets.delete(key),
      keys: () => secrets.keys(),
      onDidChange: secrets.onDidChange,
    };
    const rows = storageRows(await diagnose(options([], { storage: { secrets: forgetful, store: window.store } })));
    assert.match(rows['Round trip'] ?? '', /^problem: A random value was written, but another one was read/);
  });

  it('tells by the mark of an earlier sign-in whether secrets are kept (A14)', async () => {
    assert.match(storageRows(await diagnose(options([])))['Persistence'] ?? '', /^unknown: /);
    await window.signIn(sessions);
    assert.match(storageRows(await diagnose(options([])))['Persistence'] ?? '', /^ok: /);
    await window.secrets.delete('canary');
    assert.match(storageRows(await diagnose(options([])))['Persistence'] ?? '', /^problem: The mark .* is missing/);
  });
});

const SPEC = {
  openapi: '3.0.1',
  info: { title: 'NinjaOne', version: '2.0.9' },
  paths: { '/v2/devices': { get: { operationId: 'getDevices', tags: ['devices'], responses: {} } } },
};

const NINJAONE: Readonly<Record<string, RequestListener>> = {
  '/app-version.txt': (_, response) => response.end('13.0.20\n'),
  '/apidocs/NinjaRMM-API-v2.json': answer(200, SPEC),
  '/ws/oauth/token': answer(400, { error: 'invalid_grant', error_description: 'Invalid authorization code' }),
};

function answer(status: number, body: unknown): RequestListener {
  return (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
}

function line({ verdict, texts }: Check): string {
  return `${verdict}: ${texts.map((text) => (typeof text === 'string' ? text : formatMessage(text))).join(' ')}`;
}

function rowsOf(checks: readonly Check[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    checks.map((check) => [typeof check.name === 'string' ? check.name : formatMessage(check.name), line(check)]),
  );
}

function storageRows({ sections }: Diagnosis): Readonly<Record<string, string>> {
  const found = sections.find(({ title }) => typeof title !== 'string' && formatMessage(title) === 'Secret storage');
  return rowsOf(found?.checks ?? []);
}
