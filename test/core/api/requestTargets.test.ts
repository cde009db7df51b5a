import assert from 'node:assert/strict';
import type { Operation } from '../../../src/core/catalog/operation.ts';
import { needsTypedText } from '../../../src/core/api/apiRequest.ts';
import { UNKNOWN_TRAITS } from '../../../src/core/catalog/overlay.ts';
import { requestTargets, confirmationWord } from '../../../src/core/api/requestTargets.ts';
import { ORIGIN } from '../../support/connectionFixtures.ts';
import { bundledOperations } from '../../support/bundledOperations.ts';
import { operationOf, parameterOf } from '../../support/operationFixtures.ts';
import { ApiClientFixture, json, requestOf } from '../../support/apiClientFixture.ts';

describe('requestTargets and confirmationWord', () => {
  const operations = bundledOperations();

  it('names each id in the path, decoded, with the kind of its object (E9)', () => {
    const operation = operations.find(({ key }) => key === 'DELETE /v2/policies/{policy_id}/condition/{condition_id}');
    assert.ok(operation);
    assert.deepEqual(requestTargets({ operation, url: `${ORIGIN}/v2/policies/7/condition/a%20b` }), [
      { name: 'policy_id', kind: 'policy', id: '7' },
      { name: 'condition_id', kind: 'policyCondition', id: 'a b' },
    ]);
  });

  it('names the ids in the query and no other query values (E9)', () => {
    const operation = operations.find(({ key }) => key === 'DELETE /v2/custom-fields/bulk');
    assert.ok(operation);
    const url = `${ORIGIN}/v2/custom-fields/bulk?fieldNames=a,b&x=1`;
    assert.deepEqual(requestTargets({ operation, url }), [{ name: 'fieldNames', kind: 'customField', id: 'a,b' }]);
  });

  it('takes the kind of a parameter in the same place, and the value from between fixed text (E9)', () => {
    const kindOf = (place: 'path' | 'query'): object => parameterOf('id', { in: place, kind: `${place}Kind` });
    const operation = operationOf('DELETE /v2/a/x-{id}.y', {
      parameters: [kindOf('query'), kindOf('path')] as Operation['parameters'],
    });
    assert.deepEqual(requestTargets({ operation, url: `${ORIGIN}/v2/a/x-7.y?id=8` }), [
      { name: 'id', kind: 'pathKind', id: '7' },
      { name: 'id', kind: 'queryKind', id: '8' },
    ]);
  });

  it('requires typed text for each deletion, each bulk change and each device that goes out of service, and has a word to type for all (E9)', () => {
    const wanted = operations.filter(
      ({ method, traits }) =>
        (method === 'DELETE' && traits.riskLevel === 'destructive') || traits.bulk || traits.typed,
    );
    assert.ok(wanted.length > 50);
    for (const operation of operations) {
      assert.equal(needsTypedText({ operation }), wanted.includes(operation), operation.key);
      assert.match(confirmationWord(requestOf(operation)), /^[\w-]+$/, operation.key);
    }
    assert.equal(confirmationWord(requestOf(operationOf('POST /v2/checklist/archive'))), 'archive');
    const approval = operations.find(({ key }) => key === 'POST /v2/devices/approval/{mode}')!;
    for (const mode of ['APPROVE', 'REJECT']) {
      const url = `${ORIGIN}/v2/devices/approval/${mode}`;
      assert.equal(confirmationWord({ operation: approval, url }), mode);
    }
    assert.equal(
      confirmationWord(requestOf(operationOf('DELETE /v2/related-items/{entityType}/{entityId}'))),
      'related-items',
    );
  });

  it('wants method and path typed, with the values, if nobody knows what the operation does (E4, E9)', () => {
    const operation = operationOf('POST /v2/device/{id}/unpair', { traits: UNKNOWN_TRAITS });
    const url = `${ORIGIN}/v2/device/7/unpair?x=1`;
    assert.equal(confirmationWord({ operation, url }), 'POST device/7/unpair');
  });

  it('refuses an unconfirmed bulk change (E9)', async () => {
    const fixture = new ApiClientFixture(json({}));
    fixture.mayWrite = true;
    const request = requestOf(
      operationOf('POST /v2/checklist/archive', { traits: { riskLevel: 'write', bulk: true } }),
    );
    await assert.rejects(fixture.client.send(request, { session: fixture.session() }), { code: 'api.notConfirmed' });
    assert.equal(fixture.sent.length, 0);
  });
});
