import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { showLivePick } from '../../../src/host/platform/livePick.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';

const ROWS = ['List devices', 'List organizations', 'List organizations detailed'].map((label) => ({ label }));

/** Longer than VS Code needs to show the rows for what is typed. */
const SHOWN_MS = 150;

describe('a list whose rows follow what is typed', () => {
  const editor = useVscode();

  const show = (): Promise<{ readonly label: string } | undefined> =>
    showLivePick({
      title: 'Go to which operation?',
      placeholder: 'Search',
      items: (text) => ROWS.filter(({ label }) => label.includes(text)),
    });

  it('takes the best row, whatever VS Code says of the rows before (E3)', async () => {
    editor.user.picksFrom(/Go to/, (pick) => {
      pick.type('organizations');
      pick.focus('List organizations detailed');
      pick.accept();
    });
    assert.equal((await show())?.label, 'List organizations');
  });

  it('takes the row that the user has moved to (E3)', async () => {
    editor.user.picksFrom(/Go to/, async (pick) => {
      pick.type('organizations');
      await delay(SHOWN_MS);
      pick.focus('List organizations detailed');
      pick.accept();
    });
    assert.equal((await show())?.label, 'List organizations detailed');
  });

  it('resolves to nothing if it is closed', async () => {
    editor.user.closesAll();
    assert.equal(await show(), undefined);
  });
});
