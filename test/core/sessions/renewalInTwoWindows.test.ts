import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canceled } from '../../../src/core/base/errors.ts';
import { offline } from '../../support/fakeTokenServer.ts';
import {
  createSessionFixture,
  HOUR,
  MINUTE,
  until,
  type SessionFixture,
  type SessionWindow,
} from '../../support/sessionFixture.ts';

describe('renewal in two windows', () => {
  let fixture: SessionFixture;
  let one: SessionWindow;
  let other: SessionWindow;
  let id: string;
  beforeEach(async () => {
    fixture = await createSessionFixture();
    one = fixture.open();
    other = fixture.open();
    id = (await one.signIn(fixture)).session.id;
    await other.store.load();
  });
  afterEach(() => fixture.close());

  it('makes one token call when both are told to renew (A7, X3)', async () => {
    const results = await Promise.all([one, other].map(({ tokens }) => tokens.getValidToken(id, { force: true })));
    assert.equal(fixture.server.tokenCalls, 1);
    assert.equal(new Set(results.map(({ session }) => session.accessToken)).size, 1);
  });

  it('makes one token call although no token state can be written (A7)', async () => {
    const blocked = join(fixture.directory, 'file');
    await writeFile(blocked, '');
    const directory = join(blocked, 'folder');
    const windows = [1, 2, 3].map(() => fixture.open({ directory, flushDelay: 20 }));
    await Promise.all(windows.map(({ store }) => store.load()));
    fixture.clock.now += HOUR;
    const results = await Promise.all(windows.map(({ tokens }) => tokens.getValidToken(id)));
    assert.equal(new Set(results.map(({ session }) => session.accessToken)).size, 1);
    assert.equal(fixture.server.tokenCalls, 1);
    assert.deepEqual(fixture.server.reused, []);
  });

  it('lets windows wait side by side, and once, for a record that never arrives (A7)', async () => {
    const windows = Array.from({ length: 8 }, () => fixture.open());
    await Promise.all(windows.map(({ store }) => store.load()));
    for (const { secrets } of windows) {
      secrets.accept = () => {};
    }
    const { session } = await one.tokens.getValidToken(id, { force: true });
    await one.states.unseal(session);
    fixture.clock.now += HOUR;
    // Each waits 300 ms, and 8 of them one after the other would take 2.4 s.
    const first = await timeOf(() => Promise.allSettled(windows.map(({ tokens }) => tokens.getValidToken(id))));
    assert.ok(first >= 290 && first < 2400, `${first} ms`);
    fixture.clock.now += HOUR;
    const second = await timeOf(() =>
      Promise.allSettled(windows.map(({ tokens }) => tokens.getValidToken(id, { force: true }))),
    );
    assert.ok(second < 290, `${second} ms`);
    assert.equal(fixture.server.tokenCalls, 1);
    assert.deepEqual(fixture.server.reused, []);
  });

  it('waits again for the next record, after one that did not arrive (A7)', async () => {
    const accept = other.secrets.accept.bind(other.secrets);
    other.secrets.accept = () => {};
    const { session } = await one.tokens.getValidToken(id, { force: true });
    await one.states.unseal(session);
    await assert.rejects(other.tokens.getValidToken(id, { force: true }), { code: 'session.renewedElsewhere' });
    await one.tokens.getValidToken(id, { force: true });
    const waiting = other.tokens.getValidToken(id, { force: true });
    const late = setTimeout(() => {
      accept(`session:${id}`, fixture.disk.values.get(`session:${id}`));
    }, 100);
    assert.equal((await waiting).session.generation, 3);
    clearTimeout(late);
    assert.equal(fixture.server.tokenCalls, 2);
  });

  it('ends the pause of one when the other succeeds (A8)', async () => {
    fixture.clock.now += HOUR;
    fixture.server.script.push(offline(4 * MINUTE));
    await assert.rejects(one.tokens.getValidToken(id), { code: 'network.offline' });
    await other.tokens.getValidToken(id, { force: true });
    await until(() => one.store.get(id)?.generation === 2);
    await one.tokens.getValidToken(id, { force: true });
    assert.equal(one.store.get(id)?.generation, 3);
  });

  it('makes no pause after a renewal that was canceled (A8)', async () => {
    fixture.clock.now += HOUR;
    fixture.server.script.push(canceled());
    await assert.rejects(one.tokens.getValidToken(id), { code: 'canceled' });
    await one.tokens.getValidToken(id);
    assert.equal(fixture.server.tokenCalls, 2);
    assert.deepEqual(one.renewalFailures, []);
  });

  it('takes what is thrown at it for a failure that passes (A8)', async () => {
    fixture.clock.now += HOUR;
    fixture.server.script.push(new TypeError('broken'));
    await assert.rejects(one.tokens.getValidToken(id), { intent: 'transient' });
    assert.ok(one.store.get(id));
    assert.equal(one.renewalFailures.length, 1);
    await one.tokens.getValidToken(id, { force: true });
    assert.equal(one.store.get(id)?.generation, 2);
  });
});

/** Milliseconds. */
async function timeOf(task: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await task();
  return performance.now() - started;
}
