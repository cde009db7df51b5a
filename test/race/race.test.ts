import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Scope } from '../../src/core/connections/connection.ts';
import { effort, reportCounts } from '../../tooling/effort.ts';
import { happens, RaceFixture, toldBy, tokensOf } from '../support/race/raceFixture.ts';

/** Each round renews these sessions side by side, so that many rounds take little time. */
const SESSIONS: readonly (readonly Scope[])[] = [
  ['monitoring'],
  ['management'],
  ['control'],
  ['monitoring', 'management'],
  ['monitoring', 'control'],
];

const RACES = effort({
  short: [
    { windows: 8, rounds: 20 },
    { windows: 16, rounds: 5 },
  ],
  long: [
    { windows: 8, rounds: 1000 },
    { windows: 16, rounds: 150 },
    { windows: 32, rounds: 50 },
  ],
});

for (const { windows, rounds } of RACES) {
  describe(`a race of ${windows} windows`, function () {
    this.timeout(effort({ short: 60_000, long: 600_000 }));
    let race: RaceFixture;

    before(async () => {
      race = await RaceFixture.start(windows);
    });
    after(() => race.stop());

    it(`makes ${rounds} token calls in ${rounds} rounds, and loses no session (A7, T30)`, async () => {
      await race.begin(SESSIONS);
      await race.open({ timeouts: PATIENT });
      for (let round = 1; round <= rounds / SESSIONS.length; round++) {
        // Most windows start before a write has left its window, some after.
        const spread = round % 2 === 0 ? 30 : 400;
        await Promise.all(
          race.sessions.map(async (session) => {
            const outcomes = await race.refreshAll(race.windows, { hours: round, spread, session });
            const record = await race.stored(1 + round, session);
            assert.deepEqual(tokensOf(outcomes), [record.accessToken], `round ${round}`);
            assert.deepEqual(toldBy(outcomes), [], `round ${round}`);
            assert.ok(await race.isAlive(record), `refresh token after round ${round}`);
          }),
        );
        assert.equal(race.calls, round * SESSIONS.length, `token calls after round ${round}`);
        assert.equal(race.refused, 0, `refused token calls after round ${round}`);
      }
      reportCounts('race of windows', { rounds, 'windows raced': rounds * windows, 'sessions lost': 0 });
    });
  });
}

describe('a race of windows without a common lock and token states', function () {
  this.timeout(60_000);
  let race: RaceFixture;

  before(async () => {
    race = await RaceFixture.start(8);
  });
  after(() => race.stop());

  it('loses sessions, which shows that the race can be lost (A7)', async () => {
    let lost = 0;
    for (let round = 1; round <= 3; round++) {
      await race.begin();
      // No window can reach the lock or the token states of another one, not even to check again after a refusal.
      await race.open({ timeouts: HASTY }, (index) => ({ directory: join(race.directory, String(index)) }));
      await race.refreshAll(race.windows, { hours: 1, spread: 30 });
      assert.ok(race.calls > 1, `${race.calls} token calls`);
      // A stored token must have had time to reach the disk.
      await happens(() => race.records().every(({ generation }) => generation > 1));
      const [record] = race.records();
      lost += record && (await race.isAlive(record)) ? 0 : 1;
    }
    assert.ok(lost > 0);
  });
});

const HASTY = { catchUp: 1000, recovery: 300, response: 10_000 };
/** On a busy computer, 32 windows may not all get their turn within the time that another extension waits. */
const PATIENT = { catchUp: 5000, recovery: 2000, response: 120_000 };
