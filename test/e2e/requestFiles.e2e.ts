import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  activeTab,
  expectToastButtons,
  openView,
  quickInput,
  quickPick,
  runCommand,
  screenshot,
  toast,
  toastButton,
} from '../../tooling/workbenchDriver.ts';
import { lens, openFile, pressLens } from '../support/requestActions.ts';
import { type WorkbenchFixture, clearToasts, nextAnswer, tokenTraffic, useWorkbench } from '../support/useWorkbench.ts';

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
  const fixture = useWorkbench(() => ({
    sandbox: { autoApprove: true },
    connections: (sandbox) => sandbox.connections.slice(0, 1),
  }));

  before(async () => {
    await openView(fixture.page, 'NinjaOne');
  });

  for (const [name, text, reason] of HOSTILE) {
    it(`a file with ${name.replaceAll('-', ' ')} is not sent, says why and is marked (E6, E11)`, async () => {
      const { page, sandbox } = fixture;
      await clearToasts(fixture);
      await openFile(fixture, await fileOf(fixture, name, text));
      await pressLens(page, /^Send to/, toast(page, reason));
      await page.locator('.squiggly-error').first().waitFor();
      assert.ok((await problemsOf(fixture)).some((problem) => reason.test(problem)));
      await expectToastButtons(page, reason, ['Show Problems']);
      await screenshot(page, `request-file-${name}`);
      await runCommand(page, 'View: Close Editor');
      assert.deepEqual(tokenTraffic(sandbox), []);
    });
  }

  it('Show Problems lists what is wrong with it (E6, A16)', async () => {
    const { page } = fixture;
    await clearToasts(fixture);
    await openFile(fixture, await fileOf(fixture, 'problems', json({ operation: 'GET /v2/nowhere' })));
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
});

describe('a person with several connections opens a request file', () => {
  const fixture = useWorkbench(() => ({
    sandbox: { autoApprove: true },
    connections: (sandbox) => sandbox.connections.slice(0, 2),
  }));

  before(async () => {
    await openView(fixture.page, 'NinjaOne');
    const request = json({ operation: 'GET /v2/organizations', query: { pageSize: 1 } });
    await openFile(fixture, await fileOf(fixture, 'organizations', request));
  });

  it('it asks which connection, once; the line above says it from then on (E6)', async () => {
    const { page, sandbox } = fixture;
    const [, second] = names(fixture);
    await pressLens(page, /^Copy as…/, quickInput(page, 'Send this request to which connection?'));
    await quickPick(page, second ?? '');
    await quickInput(page, 'Copy Get organizations as').waitFor();
    await page.keyboard.press('Escape');
    await lens(page, `Send to ${second ?? ''}`).waitFor();
    await screenshot(page, 'request-file-tied');
    assert.deepEqual(tokenTraffic(sandbox), []);
  });

  it('it is changed in the line above, on purpose (E6)', async () => {
    const { page } = fixture;
    const [first] = names(fixture);
    await pressLens(page, 'Change Connection…', quickInput(page, 'Send this request to which connection?'));
    await screenshot(page, 'request-change-connection');
    await quickPick(page, first ?? '');
    await lens(page, `Send to ${first ?? ''}`).waitFor();
  });

  it('and by the palette (E6, E14)', async () => {
    const { page } = fixture;
    const [, second] = names(fixture);
    await runCommand(page, 'NinjaOne: Change Connection of Request…');
    await quickPick(page, second ?? '', { prompt: 'Send this request to which connection?' });
    await lens(page, `Send to ${second ?? ''}`).waitFor();
  });

  it('it is sent to the one that the line names (E6)', async () => {
    const { page, sandbox } = fixture;
    const [first] = names(fixture);
    await runCommand(page, 'NinjaOne: Change Connection of Request…');
    await quickPick(page, first ?? '', { prompt: 'Send this request to which connection?' });
    await lens(page, `Send to ${first ?? ''}`).waitFor();
    const answered = nextAnswer(fixture, '/v2/organizations');
    await pressLens(
      page,
      `Send to ${first ?? ''}`,
      nextAnswer(fixture, () => true),
    );
    await answered;
    await page.bringToFront();
    await activeTab(page, new RegExp((first ?? '').replaceAll(' ', '\\s'))).waitFor();
    await lens(page, /^200 · /).waitFor();
  });

  it('what was for a connection that is gone is not for the one that is left, unless the person says so (E6)', async () => {
    const { page, sandbox, workbench } = fixture;
    const [, second] = names(fixture);
    await workbench.host.run(async (vscode, name) => {
      const settings = vscode.workspace.getConfiguration('ninjaone');
      const left = (settings.get<{ name: string }[]>('connections') ?? []).filter((each) => each.name === name);
      await settings.update('connections', left, vscode.ConfigurationTarget.Global);
    }, second ?? '');
    await runCommand(page, 'View: Close All Editors');
    await openFile(fixture, path.join(workbench.workspaceDir, 'organizations.ninjaone.json'));
    const before = sandbox.requests.length;
    await pressLens(page, 'Send…', quickInput(page, 'Send this request to which connection?'));
    await screenshot(page, 'request-connection-gone');
    await page.keyboard.press('Escape');
    assert.equal(sandbox.requests.length, before);
    await lens(page, 'Send…').waitFor();
  });
});

describe('a person opens request files in a folder that is not trusted', () => {
  const fixture = useWorkbench(() => ({
    sandbox: { autoApprove: true },
    connections: (sandbox) => sandbox.connections.slice(0, 1),
    workbench: { workspaceTrust: true },
  }));

  before(async () => {
    await openView(fixture.page, 'NinjaOne');
  });

  it('a file of the folder has no line that sends it, and the command says why (§0, E6)', async () => {
    const { page, sandbox, workbench } = fixture;
    const file = await fileOf(fixture, 'organizations', json({ operation: 'GET /v2/organizations' }));
    await openFile(fixture, file);
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
      await expectToastButtons(page, /Trust it first/, ['Manage Workspace Trust']);
      await screenshot(page, 'request-file-not-trusted');
      await clearToasts(fixture);
    }
    assert.equal(await lens(page, /Send|Copy/).count(), 0);
    assert.deepEqual(tokenTraffic(sandbox), []);
  });

  it('Manage Workspace Trust leads to where the folder is trusted (§0, A16)', async () => {
    const { page, workbench } = fixture;
    // Not in the palette of a folder that is not trusted; a key of one's own runs it all the same.
    await workbench.host.run(async (vscode) => {
      void vscode.commands.executeCommand('ninjaone.request.send');
      await Promise.resolve();
    });
    await toastButton(page, /Trust it first/, 'Manage Workspace Trust');
    await page.locator('.workspace-trust-editor').getByText('You are in Restricted Mode').first().waitFor();
    await screenshot(page, 'request-file-manage-trust');
    await runCommand(page, 'View: Close All Editors');
    await clearToasts(fixture);
  });

  it('a document that is opened in the explorer is sent (§0, E6)', async () => {
    const { page, sandbox, workbench } = fixture;
    await workbench.host.run(async (vscode) => {
      await vscode.commands.executeCommand('ninjaone.explorer.open', 'GET /v2/organizations');
    });
    await lens(page, /^Send to/).waitFor();
    const answered = nextAnswer(fixture, '/v2/organizations');
    await pressLens(
      page,
      /^Send to/,
      nextAnswer(fixture, () => true),
    );
    await answered;
    await page.bringToFront();
    await lens(page, /^200 · /).waitFor();
    await screenshot(page, 'request-sent-not-trusted');
  });
});

function json(request: object): string {
  return `${JSON.stringify(request, undefined, 2)}\n`;
}

async function fileOf({ workbench }: WorkbenchFixture, name: string, text: string): Promise<string> {
  const file = path.join(workbench.workspaceDir, `${name}.ninjaone.json`);
  await writeFile(file, text);
  return file;
}

function names({ sandbox }: WorkbenchFixture): readonly string[] {
  return sandbox.connections.map(({ name }) => name);
}

/** What is marked in the document that is being edited. */
function problemsOf({ workbench }: WorkbenchFixture): Promise<string[]> {
  return workbench.host.run((vscode) => {
    const uri = vscode.window.activeTextEditor?.document.uri;
    return uri ? vscode.languages.getDiagnostics(uri).map(({ message }) => message) : [];
  });
}
