import assert from 'node:assert/strict';
import { countsTable, parseCounts } from '../../tooling/countsTable.ts';
import { COUNTS_VARIABLE, effort, reportCounts } from '../../tooling/effort.ts';
import { filesWithEffort, withLongEffort } from '../../tooling/faultSuites.ts';

describe('the effort of a test run', () => {
  const rounds = (): number => effort({ short: 3, long: 300 });

  it('is short unless the runner says otherwise, and is what each suite reports', async () => {
    const { result, counts } = await withLongEffort(() => {
      reportCounts('race', { rounds: rounds(), 'sessions lost': 0 });
      reportCounts('model', { rounds: 1000, 'sessions lost': 0 });
      reportCounts('race', { rounds: 1 });
      return Promise.resolve(rounds());
    });
    assert.equal(result, 300);
    assert.equal(
      counts,
      `| kind          | count | suites                |
| ------------- | ----: | --------------------- |
| rounds        | 1,301 | race 301, model 1,000 |
| sessions lost |     0 | race 0, model 0       |`,
    );
  });

  it('reports nothing in a short run', () => {
    assert.equal(process.env[COUNTS_VARIABLE], undefined);
    reportCounts('race', { rounds: 3 });
    assert.equal(rounds(), 3);
  });

  it('finds the files that use it, and only those', async () => {
    const files = await filesWithEffort();
    assert.ok(files.includes('test/race/race.test.ts'), files.join('\n'));
    assert.ok(!files.some((file) => file.startsWith('test/tooling/')));
  });

  it('reads counts up to a line that was cut off, and says when there are none', () => {
    assert.deepEqual(parseCounts('{"suite":"race","counts":{}}\n{"suite":"mo'), [{ suite: 'race', counts: {} }]);
    assert.equal(countsTable([]), 'No suite reported counts.');
  });
});
