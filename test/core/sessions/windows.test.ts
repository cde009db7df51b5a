import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Scope } from '../../../src/core/connections/connection.ts';
import { deleteExpired, checkStorage } from '../../../src/core/sessions/storageCheck.ts';
import { isSameGrant } from '../../../src/core/sessions/session.ts';
import { offline } from '../../support/fakeTokenServer.ts';
import {
  connection,
  createSessionFixture,
  HOUR,
  MINUTE,
  until,
  type SessionWindow,
  type SessionFixture,
} from '../../support/sessionFixture.ts';

/** Events caused by users, time and other programs in three windows that share secrets and a disk. */
const action = fc.record({
  kind: fc.constantFrom(
    ...['signIn', 'refresh', 'refresh', 'refreshAll', 'refreshAll', 'force', 'expire', 'expire', 'signOut'],
    ...['signOutWhileRefreshing', 'crash', 'network', 'admin', 'settings', 'externalWrite', 'sweep'],
  ),
  window: fc.nat({ max: 2 }),
  pick: fc.nat({ max: 5 }),
});
type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;

describe('three windows with random events', function () {
  this.timeout(30_000);

  it('never use a refresh token twice or at another origin, and end a session only for a reason (A7, A8, A13, C4, T36b)', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 5, maxLength: 25 }), async (actions) => {
        const model = new Model(await createSessionFixture());
        try {
          for (const each of actions) {
            await model.run(each);
          }
          await model.check();
        } finally {
          await model.fixture.close();
        }
      }),
      { numRuns: 40 },
    );
  });
});

class Model {
  readonly fixture: SessionFixture;
  readonly windows: SessionWindow[];
  readonly #home;
  /** Session ids by their possible state. */
  readonly #signedIn = new Set<string>();
  readonly #signedOut = new Set<string>();
  /** A window crashed before it wrote a rotated token, or an administrator ended the sign-in. */
  readonly #doomed = new Set<string>();
  readonly #unwritten = new Set<string>();
  #writes = 0;

  constructor(fixture: SessionFixture) {
    this.fixture = fixture;
    this.#home = fixture.connections;
    this.windows = [0, 1, 2].map(() => fixture.open({ flushDelay: 2 }));
  }

  async run({ kind, window: index, pick }: Action): Promise<void> {
    const { fixture, windows } = this;
    const window = windows[index]!;
    const sessions = window.tokens.usable();
    const id = sessions[pick % (sessions.length || 1)]?.session.id;
    const { server, clock } = fixture;
    switch (kind) {
      case 'signIn':
        if (fixture.connections === this.#home) {
          const scopes = SETS[pick % SETS.length]!;
          const { session } = await window.signIn(fixture, scopes);
          this.#signedIn.add(session.id);
          // Other windows may get the event later, but the record is stored.
          window.secrets.flush();
        }
        return;
      case 'refresh':
        await window.tokens.sessionsFor(['monitoring'], undefined).catch(() => {});
        return;
      case 'refreshAll':
        await Promise.all(windows.map(({ tokens }) => tokens.sessionsFor(['monitoring'], undefined).catch(() => {})));
        return;
      case 'force':
        await (id && window.tokens.getValidToken(id, { force: true }).catch(() => {}));
        return;
      case 'expire':
        clock.now += (pick + 1) * 30 * MINUTE;
        return;
      case 'signOut':
        await (id && this.#signOut(id, window));
        return;
      case 'signOutWhileRefreshing':
        if (id) {
          clock.now += HOUR;
          const refreshing = windows.map(({ tokens }) => tokens.getValidToken(id).catch(() => {}));
          await Promise.all([...refreshing, this.#signOut(id, window)]);
        }
        return;
      case 'crash':
        if (window.secrets.hasPending) {
          for (const { id: lost } of window.store.all()) {
            this.#doomed.add(lost);
          }
        }
        window.close();
        windows[index] = fixture.open({ flushDelay: 2 });
        await checkStorage(windows[index].storageCheck);
        return;
      case 'network':
        server.always = server.always ? undefined : offline();
        return;
      case 'admin':
        server.endAll();
        for (const each of this.#signedIn) {
          this.#doomed.add(each);
        }
        return;
      case 'settings':
        fixture.connections = fixture.connections === this.#home ? [connection({ instance: 'us' })] : this.#home;
        return;
      case 'externalWrite': {
        const key = `session:nobody-${++this.#writes}`;
        this.#unwritten.add(key);
        fixture.disk.write(key, ['', 'null', '{"version":2}', '{"version":1}'][pick % 4]);
        return;
      }
      case 'sweep':
        await deleteExpired(window.storageCheck);
        return;
    }
  }

  async check(): Promise<void> {
    const { fixture, windows } = this;
    fixture.connections = this.#home;
    await until(() => windows.every(({ secrets }) => !secrets.hasPending));
    const { server, disk } = fixture;
    const doomed = this.#doomed.size > 0;
    assert.ok(doomed || server.reused.length === 0, `used twice: ${server.reused.join()}`);
    for (const { origin } of server.calls) {
      assert.equal(origin, 'https://eu.ninjarmm.com');
    }
    for (const id of this.#signedOut) {
      assert.ok(!disk.values.has(`session:${id}`), 'signed out, but its record is back');
      await until(() => windows.every(({ store }) => store.get(id) === undefined));
    }
    for (const id of this.#signedIn) {
      if (!this.#signedOut.has(id) && !this.#doomed.has(id)) {
        assert.ok(disk.values.has(`session:${id}`), 'nobody ended it, but its record is gone');
        await until(() => windows.every(({ store }) => store.get(id) !== undefined));
      }
    }
    // The remaining sessions work once the network is back.
    server.always = undefined;
    fixture.clock.now += 24 * HOUR;
    for (const { session } of windows[0]!.tokens.usable()) {
      const renewed = await windows[0]!.tokens.getValidToken(session.id).catch((error: unknown) => error);
      assert.ok(this.#doomed.has(session.id) || !(renewed instanceof Error), String(renewed));
    }
  }

  async #signOut(id: string, window: SessionWindow): Promise<void> {
    // Two windows may have signed in to one account, and a sign-out ends that account.
    for (const each of window.store.all()) {
      if (isSameGrant(each, window.store.get(id)!)) {
        this.#signedOut.add(each.id);
      }
    }
    const ended = await window.tokens.signOut(id);
    await ended?.revoked;
  }
}

const SETS: readonly (readonly Scope[])[] = [['monitoring'], ['monitoring', 'management'], ['management']];
