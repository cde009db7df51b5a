import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canceled } from '../../../src/core/base/errors.ts';
import { json } from '../../support/apiClientFixture.ts';
import { openExplorer, type ExplorerFixture } from '../../support/explorerFixture.ts';
import { until } from '../../support/sessionFixture.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';
import { Uri } from '../../support/vscode/values.ts';

const UPLOAD = 'POST /v2/attachments/temp/upload';
const CSV = 'POST /v2/vulnerability/scan-groups/{scan-group-id}/upload';
const COMMENT = 'POST /v2/ticketing/ticket/{ticketId}/comment';

describe('files of a request document', () => {
  const editor = useVscode();
  let explorer: ExplorerFixture;
  let root = '';
  beforeEach(async () => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'ninjaone-workspace-')));
    for (const folder of ['project', 'project/sub', 'other']) {
      mkdirSync(join(root, folder));
    }
    for (const name of ['project/a.txt', 'project/sub/b.csv', 'other/c.txt', 'secret.txt']) {
      writeFileSync(join(root, name), `content of ${name}`);
    }
    symlinkSync(join(root, 'secret.txt'), join(root, 'project/link.txt'));
    symlinkSync(root, join(root, 'project/up'));
    editor.workspace.folders = [folderOf('project')];
    explorer = await openExplorer(editor);
    explorer.allowWrites();
    explorer.answers('/v2/attachments/temp/upload', json([{ id: 1 }]));
  });
  afterEach(async () => {
    await explorer.close();
    rmSync(root, { recursive: true });
  });

  const folderOf = (name: string, index = 0) => ({ uri: Uri.file(join(root, name)), name, index });

  const sentText = async (): Promise<string> => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of explorer.sent.at(-1)?.stream?.chunks() ?? []) {
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString();
  };

  /** Reads the form while it is sent, as the transport does. */
  const answersWithForm = (path: string): { text: string } => {
    const seen = { text: '' };
    explorer.answers(path, async () => {
      seen.text = await sentText();
      return json([{ id: 1 }]);
    });
    return seen;
  };

  const send = async (files: readonly string[], operation = UPLOAD): Promise<void> => {
    const document = await explorer.write(operation, { body: { files: files.map(($file) => ({ $file })) } });
    await explorer.run('ninjaone.request.send', document.uri);
  };

  it('are sent again as they are then, and the question says so (E13, E15)', async () => {
    await send(['sub/b.csv']);
    await explorer.remembered(1);
    editor.user.closes(/again\?/);
    await explorer.run('ninjaone.history.rerun');
    assert.match(JSON.stringify(editor.user.asked.at(-1)), /with the same values and with the files as they are now/);
  });

  it('have their whole path in a copy and a script, because a shell is in another folder (E10, E15)', async () => {
    await explorer.write(UPLOAD, { body: { files: [{ $file: 'sub/b.csv' }] } });
    editor.user.answers('Upload', ({ choices }) => choices[0]);
    editor.user.ignores('curl');
    await explorer.press('Copy As…');
    assert.ok(editor.env.clipboardText.includes(join(root, 'project/sub/b.csv')), editor.env.clipboardText);
    const file = join(root, 'upload.ps1');
    editor.user.answers(/\.ps1/, file);
    editor.user.ignores(/upload\.ps1/);
    await explorer.press('Save as Script…');
    const script = readFileSync(file, 'utf8');
    assert.ok(script.includes(`Add-FormFile '${join(root, 'project/sub/b.csv')}'`));
    assert.ok(script.includes(`# Sends the file ${join(root, 'project/sub/b.csv')}.`));
    assert.doesNotMatch(script, /PARAMETER Body/);
  });

  it('are sent from the folder that is open, as parts of a form (E15)', async () => {
    const seen = answersWithForm('/v2/attachments/temp/upload');
    await send(['a.txt', 'sub/b.csv', '.\\sub\\b.csv']);
    assert.deepEqual(explorer.errors, []);
    assert.match(
      seen.text,
      /name="files"; filename="a\.txt"\r\nContent-Type: text\/plain\r\n\r\ncontent of project\/a\.txt\r\n/,
    );
    assert.equal(
      seen.text.match(/filename="b\.csv"\r\nContent-Type: text\/csv\r\n\r\ncontent of project\/sub\/b\.csv\r\n/g)
        ?.length,
      2,
    );
    assert.match(explorer.sent[0]?.headers?.['content-type'] ?? '', /^multipart\/form-data; boundary=/);
  });

  it('are not needed for a comment on a ticket (E15)', async () => {
    const seen = answersWithForm('/v2/ticketing/ticket/7/comment');
    const document = await explorer.write(COMMENT, {
      path: { ticketId: 7 },
      body: { comment: { body: 'Done.' }, files: [] },
    });
    await explorer.run('ninjaone.request.send', document.uri);
    assert.match(seen.text, /name="comment"\r\nContent-Type: application\/json\r\n\r\n\{"body":"Done\."\}\r\n/);
  });

  const LEAVES = /leads out of the folder/;
  const NOT_CHOSEN = /was not chosen in this window/;
  for (const [path, words] of [
    ['../secret.txt', LEAVES],
    ['sub/../../secret.txt', LEAVES],
    ['..\\secret.txt', LEAVES],
    ['sub/../a.txt', /contains "\.\."\. Enter the direct path/],
    ['up/../secret.txt', /contains "\.\."\. Enter the direct path/],
    ['link.txt', LEAVES],
    ['up/secret.txt', LEAVES],
    ['/etc/hostname', NOT_CHOSEN],
    ['\\\\server\\share\\x', NOT_CHOSEN],
    ['C:\\Windows\\win.ini', NOT_CHOSEN],
    ['file:///etc/hostname', NOT_CHOSEN],
    ['missing.txt', /does not exist/],
    ['sub', /could not be read/],
  ] as const) {
    it(`are refused before anything is sent when the path is ${JSON.stringify(path)} (E15)`, async () => {
      editor.user.closesAll();
      await send(['a.txt', path]);
      assert.deepEqual([explorer.calls, explorer.errors], [[], ['request.notComplete']]);
      const [problem] = editor.languages.problemsOf(explorer.inFront.uri);
      const { text } = explorer.inFront;
      assert.equal(problem && explorer.inFront.getText(problem.range), '"$file"');
      // The second of the files.
      assert.equal(problem && explorer.inFront.offsetAt(problem.range.start), text.lastIndexOf('"$file"'));
      assert.match(problem?.message ?? '', words);
    });
  }

  it('are refused by their absolute path even inside the folder, unless the user picks them (E15)', async () => {
    editor.user.closesAll();
    await send([join(root, 'project/a.txt')]);
    assert.deepEqual(explorer.calls, []);
  });

  it('are never read in Restricted Mode, also when a picked one is named (E15, P3)', async () => {
    const document = await explorer.write(UPLOAD, { body: { files: [] } });
    editor.user.answers('Choose a File', join(root, 'secret.txt'));
    await explorer.run('ninjaone.request.chooseFile', document.uri);
    editor.workspace.isTrusted = false;
    editor.user.closesAll();
    await explorer.run('ninjaone.request.send', document.uri);
    assert.deepEqual([explorer.calls, explorer.errors], [[], ['request.filesNotTrusted']]);
  });

  it('are refused by a relative path while no folder is open (E15)', async () => {
    for (const folders of [undefined, []]) {
      editor.workspace.folders = folders;
      editor.user.closesAll();
      await send(['a.txt']);
      assert.match(editor.languages.problemsOf(explorer.inFront.uri)[0]?.message ?? '', /no folder is open/);
    }
    assert.deepEqual(explorer.calls, []);
  });

  it('are refused when several folders have one of that name (E15)', async () => {
    writeFileSync(join(root, 'other/a.txt'), 'other');
    editor.workspace.folders = [folderOf('project'), folderOf('other', 1)];
    editor.user.closesAll();
    await send(['a.txt']);
    assert.match(editor.languages.problemsOf(explorer.inFront.uri)[0]?.message ?? '', /Several folders/);
    const seen = answersWithForm('/v2/attachments/temp/upload');
    await send(['c.txt']);
    assert.match(seen.text, /content of other\/c\.txt/);
  });

  it('are counted while they are sent, and Cancel ends that (E15)', async () => {
    explorer.answers('/v2/attachments/temp/upload', async ({ stream, signal }) => {
      stream?.onSent?.(1_500_000);
      await until(() => editor.window.progress.some(({ messages }) => messages.includes('1.5 MB sent')));
      editor.window.progress.at(-1)?.cancel();
      assert.ok(signal?.aborted);
      throw canceled();
    });
    await send(['a.txt']);
    assert.deepEqual([explorer.sent.length, explorer.errors], [1, []]);
  });

  it('are read again when the request is sent again, and only where that is allowed (E13, E15)', async () => {
    await send(['a.txt']);
    await explorer.remembered(1);
    const seen = answersWithForm('/v2/attachments/temp/upload');
    writeFileSync(join(root, 'project/a.txt'), 'changed');
    editor.user.answers(/Upload temp attachments/, 'Send Again');
    await explorer.run('ninjaone.history.rerun');
    assert.match(seen.text, /\r\n\r\nchanged\r\n/);
    editor.workspace.isTrusted = false;
    editor.user.answers(/Upload temp attachments/, 'Send Again');
    editor.user.closesAll();
    await explorer.run('ninjaone.history.rerun');
    assert.equal(explorer.errors.at(-1), 'request.filesNotTrusted');
  });

  describe('that the user picks', () => {
    it('are inserted into the list and sent, wherever they are (E15)', async () => {
      const document = await explorer.write(UPLOAD, { body: { files: [{ $file: '' }] } });
      editor.user.answers(
        'Choose a File for "files"',
        [join(root, 'project/sub/b.csv'), join(root, 'secret.txt')].join('\n'),
      );
      await explorer.press('Choose File…', document);
      assert.deepEqual((JSON.parse(document.text) as { body: unknown }).body, {
        files: [{ $file: 'sub/b.csv' }, { $file: join(root, 'secret.txt') }],
      });
      const seen = answersWithForm('/v2/attachments/temp/upload');
      await explorer.run('ninjaone.request.send', document.uri);
      assert.match(seen.text, /filename="b\.csv"[^]*filename="secret\.txt"\r\n[^]*content of secret\.txt/);
    });

    it('replace the file of a part that takes one (E15)', async () => {
      await explorer.run('ninjaone.explorer.open', CSV);
      assert.deepEqual((JSON.parse(explorer.inFront.text) as { body: unknown }).body, { csv: { $file: '' } });
      for (const name of ['sub/b.csv', 'a.txt']) {
        editor.user.answers('Choose a File', join(root, 'project', name));
        await explorer.run('ninjaone.request.chooseFile');
        assert.deepEqual((JSON.parse(explorer.inFront.text) as { body: unknown }).body, { csv: { $file: name } });
      }
    });

    it('are refused when a link leads somewhere else by then (E15)', async () => {
      const link = join(root, 'picked.txt');
      symlinkSync(join(root, 'project/a.txt'), link);
      const document = await explorer.write(UPLOAD, { body: { files: [] } });
      editor.user.answers('Choose a File', link);
      await explorer.press('Choose File…', document);
      rmSync(link);
      symlinkSync(join(root, 'secret.txt'), link);
      editor.user.closesAll();
      await explorer.run('ninjaone.request.send', document.uri);
      assert.deepEqual([explorer.calls, explorer.errors], [[], ['request.notComplete']]);
    });

    it('change nothing when the dialog is closed, and are not offered without a form', async () => {
      const document = await explorer.write(UPLOAD, { body: { files: [] } });
      const before = document.text;
      editor.user.closes('Choose a File');
      await explorer.press('Choose File…', document);
      assert.equal(document.text, before);
      const list = await explorer.write('GET /v2/organizations');
      assert.ok(!(await explorer.lenses(list)).includes('Choose File…'));
      await explorer.run('ninjaone.request.chooseFile', list.uri);
      assert.deepEqual(explorer.errors, ['request.takesNoFiles']);
    });
  });

  describe('in a folder that is not on this computer', () => {
    const at = (path: string): string => Uri.parse(`memfs://host/project/${path}`).toString();
    beforeEach(() => {
      editor.workspace.folders = [{ uri: Uri.parse('memfs://host/project'), name: 'project', index: 0 }];
      for (const path of ['a.txt', 'linked/a.txt', 'big.zip']) {
        editor.workspace.remoteFiles.set(at(path), Buffer.from(`remote ${path}`));
      }
      editor.workspace.remoteLinks.add(at('linked'));
      editor.workspace.remoteSizes.set(at('big.zip'), 50_000_001);
    });

    it('are read as a whole and sent (E15)', async () => {
      const seen = answersWithForm('/v2/attachments/temp/upload');
      await send(['a.txt']);
      assert.match(seen.text, /remote a\.txt/);
    });

    for (const [path, words] of [
      ['linked/a.txt', /leads out of the folder/],
      ['big.zip', /larger than 50 MB/],
      ['../x', /leads out of the folder/],
      ['none', /does not exist/],
    ] as const) {
      it(`are refused when the path is ${path} (E15)`, async () => {
        editor.user.closesAll();
        await send([path]);
        assert.deepEqual(explorer.calls, []);
        assert.match(editor.languages.problemsOf(explorer.inFront.uri)[0]?.message ?? '', words);
      });
    }
  });
});
