import assert from 'node:assert/strict';
import { needsTypedText } from '../../../src/core/api/apiRequest.ts';
import { requestTargets, confirmationWord } from '../../../src/core/api/requestTargets.ts';
import { ORIGIN } from '../../support/connectionFixtures.ts';
import { bundledOperations } from '../../support/bundledOperations.ts';
import { operationOf } from '../../support/operationFixtures.ts';
import { ApiWorld, json, requestOf } from '../../support/apiClientFixture.ts';

describe('what a request is about', () => {
  const operations = bundledOperations();

  it('E9: names every id of the path, decoded, with what it identifies', () => {
    const operation = operations.find(({ key }) => key === 'DELETE /v2/policies/{policy_id}/condition/{condition_id}');
    assert.ok(operation);
    assert.deepEqual(requestTargets({ operation, url: `${ORIGIN}/v2/policies/7/condition/a%20b` }), [
      { name: 'policy_id', kind: 'policy', id: '7' },
      { name: 'condition_id', kind: 'policyCondition', id: 'a b' },
    ]);
  });

  it('E9: names the ids of the query, and no other value of it', () => {
    const operation = operations.find(({ key }) => key === 'DELETE /v2/custom-fields/bulk');
    assert.ok(operation);
    const url = `${ORIGIN}/v2/custom-fields/bulk?fieldNames=a,b&x=1`;
    assert.deepEqual(requestTargets({ operation, url }), [{ name: 'fieldNames', kind: 'customField', id: 'a,b' }]);
  });

  it('E9: every deletion and every bulk change of the API wants typed text, and has a word for it', () => {
    const wanted = operations.filter(({ method, traits }) => method === 'DELETE' || traits.bulk);
    assert.ok(wanted.length > 50);
    for (const operation of operations) {
      assert.equal(needsTypedText({ operation }), wanted.includes(operation), operation.key);
      assert.match(confirmationWord({ operation }), /^[\w-]+$/, operation.key);
    }
    assert.equal(confirmationWord({ operation: operationOf('POST /v2/checklist/archive') }), 'archive');
    assert.equal(
      confirmationWord({ operation: operationOf('DELETE /v2/related-items/{entityType}/{entityId}') }),
      'related-items',
    );
  });

  it('E9: a bulk change does not leave unless it was confirmed', async () => {
    const world = new ApiWorld(json({}));
    world.mayWrite = true;
    const request = requestOf(
      operationOf('POST /v2/checklist/archive', { traits: { riskLevel: 'write', bulk: true } }),
    );
    await assert.rejects(world.client.send(request, { session: world.session() }), { code: 'api.notConfirmed' });
    assert.equal(world.sent.length, 0);
  });
});
