import { failure, Refused } from './tenantResponses.ts';
import type { TenantData } from './tenantData.ts';
import type { Device } from './tenantDevices.ts';

/**
 * NinjaOne's device filter (`df`): clauses joined by `AND`, for example `org = 1 AND class in
 * (WINDOWS_SERVER,LINUX_SERVER) AND offline`. Without a clause about the status, only approved devices match. Responds
 * with 400 to an invalid filter and with 500 to values in lower case, as NinjaOne does.
 */
export function deviceFilter(
  query: URLSearchParams,
  data: TenantData,
  { honorsClass = true }: { readonly honorsClass?: boolean } = {},
): (device: Device) => boolean {
  const text = query.get('df');
  const clauses = text === null ? [] : text.split(/\s+AND\s+/).map((clause) => readClause(clause.trim(), data));
  const used = clauses.filter(({ key }) => honorsClass || key !== 'class');
  const saysStatus = clauses.some(({ key }) => key === 'status');
  return (device) =>
    (saysStatus || device.approvalStatus === 'APPROVED') && used.every(({ matches }) => matches(device));
}

interface Clause {
  readonly key: string;
  readonly matches: (device: Device) => boolean;
}

const KEYS: Readonly<Record<string, (device: Device) => string>> = {
  org: ({ organizationId }) => String(organizationId),
  organization: ({ organizationId }) => String(organizationId),
  loc: ({ locationId }) => String(locationId),
  location: ({ locationId }) => String(locationId),
  role: ({ nodeRoleId }) => String(nodeRoleId),
  id: ({ id }) => String(id),
  class: ({ nodeClass }) => nodeClass,
  status: ({ approvalStatus }) => approvalStatus,
};

/** Keys whose values are names in capitals; the values of all other keys are numbers. */
const NAMED = ['class', 'status'];

function readClause(clause: string, data: TenantData): Clause {
  if (clause === 'online' || clause === 'offline') {
    return { key: clause, matches: ({ offline }) => offline === (clause === 'offline') };
  }
  const group = /^group\s+(\d+)$/.exec(clause)?.[1];
  if (group !== undefined) {
    return { key: 'group', matches: membersOf(Number(group), data) };
  }
  const created = /^created\s+(before|after)\s+(\S+)$/.exec(clause);
  if (created) {
    const seconds = secondsOf(created[2] ?? '', clause);
    return { key: 'created', matches: (device) => device.created < seconds === (created[1] === 'before') };
  }
  const [, key = '', operator = '', rest = ''] =
    /^(\w+)\s*(=|!=|<>|!in\b|\b(?:eq|neq|in|nin|notin)\b)\s*(.+)$/.exec(clause) ?? [];
  const valueOf = Object.hasOwn(KEYS, key) ? KEYS[key] : undefined;
  if (!valueOf) {
    throw unreadable(clause);
  }
  const values = valuesOf(rest, { key, isList: operator.endsWith('in'), clause });
  const wanted = operator === '=' || operator === 'eq' || operator === 'in';
  return { key, matches: (device) => values.has(valueOf(device)) === wanted };
}

function valuesOf(
  text: string,
  { key, isList, clause }: { readonly key: string; readonly isList: boolean; readonly clause: string },
): ReadonlySet<string> {
  const list = isList ? /^\(([^()]*)\)$/.exec(text)?.[1]?.split(',') : [text];
  const values = (list ?? ['']).map((value) => value.trim());
  if (NAMED.includes(key) && values.some((value) => /^[a-z_]+$/.test(value))) {
    throw new Refused(failure(500, 'FAILURE', 'HTTP 500 Internal Server Error'));
  }
  const pattern = NAMED.includes(key) ? /^[A-Z_]+$/ : /^\d+$/;
  if (!values.every((value) => pattern.test(value))) {
    throw unreadable(clause);
  }
  return new Set(values);
}

function membersOf(id: number, data: TenantData): (device: Device) => boolean {
  const group = data.groups.find((candidate) => candidate.id === id);
  return group ? deviceFilter(new URLSearchParams({ df: group.criteria }), data) : () => false;
}

/** A date of the ISO calendar or seconds since 1970. */
function secondsOf(text: string, clause: string): number {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)(?:T|$)/.exec(text) ?? [];
  const isDay = year !== undefined && new Date(Number(year), Number(month), 0).getDate() >= Number(day);
  const seconds = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : isDay ? Date.parse(text) / 1000 : Number.NaN;
  if (Number.isNaN(seconds)) {
    throw unreadable(clause);
  }
  return seconds;
}

function unreadable(clause: string): Refused {
  return new Refused(failure(400, 'invalid_device_filter', { code: 'invalid_device_filter', params: { clause } }));
}
