import assert from 'node:assert/strict';
import { showStorageFindings } from '../../../src/host/accounts/storageMessages.ts';
import type { Findings } from '../../../src/core/sessions/storageCheck.ts';
import { choice } from '../../support/vscode/choice.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';

const NOTHING: Findings = { storageFailed: false, lost: [], keepsSecrets: true, unreadable: 0, newer: 0 };

describe('messages about the secret storage', () => {
  const editor = useVscode();

  /** Shows the one message that is expected, whose only button is pressed. */
  const pressed = async (findings: Partial<Findings>): Promise<string> => {
    editor.user.answers(/./, choice(/./));
    await showStorageFindings({ ...NOTHING, ...findings });
    assert.equal(editor.window.messages.length, 1);
    assert.equal(editor.window.messages[0]?.buttons.length, 1);
    return editor.window.said[0] ?? '';
  };

  it('say nothing after a good start (A14)', async () => {
    await showStorageFindings(NOTHING);
    assert.deepEqual(editor.window.messages, []);
  });

  it('say that the storage did not answer, and nothing else, with the way to the log (A14)', async () => {
    assert.match(await pressed({ storageFailed: true, lost: ['Acme'], unreadable: 1, newer: 1 }), /storage/);
    assert.equal(editor.commands.callsOf('ninjaone.showLog').length, 1);
  });

  it('name the sessions that are lost, with a way to sign in (A14)', async () => {
    assert.match(await pressed({ lost: ['Acme · eu', 'Beta · us'] }), /Acme · eu.*Beta · us/);
    assert.equal(editor.commands.callsOf('ninjaone.signIn').length, 1);
  });

  it('explain an editor that keeps no secrets, with a page that helps (A14)', async () => {
    assert.match(await pressed({ lost: ['Acme · eu'], keepsSecrets: false }), /Acme · eu.*keyring/);
    assert.match(editor.env.opened[0] ?? '', /^https:\/\/code\.visualstudio\.com\//);
    assert.deepEqual(editor.commands.callsOf('ninjaone.signIn'), []);
  });

  for (const unreadable of [1, 3]) {
    it(`tell of ${unreadable} unreadable, with a way to sign in (A14)`, async () => {
      const text = await pressed({ unreadable });
      assert.match(text, /30 days/);
      assert.equal(text.includes('3 stored'), unreadable === 3);
      assert.equal(editor.commands.callsOf('ninjaone.signIn').length, 1);
    });
  }

  for (const newer of [1, 2]) {
    it(`tell of ${newer} of a later version, with a way to update (A14)`, async () => {
      await pressed({ newer });
      assert.equal(editor.commands.callsOf('workbench.extensions.action.checkForUpdates').length, 1);
    });
  }

  it('do nothing when they are closed', async () => {
    editor.user.closes(/Acme/);
    editor.user.closes(/30 days/);
    editor.user.closes(/version/);
    await showStorageFindings({ ...NOTHING, lost: ['Acme'], unreadable: 1, newer: 1 });
    assert.deepEqual(editor.commands.executed, []);
  });
});
