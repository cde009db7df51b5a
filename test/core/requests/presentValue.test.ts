import assert from 'node:assert/strict';
import { membersOfSchema, resolvedSchema } from '../../../src/core/catalog/bodyMembers.ts';
import type { Operation, Schemas } from '../../../src/core/catalog/operation.ts';
import { presentBody, presentRead, type PresentBody } from '../../../src/core/requests/presentValue.ts';
import responseShapes from '../../../sandbox/shapes.json' with { type: 'json' };
import { bundledCatalog, bundledSchemas } from '../../support/bundledMedia.ts';

/** Each PUT and PATCH whose current value can be loaded. */
const PAIRS = [
  'PUT /v2/billing/accounts/{id}',
  'PUT /v2/billing/agreements/{id}',
  'PUT /v2/billing/invoices/{id}',
  'PUT /v2/billing/products/{id}',
  'PATCH /v2/contact/{id}',
  'PUT /v2/custom-fields/field-name/{fieldName}',
  'PATCH /v2/device/{id}',
  'PATCH /v2/device/{id}/custom-fields',
  'PUT /v2/document-templates/{documentTemplateId}',
  'PATCH /v2/organization/{id}',
  'PATCH /v2/organization/{id}/custom-fields',
  'PATCH /v2/organization/{id}/location/{locationId}/custom-fields',
  'PUT /v2/software-license/{licenseId}',
  'PATCH /v2/tab/{tabId}',
  'PUT /v2/ticketing/ticket/{ticketId}',
  'PATCH /v2/user/end-user/{id}',
  'PATCH /v2/user/end-user/{id}/custom-fields',
  'PATCH /v2/user/technician/{id}',
];

/** Those with a GET of their path that is left out, and why. */
const LEFT_OUT = {
  'PUT /v2/checklist/templates': 'The GET lists all templates; a body with them would change all of them.',
  'PUT /v2/organization/checklists': 'The GET lists the checklists of all organizations.',
  'PATCH /v2/organization/documents': 'The GET lists the documents of all organizations, and returns secrets.',
};

/** Members that the body takes and the GET does not describe, or describes with another type. */
const OTHER_SHAPES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'PUT /v2/custom-fields/field-name/{fieldName}': { groupId: 'not returned' },
  'PATCH /v2/device/{id}': { warranty: 'not returned, only as one of the references' },
  'PATCH /v2/tab/{tabId}': { roleId: 'not returned' },
  'PUT /v2/ticketing/ticket/{ticketId}': {
    status: 'an object with names and ids is returned, a text is taken',
    parentTicketId: 'not returned',
  },
};

/** Members that the GET returns under another name. */
const OTHER_NAMES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'PUT /v2/custom-fields/field-name/{fieldName}': { fieldName: 'name' },
  'PUT /v2/ticketing/ticket/{ticketId}': { cc: 'ccList', attributes: 'attributeValues' },
};

describe('the current value of an object', () => {
  const find = (key: string): Operation | undefined => bundledCatalog.find(key);

  it('can be loaded for every PUT and PATCH of one object that has a GET (E19)', () => {
    const withGet = bundledCatalog.operations.filter(
      ({ method, path }) => (method === 'PUT' || method === 'PATCH') && find(`GET ${path}`),
    );
    const loadable = withGet.filter((operation) => presentRead(operation, find));
    assert.deepEqual(loadable.map(({ key }) => key).sort(), [...PAIRS].sort());
    assert.deepEqual(
      withGet.map(({ key }) => key).filter((key) => !PAIRS.includes(key)),
      Object.keys(LEFT_OUT),
    );
  });

  it('has the members of the body in the API description, but for those of a known list (E19)', () => {
    const returned: Schemas = new Map(Object.entries(responseShapes.schemas));
    const operations: Readonly<Record<string, { readonly status: number; readonly schema?: object }>> =
      responseShapes.operations;
    for (const key of PAIRS) {
      const operation = find(key);
      const { properties } = membersOfSchema(operation?.body?.schema, bundledSchemas);
      const read = membersOfSchema(operations[`GET ${operation?.path ?? ''}`]?.schema, returned).properties;
      const typeOf = (schema: unknown, schemas: Schemas): string | undefined =>
        [resolvedSchema(schema, schemas)['type']]
          .flat()
          .find((type) => type !== 'null')
          ?.toString();
      const other = [...properties].filter(([name, schema]) => {
        const source = read.get(OTHER_NAMES[key]?.[name] ?? name);
        return source === undefined || typeOf(source, returned) !== typeOf(schema, bundledSchemas);
      });
      assert.deepEqual(
        other.map(([name]) => name),
        Object.keys(OTHER_SHAPES[key] ?? {}),
        key,
      );
    }
  });

  it('is not offered where the GET returns a list or secrets, or the body is none of one object in JSON (E19, E4)', () => {
    const [write, read] = [find('PATCH /v2/device/{id}'), find('GET /v2/device/{id}')];
    assert.ok(write?.body && read);
    const offered = (each: Partial<Operation>, found: Partial<Operation> = {}): boolean =>
      presentRead({ ...write, ...each }, () => ({ ...read, ...found })) !== undefined;
    assert.ok(offered({}));
    assert.ok(!offered({ traits: { ...write.traits, bulk: true } }));
    assert.ok(!offered({ method: 'POST' }));
    assert.ok(!offered({ body: undefined }));
    assert.ok(!offered({ body: { ...write.body, contentType: 'text/plain' } }));
    assert.ok(!offered({}, { traits: { ...read.traits, riskLevel: 'secretRead' } }));
    assert.ok(!offered({}, { traits: { ...read.traits, items: '' } }));
    assert.equal(
      presentRead(write, () => undefined),
      undefined,
    );
    assert.equal(presentRead(undefined, find), undefined);
  });

  describe('as a body', () => {
    const DEVICE = 'PATCH /v2/device/{id}';

    it('has the writable members with every digit, and no others (E19)', () => {
      const response = `{"id": 7, "displayName": "A\\u00e4", "nodeRoleId": 12345678901234567890, "organizationId": 1.50,
        "userData": {"any": [1e2, {"deep": 0.10}]}, "lastContact": 1.5, "references": {"policy": {"id": 1}}}`;
      assert.deepEqual(bodyOf(DEVICE, response), {
        body: '{"displayName":"A\\u00e4","nodeRoleId":12345678901234567890,"organizationId":1.50,"userData":{"any":[1e2,{"deep":0.10}]}}',
        secret: [],
        unlike: [],
      });
    });

    it('leaves out a member with a secret as a whole, also inside of it, and names it (E19, E4)', () => {
      const response = `{"displayName": "A", "userData": {"room": "1", "wifi": {"adminPassword": "CANARY"}}}`;
      assert.deepEqual(bodyOf(DEVICE, response), { body: '{"displayName":"A"}', secret: ['userData'], unlike: [] });
      const fields = `{"room": "1", "localAdminPassword": "CANARY", "link": "https://me:CANARY@host", "pairs": [{"name": "apiKey", "value": "CANARY"}]}`;
      assert.deepEqual(bodyOf('PATCH /v2/device/{id}/custom-fields', fields), {
        body: '{"room":"1"}',
        secret: ['localAdminPassword', 'link', 'pairs'],
        unlike: [],
      });
    });

    it('leaves out what the write takes in another form, and what is not set (E19)', () => {
      const response = `{"version": 3, "subject": "S", "status": {"name": "Open", "statusId": 2000}, "nodeId": null, "clientId": null,
        "ccList": {"uids": [], "emails": ["a@b.example"], "more": 1}, "tags": ["x"], "source": "EMAIL"}`;
      assert.deepEqual(bodyOf('PUT /v2/ticketing/ticket/{ticketId}', response), {
        body: '{"version":3,"subject":"S","nodeId":null,"cc":{"uids":[],"emails":["a@b.example"]},"tags":["x"]}',
        secret: [],
        unlike: ['status'],
      });
    });

    it('uses the name that the write takes where the GET returns another one (E19)', () => {
      const ticket = '{"ccList": {"uids": []}, "attributeValues": [{"attributeId": 5, "value": "x", "more": 1}]}';
      assert.equal(
        bodyOf('PUT /v2/ticketing/ticket/{ticketId}', ticket)?.body,
        '{"cc":{"uids":[]},"attributes":[{"attributeId":5,"value":"x"}]}',
      );
      assert.equal(
        bodyOf('PUT /v2/custom-fields/field-name/{fieldName}', '{"name": "rack", "active": true}')?.body,
        '{"fieldName":"rack","active":true}',
      );
    });

    it('has what its schema describes, at every level, or nothing of a member that is different inside (E19)', () => {
      const inner = { type: 'object', properties: { n: { type: 'integer' }, flag: { type: 'boolean' } } };
      const properties = {
        list: { type: 'array', items: inner },
        deep: {
          type: 'object',
          properties: { inner, list: { type: 'array', items: { type: 'array', items: inner } } },
        },
        any: { type: 'object' },
        open: { ...inner, additionalProperties: { type: 'string' } },
        closed: { ...inner, additionalProperties: false },
        all: {},
        items: { type: 'array' },
        number: { type: 'number' },
        flag: { type: 'boolean' },
        text: { type: 'string' },
      };
      for (const [returned, body, unlike = []] of [
        ['{"list": [{"n": 1, "x": 2}, {"flag": false}]}', '{"list":[{"n":1},{"flag":false}]}'],
        ['{"list": [{"n": null}]}', '{"list":[{"n":null}]}'],
        ['{"list": [{"n": 1}, {"n": "1"}], "number": 1}', '{"number":1}', ['list']],
        ['{"list": [1]}', '{}', ['list']],
        ['{"list": {"n": 1}}', '{}', ['list']],
        [
          '{"deep": {"inner": {"n": 1, "x": 1}, "x": 1, "list": [[{"n": 1, "x": 1}]]}}',
          '{"deep":{"inner":{"n":1},"list":[[{"n":1}]]}}',
        ],
        ['{"deep": {"list": [[{"n": 1}]], "inner": {"flag": true, "n": []}}}', '{}', ['deep']],
        [
          '{"any": {"x": {"y": 1}}, "open": {"n": 1, "x": "1"}, "closed": {"n": 1, "x": 1}}',
          '{"any":{"x":{"y":1}},"open":{"n":1,"x":"1"},"closed":{"n":1}}',
        ],
        ['{"all": [{"x": "[{"}], "items": [{"x": 1}, 1]}', '{"all":[{"x":"[{"}],"items":[{"x":1},1]}'],
        ['{"number": 1.5, "flag": true, "text": "{"}', '{"number":1.5,"flag":true,"text":"{"}'],
        ['{"number": "1", "flag": 1, "text": true}', '{}', ['number', 'flag', 'text']],
        ['{"flag": false, "text": null, "all": null}', '{"flag":false,"all":null}'],
      ] as const) {
        const found = bodyOf(DEVICE, returned, { schema: { type: 'object', properties } });
        assert.deepEqual(found, { body, secret: [], unlike }, returned);
      }
    });

    it('takes other members where its schema allows them (E19)', () => {
      const schema = { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: true };
      assert.equal(bodyOf(DEVICE, '{"a": "1", "x": null}', { schema })?.body, '{"a":"1","x":null}');
      const closed = { ...schema, additionalProperties: false };
      assert.equal(bodyOf(DEVICE, '{"a": "1", "x": null}', { schema: closed })?.body, '{"a":"1"}');
    });

    it('leaves out what the API description of the GET or of the write marks as a secret (E19, E4)', () => {
      const response = '{"displayName": "A", "nodeRoleId": 1}';
      const marked = { passwords: ['displayName'] };
      for (const traits of [{ read: marked }, { write: marked }]) {
        assert.deepEqual(bodyOf(DEVICE, response, { traits }), {
          body: '{"nodeRoleId":1}',
          secret: ['displayName'],
          unlike: [],
        });
      }
      assert.deepEqual(bodyOf(DEVICE, '{"displayName": "A"}', { traits: { read: marked } })?.body, '{}');
      assert.deepEqual(bodyOf(DEVICE, '{"nodeRoleId": "1"}')?.unlike, ['nodeRoleId']);
    });

    it('keeps an empty value of a free form, and the last of two members with one name (E19)', () => {
      assert.equal(bodyOf('PATCH /v2/device/{id}/custom-fields', '{}')?.body, '{}');
      assert.equal(bodyOf(DEVICE, '{"displayName": "A", "displayName": "B"}')?.body, '{"displayName":"B"}');
    });

    it('is nothing for a response of another kind (E19)', () => {
      for (const response of ['', '[]', '[{"displayName": "A"}]', '"A"', '{"displayName": "A"', '{"id": 1}', '{}']) {
        assert.equal(bodyOf(DEVICE, response), undefined, response);
      }
    });

    it('survives a value of any depth (E19)', () => {
      const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
      assert.equal(bodyOf(DEVICE, `{"userData": {"deep": ${deep}}}`)?.body, `{"userData":{"deep":${deep}}}`);
    });
  });

  interface Changes {
    readonly schema?: object;
    readonly traits?: { readonly read?: object; readonly write?: object };
  }

  function bodyOf(key: string, response: string, { schema, traits }: Changes = {}): PresentBody | undefined {
    const write = find(key);
    const read = presentRead(write, find);
    assert.ok(write?.body && read);
    const body = schema ? { ...write.body, schema: { ...schema } } : write.body;
    return presentBody(response, {
      read: { ...read, traits: { ...read.traits, ...traits?.read } },
      write: { ...write, body, traits: { ...write.traits, ...traits?.write } },
      schemas: bundledSchemas,
    });
  }
});
