import assert from 'node:assert/strict';
import { openConnectionsSetting, openInBrowser } from '../../../src/host/platform/navigation.ts';
import { offerToOpen } from '../../../src/host/platform/offerAction.ts';
import { choice } from '../../support/vscode/choice.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';

describe('navigation', () => {
  const editor = useVscode();

  it('opens an address byte for byte, with the encoding that it has (A1)', async () => {
    const url = 'https://eu.ninjarmm.com/ws/oauth/authorize?redirect_uri=http%3A%2F%2F127.0.0.1&scope=a%20b';
    assert.equal(await openInBrowser(url), true);
    assert.deepEqual(editor.env.opened, [url]);
  });

  it('opens nothing for which the system could start a program (T20)', async () => {
    for (const url of [
      'file:///etc/passwd',
      'http://eu.ninjarmm.com/',
      'http://localhost.evil.example/',
      'http://127.0.0.1.evil.example/',
      'vscode://a.b/run',
      'command:workbench.action.quit',
      'javascript:alert(1)',
      'ms-msdt:/id',
      '\\\\host\\share',
      ' https://eu.ninjarmm.com/',
      'https://',
      '$(calc)',
      '',
    ]) {
      assert.equal(await openInBrowser(url), false, url);
    }
    assert.deepEqual(editor.env.opened, []);
    for (const url of ['https://eu.ninjarmm.com/#/x', 'http://127.0.0.1:3000/a', 'http://localhost:3000/']) {
      assert.equal(await openInBrowser(url), true, url);
    }
  });

  it('says when no browser could be opened', async () => {
    editor.env.canOpen = false;
    assert.equal(await openInBrowser('https://eu.ninjarmm.com/'), false);
  });

  it('opens the settings at the connections', async () => {
    await openConnectionsSetting();
    assert.deepEqual(editor.commands.executed, [
      {
        command: 'workbench.action.openSettingsJson',
        args: [{ revealSetting: { key: 'ninjaone.connections' } }],
      },
    ]);
  });

  it('opens what was written only when the user asks for it', async () => {
    let opened = 0;
    const open = (): Promise<void> => {
      opened += 1;
      return Promise.resolve();
    };
    editor.user.closes('Saved.');
    await offerToOpen('Saved.', open);
    assert.equal(opened, 0);
    editor.user.answers('Saved.', choice(/open/i));
    await offerToOpen('Saved.', open);
    assert.equal(opened, 1);
  });
});
