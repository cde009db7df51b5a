import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConnections } from '../../src/core/connections/parseConnections.ts';
import { createSession, parseRecord, serializeSession, type StoredSession } from '../../src/core/sessions/session.ts';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { effort, reportCounts } from '../../tooling/effort.ts';
import { Machine, type Refreshed, type RefreshCommand, type Window } from '../support/race/protocol.ts';

const HOUR = 3_600_000;
/** The delay of VS Code in milliseconds. */
const FLUSH_DELAY = 100;
const ROUNDS = effort({ short: 20, long: 100 });

describe('a race of windows for one refresh token', function () {
  this.timeout(effort({ short: 60_000, long: 300_000 }));
  let sandbox: Sandbox;
  let machine: Machine;
  let directory: string;
  let session: StoredSession;

  before(async () => {
    sandbox = await startSandbox();
    machine = await Machine.start(8);
  });
  after(async () => {
    await machine.stop();
    await sandbox.stop();
  });
  beforeEach(async () => {
    sandbox.reset();
    directory = await mkdtemp(join(tmpdir(), 'ninjaone-race-'));
    await signIn();
  });
  afterEach(() => rm(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 }));

  it(`makes ${ROUNDS} token calls in ${ROUNDS} rounds of 8 windows, and loses no session (A7)`, async () => {
    await machine.open(options());
    for (let round = 1; round <= ROUNDS; round++) {
      // Most windows start before a write has left its window, some after.
      const spread = round % 2 === 0 ? 30 : 400;
      const results = await Promise.all(
        machine.windows.map((window) => refresh(window, { ahead: round * HOUR, spread })),
      );
      const { refreshToken, accessToken } = await stored(1 + round);
      assert.deepEqual([...new Set(results.map((result) => result.accessToken))], [accessToken], `round ${round}`);
      assert.deepEqual(incidentsOf(results), [], `round ${round}`);
      assert.equal(calls(), round, `token calls after round ${round}`);
      assert.ok(await sandbox.isRefreshTokenAlive(refreshToken!), `refresh token after round ${round}`);
      reportCounts('race of windows', { rounds: 1, 'windows raced': machine.windows.length, 'sessions lost': 0 });
    }
  });

  it('loses sessions without a common lock and token states, which shows that the race can be lost (A7)', async () => {
    let lost = 0;
    for (let round = 1; round <= 3; round++) {
      await signIn();
      // No window can reach the lock or the token states of another one, not even to check again after a refusal.
      await machine.open(options(), (index) => ({ directory: join(directory, `${round}-${index}`) }));
      await Promise.all(machine.windows.map((window) => refresh(window, { ahead: HOUR, spread: 30 })));
      const last = (): StoredSession | undefined => {
        const text = machine.disk.get(keyOf(session));
        return text === undefined ? undefined : sessionOf(text);
      };
      // A stored token must have had time to reach the disk.
      await happens(() => (last()?.generation ?? Infinity) > 1);
      lost += (await sandbox.isRefreshTokenAlive(last()?.refreshToken ?? '')) ? 0 : 1;
    }
    assert.ok(calls() > 3, `${calls()} token calls`);
    assert.ok(lost > 0);
  });

  describe('when a window dies', () => {
    const shortTimeouts = {
      lock: { stale: 900, timeout: 5000 },
      timeouts: { catchUp: 1000, recovery: 300, response: 10_000 },
    };

    it('goes on without loss if it held the lock before the server was asked (A7)', async () => {
      await machine.open({ ...options(), ...shortTimeouts });
      const [victim, others] = split();
      const stalled = victim.next('stalled');
      victim.send({ ...REFRESH, ahead: HOUR, stalls: true });
      await stalled;
      await victim.kill();
      const results = await Promise.all(others.map((window) => refresh(window, { ahead: HOUR, spread: 30 })));
      const { refreshToken, accessToken } = await stored(2);
      assert.deepEqual([...new Set(results.map((result) => result.accessToken))], [accessToken]);
      assert.equal(calls(), 1);
      assert.ok(await sandbox.isRefreshTokenAlive(refreshToken!));
    });

    it('asks for exactly one new sign-in if the server had rotated the token (A7)', async () => {
      await machine.open({ ...options(), ...shortTimeouts });
      const [victim, others] = split();
      sandbox.misbehave({ token: { kind: 'hold', times: 1 } });
      const asked = sandbox.nextRequest(({ path }) => path === '/ws/oauth/token');
      victim.send({ ...REFRESH, ahead: HOUR });
      await asked;
      const rotated = async (): Promise<boolean> => !(await sandbox.isRefreshTokenAlive(session.refreshToken!));
      await happens(rotated);
      await victim.kill();
      sandbox.release();
      await endsOnce(others);
    });

    it('sends no spent token and tells one window how to go on if the stored token had not left the window (A7)', async () => {
      const victims = machine.windows.at(-1);
      await machine.open({ ...options(), ...shortTimeouts }, (index) =>
        machine.windows[index] === victims ? { flushDelay: 1_000_000 } : {},
      );
      const [victim, others] = split();
      const { accessToken } = await refresh(victim, { ahead: HOUR, spread: 0 });
      assert.ok(accessToken);
      await victim.kill();
      const results = await Promise.all(others.map((window) => refresh(window, { ahead: 2 * HOUR, spread: 30 })));
      assert.deepEqual(incidentsOf(results), ['session.renewedElsewhere']);
      assert.deepEqual([...new Set(results.map((result) => result.accessToken))], [undefined]);
      assert.equal(calls(), 1);
      // Another window could still have the new token, so this record is not deleted.
      assert.ok(machine.disk.has(keyOf(session)));
    });

    async function endsOnce(others: readonly Window[]): Promise<void> {
      const results = await Promise.all(others.map((window) => refresh(window, { ahead: HOUR, spread: 30 })));
      assert.deepEqual(incidentsOf(results), ['oauth.invalidGrant']);
      assert.deepEqual([...new Set(results.map((result) => result.accessToken))], [undefined]);
      assert.equal(calls(), 2);
      await happens(() => !machine.disk.has(keyOf(session)));
    }

    /** Splits off the last window, which is the one to die. */
    function split(): [Window, readonly Window[]] {
      const victim = machine.windows.pop()!;
      return [victim, machine.windows];
    }
  });

  function options(): { connection: unknown; directory: string; flushDelay: number } {
    return { connection: settings(), directory, flushDelay: FLUSH_DELAY };
  }

  function settings(): Record<string, unknown> {
    return { name: 'Race', instance: sandbox.baseUrl, platform: 'native', clientId: 'sandbox-native' };
  }

  /** Stores a session of an earlier sign-in, which every window finds when it opens. */
  async function signIn(): Promise<void> {
    const [connection] = parseConnections([settings()]).connections;
    const refreshToken = await sandbox.mintRefreshToken('sandbox-native', 'monitoring offline_access');
    const issuedAt = Date.now() - HOUR / 4;
    const tokens = { accessToken: 'the-first-token', refreshToken, issuedAt, expiresAt: issuedAt + HOUR };
    session = createSession(connection!, ['monitoring'], tokens);
    machine.disk.clear();
    machine.disk.set(keyOf(session), serializeSession(session));
  }

  function calls(): number {
    return sandbox.tokenCalls['refresh_token'] ?? 0;
  }

  /** Waits until the record of this generation is on the disk. */
  async function stored(generation: number): Promise<StoredSession> {
    const present = (): StoredSession => sessionOf(machine.disk.get(keyOf(session)) ?? '');
    await happens(() => present().generation >= generation);
    assert.equal(present().generation, generation);
    return present();
  }
});

const REFRESH: RefreshCommand = { kind: 'refresh', ahead: 0, delay: 0, stalls: false };

function refresh(window: Window, { ahead, spread }: { ahead: number; spread: number }): Promise<Refreshed> {
  return window.ask({ ...REFRESH, ahead, delay: Math.random() * spread }, 'refreshed');
}

function incidentsOf(results: readonly Refreshed[]): string[] {
  return results.flatMap(({ renewalFailures }) => renewalFailures);
}

function keyOf({ id }: StoredSession): string {
  return `session:${id}`;
}

function sessionOf(text: string): StoredSession {
  const record = parseRecord(text);
  return record.kind === 'session' ? record.session : assert.fail(`no session: ${text}`);
}

/** Polls the condition for up to ten seconds. */
async function happens(condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 10_000;
  while (!(await condition())) {
    assert.ok(performance.now() < end, `never happened: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
