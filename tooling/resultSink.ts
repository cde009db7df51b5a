import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { readLines } from './readLines.ts';
import { tallyOf, type Tally, type TallyEvent } from './tally.ts';

export interface ResultSink {
  /** Environment of the extension host that `test/host/index.ts` reads. */
  readonly env: Readonly<Record<string, string>>;
  /** Settles when the host has said that its tests are done. */
  readonly done: Promise<void>;
  readonly isDone: () => boolean;
  /** What the host has told so far. */
  readonly tally: () => Tally;
  close(): void;
}

export interface SinkOptions {
  readonly suites: readonly string[];
  readonly grep?: string | undefined;
  readonly onEvent?: (event: TallyEvent) => void;
}

/** Takes what the mocha in an extension host prints and what happens in it, over a loopback socket. */
export async function openResultSink({ suites, grep, onEvent }: SinkOptions): Promise<ResultSink> {
  const events: TallyEvent[] = [];
  let isDone = false;
  let settle: () => void = () => {};
  const done = new Promise<void>((resolve) => {
    settle = resolve;
  });
  const server = createServer((socket) => {
    socket.on('error', () => {});
    readLines(socket, (line) => {
      const message = JSON.parse(line) as { text?: string; event?: TallyEvent; isDone?: boolean };
      process.stdout.write(message.text ?? '');
      if (message.event) {
        events.push(message.event);
        onEvent?.(message.event);
      }
      if (message.isDone) {
        isDone = true;
        settle();
      }
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    done,
    isDone: () => isDone,
    tally: () => tallyOf(events),
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
