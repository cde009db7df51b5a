import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { readLines } from './readLines.ts';

export interface Counts {
  readonly passed: number;
  readonly failed: number;
}

export interface ResultSink {
  /** Environment of the extension host that `test/host/index.ts` reads. */
  readonly env: Readonly<Record<string, string>>;
  /** The counts of the run, once the host has sent them. */
  readonly counts: Promise<Counts>;
  /** The same, at once; undefined when the host has not come so far. */
  received(): Counts | undefined;
  close(): void;
}

export interface SinkOptions {
  readonly suites: readonly string[];
  readonly grep?: string | undefined;
}

/** Takes what the mocha in an extension host prints and counts, over a loopback socket. */
export async function openResultSink({ suites, grep }: SinkOptions): Promise<ResultSink> {
  let received: Counts | undefined;
  let settle: (counts: Counts) => void = () => {};
  const counts = new Promise<Counts>((resolve) => {
    settle = resolve;
  });
  const server = createServer((socket) => {
    socket.on('error', () => {});
    readLines(socket, (line) => {
      const message = JSON.parse(line) as { text?: string; counts?: Counts };
      process.stdout.write(message.text ?? '');
      if (message.counts) {
        received = message.counts;
        settle(message.counts);
      }
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    counts,
    received: () => received,
    env: {
      HOST_TEST_PORT: String((server.address() as AddressInfo).port),
      HOST_TEST_FILES: suites.join(path.delimiter),
      HOST_TEST_COLOR: process.stdout.isTTY ? '1' : '0',
      ...(grep === undefined ? {} : { HOST_TEST_GREP: grep }),
    },
    close() {
      server.close();
    },
  };
}
