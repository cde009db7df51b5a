import assert from 'node:assert/strict';
import {
  cancelQuickInput,
  dialog,
  dialogButton,
  expectToBecome,
  openView,
  quickInput,
  quickPickLabels,
  revealRow,
  runCommand,
  screenshot,
  toast,
} from '../../tooling/workbenchDriver.ts';
import { lens } from '../support/requestActions.ts';
import { beginInHost, clearToasts, runInHost, useWorkbench } from '../support/useWorkbench.ts';
import { accountLabels } from '../support/workbenchState.ts';

const NATIVE = 'Sandbox native';

/** What VS Code sets before it starts in another language. Its own texts stay in English: no language pack is installed. */
const IN_GERMAN = `Object.defineProperty(globalThis, '_VSCODE_NLS_LANGUAGE', { get: () => 'de', set: () => {} });`;

/** The pictures show whether labels are cut. */
describe('VS Code in German', () => {
  const fixture = useWorkbench(() => ({
    sandbox: { autoApprove: true },
    connections: (sandbox) => sandbox.connections.slice(0, 1),
    workbench: {
      beforeLoad: async (page) => {
        await page.addInitScript(IN_GERMAN);
      },
    },
  }));

  beforeEach(async () => {
    await openView(fixture.page, 'NinjaOne');
    if ((await accountLabels(fixture)).length === 0) {
      await revealRow(fixture.page, /Sandbox native, .*abgemeldet/);
      await screenshot(fixture.page, 'german-signed-out');
      await beginInHost(fixture, 'ninjaone.signIn', NATIVE);
      await toast(fixture.page, 'Bei Sandbox native mit den Scopes monitoring, management und control angemeldet.');
      await screenshot(fixture.page, 'german-signed-in');
      await clearToasts(fixture);
    }
  });

  it('shows views, commands and lists in German (E14)', async () => {
    const { page } = fixture;
    await revealRow(page, /Sandbox native, .*angemeldet/);
    await runCommand(page, 'NinjaOne: Operationen gruppieren nach…');
    await quickInput(page, 'Operationen gruppieren nach').waitFor();
    await screenshot(page, 'german-list');
    assert.deepEqual(await quickPickLabels(page), ['Ressource', 'API-Tag', 'Pfad', 'Methode']);
    await cancelQuickInput(page);
  });

  it('shows the lines above requests and responses in German (E14)', async () => {
    const { page } = fixture;
    await runInHost(fixture, 'ninjaone.explorer.open', 'GET /v2/devices');
    await lens(page, /^An Sandbox native senden$/).waitFor();
    await lens(page, 'Als Skript speichern…').waitFor();
    await screenshot(page, 'german-request');
    await runInHost(fixture, 'ninjaone.explorer.run', 'GET /v2/organizations');
    await lens(page, '5 Elemente').waitFor();
    await lens(page, 'Als Tabelle anzeigen').waitFor();
    await screenshot(page, 'german-response');
    await runInHost(fixture, 'ninjaone.response.showTable');
    await expectToBecome(() => tableText(), /5 Zeilen/);
    await screenshot(page, 'german-table');
  });

  it('asks in German (E14)', async () => {
    const { page } = fixture;
    await beginInHost(fixture, 'ninjaone.reset');
    await dialog(page, 'Die NinjaOne-Erweiterung zurücksetzen?').waitFor();
    await screenshot(page, 'german-question');
    await dialogButton(page, 'Cancel', 'Die NinjaOne-Erweiterung zurücksetzen?');
  });

  it('writes its report in German (E14)', async () => {
    const { page } = fixture;
    await runInHost(fixture, 'ninjaone.diagnose', NATIVE);
    const text = await fixture.workbench.host.run((vscode) => vscode.window.activeTextEditor?.document.getText() ?? '');
    await screenshot(page, 'german-report');
    assert.match(text, /^# Diagnose der NinjaOne-Anmeldung, /);
    assert.match(text, /Das Token ist bis .* gültig\./);
  });

  const tableText = async (): Promise<string> => {
    const texts = await Promise.all(
      fixture.page.frames().map((frame) => frame.evaluate<string>('document.body?.innerText ?? ""').catch(() => '')),
    );
    return texts.join('\n');
  };
});
