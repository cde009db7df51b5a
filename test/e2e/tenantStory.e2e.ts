import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { answerSignIn, pageOpenedBy } from '../../tooling/pageActions.ts';
import {
  dialog,
  dialogButton,
  eventually,
  pickRows,
  press,
  quickInput,
  quickPick,
  revealRow,
  runCommand,
  screenshot,
  setSection,
  statusBarItem,
  toast,
  treeItemMenu,
  typeInto,
} from '../../tooling/workbenchDriver.ts';
import { editorLine, lens, pressLens } from '../support/requestActions.ts';
import { expectClipboard, useWorkbench } from '../support/useWorkbench.ts';

/**
 * What a technician does with one device, by names instead of IDs and by nothing but what stands on the screen: no test
 * agent. What a label says is how it is found.
 */
describe('a change of one device, by what is on the screen', () => {
  const fixture = useWorkbench(() => ({
    connections: (sandbox) => sandbox.connections.slice(0, 1),
    workbench: { agent: false },
  }));

  it('goes from the customer to the device, its new name, a script, and the alerts of another device (E17, E19, E20)', async () => {
    const { page, sandbox, workbench } = fixture;
    const { name = '', instance = '' } = sandbox.connections[0] ?? {};

    // Resources shows how to sign in, and asks for nothing by itself.
    await press(page.locator('.activitybar').getByRole('tab', { name: 'NinjaOne' }));
    await setSection(page, 'API Explorer', false);
    await setSection(page, 'Resources', true);
    const section = page.locator('.pane', { has: page.getByRole('button', { name: 'Resources Section' }) });
    const signIn = await pageOpenedBy(workbench.context, () => press(section.getByRole('button', { name: 'Sign In' })));
    await answerSignIn(signIn);
    await page.bringToFront();
    await setSection(page, 'Connections', false);

    // Acme, its server, and the disks of it.
    const root = new RegExp(`^${name}, `);
    await open(root, ACME);
    await open(ACME, /^Location, /);
    await open(/^Location, /, SERVER);
    await open(SERVER, /^Disks$/);
    await open(/^Disks$/, /^EX-SSD, .*512/);
    await screenshot(page, 'tenant-1-disks');

    // The operations for this device; the one that changes it opens with its ID.
    await treeItemMenu(page, SERVER, 'Operations for This Object…');
    await quickInput(page, 'Operations for the device').waitFor();
    await screenshot(page, 'tenant-2-operations');
    await typeInto(page, 'update device');
    await quickPick(page, /PATCH \/v2\/device\/\{id\} ·/);
    await editorLine(page, /"id": 1001/).waitFor();

    // The present value comes into the body; the name is edited there.
    await pressLens(page, 'Load Current Value', editorLine(page, /"displayName": "ACME-DC01"/));
    await page.locator('.suggest-widget.visible').waitFor({ state: 'hidden' });
    await screenshot(page, 'tenant-3-loaded');
    await clickLineEnd(editorLine(page, /"displayName": "ACME-DC01"/));
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Backspace');
    await page.keyboard.type('9');
    await editorLine(page, /"displayName": "ACME-DC09"/).waitFor();

    // The connection is read-only until the person allows changes.
    await pressLens(page, /^Send to/, readOnly());
    await press((await readOnly()).getByRole('button', { name: 'Allow Writes…' }));
    await dialogButton(page, 'For 15 Minutes');
    await statusBarItem(page, /writes allowed/).waitFor();
    await pressLens(page, /^Send to/, dialog(page, 'Send "Update device"?'));
    await differs('ACME-DC09').waitFor();
    await screenshot(page, 'tenant-4-difference');
    const question = await dialogButton(page, 'Update Device', 'Send "Update device"?');
    assert.match(question, /displayName: "ACME-DC01" → "ACME-DC09"/);
    await toast(page, 'Update device 1001: done (204).');
    assert.deepEqual(sandbox.tenant.writes, [
      { method: 'PATCH', path: '/v2/device/1001', body: { displayName: 'ACME-DC09' } },
    ]);

    // Resources shows the new name.
    await press(
      page.locator('.pane-header', { hasText: 'Resources' }).getByRole('button', { name: /Refresh Resources/ }),
      { hover: page.locator('.pane-header', { hasText: 'Resources' }) },
    );
    await revealRow(page, /^Device, ACME-DC09,/);
    await screenshot(page, 'tenant-5-changed');

    // The same request as PowerShell.
    await pressLens(page, 'Copy As…', quickInput(page, 'Copy "Update device" As'));
    await quickPick(page, 'PowerShell');
    const script = await expectClipboard(page, /Invoke-RestMethod/);
    assert.match(script, /\/v2\/device\/1001/);
    assert.doesNotMatch(script, /[\w-]{43,}/);

    // The address of another device, from the browser with NinjaOne's console.
    await runCommand(page, 'NinjaOne: Run Operation…');
    await typeInto(page, `${instance}/#/deviceDashboard/1005/overview`, { prompt: 'Run which operation?' });
    await pickRows(page).filter({ hasText: '/v2/device/{id}/alerts' }).waitFor();
    await screenshot(page, 'tenant-6-address');
    await quickPick(page, /GET \/v2\/device\/\{id\}\/alerts/);
    await lens(page, /^200 · /).waitFor();
    await editorLine(page, /"deviceId": 1005/).waitFor();
    await screenshot(page, 'tenant-7-alerts');
  });

  const readOnly = (): Promise<Locator> => toast(fixture.page, /read-only/);

  /** Opens a row and waits for one below it. */
  async function open(row: RegExp, below: RegExp): Promise<void> {
    const { page } = fixture;
    await eventually(async () => {
      const found = await revealRow(page, row);
      if ((await found.getAttribute('aria-expanded')) !== 'true') {
        await press(found);
      }
      await revealRow(page, below);
    });
  }

  /** A line of either side of the comparison. */
  function differs(text: string): Locator {
    return fixture.page.locator('.monaco-diff-editor .view-line').filter({ hasText: text }).first();
  }

  /** The line itself is as wide as the longest one. */
  async function clickLineEnd(line: Locator): Promise<void> {
    const box = await line.locator('> span').first().boundingBox();
    assert.ok(box);
    await fixture.page.mouse.click(box.x + box.width + 2, box.y + box.height / 2);
  }
});

const ACME = /^Organization, Acme Dental,/;
const SERVER = /^Device, ACME-DC01,/;
