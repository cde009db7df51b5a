import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { inspect, promisify } from 'node:util';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { isNinjaOneError, NinjaOneError } from '../../../src/core/base/errors.ts';
import { l10n } from '../../../src/core/base/l10n.ts';
import {
  createTransport,
  type HttpRequest,
  type HttpResponse,
  type TransportOptions,
} from '../../../src/core/http/transport.ts';
import { silentLogger } from '../../../tooling/silentLogger.ts';
import { until } from '../../support/sessionFixture.ts';

describe('transport', () => {
  const closers: (() => Promise<void>)[] = [];

  afterEach(async () => {
    for (const close of closers.splice(0)) {
      await close();
    }
  });

  function transport(options: Partial<TransportOptions> = {}): (request: AnyRequest) => Promise<HttpResponse> {
    const { send, close } = createTransport({
      fetch: globalThis.fetch,
      logger: silentLogger,
      proxySupport: () => 'override',
      ...options,
    });
    closers.push(close);
    return (request) => send({ method: 'GET', timeout: 5000, maxBytes: 1024, ...request });
  }

  async function serve(listener: RequestListener): Promise<{ origin: string; server: Server }> {
    const server = createServer(listener).listen(0, '127.0.0.1');
    await once(server, 'listening');
    closers.push(async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    });
    return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
  }

  it('sends the method, headers and body, and returns the status, headers and body of any response', async () => {
    const { origin } = await serve((request, response) => {
      void readAll(request).then((body) => {
        response.writeHead(418, { 'x-nj-request-id': 'abc' });
        response.end(`${request.method} ${request.url} ${request.headers.authorization} ${body}`);
      });
    });
    const response = await transport()({
      url: `${origin}/v2/devices?pageSize=1`,
      method: 'POST',
      headers: { authorization: 'Bearer token-1' },
      body: 'a=b',
    });
    assert.equal(response.status, 418);
    assert.equal(response.headers.get('x-nj-request-id'), 'abc');
    assert.equal(text(response), 'POST /v2/devices?pageSize=1 Bearer token-1 a=b');
  });

  for (const [method, body, sent] of [
    ['POST', 'grant_type=refresh_token', 1],
    ['PUT', '{}', 1],
    ['PATCH', '{}', 1],
    ['POST', undefined, 1],
    ['DELETE', undefined, 1],
    // A read may be sent again.
    ['GET', undefined, 2],
    ['HEAD', undefined, 2],
  ] as const) {
    const what = `${method} ${body === undefined ? 'without' : 'with'} a body`;
    it(`sends ${what} ${sent === 1 ? 'once' : 'twice'} if the server answers that it is misdirected (A7, E9)`, async () => {
      const bodies: string[] = [];
      const { origin } = await serve((request, response) => {
        void readAll(request).then((text) => {
          bodies.push(text);
          response.writeHead(421, { 'content-type': 'text/plain' }).end('Misdirected Request');
        });
      });
      // VS Code replaces the agent; then `fetch` uses its own.
      for (const proxySupport of ['override', 'on']) {
        const send = transport({ proxySupport: () => proxySupport });
        const response = await send({ url: origin, method, ...(body === undefined ? {} : { body }), pool: 'tokens' });
        assert.equal(response.status, 421);
        assert.deepEqual(
          bodies.splice(0),
          Array.from({ length: sent }, () => body ?? ''),
        );
        // The connection is closed, and the next request has one of its own.
        assert.equal((await send({ url: origin, method: 'OPTIONS' })).status, 421);
        bodies.splice(0);
      }
    });
  }

  it('tells its own requests from others to the same address, which are sent again (P4, A7)', async () => {
    const paths: string[] = [];
    const { origin } = await serve((request, response) => {
      paths.push(String(request.headers['x-from']));
      response.writeHead(421).end();
    });
    const send = transport();
    const own = (name: string): Promise<HttpResponse> =>
      send({ url: origin, method: 'POST', body: 'x', headers: { 'x-from': name } });
    const other = fetch(origin, { method: 'POST', body: 'x', headers: { 'x-from': 'other' } });
    await Promise.all([own('a'), own('b'), other, own('c')]);
    assert.deepEqual(paths.toSorted(), ['a', 'b', 'c', 'other', 'other']);
  });

  it('returns an empty body for HEAD and 204', async () => {
    const { origin } = await serve((request, response) => {
      response.writeHead(request.method === 'HEAD' ? 200 : 204).end();
    });
    const send = transport();
    assert.equal((await send({ url: origin, method: 'HEAD' })).body.byteLength, 0);
    assert.equal((await send({ url: origin, method: 'DELETE' })).status, 204);
  });

  for (const status of [301, 302, 303, 307, 308]) {
    it(`refuses a redirect with ${status} and never calls its target (A1, T20)`, async () => {
      let calls = 0;
      const target = await serve((_, response) => {
        calls += 1;
        response.end('{"access_token":"stolen"}');
      });
      const { origin } = await serve((_, response) => {
        response.writeHead(status, { location: `${target.origin}/steal?secret=1` }).end();
      });
      const error = await failure(transport()({ url: origin, method: 'POST', body: 'client_secret=s3cret' }));
      assert.equal(error.code, 'network.redirect');
      assert.equal(error.intent, 'transient');
      assert.ok(error.message.includes(new URL(target.origin).host));
      assert.ok(!error.message.includes('secret'));
      assert.equal(calls, 0);
    });
  }

  it('does not send through the global dispatcher of undici, which another extension may have replaced (P4, P9)', async () => {
    const { origin } = await serve((_, response) => response.end('reached'));
    const slots = [1, 2].map((version) => Symbol.for(`undici.globalDispatcher.${version}`));
    const global = globalThis as unknown as Record<symbol, unknown>;
    const before = slots.map((slot) => global[slot]);
    let stolen = 0;
    const thief = {
      dispatch: () => {
        stolen += 1;
        throw new Error('stolen');
      },
    };
    try {
      for (const slot of slots) {
        global[slot] = thief;
      }
      const request = { url: origin, method: 'POST', headers: { authorization: 'Bearer token-1' } } as const;
      for (const proxySupport of ['override', 'fallback', 'off']) {
        assert.equal(text(await transport({ proxySupport: () => proxySupport })(request)), 'reached');
      }
      assert.equal(stolen, 0);
      // A request without an agent of its own goes through the thief.
      await assert.rejects(fetch(origin));
      assert.equal(stolen, 1);
    } finally {
      slots.forEach((slot, index) => {
        global[slot] = before[index];
      });
    }
  });

  it('refuses the opaque redirect of a browser-like fetch, and one without a target', async () => {
    const opaque = Object.defineProperties(new Response(null), {
      type: { value: 'opaqueredirect' },
      status: { value: 0 },
    });
    const error = await failure(transport({ fetch: () => Promise.resolve(opaque) })({ url: ORIGIN }));
    assert.equal(error.code, 'network.redirect');
    assert.ok(!error.message.includes('{'));
  });

  it('stops reading at the size limit and closes the connection (T24)', async () => {
    let dropped: Promise<unknown> = Promise.resolve();
    const { origin } = await serve((_, response) => {
      dropped = once(response, 'close');
      const write = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(16_384)));
      };
      response.on('drain', write);
      write();
    });
    const error = await failure(transport()({ url: origin, maxBytes: 65_536 }));
    assert.equal(error.code, 'network.tooLarge');
    assert.match(error.message, /64 KB/);
    await dropped;
  });

  it('streams a large body to its sink and keeps the first part (E7)', async () => {
    const whole = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251));
    const { origin } = await serve((_, response) => {
      response.end(whole);
    });
    const taken: Buffer[] = [];
    let starts = 0;
    let busy = false;
    const overflow = {
      start: () => {
        starts++;
      },
      write: async (part: Uint8Array) => {
        assert.equal(busy, false);
        busy = true;
        await new Promise((resolve) => setImmediate(resolve));
        busy = false;
        taken.push(Buffer.from(part));
      },
    };
    const response = await transport()({ url: origin, maxBytes: 100_000, overflow });
    assert.equal(response.overflow, whole.length);
    assert.deepEqual(Buffer.from(response.body), whole.subarray(0, 100_000));
    assert.deepEqual(Buffer.concat(taken), whole);
    assert.equal(starts, 1);
  });

  it('does not use the sink for a body within the limit (E7)', async () => {
    const { origin } = await serve((_, response) => {
      response.end('x'.repeat(1000));
    });
    const overflow = { start: () => assert.fail(), write: () => assert.fail() };
    const response = await transport()({ url: origin, maxBytes: 1000, overflow });
    assert.deepEqual([response.body.byteLength, response.overflow], [1000, undefined]);
  });

  it('applies the time-out to each part of a large body instead of the whole, and can be canceled (E7)', async () => {
    const { origin } = await serve((request, response) => {
      let parts = 0;
      const timer = setInterval(() => {
        response.write(Buffer.alloc(1000));
        if (++parts === 8 && request.url !== '/stuck') {
          clearInterval(timer);
          response.end();
        } else if (parts === 8) {
          clearInterval(timer);
        }
      }, 50);
    });
    const overflow = { start() {}, write() {} };
    const response = await transport()({ url: origin, maxBytes: 10, overflow, timeout: 250 });
    assert.equal(response.overflow, 8000);
    const stuck = await failure(transport()({ url: `${origin}/stuck`, maxBytes: 10, overflow, timeout: 250 }));
    assert.equal(stuck.code, 'network.timeout');
    const controller = new AbortController();
    const canceling = { start() {}, write: () => controller.abort() };
    const request = { url: origin, maxBytes: 10, overflow: canceling, signal: controller.signal };
    assert.equal((await failure(transport()(request))).code, 'network.aborted');
  });

  it('rethrows an error of the sink unchanged (E7)', async () => {
    const { origin } = await serve((_, response) => {
      response.end('x'.repeat(1000));
    });
    const full = new NinjaOneError({ code: 'spool.full', intent: 'storage', message: l10n.t('The disk is full.') });
    const overflow = { start: () => Promise.reject(full), write() {} };
    assert.equal(await failure(transport()({ url: origin, maxBytes: 10, overflow })), full);
  });

  it('counts bytes after decompression, which stops a gzip bomb (T24)', async () => {
    const { origin } = await serve((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(5_000_000)));
    });
    const error = await failure(transport()({ url: origin, maxBytes: 65_536 }));
    assert.equal(error.code, 'network.tooLarge');
  });

  for (const [coding, encode, what = coding] of [
    ['gzip', gzipSync],
    ['X-GZip', gzipSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync, 'deflate without its header'],
    ['br', brotliCompressSync],
    ['gzip, br', (bytes: Uint8Array) => brotliCompressSync(gzipSync(bytes))],
    ['identity', (bytes: Uint8Array) => Buffer.from(bytes)],
  ] as const) {
    it(`reads a body with the coding ${what}, and refuses one that is cut in a whole message (E7, E8, E9)`, async () => {
      const plain = Buffer.from(
        JSON.stringify(Array.from({ length: 3000 }, (_, id) => ({ id, name: `n${id * 7919}` }))),
      );
      const whole = encode(plain);
      let sent: Uint8Array = whole;
      const { origin } = await serve((request, response) => {
        void readAll(request).then(() => {
          response.writeHead(200, { 'content-encoding': coding, 'x-other': 'a' }).write(sent.subarray(0, 100));
          response.end(sent.subarray(100));
        });
      });
      const send = transport();
      for (const method of ['GET', 'POST'] as const) {
        sent = whole;
        const response = await send({ url: origin, method, maxBytes: 1e6 });
        assert.ok(Buffer.from(response.body).equals(plain));
        assert.deepEqual(
          [response.headers.get('content-encoding')?.toLowerCase(), response.headers.get('x-other')],
          [coding.toLowerCase(), 'a'],
        );
        const ends = coding === 'identity' ? [] : [1, 50, whole.length >> 1, whole.length - 1];
        for (const end of ends) {
          sent = whole.subarray(0, end);
          const { code } = await failure(send({ url: origin, method, maxBytes: 1e6 }));
          assert.equal(code, 'network.reset', `${method}, ${end} of ${whole.length} bytes`);
          const overflow = { start() {}, write() {} };
          const large = await failure(send({ url: origin, method, maxBytes: 10, overflow }));
          assert.equal(large.code, 'network.reset', `${method}, ${end} of ${whole.length} bytes, to a file`);
        }
      }
    });
  }

  it('takes a body without any data for an empty one, whatever its coding is', async () => {
    const { origin } = await serve((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end();
    });
    const { body, headers } = await transport()({ url: origin });
    assert.deepEqual([body.byteLength, headers.get('content-encoding')], [0, 'gzip']);
  });

  it('leaves a coding that it does not know to fetch, and the responses of others alone', async () => {
    const { origin } = await serve((request, response) => {
      const coding = request.url === '/other' ? 'gzip' : 'gzip, own';
      response.writeHead(200, { 'content-encoding': coding }).end(gzipSync('text'));
    });
    const send = transport();
    assert.ok(Buffer.from((await send({ url: `${origin}/own` })).body).equals(gzipSync('text')));
    assert.equal(await (await fetch(`${origin}/other`)).text(), 'text');
  });

  it('keeps no more memory alive than the body has', async () => {
    const { origin } = await serve((_, response) => response.end('{"id":1}'));
    const { body } = await transport()({ url: origin });
    assert.deepEqual([body.byteLength, body.buffer.byteLength], [8, 8]);
  });

  it('accepts a body of exactly the limit', async () => {
    const { origin } = await serve((_, response) => response.end(Buffer.alloc(1024)));
    assert.equal((await transport()({ url: origin })).body.byteLength, 1024);
  });

  it('times out if no response arrives or if it does not end (T24)', async () => {
    const { origin } = await serve((request, response) => {
      if (request.url === '/drip') {
        const drip = setInterval(() => response.write('.'), 10);
        response.on('close', () => {
          clearInterval(drip);
        });
      }
    });
    const send = transport();
    for (const path of ['/hang', '/drip']) {
      const error = await failure(send({ url: origin + path, timeout: 100 }));
      assert.equal(error.code, 'network.timeout');
      assert.equal(error.intent, 'transient');
    }
  });

  it('does not time out at once when the time is longer than a timer can be (T26)', async () => {
    const { origin } = await serve((_, response) => {
      setTimeout(() => response.end('late'), 20);
    });
    assert.equal(text(await transport()({ url: origin, timeout: 2 ** 31 })), 'late');
  });

  it('times out and aborts even if fetch ignores its signal', async () => {
    const send = transport({ fetch: () => new Promise<Response>(() => {}) });
    assert.equal((await failure(send({ url: ORIGIN, timeout: 20 }))).code, 'network.timeout');
    const caller = new AbortController();
    const pending = failure(send({ url: ORIGIN, signal: caller.signal }));
    caller.abort();
    assert.equal((await pending).code, 'network.aborted');
  });

  it('gives token requests connections of their own, beside six slow API responses (A9)', async () => {
    const waiting: (() => void)[] = [];
    const { origin } = await serve((request, response) => {
      if (request.url === '/slow') {
        waiting.push(() => response.end());
      } else {
        response.end('token');
      }
    });
    const send = transport();
    const slow = Array.from({ length: 7 }, () => send({ url: `${origin}/slow`, timeout: 20_000 }));
    await until(() => waiting.length === 6);
    const url = `${origin}/ws/oauth/token`;
    assert.equal(text(await send({ url, method: 'POST', body: 'a=b', pool: 'tokens' })), 'token');
    assert.equal(waiting.length, 6, 'the seventh waits for a connection');
    waiting.splice(0).forEach((finish) => {
      finish();
    });
    await until(() => waiting.length === 1);
    waiting[0]?.();
    await Promise.all(slow);
  });

  it('distinguishes an abort by the caller from a time-out, before and during the request', async () => {
    const { origin, server } = await serve(() => {});
    const send = transport();
    const caller = new AbortController();
    const pending = failure(send({ url: origin, signal: caller.signal }));
    await once(server, 'request');
    caller.abort();
    for (const error of [await pending, await failure(send({ url: origin, signal: caller.signal }))]) {
      assert.equal(error.code, 'network.aborted');
      assert.equal(error.intent, 'canceled');
    }
  });

  it('removes its listener from a signal that outlives the request', async () => {
    const { origin } = await serve((_, response) => response.end());
    const caller = new AbortController();
    let listeners = 0;
    const { addEventListener, removeEventListener } = caller.signal;
    caller.signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
      listeners += 1;
      addEventListener.apply(caller.signal, args);
    };
    caller.signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
      listeners -= 1;
      removeEventListener.apply(caller.signal, args);
    };
    await transport()({ url: origin, signal: caller.signal });
    assert.equal(listeners, 0);
  });

  it('distinguishes refused, reset and broken TLS connections on real sockets (A8)', async () => {
    const { origin } = await serve((request, response) => {
      if (request.url === '/half') {
        response.writeHead(200, { 'content-length': '100' }).write('half');
      }
      setImmediate(() => request.socket.destroy());
    });
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    await new Promise((done) => closed.close(done));
    const send = transport();
    assert.equal((await failure(send({ url: `http://127.0.0.1:${port}` }))).code, 'network.refused');
    assert.equal((await failure(send({ url: origin }))).code, 'network.reset');
    assert.equal((await failure(send({ url: `${origin}/half` }))).code, 'network.reset');
    assert.equal((await failure(send({ url: origin.replace('http:', 'https:') }))).code, 'network.tls');
  });

  const forbidden = [
    'http://eu.ninjarmm.com/v2',
    'http://127.0.0.2:80/',
    'http://localhost.evil.example/',
    'https://user:pass@eu.ninjarmm.com/',
    'https://user@eu.ninjarmm.com/',
    'ftp://eu.ninjarmm.com/',
    'file:///etc/passwd',
    'data:text/plain,x',
    '/v2/devices',
    '',
  ];
  for (const url of forbidden) {
    it(`sends nothing to ${JSON.stringify(url)}`, async () => {
      let calls = 0;
      const fetch = (): Promise<Response> => {
        calls += 1;
        return Promise.resolve(new Response());
      };
      const error = await failure(transport({ fetch })({ url }));
      assert.equal(error.code, 'network.forbidden');
      assert.equal(error.intent, 'invalidInput');
      assert.ok(!inspect(error).includes('pass@'));
      assert.equal(calls, 0);
    });
  }

  for (const url of ['https://eu.ninjarmm.com', 'http://127.0.0.1:1', 'http://localhost:1', 'http://[::1]:1']) {
    it(`sends a request to ${url}`, async () => {
      const fetch = (): Promise<Response> => Promise.resolve(new Response('ok'));
      assert.equal(text(await transport({ fetch })({ url })), 'ok');
    });
  }

  it('throws no error that contains the request, its headers or its body', async () => {
    const leaky = (input: unknown, init: unknown): Promise<never> =>
      Promise.reject(
        Object.assign(new TypeError('fetch failed: Bearer token-1', { cause: { code: 'ECONNRESET', input, init } }), {
          request: init,
        }),
      );
    const request = {
      url: `${ORIGIN}/v2?code=code-1`,
      method: 'POST',
      headers: { authorization: 'Bearer token-1' },
      body: 'client_secret=secret-1',
    } as const;
    const errors = [
      await failure(transport({ fetch: leaky })(request)),
      await failure(transport()({ ...request, headers: { authorization: 'Bearer token-1\r\nx: y' } })),
    ];
    assert.deepEqual(
      errors.map(({ code }) => code),
      ['network.reset', 'network.forbidden'],
    );
    for (const error of errors) {
      assert.doesNotMatch(
        inspect(error, { depth: 20, showHidden: true }) + String(error.stack),
        /(?:token|code|secret)-1/,
      );
    }
  });

  it('logs the method, origin, path, status and size at debug level, and nothing else', async () => {
    const lines: string[] = [];
    const refuse = (): never => assert.fail('only debug is used');
    const logger = { ...silentLogger, info: refuse, warn: refuse, error: refuse, debug: (m: string) => lines.push(m) };
    const { origin } = await serve((request, response) => {
      if (request.url === '/broken') {
        request.socket.destroy();
      } else {
        response.end('a body');
      }
    });
    const send = transport({ logger });
    await send({ url: `${origin}/v2/devices?q=alice`, headers: { authorization: 'Bearer token-1' } });
    await failure(send({ url: `${origin}/broken` }));
    assert.match(lines[0] ?? '', new RegExp(`^GET ${origin}/v2/devices: 200, \\d+ ms, 6 bytes$`));
    assert.match(lines[1] ?? '', new RegExp(`^GET ${origin}/broken: network.reset, \\d+ ms$`));
  });

  it('uses its own agent, except where VS Code would then bypass the proxy', async () => {
    const seen: RequestInit[] = [];
    const fetch = (_: unknown, init?: RequestInit): Promise<Response> => {
      seen.push(init ?? {});
      return Promise.resolve(new Response());
    };
    for (const proxySupport of ['override', 'fallback', 'off', 'on']) {
      await transport({ fetch, proxySupport: () => proxySupport })({ url: ORIGIN });
    }
    assert.deepEqual(
      seen.map((init) => init.dispatcher !== undefined),
      [true, true, true, false],
    );
    assert.ok(seen.every(({ redirect, credentials }) => redirect === 'manual' && credentials === 'omit'));
  });

  it('cancels a request after it was closed', async () => {
    const { send, close } = createTransport({
      fetch: globalThis.fetch,
      logger: silentLogger,
      proxySupport: () => 'off',
    });
    await close();
    const error = await failure(send({ url: 'http://127.0.0.1:65000', method: 'GET', timeout: 1000, maxBytes: 1 }));
    assert.equal(error.intent, 'canceled');
  });

  it('leaves the global dispatcher unchanged, which an import of undici replaces', async () => {
    const file = fileURLToPath(new URL('../../../src/core/http/transport.ts', import.meta.url));
    const slotsAfter = async (module: string): Promise<string> => {
      const script = `
        const slots = () => [1, 2].map((n) => globalThis[Symbol.for('undici.globalDispatcher.' + n)]);
        const before = slots();
        await import(${JSON.stringify(module)});
        console.log(slots().every((slot, i) => slot === before[i]) ? 'untouched' : 'replaced');`;
      const args = ['--import', 'tsx', '--input-type=module', '-e', script];
      return (await promisify(execFile)(process.execPath, args)).stdout.trim();
    };
    assert.deepEqual(await Promise.all([slotsAfter(file), slotsAfter('undici')]), ['untouched', 'replaced']);
  });
});

type AnyRequest = Pick<HttpRequest, 'url'> & Partial<HttpRequest>;

const ORIGIN = 'https://eu.ninjarmm.com';

async function failure(promise: Promise<unknown>): Promise<NinjaOneError> {
  const error: unknown = await promise.then(
    () => assert.fail('it succeeded'),
    (reason: unknown) => reason,
  );
  assert.ok(isNinjaOneError(error), inspect(error));
  assert.equal(error.cause, undefined);
  return error;
}

function text({ body }: HttpResponse): string {
  return new TextDecoder().decode(body);
}

async function readAll(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) {
    body += String(chunk);
  }
  return body;
}
