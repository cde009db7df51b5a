import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import fc from 'fast-check';
import { isNinjaOneError, type NinjaOneError } from '../../../src/core/base/errors.ts';
import {
  startLoopbackServer,
  type LoopbackServer,
  type LoopbackServerOptions,
} from '../../../src/core/oauth/loopbackServer.ts';

describe('Loopback', () => {
  const closers: (() => Promise<unknown>)[] = [];
  const queries: string[] = [];
  const uncaught: unknown[] = [];
  const onUncaught = (error: unknown): void => {
    uncaught.push(error);
  };

  beforeEach(() => {
    queries.length = 0;
    uncaught.length = 0;
    process.on('uncaughtExceptionMonitor', onUncaught);
  });

  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) {
      await close();
    }
    process.off('uncaughtExceptionMonitor', onUncaught);
    assert.deepEqual(uncaught, []);
  });

  async function start(options: Partial<LoopbackServerOptions> = {}): Promise<LoopbackServer> {
    const loopback = await startLoopbackServer({
      host: '127.0.0.1',
      port: 0,
      path: '/',
      text: { signedInTitle: 'Done', signedInBody: 'Go back', waitingTitle: 'Waiting', waitingBody: 'Not yet' },
      grace: 5000,
      settle: (query) => {
        queries.push(query);
        return query === GOOD ? 'settled' : 'ignored';
      },
      ...options,
    });
    closers.push(() => loopback.close());
    return loopback;
  }

  async function hold(host: string, port = 0): Promise<number> {
    const server = createServer().listen({ host, port, exclusive: true, ipv6Only: host === '::1' });
    await once(server, 'listening');
    closers.push(() => closed(server));
    return (server.address() as AddressInfo).port;
  }

  it('A5: the answer settles, goes to an address without the code, and ends on the page', async () => {
    const { port } = await start();
    const answer = await get(port, `/?${GOOD}`);
    assert.equal(answer.status, 303);
    assert.equal(answer.headers.location, `http://127.0.0.1:${port}/`);
    const page = await get(port, '/');
    assert.equal(page.status, 200);
    assert.match(page.body, /<h1>Done<\/h1><p>Go back<\/p>/);
    assert.deepEqual(queries, [GOOD]);
  });

  it('A5: what is not waited for is handed on, gets the waiting page, and the right answer still settles', async () => {
    const { port } = await start();
    const noise = await get(port, '/?code=evil&state=foreign');
    assert.equal(noise.status, 400);
    assert.match(noise.body, /Waiting/);
    const bare = await get(port, '/');
    assert.equal(bare.status, 200);
    assert.match(bare.body, /Waiting/);
    assert.equal((await get(port, `/?${GOOD}`)).status, 303);
    assert.deepEqual(queries, ['code=evil&state=foreign', GOOD]);
  });

  it('A5: a second delivery ends on the same page', async () => {
    const { port } = await start();
    await get(port, `/?${GOOD}`);
    assert.equal((await get(port, '/?code=again')).status, 303);
  });

  it('A5: answers are constant, reflect nothing and carry the protecting headers', async () => {
    const { port } = await start();
    const evil = encodeURIComponent('<script>alert(1)</script>');
    const pages = [await get(port, '/'), await get(port, `/?code=${evil}&state=${evil}`), await get(port, `/?${evil}`)];
    assert.equal(new Set(pages.map(({ body }) => body)).size, 1);
    for (const { headers } of [...pages, await get(port, `/?${GOOD}`), await get(port, '/favicon.ico')]) {
      assert.equal(headers['cache-control'], 'no-store');
      assert.equal(headers['x-content-type-options'], 'nosniff');
      assert.equal(headers['referrer-policy'], 'no-referrer');
      assert.equal(headers['x-frame-options'], 'DENY');
      assert.equal(headers['access-control-allow-origin'], undefined);
      assert.match(String(headers['content-security-policy']), /^default-src 'none'; style-src 'sha256-[^']+';/);
    }
    const style = /<style>(.*)<\/style>/.exec(pages[0]?.body ?? '')?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    assert.ok(String(pages[0]?.headers['content-security-policy']).includes(`'sha256-${hash}'`));
  });

  it('A5: our own text is escaped', async () => {
    const text = { signedInTitle: 'a', signedInBody: 'b', waitingTitle: `<b>"&'`, waitingBody: '</p><script>' };
    const { port } = await start({ text });
    const { body } = await get(port, '/');
    assert.ok(body.includes('<h1>&#60;b&#62;&#34;&#38;&#39;</h1>'));
    assert.ok(!body.includes('<script'));
  });

  it('A5: a POST counts by its query (307), its body is discarded', async () => {
    const { port } = await start();
    const answer = await call(port, {
      method: 'POST',
      path: `/?${GOOD}`,
      headers: { origin: 'null', 'content-type': 'application/x-www-form-urlencoded' },
      body: 'code=other&state=other&consent=yes',
    });
    assert.equal(answer.status, 303);
    assert.deepEqual(queries, [GOOD]);
  });

  it('A5: the page comes also when the form comes late', async () => {
    const { port } = await start();
    const socket = await open(port);
    const page = collected(socket);
    socket.write(`POST /?${GOOD} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Length: 6\r\n\r\nab`);
    // A whole other exchange is between the two halves.
    await get(port, '/');
    assert.equal(socket.bytesRead, 0);
    socket.write('cdef');
    assert.match(await page, /^HTTP\/1\.1 303 /);
  });

  it('A5: a body without end is cut', async () => {
    const { port } = await start();
    const socket = await open(port);
    socket.write(`POST /?x=y HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Length: 1000000000000000\r\n\r\n`);
    const write = (): void => {
      while (!socket.destroyed && socket.write(Buffer.alloc(16_384)));
    };
    socket.on('drain', write);
    write();
    await ended(socket);
  });

  for (const method of ['HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE']) {
    it(`A5: ${method} is refused and reaches nobody`, async () => {
      const { port } = await start();
      const answer = await call(port, { method, path: `/?${GOOD}` });
      assert.equal(answer.status, 405);
      assert.equal(answer.headers.allow, 'GET, POST');
      assert.deepEqual(queries, []);
    });
  }

  it('A5: only the own path is answered', async () => {
    const { port } = await start({ path: '/cb/in' });
    for (const path of ['/', '/cb', '/cb/in/', '/cb/in/../in', '/CB/in', '//cb/in', '/favicon.ico', '/cb%2Fin']) {
      assert.equal((await get(port, `${path}?${GOOD}`)).status, 404, path);
    }
    assert.deepEqual(queries, []);
    assert.equal((await get(port, `/cb/in?${GOOD}`)).headers.location, `http://127.0.0.1:${port}/cb/in`);
  });

  it('A5: the page after the answer stays on this address, whatever the path looks like', async () => {
    const { port } = await start({ path: '//evil.example/' });
    const { headers } = await get(port, `//evil.example/?${GOOD}`);
    assert.equal(headers.location, `http://127.0.0.1:${port}//evil.example/`);
  });

  it('A5: Host has to be that of the redirect URI', async () => {
    const { port } = await start();
    for (const host of [
      'evil.example',
      `evil.example:${port}`,
      `localhost:${port}`,
      '127.0.0.1',
      `127.0.0.1:${port + 1}`,
      `127.0.0.1:${port}.evil.example`,
      `127.1:${port}`,
      `127.0.0.1:${port}@evil`,
    ]) {
      assert.equal((await call(port, { path: `/?${GOOD}`, headers: { host } })).status, 403, host);
    }
    const doubled = await raw(port, `GET /?${GOOD} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nHost: evil.example\r\n\r\n`);
    assert.doesNotMatch(doubled, /^HTTP\/1\.1 (?:200|303)/);
    const none = await raw(port, `GET /?${GOOD} HTTP/1.0\r\n\r\n`);
    const empty = await raw(port, `GET /?${GOOD} HTTP/1.1\r\nHost: \r\n\r\n`);
    assert.doesNotMatch(empty, /^HTTP\/1\.1 (?:200|303)/);
    assert.doesNotMatch(none, /^HTTP\/1\.1 (?:200|303)/);
    assert.deepEqual(queries, []);
  });

  it('A5: behind a forwarded port Host has to be that of the redirect URI, and no longer the own one', async () => {
    const loopback = await start();
    loopback.reachedAs('http://127.0.0.1:40001');
    assert.equal((await get(loopback.port, `/?${GOOD}`)).status, 403);
    const answer = await call(loopback.port, { path: `/?${GOOD}`, headers: { host: '127.0.0.1:40001' } });
    assert.equal(answer.headers.location, 'http://127.0.0.1:40001/');
    assert.deepEqual(queries, [GOOD]);
  });

  it('A5: Origin may be null, our own, or the instance, and nothing else', async () => {
    const { port } = await start({ allowedOrigin: 'https://eu.ninjarmm.com' });
    for (const origin of ['https://evil.example', 'https://eu.ninjarmm.com.evil.example', 'null, null', '']) {
      assert.equal((await call(port, { path: '/?a=b', headers: { origin } })).status, 403, origin);
    }
    assert.deepEqual(queries, []);
    for (const origin of ['null', `http://127.0.0.1:${port}`, 'https://eu.ninjarmm.com']) {
      assert.equal((await call(port, { path: '/?a=b', headers: { origin } })).status, 400, origin);
    }
    assert.equal(queries.length, 3);
  });

  it('A5: absolute addresses, endless addresses and binary noise never throw', async () => {
    const { port } = await start();
    const head = `HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`;
    const statuses = [];
    for (const target of [
      `http://127.0.0.1:${port}/?${GOOD}`,
      'http://[/',
      '*',
      `/?${'x'.repeat(16_384)}`,
      '/%',
      '/\\',
    ]) {
      statuses.push((await raw(port, `GET ${target} ${head}`)).slice(9, 12));
    }
    assert.deepEqual(statuses, ['404', '404', '404', '414', '404', '404']);
    for (const noise of ['\r\n\r\n', 'GET', '\u0000\u0001\u0002\r\n\r\n', `GET /?${'x'.repeat(200_000)} ${head}`]) {
      await raw(port, noise, { end: true });
    }
    await raw(port, `CONNECT evil.example:443 ${head}`);
    await raw(port, `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n`);
    assert.deepEqual(queries, []);
    assert.equal((await get(port, `/?${GOOD}`)).status, 303);
  });

  it('A5: whatever the query is, it is handed on as it came, and nothing throws', async () => {
    const { port } = await start();
    const query = fc.stringMatching(/^[!-"$-~]{1,200}$/);
    await fc.assert(
      fc.asyncProperty(query, async (text) => {
        queries.length = 0;
        assert.equal((await get(port, `/?${text}`)).status, 400);
        assert.deepEqual(queries, [text]);
      }),
      { numRuns: 50 },
    );
  });

  it('a listener that throws is no crash and the sign-in lives on', async () => {
    let calls = 0;
    const { port } = await start({
      settle: () => {
        calls += 1;
        if (calls === 1) {
          throw new Error('broken');
        }
        return 'settled';
      },
    });
    assert.equal((await get(port, '/?a=b')).status, 400);
    assert.equal((await get(port, '/?a=b')).status, 303);
  });

  it('A5: 200 connections that ask for nothing do not keep the browser out', async () => {
    const { port } = await start();
    const ends = [];
    for (let i = 0; i < 200; i++) {
      const socket = await open(port);
      socket.write('GET / HT');
      ends.push(ended(socket));
    }
    assert.equal((await get(port, `/?${GOOD}`)).status, 303);
    await Promise.all(ends.slice(0, 100));
  });

  it('A5: is gone when the grace is over, with every connection', async () => {
    const { port } = await start({ grace: 50 });
    const idle = await open(port);
    const gone = ended(idle);
    await get(port, `/?${GOOD}`);
    await gone;
    await assert.rejects(open(port), /ECONNREFUSED/);
  });

  it('A5: when the sign-in is over, only a listener that got the answer stays for its last page', async () => {
    const pasted = await start();
    const idle = await open(pasted.port);
    const gone = ended(idle);
    pasted.finish();
    await gone;
    const answered = await start();
    await get(answered.port, `/?${GOOD}`);
    answered.finish();
    assert.match((await get(answered.port, '/')).body, /Done/);
  });

  it('A4, A5: close frees the port at once, however often it is called', async () => {
    const loopback = await start();
    const idle = await open(loopback.port);
    idle.write('GET /');
    const gone = ended(idle);
    const started = performance.now();
    await Promise.all([loopback.close(), loopback.close()]);
    await gone;
    assert.ok(performance.now() - started < 200);
    await hold('127.0.0.1', loopback.port);
  });

  it('A5: listens on its own address only', async () => {
    const { port } = await start();
    // Another address of this computer, which a listener on all interfaces would answer on.
    await assert.rejects(open(port, '127.0.0.2'));
  });

  it('A5: a busy port is a clear message with the paste way, and no other port is taken', async () => {
    const port = await hold('127.0.0.1');
    const error = await failure(start({ port }));
    assert.equal(error.code, 'loopback.portBusy');
    assert.equal(error.action, 'pasteRedirectUrl');
    assert.ok(error.message.includes(`127.0.0.1:${port}`));
  });

  describe('localhost', () => {
    let ipv6 = false;

    before(async () => {
      ipv6 = await hold('::1').then(
        () => true,
        () => false,
      );
    });

    it('A5: is both 127.0.0.1 and ::1 where there is IPv6', async () => {
      const { port } = await start({ host: 'localhost' });
      const headers = { host: `localhost:${port}` };
      assert.equal((await call(port, { path: '/?a=b', headers })).status, 400);
      if (ipv6) {
        assert.equal((await call(port, { path: `/?${GOOD}`, headers, address: '::1' })).status, 303);
      } else {
        await assert.rejects(open(port, '::1'));
      }
      assert.equal((await get(port, '/?a=b')).status, 403);
    });

    it('A5: refuses if somebody else holds one of the two, and then lets go of the other', async () => {
      const port = await hold(ipv6 ? '::1' : '127.0.0.1');
      const error = await failure(start({ host: 'localhost', port }));
      assert.equal(error.code, 'loopback.portBusy');
      if (ipv6) {
        await hold('127.0.0.1', port);
      }
    });
  });
});

const GOOD = 'code=good&state=right';

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

function get(port: number, path: string): Promise<Answer> {
  return call(port, { path });
}

function call(
  port: number,
  options: {
    readonly path: string;
    readonly method?: string;
    readonly headers?: Record<string, string>;
    readonly body?: string;
    readonly address?: string;
  },
): Promise<Answer> {
  const { path, method = 'GET', headers = {}, body = '', address = '127.0.0.1' } = options;
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: address, port, path, method, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

async function open(port: number, host = '127.0.0.1'): Promise<Socket> {
  const socket = connect(port, host);
  await once(socket, 'connect');
  socket.on('error', () => {});
  socket.resume();
  return socket;
}

/** Sends bytes and gives all that comes back until the other side closes. */
async function raw(port: number, bytes: string, { end = false } = {}): Promise<string> {
  const socket = await open(port);
  const text = collected(socket);
  if (end) {
    socket.end(bytes);
  } else {
    socket.write(bytes);
  }
  return text;
}

async function collected(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  await ended(socket);
  return text;
}

/** Unlike `once`, which rejects when the other side resets the connection. */
function ended(socket: Socket): Promise<void> {
  return new Promise((done) => {
    socket.on('close', () => {
      done();
    });
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((done) => {
    server.close(() => {
      done();
    });
  });
}

async function failure(promise: Promise<unknown>): Promise<NinjaOneError> {
  const error: unknown = await promise.then(
    () => assert.fail('it succeeded'),
    (reason: unknown) => reason,
  );
  assert.ok(isNinjaOneError(error));
  return error;
}
