import assert from 'node:assert/strict';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import { picture } from '../../tooling/pictures.ts';
import {
  activeTab,
  expectToBecome,
  toastButton,
  inputField,
  openView,
  press,
  quickInput,
  screenshot,
  toast,
} from '../../tooling/workbenchDriver.ts';
import { PersonActions } from '../support/personActions.ts';
import { powershellOrSkip, runPowerShell } from '../support/powershell.ts';
import { editorLine, lens } from '../support/requestActions.ts';
import { configure, nextResponse, runInHost, useWorkbench } from '../support/useWorkbench.ts';

const WALKTHROUGH = 'ninjaone-community.ninjaone-authentication#getStarted';
const SAVE = 'Save as PowerShell Script';

/** From the walkthrough as it opens to a script that is saved. */
const MAX_ACTIONS = 12;

/** Without the three of a real NinjaOne: the question of VS Code, the sign-in in the browser, and the way back. */
const MAX_ACTIONS_TO_RESPONSE = 7;

describe('the walkthrough', () => {
  const fixture = useWorkbench(() => ({ sandbox: { autoApprove: true }, connections: () => [] }));

  const step = (id: string): Locator => fixture.page.locator(`[data-step-id$="#${id}"]`);
  const openWalkthrough = async (): Promise<void> => {
    // As VS Code does after an installation.
    await runInHost(fixture, 'workbench.action.openWalkthrough', WALKTHROUGH);
    await step('choosePlatform').waitFor();
  };

  /** In both themes, for `npm run pictures` only: a test needs none. */
  const pictures = async (name: string, clip: Parameters<typeof picture>[2]): Promise<void> => {
    if (process.env['TAKE_PICTURES'] !== '1') {
      return;
    }
    for (const [theme, body, suffix] of [
      ['Default Light Modern', '.vs', 'light'],
      ['Default Dark Modern', '.vs-dark', 'dark'],
    ] as const) {
      await configure(fixture, { 'workbench.colorTheme': theme });
      await fixture.page.locator(`.monaco-workbench${body}`).waitFor();
      await picture(fixture.page, `${name}-${suffix}`, clip);
    }
  };

  const expectMarked = async (): Promise<void> => {
    const { page } = fixture;
    await openWalkthrough();
    for (const id of ['createClientApp', 'addConnection', 'signIn', 'firstRequest', 'saveScript']) {
      await step(id).locator('.codicon-getting-started-step-checked').waitFor({ state: 'attached' });
    }
    await screenshot(page, 'walkthrough-done');
    // The pictures are shown where there is room for them.
    await runInHost(fixture, 'workbench.action.closeSidebar');
    for (const [id, shown] of [
      ['createClientApp', 'h1:has-text("Create a client app")'],
      ['signIn', 'svg text'],
      ['firstRequest', 'img[alt*="beside the API Explorer"]'],
      ['saveScript', 'img[alt*="PowerShell script"]'],
    ] as const) {
      await press(step(id));
      await expectToBecome(async () => {
        const found = await Promise.all(page.frames().map((frame) => frame.locator(shown).count()));
        return found.some((count) => count > 0);
      }, true);
      await screenshot(page, `walkthrough-${id}`);
    }
  };

  it('leads from empty settings to a script that PowerShell runs, in at most twelve actions (C5, E14)', async function () {
    const { page, sandbox, workbench } = fixture;
    const person = new PersonActions(page);
    await openWalkthrough();
    await screenshot(page, 'walkthrough-begin');
    await person.click(step('addConnection'));
    await screenshot(page, 'walkthrough-add-connection');
    await person.click(step('addConnection').getByRole('button', { name: 'Add Connection' }));
    await person.pick(`${sandbox.baseUrl}/#/dashboard`, /Use 127\.0\.0\.1/, 'Select your region');
    await quickInput(page, 'Application platform of the client app').waitFor();
    await pictures('addConnection', { x: 340, y: 20, width: 620, height: 340 });
    await person.key('Enter');
    await person.answer('sandbox-native', 'Paste the client ID');
    await quickInput(page, 'Press Enter to add the connection').waitFor();
    await person.key('Enter');
    const response = nextResponse(fixture, '/v2/organizations');
    const connected = await toast(page, 'Connected');
    await person.click(connected.getByRole('button', { name: 'List Organizations' }));
    await response;
    await editorLine(page, /"name":/).waitFor();
    const toResponse = person.count;
    await openView(page, 'NinjaOne');
    await pictures('firstRequest', { x: 48, y: 36, width: 640, height: 360 });
    await person.click(lens(page, /^Save as Script/));
    await quickInput(page, SAVE).waitFor();
    const file = path.join(workbench.workspaceDir, 'List-organizations.ps1');
    await expectToBecome(() => inputField(page).inputValue(), file);
    await person.key('Enter');
    await toast(page, 'Saved as List-organizations.ps1');
    assert.ok(person.count <= MAX_ACTIONS, `${person.count} actions`);
    assert.ok(toResponse <= MAX_ACTIONS_TO_RESPONSE, `${toResponse} actions to the first response`);
    await toastButton(page, 'Saved as List-organizations.ps1', 'Open');
    await activeTab(page, 'List-organizations.ps1').waitFor();
    await pictures('saveScript', { x: 350, y: 36, width: 520, height: 270 });

    // Each step is marked by what was done, and not by a click on it.
    await expectMarked();

    const powershell = powershellOrSkip(this, 'the script of the walkthrough');
    const { status, out, err } = await runPowerShell(powershell, file, [], {
      NINJAONE_CLIENT_ID: 'sandbox-service',
      NINJAONE_CLIENT_SECRET: 'sandbox-service-secret',
    });
    assert.deepEqual([status, err], [0, '']);
    assert.match(out, /name/i);
  });
});
