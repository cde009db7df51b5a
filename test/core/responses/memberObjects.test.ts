import assert from 'node:assert/strict';
import { objectOfMember } from '../../../src/core/responses/memberObjects.ts';

describe('the object that a value of a response identifies', () => {
  const kindOf = (path: readonly string[], operation: string, value = '42'): string | undefined =>
    objectOfMember({ path, value, operation })?.kind;

  it('is known by the name of its member in any response (E20)', () => {
    assert.equal(kindOf(['deviceId'], '/v2/queries/disks'), 'device');
    assert.equal(kindOf(['organizationId'], '/v2/devices'), 'organization');
    assert.equal(kindOf(['clientId'], '/v2/ticketing/ticket/{ticketId}'), 'organization');
    assert.equal(kindOf(['nodeId'], '/v2/ticketing/ticket/{ticketId}'), 'device');
    assert.equal(kindOf(['references', 'organization', 'id'], '/v2/devices'), 'organization');
  });

  it('is that of the operation for the ID of an item, and for no ID inside of it (E20)', () => {
    assert.equal(kindOf(['id'], '/v2/devices'), 'device');
    assert.equal(kindOf(['id'], '/v2/organization/{id}/devices'), 'device');
    assert.equal(kindOf(['id'], '/v2/organizations-detailed'), 'organization');
    assert.equal(kindOf(['id'], '/v2/ticketing/trigger/board/{boardId}/run'), 'ticket');
    assert.equal(kindOf(['locations', 'id'], '/v2/organizations-detailed'), undefined);
    assert.equal(kindOf(['id'], '/v2/organization/{id}/locations'), undefined);
    assert.equal(kindOf(['id'], '/v2/policies'), undefined);
  });

  it('is none for what is no ID, and for devices that NinjaOne does not manage (E20)', () => {
    assert.equal(kindOf(['deviceId'], '/v2/alerts', 'null'), undefined);
    assert.equal(kindOf(['deviceId'], '/v2/alerts', '"42"'), undefined);
    assert.equal(kindOf(['name'], '/v2/devices'), undefined);
    assert.equal(kindOf(['nodeId'], '/v2/itam/unmanaged-device/{nodeId}'), undefined);
  });
});
