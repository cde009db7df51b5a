import assert from 'node:assert/strict';
import { riskLevelOf } from '../../../src/core/api/apiRequest.ts';
import { isNinjaOneError } from '../../../src/core/base/errors.ts';
import { parseDraft } from '../../../src/core/requests/requestDraft.ts';
import { buildRequest } from '../../../src/core/requests/buildRequest.ts';
import { connectionOf } from '../../support/connectionFixtures.ts';
import { assertContained, HOSTILE, HOMOGLYPHS } from '../../support/hostileValues.ts';
import { bundledOperations, plainDraft, READING_POSTS, UPLOADS } from '../../support/bundledOperations.ts';
import { parameterOf } from '../../support/operationFixtures.ts';
import { ApiClientFixture, requestOf } from '../../support/apiClientFixture.ts';

const SECURE_VALUES = parameterOf('showSecureValues', { type: 'boolean' });

describe('the safety of all operations', () => {
  const operations = bundledOperations();

  it('covers 310 operations', () => {
    assert.equal(operations.length, 310);
  });

  it('sends no write of any operation while the connection is read-only (E9)', async () => {
    for (const operation of operations) {
      const fixture = new ApiClientFixture();
      const request = requestOf(operation, operation.body ? { body: '{}' } : {});
      const confirmation = await fixture.client.confirm(request, () => Promise.resolve(true));
      const outcome: unknown = await fixture.client
        .send(request, { session: fixture.session(), confirmation })
        .catch((error: unknown) => error);
      const isRead = operation.method === 'GET' || READING_POSTS.has(operation.key);
      assert.equal(fixture.sent.length, isRead ? 1 : 0, operation.key);
      assert.equal(isNinjaOneError(outcome) && outcome.code === 'api.readOnly', !isRead, operation.key);
    }
  });

  it('sends no destructive, bulk, device or secret request without confirmation when writes are allowed (E9, T39)', async () => {
    for (const operation of operations) {
      const { riskLevel } = operation.traits;
      const secure = operation.parameters.some(({ name }) => name === 'showSecureValues')
        ? '?showSecureValues=true'
        : '';
      const fixture = new ApiClientFixture();
      fixture.mayWrite = true;
      const request = requestOf(operation, { query: secure });
      const outcome: unknown = await fixture.client
        .send(request, { session: fixture.session() })
        .catch((error: unknown) => error);
      const leaves = riskLevel === 'read' || (riskLevel === 'write' && !operation.traits.bulk);
      assert.equal(fixture.sent.length, leaves ? 1 : 0, operation.key);
      assert.equal(isNinjaOneError(outcome) && outcome.code === 'api.notConfirmed', !leaves, operation.key);
      assert.ok(operation.method !== 'DELETE' || !leaves, operation.key);
    }
  });

  it('treats a secret read as one even if the description of the server offers to leave out the secrets (E4)', () => {
    const asking = operations.filter(({ parameters }) => parameters.some(({ name }) => name === SECURE_VALUES.name));
    for (const operation of operations.filter(({ traits }) => traits.riskLevel === 'secretRead')) {
      const relabeled = { ...operation, parameters: [...operation.parameters, SECURE_VALUES] };
      const riskLevel = asking.includes(operation) ? 'read' : 'secretRead';
      assert.equal(riskLevelOf(requestOf(relabeled)), riskLevel, operation.key);
    }
    assert.equal(asking.length, 4);
  });

  it('never sends a write twice, whatever the response (E9, T39)', async () => {
    const responses = [429, 500, 502, 503, 504, 401].map((status) => ({
      status,
      headers: new Headers(),
      body: new Uint8Array(),
    }));
    for (const operation of operations.filter(({ key, method }) => method !== 'GET' && !READING_POSTS.has(key))) {
      for (const response of responses) {
        const fixture = new ApiClientFixture(response);
        fixture.mayWrite = true;
        const request = requestOf(operation);
        const confirmation = await fixture.client.confirm(request, () => Promise.resolve(true));
        await fixture.client.send(request, { session: fixture.session(), confirmation });
        assert.equal(fixture.sent.length, 1, `${operation.key} ${response.status}`);
      }
    }
  });

  it('lets no argument of a command choose the method, host, token or permission (E9, E11)', () => {
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

  for (const value of [...HOSTILE, ...HOMOGLYPHS]) {
    it(`keeps host and path of all 310 operations with ${JSON.stringify(value).slice(0, 40)} in any parameter (E11, T37)`, () => {
      for (const operation of operations) {
        assertContained(operation, value);
      }
    });
  }

  it('builds a request with plain values for every operation except the uploads', () => {
    const refused = operations.filter(
      (operation) => !buildRequest(plainDraft(operation), { operation, connection: connectionOf() }).ok,
    );
    assert.deepEqual(
      refused.map(({ key, body }) => [key, body?.contentType]),
      UPLOADS.map((key) => [key, 'multipart/form-data']),
    );
  });
});
