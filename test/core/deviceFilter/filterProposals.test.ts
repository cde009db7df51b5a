import assert from 'node:assert/strict';
import { formatMessage } from '../../../src/core/base/messages.ts';
import { filterPlace } from '../../../src/core/deviceFilter/filterPlace.ts';
import { filterId, filterMeaning, filterProposals } from '../../../src/core/deviceFilter/filterProposals.ts';

const CONTEXT = { classes: ['MAC', 'LINUX_SERVER'], ignoresClass: false, now: new Date() };
const KEYS = ['org', 'loc', 'class', 'offline', 'online', 'id', 'role', 'status', 'created', 'group'];

/** A filter with the cursor at `|`, the word that is replaced, and what is offered. */
const PLACES: readonly (readonly [filter: string, word: string, offered: readonly string[]])[] = [
  ['|', '', [...KEYS, 'class = WINDOWS_SERVER AND offline', 'class in (WINDOWS_SERVER, LINUX_SERVER)']],
  ['cl|', 'cl', KEYS],
  ['o|rg = 1', 'org', KEYS],
  ['|org = 1', '', KEYS],
  ['org |', '', ['=', '!=', 'in', 'notin']],
  ['created |', '', ['before', 'after']],
  ['class i|', 'i', ['=', '!=', 'in', 'notin']],
  ['class = |', '', ['MAC', 'LINUX_SERVER']],
  ['class=|', '', ['MAC', 'LINUX_SERVER']],
  ['class = M| AND offline', 'M', ['MAC', 'LINUX_SERVER']],
  ['class in (|', '', ['MAC', 'LINUX_SERVER']],
  ['class in (MAC, |)', '', ['LINUX_SERVER']],
  ['class in (MAC |', '', []],
  ['status = |', '', ['APPROVED', 'PENDING', 'STAGED', 'DECOMMISSIONED']],
  ['org = |', '', []],
  ['org = 1|', '1', []],
  ['group |', '', []],
  ['org = 1 |', '', ['AND']],
  ['offline a|', 'a', ['AND']],
  ['class in (MAC) |', '', ['AND']],
  ['org = 1 AND |', '', KEYS],
  ['org = 1 AND c| AND offline', 'c', KEYS],
  ['owner |', '', []],
];

describe('what is offered for a device filter', () => {
  for (const [marked, word, offered] of PLACES) {
    it(`is what can stand there in ${JSON.stringify(marked)} (E18)`, () => {
      const offset = marked.indexOf('|');
      const filter = marked.replace('|', '');
      const found = filterProposals(filter, offset, CONTEXT);
      assert.equal(filter.slice(found.word.start, found.word.end), word);
      assert.deepEqual(
        found.proposals.map(({ text }) => text),
        offered,
      );
    });
  }

  it('says what the key, the operator and AND mean, and nothing of values (E18)', () => {
    const filter = 'org = 1 AND class in (MAC) AND created after 2025-06-30';
    const meaning = (word: string): string => {
      const start = filter.indexOf(word);
      const found = filterMeaning(filter, start);
      assert.equal(found && filter.slice(found.start, found.end), found && word);
      return found ? formatMessage(found.meaning) : '';
    };
    assert.match(meaning('org'), /organization/);
    assert.match(meaning('='), /Is this value/);
    assert.match(meaning('AND'), /Both clauses/);
    assert.match(meaning('in'), /one of the values/);
    assert.match(meaning('after'), /After a date/);
    assert.deepEqual(['1', 'MAC', '2025-06-30'].map(meaning), ['', '', '']);
    assert.equal(filterMeaning('org = org', 7), undefined);
  });
});

describe('an ID in a device filter', () => {
  it('is known with the type of object that it stands for (E16, E18)', () => {
    const filter = 'org in (1, 22) AND group 3 AND id = 4 AND created after 1740100000 AND class = 5';
    const kindAt = (word: string): readonly (string | undefined)[] => {
      const found = filterId(filter, filter.indexOf(word), CONTEXT);
      return [found?.id, found?.key.kind];
    };
    assert.deepEqual(kindAt('1,'), ['1', 'organization']);
    assert.deepEqual(kindAt('22'), ['22', 'organization']);
    assert.deepEqual(kindAt('3'), ['3', 'deviceGroup']);
    assert.deepEqual(kindAt('4 '), ['4', 'device']);
    assert.deepEqual([...'o=A'].map(kindAt), [
      [undefined, undefined],
      [undefined, undefined],
      [undefined, undefined],
    ]);
    assert.deepEqual(kindAt('1740100000')[1], undefined);
  });
});

describe('the place of a device filter in a request document', () => {
  it('is found in a text that is not finished, with offsets on both sides of an escape (E18)', () => {
    for (const text of [
      String.raw`{ "query": { "df": "org\u0020= \"1\"" } }`,
      '{ "body": { "df": "x" }, "query": { "pageSize": 5, "df" : "org = 1"',
      '{ "query": {\n  "df": "org = 1\n} }',
      '{ "query": { "df": "" } }',
      '{ "query": { "df": "',
    ]) {
      const place = filterPlace(text);
      assert.ok(place, text);
      for (let offset = 0; offset <= place.filter.length; offset += 1) {
        assert.equal(place.toFilter(place.toDocument(offset)), offset, text);
      }
      assert.ok(place.toDocument(place.filter.length) <= place.value.end, text);
      assert.equal(place.filter.startsWith('org'), text.includes('org'), text);
    }
    const escaped = filterPlace(String.raw`{ "query": { "df": "org\u0020= \"1\"" } }`);
    assert.equal(escaped?.filter, 'org = "1"');
    assert.equal(escaped.toDocument(4), '{ "query": { "df": "org\\u0020'.length);
  });

  it('is also a number, and nothing else (E18)', () => {
    assert.equal(filterPlace('{ "query": { "df": 42 } }')?.filter, '42');
    for (const value of ['null', 'true', '["org = 1"]', '{ "df": "org = 1" }', '']) {
      assert.equal(filterPlace(`{ "query": { "df": ${value} } }`), undefined, value);
    }
    assert.equal(filterPlace('{ "body": { "df": "org = 1" } }'), undefined);
    assert.equal(filterPlace('{ "query": { "q": "df" } }'), undefined);
  });
});
