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

  const answers: readonly (readonly [string, number, string, string | undefined])[] = [
    ['a list', 200, '[]', undefined],
    ['an object', 200, '{}', 'server.unreadable'],
    ['a page that asks to sign in', 200, '<html>', 'server.webPage'],
    ['a token that is not accepted', 401, '{"error":"not_authenticated"}', 'api.notAuthenticated'],
    ['a server that is busy', 429, '', 'server.busy'],
  ];
  for (const [name, status, text, code] of answers) {
    it(`asks once, whatever comes: ${name} (C5)`, async () => {
      const asked: string[] = [];
      const test = testConnection({
        connection: connection(),
        scopes: ['monitoring'],
        accessToken: 'access',
        transport: ({ method, url, headers }) => {
          asked.push(`${method} ${url} ${headers?.['authorization']}`);
          return Promise.resolve({ status, headers: new Headers(), body: Buffer.from(text) });
        },
        timeout: 1000,
      });
      const found = await test.then(
        () => undefined,
        (error: unknown) => (isNinjaOneError(error) ? error.code : error),
      );
      assert.equal(found, code);
      assert.deepEqual(asked, ['GET https://eu.ninjarmm.com/v2/organizations?pageSize=1 Bearer access']);
    });
  }
});
