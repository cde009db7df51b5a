import assert from 'node:assert/strict';
import type { ApiSession } from '../../../src/core/api/apiClient.ts';
import { NinjaOneError } from '../../../src/core/base/errors.ts';
import type { Connection, Scope } from '../../../src/core/connections/connection.ts';
import { RequestSessions } from '../../../src/host/requests/requestSessions.ts';
import type { SignInCoordinator } from '../../../src/host/signIn/signInCoordinator.ts';
import { operationOf } from '../../support/operationFixtures.ts';
import {
  connection,
  createSessionFixture,
  type SessionFixture,
  type SessionWindow,
} from '../../support/sessionFixture.ts';

const READ = operationOf('GET /v2/devices');
const WRITE = operationOf('POST /v2/devices');

describe('the session of a request', () => {
  const acme = connection();
  const beta = connection({ name: 'Beta', clientId: 'client-2' });
  let fixture: SessionFixture;
  let window: SessionWindow;
  let sessions: RequestSessions;
  let signIns: unknown[];
  beforeEach(async () => {
    fixture = await createSessionFixture();
    fixture.connections = [acme, beta];
    window = fixture.open();
    signIns = [];
    const signInTo = (to: Connection, reason: string): ReturnType<SessionWindow['signIn']> => {
      signIns.push([to.name, reason]);
      return window.signIn(fixture, ['monitoring', 'management'], {}, to);
    };
    sessions = new RequestSessions({
      tokens: window.tokens,
      coordinator: { signInTo } as Partial<SignInCoordinator> as SignInCoordinator,
    });
  });
  afterEach(() => fixture.close());

  const signIn = (scopes: readonly Scope[], to = acme): ReturnType<SessionWindow['signIn']> =>
    window.signIn(fixture, scopes, {}, to);
  const scopesOf = (session: ApiSession | undefined): readonly Scope[] | undefined => session?.scopes;

  it('is the one with the fewest scopes that covers the operation, and one with control only if there is no other (A10, E4)', async () => {
    const all: readonly Scope[] = ['monitoring', 'management', 'control'];
    await signIn(all);
    assert.deepEqual(scopesOf(sessions.existing(READ, acme)), all);
    await signIn(['monitoring', 'management']);
    assert.deepEqual(scopesOf(sessions.existing(READ, acme)), ['monitoring', 'management']);
    await signIn(['monitoring']);
    assert.deepEqual(scopesOf(sessions.existing(READ, acme)), ['monitoring']);
    assert.deepEqual(scopesOf(sessions.existing(WRITE, acme)), ['monitoring', 'management']);
  });

  it('is never one of another connection (C4, E4)', async () => {
    const { session } = await signIn(['monitoring', 'management'], beta);
    assert.equal(sessions.existing(READ, acme), undefined);
    const own = await sessions.sessionFor(READ, acme);
    assert.deepEqual(signIns, [['Acme', 'extension']]);
    assert.equal(own.connection.id, acme.id);
    assert.notEqual(await own.accessToken({ force: false }), session.accessToken);
    assert.equal(await (await sessions.sessionFor(READ, beta)).accessToken({ force: false }), session.accessToken);
    assert.equal(signIns.length, 1);
  });

  it('comes from a sign-in only if the connection includes the scope (E4)', async () => {
    const narrow = connection({ name: 'Narrow', scopes: ['monitoring'] });
    fixture.connections = [narrow];
    await assert.rejects(sessions.sessionFor(WRITE, narrow), (error) => {
      assert.ok(error instanceof NinjaOneError);
      assert.deepEqual(
        [error.code, error.intent, error.action],
        ['request.lacksScope', 'permission', 'editConnection'],
      );
      assert.match(error.message, /needs the scope management, which the connection Narrow does not include/);
      return true;
    });
    assert.deepEqual(signIns, []);
  });

  it('is widened to the next session of the connection that has all of its scopes (E4)', async () => {
    await signIn(['monitoring']);
    const narrow = sessions.existing(READ, acme)!;
    assert.equal(sessions.wider(narrow), undefined);
    await signIn(['monitoring', 'management', 'control'], beta);
    await signIn(['management', 'control']);
    assert.equal(sessions.wider(narrow), undefined);
    await signIn(['monitoring', 'control']);
    assert.deepEqual(scopesOf(sessions.wider(narrow)), ['monitoring', 'control']);
    await signIn(['monitoring', 'management']);
    assert.deepEqual(scopesOf(sessions.wider(narrow)), ['monitoring', 'management']);
    assert.equal(sessions.wider(narrow)?.connection.id, acme.id);
  });
});
