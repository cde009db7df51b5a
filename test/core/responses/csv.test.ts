import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CsvColumns, csvParts } from '../../../src/core/responses/csv.ts';

describe('CSV export', () => {
  it('orders columns by their first appearance (E7)', async () => {
    const csv = await csvOf([{ id: 1, name: 'a' }, { id: 2, tags: ['x'], name: 'b' }, { other: null }]);
    assert.equal(csv, '\ufeffid,name,tags,other\r\n1,a,,\r\n2,b,"[""x""]",\r\n,,,\r\n');
  });

  it('reads the list twice and writes it in chunks, without holding it in memory (E7)', async () => {
    const items = Array.from({ length: 5000 }, (_, id) =>
      id < 4000 ? { id, name: '=1' } : { id, late: 'x'.repeat(40) },
    );
    const parts = await partsOf(items);
    const rows = items.map(({ id, ...rest }) => ('name' in rest ? `${id},'=1,` : `${id},,${rest.late}`));
    assert.equal(parts.join(''), `\ufeff${['id,name,late', ...rows].join('\r\n')}\r\n`);
    assert.ok(parts.length > 1);
    assert.ok(parts.every((part) => part.length < 100_000));
  });

  it('refuses items without common members before they fill memory and disk (E7)', async () => {
    let read = 0;
    // eslint-disable-next-line @typescript-eslint/require-await
    const items = async function* (): AsyncGenerator {
      for (read = 0; read < 1_000_000; read++) {
        yield { [`name${read}`]: 1 };
      }
    };
    await assert.rejects(csvParts(items).next(), { code: 'response.tooWide' });
    assert.ok(read < 20_000, String(read));
  });

  it('writes items that are not objects into one column', async () => {
    assert.equal(await csvOf([1, 'a', [1], null, true]), '\ufeffvalue\r\n1\r\na\r\n[1]\r\n\r\ntrue\r\n');
    assert.equal(await csvOf([]), '\ufeff\r\n');
  });

  const cells: readonly (readonly [unknown, string])[] = [
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', '"\'\t=1"'],
    ['\r=1', '"\'\r=1"'],
    ['\n=1', '"\'\n=1"'],
    ['＝1', "'＝1"],
    ['＋1', "'＋1"],
    ['－1', "'－1"],
    ['＠x', "'＠x"],
    ['  =1', "'  =1"],
    ['\u200b=1', "'\u200b=1"],
    ['\u00a0=1', "'\u00a0=1"],
    ['=HYPERLINK("http://x","y")', '"\'=HYPERLINK(""http://x"",""y"")"'],
    [-5, '-5'],
    [1.5e-7, '1.5e-7'],
    ['a-b', 'a-b'],
    ['a,b', '"a,b"'],
    ['a;=b', '"a;=b"'],
    ['a\tb', '"a\tb"'],
    ['"', '""""'],
    ['a\r\nb', '"a\r\nb"'],
    [' a', '" a"'],
    ['', ''],
    [null, ''],
    [undefined, ''],
    [false, 'false'],
    [{ a: '=1' }, '"{""a"":""=1""}"'],
    [[-1], '[-1]'],
  ];
  for (const [value, expected] of cells) {
    it(`writes ${JSON.stringify(value)} as ${JSON.stringify(expected)} (E7, T43)`, () => {
      assert.equal(new Row(value).text, expected);
    });
  }

  it('escapes column names like cells (E7, T43)', async () => {
    assert.match(await csvOf([{ '=cmd|x': 1, 'a,b': 2 }]), /^\ufeff'=cmd\|x,"a,b"\r\n/);
  });

  it('writes cells that read back unchanged and never begin a formula (E7, T43)', async () => {
    const value = fc.oneof(
      fc.string({ unit: fc.constantFrom('=', '+', '-', '@', '"', ',', ';', '\r', '\n', '\t', ' ', 'a', '＝', "'") }),
      fc.string(),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.record({ a: value, b: value }), { minLength: 1 }), async (items) => {
        const parsed = parseCsv((await csvOf(items)).slice(1));
        assert.deepEqual(parsed[0], ['a', 'b']);
        items.forEach((item, index) => {
          for (const [column, text] of [item.a, item.b].entries()) {
            const cell = parsed[index + 1]?.[column] ?? '';
            assert.ok(cell === text || cell === `'${text}`);
            assert.doesNotMatch(cell, /^\s*[=+\-@＝]/);
          }
        });
      }),
    );
  });

  it('ignores inherited members, and writes a note for values that are too deep', async () => {
    let deep: unknown = 1;
    for (let level = 0; level < 100_000; level++) {
      deep = [deep];
    }
    assert.equal(await csvOf([JSON.parse('{"__proto__":1,"toString":2}')]), '\ufeff__proto__,toString\r\n1,2\r\n');
    assert.equal(await csvOf([{ toString: 1 }, {}]), '\ufefftoString\r\n1\r\n\r\n');
    assert.match(await csvOf([{ deep }]), /\(too deep\)/);
  });
});

async function csvOf(items: readonly unknown[]): Promise<string> {
  return (await partsOf(items)).join('');
}

async function partsOf(items: readonly unknown[]): Promise<string[]> {
  // eslint-disable-next-line @typescript-eslint/require-await
  const read = async function* (): AsyncGenerator {
    yield* items;
  };
  const parts: string[] = [];
  for await (const part of csvParts(read)) {
    parts.push(part);
  }
  return parts;
}

class Row {
  readonly text: string;
  constructor(value: unknown) {
    const columns = new CsvColumns();
    columns.add({ v: 1 });
    this.text = columns.row({ v: value });
  }
}

/** RFC 4180 §2. */
function parseCsv(csv: string): string[][] {
  const rows: string[][] = [[]];
  const pattern = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/y;
  while (pattern.lastIndex < csv.length) {
    const [, quoted, plain = '', separator] = pattern.exec(csv) ?? assert.fail('no CSV');
    rows.at(-1)?.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (separator === '\r\n' && pattern.lastIndex < csv.length) {
      rows.push([]);
    }
  }
  return rows;
}
