import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { SCOPES, type Connection, type Scope } from '../../../src/core/connections/connection.ts';
import {
  compareUsableSessions,
  isAlive,
  usableSessions as usableSessionsWith,
  matchingSessions,
  type UsableSession,
} from '../../../src/core/sessions/usableSessions.ts';
import { AccountLabels } from '../../../src/core/sessions/accountLabels.ts';
import { createSession, withTokens, type StoredSession } from '../../../src/core/sessions/session.ts';
import { silentLogger } from '../../../tooling/silentLogger.ts';
import { connection, DAY, HOUR } from '../../support/sessionFixture.ts';

const NOW = 1_800_000_000_000;

/** The memory of labels. */
const directory = mkdtempSync(join(tmpdir(), 'ninjaone-labels-'));
after(() => {
  rmSync(directory, { recursive: true });
});

function usableSessions(
  sessions: readonly StoredSession[],
  connections: readonly Connection[],
): readonly UsableSession[] {
  return usableSessionsWith(sessions, connections, new AccountLabels({ directory, logger: silentLogger }));
}

describe('usable sessions', () => {
  it('exclude a session without a connection or with more scopes than it allows (C4)', () => {
    const wide = connection({ name: 'Wide', clientId: 'wide' });
    const narrow = { ...wide, scopes: ['monitoring'] as Scope[] };
    const sessions = [session(wide, ['monitoring']), session(wide, ['monitoring', 'control'])];
    assert.equal(usableSessions(sessions, [wide]).length, 2);
    assert.deepEqual(idsOf(usableSessions(sessions, [narrow])), [sessions[0]!.id]);
    assert.deepEqual(usableSessions(sessions, []), []);
    assert.deepEqual(usableSessions(sessions, [connection({ clientId: 'other' })]), []);
  });

  it('include only the record with the latest token if two have the same account (A10)', () => {
    const first = session(connection(), ['monitoring']);
    const second = { ...session(connection(), ['monitoring']), generation: 2, issuedAt: NOW - DAY };
    for (const order of [
      [first, second],
      [second, first],
    ]) {
      assert.deepEqual(idsOf(usableSessions(order, [connection()])), [second.id]);
    }
    const twins = [first, { ...second, generation: first.generation }];
    assert.deepEqual(
      idsOf(usableSessions(twins, [connection()])),
      idsOf(usableSessions(twins.toReversed(), [connection()])),
    );
  });

  it('do not match monitoring with a session for management only (A10)', () => {
    const usable = usableSessions([session(connection(), ['management'])], [connection()]);
    assert.deepEqual(matchingSessions(usable, ['monitoring'], undefined), []);
  });

  it('match a request with the narrowest covering session per connection, and with control only on request (A10, T53)', () => {
    fc.assert(
      fc.property(fc.array(anySession, { maxLength: 12 }), anyScopes, (sessions, wanted) => {
        const usable = usableSessions(sessions, CONNECTIONS);
        const found = matchingSessions(usable, wanted, undefined);
        assert.equal(new Set(found.map((each) => each.connection.id)).size, found.length);
        for (const { session: chosen, connection: from } of found) {
          assert.ok(wanted.every((scope) => chosen.scopes.includes(scope)));
          assert.ok(wanted.includes('control') || !chosen.scopes.includes('control'));
          for (const other of usable.filter((each) => each.connection.id === from.id)) {
            const fits =
              wanted.every((scope) => other.session.scopes.includes(scope)) &&
              (wanted.includes('control') || !other.session.scopes.includes('control'));
            assert.ok(!fits || other.session.scopes.length >= chosen.scopes.length);
          }
        }
        for (const { session: each, connection: from } of usable) {
          const covers = wanted.every((scope) => each.scopes.includes(scope));
          if (covers && (wanted.includes('control') || !each.scopes.includes('control'))) {
            assert.ok(found.some((other) => other.connection.id === from.id));
          }
        }
      }),
    );
  });

  it('are chosen independently of the order of the records (A10)', () => {
    fc.assert(
      fc.property(fc.array(anySession, { maxLength: 12 }), anyScopes, (sessions, wanted) => {
        const choose = (order: StoredSession[]): string[] =>
          idsOf(matchingSessions(usableSessions(order, CONNECTIONS), wanted, undefined)).sort();
        assert.deepEqual(choose(sessions), choose(sessions.toReversed()));
      }),
    );
  });

  it('are limited to options.account, if it covers the request (A10)', () => {
    fc.assert(
      fc.property(
        fc.array(anySession, { minLength: 1, maxLength: 8 }),
        anyScopes,
        fc.nat(),
        (sessions, wanted, pick) => {
          const usable = usableSessions(sessions, CONNECTIONS);
          const account = usable[pick % usable.length]!.account.id;
          for (const each of matchingSessions(usable, wanted, account)) {
            assert.equal(each.account.id, account);
          }
          assert.deepEqual(matchingSessions(usable, wanted, 'nobody'), []);
        },
      ),
    );
  });

  it('exclude an expired session that cannot be renewed (A9)', () => {
    const old = { ...session(connection(), ['monitoring']), refreshToken: undefined };
    assert.ok(isAlive(old, NOW));
    assert.ok(!isAlive(old, NOW + HOUR));
    assert.ok(isAlive({ ...old, refreshToken: 'refresh' }, NOW + HOUR));
  });
});

describe('the difference between two lists of usable sessions', () => {
  const acme = connection();
  const one = session(acme, ['monitoring']);
  const before = usableSessions([one], [acme]);

  it('is empty for equal values (A12)', () => {
    const change = compareUsableSessions(before, usableSessions([{ ...one }], [{ ...acme }]));
    assert.deepEqual(change, { added: [], removed: [], changed: [] });
  });

  it('has one entry for a session that is added, gets a new token or is removed (A12)', () => {
    const renewed = withTokens(one, { ...one, accessToken: 'another' });
    assert.deepEqual(idsOf(compareUsableSessions([], before).added), [one.id]);
    assert.deepEqual(idsOf(compareUsableSessions(before, usableSessions([renewed], [acme])).changed), [one.id]);
    assert.deepEqual(idsOf(compareUsableSessions(before, []).removed), [one.id]);
  });

  it('removes the old account and adds the new one when a connection is renamed (C4)', () => {
    const change = compareUsableSessions(before, usableSessions([one], [{ ...acme, name: 'Acme Ltd' }]));
    assert.equal(change.removed[0]?.account.label, 'Acme · eu · monitoring');
    assert.equal(change.added[0]?.account.label, 'Acme Ltd · eu · monitoring');
    assert.deepEqual(change.changed, []);
  });
});

const CONNECTIONS = ['a', 'b'].map((name) => connection({ name, clientId: name }));

const anyScopes = fc.subarray([...SCOPES], { minLength: 1 });

const anySession = fc
  .record({ connection: fc.constantFrom(...CONNECTIONS), scopes: anyScopes, age: fc.nat({ max: 5 }) })
  .map(({ connection: of, scopes, age }) => session(of, scopes, NOW - age));

function session(of: Connection, scopes: readonly Scope[], issuedAt = NOW): StoredSession {
  const tokens = { accessToken: `token-${Math.random()}`, refreshToken: 'refresh', issuedAt, expiresAt: NOW + HOUR };
  return createSession(of, scopes, tokens);
}

function idsOf(usable: readonly { readonly session: StoredSession }[]): string[] {
  return usable.map((each) => each.session.id);
}
