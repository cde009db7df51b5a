import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  createSession,
  tokenHash,
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

  it('is unchanged after it was written and read (A14)', () => {
    const parsed = sessionOf(serializeSession(session));
    assert.deepEqual(parsed, session);
    assert.deepEqual(sessionOf(serializeSession(parsed)), parsed);
  });

  it('of a newer version is neither read nor reported as unreadable (A14, T45)', () => {
    assert.equal(parseRecord(JSON.stringify({ ...session, version: 2 })).kind, 'newer');
    assert.equal(parseRecord(JSON.stringify({ version: 99 })).kind, 'newer');
  });

  it('of an unknown older version is unreadable (A14, T45)', () => {
    assert.equal(parseRecord(JSON.stringify({ ...session, version: 0 })).kind, 'unreadable');
    assert.equal(parseRecord(JSON.stringify({ ...session, version: undefined })).kind, 'unreadable');
  });

  it('is unreadable if it is truncated anywhere (A14, T45)', () => {
    const text = serializeSession(session);
    for (let length = 0; length < text.length; length++) {
      assert.equal(parseRecord(text.slice(0, length)).kind, 'unreadable', `cut at ${length}`);
    }
  });

  it('is unreadable if a field is wrong or missing (A14)', () => {
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
      { excess: 'control' },
      { excess: ['everything'] },
    ];
    for (const fields of wrong) {
      assert.equal(parseRecord(JSON.stringify({ ...session, ...fields })).kind, 'unreadable', JSON.stringify(fields));
    }
    for (const name of Object.keys(session).filter((each) => !OPTIONAL.includes(each))) {
      assert.equal(parseRecord(JSON.stringify({ ...session, [name]: undefined })).kind, 'unreadable', name);
    }
  });

  it('changes no prototype and adds no field if it is hostile (A14)', () => {
    const hostile = `{"__proto__":${serializeSession(session)},"constructor":{"prototype":{"polluted":true}}}`;
    assert.equal(parseRecord(hostile).kind, 'unreadable');
    const extra = parseRecord(serializeSession(session).replace('{', '{"__proto__":{"polluted":true},"more":1,'));
    assert.deepEqual(extra, { kind: 'session', session });
    assert.equal(({} as { polluted?: unknown }).polluted, undefined);
  });

  it('is parsed without an exception, whatever is stored (A14, T45)', () => {
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

  it('gets the next generation with each token and keeps its id (A7, A11)', () => {
    const next = withTokens(session, { ...TOKENS, accessToken: 'access-2', refreshToken: 'refresh-2' });
    assert.equal(next.generation, session.generation + 1);
    assert.equal(next.id, session.id);
    assert.equal(next.refreshToken, 'refresh-2');
  });

  it('keeps the refresh token if the response has none (A7)', () => {
    assert.equal(withTokens(session, { ...TOKENS, refreshToken: undefined }).refreshToken, 'refresh-1');
  });

  it('takes the scopes of a renewed token, or keeps its own if the response names none (A10)', () => {
    const renewed = (scopes: readonly string[] | undefined): readonly string[] =>
      withTokens(session, { ...TOKENS, scopes }).scopes;
    assert.deepEqual(renewed(['monitoring', 'offline_access']), ['monitoring']);
    assert.deepEqual(renewed(['control', 'monitoring']), ['monitoring', 'control']);
    assert.deepEqual(renewed(undefined), session.scopes);
    assert.deepEqual(renewed(['nonsense']), session.scopes);
  });

  it('keeps the hashes of the last three tokens, the current one first (X1)', () => {
    let last: StoredSession = session;
    for (const number of [2, 3, 4, 5]) {
      last = withTokens(last, { ...TOKENS, accessToken: `access-${number}` });
    }
    assert.deepEqual(last.tokenHashes, ['access-5', 'access-4', 'access-3'].map(tokenHash));
    assert.doesNotMatch(JSON.stringify(last.tokenHashes), /access/);
  });

  it('is fresh for at least a minute and at most a day, whatever lifetime the token has (A9)', () => {
    for (const life of [-1e15, -1000, 0, 1, 1e15, Infinity, -Infinity, NaN]) {
      const odd = createSession(connection(), ['monitoring'], { ...TOKENS, expiresAt: NOW + life });
      assert.ok(isFresh(odd, NOW + MINUTE - 1, 0), `fresh with ${life}`);
      assert.ok(!isFresh(odd, NOW + DAY + 1, 0), `not for ever with ${life}`);
      assert.deepEqual(sessionOf(serializeSession(odd)), odd);
    }
    const forever = JSON.stringify({ ...session, expiresAt: 1e300 });
    assert.ok(!isFresh(sessionOf(forever), NOW + DAY + 1, 0));
  });

  it('is never fresher after the clock jumps by a year (A9)', () => {
    assert.ok(isFresh(session, NOW, 0));
    assert.ok(!isFresh(session, NOW + 365 * DAY, 0));
    assert.ok(!isFresh(session, NOW - 365 * DAY, 0));
  });

  it('can be renewed only with a refresh token or a client secret (A8)', () => {
    const without = { ...session, refreshToken: undefined };
    assert.ok(isRenewable(session));
    assert.ok(!isRenewable(without));
    assert.ok(isRenewable({ ...without, platform: 'api-services' }));
  });
});

describe('id of a session', () => {
  it('is random and without meaning (A11)', () => {
    const ids = Array.from({ length: 50 }, () => createSession(connection(), ['monitoring'], TOKENS).id);
    assert.equal(new Set(ids).size, 50);
    assert.match(ids[0]!, /^[0-9a-f-]{36}$/);
  });
});

/** A record is complete without these. */
const OPTIONAL = ['connectionName', 'instanceLabel', 'refreshToken', 'excess'];

function sessionOf(text: string): StoredSession {
  const record = parseRecord(text);
  return record.kind === 'session' ? record.session : assert.fail(record.kind);
}
