import assert from 'node:assert/strict';
import {
  DEVICE_LISTS,
  RESOURCE_LISTS,
  resourceDraft,
  resourceItem,
  type ResourceListName,
} from '../../../src/core/resources/resourceLists.ts';
import { buildRequest } from '../../../src/core/requests/buildRequest.ts';
import { isListRead } from '../../../src/core/catalog/operation.ts';
import { bundledOperations } from '../../support/bundledOperations.ts';
import { connectionOf } from '../../support/connectionFixtures.ts';

const operations = bundledOperations();

describe('the lists of the Resources view', () => {
  it('are lists that the API has, whose requests are complete (E17)', () => {
    for (const [name, list] of Object.entries(RESOURCE_LISTS)) {
      const operation = operations.find(({ key }) => key === list.operation)!;
      assert.equal(isListRead(operation), true, list.operation);
      assert.equal(operation.traits.riskLevel, 'read', list.operation);
      const objects = [
        { kind: 'location', id: '3' },
        { kind: 'organization', id: '42' },
      ];
      const draft = resourceDraft(name as ResourceListName, objects, operation);
      assert.equal(buildRequest(draft, { operation, connection: connectionOf() }).ok, true, name);
    }
    assert.ok(DEVICE_LISTS.every((name) => RESOURCE_LISTS[name].operation.startsWith('GET /v2/device/{id}/')));
  });

  it('have the ID, a name and facts of an item, whatever is missing (E17)', () => {
    const device = { id: 7, displayName: ' ', systemName: 'DC01', offline: true, nodeClass: 'LINUX_SERVER', x: {} };
    assert.deepEqual(resourceItem('devices', device), {
      id: '7',
      name: 'DC01',
      facts: [
        { member: 'offline', type: 'online', value: true },
        { member: 'nodeClass', type: 'text', value: 'LINUX_SERVER' },
      ],
      isWindows: false,
    });
    for (const item of [null, 7, 'x', [], { id: {} }, { name: 5 }]) {
      assert.deepEqual(resourceItem('organizations', item), { id: undefined, name: '–', facts: [], isWindows: true });
    }
  });

  it('take no ID that JSON has rounded, because it is that of another object (E17)', () => {
    assert.equal(resourceItem('devices', JSON.parse('{"id":9007199254740993}')).id, undefined);
  });

  it('show nothing twice: a fact that is the name is left out (E17)', () => {
    assert.deepEqual(resourceItem('osPatches', { kbNumber: 'KB1', status: 'MANUAL' }).facts, [
      { member: 'status', type: 'text', value: 'MANUAL' },
    ]);
  });
});
