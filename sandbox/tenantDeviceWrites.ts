import type { SandboxResponse } from './response.ts';
import { invalid, NO_CONTENT, notFound } from './tenantResponses.ts';
import type { Device } from './tenantDevices.ts';
import { eventOfAlert, eventOfDevice, record, start } from './tenantEvents.ts';
import { membersOf, one, picked, type Route, type RouteCall } from './tenantRoute.ts';

/** Writes and actions on devices; an action creates a job and an activity. */
export const DEVICE_WRITES: readonly Route[] = [
  { method: 'PATCH', path: '/v2/device/{id}', handle: updateDevice },
  { method: 'PUT', path: '/v2/device/{id}/maintenance', handle: scheduleMaintenance },
  { method: 'DELETE', path: '/v2/device/{id}/maintenance', handle: cancelMaintenance },
  { method: 'POST', path: '/v2/device/{id}/owner/{ownerUid}', handle: setOwner },
  { method: 'DELETE', path: '/v2/device/{id}/owner', handle: removeOwner },
  { method: 'POST', path: '/v2/device/{id}/decommission', handle: (call) => setStatus(call, 'DECOMMISSIONED') },
  { method: 'POST', path: '/v2/devices/approval/{mode}', handle: decideOnDevices },
  { method: 'POST', path: '/v2/device/{id}/reboot/{mode}', handle: reboot },
  { method: 'POST', path: '/v2/device/{id}/script/run', needsUser: true, handle: runScript },
  { method: 'POST', path: '/v2/device/{id}/patch/os/scan', handle: scanPatches },
  { method: 'POST', path: '/v2/device/{id}/patch/os/apply', handle: (call) => patch(call, 'OS Patch Apply') },
  { method: 'POST', path: '/v2/device/{id}/patch/software/scan', handle: (call) => patch(call, 'Software Patch Scan') },
  {
    method: 'POST',
    path: '/v2/device/{id}/patch/software/apply',
    handle: (call) => patch(call, 'Software Patch Apply'),
  },
  { method: 'DELETE', path: '/v2/alert/{uid}', handle: resetAlert },
  { method: 'POST', path: '/v2/alert/{uid}/reset', handle: resetAlert },
];

const MEMBERS = ['displayName', 'userData', 'nodeRoleId', 'policyId', 'organizationId', 'locationId'];

function updateDevice({ data, ids, body }: RouteCall): SandboxResponse {
  const device = one(data.devices, ids[0]);
  const changed: Device = { ...device, ...picked(body, MEMBERS) };
  const fits = data.locations.some(
    ({ id, organizationId }) => id === changed.locationId && organizationId === changed.organizationId,
  );
  if (!fits) {
    throw invalid('invalid_location', { organizationId: changed.organizationId, locationId: changed.locationId });
  }
  if (!data.roles.some(({ id }) => id === changed.nodeRoleId)) {
    throw invalid('invalid_node_role', { nodeRoleId: changed.nodeRoleId });
  }
  if (changed.policyId !== undefined && !data.policies.some(({ id }) => id === changed.policyId)) {
    throw invalid('invalid_policy', { policyId: changed.policyId });
  }
  Object.assign(device, changed, { lastUpdate: Date.now() / 1000, rolePolicyId: 10 + changed.nodeRoleId });
  record(data, { ...eventOfDevice(device, 'NODE_UPDATED'), type: 'System' });
  return NO_CONTENT;
}

function scheduleMaintenance({ data, ids, body }: RouteCall): SandboxResponse {
  const device = one(data.devices, ids[0]);
  const { start: from = Date.now() / 1000, end, reasonMessage } = membersOf(body);
  if (typeof from !== 'number' || typeof end !== 'number' || end <= from) {
    throw invalid('invalid_maintenance_window', { start: from, end });
  }
  device.maintenance = {
    status: from * 1000 > Date.now() ? 'PENDING' : 'IN_MAINTENANCE',
    start: from,
    end,
    ...(typeof reasonMessage === 'string' && { reasonMessage }),
  };
  return NO_CONTENT;
}

function cancelMaintenance({ data, ids }: RouteCall): SandboxResponse {
  const device = one(data.devices, ids[0]);
  if (!device.maintenance) {
    throw notFound();
  }
  delete device.maintenance;
  return NO_CONTENT;
}

function setOwner({ data, ids, texts }: RouteCall): SandboxResponse {
  const device = one(data.devices, ids[0]);
  const owner = [...data.endUsers, ...data.technicians].find(({ uid }) => uid === texts[1]);
  if (!owner) {
    throw notFound();
  }
  device.assignedOwnerUid = owner.uid;
  return NO_CONTENT;
}

function removeOwner({ data, ids }: RouteCall): SandboxResponse {
  delete one(data.devices, ids[0]).assignedOwnerUid;
  return NO_CONTENT;
}

function setStatus({ data, ids }: RouteCall, status: Device['approvalStatus']): SandboxResponse {
  one(data.devices, ids[0]).approvalStatus = status;
  return { status: 200 };
}

function decideOnDevices({ data, texts, body }: RouteCall): SandboxResponse {
  const [mode] = texts;
  const { devices } = membersOf(body);
  if (!Array.isArray(devices) || (mode !== 'APPROVE' && mode !== 'REJECT')) {
    throw invalid('invalid_approval', { mode });
  }
  // Look up all of them before the first is changed.
  const meant = devices.map((id) => one(data.devices, Number(id)));
  if (meant.some(({ approvalStatus }) => approvalStatus !== 'PENDING')) {
    throw invalid('device_not_pending');
  }
  for (const device of meant) {
    if (mode === 'APPROVE') {
      device.approvalStatus = 'APPROVED';
    } else {
      data.devices.splice(data.devices.indexOf(device), 1);
    }
  }
  return NO_CONTENT;
}

function reboot({ data, ids, texts, body }: RouteCall): SandboxResponse {
  const device = one(data.devices, ids[0]);
  const mode = texts[1];
  if (mode !== 'NORMAL' && mode !== 'FORCED') {
    throw invalid('invalid_reboot_mode', { mode });
  }
  const { reason } = membersOf(body ?? {});
  const message = `Reboot (${mode})${typeof reason === 'string' ? `: ${reason}` : ''}`;
  start(data, { device, type: 'ACTION', name: 'Reboot', message });
  return NO_CONTENT;
}

/** The name of a script by its id or of an action by its uid; a body without either has no name. */
function runScript({ data, ids, body }: RouteCall): SandboxResponse {
  const device = one(data.devices, ids[0]);
  const { id, parameters } = membersOf(body ?? {});
  const name = id === undefined ? 'Action' : one(data.scripts, Number(id)).name;
  const message = `${name}${typeof parameters === 'string' ? ` ${parameters}` : ''}`;
  start(data, { device, type: 'SCRIPTING', name, message });
  return NO_CONTENT;
}

function scanPatches(call: RouteCall): SandboxResponse {
  const response = patch(call, 'OS Patch Scan');
  call.data.patchScans.push(one(call.data.devices, call.ids[0]).id);
  return response;
}

function patch({ data, ids }: RouteCall, name: string): SandboxResponse {
  const device = one(data.devices, ids[0]);
  const type = name.startsWith('OS') ? 'PATCH_MANAGEMENT' : 'SOFTWARE_PATCH_MANAGEMENT';
  start(data, { device, type, name, message: `${name} was started` });
  return NO_CONTENT;
}

function resetAlert({ data, texts, body }: RouteCall): SandboxResponse {
  const index = data.alerts.findIndex(({ uid }) => uid === texts[0]);
  const [alert] = index === -1 ? [] : data.alerts.splice(index, 1);
  if (!alert) {
    throw notFound();
  }
  record(data, { ...eventOfAlert(alert, 'RESET'), ...(body !== undefined && { data: body }) });
  return NO_CONTENT;
}
