import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import {
  dialog,
  dialogButton,
  eventually,
  inputBox,
  quickInput,
  quickPick,
  quickPickLabels,
  screenshot,
  toast,
  toastButton,
  toasts,
} from '../../tooling/workbenchDriver.ts';
import { changeConnection, configure, runInHost, tokenTraffic, useWorkbench } from '../support/useWorkbench.ts';
import { startWorkbench, type Workbench } from '../../tooling/workbench.ts';
import { consumerExtension } from '../../tooling/hostFixtures.ts';
import { ensureSignedIn, resetExtension } from '../support/workbenchState.ts';

const GUIDE = readFileSync('docs/authors.md', 'utf8');

/** A whole VS Code with the example of an extension, and two customers, each with a sandbox of its own. */
describe('an extension that follows the guide for authors', () => {
  let bolt: Sandbox;
  const fixture = useWorkbench(async () => {
    bolt = await startSandbox({ autoApprove: true });
    return { sandbox: { autoApprove: true }, connections };
  });
  const connections = (acme: Sandbox): readonly unknown[] =>
    [
      { sandbox: acme, name: 'Acme' },
      { sandbox: bolt, name: 'Bolt' },
    ].map(({ sandbox, name }) => ({ ...sandbox.connections[0], name, scopes: ['monitoring', 'management'] }));

  after(() => bolt.stop());

  beforeEach(async () => {
    const { page } = fixture;
    await configure(fixture, { 'ninjaone.connections': connections(fixture.sandbox) });
    await resetExtension(fixture);
    for (const name of ['Acme', 'Bolt']) {
      await answering(runInHost(fixture, 'ninjaoneConsumer.forgetCustomer'), name);
    }
    bolt.reset();
    fixture.sandbox.reset();
    assert.deepEqual(await toasts(page), []);
  });

  it('is asked once with its ten lines, is silent then, and stays with its connection after a sign-out (X7, X8)', async () => {
    const [, code = ''] = /^```js\n([^]*?)^```/m.exec(GUIDE) ?? [];
    const listDevices = (): Promise<number> =>
      fixture.workbench.host.run(async (vscode, text, require) => {
        const { runInThisContext } = require('node:vm') as { runInThisContext: (code: string) => unknown };
        const globals = globalThis as { authorsState?: Map<string, unknown> };
        const state = (globals.authorsState ??= new Map<string, unknown>());
        const globalState = {
          get: (key: string) => state.get(key),
          update: (key: string, value: unknown) => Promise.resolve(void state.set(key, value)),
        };
        const load = runInThisContext(`(require) => { ${text}; return listDevices; }`) as (
          load: () => unknown,
        ) => (context: unknown) => Promise<readonly unknown[]>;
        const devices = await load(() => vscode)({ globalState });
        return devices.length;
      }, code);
    assert.equal(await answering(listDevices(), 'Bolt'), 10);
    assert.equal(await listDevices(), 10);
    await signOut('Bolt');
    assert.equal(await answering(listDevices(), 'Acme'), 10, 'whatever the user would choose');
    assert.deepEqual(calls(fixture.sandbox), []);
    assert.deepEqual(calls(bolt), Array(3).fill('GET /v2/devices'));
  });

  it('never works with another customer after a sign-out, and signs in to the same one again (X2, X7)', async () => {
    await addCustomers();
    await signOut('Bolt');
    await answering(runInHost(fixture, 'ninjaoneConsumer.countOrganizations'), 'Bolt');
    await toast(fixture.page, 'Bolt has 5 organizations.');
    assert.deepEqual(calls(fixture.sandbox), []);
    assert.deepEqual(calls(bolt), ['GET /v2/organizations']);
  });

  it('gets more scopes of the customer that it names, and is silent with them afterwards (X2, X7)', async () => {
    const { page } = fixture;
    await addCustomers();
    for (const name of ['Server 1', 'Server 2']) {
      await answering(runInHost(fixture, 'ninjaoneConsumer.renameDevice'), 'Bolt', name);
      await toast(page, `of Bolt to ${name}`);
    }
    assert.deepEqual(calls(fixture.sandbox), []);
    assert.deepEqual(
      calls(bolt).map((call) => call.replace(/\d+$/, 'n')),
      ['GET /v2/devices', 'PATCH /v2/device/n', 'GET /v2/devices', 'PATCH /v2/device/n'],
    );
    assert.deepEqual(bolt.tokenCalls, { authorization_code: 1 }, 'one sign-in for both');
    await screenshot(page, 'authors-more-scopes');
  });

  it('gives up an account with a scope that its connection lost, and stays with the customer (X2, X7)', async () => {
    await ensureSignedIn(fixture, 'Acme');
    await addCustomers();
    await changeConnection(fixture, 'Acme', { scopes: ['monitoring'] });
    await answering(runInHost(fixture, 'ninjaoneConsumer.countOrganizations'), 'Acme');
    await toast(fixture.page, 'Acme has 5 organizations.');
    assert.deepEqual(calls(fixture.sandbox), ['GET /v2/organizations']);
    assert.deepEqual(calls(bolt), []);
  });

  it('shows nothing to a user who cancels a box of VS Code (X6)', async () => {
    const { page } = fixture;
    const asked = runInHost(fixture, 'ninjaoneConsumer.countOrganizations');
    await screenshot(page, 'authors-consent');
    await dialogButton(page, 'Cancel', 'wants to sign in using NinjaOne');
    await asked;
    assert.deepEqual(await toasts(page), []);
  });

  /** Both connections as customers of the example, which may use them silently. */
  async function addCustomers(): Promise<void> {
    for (const name of ['Acme', 'Bolt']) {
      await answering(runInHost(fixture, 'ninjaoneConsumer.addCustomer'), name);
    }
    fixture.sandbox.reset();
    bolt.reset();
  }

  async function signOut(name: string): Promise<void> {
    const { page } = fixture;
    const done = runInHost(fixture, 'ninjaone.signOut', name);
    await dialogButton(page, 'Sign Out');
    await done;
  }

  /** Answers every box and list, until the task is done: for the connection `name`, the first device, and the text. */
  async function answering<T>(task: Promise<T>, name: string, text = ''): Promise<T> {
    const { page } = fixture;
    let isDone = false;
    const done = task.finally(() => {
      isDone = true;
    });
    done.catch(() => {});
    await eventually(async () => {
      if (!isDone && (await dialog(page, 'wants').isVisible())) {
        await dialogButton(page, 'Allow');
      } else if (!isDone && (await quickInput(page).isVisible())) {
        await answerList(name, text);
      }
      assert.ok(isDone, 'The task waits for an answer.');
    });
    return done;
  }

  async function answerList(name: string, text: string): Promise<void> {
    const { page } = fixture;
    if (await quickInput(page, 'New name of').isVisible()) {
      await inputBox(page, text, { prompt: 'New name of' });
    } else if (await quickInput(page, 'Rename which device').isVisible()) {
      const [first = ''] = await quickPickLabels(page);
      await quickPick(page, first);
    } else {
      const labels = await quickPickLabels(page);
      await quickPick(page, labels.find((label) => label.startsWith(name)) ?? 'Sign in to another account');
    }
  }

  /** The calls of the API that arrived. */
  function calls(sandbox: Sandbox): readonly string[] {
    return tokenTraffic(sandbox)
      .filter(({ path }) => path.startsWith('/v2/'))
      .map(({ method, path }) => `${method} ${path}`);
  }
});

describe('the example without the extension', () => {
  let workbench: Workbench;

  before(async () => {
    workbench = await startWorkbench({ extensions: [consumerExtension], agent: true });
  });

  after(() => workbench.stop());

  it('says what is missing and offers to install it (X2)', async () => {
    const { page, host } = workbench;
    const count = (): Promise<unknown> =>
      host.run(async (vscode) => vscode.commands.executeCommand('ninjaoneConsumer.countOrganizations'));
    await count();
    await toast(page, 'This command needs the extension NinjaOne API Explorer');
    await screenshot(page, 'authors-not-installed');
    await toastButton(page, 'This command needs the extension NinjaOne API Explorer', 'Install');
    // There is no gallery here.
    await toast(page, 'Run "Extensions: Install from VSIX…"');
    await screenshot(page, 'authors-no-gallery');
  });
});
