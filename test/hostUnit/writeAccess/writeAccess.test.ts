import assert from 'node:assert/strict';
import { join } from 'node:path';
import { BETA, openExplorer, type ExplorerFixture } from '../../support/explorerFixture.ts';
import { ACME } from '../../support/hostFixture.ts';
import { WriteAccess } from '../../../src/host/writeAccess/writeAccess.ts';
import { MINUTE, until } from '../../support/sessionFixture.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';
import type { FakeStatusBarItem } from '../../support/vscode/views.ts';

describe('allowing writes', () => {
  const editor = useVscode();
  let explorer: ExplorerFixture;
  let item: FakeStatusBarItem;
  beforeEach(async () => {
    explorer = await openExplorer(editor, { connections: [ACME, BETA] });
    item = editor.window.statusBarItem('ninjaone.writes');
  });
  afterEach(() => explorer.close());

  const mayWrite = (name: string): boolean => explorer.writeAccess.mayWrite(explorer.host.settings.connection(name)!);
  const unlock = async (name: string, choice = 'For 15 Minutes'): Promise<void> => {
    editor.user.answers(new RegExp(name), choice);
    await explorer.run('ninjaone.unlockWrites', name);
  };

  it('is off for every connection, and the status bar says nothing (E9)', () => {
    assert.deepEqual([mayWrite('Acme'), mayWrite('Beta'), item.isVisible], [false, false, false]);
    assert.equal(editor.commands.context.get('ninjaone.writesUnlocked'), false);
  });

  it('asks for which connection, the active one first, in a dialog that names the host (E9)', async () => {
    editor.user.answers('Allow writes for which connection?', ({ choices }) => choices[0]);
    editor.user.answers(/Allow Acme/, 'For 15 Minutes');
    await explorer.run('ninjaone.unlockWrites');
    const [, question] = editor.user.asked;
    assert.equal(question?.kind, 'modal');
    assert.match(question.detail ?? '', /eu\.ninjarmm\.com/);
    assert.deepEqual([mayWrite('Acme'), mayWrite('Beta')], [true, false]);
  });

  it('says after the button of a refusal that the request can be sent again (E9)', async () => {
    const send = explorer.run('ninjaone.explorer.run', 'POST /v2/document-templates/{documentTemplateId}/archive');
    editor.user.answers(/read-only/, 'Allow Writes…');
    editor.user.answers(/Allow Acme/, 'For 15 Minutes');
    await send;
    await until(() => editor.window.said.includes('Writes are allowed. Send the request again.'));
    assert.deepEqual(explorer.sent, []);
  });

  it('allows nothing when the question is left (E9)', async () => {
    editor.user.closes(/Beta/);
    await explorer.run('ninjaone.unlockWrites', 'Beta');
    assert.equal(mayWrite('Beta'), false);
  });

  for (const [choice, minutes] of [
    ['For 15 Minutes', 15],
    ['For 60 Minutes', 60],
  ] as const) {
    it(`ends after the time that was chosen: ${choice} (E9)`, async () => {
      await unlock('Acme', choice);
      explorer.host.sessions.clock.now += minutes * MINUTE - 1;
      assert.equal(mayWrite('Acme'), true);
      explorer.host.sessions.clock.now += 1;
      assert.equal(mayWrite('Acme'), false);
    });
  }

  it('stands in the status bar with the name of the connection and the time of its end (E9)', async () => {
    await unlock('Acme');
    assert.equal(item.isVisible, true);
    assert.match(item.text, /Acme.*\d/);
    assert.match(item.accessibilityInformation?.label ?? '', /Acme/);
    assert.equal(editor.commands.context.get('ninjaone.writesUnlocked'), true);
    assert.equal(item.command, 'ninjaone.lockWrites');
  });

  it('counts the connections in the status bar when there are several (E9)', async () => {
    await unlock('Acme', 'Until Turned Off');
    await unlock('Beta');
    assert.match(item.text, /2/);
    assert.match(item.tooltip as string, /Acme and Beta/);
  });

  it('is taken back without a question where one connection has it (E9)', async () => {
    await unlock('Acme', 'Until Turned Off');
    await explorer.run('ninjaone.lockWrites');
    assert.deepEqual([mayWrite('Acme'), item.isVisible], [false, false]);
    await explorer.run('ninjaone.lockWrites');
    assert.deepEqual(explorer.errors, []);
  });

  it('is taken back from the connection that the user picks (E9)', async () => {
    await unlock('Acme');
    await unlock('Beta');
    editor.user.answers(/read-only/, 'Beta');
    await explorer.run('ninjaone.lockWrites');
    assert.deepEqual([mayWrite('Acme'), mayWrite('Beta')], [true, false]);
  });

  it('is taken back from the connection that is named', async () => {
    await unlock('Acme');
    await unlock('Beta');
    await explorer.run('ninjaone.lockWrites', 'Acme');
    assert.deepEqual([mayWrite('Acme'), mayWrite('Beta')], [false, true]);
  });

  it('is forgotten with the connection, and with everything (C4, A13)', async () => {
    await unlock('Acme', 'Until Turned Off');
    await unlock('Beta', 'Until Turned Off');
    explorer.writeAccess.forget(explorer.host.settings.connection('Acme')!.id);
    assert.deepEqual([mayWrite('Acme'), mayWrite('Beta')], [false, true]);
    explorer.writeAccess.forgetAll();
    assert.equal(mayWrite('Beta'), false);
  });

  it('does not stand in the status bar for a connection that is gone', async () => {
    await unlock('Acme', 'Until Turned Off');
    editor.configuration.set('ninjaone.connections', [BETA]);
    assert.equal(item.isVisible, false);
  });

  describe('in another window', () => {
    let other: WriteAccess;
    let shown: FakeStatusBarItem;
    beforeEach(() => {
      const { settings, sessions } = explorer.host;
      const directory = join(sessions.directory, 'writes');
      other = new WriteAccess({ directory, settings, now: () => sessions.clock.now });
      shown = editor.window.statusBarItems.at(-1)!;
      assert.notEqual(shown, item);
    });
    afterEach(() => {
      other.dispose();
    });
    const acme = () => explorer.host.settings.connection('Acme')!;

    it('is shown and holds within a second when it has no end, and so is taking it back (E9)', async () => {
      other.unlock(acme(), Infinity);
      assert.equal(mayWrite('Acme'), true);
      await until(() => item.isVisible);
      assert.match(item.text, /Acme: writes allowed/);
      assert.equal(editor.commands.context.get('ninjaone.writesUnlocked'), true);
      await explorer.run('ninjaone.lockWrites');
      assert.equal(other.mayWrite(acme()), false);
      await until(() => !shown.isVisible);
    });

    it('is shown at once when the window gets the focus (E9)', () => {
      other.unlock(acme(), Infinity);
      editor.window.focus(true);
      assert.equal(item.isVisible, true);
    });

    for (const choice of ['For 15 Minutes', 'Until Turned Off']) {
      it(`does not let a write leave that was confirmed before it was taken back there: ${choice} (E9)`, async () => {
        await unlock('Acme', choice);
        await explorer.write('DELETE /v2/tag/{tagId}', { path: { tagId: '7' } });
        editor.user.answers(/Type 7/, '7');
        editor.user.answers(/Send "Delete tag by ID"/, () => {
          other.lock(acme());
          return 'Delete Tag by ID';
        });
        editor.user.ignores(/read-only/);
        await explorer.run('ninjaone.request.send');
        assert.deepEqual(
          explorer.calls.filter((call) => call.startsWith('DELETE')),
          [],
        );
        assert.deepEqual(explorer.errors, ['api.readOnly']);
      });
    }

    it('ends for minutes when it is taken back there (E9)', async () => {
      await unlock('Acme');
      assert.deepEqual([item.isVisible, shown.isVisible], [true, false]);
      other.lock(acme());
      assert.equal(mayWrite('Acme'), false);
      await until(() => !item.isVisible);
    });
  });

  it('draws no icon that a connection has in its name', async () => {
    editor.configuration.set('ninjaone.connections', [{ ...ACME, name: 'A $(bug) B' }]);
    editor.user.answers(/bug/, 'Until Turned Off');
    await explorer.run('ninjaone.unlockWrites');
    assert.doesNotMatch(item.text, /\$\(bug\)/);
  });
});
