import assert from 'node:assert/strict';
import { deleteAllSecrets } from '../../../src/core/sessions/storageCheck.ts';
import { createSession, serializeSession, type StoredSession } from '../../../src/core/sessions/session.ts';
import { UnsavedSessions } from '../../../src/core/sessions/unsavedSessions.ts';
import {
  connection,
  createSessionFixture,
  HOUR,
  until,
  type SessionFixture,
  type SessionWindow,
} from '../../support/sessionFixture.ts';

describe('a session that only one window has', () => {
  let fixture: SessionFixture;
  let window: SessionWindow;
  let other: SessionWindow;
  beforeEach(async () => {
    fixture = await createSessionFixture();
    [window, other] = [fixture.open(), fixture.open()];
    await Promise.all([window, other].map(({ store }) => store.load()));
  });
  afterEach(() => fixture.close());

  /** The other window knows the session with its former tokens. */
  async function renewUnsaved(): Promise<StoredSession> {
    const { session } = await window.signIn(fixture);
    await until(() => other.store.get(session.id) !== undefined);
    window.secrets.fail('store', 'throw');
    fixture.clock.now += HOUR;
    return (await window.tokens.getValidToken(session.id)).session;
  }

  const revocations = ({ refreshToken }: StoredSession): number =>
    fixture.server.revoked.filter((token) => token === refreshToken).length;

  it('is gone from it at once after a sign-out in another window, and its tokens are revoked (A13)', async () => {
    const session = await renewUnsaved();
    await other.tokens.signOut(session.id);
    await until(() => window.tokens.usable().length === 0 && !window.store.isBehind);
    assert.deepEqual(await window.tokens.sessionsFor(['monitoring'], undefined), []);
    // By this window, and by the other one, which reads them in the token state.
    await until(() => revocations(session) === 2);
    await window.recovery.run();
    assert.equal(revocations(session), 2);
    assert.ok(!fixture.server.isAlive(session.refreshToken));
    window.secrets.heal();
    await window.recovery.run();
    assert.deepEqual([...fixture.disk.values.keys()], ['canary']);
  });

  const renew = (id: string): Promise<unknown> => window.tokens.getValidToken(id, { force: true }).catch(() => {});
  const recover = (): Promise<unknown> => window.recovery.run();
  const notices: readonly [string, (id: string) => Promise<unknown>][] = [
    ['when a secret changes', recover],
    ['when its token is renewed', renew],
    ['when both happen', (id) => Promise.all([recover(), renew(id)])],
  ];
  for (const [when, notice] of notices) {
    it(`is gone and revoked once ${when}, after a reset in a window that never had it (A13)`, async () => {
      window.secrets.fail('store', 'throw');
      const { session } = await window.signIn(fixture);
      await deleteAllSecrets(other.storageCheck);
      window.secrets.heal();
      await notice(session.id);
      assert.deepEqual(window.tokens.usable(), []);
      await until(() => revocations(session) > 0);
      await renew(session.id);
      await recover();
      assert.equal(revocations(session), 1);
      assert.deepEqual([...fixture.disk.values.keys()], []);
    });
  }

  it('is returned to no request after a reset in a window that never had it (A13)', async () => {
    window.secrets.fail('store', 'throw');
    const { session } = await window.signIn(fixture);
    await deleteAllSecrets(other.storageCheck);
    assert.deepEqual(await window.tokens.sessionsFor(['monitoring'], undefined), []);
    await until(() => revocations(session) === 1);
  });

  it('stays if its record is missing for another reason (A14)', async () => {
    const session = await renewUnsaved();
    fixture.disk.write(`session:${session.id}`, undefined);
    await window.store.reread(session.id);
    assert.equal(window.store.get(session.id)?.accessToken, session.accessToken);
    window.secrets.heal();
    await window.recovery.run();
    assert.ok(fixture.disk.values.get(`session:${session.id}`)?.includes(session.accessToken));
    assert.equal(revocations(session), 0);
  });
});

describe('UnsavedSessions', () => {
  const first = createSession(connection(), ['monitoring'], {
    accessToken: 'a',
    refreshToken: 'r',
    issuedAt: 0,
    expiresAt: HOUR,
  });
  const second = { ...first, generation: 2 };
  let present: StoredSession | undefined;
  let written: string[];
  let saved: StoredSession[];
  let removed: string[];
  let store: () => Promise<void>;
  let isRemoved: () => boolean;
  let unsaved: UnsavedSessions;

  beforeEach(() => {
    present = first;
    [written, saved, removed] = [[], [], []];
    store = () => Promise.resolve();
    isRemoved = () => false;
    unsaved = new UnsavedSessions({
      secrets: {
        store: (key, text) => {
          written.push(key, text);
          return store();
        },
      },
      get: () => present,
      isRemoved: () => Promise.resolve(isRemoved()),
      onRemoved: (id) => Promise.resolve(void removed.push(id)),
      onSaved: (session) => saved.push(session),
    });
    unsaved.add(first.id);
  });

  it('are stored, told once, and forgotten (A14)', async () => {
    assert.ok(unsaved.has(first.id));
    await unsaved.save();
    assert.deepEqual(written, [`session:${first.id}`, serializeSession(first)]);
    assert.deepEqual([saved, unsaved.size, unsaved.has(first.id)], [[first], 0, false]);
    unsaved.markSaved(first);
    await unsaved.save();
    assert.deepEqual([saved, written.length], [[first], 2]);
  });

  it('stay while the storage fails (A14)', async () => {
    store = () => Promise.reject(new Error('locked'));
    await unsaved.save();
    assert.deepEqual([saved, unsaved.size], [[], 1]);
  });

  it('are written again if they changed in the meantime (A7, A14)', async () => {
    store = () => {
      present = second;
      return Promise.resolve();
    };
    await unsaved.save();
    assert.equal(written.at(-1), serializeSession(second));
    assert.deepEqual(saved, [second]);
  });

  it('are not written after a sign-out, and are dropped after one during the write (A13)', async () => {
    isRemoved = () => true;
    await unsaved.save();
    assert.deepEqual([written, removed, saved], [[], [first.id], []]);
    isRemoved = () => written.length > 0;
    await unsaved.save();
    assert.deepEqual([written.length, removed, saved], [2, [first.id, first.id], []]);
  });

  it('that the window no longer has are not written (A13)', async () => {
    present = undefined;
    await unsaved.save();
    assert.deepEqual([written, saved], [[], []]);
  });
});
