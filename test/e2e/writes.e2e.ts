import assert from 'node:assert/strict';
import type { SandboxRequest } from '../../sandbox/requestLog.ts';
import {
  cancelQuickInput,
  dialogButton,
  expectToastButtons,
  inputBox,
  inputBoxMessage,
  openView,
  runCommand,
  screenshot,
  statusBarItem,
  toast,
  toastButton,
} from '../../tooling/workbenchDriver.ts';
import { type WorkbenchFixture, clearToasts, nextAnswer, useWorkbench } from '../support/useWorkbench.ts';

describe('a person changes something, on purpose only', () => {
  const fixture = useWorkbench(() => ({
    sandbox: { autoApprove: true },
    connections: (sandbox) => sandbox.connections.slice(0, 1),
  }));

  before(async () => {
    await openView(fixture.page, 'NinjaOne');
    await runCommand(fixture.page, 'NinjaOne: Sign In');
    await toast(fixture.page, /^Signed in to/);
    await clearToasts(fixture);
  });

  it('a connection is read-only: the write is refused before anything is asked, with a button that allows it (E9)', async () => {
    const { page } = fixture;
    await runOperation('DELETE /v2/device/{id}/owner');
    await expectToastButtons(page, /read-only/, ['Allow Writes…']);
    await screenshot(page, 'writes-refused');
    assert.equal(await statusBarItem(page, 'writes allowed').count(), 0);
    assert.deepEqual(writes(), []);
  });

  it('to allow writes always asks, names connection and host, and shows in the status bar until when (E9)', async () => {
    const { page, sandbox } = fixture;
    await toastButton(page, /read-only/, 'Allow Writes…');
    const dialog = page.locator('.monaco-dialog-box').filter({ hasText: 'to change data?' });
    await dialog.waitFor();
    await screenshot(page, 'writes-allow');
    const text = await dialogButton(page, 'For 15 Minutes', 'to change data?');
    assert.ok(text.includes(new URL(sandbox.baseUrl).hostname), text);
    await statusBarItem(page, /writes allowed until \d/).waitFor();
    await clearToasts(fixture);
    await screenshot(page, 'writes-allowed');
  });

  it('a deletion wants the name of its object typed; another text sends nothing (E9, E4)', async () => {
    const { page } = fixture;
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

  it('with the name typed, a modal names method, path, object, connection and host; Cancel sends nothing (E9, E4)', async () => {
    const { page, sandbox } = fixture;
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

  it('confirmed, it is sent exactly once (E9)', async () => {
    const { page, sandbox } = fixture;
    await runOperation('DELETE /v2/device/{id}/owner');
    await inputBox(page, '1002', { prompt: 'id of the device' });
    await inputBox(page, 'ACME-FRONT01', { prompt: 'Type ACME-FRONT01' });
    const answered = nextAnswer(fixture, ({ method }) => method === 'DELETE');
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

  it('a device action asks with a modal; a name that cannot be read is said, and the id stands for it (E9)', async () => {
    const { page, sandbox } = fixture;
    await runOperation('POST /v2/device/{id}/patch/os/scan');
    await inputBox(page, '9999', { prompt: 'id of the device' });
    const unnamed = await dialogButton(page, 'Cancel', 'acts on devices');
    assert.ok(unnamed.includes('device: 9999 (its name could not be read)'), unnamed);
    await runOperation('POST /v2/device/{id}/patch/os/scan');
    await inputBox(page, '1001', { prompt: 'id of the device' });
    const answered = nextAnswer(fixture, ({ method, path }) => method === 'POST' && path.endsWith('/scan'));
    const named = await dialogButton(page, 'Send', 'acts on devices');
    await answered;
    assert.ok(named.includes('device: ACME-DC01 (1001)'), named);
    assert.deepEqual(sandbox.tenant.patchScans, [1001]);
    assert.equal(writes().length, 2);
  });

  it('a click in the status bar makes it read-only again, at once (E9)', async () => {
    const { page } = fixture;
    await statusBarItem(page, /writes allowed until/).click();
    await statusBarItem(page, /writes allowed/).waitFor({ state: 'detached' });
    await runOperation('POST /v2/device/{id}/patch/os/scan');
    await toast(page, /read-only/);
    await clearToasts(fixture);
    assert.equal(writes().length, 2);
  });

  it('until switched off is said without a time, is kept outside the settings, and is switched off by hand (E9)', async () => {
    const { page } = fixture;
    await runCommand(page, 'NinjaOne: Allow Writes…');
    await dialogButton(page, 'Until Switched Off', 'to change data?');
    await statusBarItem(page, /writes allowed$/).waitFor();
    const setting = await fixture.workbench.host.run((vscode) =>
      Promise.resolve(JSON.stringify(vscode.workspace.getConfiguration('ninjaone'))),
    );
    assert.doesNotMatch(setting, /write/i);
    await runCommand(page, 'NinjaOne: Make Read-Only');
    await statusBarItem(page, /writes allowed/).waitFor({ state: 'detached' });
  });

  it('a removed connection takes its permission along (C4)', async () => {
    const { page, workbench } = fixture;
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
      fixture.sandbox.connections.slice(0, 1),
    );
    await statusBarItem(page, connectionName()).waitFor();
    assert.equal(await statusBarItem(page, 'writes allowed').count(), 0);
  });

  async function runOperation(key: string): Promise<void> {
    await fixture.workbench.host.run((vscode, argument) => {
      // Not waited for: it ends when the questions are answered and the message is gone.
      void vscode.commands.executeCommand('ninjaone.explorer.run', argument);
      return Promise.resolve();
    }, key);
  }

  /** What left for the API and was not a read. */
  function writes(): string[] {
    const isWrite = ({ method, path }: SandboxRequest): boolean => method !== 'GET' && path.startsWith('/v2/');
    return fixture.sandbox.requests
      .filter(isWrite)
      .map(({ method, path, status }) => `${method} ${path} ${String(status)}`);
  }

  function deviceOf(id: number): WorkbenchFixture['sandbox']['tenant']['devices'][number] | undefined {
    return fixture.sandbox.tenant.devices.find((device) => device.id === id);
  }

  function connectionName(): string {
    const [connection] = fixture.sandbox.connections;
    assert.ok(connection);
    return connection.name;
  }

  function hostOf(): string {
    return new URL(fixture.sandbox.baseUrl).hostname;
  }
});
