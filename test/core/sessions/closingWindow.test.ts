import assert from 'node:assert/strict';
import { canceled, isNinjaOneError } from '../../../src/core/base/errors.ts';
import { RefreshLock } from '../../../src/core/sessions/refreshLock.ts';
import { openSealedRecord, sealRecord } from '../../../src/core/sessions/sealedRecord.ts';
import { createSession, withTokens, type StoredSession } from '../../../src/core/sessions/session.ts';
import {
  connection,
  createSessionFixture,
  HOUR,
  openTwoWindows,
  until,
  type SessionFixture,
  type SessionWindow,
} from '../../support/sessionFixture.ts';

type Issued = ReturnType<SessionFixture['server']['tokens']>;

describe('a window that closes', () => {
  let fixture: SessionFixture;
  let window: SessionWindow;
  let next: SessionWindow;
  let id: string;
  beforeEach(async () => {
    fixture = await createSessionFixture();
    ({ window, other: next, id } = await openTwoWindows(fixture));
  });
  afterEach(() => fixture.close());

  /** The server has replaced the refresh token of the window, and its response is on the way until `respond`. */
  async function askServer(): Promise<{
    readonly respond: () => void;
    readonly renewing: Promise<unknown>;
    readonly issued: Issued;
  }> {
    let respond = (): void => {};
    const issued = fixture.server.tokens('family-1');
    fixture.server.script.push(
      () =>
        new Promise((resolve) => {
          respond = () => {
            resolve(issued);
          };
        }),
    );
    const renewing = window.tokens.getValidToken(id);
    await until(() => fixture.server.tokenCalls === 1);
    return {
      renewing,
      issued,
      respond: () => {
        respond();
      },
    };
  }

  /** As VS Code does: it refuses the secret storage, calls `deactivate`, and disposes what is registered. */
  function close(): Promise<void> {
    for (const operation of ['get', 'store', 'delete', 'keys'] as const) {
      window.secrets.fail(operation, 'throw');
    }
    const closed = window.tokens.close();
    window.close();
    return closed;
  }

  /** Resolves to the tokens with which the server answers a renewal after the window has begun to close. */
  async function closeBeforeResponse(): Promise<Issued> {
    const { respond, renewing, issued } = await askServer();
    const closed = close();
    respond();
    await closed;
    await renewing;
    return issued;
  }

  it('waits for the response to a renewal, and the next window has its tokens (A7, T60)', async () => {
    const { respond, renewing } = await askServer();
    let isClosed = false;
    const closed = close().then(() => {
      isClosed = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(isClosed, false);
    respond();
    await closed;
    await renewing;
    assert.equal((await next.tokens.getValidToken(id)).session.generation, 2);
    assert.equal(fixture.server.tokenCalls, 1);
    assert.equal((await next.states.get(id))?.kind, 'current');
    fixture.clock.now += HOUR;
    assert.equal((await next.tokens.getValidToken(id)).session.generation, 3);
    assert.deepEqual(fixture.server.reused, []);
    assert.deepEqual(next.renewalFailures, []);
  });

  it('does not try again to store what VS Code refuses, so that it closes at once (A7)', async () => {
    const before = window.secrets.calls.store.length;
    await closeBeforeResponse();
    assert.equal(window.secrets.calls.store.length, before + 1);
  });

  it('sends nothing more, also for a renewal that waited for its turn (A7)', async () => {
    let release = (): void => {};
    const lock = new RefreshLock({ directory: fixture.directory });
    const held = lock.exclusively(
      id,
      () =>
        new Promise<void>((resolve) => {
          release = resolve;
        }),
    );
    const renewing = window.tokens.getValidToken(id);
    await new Promise((resolve) => setTimeout(resolve, 30));
    const closed = window.tokens.close();
    release();
    await held;
    await assert.rejects(renewing, { code: canceled().code });
    await closed;
    await assert.rejects(window.tokens.getValidToken(id, { force: true }), { code: canceled().code });
    assert.equal(fixture.server.tokenCalls, 0);
    assert.deepEqual(window.renewalFailures, []);
  });

  for (const [outcome, fault] of [
    ['is read', 'lag'],
    ['cannot be read', 'hang'],
  ] as const) {
    it(`sends nothing more, also for a renewal whose client secret ${outcome} after that (A7)`, async () => {
      const service = connection({ name: 'Service', platform: 'web', redirectUri: 'http://localhost:8123/callback' });
      fixture.connections = [service];
      await window.clientSecrets.set(service.id, 'a-client-secret');
      const { session } = await window.signIn(fixture);
      fixture.clock.now += HOUR;
      const reads = window.secrets.calls.get.length;
      window.secrets.fail('get', fault, { key: service.id });
      const renewing = window.tokens.getValidToken(session.id);
      await until(() => window.secrets.calls.get.slice(reads).some((key) => key.includes(service.id)));
      const closed = window.tokens.close();
      window.secrets.heal();
      await closed;
      await assert.rejects(renewing, { code: canceled().code });
      assert.equal(fixture.server.tokenCalls, 0);
      assert.deepEqual(window.renewalFailures, []);
    });
  }

  it('closes at once if it has asked the server for nothing', async () => {
    await next.tokens.close();
    await window.tokens.close();
  });

  it('leaves its tokens to a sign-out in the next window, which revokes them (A13)', async () => {
    const issued = await closeBeforeResponse();
    await (
      await next.tokens.signOut(id)
    )?.revoked;
    assert.ok(fixture.server.revoked.includes(issued.refreshToken));
    assert.ok(!fixture.server.isAlive(issued.refreshToken));
  });

  it('leaves no tokens behind that a sign-out cannot revoke later (A13)', async () => {
    const issued = await closeBeforeResponse();
    // The sign-out happens while the next window stores the tokens.
    const put = next.store.put.bind(next.store);
    next.store.put = async (session) => {
      await next.states.end(session.id);
      return put(session);
    };
    await assert.rejects(
      next.tokens.getValidToken(id, { force: true }),
      (error) => isNinjaOneError(error) && error.code === 'session.signedOut',
    );
    await until(() => fixture.server.revoked.includes(issued.refreshToken));
    assert.equal(next.store.get(id), undefined);
  });
});

describe('a sealed record', () => {
  const TIMES = { issuedAt: 1, expiresAt: HOUR };
  let former: StoredSession;
  let session: StoredSession;
  before(async () => {
    const fixture = await createSessionFixture();
    former = createSession(fixture.connections[0]!, ['monitoring'], {
      accessToken: 'access-1',
      refreshToken: 'refresh-1',
      ...TIMES,
    });
    session = withTokens(former, { accessToken: 'access-2', refreshToken: 'refresh-2', ...TIMES });
    await fixture.close();
  });

  it('is read with the refresh token that it replaces, and with no other (P9)', () => {
    const sealed = sealRecord(session, 'refresh-1');
    assert.deepEqual(openSealedRecord(sealed, former), session);
    assert.equal(openSealedRecord(sealed, session), undefined);
    assert.equal(openSealedRecord(sealed, { ...former, refreshToken: undefined }), undefined);
    assert.doesNotMatch(Buffer.from(sealed, 'base64').toString('latin1'), /refresh|access|Acme/);
    assert.notEqual(sealRecord(session, 'refresh-1'), sealed);
  });

  it('is not read for another session, nor if it is damaged (A14)', () => {
    const sealed = sealRecord(session, 'refresh-1');
    assert.equal(openSealedRecord(sealed, { ...former, id: 'another' }), undefined);
    const bytes = Buffer.from(sealed, 'base64');
    for (const position of [0, 16, 28, 44, bytes.length - 1]) {
      const damaged = Buffer.from(bytes);
      damaged[position]! ^= 1;
      assert.equal(openSealedRecord(damaged.toString('base64'), former), undefined);
    }
    for (const text of ['', '?', bytes.subarray(0, 43).toString('base64'), bytes.subarray(0, 60).toString('base64')]) {
      assert.equal(openSealedRecord(text, former), undefined);
    }
  });
});
