import assert from 'node:assert/strict';
import { expectToBecome, openView, screenshot } from '../../tooling/workbenchDriver.ts';
import {
  editorLine,
  openOperation,
  placeCursor,
  pressSend,
  requestOf,
  suggestion,
  textOf,
  writeText,
} from '../support/requestActions.ts';
import { useWorkbench } from '../support/useWorkbench.ts';
import { ensureSignedIn } from '../support/workbenchState.ts';

describe('the device filter of a request document', () => {
  const fixture = useWorkbench(() => ({
    sandbox: { autoApprove: true },
    connections: (sandbox) => sandbox.connections.slice(0, 1),
  }));

  before(async () => {
    await openView(fixture.page, 'NinjaOne');
  });

  /** Opens the request document and writes its filter. */
  const write = async (df: string, operation = 'GET /v2/devices'): Promise<void> => {
    await openOperation(fixture, operation);
    const request = await requestOf(fixture, operation);
    await writeText(fixture, JSON.stringify({ ...request, query: { df } }, undefined, 2));
  };

  /** The entries of the list of suggestions, in their order. */
  const offered = (): Promise<string[]> =>
    fixture.page.locator('.suggest-widget.visible .monaco-list-row .label-name').allInnerTexts();

  /** Writes until the entry is the one that Enter takes, and takes it. */
  const choose = async (typed: string, entry: string): Promise<void> => {
    const { page } = fixture;
    await page.keyboard.type(typed);
    const focused = page.locator('.suggest-widget.visible .monaco-list-row.focused .label-name');
    await expectToBecome(() => focused.innerText(), entry);
    await page.keyboard.press('Enter');
  };

  it('is completed key by operator by value, each offered once (E18)', async () => {
    const { page } = fixture;
    await write('');
    await placeCursor(fixture, '"df": "');
    await suggestion(page, /^org/);
    await expectToBecome(async () => (await offered()).slice(0, 3), ['org', 'loc', 'class']);
    await choose('cl', 'class');
    await expectToBecome(offered, ['=', '!=', 'in', 'notin']);
    await screenshot(page, 'device-filter-operators');
    await choose('in', 'in');
    await expectToBecome(async () => (await offered())[0], 'WINDOWS_SERVER');
    await choose('LINUX_S', 'LINUX_SERVER');
    assert.deepEqual((await requestOf(fixture, 'LINUX_SERVER'))['query'], { df: 'class in (LINUX_SERVER)' });
  });

  it('takes what is typed as it is, whatever is offered meanwhile (E18)', async () => {
    await write('');
    await placeCursor(fixture, '"df": "');
    const filter = 'class in (WINDOWS_SERVER, MAC) AND created after 2025-06-30 AND org=1 AND offline';
    await fixture.page.keyboard.type(filter);
    assert.deepEqual((await requestOf(fixture, 'offline'))['query'], { df: filter });
  });

  it('is explained on hover (E18)', async () => {
    const { page } = fixture;
    await write('status = PENDING');
    await page
      .locator('.view-line', { hasText: 'PENDING' })
      .getByText('PENDING')
      .hover({ position: { x: 16, y: 8 } });
    await page.locator('.monaco-hover', { hasText: 'only approved devices are returned' }).waitFor();
    await screenshot(page, 'device-filter-hover');
  });

  it('is marked where it would be misread, and corrected by a quick fix (E18)', async () => {
    const { page } = fixture;
    await page.mouse.move(900, 600);
    await write('class = windows_server');
    await page.locator('.squiggly-warning').first().waitFor();
    await placeCursor(fixture, 'windows_');
    await page.keyboard.press('Control+.');
    const fix = page.locator('.action-widget .monaco-list-row').filter({ hasText: 'Change to WINDOWS_SERVER' });
    await fix.waitFor();
    await screenshot(page, 'device-filter-quick-fix');
    await page.keyboard.press('Enter');
    await expectToBecome(() => textOf(fixture), /class = WINDOWS_SERVER/);
    await page.locator('.squiggly-warning').first().waitFor({ state: 'hidden' });
  });

  it('is sent in spite of a warning (E18)', async () => {
    const { page, sandbox } = fixture;
    await ensureSignedIn(fixture, sandbox.connections[0]?.name ?? '');
    await write('class = MAC', 'GET /v2/queries/disks');
    await page.locator('.squiggly-warning').first().waitFor();
    const { query, status } = await pressSend(fixture, '/v2/queries/disks');
    assert.deepEqual([query.get('df'), status], ['class = MAC', 200]);
    await editorLine(page, /"results"/).waitFor();
  });

  it('is completed with the name of an organization, whose ID is inserted (E16, E18)', async () => {
    const { page, sandbox } = fixture;
    await ensureSignedIn(fixture, sandbox.connections[0]?.name ?? '');
    await write('org in () AND offline');
    await placeCursor(fixture, 'org in (');
    await suggestion(page, /^Acme/);
    await screenshot(page, 'device-filter-names');
    const { id, name = '' } = sandbox.tenant.organizations.find((each) => each.name.startsWith('Acme')) ?? {};
    await choose(name.slice(0, 4).toLowerCase(), name);
    await expectToBecome(() => textOf(fixture), new RegExp(`org in \\(${id}\\) AND offline`));
  });
});
