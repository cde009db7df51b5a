import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect, createServer, Server, type AddressInfo, type Socket } from 'node:net';
import { mock } from 'node:test';
import fc from 'fast-check';
import { isNinjaOneError, type NinjaOneError } from '../../../src/core/base/errors.ts';
import {
  startLoopbackServer,
  type LoopbackServer,
  type LoopbackServerOptions,
} from '../../../src/core/oauth/loopbackServer.ts';

describe('loopback server', () => {
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
      text: {
        language: 'de',
        signedInTitle: 'Done',
        signedInBody: 'Go back',
        waitingTitle: 'Waiting',
        waitingBody: 'Not yet',
        endedTitle: 'Over',
        endedBody: 'Start again.',
      },
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

  it('passes on the callback, redirects to an address without the code and ends with a page (A5)', async () => {
    const { port } = await start();
    const response = await get(port, `/?${GOOD}`);
    assert.equal(response.status, 303);
    assert.equal(response.headers.location, `http://127.0.0.1:${port}/`);
    const page = await get(port, '/');
    assert.equal(page.status, 200);
    assert.match(page.body, /<html lang="de">.*<h1>Done<\/h1><p>Go back<\/p>/);
    assert.deepEqual(queries, [GOOD]);
  });

  it('passes on an unexpected callback, shows the waiting page and still accepts the right one (A5)', async () => {
    const { port } = await start();
    const noise = await get(port, '/?code=evil&state=foreign');
    assert.equal(noise.status, 303);
    assert.equal(noise.headers.location, `http://127.0.0.1:${port}/?unexpected`);
    const page = await get(port, '/?unexpected');
    assert.equal(page.status, 400);
    assert.match(page.body, /Waiting/);
    const bare = await get(port, '/');
    assert.equal(bare.status, 200);
    assert.match(bare.body, /Waiting/);
    assert.equal((await get(port, `/?${GOOD}`)).status, 303);
    assert.deepEqual(queries, ['code=evil&state=foreign', GOOD]);
  });

  it('shows the same page for a second delivery (A5)', async () => {
    const { port } = await start();
    await get(port, `/?${GOOD}`);
    assert.equal((await get(port, '/?code=again')).headers.location, `http://127.0.0.1:${port}/`);
  });

  it('serves constant pages with protecting headers (A5, T18)', async () => {
    const { port } = await start();
    const evil = encodeURIComponent('<script>alert(1)</script>');
    const pages = [await get(port, '/'), await get(port, '/?unexpected')];
    assert.equal(new Set(pages.map(({ body }) => body)).size, 1);
    assert.match(pages[0]?.body ?? '', /<html lang="de">/);
    const answers = [await get(port, `/?code=${evil}&state=${evil}`), await get(port, `/?${evil}`)];
    for (const { headers, body } of answers) {
      assert.deepEqual([headers.location, body], [`http://127.0.0.1:${port}/?unexpected`, '']);
    }
    const others = [await get(port, '/?ended'), await get(port, `/?${GOOD}`), await get(port, '/favicon.ico')];
    for (const { headers } of [...pages, ...answers, ...others]) {
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

  it('escapes its own text in pages (A5)', async () => {
    const text = {
      language: '"><b>',
      signedInTitle: 'a',
      signedInBody: 'b',
      waitingTitle: `<b>"&'`,
      waitingBody: '</p><script>',
      endedTitle: 'Over',
      endedBody: 'Start again.',
    };
    const { port } = await start({ text });
    const { body } = await get(port, '/');
    assert.ok(body.includes('<h1>&#60;b&#62;&#34;&#38;&#39;</h1>'));
    assert.ok(body.includes('<html lang="&#34;&#62;&#60;b&#62;">'));
    assert.ok(!body.includes('<script'));
  });

  it('reads the query of a POST, as after a 307 redirect, and discards its body (A5, T17)', async () => {
    const { port } = await start();
    const response = await call(port, {
      method: 'POST',
      path: `/?${GOOD}`,
      headers: { origin: 'null', 'content-type': 'application/x-www-form-urlencoded' },
      body: 'code=other&state=other&consent=yes',
    });
    assert.equal(response.status, 303);
    assert.deepEqual(queries, [GOOD]);
  });

  it('waits for a slow form before it responds (A5)', async () => {
    const { port } = await start();
    const socket = await open(port);
    const page = collected(socket);
    socket.write(`POST /?${GOOD} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Length: 6\r\n\r\nab`);
    // A complete request runs between the two halves.
    await get(port, '/');
    assert.equal(socket.bytesRead, 0);
    socket.write('cdef');
    assert.match(await page, /^HTTP\/1\.1 303 /);
  });

  it('stops reading an endless body (A5, T17)', async () => {
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
    it(`refuses ${method} and passes nothing on (A5, T17)`, async () => {
      const { port } = await start();
      const response = await call(port, { method, path: `/?${GOOD}` });
      assert.equal(response.status, 405);
      assert.equal(response.headers.allow, 'GET, POST');
      assert.deepEqual(queries, []);
    });
  }

  it('responds only on the path of the redirect URI (A5, T17)', async () => {
    const { port } = await start({ path: '/cb/in' });
    for (const path of ['/', '/cb', '/cb/in/', '/cb/in/../in', '/CB/in', '//cb/in', '/favicon.ico', '/cb%2Fin']) {
      assert.equal((await get(port, `${path}?${GOOD}`)).status, 404, path);
    }
    assert.deepEqual(queries, []);
    assert.equal((await get(port, `/cb/in?${GOOD}`)).headers.location, `http://127.0.0.1:${port}/cb/in`);
  });

  it('redirects to its own address, whatever the path looks like (A5, T18)', async () => {
    const { port } = await start({ path: '//evil.example/' });
    const { headers } = await get(port, `//evil.example/?${GOOD}`);
    assert.equal(headers.location, `http://127.0.0.1:${port}//evil.example/`);
  });

  it('requires the Host of the redirect URI (A5, T16)', async () => {
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

  it('behind a forwarded port requires the Host of the redirect URI instead of its own (A5, T16)', async () => {
    const loopback = await start();
    loopback.reachedAs('http://127.0.0.1:40001');
    assert.equal((await get(loopback.port, `/?${GOOD}`)).status, 403);
    const response = await call(loopback.port, { path: `/?${GOOD}`, headers: { host: '127.0.0.1:40001' } });
    assert.equal(response.headers.location, 'http://127.0.0.1:40001/');
    assert.deepEqual(queries, [GOOD]);
  });

  it('accepts only null, its own address and the instance as Origin (A5, T16)', async () => {
    const { port } = await start({ allowedOrigin: 'https://eu.ninjarmm.com' });
    for (const origin of ['https://evil.example', 'https://eu.ninjarmm.com.evil.example', 'null, null', '']) {
      assert.equal((await call(port, { path: '/?a=b', headers: { origin } })).status, 403, origin);
    }
    assert.deepEqual(queries, []);
    for (const origin of ['null', `http://127.0.0.1:${port}`, 'https://eu.ninjarmm.com']) {
      assert.equal((await call(port, { path: '/?a=b', headers: { origin } })).status, 303, origin);
    }
    assert.equal(queries.length, 3);
  });

  it('does not throw on absolute addresses, very long addresses and binary data (A5, T17)', async () => {
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

  it('passes on any query unchanged and does not throw (A5, T17)', async () => {
    const { port } = await start();
    const query = fc.stringMatching(/^[!-"$-~]{1,200}$/);
    await fc.assert(
      fc.asyncProperty(query, async (text) => {
        queries.length = 0;
        assert.equal((await get(port, `/?${text}`)).headers.location, `http://127.0.0.1:${port}/?unexpected`);
        assert.deepEqual(queries, [text]);
      }),
      { numRuns: 50 },
    );
  });

  it('survives a callback handler that throws, and the sign-in goes on', async () => {
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
    assert.equal((await get(port, '/?a=b')).headers.location, `http://127.0.0.1:${port}/?unexpected`);
    assert.equal((await get(port, '/?a=b')).headers.location, `http://127.0.0.1:${port}/`);
  });

  it('lets the browser in while 200 idle connections are open (A5, T19)', async () => {
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

  it('closes with all connections after the grace period (A5, T15)', async () => {
    const { port } = await start({ grace: 50 });
    const idle = await open(port);
    const gone = ended(idle);
    await get(port, `/?${GOOD}`);
    await gone;
    await assert.rejects(open(port), /ECONNREFUSED/);
  });

  it('stays open for the last page after the sign-in only if it received the callback (A5)', async () => {
    const pasted = await start();
    const idle = await open(pasted.port);
    const gone = ended(idle);
    pasted.finish();
    await gone;
    const used = await start();
    await get(used.port, `/?${GOOD}`);
    used.finish();
    assert.match((await get(used.port, '/')).body, /Done/);
  });

  it('frees the port immediately when it is closed, even if that happens twice (A4, A5)', async () => {
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

  it('listens on its own address only (A5, T15)', async () => {
    const { port } = await start();
    // Another address of this computer, on which a listener on all interfaces would respond.
    await assert.rejects(open(port, '127.0.0.2'));
  });

  it('answers a page of an earlier sign-in, and goes on to wait for its own (A4)', async () => {
    const { port } = await start({
      settle: (query) => (query === GOOD ? 'settled' : query === 'code=old' ? 'ended' : 'ignored'),
    });
    const own = `http://127.0.0.1:${port}/`;
    for (const [query, location] of [
      ['code=old', `${own}?ended`],
      ['code=foreign', `${own}?unexpected`],
      [GOOD, own],
      ['code=old', `${own}?ended`],
    ]) {
      const { status, headers } = await get(port, `/?${query}`);
      assert.deepEqual([status, headers.location], [303, location]);
    }
    const page = await get(port, '/?ended');
    assert.equal(page.status, 410);
    assert.match(page.body, /Over.*Start again\./s);
  });

  it('keeps no code and no state in the address that the browser shows, whatever it answers (A5)', async () => {
    const outcomes = ['ignored', 'ended', 'settled', 'ignored'] as const;
    let count = 0;
    const { port } = await start({ settle: () => outcomes[count++] ?? 'ignored' });
    for (const [index, status] of [400, 410, 200, 200].entries()) {
      const page = await fetch(`http://127.0.0.1:${port}/?code=secret-code&state=secret-state`);
      assert.equal(page.status, status, outcomes[index]);
      assert.doesNotMatch(`${page.url} ${await page.text()}`, /secret/);
    }
    assert.equal(count, outcomes.length, 'the addresses of the pages are no callbacks');
  });

  it('names the address without a port where the system was to choose the port (A5)', async () => {
    const listening = mock.method(Server.prototype, 'listen', function (this: Server) {
      queueMicrotask(() => this.emit('error', Object.assign(new Error('too many files'), { code: 'EACCES' })));
      return this;
    });
    try {
      const error = await failure(start());
      assert.equal(error.code, 'loopback.failed');
      assert.match(error.message, /^Could not listen on 127\.0\.0\.1 \(EACCES\)/);
    } finally {
      listening.mock.restore();
    }
  });

  it('reports a busy port, offers pasting and takes no other port (A5, T19)', async () => {
    const port = await hold('127.0.0.1');
    const error = await failure(start({ port }));
    assert.equal(error.code, 'loopback.portBusy');
    assert.ok(error.message.includes(`127.0.0.1:${port}`));
  });

  describe('on localhost', () => {
    let ipv6 = false;

    before(async () => {
      ipv6 = await hold('::1').then(
        () => true,
        () => false,
      );
    });

    it('listens on 127.0.0.1 and on ::1 if there is IPv6 (A5)', async () => {
      const { port } = await start({ host: 'localhost' });
      const headers = { host: `localhost:${port}` };
      assert.equal((await call(port, { path: '/?a=b', headers })).status, 303);
      if (ipv6) {
        assert.equal((await call(port, { path: `/?${GOOD}`, headers, address: '::1' })).status, 303);
      } else {
        await assert.rejects(open(port, '::1'));
      }
      assert.equal((await get(port, '/?a=b')).status, 403);
    });

    it('refuses to start and releases the port if one of the two is in use (A5, T19)', async () => {
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

interface Received {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

function get(port: number, path: string): Promise<Received> {
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
): Promise<Received> {
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

/** Sends the bytes and returns everything received until the server closes the connection. */
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

/** Unlike `once`, does not reject when the server resets the connection. */
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
