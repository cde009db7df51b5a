import assert from 'node:assert/strict';
import { ApiClient, type ApiSession } from '../../src/core/api/apiClient.ts';
import type { ApiRequest } from '../../src/core/api/apiRequest.ts';
import { readAll, type AllPages } from '../../test/support/allPages.ts';
import type { PagingStyle } from '../../src/core/catalog/operation.ts';
import type { Connection } from '../../src/core/connections/connection.ts';
import { createTransport } from '../../src/core/http/transport.ts';
import { bundledCatalog } from '../../test/support/bundledMedia.ts';
import { startSandbox, type Sandbox } from '../sandbox.ts';
import type { TenantData } from '../tenantData.ts';
import { INVENTORY, INVENTORY_KINDS } from '../tenantInventory.ts';
import { pageReport } from '../tenantPaging.ts';
import { openOAuthFixture, type OAuthFixture } from '../../test/support/oauthFixture.ts';
import { NATIVE, SERVICE, signIn, token } from '../../test/support/plainOAuth.ts';
import { callerOf, type TenantCaller } from '../../test/support/sandboxClient.ts';

type Row = Readonly<Record<string, unknown>>;
type Members = Readonly<Record<string, unknown>>;

interface List {
  readonly style: PagingStyle;
  /** As the catalog has it. */
  readonly key: string;
  readonly path: string;
  readonly query?: string;
  readonly body?: Members;
  /** Rows on each page but the last. */
  readonly perPage: number;
  /** The identity of a row, and the identities of all rows in order. */
  readonly idOf: (row: Row) => unknown;
  readonly all: (tenant: TenantData) => readonly unknown[];
}

const LISTS: readonly List[] = [
  ...['/v2/organizations', '/v2/organizations-detailed'].map((path) =>
    afterList({ path, query: 'pageSize=2', perPage: 2, all: (tenant) => ids(tenant.organizations) }),
  ),
  afterList({ path: '/v2/locations', query: 'pageSize=5', perPage: 5, all: (tenant) => ids(tenant.locations) }),
  ...['/v2/devices', '/v2/devices-detailed'].map((path) =>
    afterList({ path, query: 'pageSize=4', perPage: 4, all: (tenant) => ids(tenant.devices) }),
  ),
  afterList({
    path: '/v2/devices',
    query: 'df=class%20in%20(WINDOWS_SERVER,LINUX_SERVER)%20AND%20online&pageSize=2',
    perPage: 2,
    all: () => [1001, 1004, 1006],
  }),
  {
    ...afterList({
      path: '/v2/organization/1/devices',
      query: 'pageSize=1',
      perPage: 1,
      all: () => [1001, 1002, 1003],
    }),
    key: 'GET /v2/organization/{id}/devices',
  },
  ...[...INVENTORY_KINDS, 'device-health'].map((kind) => queryList(kind, { pageSize: 4 })),
  // The last page is full, and the one after it is empty.
  queryList('computer-systems', { pageSize: 5 }),
  // The API raises the page size to its minimum of ten.
  queryList('logged-on-users', { pageSize: 1, perPage: 10 }),
  {
    style: 'olderThan',
    key: 'GET /v2/activities',
    path: '/v2/activities',
    perPage: 200,
    idOf: ({ id }) => id,
    all: ({ activities }) => ids(activities).reverse(),
  },
  {
    style: 'olderThan',
    key: 'GET /v2/device/{id}/activities',
    path: '/v2/device/1002/activities',
    // The API raises the page size to its minimum of ten.
    query: 'pageSize=1',
    perPage: 10,
    idOf: ({ id }) => id,
    all: ({ activities }) => ids(activities.filter(({ deviceId }) => deviceId === 1002)).reverse(),
  },
  {
    style: 'cursorName',
    key: 'GET /v2/custom-fields',
    path: '/v2/custom-fields',
    perPage: 50,
    idOf: ({ name }) => name,
    all: ({ customFields }) => customFields.map(({ name }) => name),
  },
  {
    style: 'anchorId',
    key: 'GET /v2/ticketing/ticket/{ticketId}/log-entry',
    path: '/v2/ticketing/ticket/1001/log-entry',
    perPage: 500,
    idOf: ({ id }) => id,
    all: ({ logEntries }) => ids(logEntries.filter(({ ticketId }) => ticketId === 1001)),
  },
  {
    style: 'anchorNaturalId',
    key: 'GET /v2/ticketing/app-user-contact',
    path: '/v2/ticketing/app-user-contact',
    perPage: 50,
    idOf: ({ uid }) => uid,
    all: ({ technicians, endUsers, contacts }) => [...technicians, ...endUsers, ...contacts].map(({ uid }) => uid),
  },
  boardList({ body: { pageSize: 50 }, perPage: 50, all: ({ tickets }) => ids(tickets) }),
  boardList({
    body: { pageSize: 7, includeColumns: ['status'], filters: [{ field: 'extId', operator: 'is', value: 1 }] },
    perPage: 7,
    all: ({ tickets }) => ids(tickets),
  }),
  boardList({
    body: { pageSize: 60, sortBy: [{ field: 'id', direction: 'DESC' }] },
    perPage: 60,
    all: ({ tickets }) => ids(tickets).reverse(),
  }),
];

describe('paging in the sandbox', () => {
  let sandbox: Sandbox;
  let fixture: OAuthFixture;
  let connection: Connection;
  let call: TenantCaller;
  let client: ApiClient;
  let session: ApiSession;
  let close: () => Promise<void>;

  before(async () => {
    sandbox = await startSandbox();
    fixture = await openOAuthFixture(sandbox);
    connection = fixture.connection('sandbox-native');
    const { access_token: accessToken } = (await signIn(sandbox, NATIVE)).body;
    call = callerOf(sandbox, accessToken);
    const logger = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };
    const transport = createTransport({ fetch: globalThis.fetch, logger, proxySupport: () => 'off' });
    ({ close } = transport);
    client = new ApiClient({
      transport: transport.send,
      writes: { mayWrite: () => false },
      timeout: () => 5000,
      now: Date.now,
      sleep: () => Promise.resolve(),
    });
    session = { connection, scopes: ['monitoring'], accessToken: () => Promise.resolve(accessToken) };
  });
  after(async () => {
    await close();
    await fixture.close();
    await sandbox.stop();
  });

  it('has a list of each paging style in the catalog (E8)', () => {
    const styles = bundledCatalog.operations.flatMap(({ traits }) => traits.paging?.style ?? []);
    assert.deepEqual([...new Set(LISTS.map(({ style }) => style))].sort(), [...new Set(styles)].sort());
    assert.equal(new Set(styles).size, 7);
  });

  for (const list of LISTS) {
    const name = `${list.style}: ${list.path}${list.query === undefined ? '' : `?${list.query}`}${list.body ? ` ${JSON.stringify(list.body)}` : ''}`;

    it(`returns every row once to a manual loop: ${name} (E8)`, async () => {
      const pages = await walk(list);
      assert.deepEqual(
        pages.map(({ length }) => length),
        sizesOf(list, sandbox.tenant),
      );
      assert.deepEqual(pages.flat().map(list.idOf), list.all(sandbox.tenant));
    });

    it(`returns every row once to Fetch All, which recognizes the end: ${name} (E8)`, async () => {
      const result = await all(list);
      assert.deepEqual(
        [result.complete, result.reason, result.pages],
        [true, 'end', sizesOf(list, sandbox.tenant).length],
      );
      assert.deepEqual((result.items as readonly Row[]).map(list.idOf), list.all(sandbox.tenant));
    });
  }

  it('counts no page as a write (E8)', () => {
    assert.deepEqual(sandbox.tenant.writes, []);
  });

  it('limits the page size of activities to the range of the API (E8)', async () => {
    const { body } = await call<{ lastActivityId: number; activities: Row[] }>('GET', '/v2/activities?pageSize=5000');
    assert.equal(body.activities.length, 450, 'all of them are fewer than a thousand');
    assert.equal(body.lastActivityId, body.activities[0]?.['id'], 'of the account, not of the page');
    const times = body.activities.map(({ activityTime }) => Number(activityTime));
    assert.deepEqual(
      times,
      times.toSorted((one, other) => other - one),
      'latest first',
    );
    const newer = await call<{ activities: Row[] }>(
      'GET',
      `/v2/activities?newerThan=${String(body.lastActivityId - 6)}`,
    );
    assert.equal(newer.body.activities.length, 2, 'ids go up by three');
  });

  it('accepts a cursor for its query and for a limited time, and refuses values that are not numbers (E8)', async () => {
    const { body } = await call<{ cursor: { name: string } }>('GET', '/v2/queries/disks?pageSize=2');
    const { name } = body.cursor;
    for (const [path, code] of [
      [`/v2/queries/volumes?cursor=${name}`, 'cursor_not_found'],
      ['/v2/queries/disks?cursor=unknown', 'cursor_not_found'],
      ['/v2/devices?pageSize=many', 'invalid_parameter'],
      ['/v2/devices?after=x', 'invalid_parameter'],
    ] as const) {
      const refused = await call<{ resultCode: string }>('GET', path);
      assert.deepEqual([refused.status, refused.body.resultCode], [400, code], path);
    }
    const late = new URLSearchParams({ cursor: name });
    const report = { kind: 'disks', rowsOf: () => [1], sizes: { least: 1 } };
    assert.throws(() => pageReport([{ id: 1 }], late, { ...report, now: Date.now() + 3_600_000 }), /cursor_expired/);
  });

  it('has ten thousand devices with their data on demand (E8)', async () => {
    const large = await startSandbox({ devices: 10_000 });
    try {
      const { body } = await token(large, { ...SERVICE, grant_type: 'client_credentials', scope: 'monitoring' });
      const named = await callerOf(large, body.access_token)<Row[]>('GET', '/v2/devices?pageSize=10');
      assert.deepEqual(
        named.body,
        JSON.parse(JSON.stringify(sandbox.tenant.devices)),
        'the devices of every tenant come first',
      );
      const devices = await walk(
        afterList({ path: '/v2/devices', query: 'pageSize=1000', perPage: 0, all: () => [] }),
        callerOf(large, body.access_token),
      );
      assert.equal(devices.length, 10);
      assert.equal(new Set(devices.flat().map(({ id }) => id)).size, 10_000);
      const software = await walk(queryList('software', { pageSize: 10_000 }), callerOf(large, body.access_token));
      assert.equal(new Set(software.flat().map(({ deviceId }) => deviceId)).size, 10_000);
    } finally {
      await large.stop();
    }
  });

  /** Follows the pages as NinjaOne documents it, until there are no more. */
  async function walk(list: List, ask: TenantCaller = call): Promise<Row[][]> {
    const pages: Row[][] = [];
    let more: Members | undefined = {};
    while (more && pages.length < 50) {
      const response: { readonly status: number; readonly body: unknown } = await ask(...requestFor(list, more));
      assert.equal(response.status, 200, JSON.stringify(response.body));
      const { rows, next } = READERS[list.style](response.body);
      if (rows.length > 0) {
        pages.push(rows);
      }
      more = rows.length === 0 ? undefined : next;
    }
    return pages;
  }

  async function all(list: List): Promise<AllPages> {
    const operation = bundledCatalog.find(list.key);
    assert.ok(operation, list.key);
    assert.equal(operation.traits.paging?.style, list.style);
    const first: ApiRequest = {
      connection,
      operation,
      url: `${sandbox.baseUrl}${list.path}${list.query === undefined ? '' : `?${list.query}`}`,
      body: list.body && JSON.stringify(list.body),
    };
    return readAll(first, (request) => client.send(request, { session }));
  }
});

/** The request for a page, with the values from the previous page in the query or body. */
function requestFor(list: List, more: Members): [method: string, path: string, body?: unknown] {
  if (list.body) {
    return ['POST', list.path, { ...list.body, ...more }];
  }
  const pairs = Object.entries(more).map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
  const given = list.query === undefined ? [] : [list.query];
  return ['GET', `${list.path}?${[...given, ...pairs].join('&')}`];
}

/** The rows of a page, and the values for the request of the next one. */
const READERS: { readonly [K in PagingStyle]: (body: unknown) => { rows: Row[]; next: Members | undefined } } = {
  after: (body) => {
    const rows = body as Row[];
    return { rows, next: { after: Math.max(...rows.map(({ id }) => Number(id))) } };
  },
  olderThan: (body) => {
    const { activities: rows } = body as { activities: Row[] };
    return { rows, next: { olderThan: Math.min(...rows.map(({ id }) => Number(id))) } };
  },
  cursor: (body) => {
    const { cursor, results: rows } = body as {
      cursor: { name?: string; count: number; expires: number };
      results: Row[];
    };
    assert.equal(cursor.count, rows.length);
    assert.ok(cursor.expires * 1000 > Date.now());
    return { rows, next: cursor.name === undefined ? undefined : { cursor: cursor.name } };
  },
  cursorName: (body) => {
    const { results: rows, count, pageSize } = body as { results: Row[]; count: number; pageSize: number };
    assert.equal(count, rows.length);
    return { rows, next: count < pageSize ? undefined : { cursorName: rows.at(-1)?.['name'] } };
  },
  anchorId: (body) => ({ rows: body as Row[], next: { anchorId: (body as Row[]).at(-1)?.['id'] } }),
  anchorNaturalId: (body) => ({
    rows: body as Row[],
    next: { anchorNaturalId: (body as Row[]).at(-1)?.['naturalId'] },
  }),
  boardRun: (body) => {
    const { data: rows, metadata } = body as { data: Row[]; metadata: { lastCursorId: number } };
    return { rows, next: { lastCursorId: metadata.lastCursorId } };
  },
};

function afterList(list: Pick<List, 'path' | 'query' | 'perPage' | 'all'>): List {
  return { style: 'after', key: `GET ${list.path}`, idOf: ({ id }) => id, ...list };
}

/** Rows are identified by their device, which has one row for each of its parts. */
function queryList(
  kind: string,
  { pageSize, perPage = pageSize }: { readonly pageSize: number; readonly perPage?: number },
): List {
  const path = `/v2/queries/${kind}`;
  const inventory = INVENTORY_KINDS.find((known) => known === kind);
  return {
    style: 'cursor',
    key: `GET ${path}`,
    path,
    query: `pageSize=${String(pageSize)}`,
    perPage,
    idOf: ({ deviceId }) => deviceId,
    all: ({ devices }) =>
      devices.flatMap((device) => (inventory ? INVENTORY[inventory](device).map(() => device.id) : [device.id])),
  };
}

function boardList(list: Pick<List, 'body' | 'perPage' | 'all'>): List {
  return {
    style: 'boardRun',
    key: 'POST /v2/ticketing/trigger/board/{boardId}/run',
    path: '/v2/ticketing/trigger/board/2/run',
    idOf: ({ id }) => id,
    ...list,
  };
}

/** How many rows come on each page. */
function sizesOf({ all, perPage }: List, tenant: TenantData): number[] {
  const { length } = all(tenant);
  return Array.from({ length: Math.ceil(length / perPage) }, (_, page) => Math.min(perPage, length - page * perPage));
}

function ids(rows: readonly { readonly id: number }[]): number[] {
  return rows.map(({ id }) => id);
}
