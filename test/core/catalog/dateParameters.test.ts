import assert from 'node:assert/strict';
import { dateFormatOf, isActivityId } from '../../../src/core/catalog/dateParameters.ts';
import { parameterOf } from '../../support/operationFixtures.ts';

describe('the format of a date parameter', () => {
  for (const [fields, format] of [
    [{ type: 'string', format: 'date-time' }, 'iso'],
    [{ type: 'string', format: 'date' }, 'day'],
    [{ type: 'string', format: undefined }, undefined],
    [{ type: 'string', format: 'uuid' }, undefined],
    [{ type: 'integer', format: 'date-time' }, undefined],
    // The overlay knows better.
    [{ type: 'string', format: 'date', date: 'epochSeconds' }, 'epochSeconds'],
    [{ type: 'integer', format: 'int64', date: 'epochMilliseconds' }, 'epochMilliseconds'],
  ] as const) {
    it(`is ${format ?? 'none'} for ${JSON.stringify(fields)} (E5)`, () => {
      assert.equal(dateFormatOf(parameterOf('p', fields)), format);
    });
  }

  it('is none for the IDs of activities, whose names sound like times (E5)', () => {
    const found = ['olderThan', 'newerThan', 'after'].flatMap((name) =>
      (['integer', 'string'] as const)
        .filter((type) => isActivityId(parameterOf(name, { type })))
        .map((type) => [name, type]),
    );
    assert.deepEqual(found, [
      ['olderThan', 'integer'],
      ['newerThan', 'integer'],
    ]);
  });
});
