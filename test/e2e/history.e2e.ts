import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { SandboxRequest } from '../../sandbox/requestLog.ts';
import {
  TIMEOUT,
  cancelQuickInput,
  dialogButton,
  eventually,
  expectNoRow,
  expectToBecome,
  inputBox,
  openView,
  pickRowButton,
  pickRows,
  quickInput,
  quickPick,
  quickPickLabels,
  revealRow,
  runCommand,
  screenshot,
  toast,
  typeInto,
} from '../../tooling/workbenchDriver.ts';
import {
  editorLine,
  focusResponse,
  lens,
  openOperation,
  pressLens,
  textOf,
  writeText,
} from '../support/requestActions.ts';
import {
  beginInHost,
  clipboardText,
  closeEditors,
  configure,
  expectClipboard,
  keepSecrets,
  nextResponse,
  runInHost,
  tokenTraffic,
  useWorkbench,
} from '../support/useWorkbench.ts';
import { ensureSignedIn, ensureWritesAllowed, resetExtension } from '../support/workbenchState.ts';

const SECRET = 'https://console.example/link?sessionKey=s3cret-0f8a1c7d2e';
const OTHER_SECRET = 'one-time-9b1d44';

describe('the history', () => {
  const fixture = useWorkbench(() => ({
    sandbox: { autoApprove: true },
    connections: (sandbox) => sandbox.connections.slice(0, 1),
    workbench: { beforeLoad: keepSecrets, userSettings: { 'ninjaone.clipboard.clearAfter': 4 } },
  }));

  before(async () => {
    await openView(fixture.page, 'NinjaOne');
  });

  beforeEach(async () => {
    await configure(fixture, { 'ninjaone.connections': fixture.sandbox.connections.slice(0, 1) });
    await ensureSignedIn(fixture);
  });

  it('says that it is empty (E13)', async () => {
    const { page } = fixture;
    await resetExtension(fixture);
    await runCommand(page, 'NinjaOne: Show History');
    await toast(page, /No requests yet|The history was cleared/);
  });

  it('lists what was sent with time, status, duration and size, the latest first, and opens the response (E13)', async () => {
    const { page } = fixture;
    await resetExtension(fixture);
    await ensureSignedIn(fixture);
    await sendOrganizations();
    const undo = addOrganization();
    try {
      await sendOrganizations();
      await sendLocations();
      await closeEditors(fixture);
      await runCommand(page, 'NinjaOne: Show History');
      await quickInput(page, 'History').waitFor();
      await expectToBecome(() => pickRows(page).count(), 3);
      const row = (): Promise<string> => pickRows(page).first().innerText();
      await expectToBecome(row, /200 · .*(?:second|now).* · \d+ ms · [\d.]+ k?B · /s);
      await expectToBecome(row, /GET \/v2\/locations · \w{3} \d{1,2}, \d{4}, \d{1,2}:\d\d:\d\d\s[AP]M$/);
      await screenshot(page, 'history');
      const before = apiCalls().length;
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await editorLine(page, /Acme Dental/).waitFor();
      assert.equal(apiCalls().length, before, 'the kept response is shown, nothing is sent');
      assert.doesNotMatch(await textOf(fixture), /Fir Tree Bakery/);
    } finally {
      undo();
    }
  });

  it('is not needed to send the request of the shown response again, which the palette does (E13, E14)', async () => {
    const { page } = fixture;
    await sendOrganizations();
    const undo = addOrganization();
    try {
      const answered = nextResponse(fixture, '/v2/organizations');
      await runCommand(page, 'NinjaOne: Run Request Again…');
      assert.equal((await answered).status, 200);
      await expectToBecome(() => textOf(fixture), /Fir Tree Bakery/);
    } finally {
      undo();
    }
  });

  it('compares two responses of one operation in the comparison of the editor (E13)', async () => {
    const { page } = fixture;
    const undo = addOrganization();
    try {
      await sendOrganizations();
    } finally {
      undo();
    }
    await sendOrganizations();
    await runCommand(page, 'NinjaOne: Compare Responses…');
    const diff = page.locator('.monaco-diff-editor');
    await diff.locator('.char-delete, .line-delete').first().waitFor();
    await page.getByRole('tab', { name: /\d{1,2}:\d\d:\d\d\s[AP]M and .*\d{1,2}:\d\d:\d\d/ }).waitFor();
    await screenshot(page, 'history-compare');
  });

  it('runs an entry again and compares it from the list (E13)', async () => {
    const { page } = fixture;
    await sendLocations();
    await closeEditors(fixture);
    await showHistory('locations', /List locations/);
    const answered = nextResponse(fixture, '/v2/locations');
    await pickRowButton(page, /List locations/, 'Run Again');
    await answered;
    await editorLine(page, /Main office/).waitFor();
    await closeEditors(fixture);
    await showHistory('locations', /List locations/);
    await pickRowButton(page, /List locations/, 'Compare with Previous');
    await page.locator('.monaco-diff-editor').waitFor();
  });

  it('asks once more before it sends a write again, which a read-only connection refuses (E9, E13)', async () => {
    const { page } = fixture;
    await ensureWritesAllowed(fixture, fixture.sandbox.connections[0]?.name ?? '');
    await openOperation(fixture, 'POST /v2/organizations');
    await writeText(fixture, '{ "operation": "POST /v2/organizations", "body": { "name": "Gum Tree Gym" } }');
    const created = nextResponse(fixture, ({ method }) => method === 'POST');
    await runCommand(page, 'NinjaOne: Send Request');
    await created;
    await lens(page, /^200 · \d+ ms/).waitFor();
    await focusResponse(fixture);
    assert.equal(writes().length, 1);

    await runCommand(page, 'NinjaOne: Run Request Again…');
    const text = await dialogButton(page, 'Cancel', 'again? This request changes data.');
    assert.match(text, /POST \/v2\/organizations is sent to .+ \(127\.0\.0\.1/);
    assert.equal(writes().length, 1);

    const again = nextResponse(fixture, ({ method }) => method === 'POST');
    await runCommand(page, 'NinjaOne: Run Request Again…');
    await dialogButton(page, 'Send Again', 'again? This request changes data.');
    await again;
    assert.equal(writes().length, 2);

    await runCommand(page, 'NinjaOne: Make Read-Only…');
    await runCommand(page, 'NinjaOne: Run Request Again…');
    await toast(page, /read-only/);
    assert.equal(writes().length, 2);
  });

  describe('and secret values', () => {
    beforeEach(() => showSecrets());

    it('are shown as dots, and one is revealed at a time (E4)', async () => {
      const { page } = fixture;
      await lens(page, /^Reveal$/).waitFor();
      await screenshot(page, 'secret-masked');
      assert.doesNotMatch(await documents(), /s3cret|one-time/);

      await runCommand(page, 'NinjaOne: Reveal Secret Value…');
      await quickInput(page, 'Reveal which value?').waitFor();
      await expectToBecome(() => pickRows(page).count(), 2);
      assert.equal(
        await pickRows(page)
          .filter({ hasText: /s3cret|one-time/ })
          .count(),
        0,
      );
      await screenshot(page, 'secret-reveal');
      await page.keyboard.press('Enter');
      await editorLine(page, /sessionKey=s3cret/).waitFor();
      await editorLine(page, /"code": "••••••••"/).waitFor();
      await screenshot(page, 'secret-revealed');
      assert.doesNotMatch(await documents(), /one-time/);
      await pressLens(page, /^Hide$/, editorLine(page, /"url": "••••••••"/));
    });

    it('are not revealed by a command that another extension runs (E4)', async () => {
      const { page, workbench } = fixture;
      for (const index of [0, 1, 2, 3, 4, 5]) {
        // A pick that opens while another one closes can be lost, so the command is run until its pick is there.
        await eventually(async () => {
          await workbench.host.run((vscode, chosen) => {
            const uri = vscode.window.activeTextEditor?.document.uri;
            const calls = [[uri, 0], [uri, '0'], [uri, -1], ['x', 0], [{ scheme: 'ninjaone-response' }, 0], [null]];
            void vscode.commands.executeCommand('ninjaone.response.revealValue', ...(calls[chosen] ?? []));
          }, index);
          await quickInput(page, 'Reveal which value?').waitFor({ timeout: TIMEOUT.attempt });
        });
        await quickPickLabels(page, { prompt: 'Reveal which value?' });
        await cancelQuickInput(page);
      }
      assert.doesNotMatch(await documents(), /s3cret|one-time/);
    });

    it('are copied one at a time and taken off the clipboard again (E4)', async () => {
      const { page } = fixture;
      await runCommand(page, 'NinjaOne: Copy Secret Value…');
      const copied = expectClipboard(page, OTHER_SECRET);
      copied.catch(() => {});
      await quickPick(page, 'code', { prompt: 'Copy which value?' });
      await copied;
      await toast(page, /Copied the value of code\. It is removed from the clipboard after 4 seconds\./);
      await expectClipboard(page, '');
    });

    it('are hidden again when their tab is closed (E4)', async () => {
      const { page } = fixture;
      await runCommand(page, 'NinjaOne: Reveal Secret Value…');
      await quickPick(page, 'url', { prompt: 'Reveal which value?' });
      await editorLine(page, /sessionKey=s3cret/).waitFor();
      await closeEditors(fixture);
      await expectToBecome(documents, (text) => !text.includes('s3cret'));
    });

    it('are not in the list (E4, E13)', async () => {
      const { page } = fixture;
      await sendLocations();
      await runCommand(page, 'NinjaOne: Show History');
      await typeInto(page, 'dashboard', { prompt: 'History' });
      await pickRows(page).filter({ hasText: 'locations' }).first().waitFor({ state: 'detached' });
      await pickRows(page)
        .filter({ hasText: /dashboard/i })
        .first()
        .waitFor({ state: 'detached' });
    });

    it('are not on the disk, nor tokens, headers and bodies; the entries are the user’s own (E13)', async () => {
      const { page, workbench } = fixture;
      await sendLocations();
      await runCommand(page, 'NinjaOne: Copy Access Token…');
      await quickPick(page, /./, { prompt: 'Copy the access token' });
      const token = await expectToBecome(
        () => clipboardText(page),
        (text) => text.length > 20,
      );
      const entries = await eventually(async () => {
        const file = (await filesIn(workbench.dataDir)).find((each) => each.endsWith('entries.jsonl'));
        assert.ok(file, 'the entries are on the disk');
        return file;
      });
      assert.equal((await stat(entries)).mode & 0o777, 0o600);
      for (const file of await filesIn(workbench.dataDir)) {
        // One that is written anew is gone for a moment.
        const content = await readFile(file, 'latin1').catch(() => '');
        for (const secret of [token, 's3cret-0f8a1c7d2e', OTHER_SECRET, 'Main office', 'Authorization: Bearer']) {
          assert.ok(!content.includes(secret) || isCode(file), `${secret.slice(0, 12)} in ${file}`);
        }
      }
    });
  });

  it('has times that are readable on hover, also by keyboard (E7)', async () => {
    const { page, workbench } = fixture;
    await beginInHost(fixture, 'ninjaone.explorer.run', 'GET /v2/device/{id}');
    await inputBox(page, '1001', { prompt: 'device ID' });
    await editorLine(page, /"lastContact"/).waitFor();
    const hover = page.locator('.monaco-hover').filter({ hasText: '2025-10-09 08:53:20 UTC · ' });
    await eventually(async () => {
      await workbench.host.run((vscode) => {
        const editor = vscode.window.activeTextEditor;
        const text = editor?.document.getText() ?? '';
        const place = editor?.document.positionAt(text.indexOf('1760000000'));
        if (editor && place) {
          editor.selection = new vscode.Selection(place, place);
        }
      });
      await runCommand(page, 'Show or Focus Hover');
      await hover.waitFor({ timeout: TIMEOUT.attempt });
    });
    await screenshot(page, 'hover-time');
    await page.keyboard.press('Escape');
  });

  it('is there after a reload, and sends again for a response that is gone (E13)', async () => {
    const { page, sandbox, workbench } = fixture;
    await sendLocations();
    const [before, signIns] = [tokenTraffic(sandbox).length, sandbox.tokenCalls];
    await workbench.reload();
    await openView(page, 'NinjaOne');
    await showHistory('locations', /List locations/);
    await pickRows(page).filter({ hasText: 'response not kept' }).first().waitFor();
    await screenshot(page, 'history-not-kept');
    await quickPick(page, /List locations/);
    await quickInput(page, 'Run "List locations" Again').waitFor();
    assert.deepEqual(tokenTraffic(sandbox).length, before, 'nothing is sent before the user wants it');
    const answered = nextResponse(fixture, '/v2/locations');
    await page.keyboard.press('Enter');
    assert.equal((await answered).status, 200);
    await editorLine(page, /Main office/).waitFor();
    assert.deepEqual(sandbox.tokenCalls, signIns, 'the session is there again, so nobody signs in');
  });

  it('is empty after Clear, which asks (E13)', async () => {
    const { page, workbench } = fixture;
    await sendLocations();
    await runCommand(page, 'NinjaOne: Clear History…');
    await dialogButton(page, 'Cancel', 'Clear the history');
    assert.match(await remembered(workbench.dataDir), /locations/);
    await runCommand(page, 'NinjaOne: Clear History…');
    await dialogButton(page, 'Clear', 'Clear the history');
    await toast(page, /No requests yet|The history was cleared/);
    await expectToBecome(() => remembered(workbench.dataDir), '');
  });

  it('is deleted by Reset, with lists and API descriptions; documents stay open (A13, E13)', async () => {
    const { page, workbench } = fixture;
    const catalogs = async (): Promise<string[]> =>
      (await filesIn(workbench.dataDir)).filter((each) => each.split(path.sep).includes('catalogs'));
    await sendLocations();
    await runInHost(fixture, 'ninjaone.explorer.addFavorite', 'GET /v2/locations');
    await runInHost(fixture, 'ninjaone.explorer.open', 'GET /v2/locations');
    await revealRow(page, 'Favorites');
    await revealRow(page, /^Recent, [1-9]/);
    const document = page.getByRole('tab', { name: /\.ninjaone\.json/ });
    await document.waitFor();
    await expectToBecome(catalogs, (files) => files.length > 0);
    await runCommand(page, 'NinjaOne: Reset Extension…');
    await dialogButton(page, 'Reset', 'write permissions, history');
    await toast(page, /The NinjaOne extension was reset/);
    await expectToBecome(() => remembered(workbench.dataDir), '');
    await expectToBecome(catalogs, []);
    await expectNoRow(page, 'Favorites');
    await revealRow(page, /^Recent, 0 operations$/);
    assert.equal(await document.count(), 1);
  });

  it('of a connection is deleted with the connection (C4, E13)', async () => {
    const { page, workbench } = fixture;
    await sendLocations();
    await runCommand(page, 'NinjaOne: Remove Connection…');
    await dialogButton(page, 'Remove', 'the request history of the connection');
    await toast(page, 'Removed');
    await expectToBecome(
      () => remembered(workbench.dataDir),
      (text) => !text.includes('locations'),
    );
  });

  async function sendOrganizations(): Promise<void> {
    await closeEditors(fixture);
    await beginInHost(fixture, 'ninjaone.explorer.run', 'GET /v2/organizations');
    await lens(fixture.page, /^200 · \d+ ms/).waitFor();
  }

  /** Ends once the entry is on the disk. */
  async function sendLocations(): Promise<void> {
    await closeEditors(fixture);
    await beginInHost(fixture, 'ninjaone.explorer.run', 'GET /v2/locations');
    await editorLine(fixture.page, /Main office/).waitFor();
    await expectToBecome(() => remembered(fixture.workbench.dataDir), /GET \/v2\/locations/);
  }

  /** Answers what takes the organization away again. */
  function addOrganization(): () => void {
    const { organizations } = fixture.sandbox.tenant;
    const added: (typeof organizations)[number] = {
      id: 6,
      name: 'Fir Tree Bakery',
      description: 'Fir Tree Bakery is a customer of Sandbox MSP',
      nodeApprovalMode: 'AUTOMATIC',
      tags: [],
    };
    organizations.push(added);
    return () => {
      organizations.splice(organizations.indexOf(added), 1);
    };
  }

  /** Opens the list and filters it until this entry is left. */
  async function showHistory(words: string, entry: RegExp): Promise<void> {
    const { page } = fixture;
    await runCommand(page, 'NinjaOne: Show History');
    await typeInto(page, words, { prompt: 'History' });
    await pickRows(page).filter({ hasText: entry }).first().waitFor();
    await expectToBecome(async () => (await pickRows(page).filter({ hasNotText: entry }).count()) === 0, true);
  }

  /** Shows a response with two secret values, masked. */
  async function showSecrets(): Promise<void> {
    const { page, sandbox } = fixture;
    await beginInHost(fixture, 'ninjaone.explorer.run', 'GET /v2/device/{id}/dashboard-url');
    await inputBox(page, '1001', { prompt: 'device ID' });
    sandbox.misbehave({
      api: {
        ...{ kind: 'response', status: 200, body: { url: SECRET, code: OTHER_SECRET }, times: 1 },
        path: '/v2/device/1001/dashboard-url',
      },
    });
    await dialogButton(page, 'Send');
    await editorLine(page, /"url": "••••••••"/).waitFor();
  }

  /** What any extension can read. */
  function documents(): Promise<string> {
    return fixture.workbench.host.run((vscode) =>
      Promise.resolve(vscode.workspace.textDocuments.map((document) => document.getText()).join('\n')),
    );
  }

  function apiCalls(): readonly SandboxRequest[] {
    return fixture.sandbox.requests.filter(({ path: address }) => address.startsWith('/v2/'));
  }

  function writes(): readonly SandboxRequest[] {
    return apiCalls().filter(({ method }) => method !== 'GET');
  }
});

describe('the history of a window whose explorer was never shown', () => {
  const fixture = useWorkbench(() => ({
    connections: (sandbox) => sandbox.connections.slice(0, 1),
    workbench: { userSettings: { 'ninjaone.history.keepBodies': true } },
  }));

  it('loses its kept bodies when keepBodies is switched off (E13)', async () => {
    const { workbench } = fixture;
    const storage = path.join(workbench.dataDir, 'data/User/globalStorage/ninjaone-community.ninjaone-authentication');
    const folder = path.join(storage, 'history/bodies');
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, 'left.json'), '{"answer":"{}"}');
    await configure(fixture, { 'ninjaone.history.keepBodies': false });
    await expectToBecome(
      () => readdir(path.dirname(folder)),
      (names) => !names.includes('bodies'),
    );
  });
});

/** Of the extension itself, which is linked into the folder and has the words of its tests in it. */
function isCode(file: string): boolean {
  return /\.(?:cjs|js|ts|map)$/.test(file);
}

async function filesIn(folder: string): Promise<string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
}

/** The entries as they stand on the disk. */
async function remembered(folder: string): Promise<string> {
  const file = (await filesIn(folder)).find((each) => each.endsWith('entries.jsonl'));
  return file === undefined ? '' : readFile(file, 'utf8');
}
