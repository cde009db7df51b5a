import assert from 'node:assert/strict';
import { offline } from '../../support/fakeTokenServer.ts';
import { createSessionFixture, type SessionFixture, type SessionWindow } from '../../support/sessionFixture.ts';

describe('TokenRequests', () => {
  let fixture: SessionFixture;
  let window: SessionWindow;

  beforeEach(async () => {
    fixture = await createSessionFixture();
    window = fixture.open();
  });
  afterEach(() => fixture.close());

  for (const refused of ['refresh_token', 'access_token'] as const) {
    it(`revokes the other token if NinjaOne refuses to revoke the ${refused} (A13)`, async () => {
      const { session } = await window.signIn(fixture);
      const { revokeToken } = fixture.server.steps;
      const hints: string[] = [];
      fixture.server.steps.revokeToken = (context, token, hint) => {
        hints.push(hint);
        return hint === refused ? Promise.reject(offline()) : revokeToken(context, token, hint);
      };
      assert.equal(await window.requests.revoke(session), false);
      assert.deepEqual(hints, ['refresh_token', 'access_token']);
      assert.deepEqual(fixture.server.revoked, [
        refused === 'refresh_token' ? session.accessToken : session.refreshToken,
      ]);
    });
  }
});
