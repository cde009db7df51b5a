import assert from 'node:assert/strict';
import { isPasswordName } from '../../../src/core/api/passwordNames.ts';
import { passwordValues, withoutPasswords } from '../../../src/core/api/passwordValues.ts';
import { readOpenApi } from '../../../src/core/catalog/openApiReader.ts';
import { bundledCatalog, catalogOf, specOf } from '../../support/bundledMedia.ts';
import { operationOf } from '../../support/operationFixtures.ts';

const WEBHOOK = bundledCatalog.find('PUT /v2/webhook')!;
const SECURE_ITEM = bundledCatalog.find('POST /v2/related-items/entity/{entityType}/{entityId}/secure')!;
const FIELDS = bundledCatalog.find('PATCH /v2/device/{id}/custom-fields')!;

function found(body: unknown, operation = FIELDS): readonly string[] | undefined {
  const text = JSON.stringify(body, undefined, 2);
  return passwordValues(text, operation)?.map(({ start, end, name }) => `${name} ${text.slice(start, end)}`);
}

describe('the passwords in a request', () => {
  it('are the members that the overlay marks, also within lists (E6)', () => {
    const item = { name: 'DC admin', username: 'administrator', password: 'Summer2025!', totpSecret: 'JBSWY3DP' };
    assert.deepEqual(found(item, SECURE_ITEM), ['password "Summer2025!"', 'totpSecret "JBSWY3DP"']);
    assert.deepEqual(SECURE_ITEM.traits.passwords, ['password', 'totpSecret']);
    const hook = {
      url: 'https://example.com/hook',
      headers: [
        { name: 'X-Key', value: 'k1' },
        { name: 'X-Other', value: 'k2' },
      ],
      value: 'plain',
    };
    assert.deepEqual(found(hook, WEBHOOK), ['value "k1"', 'value "k2"']);
    assert.deepEqual(found({ body: hook }, WEBHOOK), ['value "k1"', 'value "k2"']);
    assert.deepEqual(found(hook), []);
  });

  it('are members whose names say so, such as custom fields, with all that is in them (E6)', () => {
    const fields = {
      localAdminPassword: 'p1',
      wifi: { PASSPHRASE: ['p2', 'p3'], ssid: 'x' },
      api_key: 12,
      mustChangePassword: true,
      password: '',
      secret: null,
      rack: 4,
    };
    assert.deepEqual(found(fields), ['localAdminPassword "p1"', 'PASSPHRASE "p2"', 'PASSPHRASE "p3"', 'api_key 12']);
    assert.deepEqual(found([{ fields: { password: { text: 'a' } }, rack: 'b' }, 'c']), ['text "a"']);
  });

  it('are texts with a password in an address or a connection string, and no other texts (E6, E10)', () => {
    const secret = [
      'https://user:LEAK@host/x',
      'see https://host/x?a=1&token=LEAK',
      'https://host/hook?sig=LEAK',
      'https://host/hook?key=LEAK&x',
      'Server=x;User=sa;Password=LEAK;',
      'pwd=LEAK',
      'AccountKey=LEAK;AccessKey=LEAK',
    ];
    const plain = [
      'https://host:8443/x',
      'mailto:a@b.c',
      'https://host/a:b@c',
      'https://host/?keyboard=de&page=2',
      'key=3',
      'a=b',
      'token',
      'password=',
      'https://host/?token=&x=1',
      'status = online AND pin',
    ];
    assert.deepEqual(found([...secret, ...plain].map((text) => ({ text }))), [
      ...secret.map((text) => `text ${JSON.stringify(text)}`),
      'text "key=3"',
    ]);
  });

  it('are the values of pairs whose names say so, in any order and also as numbers (E6)', () => {
    const pairs = [
      { name: 'adminPassword', value: 'p1' },
      { value: 12, name: 'bitlockerPin' },
      { fieldName: 'snmpCommunity', type: 'TEXT', value: ['p3', { text: 'p4' }], note: 'x' },
      { name: 'rack', value: 'y' },
      { name: 'adminPassword', note: 'z' },
    ];
    assert.deepEqual(found(pairs), ['adminPassword "p1"', 'bitlockerPin 12', 'snmpCommunity "p3"', 'text "p4"']);
  });

  it('have names that can be in a list or an object, but not behind an empty one (E6)', () => {
    assert.deepEqual(found({ fieldName: ['site', 'adminPassword'], values: ['p1'] }), ['adminPassword "p1"']);
    assert.deepEqual(found({ field: { label: 'adminPassword' }, value: 'p2' }), ['adminPassword "p2"']);
    assert.deepEqual(found({ field: [], title: 'adminPassword', value: 'plain' }), []);
  });

  it('are all values below a marked member, but not the names of its pairs (E6)', () => {
    const texts = ['["k1"]', '{"X-Key":"k1"}', '[{"key":"X-Key","val":"k1"}]', '[{"name":"X-Key","value":"k1"}]'];
    for (const text of texts) {
      const found = passwordValues(`{"url":"u","headers":${text}}`, WEBHOOK)?.map(({ location }) => location[0]);
      assert.deepEqual([...new Set(found)], ['headers'], text);
      assert.equal(withoutPasswords(`{"headers":${text}}`, WEBHOOK)?.includes('k1'), false, text);
    }
    assert.equal(withoutPasswords(`{"headers":${texts[3]}}`, WEBHOOK), '{"headers":[{"name":"X-Key","value":""}]}');
  });

  it('end where their object or list ends (E6)', () => {
    const text = { password: { a: 'x', b: ['y'] }, other: { plain: { deep: 'z' } }, list: [['z']] };
    assert.deepEqual(found(text), ['a "x"', 'b "y"']);
    assert.deepEqual(found([{ password: ['x'] }, { other: ['z'] }]), ['password "x"']);
    assert.deepEqual(found({ password: { a: {}, b: 'y' }, c: 'z' }), ['b "y"']);
  });

  it('are found by a mark of several names, with lists between them (E6)', () => {
    const operation = operationOf('POST /v2/x', { traits: { passwords: ['a.b.c'] } });
    assert.deepEqual(found({ x: { a: [{ b: [{ c: '1' }] }] } }, operation), ['c "1"']);
    assert.deepEqual(found({ a: { b: { c: ['1', -2] } } }, operation), ['c "1"', 'c -2']);
    assert.deepEqual(found({ b: { c: '1' }, aa: { b: { c: '2' } }, a: { c: '3' }, c: '4' }, operation), []);
  });

  it('are found under an escaped name, and replaced without changing anything else (E6)', () => {
    const text = String.raw`{ "p\u0061ssword" : "a\"b", "id": 12345678901234567890, "x": 1.10 }`;
    assert.equal(
      withoutPasswords(text, FIELDS),
      String.raw`{ "p\u0061ssword" : "", "id": 12345678901234567890, "x": 1.10 }`,
    );
  });

  it('are those that the description of an instance marks (E2, E6)', () => {
    const schema = { type: 'object', properties: { door: { type: 'string', format: 'password' } } };
    const requestBody = { content: { 'application/json': { schema } } };
    const live = catalogOf(readOpenApi(specOf({ 'PATCH /v2/device/{id}': { requestBody }, 'POST /v2/new': {} })));
    for (const operation of live.operations) {
      assert.deepEqual(found({ door: '1234', doors: 'x' }, operation), ['door "1234"'], operation.key);
    }
    assert.deepEqual(found({ door: '1234' }), []);
  });

  it('are unknown in a text that is not JSON (E6)', () => {
    for (const text of ['{"password": "Sum', "{ password: 'x' }", '{"a": 1', '[NaN]']) {
      assert.equal(passwordValues(text, FIELDS), undefined, text);
      assert.equal(withoutPasswords(text, FIELDS), undefined, text);
    }
  });

  it('have names that are told from others (E6, E13)', () => {
    const keys = ['api', 'access', 'private', 'recovery', 'shared', 'encryption', 'product', 'license'];
    const words = ['token', 'secret', 'passphrase', 'totp', 'credential', 'signature', 'session', 'cookie'];
    for (const name of [
      ...keys.flatMap((key) => [`${key}Key`, `${key}_key`, `${key}-KEY`]),
      ...words.map((word) => `my${word}`),
      ...['adminPassword', 'PASSWD', 'Authorization', 'authorisation'],
      ...[
        'pwd',
        'userPwd',
        'passcode',
        'pass',
        'wifiPass',
        'pin',
        'bitlockerPin',
        'PIN_CODE',
        'pins',
        'WIFI_PSK',
        'psk',
      ],
      ...['otp', 'otpCode', 'recoveryCode', 'bitlockerKey', 'snmpCommunity', 'community', 'jwt', 'SNMPCommunity'],
      ...['kennwort', 'X-Api-Key', 'creds', 'apikey', 'unlock-code'],
    ]) {
      assert.equal(isPasswordName(name), true, name);
    }
    for (const name of [
      ...['name', 'keyName', 'monkey', 'pageSize', 'after', 'ticketId', 'passive', 'pinned', 'mapping', 'compass'],
      ...['bypass', 'spin', 'shipping', 'option', 'optPage', 'passed', 'communities', 'postalCode'],
    ]) {
      assert.equal(isPasswordName(name), false, name);
    }
    assert.deepEqual(passwordValues('{"a":1}', operationOf('POST /v2/x')), []);
  });
});
