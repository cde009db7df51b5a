import assert from 'node:assert/strict';
import { readOpenApi } from '../../../src/core/catalog/openApiReader.ts';
import type { Operation } from '../../../src/core/catalog/operation.ts';
import { bundledCatalog, bundledOverlay, catalogOf, specOf } from '../../support/bundledMedia.ts';

describe('the paging of an operation that only an instance describes', () => {
  const cases: readonly (readonly [parameters: string, style: string | undefined, items?: string])[] = [
    ['after:integer pageSize:integer', 'after', ''],
    ['pageSize:integer after:integer df:string', 'after', ''],
    ['cursor:string pageSize:integer', 'cursor', 'results'],
    ['cursorName:string pageSize:integer', 'cursorName', 'results'],
    ['anchorId:integer pageSize:integer', 'anchorId', ''],
    ['anchorNaturalId:integer pageSize:integer', 'anchorNaturalId', ''],
    // A date, a list that can begin with the latest item, a filter, and several cursors.
    ['after:string pageSize:integer', undefined],
    ['after:integer before:integer pageSize:integer', undefined],
    ['after:integer', undefined],
    ['cursor:string', undefined],
    ['cursor:string after:integer pageSize:integer', undefined],
    ['olderThan:integer pageSize:integer', undefined],
    ['page:integer pageSize:integer', undefined],
    ['limit:integer', undefined],
    ['', undefined],
  ];
  for (const [parameters, style, items] of cases) {
    it(`is ${style ?? 'unknown'} with the parameters ${parameters || 'of none'} (E8)`, () => {
      const { paging } = described('GET /v2/new/list', parameters).traits;
      assert.deepEqual(paging, style === undefined ? undefined : { style, items, isInferred: true });
    });
  }

  it('uses the list that the overlay knows, and never replaces its style (E8)', () => {
    assert.deepEqual(described('GET /v2/devices/search', 'after:integer pageSize:integer').traits.paging, {
      style: 'after',
      items: 'devices',
      isInferred: true,
    });
    assert.deepEqual(
      described('GET /v2/activities', 'after:integer pageSize:integer').traits.paging,
      bundledCatalog.find('GET /v2/activities')?.traits.paging,
    );
  });

  it('is unknown for an operation that is no GET (E8)', () => {
    assert.equal(described('POST /v2/new/list', 'after:integer pageSize:integer').traits.paging, undefined);
    assert.ok(bundledCatalog.operations.every(({ traits }) => !traits.paging?.isInferred));
  });
});

describe('a cursor in the query', () => {
  it('has 64 bits, as the ids of activities have, although the description says 32 (E5, E8)', () => {
    const cursors = bundledCatalog.operations.flatMap(({ parameters, traits }) =>
      parameters.filter(({ name, type }) => name === traits.paging?.style && type === 'integer'),
    );
    assert.ok(cursors.length > 5);
    assert.deepEqual([...new Set(cursors.map(({ format }) => format))], ['int64']);
    const pageSize = bundledCatalog.find('GET /v2/activities')?.parameters.find(({ name }) => name === 'pageSize');
    assert.equal(pageSize?.format, 'int32');
  });
});

/** The operation of a live description with these query parameters, such as `after:integer`. */
function described(key: string, parameters: string): Operation {
  const list = parameters.split(' ').filter((each) => each !== '');
  const operation = catalogOf(
    readOpenApi(
      specOf({
        [key]: {
          parameters: list.map((each) => {
            const [name, type] = each.split(':');
            return { name, in: 'query', schema: { type } };
          }),
        },
      }),
    ),
    bundledOverlay,
  ).find(key);
  assert.ok(operation);
  assert.equal(operation.parameters.length, list.length);
  return operation;
}
