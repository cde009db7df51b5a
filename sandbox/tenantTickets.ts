import { LAST_SEEN, uidOf, type Device } from './tenantDevices.ts';
import type { User } from './tenantPeople.ts';

/** Tickets about devices, their comments, and the boards that list them. */
export function seedTickets({ devices, endUsers, technicians }: TicketSources): TicketData {
  const tickets = Array.from({ length: devices.length === 0 ? 0 : TICKETS }, (_, index): Ticket => {
    const device = devices[index % devices.length];
    const customers = endUsers.filter(({ organizationId }) => organizationId === device?.organizationId);
    const requester = customers[index % customers.length];
    const technician = index % 4 === 0 ? undefined : technicians[index % technicians.length];
    return {
      id: 1001 + index,
      version: 1,
      ...(device && { nodeId: device.id, locationId: device.locationId }),
      clientId: device?.organizationId ?? 1,
      ...(technician && { assignedAppUserId: technician.id }),
      ...(requester && { requesterUid: requester.uid }),
      subject: `${SUBJECTS[index % SUBJECTS.length] ?? ''} on ${device?.systemName ?? ''}`,
      status: statusOf(STATUS_IDS[index % STATUS_IDS.length]),
      type: 'INCIDENT',
      priority: index % 3 === 0 ? 'HIGH' : 'LOW',
      severity: index % 3 === 0 ? 'MAJOR' : 'MINOR',
      ticketFormId: 1,
      source: 'TECHNICIAN',
      tags: [],
      ccList: { uids: [], emails: [] },
      createTime: LAST_SEEN - (TICKETS - index) * 3600 + 0.5,
      deleted: false,
      attributeValues: [],
      additionalAssignedTechnicianIds: [],
    };
  });
  return { tickets, logEntries: tickets.flatMap(firstEntries).map((entry, index) => ({ ...entry, id: 7001 + index })) };
}

/** A status by NinjaOne's number for it; the status New by default. */
export function statusOf(statusId: unknown): TicketStatus {
  const found = STATUSES.find((status) => String(status.statusId) === String(statusId));
  return found ?? NEW_STATUS;
}

const NEW_STATUS: TicketStatus = { name: 'NEW', displayName: 'New', parentId: 1000, statusId: 1000 };

export const STATUSES: readonly TicketStatus[] = [
  NEW_STATUS,
  { name: 'OPEN', displayName: 'Open', parentId: 2000, statusId: 2000 },
  { name: 'WAITING', displayName: 'Waiting', parentId: 3000, statusId: 3000 },
  { name: 'RESOLVED', displayName: 'Resolved', parentId: 5000, statusId: 5000 },
  { name: 'CLOSED', displayName: 'Closed', parentId: 6000, statusId: 6000 },
];

export const BOARDS: readonly Board[] = [
  { id: 1, name: 'Unassigned tickets', lists: ({ assignedAppUserId }) => assignedAppUserId === undefined },
  { id: 2, name: 'All tickets', lists: () => true },
  { id: 3, name: 'Open tickets', lists: ({ status }) => status.statusId < 5000 },
];

interface TicketSources {
  readonly devices: readonly Device[];
  readonly endUsers: readonly User[];
  readonly technicians: readonly User[];
}

export interface TicketData {
  readonly tickets: Ticket[];
  /** Of all tickets, the oldest first. */
  readonly logEntries: LogEntry[];
}

export interface TicketStatus {
  readonly name: string;
  readonly displayName: string;
  readonly parentId: number;
  readonly statusId: number;
}

export interface Ticket {
  readonly id: number;
  version: number;
  nodeId?: number;
  clientId: number;
  locationId?: number;
  assignedAppUserId?: number;
  requesterUid?: string;
  subject: string;
  status: TicketStatus;
  type: string;
  priority: string;
  severity: string;
  ticketFormId: number;
  readonly source: string;
  tags: readonly string[];
  readonly ccList: { readonly uids: readonly string[]; readonly emails: readonly string[] };
  readonly createTime: number;
  readonly deleted: boolean;
  readonly attributeValues: readonly unknown[];
  readonly additionalAssignedTechnicianIds: readonly number[];
}

export interface LogEntry {
  readonly id: number;
  /** Not part of a response, because the path contains it. */
  readonly ticketId: number;
  readonly appUserContactId: number;
  readonly appUserContactUid: string;
  readonly appUserContactType: 'TECHNICIAN' | 'END_USER' | 'CONTACT';
  readonly type: 'DESCRIPTION' | 'COMMENT' | 'SAVE';
  readonly body: string;
  readonly publicEntry: boolean;
  readonly system: boolean;
  readonly createTime: number;
}

export interface Board {
  readonly id: number;
  readonly name: string;
  readonly lists: (ticket: Ticket) => boolean;
}

const TICKETS = 120;
const SUBJECTS = ['Slow start', 'Printer jams', 'Update failed', 'Cannot sign in', 'Noise from the fan'];
const STATUS_IDS = [1000, 2000, 2000, 3000, 5000, 6000];

/** The first ticket has more than one page of comments. */
function firstEntries(ticket: Ticket, index: number): LogEntry[] {
  return Array.from({ length: index === 0 ? 620 : 1 + (index % 3) }, (_, place) => ({
    id: 0,
    ticketId: ticket.id,
    appUserContactId: 1,
    appUserContactUid: uidOf('0b1f2c3d', 1),
    appUserContactType: 'TECHNICIAN',
    type: place === 0 ? 'DESCRIPTION' : 'COMMENT',
    body: place === 0 ? ticket.subject : `Still seen, time ${String(place)}`,
    publicEntry: true,
    system: place > 0,
    createTime: ticket.createTime + place * 5,
  }));
}
