import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import {
  dialog,
  dialogButton,
  eventually,
  inputBox,
  openView,
  screenshot,
  toast,
  toastButton,
} from '../../tooling/workbenchDriver.ts';
import { lens, openOperation, pressLens, requestOf, textOf, writeText } from '../support/requestActions.ts';
import { configure, nextResponse, useWorkbench } from '../support/useWorkbench.ts';
import { ensureSignedIn, ensureWritesAllowed } from '../support/workbenchState.ts';

const UPDATE = 'PATCH /v2/device/{id}';
const LOAD = 'Load Current Value';

describe('the current value of a device', () => {
  const fixture = useWorkbench(() => ({
    sandbox: { autoApprove: true },
    connections: (sandbox) => sandbox.connections.slice(0, 1),
  }));

  before(async () => {
    await openView(fixture.page, 'NinjaOne');
  });

  beforeEach(async () => {
    Object.assign(deviceOf(1001) ?? {}, { displayName: 'ACME-DC01' });
    await ensureSignedIn(fixture);
    await ensureWritesAllowed(fixture, fixture.sandbox.connections[0]?.name ?? '');
    fixture.sandbox.reset();
    await openOperation(fixture, UPDATE);
  });

  it('is loaded after the question for the device, by one request; it can be undone (E19)', async () => {
    const { page } = fixture;
    const empty = await textOf(fixture);
    await load('1001');
    const { path, body } = await requestOf(fixture, 'ACME-DC01');
    assert.deepEqual(path, { id: 1001 });
    assert.deepEqual(body, { displayName: 'ACME-DC01', nodeRoleId: 1, organizationId: 1, locationId: 101 });
    // Besides the lists of names that the question offers.
    assert.deepEqual(
      apiCalls().filter((call) => call.includes('/device/')),
      ['GET /v2/device/1001'],
    );
    await screenshot(page, 'present-value-loaded');
    await page.keyboard.press('ControlOrMeta+Z');
    await eventually(async () => {
      assert.equal(await textOf(fixture), empty);
    });
  });

  it('is changed after the difference and the question that names it; only the change is sent (E19, E9)', async () => {
    const { page } = fixture;
    await load('1001');
    await replace('"ACME-DC01"', '"ACME-DC02"');
    await pressLens(page, /^Send to/, dialog(page, 'Send "Update device"?'));
    await diffLine('ACME-DC01').waitFor();
    await diffLine('ACME-DC02').waitFor();
    await screenshot(page, 'present-value-question');
    const answered = nextResponse(fixture, ({ method }) => method === 'PATCH');
    const text = await dialogButton(page, 'Update Device', 'Send "Update device"?');
    assert.match(text, /displayName: "ACME-DC01" → "ACME-DC02"/);
    await answered;
    assert.deepEqual(writes(), [{ method: 'PATCH', path: '/v2/device/1001', body: { displayName: 'ACME-DC02' } }]);
    assert.equal(deviceOf(1001)?.displayName, 'ACME-DC02');
    // The load, the name in the question, the look right before the write, and the write.
    assert.deepEqual(
      apiCalls().filter((call) => call.includes('/device/')),
      [...Array<string>(3).fill('GET /v2/device/1001'), 'PATCH /v2/device/1001'],
    );
    await toast(page, 'Update device 1001: done (204).');
    await diffLine('ACME-DC02').waitFor({ state: 'detached' });
    await screenshot(page, 'present-value-sent');
    const loaded = nextResponse(fixture, '/v2/device/1001');
    await toastButton(page, 'Update device 1001: done (204).', 'Load Again');
    await loaded;
    await requestOf(fixture, '"ACME-DC02"');
  });

  it('is compared with what is there right before the write: a change by somebody else is said (E19)', async () => {
    const { page } = fixture;
    await load('1001');
    await replace('"ACME-DC01"', '"ACME-DC03"');
    Object.assign(deviceOf(1001) ?? {}, { displayName: 'ELSEWHERE' });
    await pressLens(page, /^Send to/, dialog(page, 'Send "Update device"?'));
    await dialogButton(page, 'Update Device', 'Send "Update device"?');
    await dialog(page, 'the object has changed since its value was loaded').waitFor();
    await screenshot(page, 'present-value-changed');
    const text = await dialogButton(page, 'Show Difference', 'the object has changed since');
    assert.match(text, /displayName: "ACME-DC01" → "ELSEWHERE"/);
    await diffLine('ELSEWHERE').waitFor();
    await configure(fixture, { 'workbench.colorTheme': 'Default Light Modern' });
    try {
      await page.locator('.monaco-workbench.vs').waitFor();
      await screenshot(page, 'present-value-difference-light');
    } finally {
      await configure(fixture, { 'workbench.colorTheme': 'Default Dark Modern' });
    }
    assert.deepEqual(writes(), []);
  });

  it('is not offered for an operation without one (E19)', async () => {
    const { page } = fixture;
    await lens(page, LOAD).waitFor();
    await openOperation(fixture, 'POST /v2/organizations');
    await lens(page, LOAD).waitFor({ state: 'detached' });
    await lens(page, /^Send to/).waitFor();
  });

  async function load(id: string): Promise<void> {
    const { page } = fixture;
    await pressLens(page, LOAD, page.locator('.quick-input-widget:visible'));
    const answered = nextResponse(fixture, `/v2/device/${id}`);
    await inputBox(page, id, { prompt: 'device ID' });
    await answered;
    await requestOf(fixture, '"displayName"');
  }

  async function replace(from: string, to: string): Promise<void> {
    await writeText(fixture, (await textOf(fixture)).replace(from, to));
  }

  /** A line of either side of the comparison. */
  function diffLine(text: string): Locator {
    return fixture.page.locator('.monaco-diff-editor .view-line').filter({ hasText: text }).first();
  }

  function writes(): readonly unknown[] {
    return fixture.sandbox.tenant.writes;
  }

  function apiCalls(): string[] {
    return fixture.sandbox.requests
      .filter(({ path }) => path.startsWith('/v2/'))
      .map(({ method, path }) => `${method} ${path}`);
  }

  function deviceOf(id: number): (typeof fixture.sandbox.tenant.devices)[number] | undefined {
    return fixture.sandbox.tenant.devices.find((device) => device.id === id);
  }
});
