import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import * as vscode from 'vscode';
import type * as transportPart from '../../src/core/http/transport.ts';
import { EXTENSION_ID } from '../../src/host/platform/contributions.ts';
import { run } from '../support/host/commands.ts';
import { probe } from '../support/host/probe.ts';
import { sandboxState, sandboxUrl } from '../support/host/sandboxControl.ts';
import { silentLogger } from '../../tooling/silentLogger.ts';

const NATIVE = 'Sandbox native';
const require = createRequire(import.meta.url);

/**
 * `fetch` uses one of these for a request without an agent of its own. All extensions of the host share them, and
 * importing undici replaces them.
 */
describe('the global dispatchers of undici in a running VS Code', () => {
  const root = vscode.extensions.getExtension(EXTENSION_ID)?.extensionPath ?? '';

  it('are the same after real requests as before the extension was loaded (P4)', async () => {
    const before = await apiCalls();
    await run('ninjaone.signIn', NATIVE);
    await run('ninjaone.testConnection', NATIVE);
    assert.equal(await apiCalls(), before + 1);
    assertSame(slots(), probe().dispatchers);
  });

  it('stay empty after a real request if nobody has set them, unlike after an import of undici (P4)', async () => {
    const full = slots();
    try {
      fill([undefined, undefined]);
      const part = evaluate(path.join(root, 'dist/transport.cjs')) as typeof transportPart;
      const transport = part.createTransport({
        fetch: globalThis.fetch,
        logger: silentLogger,
        proxySupport: () => 'override',
      });
      const url = `${sandboxUrl}/app-version.txt`;
      const { status } = await transport.send({ url, method: 'GET', timeout: 5000, maxBytes: 1000 });
      await transport.close();
      assert.equal(status, 200);
      assertSame(slots(), [undefined, undefined]);

      const undici = evaluate(require.resolve('undici')) as { getGlobalDispatcher: () => unknown };
      assertSame(slots(), [undici.getGlobalDispatcher(), undici.getGlobalDispatcher()]);
    } finally {
      fill(full);
    }
  });

  it('change visibly if an extension sets its own agent', () => {
    const full = slots();
    try {
      const undici = require('undici') as { Agent: new () => object; setGlobalDispatcher: (agent: object) => void };
      const agent = new undici.Agent();
      undici.setGlobalDispatcher(agent);
      assertSame(slots(), [agent, agent]);
      assert.throws(() => {
        assertSame(slots(), probe().dispatchers);
      });
    } finally {
      fill(full);
    }
  });
});

describe('a write in a running VS Code', () => {
  it('is sent once to a server that answers that it is misdirected, unlike by fetch alone (A7, E9)', async () => {
    let arrived = 0;
    const server = createServer((request, response) => {
      arrived += 1;
      request.resume().on('end', () => response.writeHead(421).end());
    }).listen(0, '127.0.0.1');
    try {
      await once(server, 'listening');
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      const root = vscode.extensions.getExtension(EXTENSION_ID)?.extensionPath ?? '';
      const part = evaluate(path.join(root, 'dist/transport.cjs')) as typeof transportPart;
      for (const proxySupport of ['override', 'on']) {
        const transport = part.createTransport({
          fetch: globalThis.fetch,
          logger: silentLogger,
          proxySupport: () => proxySupport,
        });
        const { status } = await transport.send({ url, method: 'POST', body: 'x', timeout: 5000, maxBytes: 1000 });
        await transport.close();
        assert.deepEqual([status, arrived], [421, 1], proxySupport);
        arrived = 0;
      }
      await fetch(url, { method: 'POST', body: 'x' });
      assert.equal(arrived, 2);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});

describe('a compressed body in a running VS Code', () => {
  it('is read, and refused when it is cut, unlike by fetch alone (E7, E8)', async () => {
    const whole = gzipSync('x'.repeat(1000));
    const server = createServer((request, response) => {
      const body = request.url === '/whole' ? whole : whole.subarray(0, -4);
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(body);
    }).listen(0, '127.0.0.1');
    try {
      await once(server, 'listening');
      const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const root = vscode.extensions.getExtension(EXTENSION_ID)?.extensionPath ?? '';
      const part = evaluate(path.join(root, 'dist/transport.cjs')) as typeof transportPart;
      for (const proxySupport of ['override', 'on']) {
        const { send, close } = part.createTransport({
          fetch: globalThis.fetch,
          logger: silentLogger,
          proxySupport: () => proxySupport,
        });
        const request = { method: 'GET', timeout: 5000, maxBytes: 2000 } as const;
        assert.equal((await send({ ...request, url: `${origin}/whole` })).body.byteLength, 1000, proxySupport);
        await assert.rejects(send({ ...request, url: `${origin}/cut` }), { code: 'network.reset' }, proxySupport);
        await close();
      }
      assert.equal((await (await fetch(`${origin}/cut`)).text()).length, 1000);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});

const SLOTS = [1, 2].map((version) => Symbol.for(`undici.globalDispatcher.${version}`));

function slots(): unknown[] {
  return SLOTS.map((slot) => (globalThis as Record<symbol, unknown>)[slot]);
}

function fill(values: readonly unknown[]): void {
  SLOTS.forEach((slot, index) => {
    (globalThis as Record<symbol, unknown>)[slot] = values[index];
  });
}

/** Compares by identity and does not print agents, because they contain all their connections. */
function assertSame(actual: readonly unknown[], expected: readonly unknown[]): void {
  assert.deepEqual(
    actual.map((agent, index) => agent === expected[index]),
    [true, true],
  );
}

/** Loads the module and its package as if for the first time. */
function evaluate(file: string): unknown {
  const folder = path.dirname(file) + path.sep;
  const known = Object.entries(require.cache).filter(([key]) => key.startsWith(folder));
  for (const [key] of known) {
    // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- this is how a module is forgotten
    delete require.cache[key];
  }
  try {
    return require(file);
  } finally {
    for (const [key, module] of known) {
      require.cache[key] = module;
    }
  }
}

async function apiCalls(): Promise<number> {
  return (await sandboxState()).requests.filter((request) => request.path === '/v2/organizations').length;
}
