import assert from 'node:assert/strict';
import { cellOf } from '../../../src/core/responses/cells.ts';
import { compareMoments, isoText, momentOf } from '../../../src/core/responses/moments.ts';

describe('times of a table', () => {
  const zone = process.env['TZ'];
  // Far from UTC, in which a time without a zone is.
  before(() => {
    process.env['TZ'] = 'America/New_York';
  });
  after(() => {
    if (zone === undefined) {
      delete process.env['TZ'];
    } else {
      process.env['TZ'] = zone;
    }
  });

  for (const [json, iso] of [
    ['1740000000', '2025-02-19T21:20:00Z'],
    ['1740000000.1234567', '2025-02-19T21:20:00.1234567Z'],
    ['1740000000250', '2025-02-19T21:20:00.250Z'],
    ['1740000000250.5', '2025-02-19T21:20:00.2505Z'],
    ['1.74e9', '2025-02-19T21:20:00Z'],
    ['12', undefined],
    ['"2025-02-19"', '2025-02-19T00:00:00Z'],
    ['"2025-02-19T21:20"', '2025-02-19T21:20:00Z'],
    ['"2025-02-19 21:20:05"', '2025-02-19T21:20:05Z'],
    ['"2025-02-19t21:20:05,123456789z"', '2025-02-19T21:20:05.123456789Z'],
    ['"2025-02-19T21:20:05.5+0530"', '2025-02-19T15:50:05.5Z'],
    ['"2025-02-19T21:20:05 -05:30"', '2025-02-20T02:50:05Z'],
    ['"2025-02-31T25:00:00Z"', undefined],
    ['"at 2025-02-19"', undefined],
    ['"2025-02-19 or so"', undefined],
    ['"2025-02-19T21"', undefined],
    ['"2025"', undefined],
    ['""', undefined],
  ] as const) {
    it(`are ${iso ?? 'not'} in ${json} (E7)`, () => {
      const moment = momentOf(cellOf(json), 'created');
      assert.equal(moment && isoText(moment), iso);
    });
  }

  it('are no numbers under another name (E7)', () => {
    assert.equal(momentOf(1_740_000_000, 'size'), undefined);
  });

  it('are compared by all digits of their fraction, whatever their length is (E7)', () => {
    const inOrder = ['1739999999.9', '1740000000', '1740000000.1', '1740000000.10000001', '1740000000.2'];
    const moments = inOrder.map((json) => momentOf(cellOf(json), 'created')!);
    for (const [index, moment] of moments.entries()) {
      for (const [at, other] of moments.entries()) {
        assert.equal(
          Math.sign(compareMoments(moment, other)),
          Math.sign(index - at),
          `${inOrder[index]} ${inOrder[at]}`,
        );
      }
    }
    const [one, same] = ['2025-02-19T21:20:00.100Z', '2025-02-19T22:20:00.1+01:00'].map((text) => momentOf(text, ''));
    assert.equal(compareMoments(one!, same!), 0);
  });
});
