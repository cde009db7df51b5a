import { deviceFilter } from './deviceFilter.ts';
import { ok } from './tenantResponses.ts';
import type { TenantData } from './tenantData.ts';
import type { Device } from './tenantDevices.ts';
import { INVENTORY, INVENTORY_KINDS, lastLoggedOn, readAt, type Item } from './tenantInventory.ts';
import { pageReport } from './tenantPaging.ts';
import { one, type Route } from './tenantRoute.ts';

/** The queries over all devices, and the same for one device. */
export const REPORTS: readonly Route[] = [
  ...INVENTORY_KINDS.map((kind) =>
    report(kind, (device) => INVENTORY[kind](device).map((item) => ({ ...item, ...seen(device) }))),
  ),
  ...(['software', 'volumes', 'disks', 'processors', 'os-patches'] as const).map((kind): Route => ({
    method: 'GET',
    path: `/v2/device/{id}/${kind}`,
    handle: ({ data, ids }) => ok(INVENTORY[kind](one(data.devices, ids[0]))),
  })),
  report('device-health', (device, data) => [healthOf(device, data)]),
  report('logged-on-users', (device) => [{ ...lastLoggedOn(device), deviceId: device.id }]),
  {
    method: 'GET',
    path: '/v2/device/{id}/last-logged-on-user',
    handle: ({ data, ids }) => ok(lastLoggedOn(one(data.devices, ids[0]))),
  },
];

function report(kind: string, rowsOf: (device: Device, data: TenantData) => readonly Item[]): Route {
  const least = kind === 'logged-on-users' ? 10 : 1;
  return {
    method: 'GET',
    path: `/v2/queries/${kind}`,
    handle: ({ data, query }) => {
      // NinjaOne silently ignores the device class here, so the result has more devices than requested.
      const matches = deviceFilter(query, data, { honorsClass: false });
      return ok(
        pageReport(data.devices.filter(matches), query, {
          kind,
          rowsOf: (device) => rowsOf(device, data),
          sizes: { least, most: 10_000, usual: 1000 },
        }),
      );
    },
  };
}

function seen(device: Device): Item {
  return { deviceId: device.id, timestamp: readAt(device) };
}

function healthOf(device: Device, { alerts, jobs }: TenantData): Item {
  const own = alerts.filter(({ deviceId }) => deviceId === device.id);
  return {
    activeThreatsCount: 0,
    quarantinedThreatsCount: 0,
    blockedThreatsCount: 0,
    failedOSPatchesCount: 0,
    pendingOSPatchesCount: INVENTORY['os-patches'](device).length,
    alertCount: own.length,
    activeJobCount: jobs.filter(({ deviceId }) => deviceId === device.id).length,
    failedSoftwarePatchesCount: 0,
    pendingSoftwarePatchesCount: 0,
    offline: device.offline,
    healthStatus: own[0]?.conditionHealthStatus ?? 'HEALTHY',
    installationIssuesCount: 0,
    deviceId: device.id,
  };
}
