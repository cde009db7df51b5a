import assert from 'node:assert/strict';
import {
  dialogButton,
  expectNoRow,
  expectToBecome,
  openView,
  press,
  quickPick,
  quickPickLabels,
  revealRow,
  runCommand,
  screenshot,
  statusBarItem,
  treeItemMenu,
} from '../../tooling/workbenchDriver.ts';
import { runInHost, useWorkbench } from '../support/useWorkbench.ts';
import { ensureReadOnly, ensureWritesAllowed } from '../support/workbenchState.ts';

describe('write permissions of several connections', () => {
  const fixture = useWorkbench(() => ({
    sandbox: { autoApprove: true },
    connections: (sandbox) => sandbox.connections.slice(0, 2),
  }));
  const nameOf = (index: number): string => fixture.sandbox.connections[index]?.name ?? '';

  before(async () => {
    await openView(fixture.page, 'NinjaOne');
  });

  beforeEach(async () => {
    await ensureReadOnly(fixture);
    await runInHost(fixture, 'ninjaone.selectConnection', nameOf(0));
    await revealRow(fixture.page, new RegExp(`^${nameOf(0)}, .*active`));
  });

  afterEach(() => {
    assert.deepEqual(fixture.sandbox.requests, []);
  });

  it('shows one that is not selected in the status bar and in its row, in words (E9)', async () => {
    const { page } = fixture;
    await treeItemMenu(page, new RegExp(`^${nameOf(1)},`), 'Allow Writes…');
    const text = await dialogButton(page, 'For 15 Minutes', 'to change data?');
    assert.ok(text.includes(nameOf(1)), text);
    await statusBarItem(page, new RegExp(`${nameOf(1)}: writes allowed until \\d`)).waitFor();
    await revealRow(page, new RegExp(`^${nameOf(1)}, writes allowed, signed out,`));
    await expectNoRow(page, new RegExp(`^${nameOf(0)}, .*writes allowed`));
    await screenshot(page, 'unlocked-not-selected');
  });

  it('shows in the status bar how many connections have one, whichever is selected (E9)', async () => {
    const { page } = fixture;
    await ensureWritesAllowed(fixture, nameOf(1));
    await runCommand(page, 'NinjaOne: Allow Writes…');
    await quickPick(page, nameOf(0), { prompt: 'Allow writes for which connection?' });
    const text = await dialogButton(page, 'Until Turned Off', 'to change data?');
    assert.ok(text.includes(nameOf(0)), text);
    await statusBarItem(page, /2 connections: writes allowed$/).waitFor();
    await revealRow(page, new RegExp(`^${nameOf(0)}, writes allowed, signed out,`));
    await screenshot(page, 'unlocked-two');
  });

  it('asks in the status bar which connection is made read-only; the other keeps its permission (E9)', async () => {
    const { page } = fixture;
    await ensureWritesAllowed(fixture, nameOf(0));
    await ensureWritesAllowed(fixture, nameOf(1));
    await press(statusBarItem(page, /2 connections: writes allowed/));
    await expectToBecome(
      async () => (await quickPickLabels(page, { prompt: 'read-only' })).filter((label) => label.startsWith('Sandbox')),
      [nameOf(0), nameOf(1)],
    );
    await screenshot(page, 'unlocked-which');
    await quickPick(page, nameOf(0), { prompt: 'read-only' });
    await statusBarItem(page, new RegExp(`${nameOf(1)}: writes allowed until \\d`)).waitFor();
    await revealRow(page, new RegExp(`^${nameOf(0)}, signed out,`));
  });

  it('takes the only one by Make Read-Only of the palette, without asking (E9)', async () => {
    const { page } = fixture;
    await ensureWritesAllowed(fixture, nameOf(1));
    await runCommand(page, 'NinjaOne: Make Read-Only…');
    await statusBarItem(page, /writes allowed/).waitFor({ state: 'detached' });
    await expectNoRow(page, /writes allowed/);
  });
});
