import { l10n } from '../base/l10n.ts';
import type { LocalizableMessage } from '../base/messages.ts';
import type { ResourceType } from './operation.ts';
import { splitWords } from './operationTitles.ts';

/** What an id identifies, in words, as in "id of the Windows service". */
export function resourceTypeName(kind: ResourceType): LocalizableMessage {
  return RESOURCE_TYPE_NAMES.get(kind) ?? { template: '{0}', args: [splitWords(kind).join(' ').toLowerCase()] };
}

/** Every kind of the overlay. */
export const RESOURCE_TYPE_NAMES: ReadonlyMap<ResourceType, LocalizableMessage> = new Map([
  ['alert', l10n.t('alert')],
  ['alertSeries', l10n.t('alert series')],
  ['article', l10n.t('article')],
  ['billingAccount', l10n.t('billing account')],
  ['billingAgreement', l10n.t('billing agreement')],
  ['billingInvoice', l10n.t('invoice')],
  ['billingProduct', l10n.t('billing product')],
  ['billingTicketProduct', l10n.t('billing ticket product')],
  ['billingTimeEntry', l10n.t('billing time entry')],
  ['board', l10n.t('board')],
  ['checklist', l10n.t('checklist')],
  ['checklistTemplate', l10n.t('checklist template')],
  ['contact', l10n.t('contact')],
  ['customField', l10n.t('custom field')],
  ['device', l10n.t('device')],
  ['deviceGroup', l10n.t('device group')],
  ['deviceRole', l10n.t('device role')],
  ['document', l10n.t('document')],
  ['documentTemplate', l10n.t('document template')],
  ['endUser', l10n.t('end user')],
  ['entity', l10n.t('entity')],
  ['entityType', l10n.t('entity type')],
  ['folder', l10n.t('folder')],
  ['location', l10n.t('location')],
  ['organization', l10n.t('organization')],
  ['policy', l10n.t('policy')],
  ['policyCondition', l10n.t('policy condition')],
  ['relatedItem', l10n.t('related item')],
  ['scanGroup', l10n.t('scan group')],
  ['script', l10n.t('script')],
  ['softwareLicense', l10n.t('software license')],
  ['softwareProduct', l10n.t('software product')],
  ['tab', l10n.t('tab')],
  ['tag', l10n.t('tag')],
  ['technician', l10n.t('technician')],
  ['ticket', l10n.t('ticket')],
  ['ticketForm', l10n.t('ticket form')],
  ['unmanagedDevice', l10n.t('unmanaged device')],
  ['user', l10n.t('user')],
  ['userRole', l10n.t('user role')],
  ['userUid', l10n.t('user')],
  ['windowsService', l10n.t('Windows service')],
]);
