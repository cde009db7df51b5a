import assert from 'node:assert/strict';
import { bodyParts, bodyVariables, type JsonRequest } from '../../../src/core/export/bodySecrets.ts';
import { JSON_BODY, operationOf } from '../../support/operationFixtures.ts';

describe('the body of a copied request', () => {
  it('has variables in place of its passwords, and every other character (E10)', () => {
    assert.deepEqual(bodyParts(requestOf('{"id":1.10,"userPin":1234,"list":[{"apiKey":"k"}],"x":"\\/"}')), [
      { json: '{"id":1.10,"userPin":' },
      { variable: 'NINJAONE_USER_PIN' },
      { json: ',"list":[{"apiKey":' },
      { variable: 'NINJAONE_API_KEY' },
      { json: '}],"x":"\\/"}' },
    ]);
  });

  it('has the same variable for equal values, and another one for each other value of a name (E10)', () => {
    const body = '[{"pin":1},{"pin":2},{"pin":1},{"pin":3}]';
    const variables = bodyParts(requestOf(body)).flatMap((part) => ('variable' in part ? [part.variable] : []));
    assert.deepEqual(variables, ['NINJAONE_PIN', 'NINJAONE_PIN_2', 'NINJAONE_PIN', 'NINJAONE_PIN_3']);
    assert.deepEqual(bodyVariables(requestOf(body)), ['NINJAONE_PIN', 'NINJAONE_PIN_2', 'NINJAONE_PIN_3']);
  });

  for (const [name, variable] of [
    ['localAdminPassword', 'NINJAONE_LOCAL_ADMIN_PASSWORD'],
    ['wifi2Password', 'NINJAONE_WIFI2_PASSWORD'],
    ['__wifi -- password!!', 'NINJAONE_WIFI_PASSWORD'],
    // Those of the token and of the client secret have other values.
    ['accessToken', 'NINJAONE_ACCESS_TOKEN_VALUE'],
    ['client_secret', 'NINJAONE_CLIENT_SECRET_VALUE'],
    [`${'x'.repeat(100)}Password`, `NINJAONE_${'X'.repeat(51)}_PASSWORD`],
  ] as const) {
    it(`has the variable ${variable} for ${name} (E10)`, () => {
      assert.deepEqual(bodyVariables(requestOf(JSON.stringify({ [name]: 'x' }))), [variable]);
    });
  }

  it('has the members that the operation marks in variables (E10)', () => {
    assert.deepEqual(bodyVariables(requestOf('{"door":"x","window":"y"}', ['door'])), ['NINJAONE_DOOR']);
  });

  it('is empty without one and for a form, and whole if it is not JSON (E10)', () => {
    const request = requestOf('{"pin":1}');
    assert.deepEqual(bodyParts({ ...request, body: undefined }), []);
    assert.deepEqual(bodyParts({ ...request, form: [] }), []);
    assert.deepEqual(bodyParts(requestOf('{"pin":')), [{ json: '{"pin":' }]);
  });
});

function requestOf(body: string, passwords: readonly string[] = []): JsonRequest {
  return { operation: operationOf('POST /v2/things', { body: JSON_BODY, traits: { passwords } }), body };
}
