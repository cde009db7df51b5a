import assert from 'node:assert/strict';
import { isNinjaOneError } from '../../../src/core/base/errors.ts';
import type { Connection, Scope } from '../../../src/core/connections/connection.ts';
import type { UsableSession } from '../../../src/core/sessions/usableSessions.ts';
import { createSession, serializeSession, type StoredSession } from '../../../src/core/sessions/session.ts';
import { checkStorage, deleteExpired } from '../../../src/core/sessions/storageCheck.ts';
import type { TokenSet } from '../../../src/core/sessions/tokenRequests.ts';
import { invalidGrant, offline } from '../../support/fakeTokenServer.ts';
import { SecretDisk } from '../../support/memorySecrets.ts';
import {
  connection,
  createSessionFixture,
  DAY,
  HOUR,
  MINUTE,
  until,
  type SessionWindow,
  type SessionFixture,
} from '../../support/sessionFixture.ts';

describe('TokenService', () => {
  let fixture: SessionFixture;
  let window: SessionWindow;
  beforeEach(async () => {
    fixture = await createSessionFixture();
    window = fixture.open();
  });
  afterEach(() => fixture.close());

  describe('signing in', () => {
    it('stores the scopes that were granted and names them in order (A10)', async () => {
      const { session, account } = await window.signIn(fixture, ['monitoring'], {
        scopes: ['management', 'monitoring', 'offline_access'],
      });
      assert.deepEqual(session.scopes, ['monitoring', 'management']);
      assert.equal(account.label, 'Acme · eu · monitoring, management');
      assert.deepEqual(window.store.get(session.id), session);
    });

    it('stores the requested scopes if the response names none (A10)', async () => {
      assert.deepEqual((await window.signIn(fixture, ['management'])).session.scopes, ['management']);
    });

    it('stores nothing and revokes the tokens if not all scopes were granted (A10)', async () => {
      const { accessToken, refreshToken } = fixture.server.tokens();
      for (const scopes of [['monitoring'], [], ['everything']]) {
        const signIn = window.signIn(fixture, ['monitoring', 'control'], { accessToken, refreshToken, scopes });
        await assert.rejects(signIn, hasCode('oauth.scopesRefused'));
        assert.deepEqual(fixture.server.revoked, [refreshToken, accessToken]);
        fixture.server.calls.length = 0;
      }
      assert.deepEqual([...fixture.disk.values], []);
      assert.deepEqual(window.changes, []);
    });

    it('refuses control if it was not requested, even if the connection allows it (A10)', async () => {
      const signIn = window.signIn(fixture, ['monitoring'], { scopes: ['monitoring', 'control'] });
      await assert.rejects(signIn, hasCode('oauth.scopesExceeded'));
      assert.equal(fixture.server.revoked.length, 2);
      assert.deepEqual(window.store.all(), []);
    });

    it('refuses a session if the connection was removed or narrowed while the browser was open (C4)', async () => {
      const [before] = fixture.connections;
      for (const after of [[], [connection({ scopes: ['management'] })]]) {
        fixture.connections = after;
        await assert.rejects(window.signIn(fixture, ['monitoring'], {}, before), isNinjaOneError);
        assert.equal(fixture.server.revoked.length, 2);
        fixture.server.calls.length = 0;
      }
      assert.deepEqual([...fixture.disk.values], []);
    });

    it('returns one session to two callers of the same sign-in, with one event (A4, A12)', async () => {
      const tokens = fixture.server.tokens();
      const [to] = fixture.connections;
      const join = (): Promise<UsableSession> =>
        window.tokens.signIn(to!, ['monitoring'], () => Promise.resolve(tokens));
      const [one, other] = await Promise.all([join(), join()]);
      assert.equal(one.session.id, other.session.id);
      assert.ok(window.tokens.find(one.session.id));
      assert.equal(window.changes.flatMap(({ added }) => added).length, 1);
    });

    it('refuses scopes beyond those of the connection (C4)', async () => {
      const narrow = connection({ scopes: ['monitoring'] });
      fixture.connections = [narrow];
      const signIn = window.signIn(fixture, ['monitoring'], { scopes: ['monitoring', 'control'] }, narrow);
      await assert.rejects(signIn, hasCode('oauth.scopesExceeded'));
      assert.equal(fixture.server.revoked.length, 2);
      assert.deepEqual(window.store.all(), []);
    });

    it('keeps the session id for the same account, and takes the new refresh token (A11)', async () => {
      const first = await window.signIn(fixture);
      const second = await window.signIn(fixture, ['monitoring'], { refreshToken: undefined });
      assert.equal(second.session.id, first.session.id);
      assert.equal(second.session.generation, 2);
      assert.equal(second.session.refreshToken, undefined);
      assert.equal(window.store.all().length, 1);
    });

    it('creates another session for another set of scopes (A10)', async () => {
      const first = await window.signIn(fixture);
      const second = await window.signIn(fixture, ['monitoring', 'management']);
      assert.notEqual(second.session.id, first.session.id);
      assert.equal(window.tokens.usable().length, 2);
    });

    it('fires one event with the added session in every window (A12)', async () => {
      const other = fixture.open();
      const { session } = await window.signIn(fixture);
      await until(() => other.changes.length > 0);
      for (const { changes } of [window, other]) {
        assert.deepEqual(
          changes.map(({ added, removed, changed }) => [idsOf(added), idsOf(removed), idsOf(changed)]),
          [[[session.id], [], []]],
        );
      }
    });

    it('reports a session that cannot be stored once, and uses it until the window closes (A14)', async () => {
      window.secrets.fail('store', 'throw');
      const { session } = await window.signIn(fixture);
      assert.equal((await window.tokens.getValidToken(session.id)).session.accessToken, session.accessToken);
      assert.deepEqual(codes(window), ['storage.notSaved']);
      assert.equal((await window.states.get(session.id))?.kind, 'spent');
      window.close();
      fixture.clock.now += 2 * DAY;
      const { lost } = await checkStorage(fixture.open().storageCheck);
      assert.deepEqual(lost, []);
      assert.equal(await window.states.get(session.id), undefined);
    });

    it('revokes the tokens that it replaces, after the new ones are stored (A13)', async () => {
      const { session } = await window.signIn(fixture);
      const again = await window.signIn(fixture);
      assert.equal(again.session.id, session.id);
      await until(() => fixture.server.revoked.includes(session.accessToken));
      assert.deepEqual(fixture.server.revoked, [session.refreshToken, session.accessToken]);
      assert.ok(fixture.server.isAlive(again.session.refreshToken));
      assert.ok(fixture.disk.values.get(`session:${session.id}`)?.includes(again.session.accessToken));
    });

    it('does not revoke a refresh token that the new session keeps (A13)', async () => {
      const { session } = await window.signIn(fixture);
      await window.signIn(fixture, ['monitoring'], { refreshToken: session.refreshToken });
      fixture.clock.now += HOUR;
      assert.equal((await window.tokens.getValidToken(session.id)).session.generation, 3);
      assert.deepEqual(fixture.server.revoked, []);
    });

    it('stores the latest of two sign-ins that the storage did not take at first (A14)', async () => {
      window.secrets.fail('store', 'throw');
      await window.signIn(fixture);
      window.secrets.heal();
      const { session } = await window.signIn(fixture);
      await until(() => !window.store.isBehind);
      assert.ok(fixture.disk.values.get(`session:${session.id}`)?.includes(session.accessToken));
      assert.equal(session.generation, 2);
    });

    it('stores its record again after another window has written an older one late (A7)', async () => {
      const { session } = await window.signIn(fixture);
      const older = fixture.disk.values.get(`session:${session.id}`);
      const renewed = await window.tokens.getValidToken(session.id, { force: true });
      fixture.disk.write(`session:${session.id}`, older);
      await until(() => window.store.isBehind);
      await window.recovery.run();
      assert.ok(fixture.disk.values.get(`session:${session.id}`)?.includes(renewed.session.accessToken));
    });

    it('deletes a record later that could not be deleted at the sign-out (A13)', async () => {
      const { session } = await window.signIn(fixture);
      window.secrets.fail('delete', 'throw');
      await window.tokens.signOut(session.id);
      assert.ok(fixture.disk.values.has(`session:${session.id}`));
      window.secrets.heal();
      await window.recovery.run();
      assert.ok(!fixture.disk.values.has(`session:${session.id}`));
    });

    it('succeeds even if a listener of the sign-in throws (A8)', async () => {
      window.tokens.onDidSignIn(() => {
        throw new Error('listener');
      });
      assert.equal((await window.signIn(fixture)).session.generation, 1);
    });

    it('keeps the sign-in if the replaced tokens cannot be revoked (A13)', async () => {
      await window.signIn(fixture);
      fixture.server.revokeFailure = offline();
      const again = await window.signIn(fixture);
      await until(() => fixture.server.revoked.length > 0);
      assert.equal(window.tokens.find(again.session.id)?.session.accessToken, again.session.accessToken);
    });

    it('keeps both sessions when two windows sign in to two connections at once (A7)', async () => {
      fixture.connections = [connection(), connection({ name: 'Beta', clientId: 'beta' })];
      const windows = [fixture.open({ flushDelay: 5 }), fixture.open({ flushDelay: 5 })];
      const signedIn = await Promise.all(
        windows.map((each, index) => each.signIn(fixture, ['monitoring'], {}, fixture.connections[index])),
      );
      const ids = signedIn.map(({ session }) => session.id).sort();
      for (const each of windows) {
        await until(() => each.tokens.usable().length === 2);
        assert.deepEqual(
          each.tokens
            .usable()
            .map(({ session }) => session.id)
            .sort(),
          ids,
        );
      }
    });

    it('ends with the same single account when two windows sign in together (A10)', async () => {
      const other = fixture.open({ flushDelay: 10 });
      const one = fixture.open({ flushDelay: 10 });
      const first = one.signIn(fixture);
      fixture.clock.now += 5;
      await Promise.all([first, other.signIn(fixture)]);
      await until(() => one.store.all().length === 2 && other.store.all().length === 2);
      assert.equal(one.tokens.usable().length, 1);
      assert.deepEqual(idsOf(one.tokens.usable()), idsOf(other.tokens.usable()));
      assert.deepEqual(one.tokens.orphans(), []);
      const [{ session }] = one.tokens.usable() as unknown as [UsableSession];
      await (
        await one.tokens.signOut(session.id)
      )?.revoked;
      assert.equal(fixture.server.revoked.length, 4);
      await until(() => other.tokens.usable().length === 0);
    });

    it('returns a session from the last five seconds to a request that it covers (A17)', async () => {
      const acme = fixture.connections[0]!;
      const { session } = await window.signIn(fixture, ['monitoring', 'management']);
      const join = (scopes: Scope[], after: number, to: Connection = acme): string | undefined =>
        window.tokens.recent(to, scopes, fixture.clock.now + after)?.session.id;
      assert.equal(join(['monitoring'], 0), session.id);
      assert.equal(join(['monitoring'], -30_000), session.id);
      assert.equal(join(['management'], 4999), session.id);
      assert.equal(join(['management'], 5000), undefined);
      assert.equal(join(['control'], 0), undefined);
      assert.equal(join(['monitoring'], 0, connection({ clientId: 'other' })), undefined);
      assert.equal(join(['monitoring'], -365 * DAY), undefined);
      await window.tokens.signOut(session.id);
      assert.equal(join(['monitoring'], 0), undefined);
    });

    it('does not return a recent session with control to a request without it (A17)', async () => {
      await window.signIn(fixture, ['monitoring', 'control']);
      const acme = fixture.connections[0]!;
      assert.equal(window.tokens.recent(acme, ['monitoring'], fixture.clock.now), undefined);
      assert.ok(window.tokens.recent(acme, ['monitoring', 'control'], fixture.clock.now));
    });
  });

  describe('with client credentials', () => {
    const service = connection({ name: 'Service', platform: 'api-services', clientId: 'svc' });
    beforeEach(async () => {
      fixture.connections = [service];
      await window.clientSecrets.set(service.id, 'the-secret');
    });

    it('gets a token for exactly the requested scopes, and again when it expires (A6)', async () => {
      const { session } = await window.tokens.signIn(service, ['management'], () =>
        window.requests.mint(service, ['management']),
      );
      fixture.clock.now += 2 * HOUR;
      await window.tokens.sessionsFor(['management'], undefined);
      assert.deepEqual(
        fixture.server.calls.map(({ kind, scopes }) => [kind, scopes]),
        [
          ['mint', ['management']],
          ['mint', ['management']],
        ],
      );
      assert.equal(window.store.get(session.id)?.refreshToken, undefined);
    });

    it('gets no token after sign-out, and keeps the secret (A13)', async () => {
      const { session } = await window.signIn(fixture, ['monitoring'], {}, service);
      await (
        await window.tokens.signOut(session.id)
      )?.revoked;
      fixture.clock.now += 2 * HOUR;
      assert.deepEqual(await window.tokens.sessionsFor(['monitoring'], undefined), []);
      await assert.rejects(window.tokens.getValidToken(session.id), hasCode('session.signedOut'));
      assert.equal(fixture.server.tokenCalls, 0);
      assert.equal(await window.clientSecrets.get(service.id), 'the-secret');
    });

    it('sends nothing without a secret, and says what to do (A6)', async () => {
      await window.clientSecrets.delete(service.id);
      await assert.rejects(window.requests.mint(service, ['monitoring']), hasCode('connection.noClientSecret'));
      assert.deepEqual(fixture.server.calls, []);
    });

    it('sends nothing to a host that the user has not confirmed (C1, T06)', async () => {
      const careful = fixture.open({ mayContact: () => false });
      await assert.rejects(careful.requests.mint(service, ['monitoring']), hasCode('connection.hostNotConfirmed'));
      assert.deepEqual(fixture.server.calls, []);
    });
  });

  describe('signing out', () => {
    it('deletes the record, fires in every window and revokes both tokens, the refresh token first (A13)', async () => {
      const other = fixture.open();
      const { session } = await window.signIn(fixture);
      await until(() => other.tokens.usable().length === 1);
      const ended = await window.tokens.signOut(session.id);
      assert.equal(await ended?.revoked, true);
      await until(() => other.tokens.usable().length === 0);
      assert.deepEqual(fixture.server.revoked, [session.refreshToken, session.accessToken]);
      assert.deepEqual(fixture.server.calls.at(-1)?.origin, 'https://eu.ninjarmm.com');
      assert.deepEqual([...fixture.disk.values.keys()], ['canary']);
      assert.deepEqual(codes(window), []);
    });

    it('finishes at once even if the server does not confirm the revocation (A13)', async () => {
      const { session } = await window.signIn(fixture);
      fixture.server.revokeFailure = offline();
      const ended = await window.tokens.signOut(session.id);
      assert.equal(window.store.get(session.id), undefined);
      assert.equal(await ended?.revoked, false);
      assert.equal(await window.tokens.signOut(session.id), undefined);
    });

    it('is not undone by a refresh in this window, whose new tokens are revoked (A13)', async () => {
      const { session } = await window.signIn(fixture);
      const { refreshing, respond } = await refreshInFlight(fixture, window, session);
      await window.tokens.signOut(session.id);
      const newTokens = respond();
      await assert.rejects(refreshing, hasCode('session.signedOut'));
      await until(() => fixture.server.revoked.includes(newTokens().refreshToken));
      await stillSignedOut(session, [window]);
    });

    it('is not undone by a refresh in another window (A13)', async () => {
      const other = fixture.open({ flushDelay: 15 });
      const { session } = await window.signIn(fixture);
      await until(() => other.store.get(session.id) !== undefined);
      const { refreshing, respond } = await refreshInFlight(fixture, other, session);
      await window.tokens.signOut(session.id);
      const writes = other.secrets.calls.store.length;
      const newTokens = respond();
      await assert.rejects(refreshing, hasCode('session.signedOut'));
      await until(() => fixture.server.revoked.includes(newTokens().refreshToken));
      assert.equal(other.secrets.calls.store.length, writes);
      await stillSignedOut(session, [window, other]);
    });

    it('is not undone by a refresh that stores its record at the same moment (A13)', async () => {
      // The storage must not be given up while the sign-out, which writes files, runs within its call.
      const other = fixture.open({ flushDelay: 15, storageLimit: 20_000 });
      const { session } = await window.signIn(fixture);
      await until(() => other.store.get(session.id) !== undefined);
      fixture.clock.now += HOUR;
      // The other window has checked for a sign-out and is about to store.
      const store = other.secrets.store.bind(other.secrets);
      other.secrets.store = async (key, value) => {
        other.secrets.store = store;
        await window.tokens.signOut(session.id);
        await store(key, value);
      };
      await assert.rejects(other.tokens.getValidToken(session.id), hasCode('session.signedOut'));
      await stillSignedOut(session, [window, other]);
    });

    it('is not undone by a refresh that has stored its record but not its state (A13)', async () => {
      const other = fixture.open();
      const { session } = await window.signIn(fixture);
      await until(() => other.store.get(session.id) !== undefined);
      fixture.clock.now += HOUR;
      const set = other.states.set.bind(other.states);
      other.states.set = async (stored, state) => {
        if (state.kind === 'current') {
          other.states.set = set;
          await window.tokens.signOut(session.id);
        }
        await set(stored, state);
      };
      await other.tokens.getValidToken(session.id).catch(() => {});
      await stillSignedOut(session, [window, other]);
      await assert.rejects(other.tokens.getValidToken(session.id), hasCode('session.signedOut'));
    });

    it('is not undone by a record that the storage takes after it was given up (A13, A14)', async () => {
      const other = fixture.open({ flushDelay: 15 });
      const { session } = await window.signIn(fixture);
      await until(() => other.store.get(session.id) !== undefined);
      fixture.clock.now += HOUR;
      other.secrets.fail('store', 'lag', { key: session.id });
      const renewed = await other.tokens.getValidToken(session.id);
      await window.tokens.signOut(session.id);
      await until(() => other.tokens.usable().length === 0);
      other.secrets.heal();
      await until(() => fixture.server.revoked.includes(renewed.session.refreshToken));
      await stillSignedOut(session, [window, other]);
    });

    it('causes no incident in a window whose refresh the server then refuses (A13)', async () => {
      const other = fixture.open({ flushDelay: 15 });
      const { session } = await window.signIn(fixture);
      await until(() => other.store.get(session.id) !== undefined);
      fixture.clock.now += HOUR;
      fixture.server.script.push(async () => {
        await (
          await window.tokens.signOut(session.id)
        )?.revoked;
        return invalidGrant();
      });
      await assert.rejects(other.tokens.getValidToken(session.id), hasCode('session.signedOut'));
      assert.deepEqual([...codes(window), ...codes(other)], []);
      await stillSignedOut(session, [window, other]);
    });

    it('also ends the copy of a window with separate secrets at its next use (A13)', async () => {
      const { session } = await window.signIn(fixture);
      const disk = new SecretDisk();
      for (const [key, value] of fixture.disk.values) {
        disk.write(key, value);
      }
      const alone = fixture.open({ sharedSecrets: false, disk });
      await alone.store.load();
      await window.tokens.signOut(session.id);
      fixture.clock.now += HOUR;
      await assert.rejects(alone.tokens.getValidToken(session.id), hasCode('session.signedOut'));
      assert.deepEqual(alone.tokens.usable(), []);
      assert.equal(fixture.server.tokenCalls, 0);
    });

    it('also ends it in a window that cannot read its secret storage (A13)', async () => {
      const { session } = await window.signIn(fixture);
      const other = fixture.open();
      await other.store.load();
      other.secrets.fail('get', 'throw');
      await (
        await window.tokens.signOut(session.id)
      )?.revoked;
      await until(() => other.tokens.usable().length === 0);
    });

    it('gives its token to nobody in a window that has not heard of it (A13)', async () => {
      const { session } = await window.signIn(fixture);
      const ask = [
        (other: SessionWindow) => other.tokens.sessionsFor(['monitoring'], undefined),
        (other: SessionWindow) => other.tokens.getValidToken(session.id),
      ];
      const others = ask.map(() => fixture.open());
      for (const { store, secrets } of others) {
        await store.load();
        secrets.accept = () => {};
      }
      await window.tokens.signOut(session.id);
      assert.ok(others.every(({ tokens }) => tokens.usable().length === 1));
      assert.deepEqual(await ask[0]!(others[0]!), []);
      await assert.rejects(ask[1]!(others[1]!), { code: 'session.signedOut' });
      assert.ok(others.every(({ tokens }) => tokens.usable().length === 0));
    });

    it('does not affect a new session from a sign-in in another window (A13)', async () => {
      const other = fixture.open({ flushDelay: 15 });
      const { session } = await window.signIn(fixture);
      await until(() => other.store.get(session.id) !== undefined);
      other.secrets.accept = () => {};
      await window.tokens.signOut(session.id);
      const again = await other.signIn(fixture);
      assert.notEqual(again.session.id, session.id);
    });

    it('revokes the tokens even if the storage cannot delete them (A13)', async () => {
      const { session } = await window.signIn(fixture);
      window.secrets.fail('delete', 'throw');
      assert.equal(await (await window.tokens.signOut(session.id))?.revoked, true);
      assert.deepEqual(window.tokens.usable(), []);
      assert.equal(await window.states.isEnded(session.id), true);
    });

    /** Fails, too, if one of the windows has listed the session again for a moment, or a reload brings it back. */
    async function stillSignedOut(session: StoredSession, windows: readonly SessionWindow[]): Promise<void> {
      const key = `session:${session.id}`;
      await until(async () => {
        for (const { secrets, store } of windows) {
          secrets.flush();
          await store.reread(session.id);
        }
        return !fixture.disk.values.has(key);
      });
      // The late write of a window that was closed.
      fixture.disk.write(key, serializeSession(session));
      const reloaded = fixture.open();
      await reloaded.store.load();
      assert.deepEqual(reloaded.changes, []);
      await until(() => !fixture.disk.values.has(key));
      for (const { tokens, changes } of windows) {
        assert.deepEqual(tokens.usable(), []);
        assert.deepEqual(changes.map(({ added }) => added.length).filter(Boolean), [1], 'it was listed again');
      }
      assert.equal(await window.states.isEnded(session.id), true);
      assert.ok(!fixture.server.isAlive(session.refreshToken));
    }
  });

  describe('choosing the sessions for a request', () => {
    const MONITORING: readonly Scope[] = ['monitoring'];

    it('takes the next session of the connection if the narrowest has ended (A9)', async () => {
      await window.signIn(fixture, MONITORING);
      const wide = await window.signIn(fixture, ['monitoring', 'management']);
      fixture.clock.now += HOUR;
      fixture.server.script.push(invalidGrant());
      assert.deepEqual(idsOf(await window.tokens.sessionsFor(MONITORING, undefined)), [wide.session.id]);
    });

    it('prefers a wider session with a valid token to one that cannot be renewed now (A9)', async () => {
      const narrow = await window.signIn(fixture, MONITORING);
      fixture.clock.now += 40 * MINUTE;
      const wide = await window.signIn(fixture, ['monitoring', 'management']);
      fixture.clock.now += 30 * MINUTE;
      fixture.server.script.push(offline());
      assert.deepEqual(idsOf(await window.tokens.sessionsFor(MONITORING, undefined)), [wide.session.id]);
      fixture.clock.now += MINUTE;
      assert.deepEqual(idsOf(await window.tokens.sessionsFor(MONITORING, undefined)), [narrow.session.id]);
    });

    it('renews at most five tokens, and returns the other sessions as they are (A9)', async () => {
      fixture.connections = Array.from({ length: 30 }, (_, index) =>
        connection({ name: `Service ${index}`, platform: 'api-services', clientId: `service-${index}` }),
      );
      for (const each of fixture.connections) {
        await window.clientSecrets.set(each.id, 'the-secret');
        await window.signIn(fixture, MONITORING, {}, each);
      }
      fixture.clock.now += HOUR;
      const sessions = await window.tokens.sessionsFor(MONITORING, undefined);
      assert.equal(sessions.length, 30);
      assert.equal(fixture.server.tokenCalls, 5);
      const last = sessions.at(-1)!;
      const [renewed] = await window.tokens.sessionsFor(MONITORING, last.account.id);
      assert.notEqual(renewed?.session.accessToken, last.session.accessToken);
      assert.equal(fixture.server.tokenCalls, 6);
    });

    it('renews within one time limit for all of them (A9)', async () => {
      const hurried = fixture.open({ responseLimit: 100 });
      fixture.connections = ['a', 'b', 'c'].map((name) => connection({ name, clientId: name }));
      for (const each of fixture.connections) {
        await hurried.signIn(fixture, MONITORING, {}, each);
      }
      fixture.clock.now += 56 * MINUTE;
      fixture.server.always = () => new Promise(() => {});
      const started = performance.now();
      assert.equal((await hurried.tokens.sessionsFor(MONITORING, undefined)).length, 3);
      assert.ok(performance.now() - started < 3000);
    });
  });

  for (const [what, count, isOneAccount] of [
    ['a thousand sessions', 1000, false],
    ['300 records of one account', 300, true],
  ] as const) {
    it(`reads ${what} as one change, and renews one of them as one change (A9, A12)`, async () => {
      const [acme] = fixture.connections;
      window.close();
      fixture.connections = Array.from({ length: isOneAccount ? 1 : count }, (_, index) =>
        connection({ clientId: `acme-${index}`, name: `Acme ${index}` }),
      );
      for (let index = 0; index < count; index++) {
        const each = fixture.connections[isOneAccount ? 0 : index]!;
        const tokens = { ...fixture.server.tokens(), issuedAt: fixture.clock.now - count + index };
        const session = createSession(each, ['monitoring'], tokens);
        fixture.disk.write(`session:${session.id}`, serializeSession(session));
      }
      const next = fixture.open();
      const numbers = (): number[][] =>
        next.changes.splice(0).map(({ added, removed, changed }) => [added.length, removed.length, changed.length]);
      await checkStorage(next.storageCheck);
      await deleteExpired(next.storageCheck);
      fixture.connections = [...fixture.connections];
      assert.deepEqual(numbers(), [[isOneAccount ? 1 : count, 0, 0]]);
      assert.equal(next.storeChanges.length, 1);
      assert.equal(next.tokens.orphans().length, 0);
      await next.tokens.getValidToken(next.tokens.usable()[0]!.session.id, { force: true });
      assert.deepEqual(numbers(), [[0, 0, 1]]);
      fixture.connections = [acme!];
      assert.equal(next.tokens.orphans().length, count);
    });
  }

  describe('with a session that has no refresh token', () => {
    it('lists it as expired after its end, returns it to nobody and renews it by the next sign-in (A9, A10)', async () => {
      const { session } = await window.signIn(fixture, ['monitoring'], { refreshToken: undefined });
      assert.deepEqual(window.tokens.expired(), []);
      fixture.clock.now += HOUR;
      assert.deepEqual(window.tokens.usable(), []);
      assert.deepEqual(await window.tokens.sessionsFor(['monitoring'], undefined), []);
      assert.deepEqual(
        window.tokens.expired().map((each) => each.session),
        [session],
      );
      assert.deepEqual(window.tokens.listed(), [session]);
      assert.deepEqual(window.tokens.orphans(), []);
      assert.deepEqual(fixture.server.calls, []);
      assert.equal((await window.signIn(fixture)).session.id, session.id);
      assert.deepEqual(window.tokens.expired(), []);
      assert.deepEqual(
        window.tokens.usable().map((each) => each.session.id),
        [session.id],
      );
    });

    it('signs out of it after its end like any other (A13)', async () => {
      const { session } = await window.signIn(fixture, ['monitoring'], { refreshToken: undefined });
      fixture.clock.now += HOUR;
      assert.equal(await (await window.tokens.signOut(session.id))?.revoked, true);
      assert.deepEqual(fixture.server.revoked, [session.accessToken]);
      assert.deepEqual(window.tokens.listed(), []);
      assert.ok(!fixture.disk.values.has(`session:${session.id}`));
    });

    it('never lists a session with a refresh token as expired, but renews it at its next use (A9)', async () => {
      const { session } = await window.signIn(fixture);
      fixture.clock.now += HOUR;
      assert.deepEqual(window.tokens.expired(), []);
      assert.deepEqual(window.tokens.listed(), [session]);
    });
  });

  describe('binding sessions to connections', () => {
    it('sends nothing for a session whose connection changed, until the connection returns (C4, T36)', async () => {
      const acme = fixture.connections[0]!;
      const { session } = await window.signIn(fixture);
      fixture.clock.now += HOUR;
      const spa = { platform: 'spa', redirectUri: 'https://a.example/callback' };
      for (const changed of [{ instance: 'us' }, { clientId: 'client-2' }, spa]) {
        fixture.connections = [connection(changed)];
        assert.deepEqual(await window.tokens.sessionsFor(['monitoring'], undefined), []);
        await assert.rejects(window.tokens.getValidToken(session.id), hasCode('session.orphaned'));
        await assert.rejects(window.tokens.getValidToken(session.id, { force: true }), hasCode('session.orphaned'));
        assert.deepEqual(window.tokens.orphans(), [session]);
      }
      assert.deepEqual(fixture.server.calls, []);
      assert.deepEqual(codes(window), []);
      fixture.connections = [acme];
      assert.equal((await window.tokens.getValidToken(session.id)).session.generation, 2);
      assert.deepEqual(
        window.changes.map(({ added, removed, changed }) => [added.length, removed.length, changed.length]),
        [
          [1, 0, 0],
          [0, 1, 0],
          [1, 0, 0],
          [0, 0, 1],
        ],
      );
    });

    it('revokes the tokens of an orphaned session at the origin that issued them (C4, T36)', async () => {
      const { session } = await window.signIn(fixture);
      fixture.connections = [connection({ instance: 'us' })];
      assert.equal(await (await window.tokens.signOut(session.id))?.revoked, true);
      assert.deepEqual(new Set(fixture.server.calls.map(({ origin }) => origin)), new Set(['https://eu.ninjarmm.com']));
    });

    it('neither uses nor revokes a record that claims a connection of another origin (C4, T36)', async () => {
      const { session } = await window.signIn(fixture);
      const forged = { ...session, id: 'forged', origin: 'https://us2.ninjarmm.com', issuedAt: session.issuedAt + 1 };
      fixture.disk.write('session:forged', serializeSession(forged));
      await until(() => [...fixture.disk.values.keys()].some((key) => key.startsWith('aside:forged')));
      assert.equal(window.store.get('forged'), undefined);
      fixture.clock.now += HOUR;
      await window.tokens.getValidToken('forged').catch(() => {});
      await window.tokens.signOut('forged');
      assert.deepEqual(fixture.server.calls, []);
    });

    it('sends the client secret to no origin that a forged record names (C4, T36)', async () => {
      const service = connection({ platform: 'api-services' });
      fixture.connections = [service];
      await window.clientSecrets.set(service.id, 'the-secret');
      const asked: (string | undefined)[] = [];
      const { steps } = fixture.server;
      const { mintToken, revokeToken } = steps;
      steps.mintToken = (context, ...rest) => {
        asked.push(context.connection.instance.origin);
        return mintToken(context, ...rest);
      };
      steps.revokeToken = (context, ...rest) => {
        asked.push(context.connection.instance.origin);
        return revokeToken(context, ...rest);
      };
      const forged = {
        ...createSession(service, ['monitoring'], { ...fixture.server.tokens(), refreshToken: undefined }),
        origin: 'https://attacker.rmmservice.com',
      };
      fixture.disk.write(`session:${forged.id}`, serializeSession(forged));
      await until(() => !fixture.disk.values.has(`session:${forged.id}`));
      assert.deepEqual([window.tokens.usable(), window.tokens.listed()], [[], []]);
      await (
        await window.tokens.signOut(forged.id)
      )?.revoked;
      fixture.clock.now += HOUR;
      assert.deepEqual(await window.tokens.sessionsFor(['monitoring'], undefined), []);
      assert.deepEqual(asked, []);
    });

    it('does not use a session wider than its connection until the connection allows it again (C4)', async () => {
      const acme = fixture.connections[0]!;
      const { session } = await window.signIn(fixture, ['monitoring', 'management']);
      fixture.connections = [connection({ scopes: ['monitoring'] })];
      assert.deepEqual(window.tokens.usable(), []);
      assert.deepEqual(await window.tokens.sessionsFor(['monitoring'], undefined), []);
      assert.equal(window.tokens.known(session.id, session.accessToken), undefined);
      assert.deepEqual(window.tokens.connectionSessions(acme.id), [session]);
      fixture.connections = [acme];
      assert.deepEqual(idsOf(window.tokens.usable()), [session.id]);
    });
  });

  describe('answering questions about a session', () => {
    it('requires its id and one of its last three tokens (X1)', async () => {
      const { session } = await window.signIn(fixture);
      const issued = [session.accessToken];
      for (let refresh = 0; refresh < 3; refresh++) {
        issued.push((await window.tokens.getValidToken(session.id, { force: true })).session.accessToken);
      }
      const knows = issued.map((token) => window.tokens.known(session.id, token) !== undefined);
      assert.deepEqual(knows, [false, true, true, true]);
      const other = await window.signIn(fixture, ['management']);
      for (const token of ['', 'x', window.store.get(session.id)!.refreshToken!, other.session.accessToken]) {
        assert.equal(window.tokens.known(session.id, token), undefined);
      }
      assert.equal(window.tokens.known('nobody', issued[3]!), undefined);
    });

    it('lists the same accounts that it returns to requests (A9)', async () => {
      await window.signIn(fixture, ['monitoring']);
      await window.signIn(fixture, ['monitoring', 'control'], { refreshToken: undefined });
      const listed = (): Set<string> => new Set(window.tokens.usable().map(({ account }) => account.id));
      const returned = async (): Promise<Set<string>> => {
        const sets = [['monitoring'], ['management'], ['control'], ['monitoring', 'control']] as Scope[][];
        const results = await Promise.all(sets.map((scopes) => window.tokens.sessionsFor(scopes, undefined)));
        return new Set(results.flat().map(({ account }) => account.id));
      };
      assert.deepEqual(await returned(), listed());
      assert.equal(listed().size, 2);
      fixture.clock.now += 61 * MINUTE;
      assert.deepEqual(await returned(), listed());
      assert.equal(listed().size, 1);
    });
  });
});

/** Starts a refresh that waits at the server. `respond` releases it and returns a getter for its tokens. */
async function refreshInFlight(
  fixture: SessionFixture,
  window: SessionWindow,
  session: StoredSession,
): Promise<{ refreshing: Promise<unknown>; respond: () => () => TokenSet }> {
  let release = (): void => {};
  let issued: TokenSet | undefined;
  fixture.server.script.push(async () => {
    await new Promise<void>((resolve) => {
      release = resolve;
    });
    issued = fixture.server.tokens();
    return issued;
  });
  fixture.clock.now += HOUR;
  const before = fixture.server.tokenCalls;
  const refreshing = window.tokens.getValidToken(session.id);
  refreshing.catch(() => {});
  await until(() => fixture.server.tokenCalls > before);
  return {
    refreshing,
    respond: () => {
      release();
      return () => issued ?? assert.fail('no tokens were issued');
    },
  };
}

function idsOf(usable: readonly UsableSession[]): string[] {
  return usable.map(({ session }) => session.id);
}

function codes({ renewalFailures }: SessionWindow): string[] {
  return renewalFailures.map(({ error }) => error.code);
}

function hasCode(code: string): (error: unknown) => boolean {
  return (error) => {
    assert.equal(isNinjaOneError(error) ? error.code : String(error), code);
    return true;
  };
}
