import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parse } from 'csv-parse/sync';
import { compactJson } from '../../../src/core/json/jsonReader.ts';
import { readJsonItems } from '../../../src/core/json/jsonItems.ts';
import { csvParts, separatorFor, type CsvSeparator } from '../../../src/core/responses/csv.ts';

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
    const items = async function* (): AsyncGenerator<string> {
      for (read = 0; read < 1_000_000; read++) {
        yield JSON.stringify({ [`name${read}`]: 1 });
      }
    };
    await assert.rejects(joined(csvParts(items, ',')), { code: 'response.tooWide' });
    assert.ok(read < 20_000, String(read));
  });

  it('writes items that are not objects into one column', async () => {
    assert.equal(await csvOf([1, 'a', [1], null, true]), '\ufeffvalue\r\n1\r\na\r\n[1]\r\n""\r\ntrue\r\n');
    assert.equal(await csvOf([{}, { id: 1 }, {}]), '\ufeffid\r\n""\r\n1\r\n""\r\n');
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
    ['', '""'],
    [null, '""'],
    [false, 'false'],
    [{ a: '=1' }, '"{""a"":""=1""}"'],
    [[-1], '[-1]'],
  ];
  for (const [value, expected] of cells) {
    it(`writes ${JSON.stringify(value)} as ${JSON.stringify(expected)} (E7, T43)`, async () => {
      assert.equal(await csvOf([{ v: value }]), `\ufeffv\r\n${expected}\r\n`);
    });
  }

  it('escapes column names like cells (E7, T43)', async () => {
    assert.match(await csvOf([{ '=cmd|x': 1, 'a,b': 2 }]), /^\ufeff'=cmd\|x,"a,b"\r\n/);
  });

  it('keeps every digit, escape and duplicate name of the response (E7)', async () => {
    const item =
      '{"id":12345678901234567890,"serial":-9007199254740993,"rate":1.10,"big":1e400,"neg":-0,"dup":1,"dup":2,' +
      '"lone":"\\ud800\\u00e9","nested":{"id":12345678901234567890, "\\u0061":[1.50,"\\/"],"a":0}}';
    assert.equal(
      await joined(csvParts(() => listed([item, '{"dup":3}', '{"neg":0.1000,"dup":4,"dup":5,"dup":6}']), ',')),
      '\ufeffid,serial,rate,big,neg,dup,dup,lone,nested,dup\r\n' +
        '12345678901234567890,-9007199254740993,1.10,1e400,-0,1,2,\\ud800é,' +
        '"{""id"":12345678901234567890,""\\u0061"":[1.50,""\\/""],""a"":0}",\r\n' +
        ',,,,,3,,,,\r\n' +
        ',,,,0.1000,4,5,,,6\r\n',
    );
  });

  for (const separator of [',', ';'] as const) {
    it(`of any response is read back to the same values by another program, with ${separator} (E7, T43)`, async function () {
      // Many small promises, which take longer after tests that follow asynchronous calls.
      this.timeout(120_000);
      await fc.assert(
        fc.asyncProperty(fc.array(ITEM, { minLength: 1, maxLength: 6 }), fc.nat(40), async (items, size) => {
          const text = `[${items.map(({ json }) => json).join(' ,\n')}]`;
          const csv = await joined(csvParts(() => readJsonItems(bytesOf(text, size + 1), undefined), separator));
          assert.deepEqual(
            valuesIn(csv, separator),
            items.map(({ values }) => values),
          );
        }),
        { numRuns: 250 },
      );
    });
  }

  it('refuses a list that is cut or not JSON, instead of saving a part (E7)', async () => {
    for (const text of [
      '[{"a":1},{"a":',
      '[{"a":1}',
      '[{"a":1},{"a":NaN}]',
      '[{"a":1},{"a":"\\x"}]',
      '[{"a":1}{"b":2}]',
    ]) {
      const parts = csvParts(() => readJsonItems(bytesOf(text, 4), undefined), ',');
      await assert.rejects(joined(parts), { code: 'response.notJson' }, text);
    }
  });

  it('notices a cancellation while it looks for the columns (E7)', async () => {
    const items = Array.from({ length: 5000 }, () => '{"a":1}');
    assert.deepEqual(await csvParts(() => listed(items), ',').next(), { done: false, value: '' });
  });

  it('ignores inherited members, and keeps values of any depth', async () => {
    const deep = `${'['.repeat(100_000)}1${']'.repeat(100_000)}`;
    assert.equal(await csvOf([JSON.parse('{"__proto__":1,"toString":2}')]), '\ufeff__proto__,toString\r\n1,2\r\n');
    assert.equal(await csvOf([{ toString: 1 }, {}]), '\ufefftoString\r\n1\r\n""\r\n');
    assert.equal(await joined(csvParts(() => listed([`{"deep":${deep}}`]), ',')), `\ufeffdeep\r\n${deep}\r\n`);
  });
});

describe('the separator of a CSV file', () => {
  for (const [display, system, expected] of [
    ['en', 'en-US', ','],
    ['en', 'de-DE', ';'],
    ['de', 'en-US', ';'],
    ['de', 'de-CH', ','],
    ['es', 'es-MX', ','],
    ['es', 'es-ES', ';'],
    ['pt-br', 'en-US', ';'],
    ['ja', 'ja-JP', ','],
    ['no_such!', 'en-US', ','],
  ] as const) {
    it(`is "${expected}" when VS Code is in ${display} and the computer in ${system} (E7)`, () => {
      assert.equal(separatorFor(display, system), expected);
    });
  }
});

async function csvOf(items: readonly unknown[]): Promise<string> {
  return (await partsOf(items)).join('');
}

async function partsOf(items: readonly unknown[]): Promise<string[]> {
  const parts: string[] = [];
  for await (const part of csvParts(() => listed(items.map((item) => JSON.stringify(item))), ',')) {
    parts.push(part);
  }
  return parts;
}

async function joined(parts: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const part of parts) {
    text += part;
  }
  return text;
}

// eslint-disable-next-line @typescript-eslint/require-await
async function* listed(items: readonly string[]): AsyncGenerator<string> {
  yield* items;
}

/** Parts of this many bytes, like those of a file. */
// eslint-disable-next-line @typescript-eslint/require-await
async function* bytesOf(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) {
    yield bytes.subarray(at, at + size);
  }
}

/** JSON of an item, and its values that are not null, in order, as `csv-parse` has to read them. */
interface WrittenItem {
  readonly json: string;
  readonly values: readonly (readonly [name: string, value: string])[];
}

const DIGITS = fc.stringMatching(/^-?(?:0|[1-9]\d{0,25})(?:\.\d{1,25})?(?:[eE][+-]?\d{1,4})?$/);
const TEXT = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'=+-@",;\r\n\t a＝\'\\/{}[]:é😀\u2028\0') }),
  fc.string({ unit: 'binary' }),
);
/** JSON text of a value, and the text of its cell. */
const VALUE: fc.Arbitrary<readonly [json: string, cell: string]> = fc.oneof(
  DIGITS.map((digits) => [digits, digits] as const),
  fc
    .tuple(TEXT, fc.boolean())
    .map(([text, isEscaped]) => [isEscaped ? escaped(text) : JSON.stringify(text), guarded(text)] as const),
  fc.constantFrom(['true', 'true'] as const, ['false', 'false'] as const, ['null', ''] as const),
  fc.tuple(fc.object(), DIGITS, fc.boolean()).map(([object, digits, isPretty]) => {
    const json = `{"n":${digits}, "o":${JSON.stringify(object, undefined, isPretty ? 2 : 0)},"n":[ ]}`;
    return [json, compactJson(json)] as const;
  }),
);
const ITEM: fc.Arbitrary<WrittenItem> = fc
  .array(fc.tuple(fc.oneof(fc.constantFrom('id', 'name', 'a b'), TEXT), VALUE), { minLength: 1, maxLength: 6 })
  .map((members) => ({
    json: `{${members.map(([name, [json]]) => `${JSON.stringify(name)} : ${json}`).join(',')}}`,
    values: members
      .filter(([, [, cell]]) => cell !== '')
      .map(([name, [, cell]]) => [guarded(name), cell] as const)
      .sort(byText),
  }));

function escaped(text: string): string {
  const codes = Array.from({ length: text.length }, (_, index) => text.charCodeAt(index).toString(16).padStart(4, '0'));
  return `"${codes.map((code) => `\\u${code}`).join('')}"`;
}

/** The names and values of each row, without empty cells. */
function valuesIn(csv: string, separator: CsvSeparator): WrittenItem['values'][] {
  const [names = [], ...rows] = parse(csv, { bom: true, delimiter: separator, record_delimiter: '\r\n' });
  return rows.map((row) =>
    row
      .map((cell, column) => [names[column] ?? '', cell] as const)
      .filter(([, cell]) => cell !== '')
      .sort(byText),
  );
}

/** The apostrophe before what begins like a formula is the only change. */
function guarded(text: string): string {
  return /^(?:[\t\r\n]|[\s\p{Cf}]*[=+\-@\uff1d\uff0b\uff0d\uff20\u2212])/u.test(text) ? `'${text}` : text;
}

function byText(a: readonly string[], b: readonly string[]): number {
  const [first, second] = [JSON.stringify(a), JSON.stringify(b)];
  return Number(first > second) - Number(first < second);
}
