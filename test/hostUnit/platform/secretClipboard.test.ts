import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { SecretClipboard } from '../../../src/host/platform/secretClipboard.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';

describe('secrets on the clipboard', () => {
  const editor = useVscode();
  let clipboard: SecretClipboard;
  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout'] });
    clipboard = new SecretClipboard();
  });
  afterEach(() => {
    clipboard.dispose();
    mock.timers.reset();
  });

  /** Lets so much time pass, and what it sets off come to its end. */
  const wait = async (milliseconds: number): Promise<void> => {
    mock.timers.tick(milliseconds);
    await new Promise((resolve) => setImmediate(resolve));
  };

  it('takes a token off the clipboard after the time that the settings say, and says so (T48)', async () => {
    await clipboard.copy('session-1', 'token-1', 45);
    assert.equal(editor.env.clipboardText, 'token-1');
    await wait(44_999);
    assert.equal(editor.env.clipboardText, 'token-1');
    await wait(1);
    assert.equal(editor.env.clipboardText, '');
    assert.deepEqual(editor.window.statusBarMessages, ['The NinjaOne token was removed from the clipboard.']);
  });

  it('leaves alone what the user has copied meanwhile (T48)', async () => {
    await clipboard.copy('session-1', 'token-1', 45);
    editor.env.clipboardText = 'a shopping list';
    await clipboard.clear('session-1');
    assert.equal(editor.env.clipboardText, 'a shopping list');
    assert.deepEqual(editor.window.statusBarMessages, []);
  });

  it('leaves a token there when the settings say 0, until the session is signed out', async () => {
    await clipboard.copy('session-1', 'token-1', 0);
    await wait(3_600_000);
    assert.equal(editor.env.clipboardText, 'token-1');
    await clipboard.clear('session-1');
    assert.equal(editor.env.clipboardText, '');
  });

  it('starts the time anew when the token is copied again', async () => {
    await clipboard.copy('session-1', 'token-1', 45);
    await wait(40_000);
    await clipboard.copy('session-1', 'token-2', 45);
    await wait(40_000);
    assert.equal(editor.env.clipboardText, 'token-2');
    await wait(5_000);
    assert.equal(editor.env.clipboardText, '');
  });

  it('clears nothing when another session is signed out', async () => {
    await clipboard.copy('session-1', 'token-1', 45);
    await clipboard.clear('session-2');
    assert.equal(editor.env.clipboardText, 'token-1');
  });

  it('takes a secret value of a response off as well (E4)', async () => {
    await clipboard.copyValue('hunter22', 10);
    await wait(10_000);
    assert.equal(editor.env.clipboardText, '');
    assert.deepEqual(editor.window.statusBarMessages, ['The secret value was removed from the clipboard.']);
  });

  it('warns when the editor may not read the clipboard, which then is left as it is', async () => {
    await clipboard.copy('session-1', 'token-1', 45);
    editor.env.mayReadClipboard = false;
    await clipboard.clear('session-1');
    assert.equal(editor.env.clipboardText, 'token-1');
    assert.deepEqual(
      editor.window.messages.map(({ kind }) => kind),
      ['warning'],
    );
    assert.match(editor.window.said[0] ?? '', /may still be on it/);
  });

  it('stops its timers with the extension', async () => {
    await clipboard.copy('session-1', 'token-1', 45);
    clipboard.dispose();
    await wait(45_000);
    assert.equal(editor.env.clipboardText, 'token-1');
  });
});
