import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Operation } from '../../../src/core/catalog/operation.ts';
import { TempFiles } from '../../../src/core/files/tempFiles.ts';
import { cellText } from '../../../src/core/responses/cells.ts';
import { itemSecrets } from '../../../src/core/responses/itemSecrets.ts';
import { ListRows } from '../../../src/core/responses/listRows.ts';
import {
  openListSource,
  memorySource,
  type ListResponse,
  type ListSource,
} from '../../../src/core/responses/listSource.ts';
import { createResponseView } from '../../../src/core/responses/responseView.ts';
import { cellsOf, listRows, NO_SECRETS } from '../../support/tables.ts';

describe('the rows of a list that is read again', () => {
  const items = Array.from({ length: 700 }, (_, id) => ({
    id,
    name: `Größe ${'😀'.repeat(id % 5)} "${id}"`,
    list: [id],
  }));

  it('are the same wherever the parts of its text end, in characters too (E7)', async () => {
    const bytes = Buffer.from(`\n {"results" : ${JSON.stringify(items.slice(0, 20), undefined, 1)} , "more":[1]}`);
    const expected = await cellsOf(await listRows(bytes.toString(), 'results'));
    assert.equal(expected.length, 20);
    for (const size of [1, 2, 3, 7, 64]) {
      const rows = new ListRows(inParts(bytes, size), 'results', NO_SECRETS);
      await rows.read(() => {});
      assert.deepEqual(await cellsOf(rows), expected, `parts of ${size}`);
    }
  });

  it('come in any order and selection, with the JSON that they were written in (E7, E21)', async () => {
    const rows = await listRows(JSON.stringify(items));
    const cells = await rows.rows([699, 0, 1, 2, 350]);
    assert.deepEqual(
      cells.map(([id]) => id),
      [699, 0, 1, 2, 350],
    );
    assert.equal(await rows.json(4), JSON.stringify(items[4]));
    assert.equal(await rows.json(10_000), '');
  });

  it('are all there, however long the list is, and few are in memory (E7)', async () => {
    let reads: readonly number[] = [];
    const bytes = Buffer.from(JSON.stringify(Array.from({ length: 100_000 }, (_, id) => ({ id, name: `N${id}` }))));
    const source = memorySource(bytes);
    const rows = new ListRows(
      {
        ...source,
        read: (start, end) => {
          reads = [...reads, end - start];
          return source.read(start, end);
        },
      },
      undefined,
      NO_SECRETS,
    );
    let calls = 0;
    await rows.read(() => {
      calls += 1;
    });
    assert.equal(rows.count, 100_000);
    assert.ok(calls > 0, 'the first rows are known before the last');
    assert.deepEqual(reads, [], 'no row is read before it is asked for');
    assert.deepEqual(await rows.rows([99_998, 99_999]), [
      [99_998, 'N99998'],
      [99_999, 'N99999'],
    ]);
    assert.deepEqual([reads.length, Math.max(...reads) < 100], [1, true], 'neighbors are read together');
  });

  it('can be read from a file, also when it is deleted, and from other charsets, and masked ones from the text (E4, E7, E21)', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rows-'));
    try {
      const tempFiles = new TempFiles(folder);
      const text = JSON.stringify(items);
      const file = tempFiles.file();
      await file.start();
      await file.write(Buffer.from(text));
      await file.close();
      const expected = await cellsOf(await listRows(text));
      const fromFile = await opened({ ...response(text), file, whole: () => inParts(Buffer.from(text), 1000).parts() });
      await file.discard();
      assert.deepEqual(await cellsOf(fromFile), expected);
      await fromFile.close();
      const utf16 = Buffer.from(text, 'utf16le');
      const recoded = await opened({
        ...response(text),
        charset: 'utf-16le',
        whole: () => inParts(utf16, 999).parts(),
      });
      assert.deepEqual(await cellsOf(recoded), expected);
      await recoded.close();
      const [left = ''] = await readdir(folder);
      assert.deepEqual(await readdir(join(folder, left)), [], 'the copy is deleted');
      const masked = await opened(response('[{"pin":4711}]', true));
      assert.deepEqual(await cellsOf(masked), [['••••••••']]);

      async function opened(about: ListResponse): Promise<ListRows> {
        const rows = new ListRows(await openListSource(about, tempFiles), undefined, NO_SECRETS);
        await rows.read(() => {});
        return rows;
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('never have a password, wherever it stands, also where the document shows no row (A16)', async () => {
    const secret = 'hunter2';
    const items = [
      { id: 1, apiToken: secret, name: 'a' },
      { id: 2, fields: [{ name: 'localAdminPassword', value: secret }] },
      { id: 3, nested: { deep: [{ password: secret }] } },
      { id: 4, name: 'wifiPassword', value: secret },
      { id: 5, marked: secret },
    ];
    const rows = new ListRows(
      memorySource(Buffer.from(JSON.stringify(items))),
      undefined,
      itemSecrets({ traits: { passwords: ['marked'] } } as unknown as Operation),
    );
    await rows.read(() => {});
    const shown = JSON.stringify([await cellsOf(rows), await rows.json(1), await rows.json(4)]);
    assert.ok(!shown.includes(secret), shown);
    assert.match(shown, /localAdminPassword.*••••••••/);
    assert.deepEqual((await cellsOf(rows))[0]?.slice(0, 3), [1, '••••••••', 'a']);
  });

  it('of text that is cut or wrong are those that came, and lose nothing of an item (E7)', async () => {
    const cut = await listRows('[{"id":1},{"id":2},{"id":');
    assert.deepEqual(await cellsOf(cut), [[1], [2]]);
    const wrong = await listRows('[{"id":1},{"id":tru},{"id":3}]');
    assert.deepEqual(
      (await cellsOf(wrong)).map((cells) => cells.map(cellText)),
      [
        ['1', ''],
        ['', '{"id":tru}'],
        ['3', ''],
      ],
    );
  });

  it('know columns of UUIDs (E7)', async () => {
    const uid = '5a4db0c5-0000-4000-8000-000000001002';
    const { columns } = await listRows(
      JSON.stringify([{ uid, other: uid }, { uid: null, other: 'x' }, { empty: null }]),
    );
    assert.deepEqual(
      columns.map(({ name, isUuid, width }) => [name, isUuid, width]),
      [
        ['uid', true, 10],
        ['other', false, 36],
        ['empty', false, 8],
      ],
    );
  });
});

function inParts(bytes: Uint8Array, size: number): ListSource {
  return {
    ...memorySource(bytes),
    // eslint-disable-next-line @typescript-eslint/require-await
    parts: async function* () {
      for (let at = 0; at < bytes.byteLength; at += size) {
        yield bytes.subarray(at, at + size);
      }
    },
  };
}

function response(text: string, mask = false): ListResponse {
  const body = Buffer.from(text);
  const view = createResponseView(body, {
    contentType: 'application/json',
    size: body.byteLength,
    items: undefined,
    maxItems: 1000,
    mask,
  });
  return { view, whole: undefined, file: undefined, charset: 'utf-8' };
}
