import assert from 'node:assert/strict';
import {
  dialogButton,
  expectNoRow,
  openView,
  quickPick,
  quickPickLabels,
  revealRow,
  runCommand,
  screenshot,
  statusBarItem,
  treeItem,
  treeItemMenu,
} from '../../tooling/workbenchDriver.ts';
import { useWorkbench } from '../support/useWorkbench.ts';

describe('a person has allowed writes for one of several connections', () => {
  const fixture = useWorkbench(() => ({
    sandbox: { autoApprove: true },
    connections: (sandbox) => sandbox.connections.slice(0, 2),
  }));
  const nameOf = (index: number): string => fixture.sandbox.connections[index]?.name ?? '';

  it('one that is not selected shows in the status bar and in its row, in words (E9)', async () => {
    const { page } = fixture;
    await openView(page, 'NinjaOne');
    await revealRow(page, new RegExp(`^${nameOf(0)}, .*selected`));
    await treeItemMenu(page, new RegExp(`^${nameOf(1)},`), 'Allow Writes…');
    const text = await dialogButton(page, 'For 15 Minutes', 'to change data?');
    assert.ok(text.includes(nameOf(1)), text);
    await statusBarItem(page, new RegExp(`${nameOf(1)}: writes allowed until \\d`)).waitFor();
    await revealRow(page, new RegExp(`^${nameOf(1)}, writes allowed, signed out,`));
    assert.equal(await treeItem(page, new RegExp(`^${nameOf(0)}, .*writes allowed`)).count(), 0);
    await screenshot(page, 'unlocked-not-selected');
  });

  it('with several the status bar says how many, whichever is selected (E9)', async () => {
    const { page } = fixture;
    await runCommand(page, 'NinjaOne: Allow Writes…');
    const text = await dialogButton(page, 'Until Switched Off', 'to change data?');
    assert.ok(text.includes(nameOf(0)), text);
    await statusBarItem(page, /2 connections: writes allowed$/).waitFor();
    await revealRow(page, new RegExp(`^${nameOf(0)}, writes allowed, signed out,`));
    await screenshot(page, 'unlocked-two');
  });

  it('a click there asks which one is made read-only; the other still shows (E9)', async () => {
    const { page } = fixture;
    await statusBarItem(page, /2 connections: writes allowed/).click();
    const offered = await quickPickLabels(page, { prompt: 'read-only' });
    assert.deepEqual(
      offered.filter((label) => label.startsWith('Sandbox')),
      [nameOf(0), nameOf(1)],
    );
    await screenshot(page, 'unlocked-which');
    await quickPick(page, nameOf(0), { prompt: 'read-only' });
    await statusBarItem(page, new RegExp(`${nameOf(1)}: writes allowed until \\d`)).waitFor();
    await revealRow(page, new RegExp(`^${nameOf(0)}, signed out,`));
  });

  it('Make Read-Only of the palette takes the one that may write, without asking, and nothing shows any more (E9)', async () => {
    const { page } = fixture;
    await runCommand(page, 'NinjaOne: Make Read-Only');
    await statusBarItem(page, /writes allowed/).waitFor({ state: 'detached' });
    await expectNoRow(page, /writes allowed/);
  });

  it('nothing was sent, and nothing but loopback was asked for (§0)', () => {
    assert.deepEqual(fixture.sandbox.requests, []);
  });
});
