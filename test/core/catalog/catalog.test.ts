import assert from 'node:assert/strict';
import { GROUPINGS } from '../../../src/core/catalog/groupOperations.ts';
import { readOpenApi } from '../../../src/core/catalog/openApiReader.ts';
import { bundledCatalog, bundledOverlay, catalogOf, mediaJson, mediaText, specOf } from '../../support/bundledMedia.ts';

describe('the bundled catalog', () => {
  it('has 310 operations in four groupings with matching counts (E1)', () => {
    assert.equal(bundledCatalog.operations.length, 310);
    assert.deepEqual(bundledCatalog.skipped, []);
    for (const by of GROUPINGS) {
      const groups = bundledCatalog.groups(by);
      assert.equal(groups.flatMap(({ operations }) => operations).length, 310, by);
      assert.equal(new Set(groups.map(({ id }) => id)).size, groups.length, by);
      assert.equal(new Set(groups.map(({ label }) => label.toLowerCase())).size, groups.length, by);
      assert.ok(groups.every(({ operations }) => operations.length > 0));
    }
    assert.deepEqual(
      bundledCatalog.groups('method').map(({ label, operations }) => `${label} ${operations.length}`),
      ['GET 147', 'POST 91', 'PUT 20', 'PATCH 29', 'DELETE 23'],
    );
    assert.equal(bundledCatalog.groups('tag').length, 26);
    assert.deepEqual(
      bundledCatalog.groups('resource').filter(({ label }) => label === 'Other'),
      [],
    );
  });

  it('gives each operation a unique title made of words (E1)', () => {
    const titles = bundledCatalog.operations.map(({ title }) => title);
    assert.equal(new Set(titles.map((title) => title.toLowerCase())).size, titles.length);
    for (const title of titles) {
      assert.match(title, /^[A-Z][a-z]*(?: [A-Za-z]+)+$/);
      assert.doesNotMatch(title, /public|api\b/i);
    }
  });

  it('makes titles from the operation id, or from method and path if the id is too generic (E1)', () => {
    const title = (key: string): string | undefined => bundledCatalog.find(key)?.title;
    assert.equal(title('GET /v2/device/{id}/os-patch-installs'), 'List device installed OS patches');
    assert.equal(title('GET /v2/queries/raid-drives'), 'List RAID drives');
    assert.equal(title('POST /v2/software-license'), 'Create software license');
    assert.equal(title('GET /v2/software-license/{licenseId}'), 'Get software license');
    assert.equal(title('GET /v2/devices/search'), 'List devices by search');
    assert.equal(title('PATCH /v2/knowledgebase/folders/move'), 'Move knowledgebase folders');
    assert.equal(title('GET /v2/queries/policy-overrides'), 'List policy overrides');
    assert.equal(title('POST /v2/organization/checklists/promote'), 'Promote organization checklists');
    assert.equal(title('POST /v2/itam/unmanaged-device'), 'Create unmanaged device');
  });

  it('begins the title of each read that returns a list with "List" (E1)', () => {
    const lists = bundledCatalog.operations.filter(
      ({ traits }) => (traits.riskLevel === 'read' || traits.riskLevel === 'secretRead') && traits.items !== undefined,
    );
    assert.equal(lists.length, 109);
    assert.deepEqual(
      lists.filter(({ title }) => !title.startsWith('List ')).map(({ title }) => title),
      [],
    );
    assert.deepEqual(
      bundledCatalog.operations.filter((each) => each.title.startsWith('List ') && !lists.includes(each)),
      [],
    );
  });

  it('has no two titles that differ only in number (E1)', () => {
    const singular = bundledCatalog.operations.map(({ title }) => title.toLowerCase().replace(/(?:ie)?s\b/g, ''));
    assert.deepEqual(
      singular.filter((title, index) => singular.indexOf(title) !== index),
      [],
    );
    const title = (key: string): string | undefined => bundledCatalog.find(key)?.title;
    assert.equal(title('POST /v2/tag/delete'), 'Delete tags');
    assert.equal(title('DELETE /v2/tag/{tagId}'), 'Delete tag by ID');
    assert.equal(title('DELETE /v2/related-items/{entityType}/{entityId}'), 'Delete related items by entity ID');
  });

  it('shows lists first in each group, those without a path parameter on top, then other reads, then writes (E3)', () => {
    const places = (keys: readonly { readonly method: string; readonly title: string; readonly path: string }[]) =>
      keys.map(({ method, title, path }) =>
        title.startsWith('List ') ? (path.includes('{') ? 1 : 0) : method === 'GET' ? 2 : 3,
      );
    for (const by of GROUPINGS) {
      for (const { label, operations } of bundledCatalog.groups(by)) {
        assert.deepEqual(places(operations), places(operations).sort(), `${by} ${label}`);
      }
    }
    const organizations = bundledCatalog.groups('resource').find(({ label }) => label === 'Organizations');
    assert.equal(organizations?.operations[0]?.key, 'GET /v2/organizations');
  });

  it('is the same for any order of the file (E1)', () => {
    const file = mediaJson('catalog.json') as { paths: Record<string, unknown> };
    const turned = { ...file, paths: Object.fromEntries(Object.entries(file.paths).reverse()) };
    const again = catalogOf(readOpenApi(turned));
    assert.deepEqual(again.operations, bundledCatalog.operations);
    assert.deepEqual(again.groups('tag'), bundledCatalog.groups('tag'));
  });

  it('contains facts only, without prose (E1)', () => {
    for (const name of ['catalog.json', 'schemas.json'] as const) {
      assert.doesNotMatch(mediaText(name), /"(?:description|summary|example|examples|default|externalDocs)":"/);
    }
  });
});

describe('operations of an unknown API description', () => {
  it('have distinct titles even if ids are missing, repeated or differ only by a number (E1)', () => {
    const { operations } = catalogOf(
      readOpenApi(
        specOf({
          'GET /v2/thing': { operationId: 'getThing' },
          'GET /v2/other/thing': { operationId: 'getThing' },
          'PUT /v2/thing': {},
          'PATCH /v2/thing': {},
          'GET /v2/{a}/x': { operationId: 'get' },
          'GET /v2/{a}/{b}/x': { operationId: 'get_1' },
          'GET /v2/{a}': { operationId: '$$$' },
        }),
      ),
    );
    const titles = operations.map(({ title }) => title);
    assert.equal(new Set(titles).size, 7, titles.join('; '));
    assert.ok(titles.every((title) => title.length > 2));
    assert.ok(titles.includes('Get other thing'));
  });

  it('come last in a group of their own if they have no tag (E3)', () => {
    const catalog = catalogOf(readOpenApi(specOf({ 'GET /z': { tags: ['zebra'] }, 'GET /a': {} })));
    assert.deepEqual(
      catalog.groups('tag').map(({ label }) => label),
      ['Zebra', 'Other'],
    );
  });
});

describe('the speed of the catalog', () => {
  it('allows parsing the file and building the catalog in at most 10 ms (E1)', () => {
    const text = mediaText('catalog.json');
    const time = best(() => catalogOf(readOpenApi(JSON.parse(text)), bundledOverlay));
    assert.ok(time <= 10, `${time} ms`);
  });

  it('allows grouping all operations in less than 5 ms, and searching them, too (E3)', async () => {
    for (const by of GROUPINGS) {
      assert.ok(best(() => bundledCatalog.groups(by)) < 5, by);
    }
    const search = await bundledCatalog.search();
    assert.ok(best(() => search.filter('get device')) < 5);
    assert.ok(best(() => search.rank('get device')) < 5);
  });
});

/** The time of the fastest of several runs in milliseconds, because others may be disturbed. */
function best(task: () => unknown): number {
  return Math.min(
    ...Array.from({ length: 40 }, () => {
      const start = performance.now();
      task();
      return performance.now() - start;
    }),
  );
}
