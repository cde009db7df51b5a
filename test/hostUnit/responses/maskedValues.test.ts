import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { json } from '../../support/apiClientFixture.ts';
import { specOf } from '../../support/bundledMedia.ts';
import { openExplorer, type ExplorerFixture } from '../../support/explorerFixture.ts';
import { until } from '../../support/sessionFixture.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';

const SPEC = specOf({
  'POST /v2/device/{id}/reveal': {
    operationId: 'revealDevice',
    parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'integer' } }],
  },
});

describe('values in the response to a change that only the instance knows', () => {
  const editor = useVscode();
  let explorer: ExplorerFixture;
  beforeEach(async () => {
    explorer = await openExplorer(editor);
  });
  afterEach(() => explorer.close());

  it('are masked, and are neither saved nor listed in the history nor written to a file (E4, E13)', async () => {
    explorer.answers('/apidocs/NinjaRMM-API-v2.json', json(SPEC));
    await explorer.run('ninjaone.explorer.refresh');
    explorer.allowWrites();
    let files: readonly string[] = [];
    explorer.answers('/v2/device/7/reveal', async ({ overflow }) => {
      await overflow?.start();
      await overflow?.write(Buffer.from('K-4711'));
      files = await readdir(join(explorer.host.sessions.directory, 'responses')).catch(() => []);
      return json({ adminLogin: 'K-4711' });
    });
    editor.user.answers('id', '7');
    editor.user.answers(/ · Acme/, 'POST device/7/reveal');
    editor.user.answers(/^Send .* It is not known .* its response may contain secrets\.$/, 'Send');
    await explorer.run('ninjaone.explorer.run', 'POST /v2/device/{id}/reveal');
    assert.match(explorer.inFront.text, /adminLogin/);
    assert.doesNotMatch(explorer.inFront.text, /4711/);
    assert.doesNotMatch((await explorer.lenses()).join('\n'), /Save as (?!Script)/);
    assert.deepEqual(files, []);
    assert.deepEqual(await (await explorer.feature.history()).entries(), []);
  });
});

describe('masked values', () => {
  const editor = useVscode();
  let explorer: ExplorerFixture;
  beforeEach(async () => {
    explorer = await openExplorer(editor);
    explorer.answers('/v2/device/7/dashboard-url', json({ url: 'https://one.example', other: 'two' }));
    editor.user.answers(/\bid\b/, '7');
    editor.user.answers(/Get device link.*reads secrets/, 'Send');
    await explorer.run('ninjaone.explorer.run', 'GET /v2/device/{id}/dashboard-url');
  });
  afterEach(() => explorer.close());

  it('are dots in the document, with Reveal and Copy for each (E4)', async () => {
    assert.doesNotMatch(explorer.inFront.text, /example|two/);
    const titles = await explorer.lenses();
    assert.equal(titles.filter((title) => title === 'Reveal').length, 2);
    assert.equal(titles.filter((title) => title === 'Copy').length, 2);
  });

  it('are not saved to a file (E4)', async () => {
    assert.doesNotMatch((await explorer.lenses()).join('\n'), /Save as (?!Script)/);
    await explorer.run('ninjaone.response.saveJson');
    assert.deepEqual(explorer.errors, ['response.givesSecrets']);
  });

  it('are revealed one by one after a question, and hidden again without one (E4)', async () => {
    editor.user.answers(/Reveal/, ({ choices }) => {
      assert.equal(choices.length, 1);
      return choices[0];
    });
    await explorer.press('Reveal');
    await until(() => explorer.inFront.text.includes('https://one.example'));
    assert.doesNotMatch(explorer.inFront.text, /two/);
    await explorer.press('Hide');
    await until(() => !explorer.inFront.text.includes('example'));
  });

  it('stay dots when the question is left (E4)', async () => {
    editor.user.closes(/Reveal/);
    await explorer.press('Reveal');
    assert.doesNotMatch(explorer.inFront.text, /example/);
    assert.deepEqual(explorer.errors, []);
  });

  it('are offered by name, never by value, when a command names none (E4)', async () => {
    editor.user.answers(/Reveal/, ({ choices, options }) => {
      assert.doesNotMatch(JSON.stringify([choices, options]), /example|two/);
      return choices[1];
    });
    await explorer.run('ninjaone.response.revealValue', undefined, 99);
    await until(() => explorer.inFront.text.includes('two'));
  });

  it('are dots again after the last tab was closed (E4)', async () => {
    editor.user.answers(/Reveal/, ({ choices }) => choices[0]);
    await explorer.press('Reveal');
    const document = explorer.inFront;
    await until(() => document.text.includes('example'));
    editor.workspace.closeTab(document.uri);
    await until(() => !document.text.includes('example'));
  });

  it('are copied after a question, and leave the clipboard after a while (E4)', async () => {
    editor.configuration.set('ninjaone.clipboard.clearAfter', 30);
    editor.user.answers(/Copy/, ({ choices }) => choices[0]);
    await explorer.press('Copy');
    assert.equal(editor.env.clipboardText, 'https://one.example');
    assert.match(editor.window.said.at(-1) ?? '', /url.*30 seconds/);
    assert.doesNotMatch(editor.window.said.join(), /example/);
  });

  it('stay on the clipboard when the settings say so', async () => {
    editor.configuration.set('ninjaone.clipboard.clearAfter', 0);
    editor.user.answers(/Copy/, ({ choices }) => choices[0]);
    await explorer.press('Copy');
    assert.doesNotMatch(editor.window.said.at(-1) ?? '', /seconds/);
  });

  it('are not looked for in other documents', async () => {
    await explorer.run('ninjaone.explorer.run', 'GET /v2/organizations');
    await explorer.run('ninjaone.response.copyValue');
    assert.deepEqual(explorer.errors, ['response.nothingMasked']);
    assert.equal(editor.env.clipboardText, '');
  });
});
