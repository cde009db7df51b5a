import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  captureFailures,
  openView,
  quickPick,
  runCommand,
  screenshot,
  toast,
  toastButton,
} from '../../tooling/workbenchDriver.ts';
import { clearToasts, openDesk, quickInput, toastButtons, tokenTraffic, type Desk } from '../support/useWorkbench.ts';
import { activeTab, lens, openFile, pressLens } from '../support/requestActions.ts';

const HOSTILE: readonly (readonly [name: string, text: string, reason: RegExp])[] = [
  [
    'headers',
    json({ operation: 'GET /v2/organizations', headers: { Authorization: 'Bearer x' } }),
    /Remove headers: a request never says where it goes, as whom/,
  ],
  ['host', json({ operation: 'GET /v2/organizations', host: 'evil.example' }), /Remove host: a request never says/],
  [
    'path-that-climbs',
    json({ operation: 'GET /v2/custom-fields/field-name/{fieldName}', path: { fieldName: '..' } }),
    /fieldName is part of the path, so it cannot be dots/,
  ],
  [
    'path-that-climbs-encoded',
    json({ operation: 'GET /v2/custom-fields/field-name/{fieldName}', path: { fieldName: '%2e%2e/organizations' } }),
    /fieldName is part of the path, so it cannot be dots/,
  ],
  [
    'unknown-operation',
    json({ operation: 'GET /v2/nowhere' }),
    /There is no operation GET \/v2\/nowhere\. Choose one in the API Explorer/,
  ],
  [
    'no-schema',
    json({ operation: 'GET /v2/organizations', query: { pageSize: 'many' } }),
    /pageSize is a whole number\. Write one/,
  ],
  ['broken-JSON', '{\n  "operation": "GET /v2/organizations",\n', /This request is not JSON/],
  [
    'proto',
    '{\n  "operation": "GET /v2/organizations",\n  "__proto__": { "host": "evil.example" }\n}\n',
    /A request has no field __proto__/,
  ],
  [
    'proto-in-query',
    '{\n  "operation": "GET /v2/organizations",\n  "query": { "__proto__": 1 }\n}\n',
    /The operation has no query parameter __proto__/,
  ],
];

describe('a person opens request files that others wrote', () => {
  let desk: Desk;

  before(async () => {
    desk = await openDesk({
      sandbox: { autoApprove: true },
      connections: (sandbox) => sandbox.connections.slice(0, 1),
    });
    await openView(desk.page, 'NinjaOne');
  });

  after(() => desk.clear());
  captureFailures(() => desk.workbench.context.pages());

  for (const [name, text, reason] of HOSTILE) {
    it(`E6, E11: a file with ${name.replaceAll('-', ' ')} is not sent, says why and is marked`, async () => {
      const { page, sandbox } = desk;
      await clearToasts(page);
      await openFile(desk, await fileOf(desk, name, text));
      await pressLens(page, /^Send to/, toast(page, reason));
      await page.locator('.squiggly-error').first().waitFor();
      assert.ok((await problemsOf(desk)).some((problem) => reason.test(problem)));
      assert.deepEqual(await toastButtons(page, reason), ['Show Problems']);
      await screenshot(page, `request-file-${name}`);
      await runCommand(page, 'View: Close Editor');
      assert.deepEqual(tokenTraffic(sandbox), []);
    });
  }

  it('E6, A16: Show Problems lists what is wrong with it', async () => {
    const { page } = desk;
    await clearToasts(page);
    await openFile(desk, await fileOf(desk, 'problems', json({ operation: 'GET /v2/nowhere' })));
    const reason = /There is no operation GET \/v2\/nowhere\. Choose one in the API Explorer\./;
    await pressLens(page, /^Send to/, toast(page, reason));
    await toastButton(page, reason, 'Show Problems');
    const problems = page.locator('.markers-panel');
    await problems.getByRole('treeitem', { name: reason }).waitFor();
    // What was marked in files that are closed is not listed.
    assert.equal(await problems.getByRole('treeitem', { name: /Remove/ }).count(), 0);
    await screenshot(page, 'request-file-problems');
    await runCommand(page, 'View: Hide Panel');
    await runCommand(page, 'View: Close Editor');
  });

  it('§0: nothing but loopback was asked for', () => {
    assert.deepEqual(desk.workbench.outside, []);
  });
});

describe('a person with several connections opens a request file', () => {
  let desk: Desk;

  before(async () => {
    desk = await openDesk({
      sandbox: { autoApprove: true },
      connections: (sandbox) => sandbox.connections.slice(0, 2),
    });
    await openView(desk.page, 'NinjaOne');
    const request = json({ operation: 'GET /v2/organizations', query: { pageSize: 1 } });
    await openFile(desk, await fileOf(desk, 'organizations', request));
  });

  after(() => desk.clear());
  captureFailures(() => desk.workbench.context.pages());

  it('E6: it asks which connection, once; the line above says it from then on', async () => {
    const { page, sandbox } = desk;
    const [, second] = names(desk);
    await pressLens(page, /^Copy as…/, quickInput(page, 'Send this request to which connection?'));
    await quickPick(page, second ?? '');
    await quickInput(page, 'Copy Get organizations as').waitFor();
    await page.keyboard.press('Escape');
    await lens(page, `Send to ${second ?? ''}`).waitFor();
    await screenshot(page, 'request-file-tied');
    assert.deepEqual(tokenTraffic(sandbox), []);
  });

  it('E6: it is changed in the line above, on purpose', async () => {
    const { page } = desk;
    const [first] = names(desk);
    await pressLens(page, 'Change Connection…', quickInput(page, 'Send this request to which connection?'));
    await screenshot(page, 'request-change-connection');
    await quickPick(page, first ?? '');
    await lens(page, `Send to ${first ?? ''}`).waitFor();
  });

  it('E6, E14: and by the palette', async () => {
    const { page } = desk;
    const [, second] = names(desk);
    await runCommand(page, 'NinjaOne: Change Connection of Request…');
    await quickPick(page, second ?? '', { prompt: 'Send this request to which connection?' });
    await lens(page, `Send to ${second ?? ''}`).waitFor();
  });

  it('E6: it is sent to the one that the line names', async () => {
    const { page, sandbox } = desk;
    const [first] = names(desk);
    await runCommand(page, 'NinjaOne: Change Connection of Request…');
    await quickPick(page, first ?? '', { prompt: 'Send this request to which connection?' });
    await lens(page, `Send to ${first ?? ''}`).waitFor();
    const answered = sandbox.nextResponse((request) => request.path === '/v2/organizations');
    await pressLens(
      page,
      `Send to ${first ?? ''}`,
      sandbox.nextResponse(() => true),
    );
    await answered;
    await page.bringToFront();
    await activeTab(page, new RegExp((first ?? '').replaceAll(' ', '\\s'))).waitFor();
    await lens(page, /^200 · /).waitFor();
  });

  it('E6: what was for a connection that is gone is not for the one that is left, unless the person says so', async () => {
    const { page, sandbox, workbench } = desk;
    const [, second] = names(desk);
    await workbench.host.run(async (vscode, name) => {
      const settings = vscode.workspace.getConfiguration('ninjaone');
      const left = (settings.get<{ name: string }[]>('connections') ?? []).filter((each) => each.name === name);
      await settings.update('connections', left, vscode.ConfigurationTarget.Global);
    }, second ?? '');
    await runCommand(page, 'View: Close All Editors');
    await openFile(desk, path.join(workbench.workspaceDir, 'organizations.ninjaone.json'));
    const before = sandbox.requests.length;
    await pressLens(page, 'Send…', quickInput(page, 'Send this request to which connection?'));
    await screenshot(page, 'request-connection-gone');
    await page.keyboard.press('Escape');
    assert.equal(sandbox.requests.length, before);
    await lens(page, 'Send…').waitFor();
  });
});

describe('a person opens request files in a folder that is not trusted', () => {
  let desk: Desk;

  before(async () => {
    desk = await openDesk({
      sandbox: { autoApprove: true },
      connections: (sandbox) => sandbox.connections.slice(0, 1),
      workbench: { workspaceTrust: true },
    });
    await openView(desk.page, 'NinjaOne');
  });

  after(() => desk.clear());
  captureFailures(() => desk.workbench.context.pages());

  it('§0, E6: a file of the folder has no line that sends it, and the command says why', async () => {
    const { page, sandbox, workbench } = desk;
    const file = await fileOf(desk, 'organizations', json({ operation: 'GET /v2/organizations' }));
    await openFile(desk, file);
    await page.locator('.view-line').filter({ hasText: 'GET /v2/organizations' }).waitFor();
    for (const command of ['ninjaone.request.send', 'ninjaone.request.copyAs', 'ninjaone.request.changeConnection']) {
      await workbench.host.run(
        async (vscode, [id = '', name = '']) => {
          void vscode.commands.executeCommand(id, vscode.Uri.file(name));
          await Promise.resolve();
        },
        [command, file],
      );
      await toast(page, /sent only when you trust the folder\. Trust it first/);
      assert.deepEqual(await toastButtons(page, /Trust it first/), ['Manage Workspace Trust']);
      await screenshot(page, 'request-file-not-trusted');
      await clearToasts(page);
    }
    assert.equal(await lens(page, /Send|Copy/).count(), 0);
    assert.deepEqual(tokenTraffic(sandbox), []);
  });

  it('§0, A16: Manage Workspace Trust leads to where the folder is trusted', async () => {
    const { page, workbench } = desk;
    // Not in the palette of a folder that is not trusted; a key of one's own runs it all the same.
    await workbench.host.run(async (vscode) => {
      void vscode.commands.executeCommand('ninjaone.request.send');
      await Promise.resolve();
    });
    await toastButton(page, /Trust it first/, 'Manage Workspace Trust');
    await page.locator('.workspace-trust-editor').getByText('You are in Restricted Mode').first().waitFor();
    await screenshot(page, 'request-file-manage-trust');
    await runCommand(page, 'View: Close All Editors');
    await clearToasts(page);
  });

  it('§0, E6: a document that is opened in the explorer is sent', async () => {
    const { page, sandbox, workbench } = desk;
    await workbench.host.run(async (vscode) => {
      await vscode.commands.executeCommand('ninjaone.explorer.open', 'GET /v2/organizations');
    });
    await lens(page, /^Send to/).waitFor();
    const answered = sandbox.nextResponse((request) => request.path === '/v2/organizations');
    await pressLens(
      page,
      /^Send to/,
      sandbox.nextResponse(() => true),
    );
    await answered;
    await page.bringToFront();
    await lens(page, /^200 · /).waitFor();
    await screenshot(page, 'request-sent-not-trusted');
  });

  it('§0: nothing but loopback was asked for', () => {
    assert.deepEqual(desk.workbench.outside, []);
  });
});

function json(request: object): string {
  return `${JSON.stringify(request, undefined, 2)}\n`;
}

async function fileOf({ workbench }: Desk, name: string, text: string): Promise<string> {
  const file = path.join(workbench.workspaceDir, `${name}.ninjaone.json`);
  await writeFile(file, text);
  return file;
}

function names({ sandbox }: Desk): readonly string[] {
  return sandbox.connections.map(({ name }) => name);
}

/** What is marked in the document that is being edited. */
function problemsOf({ workbench }: Desk): Promise<string[]> {
  return workbench.host.run((vscode) => {
    const uri = vscode.window.activeTextEditor?.document.uri;
    return uri ? vscode.languages.getDiagnostics(uri).map(({ message }) => message) : [];
  });
}
