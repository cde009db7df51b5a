import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import path from 'node:path';
import { format } from 'node:util';
import type { TallyEvent } from '../../tooling/tally.ts';
import { observeRun } from '../../tooling/tallyObserver.ts';

/**
 * What VS Code calls in the extension host (`extensionTestsPath`): runs the mocha suites that the launcher names and
 * streams what they print and what happens in them to the launcher. The editor's own exit code is no proof: it can be
 * zero when the host crashed before a test ran.
 */
export async function run(): Promise<void> {
  const { HOST_TEST_PORT, HOST_TEST_FILES = '', HOST_TEST_GREP, HOST_TEST_COLOR } = process.env;
  const socket = connect(Number(HOST_TEST_PORT), '127.0.0.1');
  await once(socket, 'connect');
  let failed: number;
  try {
    const files = HOST_TEST_FILES.split(path.delimiter).filter((file) => file !== '');
    failed = await runMocha(files, HOST_TEST_GREP, HOST_TEST_COLOR === '1', (message) => {
      send(socket, message);
    });
    send(socket, { isDone: true });
  } catch (error) {
    send(socket, { text: `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n` });
    throw error;
  } finally {
    socket.end();
    await once(socket, 'close');
  }
  if (failed > 0) {
    throw new Error(`${failed} host tests failed.`);
  }
}

async function runMocha(
  files: readonly string[],
  grep: string | undefined,
  color: boolean,
  tell: (message: { text: string } | { event: TallyEvent }) => void,
): Promise<number> {
  const { default: Mocha } = await import('mocha');
  // The extension host ignores an assignment to `console.log`, so mocha's own way out is taken.
  const reporter = Mocha.reporters.Base as unknown as { consoleLog: (...args: unknown[]) => void };
  reporter.consoleLog = (...args) => {
    tell({ text: `${format(...args)}\n` });
  };
  const mocha = new Mocha({ ui: 'bdd', timeout: 20_000, forbidOnly: true, color, ...(grep ? { grep } : {}) });
  for (const file of files) {
    mocha.addFile(file);
  }
  await mocha.loadFilesAsync();
  return new Promise((resolve) => {
    const runner = mocha.run(resolve);
    // The first tests begin later than this.
    observeRun(runner, (event) => tell({ event }));
  });
}

function send(socket: Socket, message: unknown): void {
  socket.write(`${JSON.stringify(message)}\n`);
}
