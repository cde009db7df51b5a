import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  activeTab,
  cancelQuickInput,
  expectToBecome,
  expectToastButtons,
  openView,
  quickInput,
  quickPick,
  runCommand,
  screenshot,
  toast,
  toastButton,
} from '../../tooling/workbenchDriver.ts';
import { editorLine, lens, openFile, openOperation, pressLens, pressSend } from '../support/requestActions.ts';
import {
  type WorkbenchFixture,
  beginInHost,
  changeConnections,
  clearToasts,
  closeEditors,
  configure,
  tokenTraffic,
  useWorkbench,
} from '../support/useWorkbench.ts';

const HOSTILE: readonly (readonly [name: string, text: string, reason: RegExp])[] = [
  [
    'headers',
    json({ operation: 'GET /v2/organizations', headers: { Authorization: 'Bearer x' } }),
    /Remove "headers"\. The connection determines the address/,
  ],
  [
    'host',
    json({ operation: 'GET /v2/organizations', host: 'evil.example' }),
    /Remove "host"\. The connection determines the address/,
  ],
  [
    'path-that-climbs',
    json({ operation: 'GET /v2/custom-fields/field-name/{fieldName}', path: { fieldName: '..' } }),
    /fieldName is part of the path, so it cannot contain .* or consist of dots/,
  ],
  [
    'path-that-climbs-encoded',
    json({ operation: 'GET /v2/custom-fields/field-name/{fieldName}', path: { fieldName: '%2e%2e/organizations' } }),
    /fieldName is part of the path, so it cannot contain .* or consist of dots/,
  ],
  [
    'unknown-operation',
    json({ operation: 'GET /v2/nowhere' }),
    /The operation GET \/v2\/nowhere does not exist\. Select another one in the API Explorer/,
  ],
  [
    'no-schema',
    json({ operation: 'GET /v2/organizations', query: { pageSize: 'many' } }),
    /pageSize must be a whole number/,
  ],
  ['broken-JSON', '{\n  "operation": "GET /v2/organizations",\n', /The request is not valid JSON/],
  [
    'proto',
    '{\n  "operation": "GET /v2/organizations",\n  "__proto__": { "host": "evil.example" }\n}\n',
    /Unknown property "__proto__"/,
  ],
  [
    'proto-in-query',
    '{\n  "operation": "GET /v2/organizations",\n  "query": { "__proto__": 1 }\n}\n',
    /The operation does not have the query parameter "__proto__"/,
  ],
];

describe('a request file that is wrong or hostile', () => {
  const fixture = useWorkbench(() => ({
    sandbox: { autoApprove: true },
    connections: (sandbox) => sandbox.connections.slice(0, 1),
  }));

  before(async () => {
    await openView(fixture.page, 'NinjaOne');
  });

  for (const [name, text, reason] of HOSTILE) {
    it(`with ${name.replaceAll('-', ' ')} is not sent, but explained and marked (E6, E11)`, async () => {
      const { page, sandbox } = fixture;
      await openFile(fixture, await fileOf(fixture, name, text));
      await pressLens(page, /^Send to/, toast(page, reason));
      await page.locator('.squiggly-error').first().waitFor();
      await expectToBecome(
        () => problemsOf(fixture),
        (problems) => problems.some((problem) => reason.test(problem)),
      );
      await expectToastButtons(page, reason, ['Show Problems']);
      await screenshot(page, `request-file-${name}`);
      assert.deepEqual(tokenTraffic(sandbox), []);
    });
  }

  it('has its problems listed by Show Problems (E6, A16)', async () => {
    const { page } = fixture;
    await openFile(fixture, await fileOf(fixture, 'problems', json({ operation: 'GET /v2/nowhere' })));
    const reason = /The operation GET \/v2\/nowhere does not exist\. Select another one in the API Explorer\./;
    await pressLens(page, /^Send to/, toast(page, reason));
    await toastButton(page, reason, 'Show Problems');
    const problems = page.locator('.markers-panel');
    await problems.getByRole('treeitem', { name: reason }).waitFor();
    // What was marked in files that are closed is not listed.
    assert.equal(await problems.getByRole('treeitem', { name: /Remove/ }).count(), 0);
    await screenshot(page, 'request-file-problems');
  });
});

describe('a request file of a folder, with several connections', () => {
  const fixture = useWorkbench(() => ({
    sandbox: { autoApprove: true },
    connections: (sandbox) => sandbox.connections.slice(0, 2),
  }));
  const PICK = 'Send this request to which connection?';
  const nameOf = (index: number): string => fixture.sandbox.connections[index]?.name ?? '';

  before(async () => {
    await openView(fixture.page, 'NinjaOne');
  });

  /** A new one for each test: which connection it is for is remembered by its name. */
  let file: string;
  let files = 0;

  beforeEach(async () => {
    await configure(fixture, { 'ninjaone.connections': fixture.sandbox.connections.slice(0, 2) });
    files += 1;
    const request = json({ operation: 'GET /v2/organizations', query: { pageSize: 1 } });
    file = await fileOf(fixture, `organizations-${files}`, request);
    await openFile(fixture, file);
    await lens(fixture.page, 'Send…').waitFor();
  });

  it('asks once which connection it is for; its lens names it from then on (E6)', async () => {
    const { page, sandbox } = fixture;
    await pressLens(page, /^Copy As…/, quickInput(page, PICK));
    await quickPick(page, nameOf(1), { prompt: PICK });
    await quickInput(page, 'Copy "List organizations" As').waitFor();
    await cancelQuickInput(page);
    await lens(page, `Send to ${nameOf(1)}`).waitFor();
    await screenshot(page, 'request-file-tied');
    assert.deepEqual(tokenTraffic(sandbox), []);
  });

  it('is for another connection after Change Connection… of its lens (E6)', async () => {
    const { page } = fixture;
    await choose(nameOf(1));
    await pressLens(page, 'Change Connection…', quickInput(page, PICK));
    await screenshot(page, 'request-change-connection');
    await quickPick(page, nameOf(0), { prompt: PICK });
    await lens(page, `Send to ${nameOf(0)}`).waitFor();
  });

  it('is sent to the connection that its lens names, which the palette changes (E6, E14)', async () => {
    const { page } = fixture;
    await choose(nameOf(1));
    await choose(nameOf(0));
    await pressSend(fixture, '/v2/organizations', `Send to ${nameOf(0)}`);
    await activeTab(page, new RegExp(nameOf(0).replaceAll(' ', '\\s'))).waitFor();
    await lens(page, /^200 · /).waitFor();
  });

  it('for a connection that is gone is not sent to the one that is left without a question (E6)', async () => {
    const { page, sandbox } = fixture;
    await choose(nameOf(0));
    await changeConnections(fixture, (entries) => entries.filter(({ name }) => name === nameOf(1)));
    await closeEditors(fixture);
    await openFile(fixture, file);
    await pressLens(page, 'Send…', quickInput(page, PICK));
    await screenshot(page, 'request-connection-gone');
    await cancelQuickInput(page);
    assert.deepEqual(tokenTraffic(sandbox), []);
    await lens(page, 'Send…').waitFor();
  });

  async function choose(connection: string): Promise<void> {
    await runCommand(fixture.page, 'NinjaOne: Change Connection of Request…');
    await quickPick(fixture.page, connection, { prompt: PICK });
    await lens(fixture.page, `Send to ${connection}`).waitFor();
  }
});

describe('a request file of a folder that is not trusted', () => {
  const fixture = useWorkbench(() => ({
    sandbox: { autoApprove: true },
    connections: (sandbox) => sandbox.connections.slice(0, 1),
    workbench: { workspaceTrust: true },
  }));

  before(async () => {
    await openView(fixture.page, 'NinjaOne');
  });

  it('has no lens that sends it, and the command says why (P3, E6)', async () => {
    const { page, sandbox, workbench } = fixture;
    const file = await openOrganizations();
    for (const command of ['ninjaone.request.send', 'ninjaone.request.copyAs', 'ninjaone.request.changeConnection']) {
      await workbench.host.run(
        (vscode, [id = '', name = '']) => {
          void vscode.commands.executeCommand(id, vscode.Uri.file(name));
        },
        [command, file],
      );
      await toast(page, /can be sent only if you trust the folder/);
      await expectToastButtons(page, /only if you trust the folder/, ['Manage Workspace Trust']);
      await screenshot(page, 'request-file-not-trusted');
      await clearToasts(fixture);
    }
    assert.equal(await lens(page, /Send|Copy/).count(), 0);
    assert.deepEqual(tokenTraffic(sandbox), []);
  });

  it('can be trusted by Manage Workspace Trust (P3, A16)', async () => {
    const { page } = fixture;
    await openOrganizations();
    // Not in the palette of a folder that is not trusted; a key of one's own runs it all the same.
    await beginInHost(fixture, 'ninjaone.request.send');
    await toastButton(page, /only if you trust the folder/, 'Manage Workspace Trust');
    await page.locator('.workspace-trust-editor').getByText('You are in Restricted Mode').first().waitFor();
    await screenshot(page, 'request-file-manage-trust');
  });

  it('does not keep a document of the explorer from being sent (P3, E6)', async () => {
    const { page } = fixture;
    await openOperation(fixture, 'GET /v2/organizations');
    await pressSend(fixture, '/v2/organizations');
    await lens(page, /^200 · /).waitFor();
    await screenshot(page, 'request-sent-not-trusted');
  });

  async function openOrganizations(): Promise<string> {
    const file = await fileOf(fixture, 'organizations', json({ operation: 'GET /v2/organizations' }));
    await openFile(fixture, file);
    await editorLine(fixture.page, /GET \/v2\/organizations/).waitFor();
    return file;
  }
});

function json(request: object): string {
  return `${JSON.stringify(request, undefined, 2)}\n`;
}

async function fileOf({ workbench }: WorkbenchFixture, name: string, text: string): Promise<string> {
  const file = path.join(workbench.workspaceDir, `${name}.ninjaone.json`);
  await writeFile(file, text);
  return file;
}

/** What is marked in the document that is being edited. */
function problemsOf({ workbench }: WorkbenchFixture): Promise<string[]> {
  return workbench.host.run((vscode) => {
    const uri = vscode.window.activeTextEditor?.document.uri;
    return uri ? vscode.languages.getDiagnostics(uri).map(({ message }) => message) : [];
  });
}
