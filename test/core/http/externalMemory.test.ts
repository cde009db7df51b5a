import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ExternalMemory } from '../../../src/core/http/externalMemory.ts';
import { createTransport } from '../../../src/core/http/transport.ts';
import { silentLogger } from '../../../tooling/silentLogger.ts';

const MB = 1_000_000;

describe('the memory outside the heap', () => {
  const { memoryUsage } = process;
  const { ArrayBuffer } = globalThis;
  let created: number[];

  beforeEach(() => {
    created = [];
  });
  afterEach(() => {
    process.memoryUsage = memoryUsage;
    globalThis.ArrayBuffer = ArrayBuffer;
  });

  /** Bytes of every buffer that the code creates from here on; Node.js itself does not use the global one. */
  function countBuffers(create: (bytes: number) => ArrayBuffer = (bytes) => new ArrayBuffer(bytes)): void {
    globalThis.ArrayBuffer = new Proxy(ArrayBuffer, {
      construct: (_, [bytes]: [number]) => {
        created.push(bytes);
        return create(bytes);
      },
    });
  }

  function reportUsed(bytes: () => number): void {
    process.memoryUsage = Object.assign(() => ({ ...memoryUsage(), arrayBuffers: bytes() }), { rss: memoryUsage.rss });
  }

  it('of parts that nobody needs anymore is free soon, although there are only 24 MB of them (E7, T40)', async () => {
    const file = fileURLToPath(new URL('../../../src/core/http/externalMemory.ts', import.meta.url));
    // A process of its own has no other garbage.
    const script = `
      const { ExternalMemory } = await import(${JSON.stringify(file)});
      const bytes = () => process.memoryUsage().arrayBuffers;
      const leave = () => {
        for (let part = 0; part < 375; part++) {
          new Uint8Array(64_000).fill(1);
        }
      };
      const before = bytes();
      leave();
      const left = bytes() - before;
      await new ExternalMemory().release(24_000_000);
      console.log(JSON.stringify([left, bytes() - before]));`;
    const args = ['--import', 'tsx', '--input-type=module', '-e', script];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    const [left, then] = JSON.parse(stdout) as [number, number];
    assert.ok(left > 20 * MB, `${left} bytes were left`);
    assert.ok(then < 4 * MB, `${then} bytes are left then`);
  });

  it('is freed again and again, and not for a few parts (E7)', async () => {
    countBuffers();
    reportUsed(() => 0);
    const memory = new ExternalMemory();
    await memory.release(7 * MB);
    assert.deepEqual(created, []);
    await memory.release(8 * MB);
    assert.deepEqual(created, [2 ** 26]);
    await memory.release(15 * MB);
    await memory.release(16 * MB);
    assert.deepEqual(created, [2 ** 26, 2 ** 26]);
  });

  it('is not waited for again when it was not freed within seconds (E7)', async () => {
    countBuffers();
    reportUsed(() => created.reduce((sum, bytes) => sum + bytes, 0));
    const memory = new ExternalMemory();
    await memory.release(8 * MB);
    await memory.release(16 * MB);
    assert.equal(created.length, 1);
  });

  it('is left alone when there is too little for the buffer (E7)', async () => {
    countBuffers(() => {
      throw new RangeError('Array buffer allocation failed');
    });
    const memory = new ExternalMemory();
    await memory.release(8 * MB);
    await memory.release(16 * MB);
    assert.equal(created.length, 1);
  });

  it('is freed while a long body arrives that goes to its sink, and not for a short one (E7)', async () => {
    const server = createServer((request, response) => {
      response.end(Buffer.alloc(Number(request.url?.slice(1))));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { send, close } = createTransport({ fetch, logger: silentLogger, proxySupport: () => 'override' });
    const get = async (bytes: number): Promise<number> => {
      const { overflow } = await send({
        url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/${bytes}`,
        method: 'GET',
        timeout: 20_000,
        maxBytes: 12 * MB,
        overflow: { start() {}, write() {} },
      });
      return overflow ?? bytes;
    };
    try {
      countBuffers();
      reportUsed(() => 0);
      assert.equal(await get(12 * MB), 12 * MB);
      assert.deepEqual(created, []);
      assert.equal(await get(25 * MB), 25 * MB);
      assert.deepEqual(created, [2 ** 26, 2 ** 26]);
    } finally {
      await close();
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    }
  });
});
