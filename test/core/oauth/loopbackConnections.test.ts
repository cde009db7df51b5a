import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { startLoopbackServer, type LoopbackServer } from '../../../src/core/oauth/loopbackServer.ts';

const TEXT = {
  ...{
    language: 'en',
    signedInTitle: 'Done',
    signedInBody: 'Go back',
    waitingTitle: 'Waiting',
    waitingBody: 'Not yet',
  },
  ...{ endedTitle: 'Ended', endedBody: 'Start again' },
};

/** The server closes connections that send nothing after five seconds. These tests are about what it does before. */
describe('the connections of the loopback server', () => {
  const closers: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) {
      await close();
    }
  });

  async function start(host: '127.0.0.1' | '[::1]' = '127.0.0.1', port = 0): Promise<LoopbackServer> {
    const settle = (): 'ignored' => 'ignored';
    const server = await startLoopbackServer({ host, port, path: '/', text: TEXT, grace: 5000, settle });
    closers.push(() => server.close());
    return server;
  }

  async function open(port: number, host = '127.0.0.1'): Promise<Socket> {
    const socket = connect(port, host);
    closers.push(() => socket.destroy());
    await once(socket, 'connect');
    return socket.on('error', () => {});
  }

  /** Everything that the server sends until it closes the connection. */
  async function answerTo(socket: Socket, request: string): Promise<string> {
    let text = '';
    socket.setEncoding('latin1').on('data', (piece: string) => (text += piece));
    const closed = once(socket, 'close');
    socket.write(request);
    await closed;
    return text;
  }

  const requestFor = (host: string, target = '/'): string => `GET ${target} HTTP/1.1\r\nHost: ${host}\r\n\r\n`;

  it('make room for new ones: only the oldest of more than 64 that wait is closed (A5)', async () => {
    const { port } = await start();
    const oldest = await open(port);
    const closed = once(oldest.resume(), 'close');
    const others: Socket[] = [];
    while (others.length < 63) {
      others.push(await open(port));
    }
    assert.equal(oldest.closed, false);
    others.push(await open(port));
    await closed;
    for (const socket of [others[0]!, others[63]!]) {
      assert.match(await answerTo(socket, requestFor(`127.0.0.1:${port}`)), /^HTTP\/1\.1 200 /);
    }
  });

  it('do not count when they are closed (A5)', async () => {
    const { port } = await start();
    const request = requestFor(`127.0.0.1:${port}`);
    const waiting = await open(port);
    for (let count = 0; count < 70; count++) {
      assert.match(await answerTo(await open(port), request), /^HTTP\/1\.1 200 /);
    }
    assert.match(await answerTo(waiting, request), /^HTTP\/1\.1 200 /);
  });

  it('are refused at once after a sign-in that ended without a callback (A5)', async () => {
    const server = await start();
    await open(server.port);
    server.finish();
    await assert.rejects(open(server.port), { code: 'ECONNREFUSED' });
  });

  it('get the address with exactly 16,384 characters, and no longer one (A5)', async () => {
    const { port } = await start();
    const statusOf = async (length: number): Promise<string> => {
      const target = '/?'.padEnd(length, 'x');
      const text = await answerTo(await open(port), requestFor(`127.0.0.1:${port}`, target));
      return text.slice(9, 12);
    };
    assert.deepEqual([await statusOf(16_384), await statusOf(16_385)], ['303', '414']);
  });

  it('hear of the allowed methods only if they used another one (A5)', async () => {
    const { port } = await start();
    assert.doesNotMatch(await answerTo(await open(port), requestFor(`127.0.0.1:${port}`)), /^allow:/im);
  });

  it('go to ::1 only for the redirect URI http://[::1] (A5)', async function () {
    const probe = createServer().listen({ host: '::1', port: 0 });
    const hasIpv6 = await once(probe, 'listening').then(
      () => true,
      () => false,
    );
    probe.close();
    if (!hasIpv6) {
      this.skip();
    }
    const { port } = await start('[::1]');
    assert.match(await answerTo(await open(port, '::1'), requestFor(`[::1]:${port}`)), /^HTTP\/1\.1 200 /);
    await assert.rejects(open(port), { code: 'ECONNREFUSED' });
  });

  it('cannot be had on a port of another program, which the error names (A5)', async () => {
    const holder = createServer().listen({ host: '127.0.0.1', port: 0, exclusive: true });
    closers.push(() => holder.close());
    await once(holder, 'listening');
    const { port } = holder.address() as AddressInfo;
    await assert.rejects(start('127.0.0.1', port), {
      code: 'loopback.portBusy',
      intent: 'transient',
      message: new RegExp(`^Another program is using 127\\.0\\.0\\.1:${port},`),
    });
  });
});
