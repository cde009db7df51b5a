import assert from 'node:assert/strict';
import { AccountLabels } from '../../../src/core/sessions/accountLabels.ts';
import { Incidents } from '../../../src/core/sessions/incidents.ts';
import { RefreshLock } from '../../../src/core/sessions/refreshLock.ts';
import { RenewalFailures } from '../../../src/core/sessions/renewalFailures.ts';
import { createSession, withTokens, type StoredSession } from '../../../src/core/sessions/session.ts';
import { latestGeneration, successorIn, TokenPersistence } from '../../../src/core/sessions/tokenPersistence.ts';
import { isSpent } from '../../../src/core/sessions/tokenStates.ts';
import { silentLogger } from '../../../tooling/silentLogger.ts';
import { createSessionFixture, until, type SessionFixture, type SessionWindow } from '../../support/sessionFixture.ts';

describe('storing tokens', () => {
  let fixture: SessionFixture;
  let window: SessionWindow;
  let persistence: TokenPersistence;
  let reports: string[];
  let warnings: string[];

  beforeEach(async () => {
    fixture = await createSessionFixture();
    window = fixture.open();
    await window.store.load();
    [reports, warnings] = [[], []];
    const now = (): number => fixture.clock.now;
    const logger = { ...silentLogger, warn: (message: string) => void warnings.push(message) };
    persistence = new TokenPersistence({
      store: window.store,
      states: window.states,
      stateLock: new RefreshLock({ directory: fixture.directory }),
      arrival: 0,
      sharedSecrets: true,
      sealedFor: 20,
      labels: new AccountLabels({ directory: fixture.directory, logger }),
      failures: new RenewalFailures({
        incidents: new Incidents({ directory: fixture.directory, now }),
        connectionOf: () => undefined,
        report: ({ error }) => reports.push(error.code),
        onChange: () => {},
        now,
        logger,
      }),
      connectionOf: () => undefined,
      revoke: () => Promise.resolve(true),
      logger,
    });
  });
  afterEach(() => {
    persistence.dispose();
    return fixture.close();
  });

  const newSession = (): StoredSession =>
    createSession(fixture.connections[0]!, ['monitoring'], fixture.server.tokens());
  const renewed = (session: StoredSession): StoredSession => withTokens(session, fixture.server.tokens());

  it('records the replaced refresh token, whether or not the new one can be stored (A7)', async () => {
    const first = newSession();
    assert.equal(await persistence.keep(first), 'stored');
    assert.equal((await window.states.get(first.id))?.kind, 'current');
    const second = renewed(first);
    window.secrets.fail('store', 'throw');
    assert.equal(await persistence.keep(second, first.refreshToken), 'unsaved');
    const state = await window.states.get(first.id);
    assert.equal(state?.kind, 'spent');
    assert.deepEqual([isSpent(first, state), isSpent(second, state)], [true, false]);
  });

  it('deletes a sealed record when the other windows have it (A7, P9)', async () => {
    const first = newSession();
    await persistence.keep(first);
    const second = renewed(first);
    await persistence.keep(second, first.refreshToken);
    const state = await window.states.get(first.id);
    assert.deepEqual(successorIn(state, first), second);
    assert.equal(successorIn(state, second), undefined);
    await until(async () => successorIn(await window.states.get(first.id), first) === undefined);
    assert.equal((await window.states.get(first.id))?.kind, 'current');
    assert.deepEqual(warnings, []);
  });

  it('keeps every sealed record that leads to one that is not stored (A7)', async () => {
    const [first, missed] = [newSession(), newSession()];
    await persistence.keep(first);
    window.secrets.fail('store', 'throw');
    const second = renewed(first);
    await persistence.keep(second, first.refreshToken);
    const third = renewed(second);
    await persistence.keep(third, second.refreshToken);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const state = await window.states.get(first.id);
    assert.deepEqual(
      [first, second, third].map((each) => successorIn(state, each)),
      [third, third, undefined],
    );
    assert.equal(successorIn(state, missed), undefined);
  });

  it('tells again about a session that was stored in between (A14)', async () => {
    const session = newSession();
    window.secrets.fail('store', 'throw');
    await persistence.keep(session);
    await persistence.keep(renewed(session));
    assert.deepEqual(reports, ['storage.notSaved']);
    window.secrets.heal();
    const later = renewed(renewed(session));
    assert.equal(await persistence.keep(later), 'stored');
    window.secrets.fail('store', 'throw');
    await persistence.keep(renewed(later));
    assert.deepEqual(reports, ['storage.notSaved', 'storage.notSaved']);
  });

  it('says nothing about a session that was signed out meanwhile (A13)', async () => {
    const session = newSession();
    await persistence.keep(session);
    await persistence.end(session);
    assert.equal(await window.states.isEnded(session.id), true);
    assert.equal(window.store.get(session.id), undefined);
    assert.equal(await persistence.keep(renewed(session)), 'removed');
    assert.deepEqual(reports, []);
  });

  it('says when an end cannot be recorded, and rejects nothing (A13)', async () => {
    const states = fixture.open({ directory: `${fixture.directory}/nothing\0` }).states;
    const blocked = new TokenPersistence({
      store: window.store,
      states,
      stateLock: new RefreshLock({ directory: fixture.directory }),
      arrival: 0,
      sharedSecrets: true,
      sealedFor: 20,
      labels: new AccountLabels({ directory: fixture.directory, logger: silentLogger }),
      failures: new RenewalFailures({
        incidents: new Incidents({ directory: fixture.directory, now: () => 0 }),
        connectionOf: () => undefined,
        report: () => {},
        onChange: () => {},
        now: () => 0,
        logger: silentLogger,
      }),
      connectionOf: () => undefined,
      revoke: () => Promise.resolve(true),
      logger: { ...silentLogger, warn: (message) => void warnings.push(message) },
    });
    const session = newSession();
    assert.equal(await blocked.keep(session), 'stored');
    window.secrets.fail('delete', 'throw');
    await blocked.end(session);
    blocked.dispose();
    assert.match(warnings.join('\n'), /could not be written[^]*could not be recorded/);
  });

  it('loses no spent token when two windows write at the same time (A7)', async () => {
    const session = newSession();
    const sessions = Array.from({ length: 8 }, (_, number) => ({ ...session, generation: number + 2 }));
    await Promise.all(sessions.map((each, number) => persistence.keep(each, `replaced-${number}`)));
    const state = await window.states.get(session.id);
    assert.ok(sessions.every((_, number) => isSpent({ ...session, refreshToken: `replaced-${number}` }, state)));
    assert.equal(latestGeneration(state), 9);
  });

  it('counts on from the latest generation that any window has (A7)', async () => {
    const session = newSession();
    assert.equal(await persistence.nextGeneration(session), 2);
    await window.states.set({ ...session, generation: 7 }, { kind: 'current', label: '' });
    assert.equal(await persistence.nextGeneration(session), 8);
    assert.equal(await persistence.nextGeneration({ ...session, generation: 9 }), 10);
    assert.equal(latestGeneration(await window.states.get(session.id)), 7);
    assert.equal(latestGeneration(undefined), 0);
    assert.equal(latestGeneration({ kind: 'ended' }), 0);
  });
});
