import assert from 'node:assert/strict';
import type { ApiSession } from '../../../src/core/api/apiClient.ts';
import { withWiderSession } from '../../../src/core/api/widerSession.ts';
import type { Operation } from '../../../src/core/catalog/operation.ts';
import type { HttpResponse } from '../../../src/core/http/transport.ts';
import { ApiClientFixture, json, requestOf } from '../../support/apiClientFixture.ts';
import { operationOf } from '../../support/operationFixtures.ts';

const GUESSED = operationOf('GET /v2/things', { traits: { isScopeGuess: true } });
const REFUSED = json({ error: 'insufficient_privileges' }, { status: 403 });

describe('a request that lacks privileges', () => {
  interface Sent {
    readonly tokens: readonly string[];
    readonly asked: number;
    readonly statuses: readonly number[];
  }

  /** Sends it once for each page. */
  async function send(
    responses: readonly HttpResponse[],
    {
      operation = GUESSED,
      pages = 1,
      hasWider = true,
    }: { operation?: Operation; pages?: number; hasWider?: boolean } = {},
  ): Promise<Sent> {
    const fixture = new ApiClientFixture(...responses);
    fixture.mayWrite = true;
    fixture.scopes = ['monitoring'];
    const sessionOf = (token: string): ApiSession => ({
      ...fixture.session(),
      accessToken: () => Promise.resolve(token),
    });
    let asked = 0;
    const sendPage = withWiderSession(fixture.client, sessionOf('narrow'), () => {
      asked += 1;
      return hasWider ? sessionOf('wide') : undefined;
    });
    const statuses: number[] = [];
    for (let page = 0; page < pages; page++) {
      statuses.push((await sendPage(requestOf(operation), {})).status);
    }
    const tokens = fixture.sent.map(({ headers }) => (headers?.['authorization'] ?? '').replace('Bearer ', ''));
    return { tokens, asked, statuses };
  }

  it('is sent once more with a wider session, which all further pages use (E4, E8)', async () => {
    assert.deepEqual(await send([REFUSED, json([])], { pages: 3 }), {
      tokens: ['narrow', 'wide', 'wide', 'wide'],
      asked: 1,
      statuses: [200, 200, 200],
    });
  });

  it('is not sent a third time if the wider session is refused, too (E4)', async () => {
    assert.deepEqual(await send([REFUSED], { pages: 2 }), {
      tokens: ['narrow', 'wide', 'wide'],
      asked: 1,
      statuses: [403, 403],
    });
  });

  it('is sent once if there is no wider session (E4)', async () => {
    assert.deepEqual(await send([REFUSED], { hasWider: false }), { tokens: ['narrow'], asked: 1, statuses: [403] });
  });

  for (const [what, operation, response] of [
    ['it changes data', operationOf('POST /v2/things', { traits: { isScopeGuess: true } }), REFUSED],
    ['the scope is known', operationOf('GET /v2/things'), REFUSED],
    ['it is refused for another reason', GUESSED, json({ resultCode: 'x' }, { status: 403 })],
    ['it succeeds', GUESSED, json([])],
  ] as const) {
    it(`is sent once if ${what} (E4, E9)`, async () => {
      const { tokens, asked } = await send([response], { operation });
      assert.deepEqual([tokens, asked], [['narrow'], 0]);
    });
  }

  it('is also sent once more for a scope that the token lacks (E4, E12)', async () => {
    const lacks = json({ error: 'insufficient_privileges' }, { status: 401 });
    assert.deepEqual((await send([lacks, json([])])).tokens, ['narrow', 'wide']);
  });
});
