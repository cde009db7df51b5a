import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  eventually,
  openView,
  quickInput,
  runCommand,
  screenshot,
  TIMEOUT,
  toast,
  typeInto,
} from '../../tooling/workbenchDriver.ts';
import { editorLine, lens, openFile, pressLens, pressSend } from '../support/requestActions.ts';
import { clearToasts, useWorkbench } from '../support/useWorkbench.ts';
import { ensureSignedIn, ensureWritesAllowed } from '../support/workbenchState.ts';
import { setupStep } from '../support/setupStep.ts';

const COMMENT = 'POST /v2/ticketing/ticket/{ticketId}/comment';

describe('a request with a form', () => {
  const fixture = useWorkbench(() => ({
    sandbox: { autoApprove: true },
    connections: (sandbox) => sandbox.connections.slice(0, 1),
  }));
  let elsewhere = '';

  before(async () => {
    elsewhere = await mkdtemp(path.join(tmpdir(), 'ninjaone-elsewhere-'));
    await writeFile(path.join(elsewhere, 'photo.png'), 'not really a photo');
    await writeFile(path.join(fixture.workbench.workspaceDir, 'report.csv'), 'host,cve\n');
    await openView(fixture.page, 'NinjaOne');
  });
  after(() => rm(elsewhere, { recursive: true }));

  setupStep('may be sent', async () => {
    await ensureSignedIn(fixture);
    await ensureWritesAllowed(fixture, fixture.sandbox.connections[0]?.name ?? '');
  });

  it('is sent with a file of the folder that is open (E15)', async () => {
    const { sandbox } = fixture;
    await open('with-file', { comment: { body: 'See the report.' }, files: [{ $file: 'report.csv' }] });
    await pressSend(fixture, '/v2/ticketing/ticket/1001/comment');
    await eventually(() => {
      assert.deepEqual(sandbox.tenant.writes.at(-1)?.body, [
        { name: 'comment', file: undefined, type: 'application/json', content: '{"body":"See the report."}' },
        { name: 'files', file: 'report.csv', type: 'text/csv', content: 'host,cve\n' },
      ]);
    });
  });

  it('is refused when a path leaves the folder, and the place is marked (E15)', async () => {
    const { page, sandbox } = fixture;
    const { length } = sandbox.tenant.writes;
    const away = path.relative(fixture.workbench.workspaceDir, path.join(elsewhere, 'photo.png'));
    await open('climbing', { comment: { body: 'x' }, files: [{ $file: away }] });
    await pressLens(page, /^Send to/, toast(page, /leads out of the folder that is open/));
    await page.locator('.squiggly-error').first().waitFor();
    await screenshot(page, 'form-refused');
    await clearToasts(fixture);
    assert.equal(sandbox.tenant.writes.length, length);
  });

  it('gets a file from anywhere by Choose File…, and is sent with it (E14, E15)', async () => {
    const { page, sandbox } = fixture;
    await open('choosing', { comment: { body: 'A photo.' }, files: [] });
    await runCommand(page, 'NinjaOne: Choose File for Request…');
    // The dialog replaces what is typed once it has read the folder.
    await quickInput(page, 'Choose a File for "files"').getByText('report.csv').waitFor();
    await screenshot(page, 'form-choose-file');
    await eventually(async () => {
      if (await quickInput(page).isVisible()) {
        await typeInto(page, path.join(elsewhere, 'photo.png'));
        await page.keyboard.press('Enter');
      }
      await editorLine(page, /photo\.png/).waitFor({ timeout: TIMEOUT.attempt });
    });
    await pressSend(fixture, '/v2/ticketing/ticket/1001/comment');
    await eventually(() => {
      assert.deepEqual((sandbox.tenant.writes.at(-1)?.body as readonly object[]).at(-1), {
        name: 'files',
        file: 'photo.png',
        type: 'image/png',
        content: 'not really a photo',
      });
    });
  });

  async function open(name: string, body: object): Promise<void> {
    const file = path.join(fixture.workbench.workspaceDir, `${name}.ninjaone.json`);
    await writeFile(file, `${JSON.stringify({ operation: COMMENT, path: { ticketId: 1001 }, body }, undefined, 2)}\n`);
    await openFile(fixture, file);
    await lens(fixture.page, /^Send to/).waitFor();
  }
});
