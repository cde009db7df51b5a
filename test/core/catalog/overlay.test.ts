import assert from 'node:assert/strict';
import { formatMessage } from '../../../src/core/base/messages.ts';
import type { Operation, PagingStyle, RiskLevel } from '../../../src/core/catalog/operation.ts';
import { resourceTypeName, NAMES } from '../../../src/core/catalog/idKinds.ts';
import { readOverlay, UNKNOWN } from '../../../src/core/catalog/overlay.ts';
import { readOpenApi } from '../../../src/core/catalog/openApiReader.ts';
import { bundledCatalog, bundledOverlay, catalogOf, mediaJson, specOf } from '../../support/bundledMedia.ts';

/** Rows that rest on the rule alone. The number may only fall: lower it when a row gets a better source. */
const ROWS_BY_RULE = 297;

const { operations } = bundledCatalog;

describe('the overlay and the catalog', () => {
  it('E4: every operation has a row, every row an operation, and every row can be read', () => {
    const keys = operations.map(({ key }) => key).sort();
    assert.equal(keys.length, 310);
    assert.deepEqual(Object.keys(mediaJson('overlay.json') as object).sort(), keys);
    assert.deepEqual([...bundledOverlay.keys()].sort(), keys);
  });

  it('E4: every id in a path, and every id in a query, has a kind', () => {
    const without = operations.flatMap(({ key, parameters }) =>
      parameters
        .filter(({ name, kind, in: place, values }) =>
          place === 'path'
            ? kind === undefined && values === undefined && name !== 'entityType'
            : kind === undefined && /(?:Ids?|Uid)$/.test(name) && !/^anchor/.test(name),
        )
        .map(({ name }) => `${key} ${name}`),
    );
    assert.deepEqual(without, []);
  });

  it('E5, E9: every kind has a name in words', () => {
    const kinds = new Set([...bundledOverlay.values()].flatMap((row) => [...row.kinds.values()]));
    assert.deepEqual([...NAMES.keys()].sort(), [...kinds].sort());
    for (const kind of kinds) {
      assert.match(formatMessage(resourceTypeName(kind)), /^(?:[A-Z]?[a-z]+)(?: [a-z]+)*$/, kind);
    }
    assert.equal(formatMessage(resourceTypeName('windowsService')), 'Windows service');
    assert.equal(formatMessage(resourceTypeName('somethingElse')), 'something else');
  });

  it('E4: rows name only parameters and lists that there are', () => {
    for (const { key, parameters } of operations) {
      const row = bundledOverlay.get(key);
      const names = new Set(parameters.map(({ name }) => name));
      assert.deepEqual(
        [...(row?.kinds.keys() ?? []), ...(row?.dates.keys() ?? [])].filter((name) => !names.has(name)),
        [],
        key,
      );
    }
  });

  it('E5: every date in a query has a form, and only one that is not a form of paging', () => {
    const dated = operations.flatMap(({ key, parameters }) =>
      parameters.filter(({ date }) => date !== undefined).map(({ name, date }) => `${key} ${name} ${date ?? ''}`),
    );
    assert.equal(dated.length, 17);
    assert.ok(dated.includes('GET /v2/activities after epochSeconds'));
    assert.ok(dated.includes('GET /v2/queries/custom-fields updatedAfter epochMilliseconds'));
    const undated = operations.flatMap(({ key, parameters }) =>
      parameters
        .filter(
          ({ name, date, type }) => date === undefined && type === 'string' && /(?:before|after|Time)$/i.test(name),
        )
        .map(({ name }) => `${key} ${name}`),
    );
    assert.deepEqual(undated, []);
  });

  it('E4: the scope is monitoring for what reads, management for the rest, and control for nothing', () => {
    for (const { key, method, traits } of operations) {
      const reads = method === 'GET' || key === BOARD_RUN;
      assert.equal(traits.scope, reads ? 'monitoring' : 'management', key);
    }
    const stated = [...bundledOverlay].filter(([, { source }]) => source === 'spec').map(([key]) => key);
    assert.deepEqual(stated.sort(), lines(SCOPE_IN_SPEC));
  });

  it('E4: rows whose only source is the rule do not become more', () => {
    const byRule = [...bundledOverlay.values()].filter(({ source }) => source === 'rule').length;
    assert.ok(byRule <= ROWS_BY_RULE, `${byRule} rows rest on the rule alone; ${ROWS_BY_RULE} are allowed.`);
    assert.equal(byRule, ROWS_BY_RULE, `Only ${byRule} are left: write this number into ROWS_BY_RULE.`);
  });

  for (const [name, riskLevel, list, count] of [
    [
      '35 destructive',
      'destructive',
      () => [...lines(DESTRUCTIVE), ...keysOf(({ method }) => method === 'DELETE')].sort(),
      35,
    ],
    ['12 secret-giving', 'secretRead', () => lines(SECRET), 12],
    ['9 device-action', 'deviceAction', () => lines(DEVICE_ACTION), 9],
  ] as const satisfies readonly (readonly [string, RiskLevel, () => readonly string[], number])[]) {
    it(`E4: the ${name} operations are these and no others`, () => {
      assert.equal(list().length, count);
      assert.deepEqual(
        keysOf(({ traits }) => traits.riskLevel === riskLevel),
        list(),
      );
    });
  }

  it('E4: what is left reads if it is a GET or runs a board, and else writes', () => {
    const reads = keysOf(({ traits }) => traits.riskLevel === 'read');
    assert.equal(reads.length, 137);
    assert.deepEqual(
      reads.filter((key) => !key.startsWith('GET ')),
      [BOARD_RUN],
    );
    assert.equal(keysOf(({ traits }) => traits.riskLevel === 'write').length, 117);
    assert.deepEqual(
      keysOf(({ traits, method }) => traits.riskLevel === 'write' && method === 'GET'),
      [],
    );
  });

  it('E4: the operations that need a user are these and no others', () => {
    assert.deepEqual(
      keysOf(({ traits }) => traits.needsUser),
      lines(NEEDS_USER),
    );
  });

  it('E9: what takes a list of objects to change or delete is bulk', () => {
    const isList = ({ body }: Operation): boolean =>
      typeof body?.schema === 'object' && body.schema['type'] === 'array';
    const single = keysOf((operation) => isList(operation) && operation.method !== 'POST' && !operation.traits.bulk);
    // The order of tabs is one thing, however many tabs it lists.
    assert.deepEqual(
      single.filter((key) => !key.endsWith('/order')),
      [],
    );
    for (const key of lines(BULK)) {
      assert.equal(bundledCatalog.find(key)?.traits.bulk, true, key);
    }
    assert.deepEqual(
      keysOf(({ traits, method }) => traits.bulk && method === 'GET'),
      [],
    );
  });

  it('E8: every style of paging is known, with the place of its items', () => {
    const counts: Partial<Record<PagingStyle, number>> = {};
    for (const { traits } of operations) {
      if (traits.paging) {
        counts[traits.paging.style] = (counts[traits.paging.style] ?? 0) + 1;
        assert.equal(traits.paging.items, traits.items);
      }
    }
    assert.deepEqual(counts, {
      olderThan: 2,
      cursor: 26,
      cursorName: 1,
      after: 6,
      boardRun: 1,
      anchorId: 1,
      anchorNaturalId: 1,
    });
    assert.deepEqual(bundledCatalog.find(BOARD_RUN)?.traits.paging, { style: 'boardRun', items: 'data' });
    assert.deepEqual(bundledCatalog.find('GET /v2/devices')?.traits.paging, { style: 'after', items: '' });
  });

  it('E8: an operation with a parameter of a style of paging has that style', () => {
    const markers: Readonly<Record<string, PagingStyle>> = {
      cursor: 'cursor',
      cursorName: 'cursorName',
      olderThan: 'olderThan',
      anchorId: 'anchorId',
      anchorNaturalId: 'anchorNaturalId',
    };
    for (const { key, parameters, traits } of operations) {
      const mark = parameters.map(({ name }) => markers[name]).find((style) => style !== undefined);
      const isAfter = ['after', 'pageSize'].every((wanted) => parameters.some(({ name }) => name === wanted));
      assert.equal(traits.paging?.style, mark ?? (isAfter ? 'after' : key === BOARD_RUN ? 'boardRun' : undefined), key);
    }
  });
});

describe('an operation that the overlay does not know', () => {
  const [known, renamed, added] = catalogOf(
    readOpenApi(
      specOf({ 'GET /v2/device/{id}': {}, 'GET /v2/device/{deviceId}/disks': {}, 'POST /v2/device/{id}/wipe': {} }),
    ),
  ).operations.toSorted((a, b) => a.key.length - b.key.length) as [Operation, Operation, Operation];

  it('E4: falls to the strictest tier, also when only the name of a path parameter differs', () => {
    assert.equal(known.traits.riskLevel, 'read');
    assert.deepEqual([renamed.traits, added.traits], [UNKNOWN, UNKNOWN]);
    assert.deepEqual([UNKNOWN.riskLevel, UNKNOWN.bulk, UNKNOWN.scope], ['destructive', true, 'management']);
  });

  it('E4: is also one whose row has a slip in it', () => {
    const good = { group: 'Devices', riskLevel: 'read', scope: 'monitoring', source: 'rule' };
    const slips = [
      { ...good, riskLevel: 'Read' },
      { ...good, scope: 'all' },
      { ...good, paging: 'pages' },
      { ...good, bulk: 'yes' },
      { ...good, needUser: true },
      { ...good, source: undefined },
      null,
      'read',
    ];
    assert.equal(readOverlay({ 'GET /a': good }).size, 1);
    for (const slip of slips) {
      assert.equal(readOverlay({ 'GET /a': slip }).size, 0, JSON.stringify(slip));
    }
    assert.equal(readOverlay(undefined).size, 0);
  });
});

function keysOf(wanted: (operation: Operation) => boolean): readonly string[] {
  return operations
    .filter(wanted)
    .map(({ key }) => key)
    .sort();
}

function lines(text: string): readonly string[] {
  return text
    .trim()
    .split(/\s*\n\s*/)
    .sort();
}

const BOARD_RUN = 'POST /v2/ticketing/trigger/board/{boardId}/run';

/** With the 23 that are DELETE. */
const DESTRUCTIVE = `
  POST /v2/noderole/delete
  POST /v2/checklist/templates/delete
  POST /v2/organization/checklists/delete
  POST /v2/tag/delete
  POST /v2/tag/merge
  POST /v2/knowledgebase/articles/delete
  POST /v2/knowledgebase/folders/delete
  POST /v2/billing/ticket-products/delete
  POST /v2/itam/unmanaged-device/{nodeId}/decommission
  POST /v2/itam/unmanaged-device/decommissionList
  POST /v2/device/{id}/decommission
  PATCH /v2/user/role/{roleId}/remove-members`;

const SECRET = `
  GET /v2/queries/custom-fields
  GET /v2/queries/custom-fields-detailed
  GET /v2/queries/scoped-custom-fields
  GET /v2/queries/scoped-custom-fields-detailed
  GET /v2/organization/checklist/{checklistId}/signed-urls
  GET /v2/organization/document/{clientDocumentId}/signed-urls
  GET /v2/knowledgebase/article/{articleId}/signed-urls
  GET /v2/custom-fields/entity-type/{entityType}/{entityId}/signed-urls
  GET /v2/related-items/with-entity/{entityType}/{entityId}/attachments/signed-urls
  GET /v2/device/{id}/dashboard-url
  GET /v2/organization/{id}/location/{location_id}/installer/{installer_type}
  POST /v2/organization/generate-installer`;

const DEVICE_ACTION = `
  POST /v2/device/{id}/reboot/{mode}
  POST /v2/device/{id}/script/run
  POST /v2/device/{id}/patch/os/apply
  POST /v2/device/{id}/patch/os/scan
  POST /v2/device/{id}/patch/software/apply
  POST /v2/device/{id}/patch/software/scan
  POST /v2/device/{id}/windows-service/{serviceId}/control
  POST /v2/device/{id}/windows-service/{serviceId}/configure
  PUT /v2/device/{id}/maintenance`;

const NEEDS_USER = `
  POST /v2/device/{id}/script/run
  POST /v2/ticketing/ticket
  PUT /v2/ticketing/ticket/{ticketId}
  POST /v2/ticketing/ticket/{ticketId}/comment
  GET /v2/ticketing/ticket/{ticketId}/log-entry
  GET /v2/ticketing/trigger/boards
  POST /v2/ticketing/trigger/board/{boardId}/run`;

const SCOPE_IN_SPEC = `
  POST /v2/device/{id}/decommission
  PATCH /v2/device/{id}
  DELETE /v2/device/{id}/owner
  POST /v2/device/{id}/owner/{ownerUid}
  GET /v2/device/{id}/last-logged-on-user`;

/** Those that no rule about bodies would find. */
const BULK = `
  POST /v2/devices/approval/{mode}
  POST /v2/tag/merge
  POST /v2/tag/{assetType}
  POST /v2/noderole/delete
  POST /v2/itam/unmanaged-device/decommissionList
  DELETE /v2/custom-fields/bulk
  DELETE /v2/related-items/{entityType}/{entityId}
  PUT /v2/organization/{id}/policies
  POST /v2/billing/invoices/approve
  POST /v2/billing/ticket-products/delete
  POST /v2/knowledgebase/articles/delete
  POST /v2/organization/archive`;
