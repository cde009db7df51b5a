import assert from 'node:assert/strict';
import { bodyParts, urlParts, variableNames, type SecretRequest } from '../../../src/core/export/requestSecrets.ts';
import { JSON_BODY, operationOf } from '../../support/operationFixtures.ts';

describe('the secrets of a copied request', () => {
  it('are variables in its body, which has every other character, and say which are numbers (E10)', () => {
    assert.deepEqual(bodyParts(requestOf('{"id":1.10,"userPin":1234,"list":[{"apiKey":"k"}],"x":"\\/"}')), [
      { text: '{"id":1.10,"userPin":' },
      { variable: 'NINJAONE_USER_PIN', isNumber: true },
      { text: ',"list":[{"apiKey":' },
      { variable: 'NINJAONE_API_KEY', isNumber: false },
      { text: '}],"x":"\\/"}' },
    ]);
  });

  it('have the same variable for equal values, and another one for each other value of a name (E10)', () => {
    const body = '[{"pin":1},{"pin":2},{"pin":1},{"pin":3}]';
    const variables = bodyParts(requestOf(body)).flatMap((part) => ('variable' in part ? [part.variable] : []));
    assert.deepEqual(variables, ['NINJAONE_PIN', 'NINJAONE_PIN_2', 'NINJAONE_PIN', 'NINJAONE_PIN_3']);
    assert.deepEqual(variableNames(requestOf(body)), ['NINJAONE_PIN', 'NINJAONE_PIN_2', 'NINJAONE_PIN_3']);
  });

  for (const [name, variable] of [
    ['localAdminPassword', 'NINJAONE_LOCAL_ADMIN_PASSWORD'],
    ['wifi2Password', 'NINJAONE_WIFI2_PASSWORD'],
    ['__wifi -- password!!', 'NINJAONE_WIFI_PASSWORD'],
    // Terminals, tasks and scripts have other values in those of the sign-in.
    ['accessToken', 'NINJAONE_ACCESS_TOKEN_VALUE'],
    ['client_secret', 'NINJAONE_CLIENT_SECRET_VALUE'],
    ['clientId', 'NINJAONE_CLIENT_ID_VALUE'],
    ['baseUrl', 'NINJAONE_BASE_URL_VALUE'],
    [`${'x'.repeat(100)}Password`, `NINJAONE_${'X'.repeat(51)}_PASSWORD`],
  ] as const) {
    it(`have the variable ${variable} for ${name} (E10)`, () => {
      assert.deepEqual(variableNames(requestOf(JSON.stringify({ [name]: 'https://me:pw@h' }))), [variable]);
    });
  }

  it('are also the members that the operation marks (E10)', () => {
    assert.deepEqual(variableNames(requestOf('{"door":"x","window":"y"}', ['door'])), ['NINJAONE_DOOR']);
  });

  it('are variables in its address, encoded as it is otherwise (E10)', () => {
    const url =
      'https://x.test/v2/things?apiKey=a%26b&x=1%2F2&y=&token=&&Pin=7&hook=https%3A%2F%2Fme%3Apw%40h&apiKey=2';
    assert.deepEqual(urlParts({ url }), [
      { text: 'https://x.test/v2/things?apiKey=' },
      { variable: 'NINJAONE_API_KEY', isNumber: false },
      { text: '&x=1%2F2&y=&token=&&Pin=' },
      { variable: 'NINJAONE_PIN', isNumber: false },
      { text: '&hook=' },
      { variable: 'NINJAONE_HOOK', isNumber: false },
      { text: '&apiKey=' },
      { variable: 'NINJAONE_API_KEY_2', isNumber: false },
    ]);
    const request = { ...requestOf('{"apiKey":"a&b","pin":7,"token":"t"}'), url };
    assert.deepEqual(variableNames(request), [
      ...[
        'NINJAONE_API_KEY',
        'NINJAONE_PIN',
        'NINJAONE_HOOK',
        'NINJAONE_API_KEY_2',
        'NINJAONE_PIN_2',
        'NINJAONE_TOKEN',
      ],
    ]);
    for (const plain of ['https://x.test/v2/things', 'https://x.test/v2/things?df=class%20%3D%20X']) {
      assert.deepEqual(urlParts({ url: plain }), [{ text: plain }]);
    }
  });

  it('are none without a body and in a form, and the body is whole if it is not JSON (E10)', () => {
    const request = requestOf('{"pin":1}');
    assert.deepEqual(bodyParts({ ...request, body: undefined }), []);
    assert.deepEqual(bodyParts({ ...request, form: [] }), []);
    assert.deepEqual(bodyParts(requestOf('{"pin":')), [{ text: '{"pin":' }]);
  });
});

function requestOf(body: string, passwords: readonly string[] = []): SecretRequest {
  return {
    operation: operationOf('POST /v2/things', { body: JSON_BODY, traits: { passwords } }),
    url: 'https://x.test/v2/things',
    body,
  };
}
