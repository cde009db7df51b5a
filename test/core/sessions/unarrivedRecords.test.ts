import assert from 'node:assert/strict';
import {
  createSessionFixture,
  HOUR,
  openTwoWindows,
  until,
  type SessionFixture,
  type SessionWindow,
} from '../../support/sessionFixture.ts';

describe('a renewed token that has not reached the other window', () => {
  let fixture: SessionFixture;
  let window: SessionWindow;
  let other: SessionWindow;
  let id: string;
  beforeEach(async () => {
    fixture = await createSessionFixture();
    // As in VS Code, the secret leaves the window after `store` has resolved.
    ({ window, other, id } = await openTwoWindows(fixture, { flushDelay: 2_000 }));
    // A server reports success for a refresh token that no longer works, and revokes nothing (RFC 7009 §2.2).
    const { revokeToken } = fixture.server.steps;
    fixture.server.steps.revokeToken = (context, token, hint) =>
      fixture.server.isAlive(token) ? revokeToken(context, token, hint) : Promise.resolve();
  });
  afterEach(() => fixture.close());

  const renew = async (): Promise<string | undefined> =>
    (await window.tokens.getValidToken(id, { force: true })).session.refreshToken;
  const signOut = async (): Promise<boolean | undefined> => (await other.tokens.signOut(id))?.revoked;

  it('is not lost if its window is killed before VS Code has written it (A7)', async () => {
    await renew();
    assert.ok(window.secrets.hasPending);
    window.close();
    assert.equal((await other.tokens.getValidToken(id)).session.generation, 2);
    fixture.clock.now += HOUR;
    assert.equal((await other.tokens.getValidToken(id)).session.generation, 3);
    assert.deepEqual(fixture.server.reused, []);
    assert.deepEqual(other.renewalFailures, []);
  });

  it('is not lost after several renewals that the window could not store (A7)', async () => {
    window.secrets.fail('store', 'throw');
    for (let hour = 0; hour < 3; hour++) {
      await renew();
      fixture.clock.now += HOUR;
    }
    window.close();
    assert.equal((await other.tokens.getValidToken(id)).session.generation, 5);
    assert.equal(fixture.server.tokenCalls, 4);
    assert.deepEqual(fixture.server.reused, []);
    assert.deepEqual(other.renewalFailures, []);
  });

  it('is waited for before it is taken from the token state, so that it is not stored twice (A7)', async () => {
    await renew();
    const reads = other.secrets.calls.get.length;
    const asked = other.tokens.getValidToken(id);
    await until(() => other.secrets.calls.get.length > reads);
    window.secrets.flush();
    assert.equal((await asked).session.generation, 2);
    assert.deepEqual(other.secrets.calls.store, []);
  });

  it('is revoked by a sign-out in the other window (A13)', async () => {
    const refreshToken = await renew();
    assert.ok(window.secrets.hasPending);
    assert.equal(await signOut(), true);
    assert.ok(!fixture.server.isAlive(refreshToken));
  });

  it('is revoked by a sign-out after several renewals that its window could not store (A13)', async () => {
    window.secrets.fail('store', 'throw');
    await renew();
    fixture.clock.now += HOUR;
    const refreshToken = await renew();
    window.close();
    assert.equal(await signOut(), true);
    assert.ok(!fixture.server.isAlive(refreshToken));
  });

  it('is revoked by a sign-out during which it is recorded (A13)', async () => {
    let refreshToken: string | undefined;
    const end = other.states.end.bind(other.states);
    other.states.end = async (ended) => {
      refreshToken = await renew();
      return end(ended);
    };
    assert.equal(await signOut(), true);
    assert.ok(refreshToken !== undefined && !fixture.server.isAlive(refreshToken));
  });

  it('is not said to be revoked if the other window cannot know it (A13)', async () => {
    const refreshToken = await renew();
    await window.states.unseal(window.store.get(id)!);
    assert.ok(fixture.server.isAlive(refreshToken));
    assert.equal(await signOut(), false);
  });

  it('is revoked by a sign-in that replaces it, and every window has the new one (A7, A13)', async () => {
    const refreshToken = await renew();
    assert.ok(window.secrets.hasPending);
    const { session } = await other.signIn(fixture);
    assert.equal(session.id, id);
    await until(() => !fixture.server.isAlive(refreshToken));
    assert.ok(fixture.server.isAlive(session.refreshToken));
    assert.equal((await window.tokens.getValidToken(id, { force: true })).session.generation, 4);
    assert.deepEqual(fixture.server.reused, []);
  });

  it('is revoked by a sign-in after its window could not store it and was closed (A13)', async () => {
    window.secrets.fail('store', 'throw');
    const refreshToken = await renew();
    window.close();
    await other.signIn(fixture);
    await until(() => !fixture.server.isAlive(refreshToken));
  });
});
