import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  activeTab,
  expectToBecome,
  openView,
  runCommand,
  screenshot,
  treeItemMenu,
} from '../../tooling/workbenchDriver.ts';
import { keepNamesInside, lookups } from '../support/loopbackNames.ts';
import { lens, pressLens } from '../support/requestActions.ts';
import { changeConnections, configure, expectClipboard, useWorkbench } from '../support/useWorkbench.ts';
import { ensureSignedIn } from '../support/workbenchState.ts';

const NATIVE = 'Sandbox native';
const PROXY_LOGIN = 'joe:marker-password-1';

describe('Diagnose Sign-In Problems', () => {
  let late: Server;
  let closedPort: number;

  before(async () => {
    // The instance whose clock is ten minutes behind.
    late = createServer((_, response) => {
      response.writeHead(200, { date: new Date(Date.now() - 600_000).toUTCString() }).end('13.0.20');
    }).listen(0, '127.0.0.1');
    await once(late, 'listening');
    const unused = createServer().listen(0, '127.0.0.1');
    await once(unused, 'listening');
    closedPort = portOf(unused);
    await new Promise((closed) => unused.close(closed));
  });
  const fixture = useWorkbench(() => ({
    connections: ({ connections }) => connections.filter(({ name }) => name === NATIVE),
  }));
  before(() => keepNamesInside(fixture.workbench.host));
  after(async () => {
    late.closeAllConnections();
    await new Promise((closed) => late.close(closed));
  });

  beforeEach(async () => {
    await openView(fixture.page, 'NinjaOne');
    await lookups(fixture.workbench.host);
  });

  it('reports that everything works, in both themes, and copies the report (P7, E14)', async () => {
    const { page, sandbox } = fixture;
    await ensureSignedIn(fixture);
    sandbox.reset();
    await runCommand(page, 'NinjaOne: Diagnose Sign-In Problems');
    const text = await report(/^No problem was found/m);
    for (const row of ['DNS', 'Server', 'Clock', 'Client ID', 'API description', 'Redirect URI', 'Session']) {
      assert.match(text, new RegExp(`^- \\*\\*OK\\*\\* ${row}: `, 'm'));
    }
    assert.match(text, /^- \*\*OK\*\* Round trip: /m);
    assert.deepEqual(
      sandbox.requests.filter(({ path }) => path.startsWith('/v2/') || path === '/ws/oauth/authorize'),
      [],
    );
    await lens(page, 'Copy Report').waitFor();
    await screenshot(page, 'diagnosis-dark');
    await configure(fixture, { 'workbench.colorTheme': 'Default Light Modern' });
    try {
      await page.locator('.monaco-workbench.vs').waitFor();
      await screenshot(page, 'diagnosis-light');
    } finally {
      await configure(fixture, { 'workbench.colorTheme': 'Default Dark Modern' });
    }
    await pressLens(page, 'Copy Report', page.getByText('Copied the report.').first());
    await expectClipboard(page, text);
  });

  it('reports another region, for the connection of the row (A16)', async () => {
    const { page, sandbox } = fixture;
    const [known] = sandbox.connections;
    await withConnections(
      [{ ...known, name: 'Other region', clientId: 'a-client-that-nobody-knows' }, known],
      async () => {
        await treeItemMenu(page, /^Other region/, 'Diagnose Sign-In Problems');
        const text = await report(/^- \*\*Problem\*\* Client ID: /m);
        assert.match(text, /does not recognize the client ID of "Other region". Make sure that the/);
        assert.match(text, /^## Other region /m);
        assert.doesNotMatch(text, /^## Sandbox native /m);
        assert.doesNotMatch(text, /a-client-that-nobody-knows/);
        await screenshot(page, 'diagnosis-region');
      },
    );
  });

  it('reports a clock that is off (A16)', async () => {
    const { page, sandbox } = fixture;
    const [known] = sandbox.connections;
    const connection = { ...known, name: 'Late', instance: `http://127.0.0.1:${portOf(late)}` };
    await withConnections([connection], async () => {
      await runCommand(page, 'NinjaOne: Diagnose Sign-In Problems');
      await report(/^- \*\*Problem\*\* Clock: The clock of this computer is 10 minutes ahead of 127.0.0.1/m);
    });
  });

  it('reports a proxy that does not work, without its password (A16, P9)', async () => {
    const { page, sandbox, workbench } = fixture;
    const [known] = sandbox.connections;
    await configure(fixture, { 'http.proxy': `http://${PROXY_LOGIN}@127.0.0.1:${closedPort}` });
    try {
      await withConnections([{ ...known, name: 'Behind a proxy', instance: 'eu' }], async () => {
        await runCommand(page, 'NinjaOne: Diagnose Sign-In Problems');
        const text = await report(
          /^- \*\*Problem\*\* Proxy: Cannot use the proxy for eu.ninjarmm.com \(ECONNREFUSED\)/m,
        );
        assert.match(text, new RegExp(`^- http.proxy: http://…@127.0.0.1:${closedPort}$`, 'm'));
        assert.doesNotMatch(text, /marker-password-1|joe/);
        await screenshot(page, 'diagnosis-proxy');
      });
      assert.deepEqual(await lookups(workbench.host), []);
    } finally {
      await configure(fixture, { 'http.proxy': undefined });
    }
  });

  it('reports a secret storage that takes nothing (A14)', async () => {
    const { page, workbench } = fixture;
    await workbench.host.run((_vscode, us, _require, secretsOf) => {
      const storage = Object.getPrototypeOf(secretsOf(us)) as { store: unknown };
      Object.assign(globalThis, { realStore: storage.store });
      storage.store = () => Promise.reject(new Error('There is no keyring.'));
    }, US);
    try {
      await runCommand(page, 'NinjaOne: Diagnose Sign-In Problems');
      await report(/^- \*\*Problem\*\* Round trip: The secret storage refused a random value or did not respond/m);
    } finally {
      await workbench.host.run((_vscode, us, _require, secretsOf) => {
        const storage = Object.getPrototypeOf(secretsOf(us)) as { store: unknown };
        storage.store = (globalThis as unknown as { realStore: unknown }).realStore;
      }, US);
    }
    await runCommand(page, 'NinjaOne: Diagnose Sign-In Problems');
    await report(/^- \*\*OK\*\* Round trip: /m);
  });

  /** The text of the report in front, once it fits. */
  async function report(expected: RegExp): Promise<string> {
    await activeTab(fixture.page, 'NinjaOne sign-in diagnosis').waitFor();
    return expectToBecome(
      () => fixture.workbench.host.run((vscode) => vscode.window.activeTextEditor?.document.getText() ?? ''),
      expected,
    );
  }

  async function withConnections(entries: readonly unknown[], task: () => Promise<void>): Promise<void> {
    let before: readonly unknown[] = [];
    await changeConnections(fixture, (present) => {
      before = present;
      return entries;
    });
    try {
      await task();
    } finally {
      await changeConnections(fixture, () => before);
    }
  }
});

const US = 'ninjaone-community.ninjaone-authentication';

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
