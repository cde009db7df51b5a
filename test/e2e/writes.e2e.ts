import assert from 'node:assert/strict';
import type { SandboxRequest } from '../../sandbox/requestLog.ts';
import {
  cancelQuickInput,
  dialog,
  dialogButton,
  expectToastButtons,
  inputBox,
  inputBoxMessage,
  openView,
  press,
  runCommand,
  screenshot,
  statusBarItem,
  toast,
  toastButton,
} from '../../tooling/workbenchDriver.ts';
import { type WorkbenchFixture, beginInHost, configure, nextResponse, useWorkbench } from '../support/useWorkbench.ts';
import { ensureReadOnly, ensureSignedIn, ensureWritesAllowed } from '../support/workbenchState.ts';

describe('a request that changes data', () => {
  const fixture = useWorkbench(() => ({
    sandbox: { autoApprove: true },
    connections: (sandbox) => sandbox.connections.slice(0, 1),
  }));

  before(async () => {
    await openView(fixture.page, 'NinjaOne');
  });

  let owner: string | undefined;

  before(() => {
    owner = deviceOf(1002)?.assignedOwnerUid;
  });

  beforeEach(async () => {
    Object.assign(deviceOf(1002) ?? {}, { assignedOwnerUid: owner });
    await configure(fixture, { 'ninjaone.connections': fixture.sandbox.connections.slice(0, 1) });
    await ensureSignedIn(fixture);
    await ensureReadOnly(fixture);
    fixture.sandbox.reset();
  });

  it('is refused while the connection is read-only, with a button that allows it (E9)', async () => {
    const { page } = fixture;
    await runOperation('DELETE /v2/device/{id}/owner');
    await expectToastButtons(page, /read-only/, ['Allow Writes…']);
    await screenshot(page, 'writes-refused');
    assert.equal(await statusBarItem(page, 'writes allowed').count(), 0);
    assert.deepEqual(writes(), []);
  });

  it('is allowed by a dialog that names connection and host; the status bar shows until when (E9)', async () => {
    const { page, sandbox } = fixture;
    await runOperation('DELETE /v2/device/{id}/owner');
    await toastButton(page, /read-only/, 'Allow Writes…');
    await dialog(page, 'to change data?').waitFor();
    await screenshot(page, 'writes-allow');
    const text = await dialogButton(page, 'For 15 Minutes', 'to change data?');
    assert.ok(text.includes(new URL(sandbox.baseUrl).hostname), text);
    await statusBarItem(page, /writes allowed until \d/).waitFor();
    await screenshot(page, 'writes-allowed');
  });

  it('that deletes needs the name of its object typed; another text sends nothing (E9, E4, T39)', async () => {
    const { page } = fixture;
    await ensureWritesAllowed(fixture, connectionName());
    await runOperation('DELETE /v2/device/{id}/owner');
    await inputBox(page, '1002', { prompt: 'device ID' });
    await inputBoxMessage(page, '1002', /^Type ACME-FRONT01 to continue\.$/, { prompt: 'Type ACME-FRONT01' });
    await screenshot(page, 'writes-typed-wrong');
    await page.keyboard.press('Enter');
    await cancelQuickInput(page);
    assert.equal(await page.locator('.monaco-dialog-box').count(), 0);
    assert.deepEqual(writes(), []);
    assert.equal(typeof deviceOf(1002)?.assignedOwnerUid, 'string');
  });

  it('that deletes is confirmed in a dialog with method, path, object, connection and host (E9, E4, T39)', async () => {
    const { page, sandbox } = fixture;
    await ensureWritesAllowed(fixture, connectionName());
    await runOperation('DELETE /v2/device/{id}/owner');
    await inputBox(page, '1002', { prompt: 'device ID' });
    await inputBox(page, 'ACME-FRONT01', { prompt: 'Type ACME-FRONT01' });
    await dialog(page, 'Send "Remove device owner"? This request destroys data.').waitFor();
    await screenshot(page, 'writes-delete');
    const text = await dialogButton(page, 'Cancel', 'destroys data');
    for (const part of ['DELETE /v2/device/1002/owner', 'Device: ACME-FRONT01 (1002)', connectionName(), hostOf()]) {
      assert.ok(text.includes(part), `${part} in ${text}`);
    }
    assert.deepEqual(writes(), []);
    assert.equal(sandbox.tenant.devices.length, 10);
  });

  it('is sent exactly once when it is confirmed (E9)', async () => {
    const { page } = fixture;
    await ensureWritesAllowed(fixture, connectionName());
    await runOperation('DELETE /v2/device/{id}/owner');
    await inputBox(page, '1002', { prompt: 'device ID' });
    await inputBox(page, 'ACME-FRONT01', { prompt: 'Type ACME-FRONT01' });
    const answered = nextResponse(fixture, ({ method }) => method === 'DELETE');
    await dialogButton(page, 'Remove Device Owner', 'destroys data');
    await answered;
    await toast(page, 'Remove device owner 1002: done (204).');
    await screenshot(page, 'writes-deleted');
    assert.deepEqual(writes(), ['DELETE /v2/device/1002/owner 204']);
    assert.equal(deviceOf(1002)?.assignedOwnerUid, undefined);
  });

  it('that acts on a device is confirmed in a dialog with its name, or with its id when that cannot be read (E9)', async () => {
    const { page, sandbox } = fixture;
    await ensureWritesAllowed(fixture, connectionName());
    await runOperation('POST /v2/device/{id}/patch/os/scan');
    await inputBox(page, '9999', { prompt: 'device ID' });
    const unnamed = await dialogButton(page, 'Cancel', 'acts on devices');
    assert.ok(unnamed.includes('Device: 9999 (name not available)'), unnamed);
    await runOperation('POST /v2/device/{id}/patch/os/scan');
    await inputBox(page, '1001', { prompt: 'device ID' });
    const answered = nextResponse(fixture, ({ method, path }) => method === 'POST' && path.endsWith('/scan'));
    const named = await dialogButton(page, 'Submit OS Patch Scan', 'acts on devices');
    await answered;
    assert.match(named, /Device: ACME-DC01 \(1001\)[^]*Organization: \S.* \(\d+\)[^]*Location: \S.* \(\d+\)/);
    assert.deepEqual(sandbox.tenant.patchScans, [1001]);
    assert.equal(writes().length, 1);
  });

  it('is refused again after a click in the status bar (E9)', async () => {
    const { page } = fixture;
    await ensureWritesAllowed(fixture, connectionName());
    await press(statusBarItem(page, /writes allowed until/));
    await statusBarItem(page, /writes allowed/).waitFor({ state: 'detached' });
    await runOperation('POST /v2/device/{id}/patch/os/scan');
    await toast(page, /read-only/);
    assert.deepEqual(writes(), []);
  });

  it('can be allowed until that is switched off, which is not kept in the settings (E9)', async () => {
    const { page } = fixture;
    await runCommand(page, 'NinjaOne: Allow Writes…');
    await dialogButton(page, 'Until Turned Off', 'to change data?');
    await statusBarItem(page, /writes allowed$/).waitFor();
    const setting = await fixture.workbench.host.run((vscode) =>
      Promise.resolve(JSON.stringify(vscode.workspace.getConfiguration('ninjaone'))),
    );
    assert.doesNotMatch(setting, /write/i);
    await runCommand(page, 'NinjaOne: Make Read-Only…');
    await statusBarItem(page, /writes allowed/).waitFor({ state: 'detached' });
  });

  it('is no longer allowed after its connection was removed (C4)', async () => {
    const { page } = fixture;
    await runCommand(page, 'NinjaOne: Allow Writes…');
    await dialogButton(page, 'Until Turned Off', 'to change data?');
    await statusBarItem(page, /writes allowed$/).waitFor();
    await runCommand(page, 'NinjaOne: Remove Connection…');
    await dialogButton(page, 'Remove');
    await toast(page, /^Removed/);
    await statusBarItem(page, connectionName()).waitFor({ state: 'detached' });
    await configure(fixture, { 'ninjaone.connections': fixture.sandbox.connections.slice(0, 1) });
    await statusBarItem(page, connectionName()).waitFor();
    assert.equal(await statusBarItem(page, 'writes allowed').count(), 0);
  });

  function runOperation(key: string): Promise<void> {
    return beginInHost(fixture, 'ninjaone.explorer.run', key);
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
