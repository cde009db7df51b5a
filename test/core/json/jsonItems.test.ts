import assert from 'node:assert/strict';
import { readJsonItems, JsonItems } from '../../../src/core/json/jsonItems.ts';

/** Splits the text into chunks of this many bytes, like a file or socket. */
async function* partsOf(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) {
    yield await Promise.resolve(bytes.subarray(at, at + size));
  }
}

async function itemsOf(text: string, { name, size = 1e6 }: { name?: string; size?: number } = {}): Promise<string[]> {
  const items: string[] = [];
  for await (const item of readJsonItems(partsOf(text, size), name)) {
    items.push(item);
  }
  return items;
}

describe('the incremental reader of JSON lists', () => {
  const cases: readonly [name: string, text: string, member: string | undefined, expected: readonly string[]][] = [
    ['a list', '[{"id":1},{"id":2}]', '', ['{"id":1}', '{"id":2}']],
    ['a list with blanks', ' [\n 1 ,\t"a" , null ] ', '', ['1', '"a"', 'null']],
    ['an empty list', '[ ]', '', []],
    ['nested lists', '[[1,2],[],[[3]]]', '', ['[1,2]', '[]', '[[3]]']],
    [
      'brackets, commas and quotes in strings',
      '["],[","\\"]","\\\\",{"a":"}"}]',
      '',
      ['"],["', '"\\"]"', '"\\\\"', '{"a":"}"}'],
    ],
    ['characters of several bytes', '["ä€😀","z"]', '', ['"ä€😀"', '"z"']],
    ['a member', '{"cursor":{"results":[0]},"results":[1,2],"more":[3]}', 'results', ['1', '2']],
    ['a member whose name occurs earlier as a value', '{"a":"results","b":[0],"results":[1]}', 'results', ['1']],
    ['a list where a member is expected', '[1,2]', 'results', ['1', '2']],
    ['an object that lacks the member', '{"other":[1,2]}', 'results', []],
    ['an object when no member is named', '{"results":[1,2]}', undefined, []],
    ['numbers beyond double precision', '[12345678901234567890,1.50,1E2]', '', ['12345678901234567890', '1.50', '1E2']],
    ['a member whose name has escapes', '{"\\u0072esults":[1],"result":[2]}', 'results', ['1']],
    ['an object of that name', '{"results":{"x":[0]},"other":[1]}', 'results', []],
    ['an object whose member has no name', '{"":[1]}', '', []],
    ['a string with a broken escape', '["\\u12",1]', '', ['"\\u12"', '1']],
    ['an empty text', '', '', []],
  ];
  for (const [name, text, member, expected] of cases) {
    it(`reads ${name} (E7)`, async () => {
      for (const size of [1, 2, 3, 7, 1e6]) {
        assert.deepEqual(await itemsOf(text, { ...(member === undefined ? {} : { name: member }), size }), expected);
      }
    });
  }

  it('refuses a list that does not end (E7)', async () => {
    for (const text of ['[{"id":1},{"id":', '[1', '[', '{"results":[1,2']) {
      await assert.rejects(itemsOf(text, { name: 'results', size: 5 }), { code: 'response.notJson' }, text);
    }
  });

  it('refuses a list with text after its JSON, which can be more items (E7)', async () => {
    for (const text of ['[1] [2]', '[1]x', '<html>[1]</html>', '{"results":[1]}{"results":[2]}', '{"results":[1]} x']) {
      for (const size of [1, 3, 1e6]) {
        await assert.rejects(itemsOf(text, { name: 'results', size }), { code: 'response.notJson' }, text);
      }
    }
    assert.deepEqual(await itemsOf(' {"results":[1],"a":{"b":[2]}}\n ', { name: 'results', size: 2 }), ['1']);
    assert.deepEqual(await itemsOf('[1] \n', { size: 2 }), ['1']);
  });

  it('refuses a second list of the same name, because nobody knows which one counts (E7)', async () => {
    for (const text of [
      '{"results":[1],"results":[2]}',
      '{"results":[],"a":{"b":[0]},"results":[]}',
      '{"\\u0072esults":[1],"note":"results","results":[2]}',
    ]) {
      for (const size of [1, 3, 1e6]) {
        await assert.rejects(itemsOf(text, { name: 'results', size }), { code: 'response.listTwice' }, text);
      }
    }
    for (const text of [
      '{"results":[1],"a":{"results":[2]},"results":null}',
      '{"results":[1],"a":"results","b":[2]}',
      '{"results":null,"results":[1]}',
    ]) {
      assert.deepEqual(await itemsOf(text, { name: 'results', size: 3 }), ['1'], text);
    }
  });

  it('neither buffers a long string before the list nor mistakes it for the member name (E7)', async () => {
    const text = `{"${'x'.repeat(1000)}results":[0],"note":"${'y'.repeat(5000)}","results":[1]}`;
    assert.deepEqual(await itemsOf(text, { name: 'results', size: 100 }), ['1']);
  });

  it('refuses an item that never ends instead of filling the memory (E7)', () => {
    const items = new JsonItems('');
    const part = 'x'.repeat(5_000_000);
    assert.throws(
      () => {
        for (const each of ['["', part, part, part, part, part]) {
          Array.from(items.take(each));
        }
      },
      { code: 'response.itemTooLarge' },
    );
  });
});
