import assert from 'node:assert/strict';
import { startSandbox, type Sandbox } from '../sandbox.ts';
import { seedTenant } from '../tenantData.ts';
import { TenantApi, type ApiRequest } from '../tenantApi.ts';
import { NATIVE, SERVICE, signIn, token } from '../../test/support/plainOAuth.ts';
import { callerOf, type TenantCaller } from '../../test/support/sandboxClient.ts';

type Row = Readonly<Record<string, unknown>>;

describe('the tenant of the sandbox', () => {
  let sandbox: Sandbox;
  let user: TenantCaller;
  let reader: TenantCaller;
  let service: TenantCaller;

  beforeEach(async () => {
    sandbox = await startSandbox();
    user = callerOf(sandbox, (await signIn(sandbox, NATIVE)).body.access_token);
    const grant = { ...SERVICE, grant_type: 'client_credentials' };
    reader = callerOf(sandbox, (await token(sandbox, { ...grant, scope: 'monitoring' })).body.access_token);
    service = callerOf(sandbox, (await token(sandbox, { ...grant, scope: 'monitoring management' })).body.access_token);
  });
  afterEach(() => sandbox.stop());

  it('has references to existing records only', async () => {
    const list = async (path: string): Promise<readonly Row[]> => (await reader<Row[]>('GET', path)).body;
    const [devices, alerts, users, tickets, contacts] = await Promise.all([
      list('/v2/devices'),
      list('/v2/alerts'),
      list('/v2/users'),
      Promise.resolve(sandbox.tenant.tickets as readonly unknown[] as readonly Row[]),
      list('/v2/contacts'),
    ]);
    const { activities } = (await reader<{ activities: Row[] }>('GET', '/v2/activities?pageSize=1000')).body;
    const locations = new Set(
      (await list('/v2/locations')).map(({ id, organizationId }) => `${String(organizationId)}/${String(id)}`),
    );
    const has = (rows: readonly Row[], member: string): ((value: unknown) => boolean) => {
      const values = new Set(rows.map((row) => row[member]));
      return (value) => value === undefined || values.has(value);
    };
    const isDevice = has(devices, 'id');
    const isUser = has(users, 'id');
    const isUserUid = has(users, 'uid');
    const isOrganization = has(await list('/v2/organizations'), 'id');
    const isPolicy = has(await list('/v2/policies'), 'id');
    const roles = await list('/v2/roles');
    for (const device of devices) {
      assert.ok(
        locations.has(`${String(device['organizationId'])}/${String(device['locationId'])}`),
        JSON.stringify(device),
      );
      assert.ok(isUserUid(device['assignedOwnerUid']) && isPolicy(device['rolePolicyId']));
      const role = roles.find(({ id }) => id === device['nodeRoleId']);
      assert.equal(role?.['nodeClass'], device['nodeClass']);
    }
    for (const row of [...alerts, ...activities, ...(await list('/v2/jobs'))]) {
      assert.ok(isDevice(row['deviceId']) && isUser(row['userId']), JSON.stringify(row));
    }
    for (const ticket of tickets) {
      const device = devices.find(({ id }) => id === ticket['nodeId']);
      assert.ok(device);
      assert.equal(device['organizationId'], ticket['clientId']);
      assert.equal(device['locationId'], ticket['locationId']);
      assert.ok(isUser(ticket['assignedAppUserId']) && isUserUid(ticket['requesterUid']));
    }
    for (const { organizationId } of [...contacts, ...users]) {
      assert.ok(isOrganization(organizationId));
    }
    for (const group of await list('/v2/groups')) {
      const members = (await reader<number[]>('GET', `/v2/group/${String(group['id'])}/device-ids`)).body;
      assert.equal(members.length, group['deviceCount']);
      assert.ok(members.length > 0 && members.every(isDevice));
    }
    assert.ok(alerts.length > 0 && tickets.length > 0);
    const times = [...devices.map((row) => row['created']), ...alerts.map((row) => row['createTime'])].map(Number);
    assert.ok(
      times.every((time) => time > 1e9 && time < 1e11) && times.some((time) => !Number.isInteger(time)),
      'seconds',
    );
  });

  it('has the same data in every sandbox, in a separate copy', () => {
    const [one, other] = [seedTenant(), seedTenant()];
    assert.deepEqual(one, other);
    assert.notEqual(one.devices, other.devices);
    assert.deepEqual(seedTenant({ devices: 30 }).devices.slice(0, 10), one.devices);
  });

  it('filters devices like NinjaOne', async () => {
    const found = async (df: string, path = '/v2/devices'): Promise<number[]> => {
      const { body } = await reader<Row[]>('GET', `${path}?df=${encodeURIComponent(df)}`);
      return body.map((row) => Number(row['id'] ?? row['deviceId']));
    };
    assert.deepEqual(await found('org = 2'), [1004, 1005]);
    assert.deepEqual(await found('org=1 AND class in (WINDOWS_SERVER,LINUX_SERVER) AND online'), [1001]);
    assert.deepEqual(await found('offline'), [1003, 1007, 1010]);
    assert.deepEqual(await found('class neq WINDOWS_WORKSTATION AND organization notin (1, 2)'), [1006, 1007]);
    assert.deepEqual(await found('id in (1001,1002) AND loc = 101'), [1001, 1002]);
    assert.deepEqual(await found('group 1'), [1001, 1004]);
    assert.deepEqual(await found('created before 1740100000'), [1001, 1002]);
    assert.deepEqual(await found('org = 1', '/v2/alerts'), [1001, 1003]);
    const [device] = sandbox.tenant.devices;
    assert.ok(device);
    device.approvalStatus = 'PENDING';
    assert.deepEqual(await found('org = 1'), [1002, 1003], 'a pending device is hidden');
    assert.deepEqual(await found('status = PENDING'), [1001]);
    const queried = await reader<{ results: Row[] }>(
      'GET',
      '/v2/queries/disks?df=class%20%3D%20MAC%20AND%20org%20%3D%202',
    );
    assert.equal(queried.body.results.length, 2, 'queries ignore the class');
    const ignored = await reader<Row[]>('GET', '/v2/devices?organizationId=2');
    assert.equal(ignored.body.length, 9, 'an unknown parameter is ignored');
  });

  for (const df of [
    '',
    'nonsense',
    'org = Acme',
    'org = 1 OR org = 2',
    'org = 1 AND',
    'class in ()',
    '__proto__ = 1',
  ]) {
    it(`responds with 400 to the filter "${df}"`, async () => {
      const { status, body } = await reader<Row>('GET', `/v2/devices?df=${encodeURIComponent(df)}`);
      assert.equal(status, 400);
      assert.equal(body['resultCode'], 'invalid_device_filter');
      assert.match(String(body['incidentId']), /^WEB_MGMT_SERVICE-/);
    });
  }

  it('responds with 500 to filter values in lower case', async () => {
    assert.equal((await reader('GET', '/v2/devices?df=class%20%3D%20mac')).status, 500);
  });

  it('is not changed by a read or a refused write (E9)', async () => {
    const before = structuredClone(sandbox.tenant);
    for (const [method, path, body] of WRITES) {
      assert.equal((await reader(method, path, body)).status, 401, `${method} ${path}`);
    }
    assert.equal((await service('PATCH', '/v2/device/1001', { locationId: 102 })).status, 400);
    assert.equal((await service('PATCH', '/v2/device/1001', { nodeRoleId: 99 })).status, 400);
    assert.equal((await service('POST', '/v2/organizations', {})).status, 400);
    assert.equal((await service('PATCH', '/v2/device/1001/custom-fields', { unknown: 1 })).status, 400);
    assert.equal((await service('PUT', '/v2/device/1001/maintenance', { start: 2, end: 1 })).status, 400);
    assert.equal((await service('POST', '/v2/device/1001/reboot/GENTLY', {})).status, 400);
    assert.equal((await service('POST', '/v2/device/1001/owner/nobody')).status, 404);
    assert.equal((await service('POST', '/v2/ticketing/ticket', { clientId: 1, subject: 'x' })).status, 403);
    assert.equal((await user('POST', '/v2/ticketing/ticket', { clientId: 1, subject: 'x', nodeId: 1004 })).status, 400);
    assert.equal((await user('PUT', '/v2/ticketing/ticket/1001', { version: 9, subject: 'x' })).status, 409);
    assert.equal((await user('POST', '/v2/ticketing/ticket/1001/comment', { comment: { body: 'x' } })).status, 415);
    assert.equal((await user('POST', '/v2/ticketing/trigger/board/2/run', {})).status, 200, 'a read');
    assert.deepEqual(sandbox.tenant.writes, []);
    assert.deepEqual(structuredClone(sandbox.tenant), before);
  });

  it('is changed by every write, which is counted (E9)', async () => {
    for (const [method, path, body] of WRITES) {
      const before = structuredClone(sandbox.tenant);
      const { status } = await user(method, path, body);
      assert.ok(status < 300, `${method} ${path} ${String(status)}`);
      const { writes: counted, ...after } = structuredClone(sandbox.tenant);
      assert.deepEqual(counted.at(-1), { method, path, body });
      assert.notDeepEqual({ ...after, writes: before.writes }, before, `${method} ${path}`);
    }
    assert.equal(sandbox.tenant.writes.length, WRITES.length);
  });

  it('returns what was written (E9)', async () => {
    const { body: made } = await service<Row>('POST', '/v2/organizations', {
      name: 'Fern',
      locations: [{ name: 'Shop' }],
    });
    const organization = (await reader<Row>('GET', `/v2/organization/${String(made['id'])}`)).body;
    assert.equal(organization['name'], 'Fern');
    assert.equal((organization['locations'] as Row[])[0]?.['name'], 'Shop');
    await service('PATCH', '/v2/device/1001', { displayName: 'Reception' });
    assert.equal((await reader<Row>('GET', '/v2/device/1001')).body['displayName'], 'Reception');
    await service('POST', '/v2/device/1001/reboot/FORCED', { reason: 'test' });
    const jobs = (await reader<Row[]>('GET', '/v2/device/1001/jobs')).body;
    assert.equal(jobs.at(-1)?.['message'], 'Reboot (FORCED): test');
    const { activities } = (await reader<{ activities: Row[] }>('GET', '/v2/device/1001/activities')).body;
    assert.equal(activities[0]?.['seriesUid'], jobs.at(-1)?.['uid']);
    const [alert] = (await reader<Row[]>('GET', '/v2/alerts')).body;
    await service('DELETE', `/v2/alert/${String(alert?.['uid'])}`);
    assert.ok((await reader<Row[]>('GET', '/v2/alerts')).body.every(({ uid }) => uid !== alert?.['uid']));
    const ticket = (await user<Row>('POST', '/v2/ticketing/ticket', { clientId: 1, subject: 'Smoke', nodeId: 1001 }))
      .body;
    const form = new FormData();
    form.set('comment', JSON.stringify({ body: 'On fire', public: false }));
    assert.equal((await user('POST', `/v2/ticketing/ticket/${String(ticket['id'])}/comment`, form)).status, 204);
    const log = (await user<Row[]>('GET', `/v2/ticketing/ticket/${String(ticket['id'])}/log-entry`)).body;
    assert.deepEqual(
      log.map(({ type }) => type),
      ['DESCRIPTION', 'COMMENT'],
    );
    assert.equal(log[1]?.['body'], 'On fire');
    await service('PATCH', '/v2/device/1002/custom-fields', { assetNumber: null, contractLevel: 'silver' });
    assert.deepEqual((await reader('GET', '/v2/device/1002/custom-fields')).body, {
      inService: true,
      contractLevel: 'silver',
    });
  });

  it('uses the fallback for an unknown operation, after the token was checked', async () => {
    const asked: string[] = [];
    const owner = { scopes: new Set(['monitoring']), isUser: true };
    const tenant = new TenantApi((known) => Promise.resolve(known === 'good' ? owner : undefined), {
      fallback: ({ method, path }) => {
        asked.push(`${method} ${path}`);
        return path === '/v2/tag' ? { response: { status: 200, body: [] }, isWrite: true } : undefined;
      },
    });
    const request: ApiRequest = {
      method: 'POST',
      path: '/v2/tag',
      query: new URLSearchParams(),
      authorization: 'Bearer bad',
      body: undefined,
      contentType: undefined,
      content: Buffer.alloc(0),
    };
    const good = { ...request, authorization: 'Bearer good' };
    assert.equal((await tenant.respond(request)).status, 401);
    assert.equal((await tenant.respond(good)).status, 200);
    assert.equal((await tenant.respond({ ...good, path: '/v2/nothing' })).status, 404);
    assert.equal((await tenant.respond({ ...good, method: 'GET', path: '/v2/device/1001' })).status, 200);
    assert.deepEqual(asked, ['POST /v2/tag', 'POST /v2/nothing']);
    assert.deepEqual(tenant.data.writes, [{ method: 'POST', path: '/v2/tag', body: undefined }]);
  });
});

const [{ uid: ALERT } = { uid: '' }, { uid: OTHER_ALERT } = { uid: '' }] = seedTenant().alerts;
const [{ id: CONDITION } = { id: '' }] = seedTenant().conditions;
const [, { uid: OWNER } = { uid: '' }] = seedTenant().endUsers;

/** In an order in which all of them work. */
const WRITES: readonly (readonly [method: string, path: string, body?: Row])[] = [
  ['POST', '/v2/organizations', { name: 'Fern Bakery' }],
  ['PATCH', '/v2/organization/1', { description: 'Changed' }],
  ['POST', '/v2/organization/1/locations', { name: 'Cellar' }],
  ['PATCH', '/v2/organization/1/locations/101', { address: 'Elsewhere' }],
  ['PATCH', '/v2/device/1001', { displayName: 'Renamed' }],
  ['PUT', '/v2/device/1001/maintenance', { end: 4_000_000_000 }],
  ['DELETE', '/v2/device/1001/maintenance'],
  ['POST', `/v2/device/1001/owner/${OWNER}`],
  ['DELETE', '/v2/device/1001/owner'],
  ['POST', '/v2/device/1001/reboot/NORMAL', { reason: 'update' }],
  ['POST', '/v2/device/1001/script/run', { type: 'SCRIPT', id: 501, parameters: '-All' }],
  ['POST', '/v2/device/1001/patch/os/scan'],
  ['POST', '/v2/device/1001/patch/os/apply'],
  ['POST', '/v2/device/1001/patch/software/scan'],
  ['POST', '/v2/device/1001/patch/software/apply'],
  ['DELETE', `/v2/alert/${ALERT}`],
  ['POST', `/v2/alert/${OTHER_ALERT}/reset`, { activityData: 'by hand' }],
  ['PATCH', '/v2/device/1001/custom-fields', { assetNumber: 'B-1' }],
  ['PATCH', '/v2/organization/1/custom-fields', { contractLevel: 'none' }],
  ['PATCH', '/v2/organization/1/location/101/custom-fields', { openingHours: 'never' }],
  ['PATCH', '/v2/user/end-user/101/custom-fields', { assetNumber: 'C-1' }],
  ['DELETE', `/v2/policies/11/condition/${CONDITION}`],
  ['POST', '/v2/ticketing/ticket', { clientId: 1, subject: 'Smoke' }],
  ['PUT', '/v2/ticketing/ticket/1001', { version: 1, subject: 'Changed' }],
  ['POST', '/v2/contacts', { organizationId: 1, email: 'new@supplier.example' }],
  ['PATCH', '/v2/contact/1', { phone: '123' }],
  ['DELETE', '/v2/contact/1'],
  ['DELETE', '/v2/user/technician/5'],
  ['DELETE', '/v2/user/end-user/101'],
  ['POST', '/v2/device/1010/decommission'],
];
