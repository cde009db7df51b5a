import assert from 'node:assert/strict';
import { textAt } from '../../../src/core/base/untrusted.ts';
import { json } from '../../support/apiClientFixture.ts';
import { BETA, openExplorer, type ExplorerFixture } from '../../support/explorerFixture.ts';
import { ACME } from '../../support/hostFixture.ts';
import { until } from '../../support/sessionFixture.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';
import { Position } from '../../support/vscode/values.ts';

const OWN = 'https://eu.ninjarmm.com/#/deviceDashboard/7/overview';
const BETAS = 'https://app.ninjarmm.com/#/deviceDashboard/7/overview';
const FOREIGN = 'https://acme.rmmservice.com/#/deviceDashboard/7/overview';

describe('a pasted console address', () => {
  const editor = useVscode();
  let explorer: ExplorerFixture;
  beforeEach(async () => {
    explorer = await openExplorer(editor, { connections: [ACME, BETA] });
    explorer.answers('/v2/device/7/alerts', json([{ uid: 'a', message: 'Disk is full' }]));
  });
  afterEach(() => explorer.close());

  const paste = (title: string, address: string, key?: string): void => {
    editor.user.picksFrom(title, (pick) => {
      pick.type(address);
      if (key !== undefined) {
        pick.focus(pick.items.find(({ description }) => description === key)!.label);
      }
      pick.accept();
    });
  };

  it('runs a read of its object with its ID in one step (E20)', async () => {
    paste('Run which operation?', OWN, undefined);
    await explorer.run('ninjaone.explorer.run');
    assert.match(explorer.calls[0] ?? '', /^GET \/v2\/device\/7/);
    assert.equal(explorer.calls.length, 1);
  });

  it('opens the request document from Go to Operation, with the ID, and sends nothing (E20)', async () => {
    paste('Go to which operation?', OWN);
    await explorer.run('ninjaone.explorer.goToOperation');
    assert.match(explorer.inFront.getText(), /"path": \{\s*"id": 7\s*\}/);
    assert.deepEqual(explorer.calls, []);
  });

  it('is sent to the connection of its host, whichever is active (E20)', async () => {
    paste('Run which operation?', BETAS);
    await explorer.run('ninjaone.explorer.run');
    assert.deepEqual(
      explorer.sent.map(({ url }) => new URL(url).origin),
      ['https://app.ninjarmm.com'],
    );
  });

  it('of a host without a connection lists nothing but that, and sends nothing (E20)', async () => {
    for (const [command, title] of [
      ['ninjaone.explorer.run', 'Run which operation?'],
      ['ninjaone.explorer.goToOperation', 'Go to which operation?'],
    ] as const) {
      editor.user.picksFrom(title, (pick) => {
        pick.type(FOREIGN);
        assert.equal(pick.items.length, 1);
        assert.match(pick.items[0]!.label, /No connection is to acme\.rmmservice\.com/);
        pick.accept();
      });
      editor.user.ignores(/No connection is to acme/);
      await explorer.run(command);
    }
    assert.deepEqual(explorer.errors, ['console.foreignAddress', 'console.foreignAddress']);
    assert.deepEqual(explorer.calls, []);
  });

  it('filters the tree only if it is of the active connection, and says so otherwise (E3, E20)', async () => {
    const { tree } = await explorer.open();
    for (const [address, message] of [
      [OWN, undefined],
      [BETAS, /address of Beta\. Select that connection first/],
      [FOREIGN, /No connection is to acme\.rmmservice\.com/],
    ] as const) {
      let said: unknown;
      editor.user.fillsIn(/[Ff]ilter/, (box) => {
        box.type(address);
        said = box.validationMessage;
        assert.equal(tree.firstOperation() !== undefined, message === undefined, address);
        box.hide();
      });
      await explorer.run('ninjaone.explorer.filter');
      assert.match((said as string | undefined) ?? '', message ?? /^$/);
    }
  });
});

describe('Open in NinjaOne', () => {
  const editor = useVscode();
  let explorer: ExplorerFixture;
  beforeEach(async () => {
    explorer = await openExplorer(editor);
    explorer.answers('/v2/devices', json([{ id: 7, organizationId: 42, name: 'a' }]));
    await explorer.run('ninjaone.explorer.run', 'GET /v2/devices');
  });
  afterEach(() => explorer.close());

  it('opens the object whose ID is in the line of the cursor in a response, and says where there is none (E20)', async () => {
    const lines = explorer.inFront.getText().split('\n');
    for (const [word, opened] of [
      ['"id"', 'https://eu.ninjarmm.com/#/deviceDashboard/7/overview'],
      ['"organizationId"', 'https://eu.ninjarmm.com/#/customerDashboard/42/overview'],
    ] as const) {
      editor.workspace.cursor = new Position(
        lines.findIndex((line) => line.includes(word)),
        0,
      );
      await explorer.run('ninjaone.response.openInNinjaOne');
      assert.equal(editor.env.opened.at(-1), opened);
    }
    editor.workspace.cursor = new Position(
      lines.findIndex((line) => line.includes('"name"')),
      0,
    );
    await explorer.run('ninjaone.response.openInNinjaOne');
    assert.deepEqual([editor.env.opened.length, explorer.errors], [2, ['console.noPage']]);
  });

  it('opens the object of a cell, or else of its row, in a table (E20)', async () => {
    await explorer.run('ninjaone.response.showTable');
    const panel = editor.window.webviewPanels.at(-1)!;
    panel.receive({ type: 'query', query: 1, filter: '', sort: undefined });
    await until(() => panel.posted.some((message) => textAt(message, 'type') === 'found'));
    for (const [index, column] of [1, 2].entries()) {
      panel.receive({ type: 'openInNinjaOne', query: 1, row: 0, column });
      await until(() => editor.env.opened.length > index);
    }
    assert.deepEqual(editor.env.opened, [
      'https://eu.ninjarmm.com/#/customerDashboard/42/overview',
      'https://eu.ninjarmm.com/#/deviceDashboard/7/overview',
    ]);
  });
});
