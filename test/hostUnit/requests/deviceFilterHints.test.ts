import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import { json } from '../../support/apiClientFixture.ts';
import { openExplorer, type ExplorerFixture } from '../../support/explorerFixture.ts';
import { until } from '../../support/sessionFixture.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';
import type { FakeTextDocument } from '../../support/vscode/textDocument.ts';
import type { WorkspaceEdit } from '../../support/vscode/values.ts';

const DEVICES = 'GET /v2/devices';

describe('the device filter in a request document', () => {
  const editor = useVscode();
  let explorer: ExplorerFixture;
  beforeEach(async () => {
    explorer = await openExplorer(editor);
  });
  afterEach(() => explorer.close());

  const write = (df: unknown, operation = DEVICES): Promise<FakeTextDocument> =>
    explorer.write(operation, { query: { df } });

  const at = (document: FakeTextDocument, text: string): vscode.Position =>
    document.positionAt(document.text.indexOf(text) + text.length);

  /** What is offered behind a text, what each of them inserts, and what it replaces. */
  const offered = async (document: FakeTextDocument, text: string) =>
    (await editor.languages.completionsAt(document, at(document, text))).map((item) => ({
      label: typeof item.label === 'string' ? item.label : item.label.label,
      text: textOf(item),
      replaced: document.getText(item.range as vscode.Range),
      continues: item.command !== undefined,
    }));

  const textOf = ({ insertText = '' }: vscode.CompletionItem): string =>
    typeof insertText === 'string' ? insertText : insertText.value;

  const labels = async (document: FakeTextDocument, text: string): Promise<readonly string[]> =>
    (await offered(document, text)).map(({ label }) => label);

  const hover = async (document: FakeTextDocument, text: string): Promise<string> => {
    const hovers = await editor.languages.hoversAt(document, at(document, text));
    return hovers
      .flatMap(({ contents }) => contents)
      .map((content) => (content as { readonly value: string }).value)
      .join('\n');
  };

  const marks = async (document: FakeTextDocument, count: number): Promise<readonly vscode.Diagnostic[]> => {
    await until(() => editor.languages.problemsOf(document.uri).length === count);
    return editor.languages.problemsOf(document.uri);
  };

  /** The quick fixes at a text, and the text of the document after each. */
  const fixes = async (document: FakeTextDocument, text: string) => {
    const position = document.positionAt(document.text.indexOf(text));
    const marked = (): vscode.Diagnostic | undefined =>
      editor.languages.problemsOf(document.uri).find(({ range }) => range.contains(position));
    await until(() => marked() !== undefined);
    const actions = await editor.languages.actionsFor(document, marked()?.range as vscode.Range);
    return actions.map(({ title, edit, isPreferred }) => {
      const [replaced] = (edit as unknown as WorkspaceEdit).replacements;
      assert.ok(replaced);
      const before = document.text.slice(0, document.offsetAt(replaced.range.start));
      const after = document.text.slice(document.offsetAt(replaced.range.end));
      const result = JSON.parse(before + replaced.text + after) as { readonly query: { readonly df: string } };
      return { title, isPreferred, df: result.query.df };
    });
  };

  it('is completed with keys, operators, classes of the API description and days, where they stand (E18)', async () => {
    const document = await write('');
    const keys = await offered(document, '"df": "');
    assert.deepEqual(keys[0], { label: 'org', text: 'org ', replaced: '', continues: true });
    assert.ok(keys.some(({ label, text }) => label === 'offline' && text === 'offline'));
    const unfinished = await write('org = 1 AND cla AND offline');
    const [key] = (await offered(unfinished, 'AND cla')).filter(({ label }) => label === 'class');
    assert.deepEqual(key, { label: 'class', text: 'class', replaced: 'cla', continues: false });
    assert.deepEqual(await offered(await write('class '), 'class '), [
      { label: '=', text: '= ', replaced: '', continues: true },
      { label: '!=', text: '!= ', replaced: '', continues: true },
      { label: 'in', text: 'in ($0)', replaced: '', continues: true },
      { label: 'notin', text: 'notin ($0)', replaced: '', continues: true },
    ]);
    const values = await labels(await write('class in (MAC, )'), 'MAC, ');
    assert.equal(values.length, 32);
    assert.ok(values.includes('WINDOWS_SERVER') && !values.includes('MAC'));
    const days = await offered(await write('created after '), 'after ');
    assert.deepEqual(
      days.map(({ label }) => label),
      ['Today', '7 Days Ago', '30 Days Ago'],
    );
    assert.match(days[0]?.text ?? '', /^\d{4}-\d\d-\d\d$/);
    assert.deepEqual(explorer.sent, [], 'no request');
  });

  it('is completed with the names of objects, and says the name of an ID on hover, with one request for all (E16, E18)', async () => {
    explorer.answers(
      '/v2/organizations',
      json([
        { id: 1, name: 'Acme Dental' },
        { id: 2, name: 'Birch' },
      ]),
    );
    const document = await write('org = AND offline');
    assert.deepEqual(explorer.sent, []);
    assert.deepEqual(await offered(document, 'org = '), [
      { label: 'Acme Dental', text: '1', replaced: '', continues: false },
      { label: 'Birch', text: '2', replaced: '', continues: false },
    ]);
    const several = await write('org in (1, bir)');
    assert.deepEqual(await offered(several, ', bir'), [
      { label: 'Birch', text: '2', replaced: 'bir', continues: false },
    ]);
    assert.match(await hover(several, 'in ('), /Acme Dental/);
    assert.deepEqual(
      explorer.sent.map(({ url }) => new URL(url).pathname),
      ['/v2/organizations'],
    );
  });

  it('asks for no names while an ID is typed, and none in a folder without trust (E16, E18)', async () => {
    assert.deepEqual(await labels(await write('org = 1'), 'org = 1'), []);
    editor.workspace.isTrusted = false;
    const saved = explorer.saved({ operation: DEVICES, query: { df: 'org = ' } });
    assert.deepEqual(await labels(saved, 'org = '), []);
    assert.equal(await hover(explorer.saved({ operation: DEVICES, query: { df: 'org = 1' } }, 'two'), 'org = '), '');
    assert.deepEqual(explorer.sent, []);
  });

  it('is not completed elsewhere: in its name, in other parameters, in a body, in an operation without it (E18)', async () => {
    assert.deepEqual(await labels(await write('org '), '"df'), []);
    assert.deepEqual(await labels(await write('org '), '"df": "org "'), []);
    const other = await explorer.write('GET /v2/organizations', { query: { df: 'org ' } });
    assert.deepEqual(await labels(other, 'org '), []);
    const body = await explorer.write('POST /v2/organizations', { body: { df: 'org ' } });
    assert.deepEqual(await labels(body, 'org '), []);
  });

  it('is completed where the cursor was, while the user goes on typing (E18)', async () => {
    const document = await write('cl');
    const asked = editor.languages.completionsAt(document, at(document, '"cl'));
    document.text = document.text.replace('"cl"', '"class"');
    const [item] = await asked;
    const range = item?.range as vscode.Range;
    assert.equal(range.end.character - range.start.character, 2);
  });

  it('says on hover what a key and an operator mean (E18)', async () => {
    const document = await write('class in (MAC) AND created after 2025-06-30');
    assert.match(await hover(document, '"cla'), /Devices of a class.*\nOperators: =, !=, in, notin\nExample: class = /);
    assert.match(await hover(document, 'class i'), /one of the values in parentheses/);
    assert.match(
      await hover(document, 'AND crea'),
      /Devices that were added.*\n.*\n.*\nHow NinjaOne reads this key was not/,
    );
    assert.equal(await hover(document, '(MA'), '');
  });

  it('is marked where NinjaOne would misread it, as a warning, with the right text as a quick fix (E18)', async () => {
    const document = await write('class in (windows_server) OR class = MAC');
    const [first, second] = await marks(document, 2);
    assert.deepEqual(
      [first, second].map((mark) => [document.getText(mark?.range), mark?.severity, mark?.source]),
      [
        ['windows_server', 1, 'NinjaOne'],
        ['OR', 1, 'NinjaOne'],
      ],
    );
    assert.deepEqual(await fixes(document, 'windows_server'), [
      { title: 'Change to WINDOWS_SERVER', isPreferred: true, df: 'class in (WINDOWS_SERVER) OR class = MAC' },
    ]);
    assert.deepEqual(
      (await fixes(document, 'OR class')).map(({ df }) => df),
      ['class in (windows_server, MAC)'],
    );
    editor.workspace.edit(document, document.text.replace('windows_server', 'MAC_SERVER').replace('OR', 'AND'));
    await marks(document, 0);
  });

  it('offers each meaning of a bare ID, also of a number without quotes (E18)', async () => {
    const document = await write(1001);
    assert.deepEqual(await fixes(document, '1001'), [
      { title: 'Change to id = 1001', isPreferred: false, df: 'id = 1001' },
      { title: 'Change to org = 1001', isPreferred: false, df: 'org = 1001' },
    ]);
  });

  it('is marked in its source where it has escapes (E18)', async () => {
    const document = await write('status = "pending"');
    const [mark] = await marks(document, 1);
    assert.equal(document.getText(mark?.range), String.raw`\"pending\"`);
    assert.deepEqual(
      (await fixes(document, String.raw`\"pending`)).map(({ df }) => df),
      ['status = PENDING'],
    );
  });

  it('is checked in a saved file, and says where reports do not apply a class (E18)', async () => {
    await write('');
    const saved = explorer.saved({ operation: 'GET /v2/queries/disks', query: { df: 'class = MAC' } });
    const [mark] = await marks(saved, 1);
    assert.match(mark?.message ?? '', /Reports are known not to apply/);
    assert.deepEqual(await labels(saved, 'class '), ['=', '!=', 'in', 'notin']);
  });

  it('is sent in spite of a warning, which stays (E18)', async () => {
    const document = await write('owner = 1');
    await marks(document, 1);
    await explorer.run('ninjaone.request.send', document.uri);
    assert.deepEqual(
      explorer.sent.map(({ url }) => new URL(url).searchParams.get('df')),
      ['owner = 1'],
    );
    assert.equal((await marks(document, 1)).length, 1);
  });

  it('loses its marks with its tab (E18)', async () => {
    const document = await write('owner = 1');
    await marks(document, 1);
    editor.workspace.closeTab(document.uri);
    assert.deepEqual(editor.languages.problemsOf(document.uri), []);
  });
});
