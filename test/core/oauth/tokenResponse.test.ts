import assert from 'node:assert/strict';
import { parseTokenResponse } from '../../../src/core/oauth/tokenResponse.ts';

describe('a token response', () => {
  const good = { access_token: 'access', token_type: 'bearer', expires_in: 3600 };
  const parse = (fields: object): unknown => parseTokenResponse(JSON.stringify(fields));

  it('has the tokens, the lifetime and the scope, and nothing else (A1)', () => {
    const full = { ...good, refresh_token: 'a b', scope: 'monitoring  \n control' };
    assert.deepEqual(parse({ ...full, id_token: 'x' }), { ...full, scope: 'monitoring control' });
    assert.deepEqual(parse({ access_token: 'access' }), good);
  });

  it('is none if the text is not a JSON object (A1)', () => {
    for (const text of ['', 'null', '[]', '"access"', '{"access_token":"a']) {
      assert.equal(parseTokenResponse(text), undefined, text);
    }
  });

  const missing = [undefined, null, '', 'null', 'undefined', 'None', 'NaN', 'true', 'false', '[object Object]'];
  for (const value of missing) {
    it(`treats ${JSON.stringify(value)} as a missing token (A1)`, () => {
      assert.deepEqual(parse({ ...good, access_token: value }), { problem: 'access token missing' });
      assert.deepEqual(parse({ ...good, refresh_token: value }), good);
    });
  }

  it('is refused with a token that cannot be sent in a header (A1)', () => {
    const problem = 'access token too long or with invalid characters';
    for (const value of ['a b', 'a\n', 'ä', 'a\u007f', 7, true, ['a'], 'a'.repeat(16_385)]) {
      assert.deepEqual(parse({ ...good, access_token: value }), { problem }, String(value).slice(0, 20));
    }
    const longest = '~'.repeat(16_384);
    assert.deepEqual(parse({ ...good, access_token: longest }), { ...good, access_token: longest });
  });

  it('is refused with a refresh token that the form cannot hold (A1)', () => {
    const problem = 'refresh token too long or with invalid characters';
    for (const value of ['\na', 'a\n', 'ä', 7, false, ['a'], 'a'.repeat(16_385)]) {
      assert.deepEqual(parse({ ...good, refresh_token: value }), { problem }, String(value).slice(0, 20));
    }
    const longest = ' '.repeat(16_384);
    assert.deepEqual(parse({ ...good, refresh_token: longest }), { ...good, refresh_token: longest });
  });

  it('may name the type bearer in any case and with blanks, or leave it out, and no other type (A1)', () => {
    for (const type of ['Bearer', 'BEARER', 'bearer ', '\tBearer\r\n', '', ' ', null, undefined]) {
      assert.deepEqual(parse({ ...good, token_type: type }), good);
    }
    for (const type of ['DPoP', 'mac', 'xbearer', 'bearerx', 'bearer mac', 'bear er', 7, ['bearer']]) {
      assert.deepEqual(parse({ ...good, token_type: type }), { problem: 'token type not bearer' });
    }
  });

  const lifetimes: readonly (readonly [unknown, number])[] = [
    [61.9, 61],
    ['120', 120],
    ['120.75', 120],
    [60, 60],
    [59, 60],
    [0.5, 60],
    [86_400, 86_400],
    [86_401, 86_400],
    ['1e9', 3600],
    ['soon 120', 3600],
    ['120 s', 3600],
    [0, 3600],
    [-1, 3600],
    [true, 3600],
    [[120], 3600],
  ];
  for (const [value, seconds] of lifetimes) {
    it(`lasts ${seconds} s with the lifetime ${JSON.stringify(value)} (A7)`, () => {
      assert.deepEqual(parse({ ...good, expires_in: value }), { ...good, expires_in: seconds });
    });
  }

  const scopes: readonly (readonly [unknown, string | undefined])[] = [
    ['', ''],
    [['monitoring', 7, 'control'], 'monitoring control'],
    [['a b', 'a"', 'a\\', 'b'], 'b'],
    ['a'.repeat(100), 'a'.repeat(100)],
    ['a'.repeat(101), ''],
    ['é b', 'b'],
    [7, undefined],
    [null, undefined],
  ];
  for (const [value, scope] of scopes) {
    it(`has ${scope === undefined ? 'no scope' : `the scope "${scope}"`} of ${JSON.stringify(value)} (A10)`, () => {
      assert.deepEqual(parse({ ...good, scope: value }), scope === undefined ? good : { ...good, scope });
    });
  }
});
