import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import type * as vscode from 'vscode';
import { readLines } from './readLines.ts';

type Vscode = typeof vscode;

/** The extension host of one window. */
export interface ExtensionHost {
  /**
   * Runs `script` in the extension host and answers what it answers, as JSON. The function is sent as text: it sees
   * its parameters and globals, nothing of the file it stands in.
   */
  run<Result>(script: (vscode: Vscode) => Result | Promise<Result>): Promise<Result>;
  run<Result, Argument>(
    script: (
      vscode: Vscode,
      argument: Argument,
      require: NodeJS.Require,
      secretsOf: (extensionId: string) => vscode.SecretStorage,
    ) => Result | Promise<Result>,
    argument: Argument,
  ): Promise<Result>;
}

export interface HostAgent {
  /** The extension that must be installed in the VS Code to drive. */
  readonly extensionDir: string;
  /** What that VS Code's environment must hold. */
  readonly env: Readonly<Record<string, string>>;
  /** The next window whose extension host has started; each is handed out once. */
  nextHost(): Promise<ExtensionHost>;
  /** Hands out none of the extension hosts that have started until now. */
  skipStarted(): void;
  dispose(): void;
}

/** Listens on loopback for the agents of the windows to come. */
export async function startHostAgent(): Promise<HostAgent> {
  const token = randomUUID();
  const sockets = new Set<Socket>();
  const arrived: ExtensionHost[] = [];
  const waiting: ((host: ExtensionHost) => void)[] = [];
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    const host = new SocketHost(socket, token, () => {
      const next = waiting.shift();
      if (next) {
        next(host);
      } else {
        arrived.push(host);
      }
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    extensionDir: fileURLToPath(new URL('agent', import.meta.url)),
    env: { TEST_AGENT_PORT: String((server.address() as AddressInfo).port), TEST_AGENT_TOKEN: token },
    nextHost() {
      const host = arrived.shift();
      return host ? Promise.resolve(host) : new Promise((resolve) => waiting.push(resolve));
    },
    skipStarted() {
      arrived.length = 0;
    },
    dispose() {
      for (const socket of sockets) {
        socket.destroy();
      }
      server.close();
    },
  };
}

interface Answer {
  readonly token?: string;
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly name: string; readonly message: string; readonly stack?: string; readonly code?: string };
}

interface Call {
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
}

class SocketHost implements ExtensionHost {
  readonly #socket: Socket;
  readonly #calls = new Map<number, Call>();
  #lastId = 0;

  constructor(socket: Socket, token: string, onReady: () => void) {
    this.#socket = socket;
    readLines(socket, (line) => {
      const answer = JSON.parse(line) as Answer;
      if (answer.id !== undefined) {
        this.#settle(answer.id, answer);
      } else if (answer.token === token) {
        onReady();
      } else {
        socket.destroy();
      }
    });
    // A window that goes away takes its answers with it.
    socket.on('error', () => {});
    socket.once('close', () => {
      for (const call of this.#calls.values()) {
        call.reject(new Error('The extension host went away before it answered.'));
      }
      this.#calls.clear();
    });
  }

  run(script: (...args: never[]) => unknown, argument?: unknown): Promise<never> {
    return new Promise((resolve, reject) => {
      if (this.#socket.destroyed) {
        reject(new Error('The extension host is gone.'));
        return;
      }
      this.#lastId += 1;
      this.#calls.set(this.#lastId, { resolve, reject });
      this.#socket.write(`${JSON.stringify({ id: this.#lastId, source: script.toString(), argument })}\n`);
    });
  }

  #settle(id: number, answer: Answer): void {
    const call = this.#calls.get(id);
    this.#calls.delete(id);
    if (answer.error) {
      const { name, message, stack, code } = answer.error;
      call?.reject(Object.assign(new Error(message), { name, ...(code && { code }), ...(stack && { stack }) }));
    } else {
      call?.resolve(answer.result as never);
    }
  }
}
