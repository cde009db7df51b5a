import assert from 'node:assert/strict';
import { isNinjaOneError } from '../../../src/core/base/errors.ts';
import { testConnection } from '../../../src/core/sessions/connectionTest.ts';
import { connection } from '../../support/sessionFixture.ts';

describe('testConnection', () => {
  it('sends no request with a token that cannot read, and says why (C5)', async () => {
    const result = testConnection({
      connection: connection(),
      scopes: ['control'],
      accessToken: 'access',
      transport: () => assert.fail('a request was sent'),
      timeout: 1000,
    });
    await assert.rejects(result, (error) => isNinjaOneError(error) && error.code === 'connection.nothingToRead');
  });
});
