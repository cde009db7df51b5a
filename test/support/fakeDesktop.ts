import { once } from 'node:events';
import { chmod, copyFile, mkdir } from 'node:fs/promises';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { readLines } from '../../tooling/readLines.ts';

export interface OpenedEditor {
  readonly args: readonly string[];
  /** The user settings in its profile. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Closes it, as a user would. */
  close(): void;
  /** Settles when its process is gone. */
  readonly gone: Promise<unknown>;
}

export interface FakeDesktop {
  /** Puts the fake command first on the `PATH`. */
  readonly env: NodeJS.ProcessEnv;
  nextEditor(): Promise<OpenedEditor>;
  /** How many editors were opened. */
  count(): number;
  dispose(): void;
}

/** Creates a fake command `code` in `folder`, which reports its arguments to the test instead of starting VS Code. */
export async function startFakeDesktop(folder: string): Promise<FakeDesktop> {
  await mkdir(folder);
  const code = path.join(folder, 'code');
  await copyFile(fileURLToPath(new URL('fakeCodeCommand.cjs', import.meta.url)), code);
  await chmod(code, 0o755);
  let count = 0;
  const server = createServer(() => {
    count += 1;
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    env: {
      PATH: [folder, process.env.PATH ?? ''].join(path.delimiter),
      FAKE_CODE_PORT: String(port),
    },
    nextEditor: async () => {
      const [socket] = (await once(server, 'connection')) as [Socket];
      // A process that is killed may reset the connection instead of ending it.
      socket.on('error', () => {});
      const gone = new Promise((resolve) => socket.once('close', resolve));
      const line = await new Promise<string>((resolve) => {
        readLines(socket, resolve);
      });
      const report = JSON.parse(line) as Pick<OpenedEditor, 'args' | 'settings'>;
      return { ...report, gone, close: () => socket.end() };
    },
    count: () => count,
    dispose: () => server.close(),
  };
}
