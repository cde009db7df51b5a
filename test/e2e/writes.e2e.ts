import assert from 'node:assert/strict';
import type { SandboxRequest } from '../../sandbox/requestLog.ts';
import {
  cancelQuickInput,
  captureFailures,
  dialogButton,
  inputBox,
  inputBoxMessage,
  openView,
  runCommand,
  screenshot,
  statusBarItem,
  toast,
  toastButton,
} from '../../tooling/workbenchDriver.ts';
import { clearToasts, openDesk, toastButtons, type Desk } from '../support/useWorkbench.ts';

describe('a person changes something, on purpose only', () => {
  let desk: Desk;

  before(async () => {
    desk = await openDesk({
      sandbox: { autoApprove: true },
      connections: (sandbox) => sandbox.connections.slice(0, 1),
    });
    await openView(desk.page, 'NinjaOne');
    await runCommand(desk.page, 'NinjaOne: Sign In');
    await toast(desk.page, /^Signed in to/);
    await clearToasts(desk.page);
  });

  after(() => desk.clear());
  captureFailures(() => desk.workbench.context.pages());

  it('E9: a connection is read-only: the write is refused before anything is asked, with a button that allows it', async () => {
    const { page } = desk;
    await runOperation('DELETE /v2/device/{id}/owner');
    assert.deepEqual(await toastButtons(page, /read-only/), ['Allow Writes…']);
    await screenshot(page, 'writes-refused');
    assert.equal(await statusBarItem(page, 'writes allowed').count(), 0);
    assert.deepEqual(writes(), []);
  });

  it('E9: to allow writes always asks, names connection and host, and shows in the status bar until when', async () => {
    const { page, sandbox } = desk;
    await toastButton(page, /read-only/, 'Allow Writes…');
    const dialog = page.locator('.monaco-dialog-box').filter({ hasText: 'to change data?' });
    await dialog.waitFor();
    await screenshot(page, 'writes-allow');
    const text = await dialogButton(page, 'For 15 Minutes', 'to change data?');
    assert.ok(text.includes(new URL(sandbox.baseUrl).hostname), text);
    await statusBarItem(page, /writes allowed until \d/).waitFor();
    await clearToasts(page);
    await screenshot(page, 'writes-allowed');
  });

  it('E9, E4: a deletion wants the name of its object typed; another text sends nothing', async () => {
    const { page } = desk;
    await runOperation('DELETE /v2/device/{id}/owner');
    await inputBox(page, '1002', { prompt: 'id of the device' });
    await inputBoxMessage(page, '1002', /^Type ACME-FRONT01 to go on\.$/, { prompt: 'Type ACME-FRONT01' });
    await screenshot(page, 'writes-typed-wrong');
    await page.keyboard.press('Enter');
    await cancelQuickInput(page);
    assert.equal(await page.locator('.monaco-dialog-box').count(), 0);
    assert.deepEqual(writes(), []);
    assert.equal(typeof deviceOf(1002)?.assignedOwnerUid, 'string');
  });

  it('E9, E4: with the name typed, a modal names method, path, object, connection and host; Cancel sends nothing', async () => {
    const { page, sandbox } = desk;
    await runOperation('DELETE /v2/device/{id}/owner');
    await inputBox(page, '1002', { prompt: 'id of the device' });
    await inputBox(page, 'ACME-FRONT01', { prompt: 'Type ACME-FRONT01' });
    const dialog = page.locator('.monaco-dialog-box').filter({ hasText: 'Remove device owner? This destroys data.' });
    await dialog.waitFor();
    await screenshot(page, 'writes-delete');
    const text = await dialogButton(page, 'Cancel', 'destroys data');
    for (const part of ['DELETE /v2/device/1002/owner', 'device: ACME-FRONT01 (1002)', connectionName(), hostOf()]) {
      assert.ok(text.includes(part), `${part} in ${text}`);
    }
    assert.deepEqual(writes(), []);
    assert.equal(sandbox.tenant.devices.length, 10);
  });

  it('E9: confirmed, it is sent exactly once', async () => {
    const { page, sandbox } = desk;
    await runOperation('DELETE /v2/device/{id}/owner');
    await inputBox(page, '1002', { prompt: 'id of the device' });
    await inputBox(page, 'ACME-FRONT01', { prompt: 'Type ACME-FRONT01' });
    const answered = sandbox.nextResponse(({ method }) => method === 'DELETE');
    await dialogButton(page, 'Send', 'destroys data');
    await answered;
    await page
      .locator('.codelens-decoration')
      .getByText(/204 · \d+ ms/)
      .waitFor();
    await page.locator('.codelens-decoration').getByText('Done. The answer has no body.').waitFor();
    await screenshot(page, 'writes-deleted');
    assert.deepEqual(writes(), ['DELETE /v2/device/1002/owner 204']);
    assert.equal(deviceOf(1002)?.assignedOwnerUid, undefined);
  });

  it('E9: a device action asks with a modal; a name that cannot be read is said, and the id stands for it', async () => {
    const { page, sandbox } = desk;
    await runOperation('POST /v2/device/{id}/patch/os/scan');
    await inputBox(page, '9999', { prompt: 'id of the device' });
    const unnamed = await dialogButton(page, 'Cancel', 'acts on devices');
    assert.ok(unnamed.includes('device: 9999 (its name could not be read)'), unnamed);
    await runOperation('POST /v2/device/{id}/patch/os/scan');
    await inputBox(page, '1001', { prompt: 'id of the device' });
    const answered = sandbox.nextResponse(({ method, path }) => method === 'POST' && path.endsWith('/scan'));
    const named = await dialogButton(page, 'Send', 'acts on devices');
    await answered;
    assert.ok(named.includes('device: ACME-DC01 (1001)'), named);
    assert.deepEqual(sandbox.tenant.patchScans, [1001]);
    assert.equal(writes().length, 2);
  });

  it('E9: a click in the status bar makes it read-only again, at once', async () => {
    const { page } = desk;
    await statusBarItem(page, /writes allowed until/).click();
    await statusBarItem(page, /writes allowed/).waitFor({ state: 'detached' });
    await runOperation('POST /v2/device/{id}/patch/os/scan');
    await toast(page, /read-only/);
    await clearToasts(page);
    assert.equal(writes().length, 2);
  });

  it('E9: until switched off is said without a time, is kept outside the settings, and is switched off by hand', async () => {
    const { page } = desk;
    await runCommand(page, 'NinjaOne: Allow Writes…');
    await dialogButton(page, 'Until Switched Off', 'to change data?');
    await statusBarItem(page, /writes allowed$/).waitFor();
    const setting = await desk.workbench.host.run((vscode) =>
      Promise.resolve(JSON.stringify(vscode.workspace.getConfiguration('ninjaone'))),
    );
    assert.doesNotMatch(setting, /write/i);
    await runCommand(page, 'NinjaOne: Make Read-Only');
    await statusBarItem(page, /writes allowed/).waitFor({ state: 'detached' });
  });

  it('C4: a removed connection takes its permission along', async () => {
    const { page, workbench } = desk;
    await runCommand(page, 'NinjaOne: Allow Writes…');
    await dialogButton(page, 'Until Switched Off', 'to change data?');
    await statusBarItem(page, /writes allowed$/).waitFor();
    await runCommand(page, 'NinjaOne: Remove Connection…');
    await dialogButton(page, 'Remove');
    await toast(page, /^Removed/);
    await workbench.host.run(
      async (vscode, value) => {
        await vscode.workspace.getConfiguration('ninjaone').update('connections', value, true);
      },
      desk.sandbox.connections.slice(0, 1),
    );
    await statusBarItem(page, connectionName()).waitFor();
    assert.equal(await statusBarItem(page, 'writes allowed').count(), 0);
  });

  it('§0: nothing but loopback was asked for', () => {
    assert.deepEqual(desk.workbench.outside, []);
  });

  async function runOperation(key: string): Promise<void> {
    await desk.workbench.host.run((vscode, argument) => {
      // Not waited for: it ends when the questions are answered and the message is gone.
      void vscode.commands.executeCommand('ninjaone.explorer.run', argument);
      return Promise.resolve();
    }, key);
  }

  /** What left for the API and was not a read. */
  function writes(): string[] {
    const isWrite = ({ method, path }: SandboxRequest): boolean => method !== 'GET' && path.startsWith('/v2/');
    return desk.sandbox.requests
      .filter(isWrite)
      .map(({ method, path, status }) => `${method} ${path} ${String(status)}`);
  }

  function deviceOf(id: number): Desk['sandbox']['tenant']['devices'][number] | undefined {
    return desk.sandbox.tenant.devices.find((device) => device.id === id);
  }

  function connectionName(): string {
    const [connection] = desk.sandbox.connections;
    assert.ok(connection);
    return connection.name;
  }

  function hostOf(): string {
    return new URL(desk.sandbox.baseUrl).hostname;
  }
});
