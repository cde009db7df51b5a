import assert from 'node:assert/strict';
import { pageOpenedBy } from '../../tooling/pageActions.ts';
import { press } from '../../tooling/press.ts';
import {
  cancelQuickInput,
  expectNotification,
  inputBox,
  openView,
  quickInput,
  revealRow,
  runCommand,
  screenshot,
  statusBarItem,
  toast,
  treeItemAction,
  typeInto,
  viewMessage,
} from '../../tooling/workbenchDriver.ts';
import { PersonActions } from '../support/personActions.ts';
import { editorLine, lens } from '../support/requestActions.ts';
import { beginInHost, closeOtherPages, configure, nextResponse, useWorkbench } from '../support/useWorkbench.ts';
import { clearFilter, ensureSignedIn, keepFilter, resetExtension } from '../support/workbenchState.ts';

describe('the API Explorer', () => {
  const fixture = useWorkbench(() => ({
    sandbox: { autoApprove: true },
    connections: (sandbox) => sandbox.connections.slice(0, 1),
  }));

  before(async () => {
    await openView(fixture.page, 'NinjaOne');
  });

  beforeEach(() => clearFilter(fixture));

  it('shows every operation in groups with counts while signed out, without any request (E1)', async () => {
    const { page, sandbox } = fixture;
    await resetExtension(fixture);
    await revealRow(page, /^Devices, \d+ operations/);
    await screenshot(page, 'explorer-signed-out');
    assert.deepEqual(sandbox.requests, []);
  });

  it('finds one of 310 operations by three words, shows how many are left, and clears the filter with Escape (E3)', async () => {
    const { page } = fixture;
    await runCommand(page, 'NinjaOne: Filter Operations…');
    await typeInto(page, 'post script run');
    await viewMessage(page, /1 of 310 operations/).waitFor();
    await revealRow(page, /POST \/v2\/device\/\{id\}\/script\/run/);
    await screenshot(page, 'explorer-filtered');
    await cancelQuickInput(page);
    await viewMessage(page, /of 310/).waitFor({ state: 'hidden' });
  });

  it('keeps the filter when a found operation is clicked while the box is open (E3)', async () => {
    const { page } = fixture;
    await runCommand(page, 'NinjaOne: Filter Operations…');
    await typeInto(page, 'post script run');
    await press(await revealRow(page, /POST \/v2\/device\/\{id\}\/script\/run/));
    await quickInput(page, 'Filter Operations').waitFor({ state: 'hidden' });
    await viewMessage(page, /1 of 310 operations/).waitFor();
  });

  it('signs in for Run when it must and shows the response as a JSON document (E5)', async () => {
    const { page, sandbox } = fixture;
    await resetExtension(fixture);
    await keepFilter(fixture, 'get organizations pageSize');
    await treeItemAction(page, /GET \/v2\/organizations,/, 'Run Operation');
    await editorLine(page, /"name"/).waitFor();
    await lens(page, /200 · \d+ ms/).waitFor();
    await screenshot(page, 'explorer-answer');
    const request = sandbox.requests.find(({ path }) => path === '/v2/organizations');
    assert.equal(request?.status, 200);
    assert.equal(request.authorization, 'bearer');
  });

  it('asks for an id that the operation needs (E5)', async () => {
    const { page } = fixture;
    await ensureSignedIn(fixture);
    await runCommand(page, 'NinjaOne: Run Operation…');
    // By Enter, because rows move under the pointer until the list follows what is typed.
    await new PersonActions(page).pick('GET /v2/organization/{id}', /GET \/v2\/organization\/\{id\}$/);
    const answered = nextResponse(fixture, '/v2/organization/1');
    await inputBox(page, '1', { prompt: 'id' });
    await answered;
  });

  it('signs in by a click on the row of a connection, and uses it by another click or Enter (E14)', async () => {
    const { page, sandbox, workbench } = fixture;
    const other = /^Sandbox editor, /;
    try {
      await configure(fixture, { 'ninjaone.connections': [sandbox.connections[0], sandbox.connections[4]] });
      await ensureSignedIn(fixture);
      await pageOpenedBy(workbench.context, async () => press(await revealRow(page, other)));
      // Who signs in to a connection wants to use it.
      await revealRow(page, /^Sandbox editor, signed in, .+, active$/);
      await closeOtherPages(fixture);
      await statusBarItem(page, 'Sandbox editor').waitFor();
      await screenshot(page, 'connections-active');
      await press(await revealRow(page, /^Session with the scopes/));
      await page.keyboard.press('Home');
      await page.keyboard.press('Enter');
      await revealRow(page, /^Sandbox native, signed in, .+, active$/);
      await press(await revealRow(page, other));
      await revealRow(page, /^Sandbox editor, signed in, .+, active$/);
    } finally {
      await configure(fixture, { 'ninjaone.connections': sandbox.connections.slice(0, 1) });
    }
  });

  it('refuses a write of any caller while the connection is read-only (E9)', async () => {
    const { page, sandbox } = fixture;
    await beginInHost(fixture, 'ninjaone.explorer.run', 'POST /v2/device/{id}/patch/os/scan');
    await toast(page, /read-only/);
    await screenshot(page, 'explorer-read-only');
    await expectNotification(page, /read-only/);
    assert.deepEqual(
      sandbox.requests.filter(({ method, path }) => method !== 'GET' && path.startsWith('/v2')),
      [],
    );
  });
});
