import assert from 'node:assert/strict';
import { riskLevelOf } from '../../../src/core/api/apiRequest.ts';
import { isNinjaOneError } from '../../../src/core/base/errors.ts';
import { parseDraft } from '../../../src/core/requests/requestDraft.ts';
import { buildRequest } from '../../../src/core/requests/buildRequest.ts';
import { connectionOf } from '../../support/connectionFixtures.ts';
import { assertContained, HOSTILE, LOOKALIKES } from '../../support/hostileValues.ts';
import { bundledOperations, plainDraft, READING_POSTS, UPLOADS } from '../../support/bundledOperations.ts';
import { parameterOf } from '../../support/operationFixtures.ts';
import { ApiWorld, requestOf } from '../../support/apiClientFixture.ts';

const SECURE_VALUES = parameterOf('showSecureValues', { type: 'boolean' });

describe('Safety', () => {
  const operations = bundledOperations();

  it('the table covers all 310 operations', () => {
    assert.equal(operations.length, 310);
  });

  it('E9: while read-only is on, not one write of any operation leaves', async () => {
    for (const operation of operations) {
      const world = new ApiWorld();
      const request = requestOf(operation, operation.body ? { body: '{}' } : {});
      const confirmation = await world.client.confirm(request, () => Promise.resolve(true));
      const outcome: unknown = await world.client
        .send(request, { session: world.session(), confirmation })
        .catch((error: unknown) => error);
      const isRead = operation.method === 'GET' || READING_POSTS.has(operation.key);
      assert.equal(world.sent.length, isRead ? 1 : 0, operation.key);
      assert.equal(isNinjaOneError(outcome) && outcome.code === 'api.readOnly', !isRead, operation.key);
    }
  });

  it('E9: with read-only off, nothing that destroys, changes many, acts on a device or gives out a secret leaves unconfirmed', async () => {
    for (const operation of operations) {
      const { riskLevel } = operation.traits;
      const secure = operation.parameters.some(({ name }) => name === 'showSecureValues')
        ? '?showSecureValues=true'
        : '';
      const world = new ApiWorld();
      world.mayWrite = true;
      const request = requestOf(operation, { query: secure });
      const outcome: unknown = await world.client
        .send(request, { session: world.session() })
        .catch((error: unknown) => error);
      const leaves = riskLevel === 'read' || (riskLevel === 'write' && !operation.traits.bulk);
      assert.equal(world.sent.length, leaves ? 1 : 0, operation.key);
      assert.equal(isNinjaOneError(outcome) && outcome.code === 'api.notConfirmed', !leaves, operation.key);
      assert.ok(operation.method !== 'DELETE' || !leaves, operation.key);
    }
  });

  it('E4: a description of a server that offers to leave secrets out makes no secret read harmless', () => {
    const asking = operations.filter(({ parameters }) => parameters.some(({ name }) => name === SECURE_VALUES.name));
    for (const operation of operations.filter(({ traits }) => traits.riskLevel === 'secretRead')) {
      const relabelled = { ...operation, parameters: [...operation.parameters, SECURE_VALUES] };
      const riskLevel = asking.includes(operation) ? 'read' : 'secretRead';
      assert.equal(riskLevelOf(requestOf(relabelled)), riskLevel, operation.key);
    }
    assert.equal(asking.length, 4);
  });

  it('E9: a write is never sent twice, whatever the answer', async () => {
    const answers = [429, 500, 502, 503, 504, 401].map((status) => ({
      status,
      headers: new Headers(),
      body: new Uint8Array(),
    }));
    for (const operation of operations.filter(({ key, method }) => method !== 'GET' && !READING_POSTS.has(key))) {
      for (const answer of answers) {
        const world = new ApiWorld(answer);
        world.mayWrite = true;
        const request = requestOf(operation);
        const confirmation = await world.client.confirm(request, () => Promise.resolve(true));
        await world.client.send(request, { session: world.session(), confirmation });
        assert.equal(world.sent.length, 1, `${operation.key} ${answer.status}`);
      }
    }
  });

  it('E9, E11: no argument of a command decides method, host, token or permission', () => {
    const hostile: readonly object[] = [
      { method: 'DELETE' },
      { headers: { authorization: 'Bearer x', host: 'evil.com' } },
      { url: 'https://evil.com/' },
      { traits: { riskLevel: 'read' } },
      { confirmation: { key: 'x' } },
      JSON.parse('{"__proto__":{"mayWrite":true}}') as object,
    ];
    for (const operation of operations) {
      for (const fields of hostile) {
        assert.ok(!parseDraft({ operation: operation.key, ...fields }).ok, operation.key);
      }
    }
  });

  for (const value of [...HOSTILE, ...LOOKALIKES]) {
    it(`E11: ${JSON.stringify(value).slice(0, 40)} in any parameter changes neither host nor template of 310 operations`, () => {
      for (const operation of operations) {
        assertContained(operation, value);
      }
    });
  }

  it('every operation but the uploads can be asked for with plain values', () => {
    const refused = operations.filter(
      (operation) => !buildRequest(plainDraft(operation), { operation, connection: connectionOf() }).ok,
    );
    assert.deepEqual(
      refused.map(({ key, body }) => [key, body?.contentType]),
      UPLOADS.map((key) => [key, 'multipart/form-data']),
    );
  });
});
