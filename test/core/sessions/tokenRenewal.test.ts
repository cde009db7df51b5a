import assert from 'node:assert/strict';
import { isNinjaOneError, NinjaOneError } from '../../../src/core/base/errors.ts';
import { l10n } from '../../../src/core/base/l10n.ts';
import type { StoredSession } from '../../../src/core/sessions/session.ts';
import { invalidGrant, offline, wrongSecret } from '../../support/fakeTokenServer.ts';
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

describe('refresh', () => {
  let world: SessionWorld;
  let window: SessionWindow;
  let id: string;
  beforeEach(async () => {
    world = await createWorld();
    window = world.open();
    id = (await window.signIn(world)).session.id;
  });
  afterEach(() => world.close());

  const ask = (): Promise<readonly { readonly session: StoredSession }[]> =>
    window.tokens.sessionsFor(['monitoring'], undefined);
  const stored = (): StoredSession => window.store.get(id)!;

  describe('when', () => {
    it('A9: nothing is sent while the token has more than five minutes left', async () => {
      world.clock.now += 54 * MINUTE;
      await ask();
      await window.tokens.getValidToken(id);
      assert.equal(world.server.tokenCalls, 0);
      world.clock.now += 1.5 * MINUTE;
      assert.equal((await ask())[0]?.session.accessToken, stored().accessToken);
      assert.equal(world.server.tokenCalls, 1);
    });

    it('A9: listing all sessions never goes to the network, however old they are', () => {
      world.clock.now += 10 * DAY;
      assert.equal(window.tokens.usable().length, 1);
      assert.equal(world.server.tokenCalls, 0);
    });

    it('A9: 10,000 calls at once make one token call and all get its token', async () => {
      world.clock.now += HOUR;
      const satisfiesScopes = await Promise.all(Array.from({ length: 10_000 }, ask));
      assert.equal(world.server.tokenCalls, 1);
      assert.deepEqual(
        new Set(satisfiesScopes.map(([usable]) => usable?.session.accessToken)),
        new Set([stored().accessToken]),
      );
    });

    it('A9: whatever life the server gives a token, it is renewed at most once a minute', async () => {
      for (const life of [-1000, 0, 1, 1000, 1e15, Infinity, NaN]) {
        world.server.calls.length = 0;
        world.server.script.push(() => ({ issuedAt: world.clock.now, expiresAt: world.clock.now + life }));
        await window.tokens.getValidToken(id, { force: true });
        for (let second = 0; second < 60; second += 5) {
          await ask();
          world.clock.now += 5000;
        }
        assert.equal(world.server.tokenCalls, 1, `life ${life}`);
      }
    });

    it('A9: after a clock that jumps a year, there or back, one refresh is made and nobody is signed out', async () => {
      for (const years of [1, -1, -1, 1]) {
        world.server.calls.length = 0;
        world.clock.now += years * 365 * DAY;
        await ask();
        await ask();
        assert.equal(world.server.tokenCalls, 1);
        assert.equal(window.tokens.usable().length, 1);
      }
    });

    it('A9: windows that wake together after a night make one token call', async () => {
      const windows = [window, ...Array.from({ length: 7 }, () => world.open())];
      await Promise.all(windows.map(({ store }) => store.load()));
      world.clock.now += 12 * HOUR;
      const satisfiesScopes = await Promise.all(
        windows.map(({ tokens }) => tokens.sessionsFor(['monitoring'], undefined)),
      );
      assert.equal(world.server.tokenCalls, 1);
      assert.equal(new Set(satisfiesScopes.map(([usable]) => usable?.session.accessToken)).size, 1);
    });

    it('A7: tokens that live shorter than five minutes are adopted from other windows as well', async () => {
      const windows = [window, world.open(), world.open()];
      await Promise.all(windows.map(({ store }) => store.load()));
      world.server.always = () => ({ expiresAt: world.clock.now + 2 * MINUTE });
      world.clock.now += HOUR;
      await Promise.all(windows.map(({ tokens }) => tokens.getValidToken(id)));
      assert.equal(world.server.tokenCalls, 1);
    });

    it('X3: by force a good token is renewed, once for all who force at that moment', async () => {
      await Promise.all([1, 2, 3].map(() => window.tokens.getValidToken(id, { force: true })));
      assert.equal(world.server.tokenCalls, 1);
      assert.equal(stored().generation, 2);
    });
  });

  describe('what is kept', () => {
    it('A7: the rotated token is stored before anybody gets the access token', async () => {
      world.clock.now += HOUR;
      const answer = window.tokens.getValidToken(id);
      await until(() => world.server.tokenCalls === 1);
      const { session } = await answer;
      assert.match(world.disk.values.get(`session:${id}`)!, new RegExp(session.accessToken));
      assert.equal((await window.markers.get(id))?.generation, 2);
    });

    it('A7: the refresh token stays when none comes back', async () => {
      const before = stored().refreshToken;
      world.clock.now += HOUR;
      world.server.script.push({ refreshToken: undefined });
      await ask();
      assert.equal(stored().refreshToken, before);
      assert.equal(stored().generation, 2);
    });

    it('A11: id and account survive a refresh, which is one changed event', async () => {
      const account = window.tokens.find(id)?.account;
      world.clock.now += HOUR;
      await ask();
      assert.deepEqual(window.tokens.find(id)?.account, account);
      assert.deepEqual(
        window.changes.map(({ added, removed, changed }) => [added.length, removed.length, changed.length]),
        [
          [1, 0, 0],
          [0, 0, 1],
        ],
      );
    });

    it('A14: a storage that does not take the rotated token is told once; the session works in this window', async () => {
      window.secrets.fail('store', 'throw');
      for (const hour of [1, 2]) {
        world.clock.now += HOUR;
        assert.equal((await ask()).length, 1, `hour ${hour}`);
      }
      assert.deepEqual(codes(window), ['storage.notSaved']);
      assert.equal(world.server.tokenCalls, 2);
      window.secrets.heal();
      world.clock.now += HOUR;
      await ask();
      assert.match(world.disk.values.get(`session:${id}`)!, new RegExp(stored().accessToken));
    });

    it('A14: marks that cannot be written do not spoil a refresh', async () => {
      const blocked = world.open({ directory: `${world.directory}/nothing\0` });
      await blocked.store.load();
      world.clock.now += HOUR;
      assert.equal((await blocked.tokens.getValidToken(id)).session.generation, 2);
      assert.deepEqual(codes(blocked), []);
    });
  });

  describe('when it fails', () => {
    it('A8: a token that is still valid is returned, and the user is told once', async () => {
      world.server.always = offline();
      world.clock.now += 56 * MINUTE;
      const { accessToken } = stored();
      for (let tries = 0; tries < 5; tries++) {
        assert.equal((await ask())[0]?.session.accessToken, accessToken);
        assert.equal((await window.tokens.getValidToken(id)).session.accessToken, accessToken);
        world.clock.now += 10_000;
      }
      assert.deepEqual(codes(window), ['network.offline']);
    });

    it('A8: every failure but invalid_grant leaves the session, for days', async () => {
      const intents = ['transient', 'misconfigured', 'permission', 'storage', 'invalidInput', 'canceled'] as const;
      const failures: Error[] = intents.map(
        (intent) => new NinjaOneError({ code: `x.${intent}`, intent, message: l10n.t('x') }),
      );
      for (const failure of [...failures, new TypeError('a defect')]) {
        world.server.always = failure;
        world.clock.now += DAY;
        await ask().catch(() => {});
        await window.tokens.getValidToken(id, { force: true }).catch(() => {});
        assert.ok(window.store.get(id), failure.message);
        assert.equal(window.tokens.usable().length, 1);
      }
      world.server.always = undefined;
      world.clock.now += DAY;
      assert.equal((await window.tokens.getValidToken(id)).session.generation, 2);
    });

    it('A8: without a valid token a transient failure is an error of ours, and getSessions still answers', async () => {
      world.server.always = offline();
      world.clock.now += 2 * HOUR;
      await assert.rejects(window.tokens.getValidToken(id), hasCode('network.offline'));
      assert.deepEqual(
        (await ask()).map(({ session }) => session.id),
        [id],
      );
    });

    it('A8: one incident lasts until it works again, however its reasons change', async () => {
      const reasons = ['network.offline', 'network.dns', 'network.timeout', 'network.offline', 'server.webPage'];
      for (const code of reasons) {
        world.server.script.push(
          new NinjaOneError({ code, intent: 'transient', message: { template: code, args: [] } }),
        );
        world.clock.now += HOUR;
        await ask();
      }
      assert.deepEqual(codes(window), ['network.offline']);
      world.clock.now += HOUR;
      await ask();
      world.server.script.push(offline());
      world.clock.now += HOUR;
      await ask();
      assert.deepEqual(codes(window), ['network.offline', 'network.offline']);
    });

    it('A8: several sessions of one connection are one incident', async () => {
      await window.signIn(world, ['monitoring', 'management']);
      world.server.always = offline();
      world.clock.now += HOUR;
      for (const { session } of window.tokens.usable()) {
        await window.tokens.getValidToken(session.id).catch(() => {});
      }
      assert.equal(world.server.tokenCalls, 2);
      assert.deepEqual(codes(window), ['network.offline']);
    });

    it('A8: a server in trouble is asked less and less, at last every five minutes', async () => {
      world.server.always = offline();
      world.clock.now += HOUR;
      const start = world.clock.now;
      const at: number[] = [];
      while (world.clock.now < start + 20 * MINUTE) {
        const before = world.server.tokenCalls;
        await ask();
        if (world.server.tokenCalls > before) {
          at.push((world.clock.now - start) / 1000);
        }
        world.clock.now += 1000;
      }
      assert.deepEqual(at, [0, 2, 6, 14, 30, 62, 126, 254, 510, 810, 1110]);
    });

    it('A8: a pause that the server asks for is kept, also by force', async () => {
      world.server.script.push(offline(120_000));
      world.clock.now += HOUR;
      await ask();
      world.clock.now += 119_000;
      await ask();
      await assert.rejects(window.tokens.getValidToken(id, { force: true }), hasCode('network.offline'));
      assert.equal(world.server.tokenCalls, 1);
      world.clock.now += 1000;
      await ask();
      assert.equal(world.server.tokenCalls, 2);
    });

    it('A8: by force a failed attempt is repeated at once, and the failure is told to who forces', async () => {
      world.server.script.push(offline());
      await assert.rejects(window.tokens.getValidToken(id, { force: true }), hasCode('network.offline'));
      assert.equal((await window.tokens.getValidToken(id, { force: true })).session.generation, 2);
    });

    it('A8: a clock that is set back does not make a pause of a year', async () => {
      world.server.script.push(offline());
      world.clock.now += HOUR;
      await ask();
      world.clock.now -= 365 * DAY;
      await ask();
      assert.equal(world.server.tokenCalls, 2);
    });

    it('A9: another extension waits no longer than the bound for a server that hangs', async () => {
      let answer = (): void => {};
      world.server.script.push(
        () =>
          new Promise((resolve) => {
            answer = () => {
              resolve({});
            };
          }),
      );
      const other = world.open({ answer: 100 });
      await other.store.load();
      world.clock.now += 56 * MINUTE;
      const { accessToken } = stored();
      const [usable] = await other.tokens.sessionsFor(['monitoring'], undefined);
      assert.equal(usable?.session.accessToken, accessToken);
      answer();
      await until(() => stored().generation === 2);
    });

    it('A8: one connection that is set up wrong does not hide the sessions of the others', async () => {
      const other = connection({ name: 'Other', clientId: 'other' });
      world.connections = [...world.connections, other];
      const good = await window.signIn(world, ['monitoring'], {}, other);
      world.server.always = ({ clientId }) => (clientId === 'other' ? {} : wrongSecret());
      world.clock.now += HOUR;
      assert.deepEqual(
        (await ask()).map(({ session }) => session.id),
        [good.session.id],
      );
      world.connections = [connection()];
      await assert.rejects(ask(), hasCode('oauth.invalidClient'));
    });

    it('A6: a wrong secret is misconfigured: no loop, and it is tried again when the secret or the settings change', async () => {
      const service = connection({ name: 'Service', platform: 'api-services', clientId: 'svc' });
      world.connections = [service];
      await window.clientSecrets.set(service.id, 'wrong');
      const { session } = await window.signIn(world, ['monitoring'], {}, service);
      const getValidToken = (): Promise<unknown> => window.tokens.getValidToken(session.id);
      world.server.always = wrongSecret();
      world.clock.now += HOUR;
      for (let seconds = 0; seconds < 299; seconds++) {
        await assert.rejects(getValidToken(), hasCode('oauth.invalidClient'));
        world.clock.now += 1000;
      }
      assert.equal(world.server.tokenCalls, 1);
      assert.deepEqual(codes(window), ['oauth.invalidClient']);
      await window.clientSecrets.set(service.id, 'wrong again');
      await assert.rejects(getValidToken());
      assert.equal(world.server.tokenCalls, 2);
      world.connections = [service];
      world.server.always = undefined;
      await getValidToken();
      assert.equal(world.server.tokenCalls, 3);
      assert.ok(window.store.get(session.id));
    });
  });

  describe('the end of a session', () => {
    it('A8: invalid_grant ends it once, in all windows, and one of them tells', async () => {
      const windows = [1, 2, 3].map(() => world.open({ flushDelay: 150 }));
      await Promise.all(windows.map(({ store }) => store.load()));
      world.server.endAll();
      world.clock.now += HOUR;
      const satisfiesScopes = await Promise.allSettled(windows.map(({ tokens }) => tokens.getValidToken(id)));
      assert.ok(satisfiesScopes.every(({ status }) => status === 'rejected'));
      await until(() => windows.every(({ store }) => store.get(id) === undefined));
      assert.equal(world.server.tokenCalls, 1);
      assert.deepEqual(windows.flatMap(codes), ['oauth.invalidGrant']);
      assert.deepEqual(await ask(), []);
    });

    it('A8: before it ends, the record is read again: a later one is adopted', async () => {
      // This window hears nothing of the others until it asks.
      const deaf = world.open();
      await deaf.store.load();
      deaf.secrets.accept = () => {};
      await window.tokens.getValidToken(id, { force: true });
      await window.markers.delete(id);
      world.clock.now += MINUTE;
      const get = deaf.secrets.get.bind(deaf.secrets);
      deaf.secrets.get = (key) => Promise.resolve(world.disk.values.get(key)).then((text) => text ?? get(key));
      const { session } = await deaf.tokens.getValidToken(id, { force: true });
      assert.equal(session.generation, 2);
      assert.deepEqual(codes(deaf), []);
      assert.ok(world.disk.values.has(`session:${id}`));
    });

    it('A8: when the storage cannot be read again, nobody knows, so it does not end', async () => {
      world.server.always = invalidGrant();
      world.clock.now += HOUR;
      window.secrets.fail('get', 'throw');
      await assert.rejects(window.tokens.getValidToken(id), hasCode('storage.failed'));
      assert.ok(window.store.get(id));
      assert.ok(world.disk.values.has(`session:${id}`));
      window.secrets.heal();
      world.server.always = undefined;
      world.clock.now += HOUR;
      assert.equal((await window.tokens.getValidToken(id)).session.generation, 2);
    });

    it('A7: a record that cannot be read is not used while another window is known to have a later one', async () => {
      const other = world.open();
      await other.store.load();
      other.secrets.accept = () => {};
      await window.tokens.getValidToken(id, { force: true });
      other.secrets.fail('get', 'throw');
      world.clock.now += HOUR;
      await assert.rejects(other.tokens.getValidToken(id), hasCode('storage.failed'));
      assert.equal(world.server.tokenCalls, 1);
      assert.ok(world.server.isAlive(stored().refreshToken));
    });

    it('A8: without a refresh token the last minutes of a token are still good, and then nothing is deleted', async () => {
      const { session } = await window.signIn(world, ['management'], { refreshToken: undefined });
      world.clock.now += 58 * MINUTE;
      assert.equal((await window.tokens.getValidToken(session.id)).session.accessToken, session.accessToken);
      await assert.rejects(window.tokens.getValidToken(session.id, { force: true }), hasCode('session.notRenewable'));
      world.clock.now += 3 * MINUTE;
      await assert.rejects(window.tokens.getValidToken(session.id), hasCode('session.notRenewable'));
      assert.ok(window.store.get(session.id));
      assert.equal(world.server.tokenCalls, 0);
      assert.deepEqual(codes(window), []);
    });

    it('A7: where windows share no secrets nothing is waited for', async () => {
      const alone = world.open({ sharedSecrets: false });
      await alone.store.load();
      world.server.endAll();
      world.clock.now += HOUR;
      const before = alone.secrets.calls.get.length;
      let reads = 0;
      alone.store.onDidChange(() => {
        reads = alone.secrets.calls.get.length - before;
      });
      await assert.rejects(alone.tokens.getValidToken(id), hasCode('oauth.invalidGrant'));
      assert.equal(reads, 1);
    });
  });
});

function codes({ renewalFailures }: SessionWindow): string[] {
  return renewalFailures.map(({ error }) => error.code);
}

function hasCode(code: string): (error: unknown) => boolean {
  return (error) => {
    assert.equal(isNinjaOneError(error) ? error.code : String(error), code);
    return true;
  };
}
