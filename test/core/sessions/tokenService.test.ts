import assert from 'node:assert/strict';
import { isNinjaOneError } from '../../../src/core/base/errors.ts';
import type { Connection, Scope } from '../../../src/core/connections/connection.ts';
import type { UsableSession } from '../../../src/core/sessions/usableSessions.ts';
import { serializeSession, type StoredSession } from '../../../src/core/sessions/session.ts';
import type { TokenSet } from '../../../src/core/sessions/tokenRequests.ts';
import { invalidGrant, offline } from '../../support/fakeTokenServer.ts';
import { SecretDisk } from '../../support/memorySecrets.ts';
import {
  connection,
  createWorld,
  DAY,
  HOUR,
  MINUTE,
  until,
  type SessionWindow,
  type SessionWorld,
} from '../../support/sessionFixture.ts';

describe('token service', () => {
  let world: SessionWorld;
  let window: SessionWindow;
  beforeEach(async () => {
    world = await createWorld();
    window = world.open();
  });
  afterEach(() => world.close());

  describe('sign-in', () => {
    it('A10: a session has the scopes that were granted, and the answer names them in order', async () => {
      const { session, account } = await window.signIn(world, ['monitoring'], {
        scopes: ['management', 'monitoring', 'offline_access'],
      });
      assert.deepEqual(session.scopes, ['monitoring', 'management']);
      assert.equal(account.label, 'Acme · eu · monitoring, management');
      assert.deepEqual(window.store.get(session.id), session);
    });

    it('A10: without scopes in the answer those that were asked for are granted', async () => {
      assert.deepEqual((await window.signIn(world, ['management'])).session.scopes, ['management']);
    });

    it('A10: when not all that was asked for is granted, nothing is kept and the tokens are revoked', async () => {
      const { accessToken, refreshToken } = world.server.tokens();
      for (const scopes of [['monitoring'], [], ['everything']]) {
        const signIn = window.signIn(world, ['monitoring', 'control'], { accessToken, refreshToken, scopes });
        await assert.rejects(signIn, hasCode('oauth.scopesRefused'));
        assert.deepEqual(world.server.revoked, [refreshToken, accessToken]);
        world.server.calls.length = 0;
      }
      assert.deepEqual([...world.disk.values], []);
      assert.deepEqual(window.changes, []);
    });

    it('A10: control that was not asked for is not kept, though the connection allows it', async () => {
      const signIn = window.signIn(world, ['monitoring'], { scopes: ['monitoring', 'control'] });
      await assert.rejects(signIn, hasCode('oauth.scopesExceeded'));
      assert.equal(world.server.revoked.length, 2);
      assert.deepEqual(window.store.all(), []);
    });

    it('C4: a connection that went away or was narrowed while the browser was open gets no session', async () => {
      const [before] = world.connections;
      for (const after of [[], [connection({ scopes: ['management'] })]]) {
        world.connections = after;
        await assert.rejects(window.signIn(world, ['monitoring'], {}, before), isNinjaOneError);
        assert.equal(world.server.revoked.length, 2);
        world.server.calls.length = 0;
      }
      assert.deepEqual([...world.disk.values], []);
    });

    it('A4, A12: two callers that joined one sign-in get one session, told of once', async () => {
      const tokens = world.server.tokens();
      const [to] = world.connections;
      const join = (): Promise<UsableSession> =>
        window.tokens.signIn(to!, ['monitoring'], () => Promise.resolve(tokens));
      const [one, other] = await Promise.all([join(), join()]);
      assert.equal(one.session.id, other.session.id);
      assert.ok(window.tokens.find(one.session.id));
      assert.equal(window.changes.flatMap(({ added }) => added).length, 1);
    });

    it('C4: what is granted beyond the connection is not kept either', async () => {
      const narrow = connection({ scopes: ['monitoring'] });
      world.connections = [narrow];
      const signIn = window.signIn(world, ['monitoring'], { scopes: ['monitoring', 'control'] }, narrow);
      await assert.rejects(signIn, hasCode('oauth.scopesExceeded'));
      assert.equal(world.server.revoked.length, 2);
      assert.deepEqual(window.store.all(), []);
    });

    it('A11: signing in again to the same account keeps its id, and takes the refresh token as it comes', async () => {
      const first = await window.signIn(world);
      const second = await window.signIn(world, ['monitoring'], { refreshToken: undefined });
      assert.equal(second.session.id, first.session.id);
      assert.equal(second.session.generation, 2);
      assert.equal(second.session.refreshToken, undefined);
      assert.equal(window.store.all().length, 1);
    });

    it('A10: another set of scopes is another session', async () => {
      const first = await window.signIn(world);
      const second = await window.signIn(world, ['monitoring', 'management']);
      assert.notEqual(second.session.id, first.session.id);
      assert.equal(window.tokens.usable().length, 2);
    });

    it('A12: a sign-in is one added event in every window', async () => {
      const other = world.open();
      const { session } = await window.signIn(world);
      await until(() => other.changes.length > 0);
      for (const { changes } of [window, other]) {
        assert.deepEqual(
          changes.map(({ added, removed, changed }) => [idsOf(added), idsOf(removed), idsOf(changed)]),
          [[[session.id], [], []]],
        );
      }
    });

    it('A14: a storage that takes nothing is told once, and the session works until the window closes', async () => {
      window.secrets.fail('store', 'throw');
      const { session } = await window.signIn(world);
      assert.equal((await window.tokens.getValidToken(session.id)).session.accessToken, session.accessToken);
      assert.deepEqual(codes(window), ['storage.notSaved']);
      assert.equal(await window.markers.get(session.id), undefined);
    });

    it('A10: two windows that sign in at the same time end with one account, the same in both', async () => {
      const other = world.open({ flushDelay: 10 });
      const one = world.open({ flushDelay: 10 });
      const first = one.signIn(world);
      world.clock.now += 5;
      await Promise.all([first, other.signIn(world)]);
      await until(() => one.store.all().length === 2 && other.store.all().length === 2);
      assert.equal(one.tokens.usable().length, 1);
      assert.deepEqual(idsOf(one.tokens.usable()), idsOf(other.tokens.usable()));
      assert.deepEqual(one.tokens.orphans(), []);
      const [{ session }] = one.tokens.usable() as unknown as [UsableSession];
      await (
        await one.tokens.signOut(session.id)
      )?.revoked;
      assert.equal(world.server.revoked.length, 4);
      await until(() => other.tokens.usable().length === 0);
    });

    it('A17: a session that has just come is joined by who asks within five seconds for what it covers', async () => {
      const acme = world.connections[0]!;
      const { session } = await window.signIn(world, ['monitoring', 'management']);
      const join = (scopes: Scope[], after: number, to: Connection = acme): string | undefined =>
        window.tokens.recent(to, scopes, world.clock.now + after)?.session.id;
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

    it('A17: nobody joins a session with control who did not name it', async () => {
      await window.signIn(world, ['monitoring', 'control']);
      const acme = world.connections[0]!;
      assert.equal(window.tokens.recent(acme, ['monitoring'], world.clock.now), undefined);
      assert.ok(window.tokens.recent(acme, ['monitoring', 'control'], world.clock.now));
    });
  });

  describe('client credentials', () => {
    const service = connection({ name: 'Service', platform: 'api-services', clientId: 'svc' });
    beforeEach(async () => {
      world.connections = [service];
      await window.clientSecrets.set(service.id, 'the-secret');
    });

    it('A6: a token is minted for exactly the scopes asked for, and again when it expires', async () => {
      const { session } = await window.tokens.signIn(service, ['management'], () =>
        window.requests.mint(service, ['management']),
      );
      world.clock.now += 2 * HOUR;
      await window.tokens.sessionsFor(['management'], undefined);
      assert.deepEqual(
        world.server.calls.map(({ kind, scopes }) => [kind, scopes]),
        [
          ['mint', ['management']],
          ['mint', ['management']],
        ],
      );
      assert.equal(window.store.get(session.id)?.refreshToken, undefined);
    });

    it('A13: after sign-out nothing is minted, and the secret stays', async () => {
      const { session } = await window.signIn(world, ['monitoring'], {}, service);
      await (
        await window.tokens.signOut(session.id)
      )?.revoked;
      world.clock.now += 2 * HOUR;
      assert.deepEqual(await window.tokens.sessionsFor(['monitoring'], undefined), []);
      await assert.rejects(window.tokens.getValidToken(session.id), hasCode('session.signedOut'));
      assert.equal(world.server.tokenCalls, 0);
      assert.equal(await window.clientSecrets.get(service.id), 'the-secret');
    });

    it('A6: without a secret nothing is sent, and the answer says what to do', async () => {
      await window.clientSecrets.delete(service.id);
      await assert.rejects(window.requests.mint(service, ['monitoring']), hasCode('connection.noClientSecret'));
      assert.deepEqual(world.server.calls, []);
    });

    it('C1: nothing is sent to a host that the user has not confirmed', async () => {
      const careful = world.open({ mayContact: () => false });
      await assert.rejects(careful.requests.mint(service, ['monitoring']), hasCode('connection.hostNotConfirmed'));
      assert.deepEqual(world.server.calls, []);
    });
  });

  describe('sign-out', () => {
    it('A13: deletes the record, fires in every window, and revokes both tokens, the refresh token first', async () => {
      const other = world.open();
      const { session } = await window.signIn(world);
      await until(() => other.tokens.usable().length === 1);
      const ended = await window.tokens.signOut(session.id);
      assert.equal(await ended?.revoked, true);
      await until(() => other.tokens.usable().length === 0);
      assert.deepEqual(world.server.revoked, [session.refreshToken, session.accessToken]);
      assert.deepEqual(world.server.calls.at(-1)?.origin, 'https://eu.ninjarmm.com');
      assert.deepEqual([...world.disk.values.keys()], ['canary']);
      assert.deepEqual(codes(window), []);
    });

    it('A13: is done at once, also when the server does not answer or says no', async () => {
      const { session } = await window.signIn(world);
      world.server.revokeFailure = offline();
      const ended = await window.tokens.signOut(session.id);
      assert.equal(window.store.get(session.id), undefined);
      assert.equal(await ended?.revoked, false);
      assert.equal(await window.tokens.signOut(session.id), undefined);
    });

    it('A13: a refresh in flight in this window does not undo it, and what it brought is revoked', async () => {
      const { session } = await window.signIn(world);
      const { refreshing, answer } = await refreshInFlight(world, window, session);
      await window.tokens.signOut(session.id);
      const brought = answer();
      await assert.rejects(refreshing, hasCode('session.signedOut'));
      await until(() => world.server.revoked.includes(brought().refreshToken));
      await stillSignedOut(session, [window]);
    });

    it('A13: a refresh in flight in another window does not undo it', async () => {
      const other = world.open({ flushDelay: 15 });
      const { session } = await window.signIn(world);
      await until(() => other.store.get(session.id) !== undefined);
      const { refreshing, answer } = await refreshInFlight(world, other, session);
      await window.tokens.signOut(session.id);
      const writes = other.secrets.calls.store.length;
      const brought = answer();
      await assert.rejects(refreshing, hasCode('session.signedOut'));
      await until(() => world.server.revoked.includes(brought().refreshToken));
      assert.equal(other.secrets.calls.store.length, writes);
      await stillSignedOut(session, [window, other]);
    });

    it('A13: nor does one that stores its record at the very moment', async () => {
      const other = world.open({ flushDelay: 15 });
      const { session } = await window.signIn(world);
      await until(() => other.store.get(session.id) !== undefined);
      world.clock.now += HOUR;
      // The other window has looked for a sign-out, and is about to store.
      const store = other.secrets.store.bind(other.secrets);
      other.secrets.store = async (key, value) => {
        other.secrets.store = store;
        await window.tokens.signOut(session.id);
        await store(key, value);
      };
      await assert.rejects(other.tokens.getValidToken(session.id), hasCode('session.signedOut'));
      await stillSignedOut(session, [window, other]);
    });

    it('A13: nor does one that has stored it and not yet said so', async () => {
      const other = world.open();
      const { session } = await window.signIn(world);
      await until(() => other.store.get(session.id) !== undefined);
      world.clock.now += HOUR;
      const set = other.markers.set.bind(other.markers);
      other.markers.set = async (id, mark) => {
        other.markers.set = set;
        await window.tokens.signOut(session.id);
        await set(id, mark);
      };
      await other.tokens.getValidToken(session.id).catch(() => {});
      await stillSignedOut(session, [window, other]);
      await assert.rejects(other.tokens.getValidToken(session.id), hasCode('session.signedOut'));
    });

    it('A13: a sign-out that the server is told of first is no incident in the window that refreshes', async () => {
      const other = world.open({ flushDelay: 15 });
      const { session } = await window.signIn(world);
      await until(() => other.store.get(session.id) !== undefined);
      world.clock.now += HOUR;
      world.server.script.push(async () => {
        await (
          await window.tokens.signOut(session.id)
        )?.revoked;
        return invalidGrant();
      });
      await assert.rejects(other.tokens.getValidToken(session.id), hasCode('session.signedOut'));
      assert.deepEqual([...codes(window), ...codes(other)], []);
      await stillSignedOut(session, [window, other]);
    });

    it('A13: a window with secrets of its own ends its copy when it next needs it', async () => {
      const { session } = await window.signIn(world);
      const disk = new SecretDisk();
      for (const [key, value] of world.disk.values) {
        disk.write(key, value);
      }
      const alone = world.open({ sharedSecrets: false, disk });
      await alone.store.load();
      await window.tokens.signOut(session.id);
      world.clock.now += HOUR;
      await assert.rejects(alone.tokens.getValidToken(session.id), hasCode('session.signedOut'));
      assert.deepEqual(alone.tokens.usable(), []);
      assert.equal(world.server.tokenCalls, 0);
    });

    it('A13: signing in while another window signs out makes a session of its own', async () => {
      const other = world.open({ flushDelay: 15 });
      const { session } = await window.signIn(world);
      await until(() => other.store.get(session.id) !== undefined);
      other.secrets.accept = () => {};
      await window.tokens.signOut(session.id);
      const again = await other.signIn(world);
      assert.notEqual(again.session.id, session.id);
    });

    it('A13: a storage that does not delete is no reason to keep the tokens valid', async () => {
      const { session } = await window.signIn(world);
      window.secrets.fail('delete', 'throw');
      assert.equal(await (await window.tokens.signOut(session.id))?.revoked, true);
      assert.deepEqual(window.tokens.usable(), []);
      assert.equal((await window.markers.get(session.id))?.signedOut, true);
    });

    async function stillSignedOut(session: StoredSession, windows: readonly SessionWindow[]): Promise<void> {
      for (const { secrets } of windows) {
        secrets.flush();
      }
      await until(() => !world.disk.values.has(`session:${session.id}`));
      for (const { tokens } of [...windows, world.open()]) {
        assert.deepEqual(tokens.usable(), []);
      }
      assert.equal((await window.markers.get(session.id))?.signedOut, true);
      assert.ok(!world.server.isAlive(session.refreshToken));
    }
  });

  describe('a session without a refresh token', () => {
    it('A9, A10: that has expired answers nobody, is listed as expired, and the next sign-in renews it', async () => {
      const { session } = await window.signIn(world, ['monitoring'], { refreshToken: undefined });
      assert.deepEqual(window.tokens.expired(), []);
      world.clock.now += HOUR;
      assert.deepEqual(window.tokens.usable(), []);
      assert.deepEqual(await window.tokens.sessionsFor(['monitoring'], undefined), []);
      assert.deepEqual(
        window.tokens.expired().map((each) => each.session),
        [session],
      );
      assert.deepEqual(window.tokens.listed(), [session]);
      assert.deepEqual(window.tokens.orphans(), []);
      assert.deepEqual(world.server.calls, []);
      assert.equal((await window.signIn(world)).session.id, session.id);
      assert.deepEqual(window.tokens.expired(), []);
      assert.deepEqual(
        window.tokens.usable().map((each) => each.session.id),
        [session.id],
      );
    });

    it('A13: that has expired is signed out of like any other', async () => {
      const { session } = await window.signIn(world, ['monitoring'], { refreshToken: undefined });
      world.clock.now += HOUR;
      assert.equal(await (await window.tokens.signOut(session.id))?.revoked, true);
      assert.deepEqual(world.server.revoked, [session.accessToken]);
      assert.deepEqual(window.tokens.listed(), []);
      assert.ok(!world.disk.values.has(`session:${session.id}`));
    });

    it('A9: with one it is renewed at next use, and never listed as expired', async () => {
      const { session } = await window.signIn(world);
      world.clock.now += HOUR;
      assert.deepEqual(window.tokens.expired(), []);
      assert.deepEqual(window.tokens.listed(), [session]);
    });
  });

  describe('what sessions are bound to', () => {
    it('C4: a changed connection orphans the session; nothing is sent anywhere until it comes back', async () => {
      const acme = world.connections[0]!;
      const { session } = await window.signIn(world);
      world.clock.now += HOUR;
      const spa = { platform: 'spa', redirectUri: 'https://a.example/callback' };
      for (const changed of [{ instance: 'us' }, { clientId: 'client-2' }, spa]) {
        world.connections = [connection(changed)];
        assert.deepEqual(await window.tokens.sessionsFor(['monitoring'], undefined), []);
        await assert.rejects(window.tokens.getValidToken(session.id), hasCode('session.orphaned'));
        await assert.rejects(window.tokens.getValidToken(session.id, { force: true }), hasCode('session.orphaned'));
        assert.deepEqual(window.tokens.orphans(), [session]);
      }
      assert.deepEqual(world.server.calls, []);
      assert.deepEqual(codes(window), []);
      world.connections = [acme];
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

    it('C4: the tokens of an orphan are revoked at the origin that issued them', async () => {
      const { session } = await window.signIn(world);
      world.connections = [connection({ instance: 'us' })];
      assert.equal(await (await window.tokens.signOut(session.id))?.revoked, true);
      assert.deepEqual(new Set(world.server.calls.map(({ origin }) => origin)), new Set(['https://eu.ninjarmm.com']));
    });

    it('C4: a record that claims a connection of another origin is not served from there', async () => {
      const { session } = await window.signIn(world);
      const forged = { ...session, id: 'forged', origin: 'https://us2.ninjarmm.com', issuedAt: session.issuedAt + 1 };
      world.disk.write('session:forged', serializeSession(forged));
      await until(() => window.store.get('forged') !== undefined);
      world.clock.now += HOUR;
      await window.tokens.getValidToken('forged').catch(() => {});
      await window.tokens.sessionsFor(['monitoring'], undefined).catch(() => {});
      assert.deepEqual(world.server.calls, []);
    });

    it('C4: a session wider than its connection is not served, and is again when the connection allows it', async () => {
      const acme = world.connections[0]!;
      const { session } = await window.signIn(world, ['monitoring', 'management']);
      world.connections = [connection({ scopes: ['monitoring'] })];
      assert.deepEqual(window.tokens.usable(), []);
      assert.deepEqual(await window.tokens.sessionsFor(['monitoring'], undefined), []);
      assert.equal(window.tokens.known(session.id, session.accessToken), undefined);
      assert.deepEqual(window.tokens.connectionSessions(acme.id), [session]);
      world.connections = [acme];
      assert.deepEqual(idsOf(window.tokens.usable()), [session.id]);
    });
  });

  describe('who may learn of a session', () => {
    it('X1: its id and one of its last three tokens, and nothing else', async () => {
      const { session } = await window.signIn(world);
      const issued = [session.accessToken];
      for (let refresh = 0; refresh < 3; refresh++) {
        issued.push((await window.tokens.getValidToken(session.id, { force: true })).session.accessToken);
      }
      const knows = issued.map((token) => window.tokens.known(session.id, token) !== undefined);
      assert.deepEqual(knows, [false, true, true, true]);
      const other = await window.signIn(world, ['management']);
      for (const token of ['', 'x', window.store.get(session.id)!.refreshToken!, other.session.accessToken]) {
        assert.equal(window.tokens.known(session.id, token), undefined);
      }
      assert.equal(window.tokens.known('nobody', issued[3]!), undefined);
    });

    it('A9: what is listed and what is answered agree', async () => {
      await window.signIn(world, ['monitoring']);
      await window.signIn(world, ['monitoring', 'control'], { refreshToken: undefined });
      const listed = (): Set<string> => new Set(window.tokens.usable().map(({ account }) => account.id));
      const answered = async (): Promise<Set<string>> => {
        const sets = [['monitoring'], ['management'], ['control'], ['monitoring', 'control']] as Scope[][];
        const satisfiesScopes = await Promise.all(sets.map((scopes) => window.tokens.sessionsFor(scopes, undefined)));
        return new Set(satisfiesScopes.flat().map(({ account }) => account.id));
      };
      assert.deepEqual(await answered(), listed());
      assert.equal(listed().size, 2);
      world.clock.now += 61 * MINUTE;
      assert.deepEqual(await answered(), listed());
      assert.equal(listed().size, 1);
    });
  });
});

/** A refresh that has reached the server; `answer` lets it go and says what it brought. */
async function refreshInFlight(
  world: SessionWorld,
  window: SessionWindow,
  session: StoredSession,
): Promise<{ refreshing: Promise<unknown>; answer: () => () => TokenSet }> {
  let release = (): void => {};
  let brought: TokenSet | undefined;
  world.server.script.push(async () => {
    await new Promise<void>((resolve) => {
      release = resolve;
    });
    brought = world.server.tokens();
    return brought;
  });
  world.clock.now += HOUR;
  const before = world.server.tokenCalls;
  const refreshing = window.tokens.getValidToken(session.id);
  refreshing.catch(() => {});
  await until(() => world.server.tokenCalls > before);
  return {
    refreshing,
    answer: () => {
      release();
      return () => brought ?? assert.fail('nothing was brought');
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
