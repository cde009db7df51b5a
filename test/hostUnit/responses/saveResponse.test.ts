import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { json, largeAnswer, text } from '../../support/apiClientFixture.ts';
import { openExplorer, type ExplorerFixture } from '../../support/explorerFixture.ts';
import { until } from '../../support/sessionFixture.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';

describe('saving a response', () => {
  const editor = useVscode();
  let explorer: ExplorerFixture;
  beforeEach(async () => {
    explorer = await openExplorer(editor);
  });
  afterEach(() => explorer.close());

  const send = async (response: Parameters<ExplorerFixture['answers']>[1]): Promise<void> => {
    explorer.answers('/v2/organizations', response);
    await explorer.run('ninjaone.explorer.run', 'GET /v2/organizations');
  };

  const sendLarge = async (bytes: Uint8Array, key = 'GET /v2/organizations'): Promise<void> => {
    explorer.answers(key.split(/[ ?]/)[1] ?? '', largeAnswer(bytes));
    await explorer.run('ninjaone.explorer.run', key);
  };

  it('writes all items, also those that the document does not show (E7)', async () => {
    editor.configuration.set('ninjaone.response.maxItems', 1);
    await send(json([{ id: 1 }, { id: 2 }]));
    const file = explorer.savesAs(/List-organizations-Acme\.json/);
    await explorer.run('ninjaone.response.saveJson');
    assert.deepEqual(JSON.parse(await readFile(file, 'utf8')), [{ id: 1 }, { id: 2 }]);
  });

  it('writes a table of every item, and no cell begins a formula (E7, T43)', async () => {
    editor.configuration.set('ninjaone.csv.separator', 'comma');
    await send(json([{ id: 1, name: '=1+1' }, { id: 2 }]));
    const file = explorer.savesAs(/List-organizations-Acme\.csv/);
    await explorer.run('ninjaone.response.saveCsv');
    const lines = (await readFile(file, 'utf8')).replace(/^\uFEFF/, '').split(/\r?\n/);
    assert.deepEqual([lines[0], lines[1], lines[2]?.startsWith('2')], ['id,name', "1,'=1+1", true]);
  });

  it('writes a table with every digit that came, and with the separator of the setting (E7)', async () => {
    editor.configuration.set('ninjaone.csv.separator', 'semicolon');
    const body = '[{"id":12345678901234567890,"rate":1.10,"size":1e400,"nested":{"id":9007199254740993}}]';
    await send({ ...json([]), body: Buffer.from(body) });
    const file = explorer.savesAs(/List-organizations-Acme\.csv/);
    await explorer.run('ninjaone.response.saveCsv');
    assert.equal(
      await readFile(file, 'utf8'),
      '\ufeffid;rate;size;nested\r\n12345678901234567890;1.10;1e400;"{""id"":9007199254740993}"\r\n',
    );
  });

  it('asks before a file gets what the document masks, and then writes what came (E4, E7)', async () => {
    const value = [{ id: 1, apiToken: 'CANARY' }, { id: 2 }];
    await send(json(value));
    assert.doesNotMatch(explorer.inFront.text, /CANARY/);
    editor.user.closes(/Save secrets in clear text/);
    await explorer.run('ninjaone.response.saveJson');
    editor.user.answers(/Save secrets in clear text/, 'Save with Secrets');
    const file = explorer.savesAs(/\.json/);
    await explorer.run('ninjaone.response.saveJson');
    assert.deepEqual(JSON.parse(await readFile(file, 'utf8')), value);
    assert.match(editor.user.asked[0]?.detail ?? '', /such as "apiToken"/);
  });

  it('asks also where only the part has a secret that the document does not show (E4, E7)', async () => {
    editor.configuration.set('ninjaone.response.maxItems', 1);
    await send(json([{ id: 1 }, { id: 2, apiToken: 'CANARY' }]));
    editor.user.answers(/Save secrets in clear text/, 'Save with Secrets');
    const file = explorer.savesAs(/\.csv/);
    await explorer.press('Save as CSV…');
    assert.match(await readFile(file, 'utf8'), /CANARY/);
  });

  it('keeps a response in memory that fits there and has a value that is masked (E4, E7)', async () => {
    editor.configuration.set('ninjaone.response.maxItems', 1);
    await send(json([{ id: 1, apiToken: 'CANARY' }, { id: 2 }]));
    const files = await readdir(join(explorer.host.sessions.directory, 'responses')).catch(() => []);
    assert.deepEqual(files, []);
  });

  it('writes no table of a response that has its list twice, and offers JSON (E7)', async () => {
    const path = '/v2/queries/disks';
    explorer.answers(path, text('{"results":[{"id":1}],"results":[{"id":2}]}'));
    await explorer.run('ninjaone.explorer.run', `GET ${path}`);
    editor.user.answers(/\.csv/, explorer.target);
    editor.user.answers(/contains its list twice/, 'Save as JSON');
    const file = explorer.savesAs(/\.json/);
    await explorer.run('ninjaone.response.saveCsv');
    assert.match(await readFile(file, 'utf8'), /"id": 1[^]*"id": 2/);
  });

  it('says that the file is incomplete when the response ends in the middle of its JSON (E7)', async () => {
    const whole = Buffer.from(JSON.stringify(Array.from({ length: 100 }, (_, id) => ({ id, name: 'x'.repeat(50) }))));
    for (const [bytes, isLarge, isCut] of [
      [whole, true, false],
      [whole.subarray(0, -20), true, true],
      [whole.subarray(0, -20), false, true],
    ] as const) {
      explorer.answers('/v2/organizations', async ({ overflow }) => {
        if (!isLarge) {
          return { ...json([]), body: bytes };
        }
        await overflow?.start();
        await overflow?.write(bytes);
        return { ...json([]), body: bytes.subarray(0, 1000), overflow: bytes.byteLength };
      });
      await explorer.run('ninjaone.explorer.run', 'GET /v2/organizations');
      const line = (await explorer.lenses()).join('\n');
      assert.equal(/Send the request again/.test(line), isCut, line);
      assert.equal(/To get the complete response, save it/.test(line), isLarge && !isCut, line);
      const file = explorer.savesAs(/List-organizations-Acme\.json/);
      await explorer.run('ninjaone.response.saveJson');
      assert.equal((await readFile(file)).byteLength >= bytes.byteLength, true);
      assert.equal(/the file is incomplete/.test(editor.window.said.at(-1) ?? ''), isCut);
    }
  });

  it('says that more text follows after the JSON of a large response, and makes no table of a part of it (E7)', async () => {
    const list = JSON.stringify(Array.from({ length: 100 }, (_, id) => ({ id, name: 'x'.repeat(50) })));
    for (const bytes of [Buffer.from(list + list), Buffer.from(`${list}garbage`)]) {
      await sendLarge(bytes);
      assert.match((await explorer.lenses()).join('\n'), /not valid JSON, because more text follows/);
      editor.user.answers(/List-organizations-Acme\.csv/, explorer.target);
      editor.user.answers(/the CSV file was not saved/, 'Save as JSON');
      const file = explorer.savesAs(/List-organizations-Acme\.json/);
      await explorer.run('ninjaone.response.saveCsv');
      assert.equal((await readFile(file)).byteLength, bytes.byteLength);
      assert.match(editor.window.said.at(-1) ?? '', /the file is not valid JSON/);
    }
  });

  it('says that a large response is not valid JSON somewhere after its first part (E7)', async () => {
    const list = JSON.stringify(Array.from({ length: 100 }, (_, id) => ({ id, name: 'x'.repeat(50) })));
    const bytes = Buffer.from(list.replace('"id":70', '"id":NaN'));
    await sendLarge(bytes);
    assert.match((await explorer.lenses()).join('\n'), /The rest of the response is not valid JSON/);
    const file = explorer.savesAs(/List-organizations-Acme\.json/);
    await explorer.run('ninjaone.response.saveJson');
    assert.deepEqual(await readFile(file), bytes);
    assert.match(editor.window.said.at(-1) ?? '', /but the file is not valid JSON\./);
  });

  it('says of large JSON lines whether each of them is JSON, and asks about secrets in any of them (E4, E7)', async () => {
    const lines = Array.from({ length: 100 }, (_, id) => JSON.stringify({ id, name: 'x'.repeat(50) }));
    for (const [line, fault, asks] of [
      ['{"id":"none"}', undefined, false],
      ['{"id":NaN}', /The rest of the response is not valid JSON/, false],
      ['{"id":1,"apiToken":"CANARY"}', undefined, true],
    ] as const) {
      const bytes = Buffer.from([...lines, line, lines[0]].join('\n'));
      await sendLarge(bytes);
      assert.match((await explorer.lenses()).join('\n'), fault ?? /To get the complete response, save it/);
      if (asks) {
        editor.user.answers(/Save secrets in clear text/, 'Save with Secrets');
      }
      const file = explorer.savesAs(/List-organizations-Acme\.jsonl?/);
      await explorer.run('ninjaone.response.saveJson');
      assert.deepEqual(await readFile(file), bytes);
      assert.match(editor.window.said.at(-1) ?? '', fault ? /but the file is not valid JSON\./ : /^Saved as/);
    }
  });

  it('asks before a file gets a secret of the part that is not in memory (E4, E7)', async () => {
    const items = Array.from({ length: 100 }, (_, id) => ({ id, name: 'x'.repeat(50) }));
    await sendLarge(Buffer.from(JSON.stringify([...items, { id: 100, pin: 4711 }])));
    editor.user.closes(/Save secrets in clear text/);
    await explorer.run('ninjaone.response.saveJson');
    assert.match(editor.user.asked.at(-1)?.detail ?? '', /such as "pin"/);
  });

  it('repeats what the line says of a list that is incomplete, or of bytes that are no text (E7, E8)', async () => {
    for (const [body, said] of [
      [
        '[{"id":1}]',
        /Saved as saved with the only item that came\. The list may have more pages\. To get all of them, use Fetch All\.$/,
      ],
      ['[]', undefined],
      [
        '[{"id":2},{"id":1}]',
        /Saved as saved with the 2 items that came\. The list may be incomplete because its items/,
      ],
      [
        '[{"id":1,"name":"M\xfcller"}]',
        /Saved as saved with the only item that came\. The list may have more pages\. To get all of them, use Fetch All\. Some bytes of the response are not valid text/,
      ],
    ] as const) {
      await send({ ...json([]), body: Buffer.from(body, 'latin1') });
      explorer.savesAs(/List-organizations-Acme\.json/);
      await explorer.run('ninjaone.response.saveJson');
      assert.match(editor.window.said.at(-1) ?? '', said ?? /^Saved as saved\./, body);
    }
  });

  it('says of a table that some bytes are no text, also where they are in the part that is not shown (E7)', async () => {
    const list = JSON.stringify(Array.from({ length: 100 }, (_, id) => ({ id, name: 'x'.repeat(50) })));
    for (const [name, encoding, said] of [
      ['caf\xe9', 'latin1', /^Saved as saved\. .*Some bytes of the response are not valid text/],
      ['caf\xe9 \ufffd', 'utf8', /^Saved as saved\.(?!.*Some bytes)/],
    ] as const) {
      const bytes = Buffer.from(`${list.slice(0, -1)},{"id":100,"name":"${name}"}]`, encoding);
      await sendLarge(bytes);
      explorer.savesAs(/List-organizations-Acme\.csv/);
      await explorer.run('ninjaone.response.saveCsv');
      assert.match(editor.window.said.at(-1) ?? '', said);
    }
  });

  for (const maxItems of [1, 10]) {
    it(`writes the characters of any charset to a table, of which the document shows ${maxItems} at most (E7)`, async () => {
      editor.configuration.set('ninjaone.csv.separator', 'comma');
      editor.configuration.set('ninjaone.response.maxItems', maxItems);
      const list = '[{"name":"Müller"},{"name":"Ærø"}]';
      for (const [charset, body] of [
        ['iso-8859-1', Buffer.from(list, 'latin1')],
        ['utf-16le', Buffer.from(list, 'utf16le')],
      ] as const) {
        await send({ ...json([], { headers: { 'content-type': `application/json; charset=${charset}` } }), body });
        const file = explorer.savesAs(/List-organizations-Acme\.csv/);
        await explorer.run('ninjaone.response.saveCsv');
        assert.equal(await readFile(file, 'utf8'), '\ufeffname\r\nMüller\r\nÆrø\r\n', charset);
      }
    });
  }

  it('proposes the folder that is open', async () => {
    editor.workspace.folders = [{ uri: vscode.Uri.file('/project/folder'), name: 'folder', index: 0 }];
    await send(json([{ id: 1 }]));
    editor.user.closes('file:///project/folder/List-organizations-Acme.json');
    await explorer.run('ninjaone.response.saveJson');
    assert.deepEqual(explorer.errors, []);
  });

  it('names a file of bytes as the server did, without what is no part of a name (E7)', async () => {
    const headers = { 'content-type': 'application/octet-stream', 'content-disposition': 'filename="../a b.zip"' };
    await send({ ...text('', { headers }), body: Uint8Array.of(0, 255, 1) });
    const file = explorer.savesAs(/\/a(?: |%20)b\.zip$/);
    await explorer.press('Save…');
    assert.deepEqual([...(await readFile(file))], [0, 255, 1]);
  });

  for (const [name, type, content] of [
    ['export.json', 'application/json', '{"b":1,"a":[1,2,3]}'],
    ['export.csv', 'text/csv', 'a;b\r\n1;2\r\n'],
    ['article.html', 'text/html', '<html>Too many requests</html>'],
  ] as const) {
    it(`saves the attachment ${name} as the bytes that came, under its name (E7)`, async () => {
      const headers = { 'content-type': type, 'content-disposition': `attachment; filename="${name}"` };
      await send(text(content, { headers }));
      const file = explorer.savesAs(new RegExp(`/${name}$`));
      await explorer.press('Save…');
      assert.equal(await readFile(file, 'utf8'), content);
      assert.equal(explorer.calls.length, 1);
      assert.doesNotMatch((await explorer.lenses()).join('\n'), /web page/);
    });
  }

  for (const [ending, type, start] of [
    ['pdf', '', '%PDF-1.7\n%\xe2\xe3'],
    ['pdf', 'application/octet-stream', '%PDF-1.7\n%\xe2\xe3'],
    ['png', 'application/octet-stream', '\x89PNG\r\n\x1a\n'],
    ['zip', '', 'PK\x03\x04\x14\0'],
    ['msi', 'application/x-msi', '\xd0\xcf\x11\xe0'],
    ['bin', 'application/octet-stream', '\0\xff'],
  ] as const) {
    it(`gives bytes of the type ${type || 'unknown'} without a name the ending ${ending} (E7)`, async () => {
      const headers = { 'content-type': type };
      await send({ ...text('', { headers }), body: Buffer.from(start, 'latin1') });
      const file = explorer.savesAs(new RegExp(`/List-organizations-Acme\\.${ending}$`));
      await explorer.press('Save…');
      assert.equal((await readFile(file)).toString('latin1'), start);
    });
  }

  it('writes to a file of another machine through the editor', async () => {
    const target = vscode.Uri.parse('vscode-remote://host/home/file.json');
    await send(json([{ id: 1 }]));
    editor.user.answers(/json/, target);
    editor.user.ignores(/saved/i);
    await explorer.run('ninjaone.response.saveJson');
    const saved = editor.workspace.remoteFiles.get(target.toString()) ?? new Uint8Array();
    assert.deepEqual(JSON.parse(Buffer.from(saved).toString()), [{ id: 1 }]);
  });

  it('opens the file when the user wants to', async () => {
    await send(json([{ id: 1 }]));
    editor.user.answers(/json/, explorer.target);
    editor.user.answers(/saved/i, 'Open');
    await explorer.run('ninjaone.response.saveJson');
    await until(() => editor.commands.callsOf('vscode.open').length > 0);
    assert.equal(String(editor.commands.callsOf('vscode.open')[0]?.[0]), vscode.Uri.file(explorer.target).toString());
  });

  it('offers JSON for what is no table (E7)', async () => {
    await send(json({ id: 1 }));
    editor.user.answers(/JSON/, ({ choices }) => choices[0]);
    const file = explorer.savesAs(/json/);
    await explorer.run('ninjaone.response.saveCsv');
    assert.deepEqual(JSON.parse(await readFile(file, 'utf8')), { id: 1 });
  });

  it('saves nothing for what is no table when the offer is left', async () => {
    await send(json({ id: 1 }));
    editor.user.closes(/JSON/);
    await explorer.run('ninjaone.response.saveCsv');
    assert.deepEqual(explorer.errors, []);
  });
});
