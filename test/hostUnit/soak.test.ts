import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mock } from 'node:test';
import { fileURLToPath } from 'node:url';
import { effort, reportCounts } from '../../tooling/effort.ts';
import { HOUR } from '../support/sessionFixture.ts';
import { Soak, type SoakLoad } from '../support/soak/soak.ts';
import type { SoakReport } from '../support/soak/soakProcess.ts';
import { useVscode } from '../support/vscode/fakeVscode.ts';

const IS_LONG = effort({ short: false, long: true });
const LOAD: SoakLoad = { signOuts: 100, renewals: 200, settingsChanges: 60, requests: 60, minutesOfOutages: 1 };
const SHORT_LOAD: SoakLoad = { signOuts: 10, renewals: 20, settingsChanges: 6, requests: 6, minutesOfOutages: 1 };
const ROUNDS = effort({ short: 1, long: 5 });

describe('weeks of use', function () {
  this.timeout(effort({ short: 30_000, long: 300_000 }));
  const editor = useVscode();
  let soak: Soak;
  afterEach(async () => {
    mock.timers.reset();
    await soak.explorer.close();
  });

  it('lose no session, and leave one file a day of what was signed out (A7, A8, A13)', async () => {
    const load = IS_LONG ? LOAD : SHORT_LOAD;
    soak = await Soak.open(editor);
    const { clock, directory } = soak.explorer.host.sessions;
    const start = clock.now;
    for (let round = 0; round < ROUNDS; round++) {
      await soak.run(load);
    }
    const files = await soak.stateFiles();
    const ended = files.filter((name) => name.startsWith('ended-'));
    assert.equal(files.length - ended.length, 1, 'one session has a state');
    assert.ok(ended.length >= 1 && ended.length <= 2, ended.join());
    const lines = await Promise.all(ended.map(async (name) => readFile(join(directory, name), 'utf8')));
    assert.ok(lines.join('').split('\n').filter(Boolean).length <= load.signOuts);
    reportCounts('weeks of use', {
      steps: ROUNDS * (load.signOuts + load.renewals + load.settingsChanges + load.requests),
      'faults injected': ROUNDS * load.minutesOfOutages * 3,
      'hours simulated': Math.round((clock.now - start) / HOUR),
      'sessions lost': 0,
    });
  });

  it('send nothing while nobody asks for anything, for a whole day (A9)', async () => {
    mock.timers.enable({ apis: ['setInterval'] });
    soak = await Soak.open(editor);
    await soak.run({ signOuts: 0, renewals: 1, settingsChanges: 0, requests: 1, minutesOfOutages: 0 });
    for (let minute = 0; minute < 24 * 60; minute++) {
      soak.explorer.host.sessions.clock.now += 60_000;
      mock.timers.tick(60_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    // A request would need the lock of the session first.
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(soak.sent, 0);
  });

  if (IS_LONG) {
    it('keep nothing in memory, and 10,000 requests at once need little of it (A9, E13, T32)', async () => {
      soak = await Soak.open(editor);
      const { heap, grown, burst } = await measure(LOAD, ROUNDS);
      assert.deepEqual(
        grown.filter(([, before, after]) => after - before > SLACK),
        [],
        'collections that grow',
      );
      const [, first = 0] = heap;
      const growth = (heap.at(-1)! - first) / (heap.length - 2);
      console.log(
        `      heap: ${Math.round(growth / 1000)} kB per 100 cycles, ${Math.round(burst.bytes / 1e6)} MB burst`,
      );
      assert.ok(growth < 150_000, `${Math.round(growth)} bytes per 100 cycles: ${heap.join()}`);
      assert.equal(burst.tokenCalls, 1);
      assert.ok(burst.bytes < 20_000_000, `${burst.bytes} bytes`);
    });
  }
});

/** A map with room for a few entries more is no leak; one entry for each of 500 cycles is. */
const SLACK = 2000;

/** What V8 compiles in the meantime would be most of the growth. */
const WITHOUT_COMPILER = ['--no-opt', '--no-sparkplug', '--no-flush-bytecode'];

/** In a process of its own, because there the memory can be cleaned up before it is measured. */
async function measure(load: SoakLoad, rounds: number): Promise<SoakReport> {
  const support = (name: string): string => fileURLToPath(new URL(`../support/${name}`, import.meta.url));
  const child = fork(support('soak/soakProcess.ts'), [JSON.stringify(load), String(rounds)], {
    execArgv: [...WITHOUT_COMPILER, '--expose-gc', '--import', support('loadTests.mjs')],
  });
  const exit = once(child, 'exit').then(([code]) =>
    Promise.reject(new Error(`The process ended with ${String(code)}.`)),
  );
  exit.catch(() => {});
  const [report] = (await Promise.race([once(child, 'message'), exit])) as [SoakReport];
  return report;
}
