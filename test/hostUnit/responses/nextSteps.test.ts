import assert from 'node:assert/strict';
import { json } from '../../support/apiClientFixture.ts';
import { openExplorer, type ExplorerFixture } from '../../support/explorerFixture.ts';
import { until } from '../../support/sessionFixture.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';

const LIST = 'GET /v2/organizations';
const OFFER = /This is your first list/;

describe('the first list', () => {
  const editor = useVscode();
  let explorer: ExplorerFixture;
  beforeEach(async () => {
    explorer = await openExplorer(editor);
    await explorer.host.extension.globalState.update('responses.nextStepsOffered', undefined);
    explorer.answers('/v2/organizations', json([{ id: 1, name: 'A' }]));
  });
  afterEach(() => explorer.close());

  const offers = (): number => editor.user.asked.filter(({ texts }) => texts.some((text) => OFFER.test(text))).length;

  it('comes with what people do next, once, and nothing waits for the answer (E7)', async () => {
    editor.user.ignores(OFFER);
    await explorer.run('ninjaone.explorer.run', LIST);
    const { choices } = await editor.user.wasAsked(OFFER);
    assert.deepEqual(choices, ['Show as Table', 'Save as File…', 'Copy Request As…']);
    await explorer.run('ninjaone.explorer.run', LIST);
    assert.equal(offers(), 1);
  });

  it('is shown as a table by the button (E7)', async () => {
    editor.user.answers(OFFER, 'Show as Table');
    await explorer.run('ninjaone.explorer.run', LIST);
    await until(() => editor.window.webviewPanels.length === 1);
    assert.deepEqual(explorer.errors, []);
  });

  it('is not an error, nor a response without a table (E7)', async () => {
    explorer.answers('/v2/organizations', json([{ id: 1 }], { status: 400 }), json({ id: 1 }));
    // Only this one. An offer, however late, has no answer and fails the test.
    editor.user.closes(/refused/);
    await explorer.run('ninjaone.explorer.run', LIST);
    await explorer.run('ninjaone.explorer.run', LIST);
    assert.equal(explorer.calls.length, 2);
  });

  it('is offered again after a reset (A13)', async () => {
    editor.user.ignores(OFFER);
    await explorer.run('ninjaone.explorer.run', LIST);
    await editor.user.wasAsked(OFFER);
    await (await explorer.open()).forget();
    editor.user.ignores(OFFER);
    await explorer.run('ninjaone.explorer.run', LIST);
    await until(() => offers() === 2);
  });
});
