import assert from 'node:assert/strict';
import {
  captureFailures,
  inputBox,
  notifications,
  openView,
  quickPick,
  runCommand,
  screenshot,
  treeItem,
  treeItemAction,
  typeInto,
  viewMessage,
} from '../../tooling/workbenchDriver.ts';
import { openDesk, type Desk } from '../support/useWorkbench.ts';

describe('a person explores the API', () => {
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

  it('E1: signed out, every operation is there in groups with counts, and nothing was asked for', async () => {
    const { page, sandbox } = desk;
    await treeItem(page, /^Devices, \d+ operations/).waitFor();
    await screenshot(page, 'explorer-signed-out');
    assert.deepEqual(sandbox.requests, []);
  });

  it('E3: the filter finds one of 310 by three words, says how many are left, and is cleared with Escape', async () => {
    const { page } = desk;
    await runCommand(page, 'NinjaOne: Filter Operations…');
    await typeInto(page, 'post script run');
    await viewMessage(page, /1 of 310 operations/).waitFor();
    await treeItem(page, /POST \/v2\/device\/\{id\}\/script\/run/).waitFor();
    await screenshot(page, 'explorer-filtered');
    await page.keyboard.press('Escape');
    await viewMessage(page, /of 310/).waitFor({ state: 'hidden' });
  });

  it('E5: Run signs in when it must, and shows the answer as a JSON document', async () => {
    const { page, sandbox } = desk;
    await runCommand(page, 'NinjaOne: Filter Operations…');
    await inputBox(page, 'get organizations pageSize');
    await treeItemAction(page, /GET \/v2\/organizations,/, 'Run Operation');
    await page.locator('.editor-container').getByText('"name"').first().waitFor();
    await page
      .locator('.codelens-decoration')
      .getByText(/200 · \d+ ms/)
      .waitFor();
    await screenshot(page, 'explorer-answer');
    const request = sandbox.requests.find(({ path }) => path === '/v2/organizations');
    assert.equal(request?.status, 200);
    assert.equal(request.authorization, 'bearer');
  });

  it('E5: an id that is needed is asked for, and checked while it is typed', async () => {
    const { page, sandbox } = desk;
    await runCommand(page, 'NinjaOne: Run Operation');
    await typeInto(page, 'GET /v2/organization/{id}');
    await quickPick(page, /GET \/v2\/organization\/\{id\}$/);
    const answered = sandbox.nextResponse(({ path }) => path === '/v2/organization/1');
    await inputBox(page, '1', { prompt: 'id' });
    await answered;
  });

  it('E9: a write is refused while the connection is read-only, whoever asks for it', async () => {
    const { page, sandbox, workbench } = desk;
    const before = sandbox.requests.filter(({ method, path }) => method !== 'GET' && path.startsWith('/v2')).length;
    void workbench.host.run(async (vscode) => {
      await vscode.commands.executeCommand('ninjaone.explorer.run', 'POST /v2/organizations');
    });
    await page
      .locator('.notification-toast')
      .getByText(/read-only/)
      .first()
      .waitFor();
    await screenshot(page, 'explorer-read-only');
    assert.ok((await notifications(page)).some((text) => text.includes('read-only')));
    assert.equal(
      sandbox.requests.filter(({ method, path }) => method !== 'GET' && path.startsWith('/v2')).length,
      before,
    );
  });

  it('§0: nothing but loopback was asked for', () => {
    assert.deepEqual(desk.workbench.outside, []);
  });
});
