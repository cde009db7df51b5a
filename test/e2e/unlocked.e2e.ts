import assert from 'node:assert/strict';
import {
  dialogButton,
  openView,
  quickPick,
  quickPickLabels,
  runCommand,
  screenshot,
  statusBarItem,
  treeItem,
  treeItemMenu,
} from '../../tooling/workbenchDriver.ts';
import { deskOfSuite } from '../support/useWorkbench.ts';

describe('a person has allowed writes for one of several connections', () => {
  const desk = deskOfSuite(() => ({
    sandbox: { autoApprove: true },
    connections: (sandbox) => sandbox.connections.slice(0, 2),
  }));
  const nameOf = (index: number): string => desk.sandbox.connections[index]?.name ?? '';

  it('E9: one that is not selected shows in the status bar and in its row, in words', async () => {
    const { page } = desk;
    await openView(page, 'NinjaOne');
    await treeItem(page, new RegExp(`^${nameOf(0)}, .*selected`)).waitFor();
    await treeItemMenu(page, new RegExp(`^${nameOf(1)},`), 'Allow Writes…');
    const text = await dialogButton(page, 'For 15 Minutes', 'to change data?');
    assert.ok(text.includes(nameOf(1)), text);
    await statusBarItem(page, new RegExp(`${nameOf(1)}: writes allowed until \\d`)).waitFor();
    await treeItem(page, new RegExp(`^${nameOf(1)}, writes allowed, signed out,`)).waitFor();
    assert.equal(await treeItem(page, new RegExp(`^${nameOf(0)}, .*writes allowed`)).count(), 0);
    await screenshot(page, 'unlocked-not-selected');
  });

  it('E9: with several the status bar says how many, whichever is selected', async () => {
    const { page } = desk;
    await runCommand(page, 'NinjaOne: Allow Writes…');
    const text = await dialogButton(page, 'Until Switched Off', 'to change data?');
    assert.ok(text.includes(nameOf(0)), text);
    await statusBarItem(page, /2 connections: writes allowed$/).waitFor();
    await treeItem(page, new RegExp(`^${nameOf(0)}, writes allowed, signed out,`)).waitFor();
    await screenshot(page, 'unlocked-two');
  });

  it('E9: a click there asks which one is made read-only; the other still shows', async () => {
    const { page } = desk;
    await statusBarItem(page, /2 connections: writes allowed/).click();
    const offered = await quickPickLabels(page, { prompt: 'read-only' });
    assert.deepEqual(
      offered.filter((label) => label.startsWith('Sandbox')),
      [nameOf(0), nameOf(1)],
    );
    await screenshot(page, 'unlocked-which');
    await quickPick(page, nameOf(0), { prompt: 'read-only' });
    await statusBarItem(page, new RegExp(`${nameOf(1)}: writes allowed until \\d`)).waitFor();
    await treeItem(page, new RegExp(`^${nameOf(0)}, signed out,`)).waitFor();
  });

  it('E9: Make Read-Only of the palette takes the one that may write, without asking, and nothing shows any more', async () => {
    const { page } = desk;
    await runCommand(page, 'NinjaOne: Make Read-Only');
    await statusBarItem(page, /writes allowed/).waitFor({ state: 'detached' });
    await treeItem(page, /writes allowed/).waitFor({ state: 'detached' });
  });

  it('§0: nothing was sent, and nothing but loopback was asked for', () => {
    assert.deepEqual(desk.sandbox.requests, []);
    assert.deepEqual(desk.workbench.outside, []);
  });
});
