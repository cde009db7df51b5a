import assert from 'node:assert/strict';
import { connection, createSessionFixture, HOUR, until, type SessionFixture } from '../../support/sessionFixture.ts';

describe('a request for sessions', () => {
  let fixture: SessionFixture;
  beforeEach(async () => {
    fixture = await createSessionFixture();
  });
  afterEach(() => fixture.close());

  it('returns the token of a sign-in that replaced the renewed one while another was renewed (A9, A13)', async () => {
    const other = connection({ name: 'Beta', instance: 'us' });
    fixture.connections = [...fixture.connections, other];
    const window = fixture.open();
    await window.signIn(fixture);
    const { id } = (await window.signIn(fixture, ['monitoring'], {}, other)).session;
    fixture.clock.now += HOUR;
    let answer = (): void => {};
    fixture.server.always = ({ origin }) =>
      origin === other.instance.origin ? {} : new Promise((resolve) => (answer = () => resolve({})));
    const asked = window.tokens.sessionsFor(['monitoring'], undefined);
    await until(() => window.store.get(id)?.generation === 2 && fixture.server.tokenCalls === 2);
    const renewed = window.store.get(id)!;
    const { session } = await window.signIn(fixture, ['monitoring'], {}, other);
    await until(() => fixture.server.revoked.includes(renewed.accessToken));
    answer();
    const found = (await asked).find((each) => each.connection.id === other.id);
    assert.equal(found?.session.accessToken, session.accessToken);
  });
});
