import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { User } from '../support/vscode/user.ts';
import { useVscode } from '../support/vscode/fakeVscode.ts';

describe('fake of the vscode module', () => {
  const editor = useVscode();

  const messageTo = (user: User, ...choices: string[]): Promise<unknown> =>
    user.reply({ kind: 'message', texts: ['Sign out?'], choices });

  describe('the user', () => {
    it('fails the test when a question has no answer, with its text and buttons', async () => {
      const user = new User();
      await assert.rejects(messageTo(user, 'Yes', 'No'));
      assert.throws(() => {
        user.verify();
      }, /Nobody answers this message: Sign out\? \[Yes, No\]/);
    });

    it('fails the test when a question that was expected was not asked', () => {
      const user = new User();
      user.answers('Sign out?', 'Yes');
      assert.throws(() => {
        user.verify();
      }, /This was not asked: Sign out\?/);
    });

    it('fails the test when there is no such button', async () => {
      const user = new User();
      user.answers('Sign out?', 'Perhaps');
      await assert.rejects(messageTo(user, 'Yes', 'No'));
      assert.throws(() => {
        user.verify();
      }, /There is no "Perhaps" in: Sign out\? \[Yes, No\]/);
    });

    it('fails the test when an input does not take the text', async () => {
      const user = new User();
      user.answers('Name', 'x');
      const objectionTo = (): Promise<string> => Promise.resolve('Too short.');
      await assert.rejects(user.reply({ kind: 'input', texts: ['Name'], choices: [], objectionTo }));
      assert.throws(() => {
        user.verify();
      }, /does not take "x": Too short\./);
    });
  });

  it('answers with the item that was offered', async () => {
    const items = [{ label: 'One' }, { label: 'Two' }];
    editor.user.answers('Which?', 'Two');
    editor.user.closes('Which?');
    assert.equal(await vscode.window.showQuickPick(items, { title: 'Which?' }), items[1]);
    assert.equal(await vscode.window.showQuickPick(items, { title: 'Which?' }), undefined);
  });

  it('asks nothing when a message has no button', async () => {
    assert.equal(await vscode.window.showInformationMessage('Done.'), undefined);
    assert.deepEqual(editor.window.said, ['Done.']);
  });

  it('says which member it lacks', () => {
    assert.throws(() => vscode.window.terminals, /The fake of vscode has no window\.terminals/);
  });

  it('fills the places of a text by position and by name', () => {
    assert.equal(vscode.l10n.t('{1} of {0}, {2}', 'b', 'a'), 'a of b, {2}');
    assert.equal(vscode.l10n.t('{count} of {all}', { count: 1, all: 2 }), '1 of 2');
    assert.equal(vscode.l10n.t({ message: 'Hello {0}', args: ['you'], comment: 'A greeting' }), 'Hello you');
  });

  it('takes the defaults of settings from the manifest, and tells who they are from', async () => {
    const settings = vscode.workspace.getConfiguration('ninjaone');
    assert.equal(settings.get('clipboard.clearAfter'), 45);
    assert.equal(settings.inspect('clipboard.clearAfter')?.globalValue, undefined);
    await settings.update('clipboard.clearAfter', 5, vscode.ConfigurationTarget.Global);
    assert.equal(settings.inspect('clipboard.clearAfter')?.globalValue, 5);
    assert.equal(settings.get('clipboard.clearAfter'), 5);
  });
});
