import assert from 'node:assert/strict';
import { chooseItems, type ItemChoice } from '../../../src/core/languageModel/chooseItems.ts';
import { bundledOperation } from '../../support/bundledOperations.ts';

const ALL: ItemChoice = { fields: [], skip: 0, limit: 50, maxBytes: 1000 };
const LIST = bundledOperation('GET /v2/devices');
const RESULTS = bundledOperation('GET /v2/queries/disks');
const OBJECT = bundledOperation('GET /v2/device/{id}');

describe('chooseItems', () => {
  it('keeps every digit of what it chooses, from a list, a member or an object (X4)', () => {
    const item = '{"id":9007199254740993,"free":1.10,"os":{"name":"a"}}';
    const choice = { ...ALL, fields: ['os.name', 'free', 'id'] };
    const chosen = '{"os.name":"a","free":1.10,"id":9007199254740993}';
    assert.equal(chooseItems(`[ ${item} ]`, LIST, choice)?.json, `[${chosen}]`);
    assert.equal(chooseItems(`{"cursor": {"name": "x"}, "results": [${item}]}`, RESULTS, choice)?.json, `[${chosen}]`);
    assert.equal(chooseItems(item, OBJECT, choice)?.json, chosen);
    assert.equal(chooseItems(item, OBJECT, ALL)?.json, item);
  });

  it('takes a name with a dot before the members of a member (X4)', () => {
    const choice = { ...ALL, fields: ['a.b'] };
    assert.equal(chooseItems('{"a":{"b":1},"a.b":2}', OBJECT, choice)?.json, '{"a.b":2}');
    assert.equal(chooseItems('{"a":{"b":1}}', OBJECT, choice)?.json, '{"a.b":1}');
  });

  it('counts what it leaves out (X4)', () => {
    const list = JSON.stringify(Array.from({ length: 10 }, (_, id) => ({ id })));
    assert.deepEqual(chooseItems(list, LIST, { ...ALL, skip: 8, limit: 5 }), {
      json: '[{"id":8},\n{"id":9}]',
      shown: 2,
      total: 10,
      isCut: false,
      names: undefined,
    });
    assert.equal(chooseItems(list, LIST, { ...ALL, skip: 20 })?.shown, 0);
    // An item has 8 bytes, and the separator two.
    const cut = chooseItems(list, LIST, { ...ALL, maxBytes: 2 + 3 * 10 });
    assert.deepEqual([cut?.shown, cut?.isCut], [3, true]);
  });

  it('names the members when an item is too long or has no such field (X4)', () => {
    const long = `[{"id":1,"note":"${'x'.repeat(2000)}"}]`;
    assert.deepEqual(chooseItems(long, LIST, ALL), {
      json: '[]',
      shown: 0,
      total: 1,
      isCut: true,
      names: ['id', 'note'],
    });
    assert.deepEqual(chooseItems(long.slice(1, -1), OBJECT, ALL)?.names, ['id', 'note']);
    assert.equal(chooseItems(long.slice(1, -1), OBJECT, ALL)?.json, '{}');
    assert.deepEqual(chooseItems(long, LIST, { ...ALL, fields: ['name'] })?.names, ['id', 'note']);
    assert.equal(chooseItems(long, LIST, { ...ALL, fields: ['id'] })?.names, undefined);
  });

  it('takes nothing from what is no JSON (X4)', () => {
    for (const text of ['', '<html>', '[1', '[1] 2']) {
      assert.equal(chooseItems(text, LIST, ALL), undefined, text);
    }
    assert.equal(chooseItems('[1, "a", null]', LIST, { ...ALL, fields: ['id'] })?.json, '[1,\n"a",\nnull]');
  });
});
