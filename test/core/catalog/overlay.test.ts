import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { isWrite, needsTypedText, returnsSecrets } from '../../../src/core/api/apiRequest.ts';
import { formatMessage } from '../../../src/core/base/messages.ts';
import type { Operation, PagingStyle, Parameter, RiskLevel } from '../../../src/core/catalog/operation.ts';
import { resourceTypeName, RESOURCE_TYPE_NAMES } from '../../../src/core/catalog/idKinds.ts';
import {
  isUnknownTraits,
  operationParameters,
  operationTraits,
  readOverlay,
  UNKNOWN_READ,
  UNKNOWN_TRAITS,
  type OverlayRow,
} from '../../../src/core/catalog/overlay.ts';
import type { SpecOperation, SpecParameter } from '../../../src/core/catalog/spec.ts';
import { readOpenApi } from '../../../src/core/catalog/openApiReader.ts';
import { bundledCatalog, bundledOverlay, catalogOf, mediaJson, specOf } from '../../support/bundledMedia.ts';

/** Rows whose only source is the general rule. Lower the number when a row gets a better source; never raise it. */
const ROWS_BY_RULE = 39;

const { operations } = bundledCatalog;
const shapes = JSON.parse(readFileSync(new URL('../../../sandbox/shapes.json', import.meta.url), 'utf8')) as {
  readonly operations: Readonly<Record<string, object>>;
};

describe('the overlay of the bundled catalog', () => {
  it('has exactly one readable row for each operation (E4, T38)', () => {
    const keys = operations.map(({ key }) => key).sort();
    assert.equal(keys.length, 310);
    assert.deepEqual(Object.keys(mediaJson('overlay.json') as object).sort(), keys);
    assert.deepEqual([...bundledOverlay.keys()].sort(), keys);
  });

  it('gives a resource type to every id in a path or query (E4)', () => {
    const without = operations.flatMap(({ key, parameters }) =>
      parameters
        .filter(({ name, kind, in: location, values }) =>
          location === 'path'
            ? kind === undefined && values === undefined && name !== 'entityType'
            : kind === undefined && /(?:Ids?|Uid)$/.test(name) && !/^anchor/.test(name),
        )
        .map(({ name }) => `${key} ${name}`),
    );
    assert.deepEqual(without, []);
  });

  it('knows the kind of an ID by the path where only an instance has the operation, as the rows do (E4, E9)', () => {
    let found = 0;
    for (const operation of operations) {
      const kinds = new Map(operation.parameters.map(({ name, kind }) => [name, kind]));
      for (const { name, in: location, kind } of operationParameters(operation, undefined)) {
        if (kind !== undefined) {
          assert.deepEqual([location, kind], ['path', kinds.get(name)], operation.key);
          found++;
        }
      }
    }
    assert.ok(found > 50, String(found));
    const parameters = ['id', 'other'].map((name) => ({ name, in: 'path', schema: { type: 'integer' } }));
    const { operations: own } = catalogOf(
      readOpenApi(
        specOf({
          'DELETE /v2/device/{id}/thing/{other}': { parameters },
          'DELETE /v2/devices/{id}/{other}': { parameters },
        }),
      ),
    );
    assert.deepEqual(
      own.map((operation) => operation.parameters.map(({ kind }) => kind)),
      [
        ['device', undefined],
        [undefined, undefined],
      ],
    );
  });

  it('has a readable name for every resource type (E5, E9)', () => {
    const kinds = new Set([...bundledOverlay.values()].flatMap((row) => [...row.kinds.values()]));
    assert.deepEqual([...RESOURCE_TYPE_NAMES.keys()].sort(), [...kinds].sort());
    for (const kind of kinds) {
      assert.match(formatMessage(resourceTypeName(kind)), /^(?:[A-Z]?[a-z]+)(?: [a-z]+)*$/, kind);
    }
    assert.equal(formatMessage(resourceTypeName('windowsService')), 'Windows service');
    assert.equal(formatMessage(resourceTypeName('somethingElse')), 'something else');
  });

  it('refers only to existing parameters (E4)', () => {
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

  it('declares a format for every date in a query, and for nothing that is used for paging (E5)', () => {
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

  it('requires monitoring for reads, management for the rest, and never control (E4)', () => {
    for (const { key, method, traits } of operations) {
      const reads = method === 'GET' || key === BOARD_RUN;
      assert.equal(traits.scope, reads ? 'monitoring' : 'management', key);
    }
    const stated = [...bundledOverlay].filter(([, { source }]) => source === 'spec').map(([key]) => key);
    assert.deepEqual(stated.sort(), lines(SCOPE_IN_SPEC));
  });

  it('does not gain rows whose only source is the general rule (E4)', () => {
    const byRule = [...bundledOverlay.values()].filter(({ source }) => source === 'rule').length;
    assert.ok(
      byRule < 120 && byRule <= ROWS_BY_RULE,
      `${byRule} rows rest on the rule alone; ${ROWS_BY_RULE} are allowed.`,
    );
    assert.equal(byRule, ROWS_BY_RULE, `Only ${byRule} are left: write this number into ROWS_BY_RULE.`);
  });

  for (const [name, riskLevel, list, count] of [
    [
      '35 destructive',
      'destructive',
      () =>
        [
          ...lines(DESTRUCTIVE),
          ...keysOf(({ key, method }) => method === 'DELETE' && !lines(NO_DELETION).includes(key)),
        ].sort(),
      35,
    ],
    ['18 secret-reading', 'secretRead', () => lines(SECRET), 18],
    ['13 device action', 'deviceAction', () => lines(DEVICE_ACTION), 13],
  ] as const satisfies readonly (readonly [string, RiskLevel, () => readonly string[], number])[]) {
    it(`lists exactly the ${name} operations (E4, T38)`, () => {
      assert.equal(list().length, count);
      assert.deepEqual(
        keysOf(({ traits }) => traits.riskLevel === riskLevel),
        list(),
      );
    });
  }

  it('counts what related items return as secrets (E4)', () => {
    const related = operations.filter(({ key }) => /related-items.*(?<!download)$/.test(key) && key.startsWith('GET '));
    assert.equal(related.length, 6);
    for (const operation of related) {
      assert.equal(returnsSecrets({ operation, url: 'https://eu.ninjarmm.com/v2' }), true, operation.key);
    }
  });

  it('treats each remaining GET and the board run as a read, and all others as writes (E4, T38)', () => {
    const reads = keysOf(({ traits }) => traits.riskLevel === 'read');
    assert.equal(reads.length, 130);
    assert.deepEqual(
      reads.filter((key) => !key.startsWith('GET ')),
      [BOARD_RUN],
    );
    assert.equal(keysOf(({ traits }) => traits.riskLevel === 'write').length, 114);
    assert.deepEqual(
      keysOf(({ traits, method }) => traits.riskLevel === 'write' && method === 'GET'),
      [],
    );
  });

  it('asks for a typed text before everything that destroys data, so that Enter alone never sends it, and not where a DELETE deletes nothing (E9)', () => {
    assert.deepEqual(
      keysOf(({ traits }) => traits.typed === true),
      ['POST /v2/device/{id}/decommission', 'POST /v2/itam/unmanaged-device/{nodeId}/decommission', 'PUT /v2/webhook'],
    );
    assert.deepEqual(
      keysOf((operation) => operation.traits.riskLevel === 'destructive' && !needsTypedText({ operation })),
      [],
    );
    for (const [key, twin] of [
      ['DELETE /v2/alert/{uid}', 'POST /v2/alert/{uid}/reset'],
      ['DELETE /v2/device/{id}/maintenance', 'PUT /v2/device/{id}/maintenance'],
    ] as const) {
      const [operation, other] = [bundledCatalog.find(key)!, bundledCatalog.find(twin)!];
      assert.equal(operation.traits.riskLevel, other.traits.riskLevel);
      assert.equal(needsTypedText({ operation }), false, key);
      assert.equal(isWrite({ operation }), true, key);
    }
    const typed = keysOf((operation) => operation.method === 'DELETE' && needsTypedText({ operation }));
    assert.equal(typed.length, 21);
  });

  it('knows which changes return secrets, and which lists are in a member (E4, E7)', () => {
    // These repeat the documents, which are secrets when they are read.
    const documents = Object.entries(shapes.operations)
      .filter(([key, shape]) => !key.startsWith('GET ') && /DocumentWith\w*AttributeValues/.test(JSON.stringify(shape)))
      .map(([key]) => key);
    assert.equal(documents.length, 8);
    assert.deepEqual(
      keysOf(({ traits }) => traits.secret === true),
      [...documents, 'POST /v2/organization/generate-installer', SECURE_ITEM].sort(),
    );
    assert.equal(bundledCatalog.find('GET /v2/device/{id}/policy/overrides')?.traits.items, 'overrides');
    assert.equal(bundledCatalog.find('GET /v2/knowledgebase/folder/{folderId}')?.traits.items, 'content');
  });

  it('adds and corrects parameters that the description has wrong (E2, E6)', () => {
    const facts = (key: string): readonly string[] =>
      (bundledCatalog.find(key)?.parameters ?? []).map(({ name, required, format }) => `${name} ${format} ${required}`);
    assert.deepEqual(facts('DELETE /v2/itam/asset-relationship'), ['relationId int32 true']);
    assert.deepEqual(facts('DELETE /v2/custom-fields/bulk'), ['fieldNames undefined true']);
    assert.ok(facts('GET /v2/device/{id}/activities').includes('olderThan int64 false'));
    assert.deepEqual(facts('GET /v2/device/{id}/dashboard-url'), ['id int32 true']);
  });

  it('has a reason in each row that treats an operation otherwise than the description suggests (E4)', () => {
    const rows = mediaJson('overlay.json') as Record<string, { note?: string; parameters?: object; typed?: true }>;
    for (const [key, { note, parameters, typed }] of Object.entries(rows)) {
      const { riskLevel, secret } = bundledCatalog.find(key)!.traits;
      const isOdd =
        parameters ?? typed ?? (secret || (riskLevel === 'secretRead' && /related-items|documents$/.test(key)));
      assert.ok(!isOdd || /signed-urls/.test(key) || note, key);
      assert.ok(note === undefined || /^[A-Z].*\.$/.test(note), key);
    }
  });

  it('lists exactly the operations that need a user (E4)', () => {
    assert.deepEqual(
      keysOf(({ traits }) => traits.needsUser),
      lines(NEEDS_USER),
    );
  });

  it('marks operations that change or delete a list of objects as bulk (E9)', () => {
    const isList = ({ body }: Operation): boolean =>
      typeof body?.schema === 'object' && body.schema['type'] === 'array';
    const single = keysOf((operation) => isList(operation) && operation.method !== 'POST' && !operation.traits.bulk);
    assert.deepEqual(single, []);
    for (const key of lines(BULK)) {
      assert.equal(bundledCatalog.find(key)?.traits.bulk, true, key);
    }
    assert.deepEqual(
      keysOf(({ traits, method }) => traits.bulk && method === 'GET'),
      [],
    );
  });

  it('knows every paging style and where its items are (E8)', () => {
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

  it('gives an operation the paging style that its parameters show (E8)', () => {
    const markers: Readonly<Record<string, PagingStyle>> = {
      cursor: 'cursor',
      cursorName: 'cursorName',
      olderThan: 'olderThan',
      anchorId: 'anchorId',
      anchorNaturalId: 'anchorNaturalId',
    };
    for (const { key, parameters, traits } of operations) {
      const marker = parameters.map(({ name }) => markers[name]).find((style) => style !== undefined);
      const isAfter = ['after', 'pageSize'].every((wanted) => parameters.some(({ name }) => name === wanted));
      assert.equal(
        traits.paging?.style,
        marker ?? (isAfter ? 'after' : key === BOARD_RUN ? 'boardRun' : undefined),
        key,
      );
    }
  });
});

describe('an operation without a row in the overlay', () => {
  const [known, added, renamed] = catalogOf(
    readOpenApi(
      specOf({ 'GET /v2/device/{id}': {}, 'GET /v2/device/{deviceId}/disks': {}, 'POST /v2/device/{id}/wipe': {} }),
    ),
  ).operations.toSorted((a, b) => a.key.length - b.key.length) as [Operation, Operation, Operation];

  it('gets the strictest risk level, even if only the name of a path parameter differs (E4, T38)', () => {
    assert.equal(known.traits.riskLevel, 'read');
    assert.deepEqual([renamed.traits, added.traits], [UNKNOWN_READ, UNKNOWN_TRAITS]);
    assert.deepEqual(
      [UNKNOWN_TRAITS.riskLevel, UNKNOWN_TRAITS.bulk, UNKNOWN_TRAITS.scope, UNKNOWN_TRAITS.secret],
      ['destructive', true, 'management', true],
    );
    assert.deepEqual(
      [UNKNOWN_READ.riskLevel, UNKNOWN_READ.bulk, UNKNOWN_READ.scope, isUnknownTraits(UNKNOWN_READ)],
      ['secretRead', false, 'monitoring', true],
    );
  });

  it('includes an operation whose row has a mistake (E4)', () => {
    const good = { group: 'Devices', riskLevel: 'read', scope: 'monitoring', source: 'rule' };
    const slips = [
      { ...good, riskLevel: 'Read' },
      { ...good, scope: 'all' },
      { ...good, paging: 'pages' },
      { ...good, bulk: 'yes' },
      { ...good, needUser: true },
      { ...good, source: undefined },
      { ...good, secret: 'no' },
      { ...good, typed: 1 },
      { ...good, dates: { after: 'epoch' } },
      { ...good, kinds: ['device'] },
      { ...good, passwords: 'password' },
      { ...good, passwords: ['password', 1] },
      { ...good, kinds: { id: 'device', other: 1 } },
      { ...good, dates: { after: 'iso', before: 'epoch' } },
      { ...good, note: 1 },
      { ...good, parameters: { id: 1 } },
      { ...good, parameters: { id: { maximum: 5, minimum: 1.5 } } },
      ...Object.keys(good).map((left) => Object.fromEntries(Object.entries(good).filter(([name]) => name !== left))),
      { ...good, parameters: { id: { maximum: '5' } } },
      { ...good, parameters: { id: { values: [] } } },
      JSON.parse(
        '{"group":"Devices","riskLevel":"read","scope":"monitoring","source":"rule","__proto__":{}}',
      ) as object,
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

describe('a row of the overlay', () => {
  const GOOD = { group: 'Devices', riskLevel: 'read', scope: 'monitoring', source: 'spec' };
  const rowOf = (fields: object): OverlayRow => readOverlay({ 'GET /a': { ...GOOD, ...fields } }).get('GET /a')!;
  const parameter = (name: string, fields: Partial<SpecParameter> = {}): SpecParameter => ({
    name,
    in: 'query',
    required: false,
    type: 'integer',
    format: undefined,
    values: undefined,
    ...fields,
  });
  const parametersOf = (fields: object, ...parameters: readonly SpecParameter[]): readonly Parameter[] =>
    operationParameters({ method: 'GET', parameters } as unknown as SpecOperation, rowOf(fields));

  it('is read with all of its fields (E4)', () => {
    const fields = {
      needsUser: true,
      bulk: true,
      typed: true,
      secret: true,
      items: 'rows',
      paging: 'cursor',
      passwords: ['door'],
      note: 'Nobody knows.',
    };
    const maps = {
      kinds: { id: 'device' },
      dates: { a: 'day', b: 'iso' },
      parameters: { id: { in: 'path', type: 'number' } },
    };
    const row = rowOf({ ...fields, ...maps });
    for (const [name, value] of Object.entries({ ...GOOD, ...fields })) {
      assert.deepEqual(row[name as keyof OverlayRow], value, name);
    }
    for (const [name, value] of Object.entries(maps)) {
      assert.deepEqual(row[name as keyof typeof maps], new Map(Object.entries(value)), name);
    }
  });

  it('says that its scope is a guess unless a description or a report says which one NinjaOne checks (E4)', () => {
    const isGuess = (source: string): boolean | undefined =>
      operationTraits({ method: 'GET' }, rowOf({ source })).isScopeGuess;
    assert.deepEqual(['tag', 'client', 'rule'].map(isGuess), [true, true, true]);
    assert.deepEqual(['spec', 'documented', 'issue'].map(isGuess), [undefined, undefined, undefined]);
    assert.deepEqual(
      [UNKNOWN_READ.isScopeGuess, UNKNOWN_READ.needsUser, UNKNOWN_TRAITS.needsUser],
      [true, false, false],
    );
    assert.equal(isUnknownTraits(operationTraits({ method: 'GET' }, rowOf({}))), false);
  });

  it('asks for nothing that it does not say, and knows the passwords of both descriptions (E4, E6)', () => {
    const { typed, secret, passwords, paging } = operationTraits({ method: 'GET' }, rowOf({}));
    assert.deepEqual([typed, secret, passwords, paging], [undefined, undefined, undefined, undefined]);
    const traits = operationTraits({ method: 'GET' }, rowOf({ passwords: ['door'], paging: 'after' }), ['pin']);
    assert.deepEqual([traits.passwords, traits.paging], [['door', 'pin'], { style: 'after', items: '' }]);
    assert.deepEqual(operationTraits({ method: 'GET' }, rowOf({}), ['pin']).passwords, ['pin']);
    for (const method of ['GET', 'POST'] as const) {
      assert.deepEqual(operationTraits({ method }, undefined, ['pin']).passwords, ['pin']);
      assert.equal(operationTraits({ method }, undefined).passwords, undefined);
    }
  });

  it('adds a parameter that the description lacks, and no other (E2)', () => {
    const facts = { in: 'query', type: 'boolean' };
    const [added, ...more] = parametersOf({ parameters: { x: facts, y: { in: 'query' }, z: { type: 'string' } } });
    assert.deepEqual(
      [added?.name, added?.in, added?.type, added?.required, more],
      ['x', 'query', 'boolean', false, []],
    );
    const [known] = parametersOf({ parameters: { x: facts } }, parameter('x'));
    assert.equal(known?.type, 'integer');
    assert.equal(parametersOf({ parameters: { x: facts } }, parameter('x')).length, 1);
    assert.deepEqual(parametersOf({ parameters: { x: { omit: true } } }, parameter('x')), []);
  });

  it('corrects the format and the bounds of a parameter, and those of a page size and a cursor (E2, E8)', () => {
    const boundsOf = ([found]: readonly Parameter[]): unknown => [found?.minimum, found?.maximum];
    const own = { minimum: 3, maximum: 9 };
    assert.deepEqual(boundsOf(parametersOf({}, parameter('x', own))), [3, 9]);
    assert.deepEqual(
      boundsOf(parametersOf({ parameters: { x: { minimum: 4, maximum: 8 } } }, parameter('x', own))),
      [4, 8],
    );
    assert.deepEqual(boundsOf(parametersOf({}, parameter('x'))), [undefined, undefined]);
    for (const name of ['pageSize', 'limit']) {
      assert.deepEqual(boundsOf(parametersOf({}, parameter(name))), [1, undefined]);
    }
    const formatOf = (fields: object, name: string, format: string): string | undefined =>
      parametersOf(fields, parameter(name, { format }))[0]?.format;
    const paging = { paging: 'after' };
    assert.deepEqual(
      [formatOf(paging, 'after', 'int32'), formatOf(paging, 'before', 'int32'), formatOf(paging, 'after', 'date')],
      ['int64', 'int32', 'date'],
    );
    assert.equal(formatOf({ ...paging, parameters: { after: { format: 'uuid' } } }, 'after', 'int32'), 'uuid');
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

const SECURE_ITEM = 'POST /v2/related-items/entity/{entityType}/{entityId}/secure';
const BOARD_RUN = 'POST /v2/ticketing/trigger/board/{boardId}/run';

/** DELETE operations that delete nothing. */
const NO_DELETION = `
  DELETE /v2/alert/{uid}
  DELETE /v2/device/{id}/maintenance`;

/** In addition to the other DELETE operations. */
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
  PATCH /v2/user/role/{roleId}/remove-members
  POST /v2/devices/approval/{mode}
  PUT /v2/webhook`;

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
  GET /v2/related-items
  GET /v2/related-items/with-entity/{entityType}/{entityId}
  GET /v2/related-items/with-entity-type/{entityType}
  GET /v2/related-items/with-related-entity/{relEntityType}/{relEntityId}
  GET /v2/related-items/with-related-entity-type/{relatedEntityType}
  GET /v2/organization/documents
  GET /v2/organization/{organizationId}/documents`;

const DEVICE_ACTION = `
  POST /v2/device/{id}/reboot/{mode}
  POST /v2/device/{id}/script/run
  POST /v2/device/{id}/patch/os/apply
  POST /v2/device/{id}/patch/os/scan
  POST /v2/device/{id}/patch/software/apply
  POST /v2/device/{id}/patch/software/scan
  POST /v2/device/{id}/windows-service/{serviceId}/control
  POST /v2/device/{id}/windows-service/{serviceId}/configure
  PUT /v2/device/{id}/maintenance
  DELETE /v2/device/{id}/maintenance
  PATCH /v2/device/{id}
  POST /v2/backup/integrity-check-jobs
  POST /v2/backup/bandwidth-throttle`;

const NEEDS_USER = `
  POST /v2/device/{id}/script/run
  POST /v2/ticketing/ticket
  PUT /v2/ticketing/ticket/{ticketId}
  POST /v2/ticketing/ticket/{ticketId}/comment`;

const SCOPE_IN_SPEC = `
  POST /v2/device/{id}/decommission
  PATCH /v2/device/{id}
  DELETE /v2/device/{id}/owner
  POST /v2/device/{id}/owner/{ownerUid}
  GET /v2/device/{id}/last-logged-on-user`;

/** Bulk operations that the check of the body does not find. */
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
