import { sentence, type LocalizableMessage } from '../base/messages.ts';
import type { ResourceType } from './operation.ts';
import { words } from './operationTitles.ts';

/** What an id identifies, in words, as in "id of the Windows service". */
export function resourceTypeName(kind: ResourceType): LocalizableMessage {
  return NAMES.get(kind) ?? sentence(words(kind).join(' ').toLowerCase());
}

/** Every kind of the overlay. */
export const NAMES: ReadonlyMap<ResourceType, LocalizableMessage> = new Map([
  ['alert', sentence('alert')],
  ['alertSeries', sentence('alert series')],
  ['article', sentence('article')],
  ['billingAccount', sentence('billing account')],
  ['billingAgreement', sentence('billing agreement')],
  ['billingInvoice', sentence('invoice')],
  ['billingProduct', sentence('billing product')],
  ['billingTicketProduct', sentence('billing ticket product')],
  ['billingTimeEntry', sentence('billing time entry')],
  ['board', sentence('board')],
  ['checklist', sentence('checklist')],
  ['checklistTemplate', sentence('checklist template')],
  ['contact', sentence('contact')],
  ['customField', sentence('custom field')],
  ['device', sentence('device')],
  ['deviceGroup', sentence('device group')],
  ['deviceRole', sentence('device role')],
  ['document', sentence('document')],
  ['documentTemplate', sentence('document template')],
  ['endUser', sentence('end user')],
  ['entity', sentence('entity')],
  ['entityType', sentence('entity type')],
  ['folder', sentence('folder')],
  ['location', sentence('location')],
  ['organization', sentence('organization')],
  ['policy', sentence('policy')],
  ['policyCondition', sentence('policy condition')],
  ['relatedItem', sentence('related item')],
  ['scanGroup', sentence('scan group')],
  ['script', sentence('script')],
  ['softwareLicense', sentence('software license')],
  ['softwareProduct', sentence('software product')],
  ['tab', sentence('tab')],
  ['tag', sentence('tag')],
  ['technician', sentence('technician')],
  ['ticket', sentence('ticket')],
  ['ticketForm', sentence('ticket form')],
  ['unmanagedDevice', sentence('unmanaged device')],
  ['user', sentence('user')],
  ['userRole', sentence('user role')],
  ['userUid', sentence('user')],
  ['windowsService', sentence('Windows service')],
]);
