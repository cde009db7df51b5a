import type { SandboxResponse } from './response.ts';
import { failure, invalid, NO_CONTENT, notFound, ok, Refused } from './tenantResponses.ts';
import type { TenantData } from './tenantData.ts';
import { LAST_SEEN, uidOf } from './tenantDevices.ts';
import { pageFromAnchor, pageFromNaturalAnchor, pageOfBoard } from './tenantPaging.ts';
import { membersOf, one, picked, required, without, type Route, type RouteCall } from './tenantRoute.ts';
import { BOARDS, STATUSES, statusOf, type Board, type LogEntry, type Ticket } from './tenantTickets.ts';

/** Tickets, their comments, their boards, and who may request one. */
export const TICKETING: readonly Route[] = [
  { method: 'GET', path: '/v2/ticketing/statuses', handle: () => ok(STATUSES) },
  {
    method: 'GET',
    path: '/v2/ticketing/trigger/boards',
    handle: ({ data }) => ok(BOARDS.map((board) => boardOf(board, data))),
  },
  {
    method: 'POST',
    path: '/v2/ticketing/trigger/board/{boardId}/run',
    isRead: true,
    needsUser: true,
    handle: runBoard,
  },
  { method: 'GET', path: '/v2/ticketing/app-user-contact', handle: everyone },
  { method: 'GET', path: '/v2/ticketing/contact/contacts', handle: contacts },
  {
    method: 'GET',
    path: '/v2/ticketing/ticket/{ticketId}',
    handle: ({ data, ids }) => ok(one(data.tickets, ids[0])),
  },
  { method: 'GET', path: '/v2/ticketing/ticket/{ticketId}/log-entry', needsUser: true, handle: logEntries },
  { method: 'POST', path: '/v2/ticketing/ticket', needsUser: true, handle: createTicket },
  { method: 'PUT', path: '/v2/ticketing/ticket/{ticketId}', needsUser: true, handle: updateTicket },
  { method: 'POST', path: '/v2/ticketing/ticket/{ticketId}/comment', needsUser: true, handle: commentOnTicket },
];

const COLUMNS = ['id', 'subject', 'status', 'priority', 'organization', 'device', 'assignedAppUserId', 'createTime'];

function boardOf({ id, name, lists }: Board, { tickets }: TenantData): unknown {
  return {
    id,
    uid: uidOf('4f5a6b7c', id),
    name,
    description: '',
    conditions: { any: [], all: [] },
    createTime: LAST_SEEN - 0.5,
    updateTime: LAST_SEEN - 0.5,
    system: true,
    columns: COLUMNS,
    sortBy: [{ field: 'id', direction: 'ASC' }],
    ticketCount: tickets.filter(lists).length,
  };
}

function runBoard({ data, ids, body }: RouteCall): SandboxResponse {
  const board = BOARDS.find(({ id }) => id === ids[0]);
  if (!board) {
    throw notFound();
  }
  const { sortBy, filters = [], searchCriteria = '', includeColumns, pageSize, lastCursorId } = membersOf(body ?? {});
  const listed = data.tickets.filter(
    (ticket) => board.lists(ticket) && ticket.subject.toLowerCase().includes(String(searchCriteria).toLowerCase()),
  );
  const isLatestFirst = JSON.stringify(sortBy ?? []).includes('DESC');
  const page = pageOfBoard(isLatestFirst ? listed.toReversed() : listed, { pageSize, lastCursorId });
  const wanted: readonly unknown[] =
    Array.isArray(includeColumns) && includeColumns.length > 0 ? includeColumns : COLUMNS;
  const columns = COLUMNS.filter((column) => column === 'id' || wanted.includes(column));
  return ok({
    data: page.data.map((ticket) => rowOf(ticket, columns, data)),
    metadata: {
      columns,
      sortBy: [{ field: 'id', direction: isLatestFirst ? 'DESC' : 'ASC' }],
      attributes: {},
      filters,
      lastCursorId: page.lastCursorId,
      allRequiredColumns: ['id'],
      allColumns: COLUMNS,
      columnNamesForExporting: columns,
    },
  });
}

function rowOf(ticket: Ticket, columns: readonly string[], data: TenantData): unknown {
  const row: Readonly<Record<string, unknown>> = {
    ...ticket,
    organization: data.organizations.find(({ id }) => id === ticket.clientId)?.name,
    device: data.devices.find(({ id }) => id === ticket.nodeId)?.displayName,
  };
  return Object.fromEntries(columns.map((column) => [column, row[column]]));
}

/** Technicians, end users and contacts in one list. */
function everyone({ data, query }: RouteCall): SandboxResponse {
  const contactRows = data.contacts.map((contact) => ({ ...contact, userType: 'CONTACT' as const }));
  const term = (query.get('searchCriteria') ?? '').toLowerCase();
  const [userType, clientId] = [query.get('userType'), query.get('clientId')];
  const rows = [...data.technicians, ...data.endUsers, ...contactRows].filter(
    (person) =>
      `${person.firstName} ${person.lastName} ${person.email}`.toLowerCase().includes(term) &&
      (userType === null || person.userType === userType) &&
      (clientId === null || String(person.organizationId) === clientId),
  );
  return ok(
    pageFromNaturalAnchor(rows, query).map(
      ({ uid, id, organizationId, firstName, lastName, email, userType: kind, naturalId }) => ({
        uid,
        id,
        ...(organizationId !== undefined && { clientId: organizationId }),
        firstName,
        lastName,
        email,
        userType: kind,
        // A string here, but a number as a parameter.
        naturalId: String(naturalId),
      }),
    ),
  );
}

function contacts({ data }: RouteCall): SandboxResponse {
  return ok(
    data.contacts.map(({ organizationId, ...contact }) => ({
      ...without(contact, 'naturalId'),
      clientId: organizationId,
      clientName: data.organizations.find(({ id }) => id === organizationId)?.name,
      displayName: `${contact.firstName} ${contact.lastName}`,
    })),
  );
}

function logEntries({ data, ids, query }: RouteCall): SandboxResponse {
  const ticket = one(data.tickets, ids[0]);
  const type = query.get('type');
  const own = data.logEntries.filter((entry) => entry.ticketId === ticket.id && (type === null || entry.type === type));
  return ok(pageFromAnchor(own, query).map((entry) => without(entry, 'ticketId')));
}

function createTicket({ data, body }: RouteCall): SandboxResponse {
  const subject = required(body, 'subject', 'ticket_subject_required');
  const { description, status, ...given } = membersOf(body);
  const clientId = one(data.organizations, Number(given['clientId'])).id;
  const ticket: Ticket = {
    ...NEW_TICKET,
    ...(picked(given, TICKET_MEMBERS) as Partial<Ticket>),
    id: Math.max(1000, ...data.tickets.map(({ id }) => id)) + 1,
    version: 1,
    clientId,
    subject,
    status: statusOf(status),
    createTime: Date.now() / 1000,
  };
  checkReferences(ticket, data);
  data.tickets.push(ticket);
  addEntry(data, ticket, { type: 'DESCRIPTION', content: description ?? {} });
  return ok(ticket);
}

function updateTicket({ data, ids, body }: RouteCall): SandboxResponse {
  const ticket = one(data.tickets, ids[0]);
  const { version, status, ...given } = membersOf(body);
  if (version !== ticket.version) {
    throw new Refused(failure(409, 'ticket_updated_by_another_user', 'Ticket was updated by another user'));
  }
  const changed = { ...ticket, ...(picked(given, TICKET_MEMBERS) as Partial<Ticket>) };
  checkReferences(changed, data);
  Object.assign(ticket, changed, {
    version: ticket.version + 1,
    status: status === undefined ? ticket.status : statusOf(status),
  });
  addEntry(data, ticket, { type: 'SAVE', content: {} });
  return ok(ticket);
}

/** Multipart, with the comment as JSON in a part of that name. */
async function commentOnTicket({ data, ids, form }: RouteCall): Promise<SandboxResponse> {
  const ticket = one(data.tickets, ids[0]);
  const parts = await form();
  if (!parts) {
    throw new Refused(failure(415, 'FAILURE', 'HTTP 415 Unsupported Media Type'));
  }
  const comment = parts.get('comment');
  addEntry(data, ticket, {
    type: 'COMMENT',
    content: parsed(typeof comment === 'string' ? comment : await comment?.text()),
  });
  return NO_CONTENT;
}

const TICKET_MEMBERS = [
  'clientId',
  'ticketFormId',
  'locationId',
  'nodeId',
  'subject',
  'type',
  'assignedAppUserId',
  'requesterUid',
  'severity',
  'priority',
  'tags',
  'additionalAssignedTechnicianIds',
];

const NEW_TICKET = {
  type: 'INCIDENT',
  priority: 'NONE',
  severity: 'NONE',
  ticketFormId: 1,
  source: 'TECHNICIAN',
  tags: [],
  ccList: { uids: [], emails: [] },
  deleted: false,
  attributeValues: [],
  additionalAssignedTechnicianIds: [],
};

function checkReferences({ clientId, nodeId, locationId, assignedAppUserId }: Ticket, data: TenantData): void {
  const isClient = data.organizations.some(({ id }) => id === clientId);
  const isNode =
    nodeId === undefined || data.devices.some(({ id, organizationId }) => id === nodeId && organizationId === clientId);
  const isLocation =
    locationId === undefined ||
    data.locations.some(({ id, organizationId }) => id === locationId && organizationId === clientId);
  const isUser = assignedAppUserId === undefined || data.technicians.some(({ id }) => id === assignedAppUserId);
  if (!isClient || !isNode || !isLocation || !isUser) {
    throw invalid('invalid_ticket_reference', { clientId, nodeId, locationId, assignedAppUserId });
  }
}

function addEntry(
  data: TenantData,
  ticket: Ticket,
  { type, content }: { readonly type: LogEntry['type']; readonly content: unknown },
): void {
  const { body, htmlBody, public: publicEntry = true } = membersOf(content);
  if (type === 'COMMENT' && typeof body !== 'string' && typeof htmlBody !== 'string') {
    throw invalid('comment_required');
  }
  const [author] = data.technicians;
  data.logEntries.push({
    id: Math.max(7000, data.logEntries.at(-1)?.id ?? 0) + 1,
    ticketId: ticket.id,
    appUserContactId: author?.id ?? 1,
    appUserContactUid: author?.uid ?? uidOf('0b1f2c3d', 1),
    appUserContactType: 'TECHNICIAN',
    type,
    body: typeof body === 'string' ? body : typeof htmlBody === 'string' ? htmlBody : ticket.subject,
    publicEntry: publicEntry === true,
    system: false,
    createTime: Date.now() / 1000,
  });
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    throw invalid('comment_required');
  }
}
