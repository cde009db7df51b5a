import assert from 'node:assert/strict';
import fc from 'fast-check';
import { formatMessage } from '../../../src/core/base/messages.ts';
import type { Operation } from '../../../src/core/catalog/operation.ts';
import type { Scalar } from '../../../src/core/requests/requestDraft.ts';
import { parameterProblem, parameterQuestion } from '../../../src/core/requests/parameterValues.ts';
import { buildRequest, missingParameters } from '../../../src/core/requests/buildRequest.ts';
import { bundledCatalog } from '../../support/bundledMedia.ts';
import { connectionOf, ORIGIN } from '../../support/connectionFixtures.ts';
import { assertContained, check, HOSTILE, HOMOGLYPHS, type Given } from '../../support/hostileValues.ts';
import {
  DELETE_FIELD,
  GET_DEVICE,
  JSON_BODY,
  LIST_DEVICES,
  operationOf,
  OPERATIONS,
  parameterOf,
  PATCH_DEVICE,
  REBOOT,
  UPLOAD,
} from '../../support/operationFixtures.ts';

describe('buildRequest', () => {
  it('shows a parameter name from a server as plain text, never as a link or icon (E2, E5)', () => {
    const name = '[Sign in](command:workbench.action.terminal.sendSequence?%7B%7D) $(bug) \u202e';
    for (const over of [{}, { kind: 'device' }, { date: 'iso' }, { type: 'integer' }] as const) {
      const parameter = { ...parameterOf(name), ...over };
      const texts = [
        parameterQuestion(parameter),
        parameterProblem(parameter, ''),
        parameterProblem(parameter, 'a\nb'),
      ];
      for (const text of texts.map((each) => (each ? formatMessage(each) : ''))) {
        assert.match(text, /Sign in/);
        assert.doesNotMatch(text, /\[[^\]]*\]\(|\$\(|\u202e/u);
      }
    }
  });

  it('fills the path template and encodes blanks as %20 (E11)', () => {
    const url = urlOf(LIST_DEVICES, { query: { after: 7, df: 'org = 1 AND offline', pageSize: '50' } });
    assert.equal(url, `${ORIGIN}/v2/devices?df=org%20%3D%201%20AND%20offline&pageSize=50&after=7`);
    assert.equal(
      urlOf(DELETE_FIELD, { path: { fieldName: 'Größe $1 & @x+y' } }),
      `${ORIGIN}/v2/custom-fields/field-name/Gr%C3%B6%C3%9Fe%20%241%20%26%20%40x%2By`,
    );
    assert.equal(urlOf(GET_DEVICE, { path: { id: ' 0042 ' } }), `${ORIGIN}/v2/device/42`);
  });

  it('sends a list as the description says: a parameter for each item, or one with separators (E2)', () => {
    const values = ['COMMENT', 'SAVE', 'A&B'];
    const operation = operationOf('GET /v2/x', {
      parameters: [
        parameterOf('type', { list: 'repeated', values }),
        parameterOf('ids', { list: 'commas', type: 'integer', format: 'int32' }),
        parameterOf('flags', { list: 'repeated', type: 'boolean' }),
        parameterOf('pipes', { list: 'pipes' }),
        parameterOf('spaces', { list: 'spaces' }),
      ],
    });
    assert.equal(urlOf(operation, { query: { type: 'COMMENT, A&B' } }), `${ORIGIN}/v2/x?type=COMMENT&type=A%26B`);
    assert.equal(urlOf(operation, { query: { type: 'SAVE', ids: 7 } }), `${ORIGIN}/v2/x?type=SAVE&ids=7`);
    assert.equal(urlOf(operation, { query: { ids: '1,02' } }), `${ORIGIN}/v2/x?ids=1%2C2`);
    assert.equal(urlOf(operation, { query: { flags: 'true,false' } }), `${ORIGIN}/v2/x?flags=true&flags=false`);
    assert.equal(urlOf(operation, { query: { pipes: 'a, b c' } }), `${ORIGIN}/v2/x?pipes=a%7Cb%20c`);
    assert.equal(urlOf(operation, { query: { spaces: 'a|b, c' } }), `${ORIGIN}/v2/x?spaces=a%7Cb%20c`);
    assert.deepEqual(messagesOf(operation, { query: { pipes: 'a,b|c' } }), [
      'pipes is a list whose items cannot contain "|". Put commas between the items.',
    ]);
    assert.equal(check(operation, { query: { spaces: 'a,b c' } }).ok, false);
    for (const query of [{ type: 'COMMENT,NO' }, { ids: '1,x' }, { ids: '1,,2' }, { flags: 'true,1' }, { ids: true }]) {
      assert.equal(check(operation, { query }).ok, false, JSON.stringify(query));
    }
  });

  it('refuses numbers outside the bounds that the description has, and page sizes below 1 (E5)', () => {
    const refused = (key: string, query: Record<string, Scalar>): readonly string[] =>
      messagesOf(bundledCatalog.find(key)!, { query });
    for (const pageSize of [0, -5, 9, 1001, 2_147_483_647]) {
      assert.deepEqual(refused('GET /v2/activities', { pageSize }), ['pageSize must be between 10 and 1000.']);
    }
    assert.deepEqual(refused('GET /v2/custom-fields', { pageSize: 501 }), ['pageSize must be between 5 and 500.']);
    for (const pageSize of [0, -5]) {
      assert.deepEqual(refused('GET /v2/devices', { pageSize }), ['pageSize must be between 1 and 2147483647.']);
    }
    assert.deepEqual(refused('GET /v2/devices/search', { limit: 0 }), ['limit must be between 1 and 2147483647.']);
    for (const pageSize of [10, '1000']) {
      assert.deepEqual(refused('GET /v2/activities', { pageSize }), []);
    }
  });

  it('names the limits of an ID that has too many digits (E5)', () => {
    const parameters = [parameterOf('id', { in: 'path', type: 'integer', format: 'int64' })];
    const operation = operationOf('GET /v2/x/{id}', { parameters });
    const limits = 'id must be between -9223372036854775808 and 9223372036854775807.';
    for (const id of ['12345678901234567890', '-99999999999999999999', '1'.repeat(4000), 1e21, 1e300]) {
      assert.deepEqual(messagesOf(operation, { path: { id } }), [limits], String(id));
    }
    for (const id of ['1.0', '1e3', 1.5, 2 ** 60, true, '']) {
      assert.notDeepEqual(messagesOf(operation, { path: { id } }), [limits], String(id));
      assert.equal(check(operation, { path: { id } }).ok, false, String(id));
    }
    assert.equal(urlOf(operation, { path: { id: `${'0'.repeat(30)}7` } }), `${ORIGIN}/v2/x/7`);
  });

  it('accepts ids of activities that need 64 bits (E8)', () => {
    const key = 'GET /v2/device/{id}/activities';
    assert.deepEqual(
      messagesOf(bundledCatalog.find(key)!, { path: { id: 1 }, query: { olderThan: 3_000_000_000 } }),
      [],
    );
  });

  it('says which operations take a custom field whose name cannot be in a path (E11)', () => {
    const operation = bundledCatalog.find('GET /v2/custom-fields/field-name/{fieldName}')!;
    for (const fieldName of ['50% disk', 'A/B test', 'C#', 'a;b']) {
      assert.match(messagesOf(operation, { path: { fieldName } })[0] ?? '', /PUT \/v2\/custom-fields\/bulk/);
    }
  });

  it('does not send a deletion without the parameter that says what to delete (E2, E9)', () => {
    const relationship = bundledCatalog.find('DELETE /v2/itam/asset-relationship')!;
    assert.deepEqual(messagesOf(relationship, {}), ['Enter a value for relationId.']);
    assert.equal(
      urlOf(relationship, { query: { relationId: 7 } }),
      `${ORIGIN}/v2/itam/asset-relationship?relationId=7`,
    );
    assert.deepEqual(messagesOf(bundledCatalog.find('DELETE /v2/custom-fields/bulk')!, {}), [
      'Enter a value for fieldNames.',
    ]);
  });

  it('adds a query parameter that the description does not have only if the user agreed (E2)', () => {
    const draft = { operation: GET_DEVICE.key, path: new Map([['id', 1]]), body: undefined };
    const query = new Map<string, Scalar>([
      ['x&y', 'a b'],
      ['n', 2],
    ]);
    const target = { operation: GET_DEVICE, connection: connectionOf() };
    const refused = buildRequest({ ...draft, query }, target);
    assert.ok(!refused.ok);
    assert.deepEqual(
      refused.problems.map(({ undeclared }) => undeclared),
      ['x&y', 'n'],
    );
    const built = buildRequest({ ...draft, query }, { ...target, allowUndeclared: true });
    assert.equal(built.ok && built.request.url, `${ORIGIN}/v2/device/1?x%26y=a%20b&n=2`);
    for (const other of [
      { ...draft, query: new Map([['x', 'a\nb']]) },
      { ...draft, query, path: new Map([...draft.path, ['more', 1]]) },
      { ...draft, query, body: {} },
      { ...draft, query: new Map([['__proto__', 1]]) },
      { ...draft, query: new Map([['a\u202eb', 1]]) },
    ]) {
      const result = buildRequest(other, { ...target, allowUndeclared: true });
      assert.ok(!result.ok);
      assert.equal(result.problems[0].undeclared, undefined);
    }
  });

  it('refuses an empty filter, because without it everything would come (E11)', () => {
    for (const df of ['', '  ', '\u00a0']) {
      assert.deepEqual(messagesOf(LIST_DEVICES, { query: { df } }), ['df is empty. Remove it, or enter a value.']);
    }
    const draft = { operation: LIST_DEVICES.key, path: new Map(), query: new Map([['foo', ' ']]), body: undefined };
    const target = { operation: LIST_DEVICES, connection: connectionOf(), allowUndeclared: true };
    const result = buildRequest(draft, target);
    assert.ok(!result.ok);
    assert.equal(formatMessage(result.problems[0].message), 'foo is empty. Remove it, or enter a value.');
  });

  for (const value of [...HOSTILE, ...HOMOGLYPHS]) {
    it(`keeps host and path with the value ${JSON.stringify(value).slice(0, 40)} (E11, T37)`, () => {
      for (const operation of OPERATIONS) {
        assertContained(operation, value);
      }
    });
  }

  for (const value of HOSTILE.filter((each) => !/^(?:@evil.com|\u202e|\u200b..|\.\.\.)$/.test(each))) {
    it(`refuses the path value ${JSON.stringify(value).slice(0, 40)} (E11)`, () => {
      assert.deepEqual(problemsOf(DELETE_FIELD, { path: { fieldName: value } })[0].location, ['path', 'fieldName']);
    });
  }

  it('keeps any text inside its path segment (E11, T37)', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({
        unit: fc.constantFrom('.', '/', '%', '2', 'e', 'f', '\\', ';', '?', '#', '\r', '\n', 'a', '＠', '．', '／'),
      }),
    );
    fc.assert(
      fc.property(text, (value) => {
        assertContained(DELETE_FIELD, value);
        assertContained(REBOOT, value);
      }),
    );
  });

  for (const template of [
    'v2/x',
    '//evil.com/{id}',
    '@evil.com/{id}',
    '/v2/../{id}',
    '/v2/{id}?a=1',
    '/v2/{id}#a',
    '/v2/{a}{b}',
    '\\\\evil.com',
    '/v2/./x',
    '',
  ]) {
    it(`refuses an operation with the path template ${JSON.stringify(template)} (E11)`, () => {
      const operation = operationOf(`GET ${template}`);
      const path = Object.fromEntries(operation.parameters.map(({ name }, index) => [name, index + 1]));
      const [problem] = problemsOf(operation, { path });
      assert.match(formatMessage(problem.message), /do not result in a valid address for/);
    });
  }

  const typed: readonly (readonly [Parameters<typeof parameterOf>[1] & object, Scalar, string | undefined])[] = [
    [{ type: 'integer', format: 'int32' }, 2147483647, '2147483647'],
    [{ type: 'integer', format: 'int32' }, 2147483648, undefined],
    [{ type: 'integer', format: 'int32' }, '-2147483648', '-2147483648'],
    [{ type: 'integer', format: 'int32' }, '-2147483649', undefined],
    [{ type: 'integer', format: 'int64' }, '9223372036854775807', '9223372036854775807'],
    [{ type: 'integer', format: 'int64' }, '9223372036854775808', undefined],
    [{ type: 'integer', format: 'int64' }, 2 ** 53, undefined],
    [{ type: 'integer' }, 1.5, undefined],
    [{ type: 'integer' }, 1e21, undefined],
    [{ type: 'integer' }, NaN, undefined],
    [{ type: 'integer' }, '1e3', undefined],
    [{ type: 'integer' }, '0x10', undefined],
    [{ type: 'integer' }, '１２', undefined],
    [{ type: 'integer' }, true, undefined],
    [{ type: 'number' }, '1.5', '1.5'],
    [{ type: 'number' }, Infinity, undefined],
    [{ type: 'number' }, '1,5', undefined],
    [{ type: 'boolean' }, true, 'true'],
    [{ type: 'boolean' }, 'false', 'false'],
    [{ type: 'boolean' }, 1, undefined],
    [{ type: 'boolean' }, 'TRUE', undefined],
    [{ format: 'uuid' }, '6F1C1C5E-0a5b-4c5e-9d3b-2f1e0d9c8b7a', '6F1C1C5E-0a5b-4c5e-9d3b-2f1e0d9c8b7a'],
    [{ format: 'uuid' }, '6f1c1c5e0a5b4c5e9d3b2f1e0d9c8b7a', undefined],
    [{ values: ['A', 'B'] }, 'B', 'B'],
    [{ values: ['A', 'B'] }, 'b', undefined],
    [{ values: ['A', 'B'] }, 'A,B', undefined],
    [{ values: ['all,node,location'] }, 'node', 'node'],
    [{ values: ['all,node,location'] }, 'node,location', 'node%2Clocation'],
    [{ values: ['all,node,location'] }, 'device', undefined],
    [{ values: [] }, 'x', 'x'],
    [{}, 'a\r\nb', undefined],
    [{}, '\ud800', undefined],
    [{}, 'x'.repeat(4001), undefined],
    [{}, 12, '12'],
    [{ date: 'epochSeconds' }, 1_750_000_000, '1750000000'],
    [{ date: 'epochSeconds' }, '2025-06-30T08:00Z', '1751270400'],
    [{ date: 'epochSeconds' }, 1_750_000_000_000, undefined],
    [{ date: 'epochSeconds' }, 'yesterday', undefined],
    [{ date: 'epochSeconds' }, true, undefined],
    [{ date: 'epochMilliseconds' }, '2025-06-30T08:00Z', '1751270400000'],
    [{ date: 'epochMilliseconds' }, 1_750_000_000, undefined],
    [{ type: 'integer', date: 'epochSeconds' }, '2025-06-30T08:00Z', '1751270400'],
    [{ format: 'date-time' }, 1_750_000_000, '2025-06-15T15%3A06%3A40.000Z'],
    [{ format: 'date' }, '2025-06-30', '2025-06-30'],
    [{ format: 'date' }, 'soon', undefined],
  ];
  for (const [fields, value, expected] of typed) {
    it(`${expected === undefined ? 'refuses' : 'accepts'} ${JSON.stringify(value).slice(0, 40)} for a parameter with ${JSON.stringify(fields)}`, () => {
      const operation = operationOf('GET /v2/x', { parameters: [parameterOf('p', fields)] });
      if (expected === undefined) {
        assert.deepEqual(
          problemsOf(operation, { query: { p: value } }).map(({ location }) => location),
          [['query', 'p']],
        );
      } else {
        assert.equal(urlOf(operation, { query: { p: value } }), `${ORIGIN}/v2/x?p=${expected}`);
      }
    });
  }

  it('reports all problems together and says what to write', () => {
    const operation = operationOf('PATCH /v2/device/{id}', {
      parameters: [parameterOf('must', { required: true })],
      body: { ...JSON_BODY, required: true },
    });
    const problems = problemsOf(operation, { query: { organizationId: 1 } });
    assert.deepEqual(
      problems.map(({ location }) => location.join('.')),
      ['path.id', 'query.organizationId', 'query.must', 'body'],
    );
    assert.equal(
      formatMessage(problems[1]!.message),
      'The operation does not have the query parameter "organizationId". Available parameters: must.',
    );
    assert.equal(formatMessage(problems[3]!.message), 'This operation requires a body. Enter one.');
  });

  it('knows which parameters are missing before it asks (E5)', () => {
    const operation = operationOf('GET /v2/a/{x}/{y}', {
      parameters: [parameterOf('q', { required: true }), parameterOf('r')],
    });
    const missing = missingParameters(operation, { path: new Map([['x', 1]]), query: new Map() });
    assert.deepEqual(
      missing.map(({ name, type }) => [name, type]),
      [
        ['y', 'string'],
        ['q', 'string'],
      ],
    );
    assert.deepEqual(missingParameters(LIST_DEVICES, { path: new Map(), query: new Map() }), []);
  });

  it('refuses the draft of another operation', () => {
    const draft = {
      operation: 'DELETE /v2/device/{id}',
      path: new Map([['id', 1]]),
      query: new Map(),
      body: undefined,
    };
    const result = buildRequest(draft, { operation: GET_DEVICE, connection: connectionOf() });
    assert.ok(!result.ok);
    assert.match(formatMessage(result.problems[0].message), /The operation DELETE .* does not exist/);
  });

  it('sends a body as JSON, including null', () => {
    assert.equal(bodyOf(PATCH_DEVICE, { displayName: "O'Brien" }), '{"displayName":"O\'Brien"}');
    assert.equal(bodyOf(PATCH_DEVICE, null), 'null');
    assert.equal(bodyOf(PATCH_DEVICE, undefined), undefined);
    assert.equal(bodyOf(operationOf('PATCH /v2/a/{id}', { body: { ...JSON_BODY, contentType: '*/*' } }), [1]), '[1]');
  });

  for (const [parameter, value, words] of [
    [
      { date: 'epochSeconds' },
      1_750_000_000_000,
      /is in seconds since 1970, and 1750000000000 is in milliseconds\. Enter 1750000000\./,
    ],
    [{ date: 'epochMilliseconds' }, 1_750_000_000, /is in milliseconds since 1970, .* Enter 1750000000000\./],
    [
      { date: 'epochSeconds' },
      'yesterday',
      /"yesterday" would be another day tomorrow\. Enter the day itself: \d{4}-\d\d-\d\d\./,
    ],
    [{ date: 'epochSeconds' }, 'soon', /must be a date, such as 2025-06-30 or 2025-06-30T08:00Z/],
    [{ date: 'epochSeconds' }, 20_250_630, /must be a date after 1973, and 20250630 is not/],
  ] as const) {
    it(`says what to write in place of ${value} for ${JSON.stringify(parameter)} (E5)`, () => {
      const operation = operationOf('GET /v2/x', { parameters: [parameterOf('p', parameter)] });
      const [{ message }] = problemsOf(operation, { query: { p: value } });
      assert.match(formatMessage(message), words);
    });
  }

  it('says of a date in place of the ID of an activity that it is none (E5)', () => {
    const operation = bundledCatalog.find('GET /v2/device/{id}/activities')!;
    const [{ message }] = problemsOf(operation, { path: { id: 1 }, query: { newerThan: '2025-06-30' } });
    assert.match(formatMessage(message), /newerThan is the ID of an activity, not a time/);
  });

  const cyclic: unknown[] = [];
  cyclic.push(cyclic);
  let deep: unknown = 1;
  for (let level = 0; level < 100_000; level++) {
    deep = [deep];
  }
  const bodies: readonly (readonly [string, Operation, unknown, RegExp])[] = [
    ['for an operation without one', GET_DEVICE, {}, /does not accept a body/],
    ['that contains itself', PATCH_DEVICE, cyclic, /not valid JSON/],
    ['with a BigInt', PATCH_DEVICE, 1n, /not valid JSON/],
    ['that is a function', PATCH_DEVICE, () => 1, /not valid JSON/],
    ['with 100,000 levels', PATCH_DEVICE, deep, /too deep/],
    ['that is no form', UPLOAD, [], /Enter an object for "body"/],
    [
      'of a type that is not known',
      operationOf('POST /v2/x', { body: { contentType: 'text/csv', required: false, schema: {} } }),
      {},
      /requires a body of type text\/csv, which is not supported here/,
    ],
    [
      'of a type that is not plain JSON',
      operationOf('PATCH /v2/x', { body: { ...JSON_BODY, contentType: 'application/merge-patch+json' } }),
      {},
      /requires a body of type application\/merge-patch\+json, which is not supported here/,
    ],
  ];
  for (const [name, operation, body, words] of bodies) {
    it(`refuses a body ${name}`, () => {
      const problem = problemsOf(operation, { path: { id: 1 }, body }).find(({ location }) => location[0] === 'body');
      assert.match(formatMessage(problem!.message), words);
    });
  }
});

function messagesOf(operation: Operation, given: Given): readonly string[] {
  const result = check(operation, given);
  return result.ok ? [] : result.problems.map(({ message }) => formatMessage(message));
}

function problemsOf(operation: Operation, given: Given) {
  const result = check(operation, given);
  assert.ok(!result.ok);
  return result.problems;
}

function urlOf(operation: Operation, given: Given): string {
  const result = check(operation, given);
  assert.ok(result.ok, JSON.stringify(result));
  return result.request.url;
}

function bodyOf(operation: Operation, body: unknown): string | undefined {
  const result = check(operation, { path: { id: 1 }, body });
  assert.ok(result.ok);
  return result.request.body;
}
