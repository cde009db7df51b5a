import assert from 'node:assert/strict';
import { CONSOLE_PAGES, consoleAddress, readConsoleAddress } from '../../../src/core/catalog/consoleAddresses.ts';
import { objectValues, operationsTaking } from '../../../src/core/catalog/objectOperations.ts';
import { typedValues } from '../../../src/core/catalog/pathQuery.ts';
import { createOperationSearch } from '../../../src/core/catalog/searchOperations.ts';
import { bundledOperations } from '../../support/bundledOperations.ts';

const operations = bundledOperations();
const find = (key: string) => operations.find((operation) => operation.key === key)!;
const DEVICE = 'https://eu.ninjarmm.com/#/deviceDashboard/42/overview';

describe('console addresses', () => {
  it('of every known page are read as they are written (E20)', () => {
    for (const { kind } of CONSOLE_PAGES) {
      const object = { kind, id: '42' };
      const address = consoleAddress('https://eu.ninjarmm.com', object) ?? '';
      assert.deepEqual(readConsoleAddress(address), { origin: 'https://eu.ninjarmm.com', object });
    }
    assert.equal(consoleAddress('https://eu.ninjarmm.com', { kind: 'device', id: '42' }), DEVICE);
  });

  it('are found with any tab, a vanity host, a port of a test server, and text around them (E20)', () => {
    for (const [text, origin, kind] of [
      [
        'https://acme.rmmservice.eu/#/customerDashboard/42/documentation/x/7',
        'https://acme.rmmservice.eu',
        'organization',
      ],
      ['https://ACME.rmmservice.eu/?x=1#/customerdashboard/42', 'https://acme.rmmservice.eu', 'organization'],
      ['see <https://us2.ninjarmm.com/#/ticketing/ticket/42>', 'https://us2.ninjarmm.com', 'ticket'],
      ['http://127.0.0.1:8080/#/deviceDashboard/42?a=b', 'http://127.0.0.1:8080', 'device'],
    ] as const) {
      assert.deepEqual(readConsoleAddress(text), { origin, object: { kind, id: '42' } }, text);
    }
  });

  it('are not found in other pages, other schemes and with other IDs (E20)', () => {
    for (const text of [
      'https://eu.ninjarmm.com/v2/device/42',
      'https://eu.ninjarmm.com/#/systemDashboard/overview',
      'https://eu.ninjarmm.com/#/administration/apps/api/client',
      'https://eu.ninjarmm.com/#/deviceDashboard/overview',
      'https://eu.ninjarmm.com/#/deviceDashboard/0/overview',
      'https://eu.ninjarmm.com/#/deviceDashboard/42abc',
      'https://eu.ninjarmm.com/#/deviceDashboard/12345678901/overview',
      'javascript://eu.ninjarmm.com/#/deviceDashboard/42',
      'list devices',
      '',
    ]) {
      assert.equal(readConsoleAddress(text), undefined, text);
    }
    assert.equal(consoleAddress('https://eu.ninjarmm.com', { kind: 'device', id: '42/../7' }), undefined);
    assert.equal(consoleAddress('https://eu.ninjarmm.com', { kind: 'alert', id: '42' }), undefined);
  });

  it('find the operations of their object, those that read first, with its ID (E3, E20)', () => {
    const search = createOperationSearch(operations);
    const ranked = search.rank(DEVICE);
    assert.equal(ranked[0]?.traits.riskLevel, 'read');
    assert.ok(ranked.length > 30);
    assert.deepEqual(new Set(search.filter(DEVICE)), new Set(ranked));
    for (const operation of ranked) {
      const { path, query } = typedValues(DEVICE, operation);
      assert.deepEqual([...path.values(), ...query.values()], ['42'], operation.key);
    }
    assert.deepEqual(typedValues(DEVICE, find('GET /v2/organization/{id}')).path, new Map());
  });
});

describe('the operations of an object', () => {
  it('have the IDs of what it belongs to in the other places of their path (E17)', () => {
    const location = [
      { kind: 'location', id: '3' },
      { kind: 'organization', id: '42' },
    ];
    const found = operationsTaking(operations, location);
    const patch = found.find(({ operation }) => operation.key === 'PATCH /v2/organization/{id}/locations/{locationId}');
    assert.deepEqual(
      patch?.values.path,
      new Map([
        ['id', '42'],
        ['locationId', '3'],
      ]),
    );
    assert.ok(found.every(({ operation }) => objectValues(operation, location.slice(0, 1)) !== undefined));
    assert.equal(objectValues(find('GET /v2/organization/{id}'), location), undefined);
  });

  it('are those whose path has it before those that take it in the query (E17)', () => {
    const found = operationsTaking(operations, [{ kind: 'organization', id: '42' }]);
    const firstInQuery = found.findIndex(({ values }) => values.query.size > 0);
    assert.ok(firstInQuery > 0);
    assert.ok(found.slice(firstInQuery).every(({ values }) => values.path.size === 0));
  });
});
