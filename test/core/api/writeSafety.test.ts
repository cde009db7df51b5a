import assert from 'node:assert/strict';
import { isWrite, needsTypedText, riskLevelOf } from '../../../src/core/api/apiRequest.ts';
import { isNinjaOneError } from '../../../src/core/base/errors.ts';
import { parseDraft } from '../../../src/core/requests/requestDraft.ts';
import { buildRequest } from '../../../src/core/requests/buildRequest.ts';
import { readOpenApi } from '../../../src/core/catalog/openApiReader.ts';
import type { Operation } from '../../../src/core/catalog/operation.ts';
import { catalogOf, specOf } from '../../support/bundledMedia.ts';
import { connectionOf } from '../../support/connectionFixtures.ts';
import { assertContained, HOSTILE, HOMOGLYPHS } from '../../support/hostileValues.ts';
import { bundledOperations, plainDraft, READING_POSTS, UPLOADS } from '../../support/bundledOperations.ts';
import { parameterOf } from '../../support/operationFixtures.ts';
import { ApiClientFixture, requestOf } from '../../support/apiClientFixture.ts';

/** Deletes nothing, like its twin POST /v2/alert/{uid}/reset. */
const RESET_ALERT = 'DELETE /v2/alert/{uid}';

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
      // A read leaves only if it does not ask for secure values. No row of the four reports says read.
      const { secret, bulk } = operation.traits;
      const leaves = riskLevel === 'read' || (riskLevel === 'write' && !bulk && !secret);
      assert.equal(fixture.sent.length, leaves ? 1 : 0, operation.key);
      assert.equal(isNinjaOneError(outcome) && outcome.code === 'api.notConfirmed', !leaves, operation.key);
      assert.ok(operation.method !== 'DELETE' || !leaves || operation.key === RESET_ALERT, operation.key);
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

  it('protects every read that asks for secure values, on any instance (E4)', async () => {
    for (const operation of operations.filter(({ traits }) => traits.riskLevel === 'read')) {
      for (const query of ['?showSecureValues=true', '?x=1&show_secure_values=1', '?includeSecrets']) {
        const request = requestOf(operation, { query });
        assert.equal(riskLevelOf(request), 'secretRead', operation.key);
        const fixture = new ApiClientFixture();
        await assert.rejects(fixture.client.send(request, { session: fixture.session() }), {
          code: 'api.notConfirmed',
        });
        assert.deepEqual(fixture.sent, []);
        assert.equal(isWrite(request), false);
      }
      assert.equal(riskLevelOf(requestOf(operation, { query: '?showSecureValues=false' })), 'read', operation.key);
    }
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

/** How the description of an instance can differ from the bundled one, for one operation. */
interface Drift {
  readonly key: string;
  readonly raw: Readonly<Record<string, unknown>>;
}

const DRIFTS: Readonly<Record<string, (operation: Operation) => Drift | undefined>> = {
  'other names of path parameters': ({ method, path }) =>
    path.includes('{') ? { key: `${method} ${path.replaceAll('}', 'X}')}`, raw: {} } : undefined,
  'a path in other letters': ({ method, path }) => ({ key: `${method} ${path.replace('/v2/', '/V2/')}`, raw: {} }),
  'a longer path': ({ method, path }) => ({ key: `${method} ${path}/more`, raw: {} }),
  'GET in place of the method': ({ method, path }) =>
    method === 'GET' || KNOWN.has(`GET ${path}`) ? undefined : { key: `GET ${path}`, raw: {} },
  'POST in place of the method': ({ path }) =>
    KNOWN.has(`POST ${path}`) ? undefined : { key: `POST ${path}`, raw: { requestBody: JSON_CONTENT } },
  'DELETE in place of the method': ({ path }) =>
    KNOWN.has(`DELETE ${path}`) ? undefined : { key: `DELETE ${path}`, raw: { requestBody: JSON_CONTENT } },
  'texts that call it harmless': ({ key }) => ({
    key,
    raw: { operationId: 'getDevices', tags: ['system'], summary: 'Reads only', 'x-risk-level': 'read', security: [] },
  }),
  'a switch for secure values': ({ key }) => ({
    key,
    raw: { parameters: [{ name: 'showSecureValues', in: 'query', schema: { type: 'boolean' } }] },
  }),
  'a body and no parameters': ({ key }) => ({ key, raw: { requestBody: JSON_CONTENT, parameters: [] } }),
};

const JSON_CONTENT = { content: { 'application/json': { schema: {} } } };
const KNOWN = new Set(bundledOperations().map(({ key }) => key));

describe('the safety of the operations of an instance whose description differs', () => {
  const bundled = new Map(bundledOperations().map((operation) => [operation.key, operation]));

  for (const [drift, of] of Object.entries(DRIFTS)) {
    const drifted = [...bundled.values()].map(of).filter((each) => each !== undefined);
    const { operations } = catalogOf(
      readOpenApi(specOf(Object.fromEntries(drifted.map(({ key, raw }) => [key, raw])))),
    );

    it(`is not lower with ${drift} (E2, E4, T38)`, () => {
      assert.ok(operations.length > 100);
      for (const operation of operations) {
        const known = bundled.get(operation.key);
        const { riskLevel, bulk, secret, typed, scope } = known?.traits ?? {};
        assert.equal(
          operation.traits.riskLevel,
          riskLevel ?? (operation.method === 'GET' ? 'secretRead' : 'destructive'),
        );
        assert.equal(operation.traits.scope, scope ?? (operation.method === 'GET' ? 'monitoring' : 'management'));
        assert.equal(operation.traits.bulk, bulk ?? operation.method !== 'GET');
        assert.deepEqual([operation.traits.secret, operation.traits.typed], [known ? secret : true, typed]);
        assert.equal(
          needsTypedText({ operation }),
          known ? needsTypedText({ operation: known }) : operation.method !== 'GET',
        );
        const level = riskLevelOf(requestOf(operation, { query: '?showSecureValues=true' }));
        assert.notEqual(level, 'read', operation.key);
      }
    });

    it(`sends no change while the connection is read-only with ${drift} (E9)`, async () => {
      for (const operation of operations) {
        const fixture = new ApiClientFixture();
        const request = requestOf(operation, operation.body ? { body: '{}' } : {});
        const confirmation = await fixture.client.confirm(request, () => Promise.resolve(true));
        await fixture.client.send(request, { session: fixture.session(), confirmation }).catch(() => {});
        const isRead = operation.method === 'GET' || READING_POSTS.has(operation.key);
        assert.equal(fixture.sent.length, isRead ? 1 : 0, operation.key);
      }
    });

    it(`sends nothing that asks with ${drift} without a confirmation (E9, T39)`, async () => {
      for (const operation of operations) {
        const fixture = new ApiClientFixture();
        fixture.mayWrite = true;
        const sent = await fixture.client.send(requestOf(operation), { session: fixture.session() }).then(
          () => true,
          () => false,
        );
        const known = bundled.get(operation.key);
        const asks = !known || fixture.client.needsConfirmation(requestOf(known));
        // Without the parameter for secure values, one of the four reports may return them.
        assert.ok(!sent || !asks, operation.key);
        assert.equal(fixture.sent.length, sent ? 1 : 0);
      }
    });
  }
});
