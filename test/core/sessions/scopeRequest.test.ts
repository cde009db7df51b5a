import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { parseScopeRequest, unknownScopeName } from '../../../src/core/sessions/scopeRequest.ts';

describe('requested scopes', () => {
  it('mean monitoring when there are none, without offline_access, in one order (A10)', () => {
    assert.deepEqual(parseScopeRequest([]), { scopes: ['monitoring'], connectionIds: [], unknown: [] });
    assert.deepEqual(parseScopeRequest(['offline_access']), parseScopeRequest([]));
    assert.deepEqual(parseScopeRequest(['control', 'offline_access', 'monitoring', 'control']).scopes, [
      'monitoring',
      'control',
    ]);
  });

  it('are not guessed: what is not exactly a scope is unknown (A10)', () => {
    for (const entry of ['everything', 'Monitoring', '__proto__', 'monitoring management', 'Connection:1', '']) {
      assert.deepEqual(parseScopeRequest(['monitoring', entry]).unknown, [entry]);
    }
  });

  it('are shown when they are words, and nothing of a token or secret is (P9, X6)', () => {
    for (const entry of ['everything', 'monitoring management', 'read:devices', 'monitoring, control offline_access']) {
      assert.equal(unknownScopeName(entry), entry);
    }
    const token = randomBytes(40).toString('base64url');
    const hidden = [
      '',
      'a\nb',
      ' ',
      token,
      `Bearer ${token}`,
      `monitoring ${token}`,
      randomUUID(),
      'x '.repeat(60),
      '$(x)',
    ];
    for (const entry of hidden) {
      assert.equal(unknownScopeName(entry), '…', entry);
    }
  });

  it('can name a connection, alone for monitoring there (X7)', () => {
    assert.deepEqual(parseScopeRequest(['connection:1']), {
      scopes: ['monitoring'],
      connectionIds: ['1'],
      unknown: [],
    });
    assert.deepEqual(parseScopeRequest(['connection:1', 'control', 'connection:1']), {
      scopes: ['control'],
      connectionIds: ['1'],
      unknown: [],
    });
    assert.deepEqual(parseScopeRequest(['connection:1', 'connection:2', 'connection:']).connectionIds, ['1', '2', '']);
  });
});
