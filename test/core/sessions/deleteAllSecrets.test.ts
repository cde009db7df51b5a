import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { isNinjaOneError } from '../../../src/core/base/errors.ts';
import { FirstSeen } from '../../../src/core/sessions/firstSeen.ts';
import { deleteAllSecrets } from '../../../src/core/sessions/storageCheck.ts';
import { SecretDisk } from '../../support/memorySecrets.ts';
import {
  createSessionFixture,
  HOUR,
  until,
  type SessionFixture,
  type SessionWindow,
} from '../../support/sessionFixture.ts';

describe('forgetting all sessions', () => {
  let fixture: SessionFixture;
  let window: SessionWindow;
  let id: string;
  beforeEach(async () => {
    fixture = await createSessionFixture();
    window = fixture.open();
    id = (await window.signIn(fixture)).session.id;
  });
  afterEach(() => fixture.close());

  it('leaves only the IDs of the sessions that have ended (A13)', async () => {
    await window.clientSecrets.set('some-connection', 'the-secret');
    fixture.disk.write('session:broken', '{');
    await new FirstSeen(window.storageCheck).age('something');
    await window.tokens.signOut(id);
    await deleteAllSecrets(window.storageCheck);
    await until(() => fixture.disk.values.size === 0);
    assert.match((await readdir(fixture.directory)).join(), /^ended-[\d-]+\.jsonl$/);
  });

  it('is not undone by a renewal in another window, which revokes its new tokens (A13)', async () => {
    const other = fixture.open();
    await other.store.load();
    fixture.clock.now += HOUR;
    const issued = fixture.server.tokens();
    let respond = (): void => {};
    fixture.server.script.push(
      () =>
        new Promise((resolve) => {
          respond = () => {
            resolve(issued);
          };
        }),
    );
    const renewing = other.tokens.getValidToken(id);
    await until(() => fixture.server.tokenCalls === 1);
    await window.tokens.signOut(id);
    await deleteAllSecrets(window.storageCheck);
    window.close();
    respond();
    await assert.rejects(renewing, (error) => isNinjaOneError(error) && error.code === 'session.signedOut');
    const next = fixture.open();
    await next.store.load();
    assert.deepEqual(next.tokens.usable(), []);
    assert.deepEqual(other.tokens.usable(), []);
    assert.ok(![...fixture.disk.values.keys()].some((key) => key.startsWith('session:')));
    await until(() => fixture.server.revoked.includes(issued.accessToken));
    assert.ok(!fixture.server.isAlive(issued.refreshToken));
  });

  it('ends and revokes a session that has not reached this window (A13)', async () => {
    const other = fixture.open();
    other.secrets.accept = () => {};
    const { session } = await other.signIn(fixture, ['management']);
    window.secrets.accept(`session:${session.id}`, undefined);
    await until(() => window.store.get(session.id) === undefined);
    await deleteAllSecrets(window.storageCheck);
    await assert.rejects(
      other.tokens.getValidToken(session.id, { force: true }),
      (error) => isNinjaOneError(error) && error.code === 'session.signedOut',
    );
    await until(() => !fixture.server.isAlive(session.refreshToken));
    assert.deepEqual(other.tokens.usable(), []);
  });

  it('does not touch the sessions of another browser on the same disk (A13)', async () => {
    const browser = fixture.open({ secretStoreId: 'another', disk: new SecretDisk(), sharedSecrets: false });
    const { session } = await browser.signIn(fixture, ['management']);
    await deleteAllSecrets(window.storageCheck);
    assert.equal((await browser.tokens.getValidToken(session.id, { force: true })).session.generation, 2);
  });

  it('goes on if one secret cannot be deleted, and says so at the end (A13)', async () => {
    await window.clientSecrets.set('some-connection', 'the-secret');
    window.secrets.fail('delete', 'throw', { key: 'session:' });
    await assert.rejects(
      deleteAllSecrets(window.storageCheck),
      (error) => isNinjaOneError(error) && error.code === 'storage.failed',
    );
    assert.deepEqual([...fixture.disk.values.keys()], [`session:${id}`]);
    assert.deepEqual(window.tokens.usable(), []);
    // The next start deletes what is left.
    const next = fixture.open();
    await next.store.load();
    assert.deepEqual(next.tokens.usable(), []);
    await until(() => fixture.disk.values.size === 0);
  });
});
