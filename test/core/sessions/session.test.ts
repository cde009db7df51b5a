import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  accountOf,
  createSession,
  hashOf,
  isFresh,
  isRenewable,
  parseRecord,
  serializeSession,
  withTokens,
  type StoredSession,
} from '../../../src/core/sessions/session.ts';
import { connection, DAY, HOUR, MINUTE } from '../../support/sessionFixture.ts';

const NOW = 1_800_000_000_000;
const TOKENS = { accessToken: 'access-1', refreshToken: 'refresh-1', issuedAt: NOW, expiresAt: NOW + HOUR };

describe('session record', () => {
  const session = createSession(connection(), ['management', 'monitoring'], TOKENS);

  it('A14: what was written is read again, and reading is idempotent', () => {
    const parsed = sessionOf(serializeSession(session));
    assert.deepEqual(parsed, session);
    assert.deepEqual(sessionOf(serializeSession(parsed)), parsed);
  });

  it('A14: a record of a later version is neither read nor called unreadable', () => {
    assert.equal(parseRecord(JSON.stringify({ ...session, version: 2 })).kind, 'newer');
    assert.equal(parseRecord(JSON.stringify({ version: 99 })).kind, 'newer');
  });

  it('A14: a record of an unknown older form is unreadable', () => {
    assert.equal(parseRecord(JSON.stringify({ ...session, version: 0 })).kind, 'unreadable');
    assert.equal(parseRecord(JSON.stringify({ ...session, version: undefined })).kind, 'unreadable');
  });

  it('A14: a truncated record is unreadable, wherever it was cut', () => {
    const text = serializeSession(session);
    for (let length = 0; length < text.length; length++) {
      assert.equal(parseRecord(text.slice(0, length)).kind, 'unreadable', `cut at ${length}`);
    }
  });

  it('A14: a record with a wrong or missing field is unreadable', () => {
    const wrong: Record<string, unknown>[] = [
      { id: '' },
      { id: 7 },
      { connectionId: null },
      { origin: [] },
      { clientId: {} },
      { platform: 'desktop' },
      { accessToken: '' },
      { issuedAt: '1' },
      { expiresAt: null },
      { generation: 'x' },
      { scopes: [] },
      { scopes: ['monitoring', 'everything'] },
      { scopes: 'monitoring' },
      { tokenHashes: [1] },
    ];
    for (const fields of wrong) {
      assert.equal(parseRecord(JSON.stringify({ ...session, ...fields })).kind, 'unreadable', JSON.stringify(fields));
    }
    for (const name of Object.keys(session).filter((each) => !OPTIONAL.includes(each))) {
      assert.equal(parseRecord(JSON.stringify({ ...session, [name]: undefined })).kind, 'unreadable', name);
    }
  });

  it('A14: a hostile record changes no prototype and gives no field', () => {
    const hostile = `{"__proto__":${serializeSession(session)},"constructor":{"prototype":{"polluted":true}}}`;
    assert.equal(parseRecord(hostile).kind, 'unreadable');
    const extra = parseRecord(serializeSession(session).replace('{', '{"__proto__":{"polluted":true},"more":1,'));
    assert.deepEqual(extra, { kind: 'session', session });
    assert.equal(({} as { polluted?: unknown }).polluted, undefined);
  });

  it('A14: parsing never throws, whatever is stored', () => {
    const kinds = ['session', 'newer', 'unreadable'];
    fc.assert(fc.property(fc.json(), (text) => kinds.includes(parseRecord(text).kind)));
    fc.assert(fc.property(fc.string(), (text) => kinds.includes(parseRecord(text).kind)));
    const fields = fc.record(
      Object.fromEntries(
        Object.keys(session).map((name) => [name, fc.oneof(fc.constant(session[name as 'id']), fc.jsonValue())]),
      ),
    );
    fc.assert(fc.property(fields, (value) => kinds.includes(parseRecord(JSON.stringify(value)).kind)));
  });

  it('A7: each token makes the generation grow by one and keeps the id (A11)', () => {
    const next = withTokens(session, { ...TOKENS, accessToken: 'access-2', refreshToken: 'refresh-2' });
    assert.equal(next.generation, session.generation + 1);
    assert.equal(next.id, session.id);
    assert.equal(next.refreshToken, 'refresh-2');
  });

  it('A7: the refresh token stays when the answer brings none', () => {
    assert.equal(withTokens(session, { ...TOKENS, refreshToken: undefined }).refreshToken, 'refresh-1');
  });

  it('A10: a renewed token gives the session the scopes that it was granted, and no answer leaves them as they are', () => {
    const renewed = (scopes: readonly string[] | undefined): readonly string[] =>
      withTokens(session, { ...TOKENS, scopes }).scopes;
    assert.deepEqual(renewed(['monitoring', 'offline_access']), ['monitoring']);
    assert.deepEqual(renewed(['control', 'monitoring']), ['monitoring', 'control']);
    assert.deepEqual(renewed(undefined), session.scopes);
    assert.deepEqual(renewed(['nonsense']), session.scopes);
  });

  it('X1: the hashes of the last three tokens are kept, the present one first', () => {
    let last: StoredSession = session;
    for (const number of [2, 3, 4, 5]) {
      last = withTokens(last, { ...TOKENS, accessToken: `access-${number}` });
    }
    assert.deepEqual(last.tokenHashes, ['access-5', 'access-4', 'access-3'].map(hashOf));
    assert.doesNotMatch(JSON.stringify(last.tokenHashes), /access/);
  });

  it('A9: whatever life a token is given, it is fresh for a minute and not for ever', () => {
    for (const life of [-1e15, -1000, 0, 1, 1e15, Infinity, -Infinity, NaN]) {
      const odd = createSession(connection(), ['monitoring'], { ...TOKENS, expiresAt: NOW + life });
      assert.ok(isFresh(odd, NOW + MINUTE - 1, 0), `fresh with ${life}`);
      assert.ok(!isFresh(odd, NOW + DAY + 1, 0), `not for ever with ${life}`);
      assert.deepEqual(sessionOf(serializeSession(odd)), odd);
    }
    const forever = JSON.stringify({ ...session, expiresAt: 1e300 });
    assert.ok(!isFresh(sessionOf(forever), NOW + DAY + 1, 0));
  });

  it('A9: a clock that jumps a year makes a token old, never young', () => {
    assert.ok(isFresh(session, NOW, 0));
    assert.ok(!isFresh(session, NOW + 365 * DAY, 0));
    assert.ok(!isFresh(session, NOW - 365 * DAY, 0));
  });

  it('A8: only a session with a refresh token or a client secret can be renewed', () => {
    const without = { ...session, refreshToken: undefined };
    assert.ok(isRenewable(session));
    assert.ok(!isRenewable(without));
    assert.ok(isRenewable({ ...without, platform: 'api-services' }));
  });
});

describe('account', () => {
  it('A11: the label names connection, instance and the scopes of the token', () => {
    const session = createSession(connection(), ['management', 'monitoring'], TOKENS);
    assert.equal(accountOf(session).label, 'Acme · eu · monitoring, management');
  });

  it('A11: two different sets of scopes have two labels and two ids', () => {
    const sets = [['monitoring'], ['management'], ['control'], ['monitoring', 'management'], ['monitoring', 'control']];
    const accounts = sets.map((scopes) => accountOf(createSession(connection(), scopes as ['monitoring'], TOKENS)));
    assert.equal(new Set(accounts.map(({ label }) => label)).size, sets.length);
    assert.equal(new Set(accounts.map(({ id }) => id)).size, sets.length);
  });

  it('A11: two connections never share an account id', () => {
    const one = accountOf(createSession(connection(), ['monitoring'], TOKENS));
    const other = accountOf(createSession(connection({ instance: 'us' }), ['monitoring'], TOKENS));
    assert.notEqual(one.id, other.id);
  });

  it('C4: renaming the connection changes the label and keeps the account id', () => {
    const session = createSession(connection(), ['monitoring'], TOKENS);
    const renamed = accountOf(session, connection({ name: 'Acme Ltd' }));
    assert.equal(renamed.label, 'Acme Ltd · eu · monitoring');
    assert.equal(renamed.id, accountOf(session).id);
  });

  it('A11: session ids are random and say nothing', () => {
    const ids = Array.from({ length: 50 }, () => createSession(connection(), ['monitoring'], TOKENS).id);
    assert.equal(new Set(ids).size, 50);
    assert.match(ids[0]!, /^[0-9a-f-]{36}$/);
  });
});

/** Without these a record still says all that is needed. */
const OPTIONAL = ['connectionName', 'instanceLabel', 'refreshToken'];

function sessionOf(text: string): StoredSession {
  const record = parseRecord(text);
  return record.kind === 'session' ? record.session : assert.fail(record.kind);
}
