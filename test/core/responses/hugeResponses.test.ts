import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { randomUUID } from 'node:crypto';
import { readInProcess, type ReadCommand, type ReadResult } from '../../support/responses/protocol.ts';

const MB = 1_000_000;
const HUGE = 100 * MB;
const ITEM = JSON.stringify(
  Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`field${index}`, [index, true]])),
);
/** Orders of magnitude; `npm run bench` has the figures. */
const LIMITS = { memory: 150 * MB, delay: 5_000 };

describe('reading a huge response', function () {
  this.timeout(120_000);
  let server: Server;
  let origin: string;
  let closed: Promise<unknown> = Promise.resolve();

  before(async () => {
    server = createServer((request, response) => {
      closed = once(response, 'close');
      response.setHeader('content-type', 'application/json');
      BODIES[request.url ?? '']?.(response);
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  const read = (
    place: string,
    reader: ReadCommand['reader'] = 'ours',
    options: Partial<ReadCommand> = {},
  ): Promise<ReadResult> =>
    readInProcess({
      reader,
      url: origin + place,
      smallUrl: `${origin}/small`,
      directory: path.join(tmpdir(), `ninjaone-huge-${randomUUID()}`),
      ...options,
    });

  it('of 100 MB takes a fraction of the memory and of the delay of reading it whole (E7, T40)', async () => {
    const whole = await read('/huge', 'naive');
    const ours = await read('/huge');
    assert.match(ours.outcome, /^json first part of 100\d{6}$/);
    assert.ok(ours.memory < LIMITS.memory, `${ours.memory} bytes`);
    assert.ok(ours.longestDelay < LIMITS.delay, `${ours.longestDelay} ms`);
    assert.ok(ours.memory < whole.memory / 2, `${ours.memory} bytes, ${whole.memory} as a whole`);
    assert.ok(ours.longestDelay < whole.longestDelay / 2, `${ours.longestDelay} ms, ${whole.longestDelay} as a whole`);
  });

  for (const [what, place, outcome] of [
    ['with 100,000 levels', '/deep', /^json whole of 200000$/],
    ['that is no UTF-8', '/broken', /^binary whole of 4000002$/],
  ] as const) {
    it(`${what} neither fails nor holds up other work (E7, T40)`, async () => {
      const ours = await read(place);
      assert.match(ours.outcome, outcome);
      assert.ok(ours.memory < LIMITS.memory, `${ours.memory} bytes`);
      assert.ok(ours.longestDelay < LIMITS.delay, `${ours.longestDelay} ms`);
    });
  }

  it('that never ends is canceled at once, without a delay and with its connection (A4, E7, T40)', async () => {
    const { outcome, memory, longestDelay } = await read('/slow', 'ours', { cancelAfter: 500 });
    assert.match(outcome, /cancel/i);
    await closed;
    assert.ok(memory < LIMITS.memory, `${memory} bytes`);
    assert.ok(longestDelay < LIMITS.delay, `${longestDelay} ms`);
  });
});

const BODIES: Readonly<Record<string, (response: ServerResponse) => void>> = {
  '/small': (response) => response.end(`[${ITEM}]`),
  '/huge': (response) => void sendHuge(response),
  '/deep': (response) => response.end('['.repeat(100_000) + ']'.repeat(100_000)),
  '/broken': (response) =>
    response.end(Buffer.concat([Buffer.from('["'), Buffer.alloc(4 * MB, 'a\xff\xc3(', 'latin1')])),
  '/slow': (response) => {
    response.write('[1');
    const timer = setInterval(() => response.write(',1'), 10);
    response.once('close', () => {
      clearInterval(timer);
    });
  },
};

async function sendHuge(response: ServerResponse): Promise<void> {
  const part = Buffer.from(`,${ITEM}`.repeat(64));
  let sent = 0;
  response.write(`[${ITEM}`);
  while (sent < HUGE && !response.destroyed) {
    sent += part.byteLength;
    if (!response.write(part)) {
      await once(response, 'drain');
    }
  }
  response.end(']');
}
