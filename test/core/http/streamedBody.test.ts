import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { isNinjaOneError, NinjaOneError } from '../../../src/core/base/errors.ts';
import { l10n } from '../../../src/core/base/l10n.ts';
import { createTransport, type BodyStream, type HttpRequest } from '../../../src/core/http/transport.ts';
import { silentLogger } from '../../../tooling/silentLogger.ts';
import { until } from '../../support/sessionFixture.ts';

const PART_BYTES = 65_536;
const PART = Buffer.alloc(PART_BYTES, 'x');

describe('a body that is read while it is sent', () => {
  const closers: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0)) {
      await close();
    }
  });

  const serve = async (listener: RequestListener): Promise<string> => {
    const server = createServer(listener).listen(0, '127.0.0.1');
    await once(server, 'listening');
    closers.push(async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  };

  const post = (url: string, stream: BodyStream, options: Partial<HttpRequest> = {}) => {
    const transport = createTransport({
      fetch: globalThis.fetch,
      logger: silentLogger,
      proxySupport: () => 'override',
    });
    closers.push(() => transport.close());
    return transport.send({ url, method: 'POST', timeout: 10_000, maxBytes: 1024, stream, ...options });
  };

  const parts = (count: number, before: (index: number) => Promise<unknown> = async () => {}): BodyStream => ({
    size: count * PART_BYTES,
    async *chunks() {
      for (let index = 0; index < count; index++) {
        await before(index);
        yield PART;
      }
    },
  });

  const counting: RequestListener = (request, response) => {
    let bytes = 0;
    request.on('data', (part: Buffer) => (bytes += part.byteLength));
    request.on('end', () => {
      const { 'content-length': length, 'transfer-encoding': coding } = request.headers;
      response.end(JSON.stringify({ bytes, length, coding }));
    });
  };

  const failsAs = (code: string) => (error: unknown) => isNinjaOneError(error) && error.code === code;

  it('has a length, counts what is sent, and is read only as fast as the server takes it (E15)', async () => {
    let arrived = 0;
    let most = 0;
    const url = await serve((request, response) => {
      request.on('data', (part: Buffer) => (arrived += part.byteLength));
      counting(request, response);
    });
    const sent: number[] = [];
    const count = 1000;
    const { body } = await post(url, {
      ...parts(count, (index) => {
        most = Math.max(most, index * PART_BYTES - arrived);
        return Promise.resolve();
      }),
      onSent: (bytes) => sent.push(bytes),
    });
    const size = count * PART_BYTES;
    assert.deepEqual(JSON.parse(Buffer.from(body).toString()), { bytes: size, length: String(size) });
    assert.deepEqual([sent.length, sent[0], sent.at(-1)], [count, PART_BYTES, size]);
    assert.ok(most < 10_000_000, `${most} bytes were read before the server took them`);
  });

  it('may take longer than the time-out while it goes on (E15)', async () => {
    const url = await serve(counting);
    const { status } = await post(
      url,
      parts(6, () => sleep(100)),
      { timeout: 400 },
    );
    assert.equal(status, 200);
  });

  it('ends with the time-out when the server takes no more (E15)', async () => {
    const url = await serve(() => {});
    await assert.rejects(post(url, parts(2000), { timeout: 300 }), failsAs('network.timeout'));
  });

  it('is canceled in the middle, and the server never gets a whole request (E15)', async () => {
    const ended: string[] = [];
    const url = await serve((request) => {
      request.on('end', () => ended.push('whole'));
      request.on('error', () => ended.push('cut'));
      request.resume();
    });
    const abort = new AbortController();
    const sending = post(
      url,
      parts(50, (index) => {
        if (index === 20) {
          abort.abort();
        }
        return Promise.resolve();
      }),
      { signal: abort.signal },
    );
    await assert.rejects(sending, failsAs('network.aborted'));
    await until(() => ended.length > 0);
    assert.deepEqual(ended, ['cut']);
  });

  it('that cannot be read to its end is a failure of the network, after which a write is unknown (E9, E15)', async () => {
    const ended: string[] = [];
    const url = await serve((request) => {
      request.on('end', () => ended.push('whole'));
      request.on('error', () => ended.push('cut'));
      request.resume();
    });
    const gone = new NinjaOneError({
      code: 'request.fileNotReadable',
      intent: 'invalidInput',
      message: l10n.t('Gone.'),
    });
    const failing = parts(50, (index) => (index === 20 ? Promise.reject(gone) : Promise.resolve()));
    await assert.rejects(post(url, failing), (error) => isNinjaOneError(error) && error.code.startsWith('network.'));
    await until(() => ended.length > 0);
    assert.deepEqual(ended, ['cut']);
  });

  for (const status of [401, 413, 500]) {
    it(`is answered with ${status} (E15)`, async () => {
      const url = await serve((request, response) => {
        request.resume();
        request.on('end', () => response.writeHead(status).end('no'));
      });
      assert.equal((await post(url, parts(3))).status, status);
    });
  }
});
