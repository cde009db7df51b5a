import assert from 'node:assert/strict';
import type { SandboxResponse } from '../response.ts';
import { findOperation, readOperations, type SandboxOperation, type Schema } from '../operations.ts';
import { sampleOf } from '../sampleValues.ts';
import { startSandbox, type Sandbox } from '../sandbox.ts';
import { ShapedResponses } from '../shapedResponses.ts';
import { hasData, type TokenOwner } from '../tenantApi.ts';
import { callApi, jsonBody, type ApiCallResult } from '../../test/support/apiCalls.ts';
import { ALL, NATIVE, SERVICE, signIn, token } from '../../test/support/plainOAuth.ts';

const OPERATIONS = readOperations();

/** An id of each kind of object in the tenant; shaped responses accept any id. */
const IDS: Readonly<Record<string, number>> = { device: 1001, organization: 1, location: 101 };

/** Operations with data of the tenant have tests of their own. */
const SHAPED = OPERATIONS.all.filter((operation) => !hasData(operation.method, pathOf(operation)));

describe('the sandbox with all operations', () => {
  let sandbox: Sandbox;
  let userToken: string;
  before(async () => {
    sandbox = await startSandbox();
    userToken = (await signIn(sandbox, NATIVE, { scope: ALL })).body.access_token;
  });
  after(() => sandbox.stop());
  afterEach(() => {
    sandbox.reset();
  });

  it('knows each of the 310 operations', async () => {
    assert.equal(OPERATIONS.all.length, 310);
    for (const operation of OPERATIONS.all) {
      const { status, text } = await call(pathOf(operation), userToken, bodyOf(operation), operation.method);
      assert.ok(status < 500 && !(status === 404 && member(text, 'resultCode') === 'FAILURE'), operation.key);
    }
  });

  for (const operation of SHAPED) {
    it(`responds to ${operation.key} over HTTP in the right shape`, async () => {
      const { status, text, type } = await call(pathOf(operation), userToken, bodyOf(operation), operation.method);
      assert.ok(status >= 200 && status < 300, `${status} ${text}`);
      if (text !== '') {
        assert.match(type ?? '', /^application\/json/);
        assert.deepEqual(misfits(JSON.parse(text), operation.shape.schema ?? {}, { exact: false }), []);
      }
    });
  }

  it('lists the writes and no reads', async () => {
    const operation = OPERATIONS.all.find(({ key }) => key === 'POST /v2/tab');
    assert.ok(operation);
    await call('/v2/tab?x=1', userToken, bodyOf(operation), 'POST');
    await call('/v2/billing/products', userToken);
    assert.deepEqual(sandbox.tenant.writes, [{ method: 'POST', path: '/v2/tab', body: sampleOfBody(operation) }]);
    const state = (await (await fetch(`${sandbox.baseUrl}/sandbox/state`)).json()) as { writes: unknown };
    assert.deepEqual(state.writes, sandbox.tenant.writes);
    sandbox.reset();
    assert.deepEqual(sandbox.tenant.writes, []);
  });

  it('prefers a literal segment to a path parameter, which takes one whole segment that is not empty', async () => {
    const key = (method: string, path: string): string | undefined =>
      findOperation(OPERATIONS, method, path)?.operation.key;
    assert.equal(key('GET', '/v2/organization/7'), 'GET /v2/organization/{id}');
    assert.equal(key('GET', '/v2/organization/documents'), 'GET /v2/organization/documents');
    assert.equal(key('GET', '/v2/organization//locations'), undefined);
    assert.equal(key('GET', '/v2/organization/7/nothing'), undefined);
    assert.equal(key('PUT', '/v2/organization/7'), undefined);
    assert.equal((await call('/v2/tab/%', userToken, {}, 'DELETE')).status, 404);
    assert.equal((await call('/api/v2/billing/products', userToken)).status, 200, 'with /api as without');
  });

  const refusals: readonly [
    what: string,
    method: string,
    path: string,
    init: RequestInit,
    status: number,
    code: string,
  ][] = [
    ['broken JSON', 'POST', '/v2/tab', jsonBody('{"a":'), 400, 'malformed_body'],
    ['JSON instead of a form', 'POST', '/v2/vulnerability/scan-groups/7/upload', jsonBody('{}'), 415, 'FAILURE'],
    ['a form without its part', 'POST', '/v2/vulnerability/scan-groups/7/upload', form('other'), 400, 'missing_member'],
    ['an id that is not a number', 'GET', '/v2/vulnerability/scan-groups/seven', {}, 400, 'invalid_parameter'],
    ['a page size that is not a number', 'GET', '/v2/queries/disks?pageSize=many', {}, 400, 'invalid_parameter'],
    ['a value that is not in the list', 'GET', '/v2/user/roles?roleType=ROBOT', {}, 400, 'invalid_parameter'],
  ];
  for (const [what, method, path, init, status, code] of refusals) {
    it(`refuses ${what}`, async () => {
      const response = await call(path, userToken, init, method);
      assert.deepEqual([response.status, member(response.text, 'resultCode')], [status, code]);
      assert.ok(String(member(response.text, 'incidentId')).startsWith('WEB_MGMT_SERVICE-'));
      assert.deepEqual(sandbox.tenant.writes, []);
    });
  }

  it('refuses billing requests in the shape of the billing API', async () => {
    const { status, text } = await call('/v2/billing/accounts/x', userToken);
    assert.deepEqual([status, JSON.parse(text)], [400, { errorCode: 'invalid_parameter', message: 'id' }]);
  });

  it('refuses a token with missing scopes or without a user', async () => {
    const mint = async (scope: string): Promise<string> =>
      (await token(sandbox, { ...SERVICE, grant_type: 'client_credentials', scope })).body.access_token;
    const forbidden = await call('/v2/billing/products', await mint('monitoring'), jsonBody('{}'), 'POST');
    assert.deepEqual([forbidden.status, member(forbidden.text, 'error')], [401, 'insufficient_privileges']);
    const comment = await call('/v2/ticketing/ticket/7/comment', await mint('management'), form('comment'), 'POST');
    assert.deepEqual([comment.status, member(comment.text, 'error_code')], [403, 5]);
    assert.deepEqual(sandbox.tenant.writes, []);
  });

  function call(path: string, bearer: string, init: RequestInit = {}, method = 'GET'): Promise<ApiCallResult> {
    return callApi(sandbox, path, { ...init, method, bearer });
  }
});

describe('shaped responses of the sandbox', () => {
  const USER: TokenOwner = { isUser: true, scopes: new Set(['monitoring', 'management', 'control']) };
  let shaped: ShapedResponses;
  beforeEach(() => {
    shaped = new ShapedResponses(OPERATIONS);
  });

  it('have the status of the shape, exactly its members, and no prose', () => {
    for (const operation of OPERATIONS.all) {
      const { status, body } = respondTo(operation) as { status: number; body?: string };
      assert.equal(status, operation.shape.status, operation.key);
      if (body !== undefined) {
        const value = JSON.parse(body) as unknown;
        assert.deepEqual(misfits(value, operation.shape.schema ?? {}, { exact: true }), [], operation.key);
        assert.doesNotMatch(body, /"[^"]*\s[^"]*"/, operation.key);
      } else {
        assert.equal(operation.shape.schema, undefined, operation.key);
      }
    }
  });

  it('fill lists, ids and times, always with the same values', () => {
    const ticket = valueOf('GET /v2/ticketing/ticket/{ticketId}') as Record<string, unknown>;
    assert.equal(ticket['id'], 1, 'the id of the path');
    assert.ok(Number(ticket['createTime']) > 1.7e9 && Number(ticket['createTime']) % 1 !== 0);
    assert.deepEqual(valueOf('GET /v2/ticketing/ticket/{ticketId}'), ticket);
    const templates = valueOf('GET /v2/checklist/templates') as unknown[];
    assert.equal(templates.length, 2);
    assert.notDeepEqual(templates[0], templates[1]);
  });

  it('end their lists after one page', () => {
    const paged = OPERATIONS.all.filter(({ traits }) => traits.paging !== undefined);
    assert.equal(paged.length, 38);
    for (const operation of paged) {
      const { paging = '', items = '' } = operation.traits;
      const board = paging === 'boardRun';
      const rows = (query: string, body?: unknown): number => {
        const value = parsed(respondTo(operation, { query, body }));
        return ((items === '' ? value : (value as Record<string, unknown>)[items]) as unknown[]).length;
      };
      if (operation.shape.schema !== undefined) {
        assert.equal(board ? rows('', { pageSize: 1 }) : rows('pageSize=1'), 1, operation.key);
        assert.equal(board ? rows('', { lastCursorId: 7 }) : rows(`${paging}=1`), 0, operation.key);
        assert.equal(board ? rows('', { lastCursorId: 0 }) : rows(''), 2, operation.key);
      }
    }
  });

  it('require the scope of the operation, and a user where NinjaOne does', () => {
    for (const operation of OPERATIONS.all) {
      const { scope, needsUser } = operation.traits;
      const others = new Set(['monitoring', 'management', 'control'].filter((name) => name !== scope));
      const refused = respondTo(operation, { owner: { isUser: true, scopes: others } });
      assert.equal(refused.status, 401, operation.key);
      const service = respondTo(operation, { owner: { ...USER, isUser: false } });
      assert.equal(service.status, needsUser === true ? 403 : operation.shape.status, operation.key);
    }
    assert.equal(OPERATIONS.all.filter(({ traits }) => traits.needsUser === true).length, 4);
  });

  it('refuse a missing body that is required', () => {
    const ticket = OPERATIONS.all.find(({ key }) => key === 'POST /v2/ticketing/ticket');
    assert.ok(ticket);
    const { status, body } = respondTo({ ...ticket, facts: { ...ticket.facts, requestBody: { content: {} } } });
    assert.equal(status, 400);
    assert.equal((body as Record<string, unknown>)['resultCode'], 'missing_body');
  });

  function valueOf(key: string): unknown {
    const operation = OPERATIONS.all.find((candidate) => candidate.key === key);
    assert.ok(operation, key);
    return parsed(respondTo(operation));
  }

  function respondTo(
    operation: SandboxOperation,
    { query = '', body, owner = USER }: { query?: string; body?: unknown; owner?: TokenOwner } = {},
  ): SandboxResponse {
    const [declared] = Object.keys(operation.facts.requestBody?.content ?? {});
    const sent = body ?? (declared === undefined ? undefined : sampleOfBody(operation));
    const part = 'Content-Disposition: form-data; name="csv"; filename="a.csv"';
    const result = shaped.respond(
      {
        method: operation.method,
        path: pathOf(operation),
        query: new URLSearchParams(query),
        authorization: undefined,
        body: sent,
        content: Buffer.from(
          sent === undefined ? '' : declared === 'multipart/form-data' ? part : JSON.stringify(sent),
        ),
        contentType: declared,
      },
      owner,
    );
    assert.ok(result, operation.key);
    return result.response;
  }
});

/** The path with values for all parameters. */
function pathOf({ path, facts, traits }: SandboxOperation): string {
  return path.replace(/\{([^}]+)\}/g, (_, name: string) => {
    const schema = facts.parameters?.find((parameter) => parameter.name === name)?.schema;
    const id = IDS[traits.kinds?.[name] ?? ''] ?? 1;
    return schema?.enum ? (schema.enum[0] as string) : String(id);
  });
}

/** A body with every known member. */
function bodyOf(operation: SandboxOperation): RequestInit {
  const [declared] = Object.keys(operation.facts.requestBody?.content ?? {});
  if (declared === undefined) {
    return {};
  }
  return declared === 'multipart/form-data' ? form('csv') : jsonBody(JSON.stringify(sampleOfBody(operation)));
}

function sampleOfBody({ facts }: SandboxOperation): unknown {
  const [content] = Object.values(facts.requestBody?.content ?? {});
  return sampleOf(content?.schema ?? {}, OPERATIONS.components);
}

/** The body of these responses is always a string. */
function parsed({ body }: SandboxResponse): unknown {
  return JSON.parse(body as string);
}

function member(text: string, name: string): unknown {
  return (JSON.parse(text) as Record<string, unknown>)[name];
}

function form(part: string): RequestInit {
  const body = new FormData();
  body.set(part, new Blob(['a,b\n1,2\n']), 'list.csv');
  return { body };
}

/**
 * Lists where a value differs from its shape by type. With `exact` it also lists unknown members and values that are
 * not in the list, of which the shapes have only the first few.
 */
function misfits(value: unknown, schema: Schema, options: { readonly exact: boolean }, at = '$'): string[] {
  const { exact } = options;
  const name = schema.$ref?.replace('#/schemas/', '');
  if (name !== undefined) {
    const target = OPERATIONS.shapes[name];
    return target ? misfits(value, target, options, at) : [`${at}: no shape ${name}`];
  }
  if (exact && schema.enum && !schema.enum.includes(value)) {
    return [`${at}: ${JSON.stringify(value)} is not in the list`];
  }
  const { type } = schema;
  const actual = Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value;
  if (type !== undefined && (type === 'integer' ? !Number.isInteger(value) : actual !== type)) {
    return [`${at}: ${actual} in place of ${type}`];
  }
  if (Array.isArray(value)) {
    return value.flatMap((row, index) => misfits(row, schema.items ?? {}, options, `${at}[${index}]`));
  }
  const missing = (schema.required ?? []).filter((key) => !Object.hasOwn(value as object, key));
  const members = actual === 'object' && type === 'object' ? Object.entries(value as object) : [];
  return [
    ...missing.map((key) => `${at}.${key} is missing`),
    ...members.flatMap(([key, inner]) => {
      const known = schema.properties?.[key];
      const more = schema.additionalProperties;
      if (known || typeof more === 'object') {
        return misfits(inner, known ?? (more as Schema), options, `${at}.${key}`);
      }
      return exact && schema.properties && more !== true ? [`${at}.${key} is unknown`] : [];
    }),
  ];
}
