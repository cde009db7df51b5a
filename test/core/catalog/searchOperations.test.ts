import assert from 'node:assert/strict';
import { readOpenApi } from '../../../src/core/catalog/openApiReader.ts';
import { typedValues } from '../../../src/core/catalog/pathQuery.ts';
import { createOperationSearch } from '../../../src/core/catalog/searchOperations.ts';
import cmdlets from '../../../src/core/export/publicCmdlets.json' with { type: 'json' };
import { cmdletCases, keyCases, measureSearch, pathCases } from '../../../tooling/searchMeasure.ts';
import { bundledCatalog, catalogOf, specOf } from '../../support/bundledMedia.ts';
import { PHRASES } from '../../../tooling/searchPhrases.ts';

const search = createOperationSearch(bundledCatalog.operations);
const RELATED = 'GET /v2/related-items/with-entity/{entityType}/{entityId}';
const filtered = (text: string): readonly string[] => search.filter(text).map(({ key }) => key);
const ranked = (text: string): readonly string[] => search.rank(text).map(({ key }) => key);

describe('filtering operations', () => {
  it('finds exactly one of 310 with "post script run" (E3)', () => {
    assert.deepEqual(filtered('post script run'), ['POST /v2/device/{id}/script/run']);
    assert.deepEqual(filtered('  Run   SCRIPT pOst '), ['POST /v2/device/{id}/script/run']);
  });

  it('requires all words to match the method, path, id, tag, title or parameter names (E3)', () => {
    assert.deepEqual(filtered('runScriptOnDevice'), ['POST /v2/device/{id}/script/run']);
    assert.ok(filtered('anchorNaturalId').includes('GET /v2/ticketing/app-user-contact'));
    assert.ok(filtered('anchor natural').includes('GET /v2/ticketing/app-user-contact'));
    assert.ok(filtered('anchornaturalid').includes('GET /v2/ticketing/app-user-contact'));
    assert.ok(filtered('get devices pagesize df').includes('GET /v2/devices'));
    assert.ok(filtered('ospatches').includes('GET /v2/queries/os-patches'));
    assert.equal(filtered('vulnerability').length, 3);
    assert.ok(
      filtered('custom fields signed').includes(
        'GET /v2/custom-fields/entity-type/{entityType}/{entityId}/signed-urls',
      ),
    );
    assert.deepEqual(filtered('script run nonsense'), []);
    assert.equal(filtered(' ').length, 310);
  });

  it('takes the words that people use: list, show, create, add, delete, customer, computer (E3)', () => {
    for (const text of ['list organizations', 'show customers', 'all clients', 'listOrganizations']) {
      assert.ok(filtered(text).includes('GET /v2/organizations'), text);
    }
    assert.ok(filtered('add a customer').includes('POST /v2/organizations'));
    assert.ok(filtered('remove tag').includes('DELETE /v2/tag/{tagId}'));
    assert.ok(filtered('offline servers').includes('GET /v2/devices'));
    assert.ok(filtered('restart computer').includes('POST /v2/device/{id}/reboot/{mode}'));
  });

  it('ranks a change first for a verb that means one (E3)', () => {
    for (const verb of ['set', 'update', 'change', 'patch']) {
      assert.equal(ranked(`${verb} custom field of device`)[0], 'PATCH /v2/device/{id}/custom-fields', verb);
    }
    assert.equal(ranked('custom fields of device')[0], 'GET /v2/device-custom-fields');
  });

  it('takes the words of the legend for what operations do, and for those that need a user (E3, E4)', () => {
    const levels = (text: string): readonly string[] => [
      ...new Set(search.filter(text).map(({ traits }) => traits.riskLevel)),
    ];
    assert.deepEqual(levels('destroys data'), ['destructive']);
    assert.deepEqual(levels('reads secrets'), ['secretRead']);
    assert.ok(levels('acts on devices').includes('deviceAction'));
    assert.ok(search.filter('user sign-in').every(({ traits }) => traits.needsUser));
    assert.equal(search.filter('needs user').length, 4);
    assert.equal(search.filter('sign-in').length, 4, 'and not what is signed');
    assert.ok(search.filter('signed urls').length >= 5);
  });

  it('takes no typing errors, so that it shows nothing that was not asked for (E3)', () => {
    assert.deepEqual(filtered('orgnizations'), []);
  });

  it('takes a path, also with values, a host and a query, and everything below it (E3)', () => {
    assert.deepEqual(filtered('/v2/device/{id}/script/run'), ['POST /v2/device/{id}/script/run']);
    assert.deepEqual(filtered('/v2/device/42/script/run'), ['POST /v2/device/{id}/script/run']);
    assert.deepEqual(filtered('https://eu.ninjarmm.com/v2/organization/7/end-users?pageSize=10'), [
      'GET /v2/organization/{id}/end-users',
    ]);
    assert.ok(filtered('/v2/device/42').includes('GET /v2/device/{id}/alerts'));
    assert.deepEqual(filtered('/v2/device/42 reboot'), ['POST /v2/device/{id}/reboot/{mode}']);
    assert.deepEqual(filtered('GET /v2/devices'), [
      'GET /v2/devices',
      'GET /v2/devices-detailed',
      'GET /v2/devices/search',
    ]);
    assert.deepEqual(filtered('/v2/nothing/42'), []);
    for (const text of ['v2', '/v2', 'v2/', '/']) {
      assert.equal(filtered(text).length, 310, text);
    }
  });

  it('keeps the order of the catalog and of its groups, and omits empty groups (E3)', () => {
    const found = search.filter('device');
    assert.deepEqual(
      found,
      bundledCatalog.operations.filter((operation) => found.includes(operation)),
    );
    assert.deepEqual(
      bundledCatalog.groups('resource', search.filter('post script run')).map(({ label }) => label),
      ['Scripts and Tasks'],
    );
    assert.deepEqual(bundledCatalog.groups('tag', []), []);
  });
});

describe('ranking operations', () => {
  it('has each operation first for its method and path, and in the first three for its path (E3)', () => {
    const keys = measureSearch(search, keyCases(bundledCatalog.operations));
    assert.equal(keys.first, 310);
    const paths = measureSearch(search, pathCases(bundledCatalog.operations));
    assert.deepEqual(paths.missed, []);
  });

  it('finds the operation of a pasted address: values fit placeholders, best of their type (E3)', () => {
    for (const text of [
      '/v2/device/42',
      'v2/device/42',
      'v2/device/42?expand=true',
      '/device/42',
      'https://eu.ninjarmm.com/v2/device/42',
      'https://acme.rmmservice.com/api/v2/device/42/?df=x%20y#top',
      'eu.ninjarmm.com/v2/device/42',
      'GET /v2/device/42',
      "curl -X GET 'https://eu.ninjarmm.com/v2/device/42'",
      '/v2/device/{{deviceId}}',
      '/v2/device/%7Bid%7D',
    ]) {
      assert.equal(ranked(text)[0], 'GET /v2/device/{id}', text);
    }
    assert.equal(ranked('PATCH https://eu.ninjarmm.com/v2/device/42')[0], 'PATCH /v2/device/{id}');
    assert.equal(ranked('/v2/tag/5')[0], 'PUT /v2/tag/{tagId}');
    assert.equal(ranked('/v2/tag/DEVICE')[0], 'POST /v2/tag/{assetType}');
    assert.equal(ranked('delete /v2/tag/5')[0], 'DELETE /v2/tag/{tagId}');
    assert.equal(ranked('PUT /v2/tag/STAGED_DEVICE/5')[0], 'PUT /v2/tag/{assetType}/{assetId}');
    assert.equal(ranked('/v2/devices/search')[0], 'GET /v2/devices/search');
    assert.equal(ranked('/v2/alert/0e8a4bd1-5b7b-4b8e-9a57-54d1ec0cf1d9/reset')[0], 'POST /v2/alert/{uid}/reset');
  });

  it('goes on with the beginnings of a path, those of the method first (E3)', () => {
    assert.deepEqual(ranked('/v2/devices'), [
      'GET /v2/devices',
      'GET /v2/devices/search',
      'POST /v2/devices/approval/{mode}',
      'GET /v2/devices-detailed',
    ]);
    assert.equal(ranked('POST /v2/devices')[0], 'GET /v2/devices', 'the whole path counts more than the method');
    assert.equal(ranked('POST /v2/devices/')[0], 'GET /v2/devices');
    assert.equal(ranked('POST /v2/device/42/scr')[0], 'POST /v2/device/{id}/script/run');
    assert.equal(ranked('/v2/device/42 reboot')[0], 'POST /v2/device/{id}/reboot/{mode}');
  });

  it('takes words of a path that no operation has for words (E3)', () => {
    assert.equal(ranked('https://example.com/api/v3/organizations')[0], 'GET /v2/organizations');
  });

  it('has an exact title or operation id first (E3)', () => {
    for (const operation of bundledCatalog.operations) {
      assert.equal(search.rank(operation.title)[0], operation, operation.title);
    }
    assert.equal(ranked('getDeviceInstalledOSPatches')[0], 'GET /v2/device/{id}/os-patch-installs');
    assert.equal(ranked('rebootDevices')[0], 'POST /v2/device/{id}/reboot/{mode}');
  });

  it('finds at least 95 % of the cmdlets of the public module in the first three, in words (E3)', () => {
    const { cases, firstThree, missed } = measureSearch(search, cmdletCases(cmdlets));
    assert.ok(cases > 310);
    assert.ok(firstThree / cases >= 0.95, JSON.stringify(missed, undefined, 2));
  });

  for (const [text, right] of Object.entries(PHRASES)) {
    it(`finds "${text}" in the first three (E3)`, () => {
      const found = ranked(text).slice(0, 3);
      assert.ok(
        found.some((key) => right.includes(key)),
        found.join(', '),
      );
    });
  }

  it('leaves out words that no operation has (E3)', () => {
    assert.equal(ranked('list xyzzyx organizations')[0], 'GET /v2/organizations');
    assert.deepEqual(ranked('xyzzyx'), []);
  });

  it('finds the activities of a time where a time can be given, and not where only IDs can be (E3)', () => {
    for (const text of ["last week's activities", 'last week activity', 'activities since yesterday']) {
      assert.equal(ranked(text)[0], 'GET /v2/activities', text);
      assert.deepEqual(filtered(text).slice(0, 1), ['GET /v2/activities'], text);
    }
    assert.equal(ranked('device activities')[0], 'GET /v2/device/{id}/activities');
  });

  it('leaves the order as it is while nothing is typed (E3)', () => {
    assert.deepEqual(search.rank('  '), bundledCatalog.operations);
  });

  it('searches the summaries of the description of an instance, which the filter does not (E3)', () => {
    const { operations } = catalogOf(
      readOpenApi(
        specOf({
          'GET /v2/thing': { operationId: 'getThing', summary: 'Weather of tomorrow' },
          'GET /v2/other': { operationId: 'getOther' },
        }),
        { prose: true },
      ),
    );
    const live = createOperationSearch(operations);
    assert.deepEqual(
      live.rank('tomorrow').map(({ key }) => key),
      ['GET /v2/thing'],
    );
    assert.deepEqual(live.filter('tomorrow'), []);
  });

  it('reads the values of parameters from a typed path or address (E3, E5)', () => {
    const values = (text: string, key: string): Readonly<Record<string, string>> => {
      const operation = bundledCatalog.find(key);
      assert.ok(operation, key);
      const { path, query } = typedValues(text, operation);
      return Object.fromEntries([...path, ...query]);
    };
    const device = 'GET /v2/device/{id}';
    assert.deepEqual(values('/v2/device/1001', device), { id: '1001' });
    assert.deepEqual(values('device/1001', device), {}, 'words');
    assert.deepEqual(values('/device/1001/', device), { id: '1001' });
    assert.deepEqual(values('curl "https://eu.ninjarmm.com/api/v2/device/1001?a=b%20c#x"', device), {
      id: '1001',
      a: 'b c',
    });
    assert.deepEqual(values('/v2/device/1001', 'GET /v2/device/{id}/activities'), { id: '1001' });
    for (const text of ['/v2/device/{id}', '/v2/device/:id', '/v2/device/<id>', '/v2/device/$ID', '/v2/device/']) {
      assert.deepEqual(values(text, device), {}, text);
    }
    assert.deepEqual(values('/v2/organization/1001', device), {}, 'the path of another operation');
    assert.deepEqual(values('get device', device), {});
    assert.deepEqual(values('/v2/related-items/with-entity/NODE/7', RELATED), { entityType: 'NODE', entityId: '7' });
  });

  it('finds operations without id, tag and words (E3)', () => {
    const { operations } = catalogOf(readOpenApi(specOf({ 'GET /{a}/{b}': {}, 'PUT /x': {} })));
    const odd = createOperationSearch(operations);
    assert.equal(odd.rank('/1/2')[0]?.key, 'GET /{a}/{b}');
    assert.equal(odd.filter('put').length, 1);
  });
});
