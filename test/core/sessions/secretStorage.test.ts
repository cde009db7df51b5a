import assert from 'node:assert/strict';
import { isNinjaOneError } from '../../../src/core/base/errors.ts';
import { storageErrorMessage, withDeadline } from '../../../src/core/sessions/secretStorage.ts';
import { encodingsOf } from '../../support/canaries.ts';
import { MemorySecrets } from '../../support/memorySecrets.ts';

describe('an error of the secret storage', () => {
  let secrets: MemorySecrets;

  beforeEach(() => {
    secrets = new MemorySecrets();
  });

  async function failedStore(value: string): Promise<string> {
    try {
      await withDeadline(secrets).store('key-1', value);
    } catch (error) {
      assert.ok(isNinjaOneError(error));
      assert.equal(error.code, 'storage.failed');
      return storageErrorMessage(error);
    }
    return assert.fail('it was stored');
  }

  it('does not quote the record that was to be stored, nor a part of it (P9, A14)', async () => {
    const token = `access-1~+/"\\=="ü`;
    secrets.fail('store', 'quote');
    const message = await failedStore(JSON.stringify({ id: 'session-1', nested: [{ accessToken: token }] }));
    assert.match(message, /^no store today, not "\{.*key-1.*…/);
    for (const [encoding, text] of Object.entries(encodingsOf(token))) {
      assert.ok(!message.includes(text), encoding);
    }
  });

  it('does not quote a client secret (P9, A14)', async () => {
    secrets.fail('store', 'quote');
    assert.equal(
      await failedStore('client "secret" 1'),
      String.raw`no store today, not "{\"key\":\"key-1\",\"value\":\"…\"}"`,
    );
  });

  it('keeps the words of an error that quotes nothing, also if it is thrown at once (A14)', async () => {
    secrets.store = () => {
      throw new Error('The keyring is locked');
    };
    assert.equal(await failedStore('client-secret-1'), 'The keyring is locked');
  });
});
