import assert from 'node:assert/strict';
import {
  isWrite,
  matchesPathTemplate,
  needsTypedText,
  returnsSecrets,
  riskLevelOf,
} from '../../../src/core/api/apiRequest.ts';
import { ORIGIN } from '../../support/connectionFixtures.ts';
import { DASHBOARD_URL, operationOf, SECURE_FIELDS } from '../../support/operationFixtures.ts';

describe('the rules of a request', () => {
  const paths: readonly (readonly [template: string, path: string, isMatch: boolean])[] = [
    ['/v2/device/{id}', '/v2/device/1', true],
    ['/v2/device/{id}', '/v2/device/a%20b?x=y', true],
    ['/v2/device/{id}', '/v2/device/1/owner', false],
    ['/v2/device/{id}/owner', '/v2/device/1', false],
    ['/v2/device/{id}', '/v2/devices/1', false],
    ['/v2/device/{id}', '/v1/device/1', false],
    ['/v2/device/{id}', '/v2/device/...', false],
    ['/v2/device/{id}', '/v2/device/a%2Fb', false],
    ['/v2/device/{id}', '/v2/device/a%3Fb', false],
    ['/v2/device/{id}', '/v2/device/a%0Ab', false],
    ['/v2/device/{id}', '/v2/device/a%b', false],
    ['/v2/a-{id}-z', '/v2/a-1-z', true],
    ['/v2/a-{id}-z', '/v2/a--z', false],
    ['/v2/a-{id}-z', '/v2/a-z', false],
    ['/v2/a-{id}-z', '/v2/a-1', false],
    ['/v2/a-{id}-z', '/v2/1-z', false],
    ['/v2/a-{id}-z', '/v2/xxx-1-z', false],
    ['/v2/a-{id}-z', '/v2/a-1-zxx', false],
    ['/v2/{a}{b}', '/v2/12', false],
    ['/v2/{a}-{b}', '/v2/1-2', false],
  ];
  for (const [template, path, isMatch] of paths) {
    it(`${isMatch ? 'lets' : 'does not let'} ${path} pass as ${template} (E11)`, () => {
      assert.equal(matchesPathTemplate(ORIGIN + path, template, ORIGIN), isMatch);
    });
  }

  it('make secrets on request a plain read only where this extension knows the operation (E4)', () => {
    const url = `${ORIGIN}/v2/queries/custom-fields`;
    assert.equal(riskLevelOf({ operation: SECURE_FIELDS, url }), 'read');
    assert.equal(riskLevelOf({ operation: { ...SECURE_FIELDS, parameters: [] }, url }), 'secretRead');
    const others = SECURE_FIELDS.parameters.filter(({ name }) => name !== 'showSecureValues');
    assert.equal(riskLevelOf({ operation: { ...SECURE_FIELDS, parameters: others }, url }), 'secretRead');
    const destructive = { ...SECURE_FIELDS, traits: { ...SECURE_FIELDS.traits, riskLevel: 'destructive' as const } };
    assert.equal(riskLevelOf({ operation: destructive, url }), 'destructive');
  });

  it('make a secret read of every read that asks for secure values, in any spelling (E4)', () => {
    const level = (query: string, operation = operationOf('GET /v2/x')): string =>
      riskLevelOf({ operation, url: `${ORIGIN}/v2/x?${query}` });
    for (const query of [
      'showSecureValues=true',
      'a=1&showSecureValues=1',
      'showsecurevalues',
      'show_secure_values=yes',
      'show-Secure-Values=TRUE',
      'showSecureValues=false&showSecureValues=true',
      'include.secrets=all',
      'withPasswords=true',
      'unmask=1',
      'decrypt=yes',
      'reveal=all',
      's%68owSecureValues=true',
    ]) {
      assert.equal(level(query), 'secretRead', query);
    }
    for (const query of ['', 'showSecureValues=false', 'show_secure_values=FALSE', 'after=showSecureValues']) {
      assert.equal(level(query), 'read', query);
    }
    const write = operationOf('POST /v2/x');
    assert.equal(level('showSecureValues=true', write), 'write');
    const asking = { operation: write, url: `${ORIGIN}/v2/x` };
    assert.equal(returnsSecrets(asking), false);
    assert.equal(returnsSecrets({ operation: DASHBOARD_URL, url: `${ORIGIN}/v2/device/1/dashboard-url` }), true);
    assert.equal(returnsSecrets({ ...asking, url: `${ORIGIN}/v2/x?showSecureValues=1` }), true);
    assert.equal(
      returnsSecrets({ ...asking, operation: operationOf('POST /v2/x', { traits: { secret: true } }) }),
      true,
    );
  });

  it('require a typed text for deletions and for bulk changes, not for bulk reads (E9)', () => {
    const typed = (key: string, traits: object = {}): boolean =>
      needsTypedText({ operation: operationOf(key, { traits }) });
    assert.equal(typed('DELETE /v2/x'), true);
    assert.equal(typed('DELETE /v2/x', { riskLevel: 'read' }), true);
    assert.equal(typed('DELETE /v2/x', { riskLevel: 'write' }), false);
    assert.equal(typed('DELETE /v2/x', { riskLevel: 'deviceAction' }), false);
    assert.equal(typed('DELETE /v2/x', { riskLevel: 'deviceAction', bulk: true }), true);
    assert.equal(typed('POST /v2/x', { riskLevel: 'destructive', typed: true }), true);
    assert.equal(typed('POST /v2/x', { bulk: true }), true);
    assert.equal(typed('POST /v2/x'), false);
    assert.equal(typed('GET /v2/x', { bulk: true }), false);
    assert.equal(typed('POST /v2/x', { bulk: true, riskLevel: 'read' }), false);
  });

  it('make a write of everything but reads (E9)', () => {
    assert.equal(isWrite({ operation: operationOf('POST /v2/x', { traits: { riskLevel: 'secretRead' } }) }), false);
    assert.equal(isWrite({ operation: operationOf('POST /v2/x', { traits: { riskLevel: 'deviceAction' } }) }), true);
    assert.equal(isWrite({ operation: operationOf('PUT /v2/x', { traits: { riskLevel: 'secretRead' } }) }), true);
  });
});
