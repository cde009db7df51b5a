import { LAST_SEEN, uidOf, type Device } from './tenantDevices.ts';
import type { User } from './tenantPeople.ts';
import type { Script } from './tenantPolicies.ts';

/** Active alerts, the log of activities (oldest first) and running jobs. */
export function seedEvents({ devices, technicians, scripts }: EventSources): EventData {
  const alerts = devices
    .filter(({ offline }, index) => offline || index % 4 === 0)
    .map((device, index) => alertOf(device, index));
  const ofAlerts = alerts.slice(0, 60).map((alert) => ({
    ...base(0),
    ...eventOfAlert(alert, 'TRIGGERED'),
    activityTime: alert.createTime,
  }));
  const others = Array.from({ length: ACTIVITIES - ofAlerts.length }, (_, index): Activity => {
    const device = devices[index % Math.max(1, devices.length)];
    if (device && index % 5 !== 0) {
      return { ...base(index), ...eventOfDevice(device, 'NODE_UPDATED'), type: 'System' };
    }
    const user = index % 10 === 0 ? technicians[(index / 10) % technicians.length] : undefined;
    return {
      ...base(index),
      activityType: 'SYSTEM',
      statusCode: user ? 'APP_USER_LOGGED_IN' : 'POLICY_UPDATED',
      status: user ? 'Technician Logged In' : 'Policy Updated',
      type: 'System',
      message: user ? `${user.firstName} ${user.lastName} signed in` : 'A policy was updated',
      ...(user && { userId: user.id }),
    };
  });
  // Ids increase with time and have gaps.
  const activities = [...ofAlerts, ...others]
    .sort((one, other) => one.activityTime - other.activityTime)
    .map((activity, index) => ({ ...activity, id: FIRST_ACTIVITY + 3 * index }));
  return { alerts, activities, jobs: firstJobs(devices, scripts) };
}

interface EventSources {
  readonly devices: readonly Device[];
  readonly technicians: readonly User[];
  readonly scripts: readonly Script[];
}

export interface EventData {
  readonly alerts: Alert[];
  /** The oldest first; the API returns the newest first. */
  readonly activities: Activity[];
  readonly jobs: Job[];
}

interface Source {
  readonly uid: string;
  readonly deviceId: number;
  readonly message: string;
  readonly createTime: number;
  readonly updateTime: number;
  readonly sourceType: string;
  readonly sourceName: string;
  readonly subject: string;
}

export interface Alert extends Source {
  readonly severity: string;
  readonly priority: string;
  readonly conditionHealthStatus: 'UNKNOWN' | 'HEALTHY' | 'NEEDS_ATTENTION' | 'UNHEALTHY';
}

export interface Job extends Source {
  readonly jobStatus: 'START_REQUESTED' | 'STARTED' | 'IN_PROCESS' | 'COMPLETED';
  readonly jobType: string;
}

export interface Activity {
  readonly id: number;
  readonly activityTime: number;
  readonly deviceId?: number;
  readonly severity: 'NONE' | 'MINOR' | 'MODERATE' | 'MAJOR' | 'CRITICAL';
  readonly priority: 'NONE' | 'LOW' | 'MEDIUM' | 'HIGH';
  readonly seriesUid?: string;
  readonly activityType: string;
  readonly statusCode: string;
  readonly status: string;
  readonly userId?: number;
  readonly subject?: string;
  readonly message: string;
  readonly type: string;
  readonly data?: unknown;
}

/** Logs a write as the latest activity. */
export function record(
  events: EventData,
  activity: Omit<Activity, 'id' | 'activityTime' | 'severity' | 'priority'>,
): void {
  events.activities.push({
    id: (events.activities.at(-1)?.id ?? FIRST_ACTIVITY) + 3,
    activityTime: Date.now() / 1000,
    severity: 'NONE',
    priority: 'NONE',
    ...activity,
  });
}

/** Starts a job on a device; it never ends, so that a test can see it. */
export function start(
  events: EventData,
  { device, type, name, message }: { device: Device; type: string; name: string; message: string },
): Job {
  const now = Date.now() / 1000;
  const job: Job = {
    uid: uidOf('2d3e4f5a', events.jobs.length + 1),
    deviceId: device.id,
    message,
    createTime: now,
    updateTime: now,
    sourceType: 'SCHEDULED_TASK',
    sourceName: name,
    subject: device.systemName,
    jobStatus: 'START_REQUESTED',
    jobType: type,
  };
  events.jobs.push(job);
  record(events, {
    ...eventOfDevice(device, 'START_REQUESTED'),
    activityType: type,
    seriesUid: job.uid,
    message,
    type: name,
  });
  return job;
}

export function eventOfDevice(
  device: Device,
  statusCode: string,
): Pick<Activity, 'deviceId' | 'activityType' | 'statusCode' | 'status' | 'subject' | 'message'> {
  const status = titleOf(statusCode);
  return {
    deviceId: device.id,
    activityType: 'SYSTEM',
    statusCode,
    status,
    subject: device.systemName,
    message: `${device.displayName}: ${status}`,
  };
}

export function eventOfAlert(
  alert: Alert,
  statusCode: 'TRIGGERED' | 'RESET',
): Pick<
  Activity,
  'deviceId' | 'seriesUid' | 'activityType' | 'statusCode' | 'status' | 'subject' | 'message' | 'type'
> {
  return {
    deviceId: alert.deviceId,
    seriesUid: alert.uid,
    activityType: 'CONDITION',
    statusCode,
    status: titleOf(statusCode),
    subject: alert.subject,
    message: alert.message,
    type: 'Condition',
  };
}

/** Three pages of the default size of the API. */
const ACTIVITIES = 450;
const FIRST_ACTIVITY = 40_001;

function alertOf(device: Device, index: number): Alert {
  const time = LAST_SEEN - (index % 5000) * 60 - 0.25;
  return {
    uid: uidOf('6b5c4d3e', index + 1),
    deviceId: device.id,
    message: device.offline ? 'Device has been offline for 7 days' : 'Disk C: has less than 10% of free space',
    createTime: time,
    updateTime: time,
    sourceType: device.offline ? 'AGENT_OFFLINE' : 'CONDITION_AGENT_DISK_FREE_SPACE',
    sourceName: device.offline ? 'Device offline' : 'Disk free space',
    subject: device.systemName,
    severity: device.offline ? 'MAJOR' : 'MINOR',
    priority: 'MEDIUM',
    conditionHealthStatus: device.offline ? 'UNHEALTHY' : 'NEEDS_ATTENTION',
  };
}

function base(index: number): Pick<Activity, 'id' | 'activityTime' | 'severity' | 'priority'> {
  return { id: 0, activityTime: LAST_SEEN - index * 600 + 0.25, severity: 'NONE', priority: 'NONE' };
}

function firstJobs(devices: readonly Device[], scripts: readonly Script[]): Job[] {
  return devices.slice(0, 2).map((device, index) => ({
    uid: uidOf('2d3e4f5a', index + 1),
    deviceId: device.id,
    message: `${scripts[index]?.name ?? 'Script'} is running`,
    createTime: LAST_SEEN - 30.5,
    updateTime: LAST_SEEN - 10.25,
    sourceType: 'SCHEDULED_TASK',
    sourceName: scripts[index]?.name ?? 'Script',
    subject: device.systemName,
    jobStatus: 'IN_PROCESS',
    jobType: 'SCRIPTING',
  }));
}

/** `NODE_UPDATED` → `Node Updated`. */
function titleOf(code: string): string {
  return code
    .split('_')
    .map((word) => word.charAt(0) + word.slice(1).toLowerCase())
    .join(' ');
}
