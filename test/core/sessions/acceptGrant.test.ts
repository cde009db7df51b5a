import assert from 'node:assert/strict';
import { isNinjaOneError } from '../../../src/core/base/errors.ts';
import { offline } from '../../support/fakeTokenServer.ts';
import {
  connection,
  createSessionFixture,
  DAY,
  HOUR,
  MINUTE,
  until,
  type SessionFixture,
  type SessionWindow,
} from '../../support/sessionFixture.ts';

describe('accepting a sign-in', () => {
  let fixture: SessionFixture;
  let window: SessionWindow;
  beforeEach(async () => {
    fixture = await createSessionFixture();
    window = fixture.open();
    await window.store.load();
  });
  afterEach(() => fixture.close());

  it('compares the scopes with those of the same connection (A10)', async () => {
    const narrow = connection({ name: 'Narrow', clientId: 'client-2', scopes: ['management'] });
    const wide = connection();
    fixture.connections = [narrow, wide];
    assert.equal((await window.signIn(fixture, ['monitoring'], {}, wide)).session.connectionId, wide.id);
  });

  it('names the scopes that are too many (A10)', async () => {
    const refusal = async (scopes: ('monitoring' | 'management' | 'control')[]): Promise<string> => {
      const signIn = window.signIn(fixture, ['monitoring'], { scopes });
      const error: unknown = await signIn.then(
        () => assert.fail('it was accepted'),
        (reason: unknown) => reason,
      );
      assert.ok(isNinjaOneError(error));
      assert.equal(error.code, 'oauth.scopesExceeded');
      return error.message;
    };
    assert.match(await refusal(['monitoring', 'control']), /control/);
    fixture.connections = [connection({ scopes: ['monitoring'] })];
    const message = await refusal(['monitoring', 'management']);
    assert.match(message, /management/);
    assert.doesNotMatch(message, /control/);
  });

  it('refuses at once, also while the revocation of the tokens gets no answer (A10, T08)', async () => {
    const revoked: string[] = [];
    fixture.server.steps.revokeToken = (_, token) => {
      revoked.push(token);
      return new Promise(() => {});
    };
    const tokens = fixture.server.tokens();
    const { accessToken, refreshToken } = tokens;
    await assert.rejects(
      window.signIn(fixture, ['monitoring', 'management'], { ...tokens, scopes: ['monitoring'] }),
      (error) => isNinjaOneError(error) && error.code === 'oauth.scopesRefused',
    );
    await until(() => revoked.length === 2);
    assert.deepEqual(revoked, [refreshToken, accessToken]);
    assert.deepEqual(window.store.all(), []);
  });

  it('makes a new session after the known one was signed out in another window (A13)', async () => {
    const { session } = await window.signIn(fixture);
    await window.states.end(session.id);
    const next = await window.signIn(fixture);
    assert.notEqual(next.session.id, session.id);
    assert.deepEqual(await window.states.get(session.id), { kind: 'ended' });
    assert.equal((await window.states.get(next.session.id))?.kind, 'current');
  });

  it('makes a new session if the known one is signed out while its tokens are stored (A13)', async () => {
    const { session } = await window.signIn(fixture);
    const set = window.states.set.bind(window.states);
    let isFirst = true;
    window.states.set = async (...args) => {
      if (isFirst) {
        isFirst = false;
        await window.store.remove(session.id);
      }
      await set(...args);
    };
    const next = await window.signIn(fixture);
    assert.notEqual(next.session.id, session.id);
    assert.ok(window.store.get(next.session.id));
  });

  it('uses the later of two sign-ins to one account in all windows, although the clock was set back (A10)', async () => {
    const other = fixture.open();
    await other.store.load();
    // The record of the first sign-in arrives late.
    const late: [string, string | undefined][] = [];
    const accept = other.secrets.accept.bind(other.secrets);
    other.secrets.accept = (key, value) => late.push([key, value]);
    await window.signIn(fixture);
    await window.tokens.getValidToken(window.tokens.usable()[0]!.session.id, { force: true });
    fixture.clock.now -= DAY;
    const { session } = await other.signIn(fixture, ['monitoring'], { refreshToken: undefined });
    for (const [key, value] of late) {
      accept(key, value);
    }
    const next = fixture.open();
    await next.store.load();
    await until(() => other.store.all().length === 2 && window.store.all().length === 2);
    for (const { tokens } of [window, other, next]) {
      assert.deepEqual(
        tokens.usable().map((usable) => usable.session.id),
        [session.id],
      );
    }
  });

  it('forgets the pause that the server asked for before (A8)', async () => {
    const { session } = await window.signIn(fixture);
    fixture.clock.now += HOUR;
    fixture.server.script.push(offline(4 * MINUTE));
    await assert.rejects(window.tokens.getValidToken(session.id));
    await window.signIn(fixture);
    const before = fixture.server.tokenCalls;
    await window.tokens.getValidToken(session.id, { force: true });
    assert.equal(fixture.server.tokenCalls, before + 1);
  });

  it('revokes no token that the session still has (A13)', async () => {
    const { session } = await window.signIn(fixture);
    const { accessToken, refreshToken } = session;
    await window.signIn(fixture, ['monitoring'], { accessToken, refreshToken });
    await window.signIn(fixture, ['monitoring'], { accessToken, refreshToken });
    assert.equal(fixture.server.revoked.length, 0);
    await window.signIn(fixture);
    assert.ok(fixture.server.revoked.includes(refreshToken));
  });
});
