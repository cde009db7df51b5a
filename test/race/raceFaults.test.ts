import assert from 'node:assert/strict';
import { mkdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hashedFileName } from '../../src/core/files/atomicWrite.ts';
import { effort, reportCounts } from '../../tooling/effort.ts';
import type { DiskFault } from '../support/race/faultyDisk.ts';
import type { OpenCommand, Outcome, Window } from '../support/race/protocol.ts';
import { happens, RaceFixture, toldBy, tokensOf } from '../support/race/raceFixture.ts';

const TRIES = effort({ short: 1, long: 10 });
const WINDOWS = effort({ short: 4, long: 8 });
/** Milliseconds within which the windows begin. */
const SPREAD = 30;

describe(`${WINDOWS} windows that race while something fails`, function () {
  this.timeout(effort({ short: 60_000, long: 300_000 }));
  let race: RaceFixture;

  before(async () => {
    race = await RaceFixture.start(WINDOWS);
  });
  after(() => race.stop());

  /** Declares a test that tries the fault several times, each time with a new session. */
  const tries = (title: string, run: () => Promise<'kept' | 'signInAgain'>): void => {
    it(title, async () => {
      for (let attempt = 0; attempt < TRIES; attempt++) {
        await race.begin();
        const result = await run();
        reportCounts('race with faults', {
          rounds: 1,
          'windows raced': WINDOWS,
          'faults injected': 1,
          'sessions lost': 0,
          ...(result === 'signInAgain' ? { 'sign-ins after a lost response': 1 } : {}),
        });
      }
    });
  };

  describe('when a window is killed', () => {
    tries('goes on without loss while it waited for the lock (A7, T34)', async () => {
      await open();
      const [holder, victim, others] = split();
      race.sandbox.misbehave({ token: { kind: 'hold', times: 1 } });
      const asked = race.asked();
      const first = race.refresh(holder, { hours: 1 });
      await asked;
      const waiting = victim.reaches('waiting');
      void race.refresh(victim, { hours: 1 });
      await waiting;
      const rest = race.refreshAll(others, { hours: 1, spread: SPREAD });
      await race.machine.kill(victim);
      race.sandbox.release();
      return kept([await first, ...(await rest)], { calls: 1 });
    });

    tries('goes on without loss if it had the lock and had not asked the server (A7, T34)', async () => {
      await open();
      const [holder, victim, others] = split();
      const locked = victim.reaches('locked');
      void race.refresh(victim, { hours: 1, stopAt: 'locked' });
      await locked;
      await race.machine.kill(victim);
      return kept(await race.refreshAll([holder, ...others], { hours: 1, spread: SPREAD }), { calls: 1 });
    });

    tries('goes on without loss if the server had not answered the token call (A7, T34)', async () => {
      await open();
      const [holder, victim, others] = split();
      race.sandbox.misbehave({ token: { kind: 'silence', times: 1 } });
      const asked = race.asked();
      void race.refresh(victim, { hours: 1 });
      await asked;
      await race.machine.kill(victim);
      return kept(await race.refreshAll([holder, ...others], { hours: 1, spread: SPREAD }), { calls: 2 });
    });

    tries(
      'asks for one new sign-in if the server had rotated the token and nobody had the answer (A7, T33, T34)',
      async () => {
        await open();
        const [holder, victim, others] = split();
        race.sandbox.misbehave({ token: { kind: 'hold', times: 1 } });
        const asked = race.asked();
        void race.refresh(victim, { hours: 1 });
        await asked;
        await happens(async () => !(await race.isAlive(race.session)));
        await race.machine.kill(victim);
        race.sandbox.release();
        const outcomes = await race.refreshAll([holder, ...others], { hours: 1, spread: SPREAD });
        // The token that the server has replaced is sent once, because nobody could know that it was.
        return signInAgain(outcomes, 'oauth.invalidGrant', { calls: 2, refused: 1 });
      },
    );

    tries('goes on without loss if the token state was written and the record was not (A7, T34, T60)', async () => {
      await open();
      const [holder, victim, others] = split();
      const answered = victim.reaches('answered');
      void race.refresh(victim, { hours: 1, stopAt: 'answered' });
      await answered;
      await race.machine.kill(victim);
      return kept(await race.refreshAll([holder, ...others], { hours: 1, spread: SPREAD }), { calls: 1 });
    });

    tries(
      'goes on without loss if the record had not left its window, and sends no spent token (A7, T34)',
      async () => {
        const [holder, victim, others] = split();
        const timeouts = { ...SHORT.timeouts, catchUp: 200 };
        await open({ timeouts }, (index) => (race.windows[index] === victim ? { flushDelay: 1_000_000 } : {}));
        assert.ok((await race.refresh(victim, { hours: 1 })).accessToken);
        await race.machine.kill(victim);
        const outcomes = await race.refreshAll([holder, ...others], { hours: 2, spread: SPREAD });
        return kept(outcomes, { calls: 2 });
      },
    );
  });

  describe('when a response is lost on the way', () => {
    tries('goes on without loss if the server had not rotated the token (A8)', async () => {
      await open();
      race.sandbox.misbehave({ token: { kind: 'drop', times: 1 } });
      const outcomes = await race.refreshAll(race.windows, { hours: 1, spread: SPREAD });
      const [failed, ...others] = outcomes.sort((a, b) => b.told.length - a.told.length);
      // The session is listed with its old token (A8).
      assert.equal(failed?.accessToken, race.session.accessToken);
      assert.equal(failed.told.length, 1);
      assert.ok(failed.told.every((code) => !SIGN_IN_AGAIN.has(code)));
      return kept(others, { calls: 2 });
    });

    tries('asks for one new sign-in if the server had rotated the token (A7, A8, T33)', async () => {
      await open();
      race.sandbox.misbehave({ token: { kind: 'dropAfterRotation', times: 1 } });
      const outcomes = await race.refreshAll(race.windows, { hours: 1, spread: SPREAD });
      const unreachable = outcomes.filter(({ accessToken }) => accessToken === race.session.accessToken);
      assert.equal(unreachable.length, 1, 'the window that lost the response');
      const others = outcomes.filter((outcome) => !unreachable.includes(outcome));
      return signInAgain(others, 'oauth.invalidGrant', { calls: 2, refused: 1 });
    });
  });

  describe('when a window has left its lock behind', () => {
    const ages: readonly [string, number][] = [
      ['an hour ago', -3_600_000],
      ['an hour from now, because the clock was set back', 3_600_000],
    ];
    for (const [title, age] of ages) {
      tries(`takes it over without loss, from ${title} (A7, T34, T35)`, async () => {
        await open();
        const lock = join(race.directory, `${hashedFileName(race.session.id)}.lock`);
        await mkdir(join(race.directory, `${hashedFileName(race.session.id)}.lock.taking`), { recursive: true });
        await mkdir(lock);
        await writeFile(join(lock, 'a-window-that-died'), '');
        for (const path of [lock, `${lock}.taking`]) {
          await utimes(path, (Date.now() + age) / 1000, (Date.now() + age) / 1000);
        }
        return kept(await race.refreshAll(race.windows, { hours: 1, spread: SPREAD }), { calls: 1 });
      });
    }
  });

  describe('when the folder of locks and token states fails', () => {
    tries('goes on without loss after it was deleted (A7)', async () => {
      await open();
      await kept(await race.refreshAll(race.windows, { hours: 1, spread: SPREAD }), { calls: 1 });
      await rm(race.directory, { recursive: true, maxRetries: 5 });
      return kept(await race.refreshAll(race.windows, { hours: 2, spread: SPREAD }), { calls: 2 });
    });

    const faults: readonly DiskFault[] = ['readOnly', 'full'];
    for (const disk of faults) {
      tries(`goes on without loss while it is ${disk} and windows do not ask at the same moment (A7)`, async () => {
        await open();
        await Promise.all(race.windows.map((window) => window.ask({ kind: 'fault', disk })));
        for (let hours = 1; hours <= 3; hours++) {
          const [first, ...others] = race.windows;
          const outcome = await race.refresh(first!, { hours });
          await race.stored(1 + hours);
          await kept([outcome, ...(await race.refreshAll(others, { hours, spread: SPREAD }))], { calls: hours });
        }
        return 'kept';
      });

      tries(`goes on without loss while it is ${disk} and windows ask at the same moment (A7)`, async () => {
        await open();
        await Promise.all(race.windows.map((window) => window.ask({ kind: 'fault', disk })));
        for (let hours = 1; hours <= 3; hours++) {
          await kept(await race.refreshAll(race.windows, { hours }), { calls: hours });
        }
        return 'kept';
      });
    }

    tries('asks for one new sign-in if it is deleted while a window renews and another one asks (A7)', async () => {
      await open();
      const [holder, other, others] = split();
      race.sandbox.misbehave({ token: { kind: 'hold', times: 1 } });
      const asked = race.asked();
      const first = race.refresh(holder, { hours: 1 });
      await asked;
      await rm(race.directory, { recursive: true, maxRetries: 5 });
      const second = race.refreshAll([other, ...others], { hours: 1 });
      await happens(() => race.refused > 0);
      race.sandbox.release();
      const outcomes = [await first, ...(await second)];
      const last = await race.refreshAll(race.windows, { hours: 2 });
      const codes = [...toldBy(outcomes), ...toldBy(last)].filter((code) => SIGN_IN_AGAIN.has(code));
      assert.deepEqual(codes, ['oauth.invalidGrant']);
      await ended();
      await worksAfterSignIn(race.windows, 2);
      return 'signInAgain';
    });
  });

  describe('when the secret storage of one window', () => {
    tries('throws while that window has the new token, is replaced by that of another window (A7, A14)', async () => {
      await open();
      const [faulty, ...others] = race.windows;
      await faulty!.ask({ kind: 'fault', secrets: 'throw' });
      const { accessToken, told } = await race.refresh(faulty!, { hours: 1 });
      assert.ok(accessToken);
      assert.deepEqual(told, ['storage.notSaved']);
      const outcomes = await race.refreshAll(others, { hours: 1, spread: SPREAD });
      assert.deepEqual(tokensOf(outcomes), [accessToken]);
      await kept(outcomes, { calls: 1 });
      await faulty!.ask({ kind: 'fault' });
      return kept(await race.refreshAll(race.windows, { hours: 1.1 }), { calls: 1 });
    });

    tries(
      'lags while that window stores the new token, keeps the others waiting and loses nothing (A7, A14)',
      async () => {
        await open();
        const [faulty, ...others] = race.windows;
        await faulty!.ask({ kind: 'fault', secrets: 'lag' });
        const first = race.refresh(faulty!, { hours: 1 });
        await happens(async () => (await tokenState()).includes('"spent"'));
        const rest = race.refreshAll(others, { hours: 1, spread: SPREAD });
        await faulty!.ask({ kind: 'fault' });
        return kept([await first, ...(await rest)], { calls: 1 });
      },
    );

    for (const secrets of ['throw', 'lag'] as const) {
      tries(
        `fails (${secrets}) while another window has the new token, keeps the session in all windows (A7, A14)`,
        async () => {
          await open();
          const [first, faulty, ...others] = race.windows;
          race.sandbox.misbehave({ token: { kind: 'hold', times: 1 } });
          const asked = race.asked();
          const renewed = race.refresh(first!, { hours: 1 });
          await asked;
          await faulty!.ask({ kind: 'fault', secrets });
          const failed = race.refresh(faulty!, { hours: 1 });
          const rest = race.refreshAll(others, { hours: 1, spread: SPREAD });
          race.sandbox.release();
          await kept([await renewed, ...(await rest)], { calls: 1 });
          if (secrets === 'throw') {
            assert.ok(toldBy([await failed]).every((code) => code === 'storage.failed'));
          }
          await faulty!.ask({ kind: 'fault' });
          await failed;
          return kept(await race.refreshAll(race.windows, { hours: 1.1 }), { calls: 1 });
        },
      );
    }
  });

  tries(
    'sends no spent token from tabs of a browser, signs nobody out, and lets the others work on (A7, T59)',
    async () => {
      race.machine.sharesSecrets = false;
      await open({ sharedSecrets: false });
      const [first, second, ...others] = race.windows;
      assert.ok((await race.refresh(first!, { hours: 1 })).accessToken);
      for (const tab of [second!, ...others]) {
        const { accessToken } = await race.refresh(tab, { hours: 2 });
        assert.equal(accessToken, undefined);
      }
      assert.equal(race.calls, 1);
      assert.ok((await race.refresh(first!, { hours: 2 })).accessToken);
      await race.signIn(second!);
      const tokens = await race.refreshAll([first!, second!], { hours: 3 });
      assert.deepEqual(toldBy(tokens), []);
      assert.equal(new Set(tokens.map(({ accessToken }) => accessToken)).size, 2);
      assert.equal(race.calls, 4);
      assert.equal(race.refused, 0);
      return 'kept';
    },
  );

  function open(options: Partial<OpenCommand> = {}, change?: (index: number) => Partial<OpenCommand>): Promise<void> {
    return race.open({ ...SHORT, ...options }, change);
  }

  /** The first window, the second one, and the others. */
  function split(): [Window, Window, readonly Window[]] {
    const [first, second, ...others] = race.windows;
    return [first!, second!, others];
  }

  /** All windows have the latest token, nobody was told anything, and it works at the server. */
  async function kept(outcomes: readonly Outcome[], { calls }: { readonly calls: number }): Promise<'kept'> {
    assert.deepEqual(toldBy(outcomes), []);
    assert.equal(race.calls, calls, 'token calls');
    assert.equal(race.refused, 0, 'refused token calls');
    const [token] = tokensOf(outcomes);
    assert.ok(token);
    assert.deepEqual(tokensOf(outcomes), [token]);
    await happens(() => race.records().some(({ accessToken }) => accessToken === token));
    assert.ok(await race.isAlive(race.records()[0]!));
    return 'kept';
  }

  /** One window said so when they asked in this hour, and after one sign-in all windows work. */
  async function signInAgain(
    outcomes: readonly Outcome[],
    code: string,
    { hours = 1, calls, refused }: { readonly hours?: number; readonly calls: number; readonly refused: number },
  ): Promise<'signInAgain'> {
    assert.deepEqual(
      toldBy(outcomes).filter((each) => SIGN_IN_AGAIN.has(each)),
      [code],
    );
    assert.deepEqual(tokensOf(outcomes), [undefined]);
    assert.equal(race.calls, calls, 'token calls');
    assert.equal(race.refused, refused, 'refused token calls');
    if (code === 'oauth.invalidGrant') {
      await ended();
    }
    await worksAfterSignIn(
      race.windows.filter(({ isOpen }) => isOpen),
      hours,
    );
    return 'signInAgain';
  }

  /** The end of the session has reached all windows. */
  async function ended(): Promise<void> {
    await happens(() => race.records().length === 0);
  }

  /** All windows have read the record that one of them has stored. */
  async function arrives(windows: readonly Window[], hours: number): Promise<void> {
    await happens(async () => !tokensOf(await race.refreshAll(windows, { hours })).includes(undefined));
  }

  async function worksAfterSignIn(windows: readonly Window[], hours: number): Promise<void> {
    const { calls } = race;
    await race.signIn(windows[0]!);
    await arrives(windows, hours);
    assert.equal(race.calls, calls);
    const outcomes = await race.refreshAll(windows, { hours: hours + 1, spread: SPREAD });
    assert.deepEqual(toldBy(outcomes), []);
    assert.equal(tokensOf(outcomes).length, 1);
    assert.ok(tokensOf(outcomes)[0]);
    assert.equal(race.calls, calls + 1);
  }

  async function tokenState(): Promise<string> {
    return readFile(join(race.directory, `${hashedFileName(race.session.id)}.json`), 'utf8').catch(() => '');
  }
});

const SHORT = {
  lock: { stale: 900, timeout: 5000 },
  timeouts: { catchUp: 1000, recovery: 300, response: 10_000 },
};
const SIGN_IN_AGAIN: ReadonlySet<string> = new Set(['oauth.invalidGrant', 'session.renewedElsewhere']);
