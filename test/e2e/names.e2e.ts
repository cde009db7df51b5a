import assert from 'node:assert/strict';
import {
  cancelQuickInput,
  dialogButton,
  eventually,
  expectToBecome,
  inputField,
  openView,
  pickRows,
  quickInput,
  screenshot,
  typeInto,
} from '../../tooling/workbenchDriver.ts';
import { PersonActions } from '../support/personActions.ts';
import { editorLine, lens, openOperation, requestOf } from '../support/requestActions.ts';
import { beginInHost, configure, nextResponse, runInHost, useWorkbench } from '../support/useWorkbench.ts';
import { ensureSignedIn } from '../support/workbenchState.ts';

const ORGANIZATION = 'GET /v2/organization/{id}';
const DEVICE = 'GET /v2/device/{id}';

/** Nobody knows that Acme is 42: names in place of IDs, by nothing but the keyboard (E16). */
describe('names for IDs', () => {
  const fixture = useWorkbench(() => ({
    sandbox: { autoApprove: true, devices: 10_000 },
    connections: (sandbox) => sandbox.connections.slice(0, 1),
  }));
  let person: PersonActions;

  before(async () => {
    await openView(fixture.page, 'NinjaOne');
    await ensureSignedIn(fixture);
  });

  beforeEach(() => {
    person = new PersonActions(fixture.page);
  });

  it('picks an organization by a part of its name (E16)', async () => {
    const { page } = fixture;
    await beginInHost(fixture, 'ninjaone.explorer.run', ORGANIZATION);
    await quickInput(page, 'organization ID').waitFor();
    await pickRows(page).filter({ hasText: 'Acme Dental' }).waitFor();
    // Nothing was typed, so Enter takes nothing.
    await page.keyboard.press('Enter');
    assert.equal(await page.locator(FOCUSED).count(), 0);
    await screenshot(page, 'names-organizations');
    const answered = nextResponse(fixture, '/v2/organization/2');
    await person.pick('birch', /Birch & Sons Law/);
    await answered;
    await editorLine(page, /"name": "Birch & Sons Law"/).waitFor();
    assert.deepEqual(lists(), ['/v2/organizations?pageSize=1000']);
  });

  it('finds one of 10,000 devices by typing its name, and tells equal names apart (E16)', async () => {
    const { page, sandbox } = fixture;
    const device = sandbox.tenant.devices.find(({ id }) => id === 9000);
    const other = sandbox.tenant.devices.find(({ id }) => id === 9001);
    Object.assign(device ?? {}, { displayName: 'PRINT-SERVER' });
    Object.assign(other ?? {}, { displayName: 'PRINT-SERVER' });
    const before = lists().length;
    await beginInHost(fixture, 'ninjaone.explorer.run', DEVICE);
    await quickInput(page, 'device ID').waitFor();
    await pickRows(page).filter({ hasText: 'Acme Dental' }).first().waitFor();
    await page.keyboard.type('print-serv', { delay: 30 });
    const rows = pickRows(page).filter({ hasText: 'PRINT-SERVER' });
    await expectToBecome(() => rows.count(), 2);
    const texts = await rows.allInnerTexts();
    assert.notEqual(texts[0]?.replace(/\d+/, ''), texts[1]?.replace(/\d+/, ''));
    await screenshot(page, 'names-devices');
    await configure(fixture, { 'workbench.colorTheme': 'Default Light Modern' });
    await page.locator('.monaco-workbench.vs').waitFor();
    await screenshot(page, 'names-devices-light');
    await configure(fixture, { 'workbench.colorTheme': 'Default Dark Modern' });
    await page.locator('.monaco-workbench.vs-dark').waitFor();
    const requests = lists().slice(before);
    const searches = requests.filter((each) => each.startsWith('/v2/devices/search'));
    assert.ok(searches.length >= 1 && searches.length <= 3, `ten key strokes sent ${searches.join()}`);
    assert.equal(requests[0], '/v2/devices?pageSize=500');
    await page.keyboard.press('ArrowDown');
    const chosen = await eventually(async () => {
      const text = await page.locator(FOCUSED).innerText();
      assert.match(text, /PRINT-SERVER/);
      return /900[01]/.exec(text)?.[0] ?? '';
    });
    const answered = nextResponse(fixture, `/v2/device/${chosen}`);
    await page.keyboard.press('Enter');
    await answered;
  });

  it('takes a typed ID with one Enter (E5, E16)', async () => {
    await beginInHost(fixture, 'ninjaone.explorer.run', DEVICE);
    const answered = nextResponse(fixture, '/v2/device/1001');
    await person.answer('1001', 'device ID');
    await answered;
    await editorLine(fixture.page, /"displayName": "ACME-DC01"/).waitFor();
  });

  it('completes an ID by a name in a document, and shows the name on hover (E16)', async () => {
    const { page } = fixture;
    await openOperation(fixture, ORGANIZATION);
    await page.keyboard.type('birch');
    const row = page.locator('.suggest-widget.visible .monaco-list-row.focused', { hasText: 'Birch & Sons Law' });
    await row.waitFor();
    await screenshot(page, 'names-completion');
    await page.keyboard.press('Enter');
    assert.deepEqual((await requestOf(fixture, '"2"'))['path'], { id: '2' });
    await page.locator('.view-line', { hasText: '"id"' }).getByText('"2"').hover();
    await page.locator('.monaco-hover', { hasText: 'Birch & Sons Law' }).waitFor();
    await screenshot(page, 'names-hover');
    const answered = nextResponse(fixture, '/v2/organization/2');
    await person.click(lens(page, /^Send/));
    await answered;
  });

  it('says in the list that NinjaOne refuses names or is busy, and shows no message (E16)', async () => {
    const { page, sandbox } = fixture;
    sandbox.misbehave({
      api: [
        { kind: 'response', status: 403, path: '/v2/policies' },
        { kind: 'tooManyRequests', retryAfter: 60, path: '/v2/groups' },
      ],
    });
    for (const [operation, path] of [
      ['GET /v2/policies/{policy_id}/condition/custom-fields', '/v2/policies'],
      ['GET /v2/group/{id}/device-ids', '/v2/groups'],
    ] as const) {
      await beginInHost(fixture, 'ninjaone.explorer.run', operation);
      await pickRows(page).filter({ hasText: 'Names are not available' }).waitFor();
      await typeInto(page, 'wind');
      await screenshot(page, `names-refused-${path.split('/').at(-1) ?? ''}`);
      await cancelQuickInput(page);
      assert.equal(lists().filter((each) => each === path).length, 1);
    }
    assert.equal(await page.locator('.notification-toast').count(), 0);
  });

  it('forgets the names when the user signs out, and asks for none (A13, E16)', async () => {
    const { page, sandbox } = fixture;
    const done = runInHost(fixture, 'ninjaone.signOut', sandbox.connections[0]?.name);
    await dialogButton(page, 'Sign Out');
    await done;
    const before = lists().length;
    await beginInHost(fixture, 'ninjaone.explorer.run', ORGANIZATION);
    await pickRows(page).filter({ hasText: 'Sign in to' }).waitFor();
    await inputField(page).fill('birch');
    assert.equal(await pickRows(page).filter({ hasText: 'Birch & Sons' }).count(), 0);
    await screenshot(page, 'names-signed-out');
    await cancelQuickInput(page);
    assert.equal(lists().length, before);
  });

  /** Path and query of each request for names. */
  function lists(): readonly string[] {
    return fixture.sandbox.requests
      .filter(({ path }) => /^\/v2\/(?:organizations|locations|devices|devices\/search|policies|groups)$/.test(path))
      .map(({ path, query }) => `${path}${query.size > 0 ? `?${query.toString()}` : ''}`);
  }
});

const FOCUSED = '.quick-input-list .monaco-list-row.focused';
