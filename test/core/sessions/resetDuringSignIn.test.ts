import assert from 'node:assert/strict';
import { isNinjaOneError } from '../../../src/core/base/errors.ts';
import { deleteAllSecrets } from '../../../src/core/sessions/storageCheck.ts';
import type { UsableSession } from '../../../src/core/sessions/usableSessions.ts';
import { SecretDisk } from '../../support/memorySecrets.ts';
import { createSessionFixture, until, type SessionFixture, type SessionWindow } from '../../support/sessionFixture.ts';

describe('a reset while another window signs in', () => {
  let fixture: SessionFixture;
  let window: SessionWindow;
  let other: SessionWindow;
  beforeEach(async () => {
    fixture = await createSessionFixture();
    [window, other] = [fixture.open({ flushDelay: 20 }), fixture.open({ flushDelay: 20 })];
    await Promise.all([window, other].map(({ store }) => store.load()));
  });
  afterEach(() => fixture.close());

  /** A sign-in that waits for its tokens until `finish`. */
  function begin(): { readonly finish: () => void; readonly signedIn: Promise<UsableSession>; readonly token: string } {
    const tokens = fixture.server.tokens();
    let finish = (): void => {};
    const signedIn = window.tokens.signIn(fixture.connections[0]!, ['monitoring'], async () => {
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      return tokens;
    });
    return {
      signedIn,
      token: tokens.refreshToken ?? '',
      finish: () => {
        finish();
      },
    };
  }

  async function expectNothingLeft(token: string): Promise<void> {
    await until(
      () =>
        ![...fixture.disk.values.keys()].some((key) => key.startsWith('session:')) &&
        [window, other].every(({ store, secrets }) => store.all().length === 0 && !secrets.hasPending),
    );
    await until(() => !fixture.server.isAlive(token));
    const next = fixture.open();
    await next.store.load();
    assert.deepEqual(next.store.all(), []);
    assert.equal((await next.states.all()).size, 0);
  }

  it('wins over the sign-in that began before it, and its tokens are revoked (A13)', async () => {
    const { signedIn, finish, token } = begin();
    await window.states.resets();
    await deleteAllSecrets(other.storageCheck);
    finish();
    await assert.rejects(signedIn, (error) => isNinjaOneError(error) && error.code === 'session.reset');
    await expectNothingLeft(token);
  });

  it('wins while the sign-in is being stored (A13)', async () => {
    const { signedIn, finish, token } = begin();
    await window.states.resets();
    window.secrets.fail('store', 'lag');
    finish();
    await until(() => window.secrets.calls.store.length > 0);
    await deleteAllSecrets(other.storageCheck);
    window.secrets.heal();
    await assert.rejects(signedIn, (error) => isNinjaOneError(error) && error.code === 'session.reset');
    await expectNothingLeft(token);
  });

  it('wins over a session that has been stored and has not reached its window (A13)', async () => {
    const { signedIn, finish, token } = begin();
    finish();
    const { session } = await signedIn;
    assert.equal(other.store.get(session.id), undefined);
    await deleteAllSecrets(other.storageCheck);
    await window.tokens.getValidToken(session.id, { force: true }).catch(() => {});
    await expectNothingLeft(token);
  });

  it('wins over a sign-in that renews a session which both windows have (A13)', async () => {
    const { session } = await window.signIn(fixture);
    await until(() => other.store.get(session.id) !== undefined);
    const { signedIn, finish, token } = begin();
    await window.states.resets();
    await other.tokens.signOut(session.id);
    await deleteAllSecrets(other.storageCheck);
    finish();
    await assert.rejects(signedIn, (error) => isNinjaOneError(error) && error.code === 'session.reset');
    await expectNothingLeft(token);
  });

  it('does not touch a sign-in that begins after it, nor one in another browser (A13)', async () => {
    const browser = fixture.open({ secretStoreId: 'another', disk: new SecretDisk(), sharedSecrets: false });
    let finish = (): void => {};
    const elsewhere = browser.tokens.signIn(fixture.connections[0]!, ['monitoring'], async () => {
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      return fixture.server.tokens();
    });
    await deleteAllSecrets(other.storageCheck);
    finish();
    const { session } = await window.signIn(fixture);
    await until(() => other.store.get(session.id) !== undefined);
    assert.ok(browser.store.get((await elsewhere).session.id));
    await deleteAllSecrets(other.storageCheck);
    await until(() => window.store.all().length === 0);
    await window.signIn(fixture);
    assert.equal(window.tokens.usable().length, 1);
  });
});
