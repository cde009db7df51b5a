import assert from 'node:assert/strict';
import { isNinjaOneError } from '../../../src/core/base/errors.ts';
import { testConnection } from '../../../src/core/sessions/connectionTest.ts';
import { connection } from '../../support/sessionFixture.ts';

describe('testConnection', () => {
  it('C5: a token that may not read is not tried, and the answer says why', async () => {
    const answer = testConnection({
      connection: connection(),
      scopes: ['control'],
      accessToken: 'access',
      transport: () => assert.fail('a request was sent'),
      timeout: 1000,
    });
    await assert.rejects(answer, (error) => isNinjaOneError(error) && error.code === 'connection.nothingToRead');
  });
});
