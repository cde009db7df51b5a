import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import { openExplorer, type ExplorerFixture } from '../../support/explorerFixture.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';
import type { FakeTextDocument } from '../../support/vscode/textDocument.ts';
import { Uri } from '../../support/vscode/values.ts';

const ACTIVITIES = 'GET /v2/activities';

describe('hints in a request document', () => {
  const editor = useVscode();
  let explorer: ExplorerFixture;
  beforeEach(async () => {
    explorer = await openExplorer(editor);
  });
  afterEach(() => explorer.close());

  /** Where the text stands, plus some characters. */
  const at = (document: FakeTextDocument, text: string, more = 0): vscode.Position =>
    document.positionAt(document.text.indexOf(text) + more);

  const offered = async (document: FakeTextDocument, text: string, more: number) =>
    (await editor.languages.completionsAt(document, at(document, text, more))).map(({ label, insertText, range }) => ({
      label: typeof label === 'string' ? label : label.label,
      text: insertText,
      replaced: document.getText(range as vscode.Range),
    }));

  const hover = async (document: FakeTextDocument, text: string): Promise<string> => {
    const hovers = await editor.languages.hoversAt(document, at(document, text, 1));
    return hovers
      .flatMap(({ contents }) => contents)
      .map((content) => (content as { readonly value: string }).value)
      .join('\n');
  };

  it('offer the day of the moment, also in a window that stays open (E5)', async () => {
    const document = await explorer.write(ACTIVITIES, { query: { after: '' } });
    const { Date: RealDate } = globalThis;
    try {
      for (const [now, expected] of [
        ['2025-03-01T12:00:00', ['2025-03-01', '2025-02-22', '2025-01-30']],
        ['2025-03-02T12:00:00', ['2025-03-02', '2025-02-23', '2025-01-31']],
      ] as const) {
        globalThis.Date = class extends RealDate {
          constructor(...args: readonly unknown[]) {
            super(...((args.length === 0 ? [now] : args) as [string]));
          }
        } as DateConstructor;
        const items = await offered(document, '"after": ""', 10);
        assert.deepEqual(
          items.map(({ text }) => text),
          expected.map((day) => `"${day}"`),
        );
        assert.deepEqual([items[0]?.label, items[1]?.label, items[0]?.replaced], ['Today', '7 Days Ago', '""']);
      }
    } finally {
      globalThis.Date = RealDate;
    }
  });

  it('replace only the value that was there when they were asked for, while the user goes on typing (E5)', async () => {
    const document = await explorer.write(ACTIVITIES, { query: { after: '7' } });
    const position = at(document, '"after": "7"', 11);
    const asked = editor.languages.completionsAt(document, position);
    const text = document.text.replace('"7"', '"7 Days Ago"');
    document.text = text;
    const [item] = await asked;
    const { end } = item?.range as vscode.Range;
    assert.equal(end.character - position.character, 1, 'the quote behind the cursor');
  });

  it('offer no day where no date is taken', async () => {
    const document = await explorer.write(ACTIVITIES, { query: { type: '', olderThan: '' }, body: { after: '' } });
    assert.deepEqual(await offered(document, '"type": ""', 9), []);
    assert.deepEqual(await offered(document, '"olderThan": ""', 14), []);
    assert.deepEqual(await offered(document, '"after": ""', 10), []);
  });

  it('show on hover how a date is sent, or what is wrong with it (E5)', async () => {
    const document = await explorer.write(ACTIVITIES, {
      query: { after: '2025-06-30T08:00Z', before: 1_750_000_000_000, olderThan: 5 },
    });
    assert.match(await hover(document, '"2025-06'), /^Sent as 1751270400/);
    assert.match(await hover(document, '1750000000000'), /is in seconds since 1970/);
    assert.equal(await hover(document, ' 5'), '');
    assert.equal(await hover(document, 'operation'), '');
  });

  it('offer the files of the folder that is open, and to choose another one (E15)', async () => {
    editor.workspace.folders = [{ uri: Uri.parse('memfs://host/project'), name: 'project', index: 0 }];
    for (const path of ['sub/b.csv', 'a.txt']) {
      editor.workspace.remoteFiles.set(`memfs://host/project/${path}`, Buffer.from(path));
    }
    const document = await explorer.write('POST /v2/attachments/temp/upload', { body: { files: [{ $file: '' }] } });
    const items = await offered(document, '"$file": ""', 10);
    assert.deepEqual(
      items.map(({ label, text }) => [label, text]),
      [
        ['Choose File…', '""'],
        ['a.txt', '"a.txt"'],
        ['sub/b.csv', '"sub/b.csv"'],
      ],
    );
    editor.workspace.isTrusted = false;
    assert.deepEqual((await offered(document, '"$file": ""', 10)).length, 1);
  });
});
