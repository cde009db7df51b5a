import assert from 'node:assert/strict';
import { createServer, type AddressInfo } from 'node:net';

/** A registered port: below the range from which the system takes ports of its own. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    if (await isFree(port)) {
      return port;
    }
  }
}

export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      assert.equal((server.address() as AddressInfo).port, port);
      server.close(() => {
        resolve(true);
      });
    });
  });
}
