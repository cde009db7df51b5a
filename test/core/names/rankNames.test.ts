import assert from 'node:assert/strict';
import { rankNames } from '../../../src/core/names/rankNames.ts';

describe('names that fit a text', () => {
  const objects = ['Old ACME-DC01', 'ACME-DC01-OLD', 'BIRCH-ACMEDC01', 'ACME-DC01', 'Printer'].map((name, index) => ({
    id: String(index + 100),
    name,
    organizationId: index === 4 ? '7' : undefined,
  }));
  const rank = (text: string, limit = 10): readonly string[] =>
    rankNames(objects, text, {
      ownersOf: ({ organizationId }) => (organizationId === undefined ? [] : ['Umbrella']),
      limit,
    }).map(({ name }) => name);

  it('begin with the whole name, then its beginning, then the beginning of a word (E16)', () => {
    assert.deepEqual(rank('acme-dc01'), ['ACME-DC01', 'ACME-DC01-OLD', 'Old ACME-DC01']);
    assert.deepEqual(rank('acme'), ['ACME-DC01-OLD', 'ACME-DC01', 'Old ACME-DC01', 'BIRCH-ACMEDC01']);
  });

  it('have all words, in any order, also in the ID or the name of the organization (E16)', () => {
    assert.deepEqual(rank('dc01 old'), ['Old ACME-DC01', 'ACME-DC01-OLD']);
    assert.deepEqual(rank('umbrella'), ['Printer']);
    assert.deepEqual(rank('104'), ['Printer']);
    assert.deepEqual(rank('nothing'), []);
  });

  it('are all names for no text, but not more than the limit (E16)', () => {
    assert.equal(rank(' ').length, 5);
    assert.equal(rank('a', 2).length, 2);
  });
});
