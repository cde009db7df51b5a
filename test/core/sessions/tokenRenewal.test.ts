import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isNinjaOneError, NinjaOneError } from '../../../src/core/base/errors.ts';
import { l10n } from '../../../src/core/base/l10n.ts';
import type { Scope } from '../../../src/core/connections/connection.ts';
import { RefreshLock } from '../../../src/core/sessions/refreshLock.ts';
import type { StoredSession } from '../../../src/core/sessions/session.ts';
import { invalidGrant, offline, wrongSecret } from '../../support/fakeTokenServer.ts';
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

describe('token renewal', () => {
  let fixture: SessionFixture;
  let window: SessionWindow;
  let id: string;
  beforeEach(async () => {
    fixture = await createSessionFixture();
    window = fixture.open();
    id = (await window.signIn(fixture)).session.id;
  });
  afterEach(() => fixture.close());

  const ask = (): Promise<readonly { readonly session: StoredSession }[]> =>
    window.tokens.sessionsFor(['monitoring'], undefined);
  const stored = (): StoredSession => window.store.get(id)!;

  describe('deciding when to refresh', () => {
    it('sends nothing while the token is valid for more than five minutes (A9)', async () => {
      fixture.clock.now += 54 * MINUTE;
      await ask();
      await window.tokens.getValidToken(id);
      assert.equal(fixture.server.tokenCalls, 0);
      fixture.clock.now += 1.5 * MINUTE;
      assert.equal((await ask())[0]?.session.accessToken, stored().accessToken);
      assert.equal(fixture.server.tokenCalls, 1);
    });

    it('never uses the network to list sessions, however old they are (A9)', () => {
      fixture.clock.now += 10 * DAY;
      assert.equal(window.tokens.usable().length, 1);
      assert.equal(fixture.server.tokenCalls, 0);
    });

    it('makes one token call for 10,000 concurrent calls, and answers all of them (A9, T32)', async () => {
      fixture.clock.now += HOUR;
      const results = await Promise.all(Array.from({ length: 10_000 }, ask));
      assert.equal(fixture.server.tokenCalls, 1);
      assert.deepEqual(
        new Set(results.map(([usable]) => usable?.session.accessToken)),
        new Set([stored().accessToken]),
      );
    });

    it('refreshes at most once a minute, whatever lifetime the server reports (A9, T26)', async () => {
      for (const life of [-1000, 0, 1, 1000, 1e15, Infinity, NaN]) {
        fixture.server.calls.length = 0;
        fixture.server.script.push(() => ({ issuedAt: fixture.clock.now, expiresAt: fixture.clock.now + life }));
        await window.tokens.getValidToken(id, { force: true });
        for (let second = 0; second < 60; second += 5) {
          await ask();
          fixture.clock.now += 5000;
        }
        assert.equal(fixture.server.tokenCalls, 1, `life ${life}`);
      }
    });

    it('refreshes once and signs nobody out after the clock jumps by a year (A9, T35)', async () => {
      for (const years of [1, -1, -1, 1]) {
        fixture.server.calls.length = 0;
        fixture.clock.now += years * 365 * DAY;
        await ask();
        await ask();
        assert.equal(fixture.server.tokenCalls, 1);
        assert.equal(window.tokens.usable().length, 1);
      }
    });

    it('makes one token call when many windows wake up together (A9, T35)', async () => {
      const windows = [window, ...Array.from({ length: 7 }, () => fixture.open())];
      await Promise.all(windows.map(({ store }) => store.load()));
      fixture.clock.now += 12 * HOUR;
      const results = await Promise.all(windows.map(({ tokens }) => tokens.sessionsFor(['monitoring'], undefined)));
      assert.equal(fixture.server.tokenCalls, 1);
      assert.equal(new Set(results.map(([usable]) => usable?.session.accessToken)).size, 1);
    });

    it('adopts tokens of other windows even if they live shorter than five minutes (A7)', async () => {
      const windows = [window, fixture.open(), fixture.open()];
      await Promise.all(windows.map(({ store }) => store.load()));
      fixture.server.always = () => ({ expiresAt: fixture.clock.now + 2 * MINUTE });
      fixture.clock.now += HOUR;
      await Promise.all(windows.map(({ tokens }) => tokens.getValidToken(id)));
      assert.equal(fixture.server.tokenCalls, 1);
    });

    it('refreshes a valid token on request, once for concurrent requests (X3)', async () => {
      await Promise.all([1, 2, 3].map(() => window.tokens.getValidToken(id, { force: true })));
      assert.equal(fixture.server.tokenCalls, 1);
      assert.equal(stored().generation, 2);
    });
  });

  describe('storing the result', () => {
    it('stores the rotated token before it returns the access token (A7)', async () => {
      fixture.clock.now += HOUR;
      const result = window.tokens.getValidToken(id);
      await until(() => fixture.server.tokenCalls === 1);
      const { session } = await result;
      assert.match(fixture.disk.values.get(`session:${id}`)!, new RegExp(session.accessToken));
      const state = await window.states.get(id);
      assert.ok(state?.kind === 'current');
      assert.equal(state.generation, 2);
    });

    it('keeps the refresh token if the response has none (A7, T23)', async () => {
      const before = stored().refreshToken;
      fixture.clock.now += HOUR;
      fixture.server.script.push({ refreshToken: undefined });
      await ask();
      assert.equal(stored().refreshToken, before);
      assert.equal(stored().generation, 2);
    });

    it('keeps the id and account, and fires one change event (A11)', async () => {
      const account = window.tokens.find(id)?.account;
      fixture.clock.now += HOUR;
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

    it('reports a token that cannot be stored once, and uses it in this window (A14)', async () => {
      window.secrets.fail('store', 'throw');
      for (const hour of [1, 2]) {
        fixture.clock.now += HOUR;
        assert.equal((await ask()).length, 1, `hour ${hour}`);
      }
      assert.deepEqual(codes(window), ['storage.notSaved']);
      assert.equal(fixture.server.tokenCalls, 2);
      window.secrets.heal();
      fixture.clock.now += HOUR;
      await ask();
      assert.match(fixture.disk.values.get(`session:${id}`)!, new RegExp(stored().accessToken));
    });

    const changeAnotherSecret = (): Promise<void> => {
      fixture.disk.write('clientSecret:other', 'x');
      return Promise.resolve();
    };
    for (const [trigger, run] of [
      ['a token is needed', () => ask()],
      ['the window gets the focus', () => window.recovery.run()],
      ['another secret changes', changeAnotherSecret],
    ] as const) {
      it(`stores a token that could not be stored as soon as ${trigger} (A14)`, async () => {
        window.secrets.fail('store', 'throw');
        fixture.clock.now += HOUR;
        await ask();
        assert.doesNotMatch(fixture.disk.values.get(`session:${id}`)!, new RegExp(stored().accessToken));
        assert.equal((await window.states.get(id))?.kind, 'spent');
        window.secrets.heal();
        await run();
        await until(() => fixture.disk.values.get(`session:${id}`)!.includes(stored().accessToken));
        await until(async () => (await window.states.get(id))?.kind === 'current');
        assert.equal(fixture.server.tokenCalls, 1);
      });
    }

    it('refreshes even if token states cannot be written (A14)', async () => {
      const blocked = fixture.open({ directory: `${fixture.directory}/nothing\0` });
      await blocked.store.load();
      fixture.clock.now += HOUR;
      assert.equal((await blocked.tokens.getValidToken(id)).session.generation, 2);
      assert.deepEqual(codes(blocked), []);
    });
  });

  for (const [what, content] of [
    ['an absurd generation', { generation: 1e308, writtenAt: 1, spent: [] }],
    ['a text for a generation', { generation: '9', writtenAt: 1 }],
    ['null', null],
    ['a list', []],
    ['nothing', undefined],
  ] as const) {
    it(`renews a token although the file about it has ${what} (A7, A14)`, async () => {
      const [file] = (await readdir(fixture.directory)).filter((name) => /^[0-9a-f]{32}\.json$/.test(name));
      const text =
        content === undefined
          ? ''
          : JSON.stringify(Array.isArray(content) || content === null ? content : { id, ...content });
      await writeFile(join(fixture.directory, file!), text);
      fixture.clock.now += HOUR;
      assert.equal((await window.tokens.getValidToken(id)).session.generation, 2);
      assert.deepEqual(fixture.server.reused, []);
      // The file is good again.
      assert.equal((await window.states.get(id))?.kind, 'current');
    });
  }

  describe('when a refresh fails', () => {
    it('returns a token that is still valid, and notifies the user once it is not (A8, A16)', async () => {
      let changes = 0;
      window.tokens.onDidChangeRenewalProblem(() => (changes += 1));
      const problem = (): string | undefined => window.tokens.renewalProblem(fixture.connections[0]!.id)?.code;
      fixture.server.always = offline();
      fixture.clock.now += 56 * MINUTE;
      const { accessToken } = stored();
      for (let tries = 0; tries < 5; tries++) {
        assert.equal((await ask())[0]?.session.accessToken, accessToken);
        assert.equal((await window.tokens.getValidToken(id)).session.accessToken, accessToken);
        fixture.clock.now += 10_000;
      }
      assert.deepEqual(codes(window), []);
      assert.equal(problem(), 'network.offline');
      assert.ok(changes > 0);
      fixture.clock.now += 4 * MINUTE;
      for (let tries = 0; tries < 5; tries++) {
        assert.equal((await ask()).length, 1);
      }
      assert.deepEqual(codes(window), ['network.offline']);
      fixture.server.always = undefined;
      fixture.clock.now += 10 * MINUTE;
      await ask();
      assert.equal(problem(), undefined);
    });

    it('notifies the user also in a pause, when the token has expired meanwhile (A8, A16)', async () => {
      fixture.server.always = offline(4 * MINUTE);
      fixture.clock.now += 58 * MINUTE;
      await ask();
      assert.deepEqual(codes(window), []);
      fixture.clock.now += 3 * MINUTE;
      assert.equal((await ask()).length, 1);
      assert.equal(fixture.server.tokenCalls, 1);
      assert.deepEqual(codes(window), ['network.offline']);
    });

    it('notifies nobody when another extension forces the renewal, which gets an answer (X3)', async () => {
      const force = (): Promise<unknown> => window.tokens.getValidToken(id, { force: true, isUserAction: false });
      fixture.server.always = offline();
      await assert.rejects(force(), hasCode('network.offline'));
      fixture.clock.now += MINUTE;
      fixture.server.always = invalidGrant();
      await assert.rejects(force(), hasCode('oauth.invalidGrant'));
      assert.deepEqual(codes(window), []);
    });

    it('notifies the user of the end of a session once, whoever asked first (A8, X3)', async () => {
      fixture.server.always = invalidGrant();
      fixture.clock.now += HOUR;
      await Promise.allSettled([
        window.tokens.getValidToken(id, { force: true, isUserAction: false }),
        ask(),
        window.tokens.getValidToken(id),
      ]);
      assert.deepEqual(codes(window), ['oauth.invalidGrant']);
    });

    it('keeps the session for days after any failure except invalid_grant (A8)', async () => {
      const intents = ['transient', 'misconfigured', 'permission', 'storage', 'invalidInput', 'canceled'] as const;
      const failures: Error[] = intents.map(
        (intent) => new NinjaOneError({ code: `x.${intent}`, intent, message: l10n.t('x') }),
      );
      for (const failure of [...failures, new TypeError('a defect')]) {
        fixture.server.always = failure;
        fixture.clock.now += DAY;
        await ask().catch(() => {});
        await window.tokens.getValidToken(id, { force: true }).catch(() => {});
        assert.ok(window.store.get(id), failure.message);
        assert.equal(window.tokens.usable().length, 1);
      }
      fixture.server.always = undefined;
      fixture.clock.now += DAY;
      assert.equal((await window.tokens.getValidToken(id)).session.generation, 2);
    });

    it('fails without a valid token, while getSessions still returns the session (A8)', async () => {
      fixture.server.always = offline();
      fixture.clock.now += 2 * HOUR;
      await assert.rejects(window.tokens.getValidToken(id), hasCode('network.offline'));
      assert.deepEqual(
        (await ask()).map(({ session }) => session.id),
        [id],
      );
    });

    it('treats changing reasons as one incident until a refresh succeeds (A8)', async () => {
      const reasons = ['network.offline', 'network.dns', 'network.timeout', 'network.offline', 'server.webPage'];
      for (const code of reasons) {
        fixture.server.script.push(
          new NinjaOneError({ code, intent: 'transient', message: { template: code, args: [] } }),
        );
        fixture.clock.now += HOUR;
        await ask();
      }
      assert.deepEqual(codes(window), ['network.offline']);
      fixture.clock.now += HOUR;
      await ask();
      fixture.server.script.push(offline());
      fixture.clock.now += HOUR;
      await ask();
      assert.deepEqual(codes(window), ['network.offline', 'network.offline']);
    });

    it('treats several sessions of one connection as one incident (A8)', async () => {
      await window.signIn(fixture, ['monitoring', 'management']);
      fixture.server.always = offline();
      fixture.clock.now += HOUR;
      for (const { session } of window.tokens.usable()) {
        await window.tokens.getValidToken(session.id).catch(() => {});
      }
      assert.equal(fixture.server.tokenCalls, 2);
      assert.deepEqual(codes(window), ['network.offline']);
    });

    it('retries less and less often, and finally every five minutes (A8)', async () => {
      fixture.server.always = offline();
      fixture.clock.now += HOUR;
      const start = fixture.clock.now;
      const at: number[] = [];
      while (fixture.clock.now < start + 20 * MINUTE) {
        const before = fixture.server.tokenCalls;
        await ask();
        if (fixture.server.tokenCalls > before) {
          at.push((fixture.clock.now - start) / 1000);
        }
        fixture.clock.now += 1000;
      }
      assert.deepEqual(at, [0, 2, 6, 14, 30, 62, 126, 254, 510, 810, 1110]);
    });

    it('honors the pause that the server asks for, even for a forced refresh (A8)', async () => {
      fixture.server.script.push(offline(120_000));
      fixture.clock.now += HOUR;
      await ask();
      fixture.clock.now += 119_000;
      await ask();
      await assert.rejects(window.tokens.getValidToken(id, { force: true }), hasCode('network.offline'));
      assert.equal(fixture.server.tokenCalls, 1);
      fixture.clock.now += 1000;
      await ask();
      assert.equal(fixture.server.tokenCalls, 2);
    });

    it('repeats a forced refresh at once, and reports its failure to the caller (A8)', async () => {
      fixture.server.script.push(offline());
      await assert.rejects(window.tokens.getValidToken(id, { force: true }), hasCode('network.offline'));
      assert.equal((await window.tokens.getValidToken(id, { force: true })).session.generation, 2);
    });

    it('asks the server at once for a user action, whatever pause background requests have (A8)', async () => {
      fixture.server.always = offline();
      fixture.clock.now += HOUR;
      for (let attempt = 0; attempt < 8; attempt++) {
        await ask();
        fixture.clock.now += 4 * MINUTE;
      }
      await ask();
      fixture.server.always = undefined;
      const before = fixture.server.tokenCalls;
      assert.equal((await ask()).length, 1);
      assert.equal(fixture.server.tokenCalls, before);
      assert.equal((await window.tokens.getValidToken(id)).session.generation, 2);
      assert.equal(fixture.server.tokenCalls, before + 1);
    });

    it('notifies the user in one window if several have the same failure, and again after the incident (A8)', async () => {
      const windows = [window, ...Array.from({ length: 4 }, () => fixture.open())];
      await Promise.all(windows.map(({ store }) => store.load()));
      for (const incident of [1, 2]) {
        fixture.server.always = offline();
        fixture.clock.now += 2 * HOUR;
        await Promise.all(windows.map(({ tokens }) => tokens.sessionsFor(['monitoring'], undefined)));
        assert.equal(windows.flatMap(codes).length, incident);
        fixture.server.always = undefined;
        fixture.clock.now += 6 * MINUTE;
        await Promise.all(windows.map(({ tokens }) => tokens.sessionsFor(['monitoring'], undefined)));
      }
    });

    it('does not wait for a year after the clock was set back (A8)', async () => {
      fixture.server.script.push(offline());
      fixture.clock.now += HOUR;
      await ask();
      fixture.clock.now -= 365 * DAY;
      await ask();
      assert.equal(fixture.server.tokenCalls, 2);
    });

    it('returns to another extension within the time limit while the server hangs (A9)', async () => {
      let respond = (): void => {};
      fixture.server.script.push(
        () =>
          new Promise((resolve) => {
            respond = () => {
              resolve({});
            };
          }),
      );
      const other = fixture.open({ responseLimit: 100 });
      await other.store.load();
      fixture.clock.now += 56 * MINUTE;
      const { accessToken } = stored();
      const [usable] = await other.tokens.sessionsFor(['monitoring'], undefined);
      assert.equal(usable?.session.accessToken, accessToken);
      respond();
      await until(() => stored().generation === 2);
    });

    it('returns the sessions of other connections if one connection is misconfigured (A8)', async () => {
      const other = connection({ name: 'Other', clientId: 'other' });
      fixture.connections = [...fixture.connections, other];
      const good = await window.signIn(fixture, ['monitoring'], {}, other);
      fixture.server.always = ({ clientId }) => (clientId === 'other' ? {} : wrongSecret());
      fixture.clock.now += HOUR;
      assert.deepEqual(
        (await ask()).map(({ session }) => session.id),
        [good.session.id],
      );
      fixture.connections = [connection()];
      await assert.rejects(ask(), hasCode('oauth.invalidClient'));
    });

    it('does not retry a wrong secret in the background until the secret or the settings change (A6)', async () => {
      const service = connection({ name: 'Service', platform: 'api-services', clientId: 'svc' });
      fixture.connections = [service];
      await window.clientSecrets.set(service.id, 'wrong');
      const { session } = await window.signIn(fixture, ['monitoring'], {}, service);
      const getValidToken = (): Promise<unknown> => window.tokens.getValidToken(session.id, { isUserAction: false });
      fixture.server.always = wrongSecret();
      fixture.clock.now += HOUR;
      for (let seconds = 0; seconds < 299; seconds++) {
        await assert.rejects(getValidToken(), hasCode('oauth.invalidClient'));
        fixture.clock.now += 1000;
      }
      assert.equal(fixture.server.tokenCalls, 1);
      assert.deepEqual(codes(window), ['oauth.invalidClient']);
      await window.clientSecrets.set(service.id, 'wrong again');
      await assert.rejects(getValidToken());
      assert.equal(fixture.server.tokenCalls, 2);
      fixture.connections = [service];
      fixture.server.always = undefined;
      await getValidToken();
      assert.equal(fixture.server.tokenCalls, 3);
      assert.ok(window.store.get(session.id));
    });
  });

  describe('with a refresh token that another window has used', () => {
    /** A window that has its own copy of the secrets, like a second tab of VS Code in a browser. */
    const openTab = async (): Promise<SessionWindow> => {
      const disk = new SecretDisk();
      for (const [key, value] of fixture.disk.values) {
        disk.write(key, value);
      }
      const tab = fixture.open({ sharedSecrets: false, disk });
      await tab.store.load();
      return tab;
    };

    it('does not send it, ends no session, and says how to go on (A7, A8)', async () => {
      const tab = await openTab();
      fixture.clock.now += HOUR;
      await ask();
      assert.deepEqual(await tab.tokens.sessionsFor(['monitoring'], undefined), []);
      await assert.rejects(tab.tokens.getValidToken(id), hasCode('session.renewedElsewhere'));
      assert.deepEqual(codes(tab), ['session.renewedElsewhere']);
      assert.deepEqual(fixture.server.reused, []);
      assert.equal(fixture.server.tokenCalls, 1);
      assert.ok(tab.store.get(id));
      assert.deepEqual(
        tab.tokens.expired().map(({ session }) => session.id),
        [id],
      );
      fixture.clock.now += HOUR;
      assert.equal((await window.tokens.getValidToken(id)).session.generation, 3);
    });

    it('works again in that window after a sign-in there, and the other window goes on (A7)', async () => {
      const tab = await openTab();
      fixture.clock.now += HOUR;
      await ask();
      await tab.tokens.sessionsFor(['monitoring'], undefined);
      await tab.signIn(fixture);
      for (let hour = 0; hour < 3; hour++) {
        fixture.clock.now += HOUR;
        assert.equal((await tab.tokens.sessionsFor(['monitoring'], undefined)).length, 1);
      }
      assert.deepEqual(fixture.server.reused, []);
      assert.deepEqual(
        fixture.server.calls.filter(({ kind }) => kind === 'revoke'),
        [],
      );
    });

    it('is not sent by a desktop window whose copy lags for longer than it waits (A7)', async () => {
      const lagging = fixture.open();
      await lagging.store.load();
      const late: [string, string | undefined][] = [];
      const accept = lagging.secrets.accept.bind(lagging.secrets);
      lagging.secrets.accept = (key, value) => late.push([key, value]);
      await window.tokens.getValidToken(id, { force: true });
      await window.states.unseal(stored());
      fixture.clock.now += HOUR;
      await assert.rejects(lagging.tokens.getValidToken(id), hasCode('session.renewedElsewhere'));
      assert.ok(fixture.disk.values.has(`session:${id}`));
      for (const [key, value] of late) {
        accept(key, value);
      }
      await until(() => lagging.store.get(id)?.generation === 2);
      lagging.secrets.accept = accept;
      assert.equal((await lagging.tokens.getValidToken(id)).session.generation, 3);
      assert.deepEqual(fixture.server.reused, []);
    });

    it('is not sent while the window that has the new one cannot store it; the other window stores it (A7, A8)', async () => {
      const other = fixture.open();
      await other.store.load();
      window.secrets.fail('store', 'throw');
      fixture.clock.now += HOUR;
      await ask();
      fixture.clock.now += MINUTE;
      assert.equal((await other.tokens.getValidToken(id)).session.accessToken, stored().accessToken);
      assert.equal((await other.states.get(id))?.kind, 'current');
      await until(() => !window.store.isBehind);
      window.secrets.heal();
      fixture.clock.now += HOUR;
      assert.equal((await other.tokens.getValidToken(id)).session.generation, 3);
      assert.equal((await window.tokens.getValidToken(id)).session.generation, 3);
      assert.equal(fixture.server.tokenCalls, 2);
      assert.deepEqual(fixture.server.reused, []);
    });

    it('is not sent by a window that missed two tokens, of which the last is not stored (A7, A8)', async () => {
      const other = fixture.open();
      await other.store.load();
      other.secrets.accept = () => {};
      await window.tokens.getValidToken(id, { force: true });
      await window.states.unseal(stored());
      window.secrets.fail('store', 'throw');
      await window.tokens.getValidToken(id, { force: true });
      fixture.clock.now += HOUR;
      await assert.rejects(other.tokens.getValidToken(id), hasCode('session.renewedElsewhere'));
      assert.ok(fixture.server.isAlive(stored().refreshToken));
      assert.deepEqual(fixture.server.reused, []);
    });

    it('is not sent while the storage of the other window hangs for longer than the lock is waited for (A7)', async () => {
      const other = fixture.open();
      await other.store.load();
      window.secrets.fail('store', 'hang');
      fixture.clock.now += HOUR;
      const renewing = window.tokens.getValidToken(id);
      await until(async () => (await window.states.get(id))?.kind === 'spent');
      const impatient = new RefreshLock({ directory: fixture.directory, timeout: 0 });
      await impatient.exclusively(id, () => Promise.resolve());
      const { session } = await other.tokens.getValidToken(id);
      await renewing;
      assert.equal(session.accessToken, stored().accessToken);
      assert.equal(fixture.server.tokenCalls, 1);
      assert.deepEqual(fixture.server.reused, []);
      assert.ok(fixture.server.isAlive(stored().refreshToken));
    });

    it('does not end a session for a token that the server refuses although no window has used it (A7)', async () => {
      const tab = await openTab();
      await window.signIn(fixture);
      const state = await window.states.get(id);
      assert.ok(state?.kind === 'current');
      // As if the record of spent tokens were damaged.
      tab.states.get = () => Promise.resolve({ ...state, spent: [] });
      fixture.clock.now += HOUR;
      await assert.rejects(tab.tokens.getValidToken(id), hasCode('session.renewedElsewhere'));
      assert.equal((await window.tokens.getValidToken(id)).session.generation, 3);
    });
  });

  describe('with more scopes than before', () => {
    const renewWith = (scopes: readonly string[]): Promise<unknown> => {
      fixture.server.always = { scopes };
      fixture.clock.now += HOUR;
      return window.tokens.getValidToken(id);
    };
    const TOO_WIDE: readonly (readonly [string, readonly string[], readonly Scope[]])[] = [
      ['that the connection does not allow', ['monitoring', 'management'], ['monitoring']],
      ['of which one is control', ['monitoring', 'control'], ['monitoring', 'management', 'control']],
    ];
    for (const [which, granted, allowed] of TOO_WIDE) {
      it(`${which}, gives the token to nobody, keeps the label, and loses nothing (A10, A11)`, async () => {
        fixture.connections = [connection({ scopes: allowed })];
        const { account } = window.tokens.usable()[0]!;
        const other = fixture.open();
        await other.store.load();
        await assert.rejects(renewWith(granted), hasCode('session.scopesExceeded'));
        await until(() => other.store.get(id)?.generation === 2);
        for (const { tokens } of [window, other]) {
          assert.deepEqual(tokens.usable(), []);
          assert.deepEqual(await tokens.sessionsFor(['monitoring'], undefined), []);
          await assert.rejects(tokens.getValidToken(id, { isUserAction: false }), hasCode('session.scopesExceeded'));
        }
        assert.equal(fixture.server.tokenCalls, 2);
        assert.deepEqual([...codes(window), ...codes(other)], ['session.scopesExceeded']);
        // The next token may be right again.
        fixture.server.always = undefined;
        const { session } = await window.tokens.getValidToken(id, { force: true });
        assert.deepEqual([session.scopes, session.excess], [['monitoring'], []]);
        assert.deepEqual(window.tokens.find(id)?.account, account);
        assert.deepEqual(fixture.server.reused, []);
      });
    }

    it('works again after a sign-in (A10)', async () => {
      await assert.rejects(renewWith(['monitoring', 'control']), hasCode('session.scopesExceeded'));
      const { session } = await window.signIn(fixture);
      assert.equal(session.id, id);
      assert.equal((await ask())[0]?.session.accessToken, session.accessToken);
    });

    it('that the connection allows, becomes the account that its label names (A11)', async () => {
      await renewWith(['monitoring', 'management']);
      assert.deepEqual(
        window.tokens.usable().map(({ account }) => account.label),
        ['Acme · eu · monitoring, management'],
      );
    });
  });

  describe('ending a session', () => {
    it('ends it once in all windows on invalid_grant, and one window reports it (A8)', async () => {
      const windows = [1, 2, 3].map(() => fixture.open({ flushDelay: 150 }));
      await Promise.all(windows.map(({ store }) => store.load()));
      fixture.server.endAll();
      fixture.clock.now += HOUR;
      const results = await Promise.allSettled(windows.map(({ tokens }) => tokens.getValidToken(id)));
      assert.ok(results.every(({ status }) => status === 'rejected'));
      await until(() => windows.every(({ store }) => store.get(id) === undefined));
      assert.equal(fixture.server.tokenCalls, 1);
      assert.deepEqual(windows.flatMap(codes), ['oauth.invalidGrant']);
      assert.deepEqual(await ask(), []);
    });

    it('is told once, and asks for nothing more for a day, after a response was lost (A8, T33)', async () => {
      fixture.clock.now += HOUR;
      // The server replaces the token, and the response does not arrive.
      fixture.server.script.push(() => {
        fixture.server.endAll();
        return offline();
      });
      for (let minute = 0; minute < 24 * 60; minute++) {
        await ask();
        fixture.clock.now += MINUTE;
      }
      assert.deepEqual(codes(window), ['network.offline', 'oauth.invalidGrant']);
      assert.equal(fixture.server.tokenCalls, 2);
      assert.deepEqual(await ask(), []);
      await window.signIn(fixture);
      assert.equal((await ask()).length, 1);
    });

    it('is told by one window even if the disk keeps nothing in common (A8)', async () => {
      // The folders cannot be made, because a file has the name of the one above.
      const blocked = join(fixture.directory, 'a-file');
      await writeFile(blocked, '');
      const windows = [1, 2].map((number) => fixture.open({ directory: join(blocked, `folder-${number}`) }));
      await Promise.all(windows.map(({ store }) => store.load()));
      fixture.clock.now += HOUR;
      // One is refused when both have asked, and the other one when the first has said so.
      const bothAsked = until(() => fixture.server.tokenCalls === 2);
      const isTold = until(() => windows.flatMap(codes).length === 1);
      fixture.server.script.push(
        () => bothAsked.then(invalidGrant),
        () => isTold.then(invalidGrant),
      );
      const results = await Promise.allSettled(windows.map(({ tokens }) => tokens.getValidToken(id)));
      assert.deepEqual(
        results
          .flatMap((result) => (result.status === 'rejected' ? [(result.reason as NinjaOneError).code] : []))
          .sort(),
        ['oauth.invalidGrant', 'session.signedOut'],
      );
      assert.deepEqual(windows.flatMap(codes), ['oauth.invalidGrant']);
    });

    it('reads the record again before it ends the session, and adopts a newer one (A8)', async () => {
      // This window gets no events of the others.
      const isolated = fixture.open();
      await isolated.store.load();
      isolated.secrets.accept = () => {};
      await window.tokens.getValidToken(id, { force: true });
      await window.states.forget(id);
      fixture.clock.now += MINUTE;
      const get = isolated.secrets.get.bind(isolated.secrets);
      isolated.secrets.get = (key) => Promise.resolve(fixture.disk.values.get(key)).then((text) => text ?? get(key));
      const { session } = await isolated.tokens.getValidToken(id, { force: true });
      assert.equal(session.generation, 2);
      assert.deepEqual(codes(isolated), []);
      assert.ok(fixture.disk.values.has(`session:${id}`));
    });

    it('does not end the session if the record cannot be read again (A8)', async () => {
      fixture.server.always = invalidGrant();
      fixture.clock.now += HOUR;
      window.secrets.fail('get', 'throw');
      await assert.rejects(window.tokens.getValidToken(id), hasCode('storage.failed'));
      assert.ok(window.store.get(id));
      assert.ok(fixture.disk.values.has(`session:${id}`));
      window.secrets.heal();
      fixture.server.always = undefined;
      fixture.clock.now += HOUR;
      assert.equal((await window.tokens.getValidToken(id)).session.generation, 2);
    });

    it('does not use a record that cannot be read while another window has a newer one (A7)', async () => {
      const other = fixture.open();
      await other.store.load();
      other.secrets.accept = () => {};
      await window.tokens.getValidToken(id, { force: true });
      other.secrets.fail('get', 'throw');
      fixture.clock.now += HOUR;
      await assert.rejects(other.tokens.getValidToken(id), hasCode('storage.failed'));
      assert.equal(fixture.server.tokenCalls, 1);
      assert.ok(fixture.server.isAlive(stored().refreshToken));
    });

    it('uses a token without a refresh token until it expires, and then deletes nothing (A8)', async () => {
      const { session } = await window.signIn(fixture, ['management'], { refreshToken: undefined });
      fixture.clock.now += 58 * MINUTE;
      assert.equal((await window.tokens.getValidToken(session.id)).session.accessToken, session.accessToken);
      await assert.rejects(window.tokens.getValidToken(session.id, { force: true }), hasCode('session.notRenewable'));
      fixture.clock.now += 3 * MINUTE;
      await assert.rejects(window.tokens.getValidToken(session.id), hasCode('session.notRenewable'));
      assert.ok(window.store.get(session.id));
      assert.equal(fixture.server.tokenCalls, 0);
      assert.deepEqual(codes(window), []);
    });

    it('waits for no other window if the windows share no secrets (A7)', async () => {
      const alone = fixture.open({ sharedSecrets: false });
      await alone.store.load();
      fixture.server.endAll();
      fixture.clock.now += HOUR;
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
