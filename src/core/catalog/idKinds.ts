import { l10n } from '../base/l10n.ts';
import type { LocalizableMessage } from '../base/messages.ts';
import type { ResourceType } from './operation.ts';
import { splitWords } from './operationTitles.ts';

/** Display name of a resource type, as in "ID of the Windows service". */
export function resourceTypeName(kind: ResourceType): LocalizableMessage {
  return RESOURCE_TYPE_NAMES.get(kind) ?? { template: '{0}', args: [splitWords(kind).join(' ').toLowerCase()] };
}

/** Has all types that occur in the overlay. The names are nouns in lower case, so translators get a comment. */
export const RESOURCE_TYPE_NAMES: ReadonlyMap<ResourceType, LocalizableMessage> = new Map([
  ['alert', l10n.t({ message: 'alert', comment: 'A type of object in NinjaOne. Used within a sentence.' })],
  [
    'alertSeries',
    l10n.t({ message: 'alert series', comment: 'A type of object in NinjaOne. Used within a sentence.' }),
  ],
  [
    'assetRelationship',
    l10n.t({ message: 'asset relationship', comment: 'A type of object in NinjaOne. Used within a sentence.' }),
  ],
  ['article', l10n.t({ message: 'article', comment: 'A type of object in NinjaOne. Used within a sentence.' })],
  [
    'billingAccount',
    l10n.t({ message: 'billing account', comment: 'A type of object in NinjaOne. Used within a sentence.' }),
  ],
  [
    'billingAgreement',
    l10n.t({ message: 'billing agreement', comment: 'A type of object in NinjaOne. Used within a sentence.' }),
  ],
  ['billingInvoice', l10n.t({ message: 'invoice', comment: 'A type of object in NinjaOne. Used within a sentence.' })],
  [
    'billingProduct',
    l10n.t({ message: 'billing product', comment: 'A type of object in NinjaOne. Used within a sentence.' }),
  ],
  [
    'billingTicketProduct',
    l10n.t({ message: 'billing ticket product', comment: 'A type of object in NinjaOne. Used within a sentence.' }),
  ],
  [
    'billingTimeEntry',
    l10n.t({ message: 'billing time entry', comment: 'A type of object in NinjaOne. Used within a sentence.' }),
  ],
  ['board', l10n.t({ message: 'board', comment: 'A type of object in NinjaOne. Used within a sentence.' })],
  ['checklist', l10n.t({ message: 'checklist', comment: 'A type of object in NinjaOne. Used within a sentence.' })],
  [
    'checklistTemplate',
    l10n.t({ message: 'checklist template', comment: 'A type of object in NinjaOne. Used within a sentence.' }),
  ],
  ['contact', l10n.t({ message: 'contact', comment: 'A type of object in NinjaOne. Used within a sentence.' })],
  [
    'customField',
    l10n.t({ message: 'custom field', comment: 'A type of object in NinjaOne. Used within a sentence.' }),
  ],
  ['device', l10n.t({ message: 'device', comment: 'A type of object in NinjaOne. Used within a sentence.' })],
  [
    'deviceGroup',
    l10n.t({ message: 'device group', comment: 'A type of object in NinjaOne. Used within a sentence.' }),
  ],
  ['deviceRole', l10n.t({ message: 'device role', comment: 'A type of object in NinjaOne. Used within a sentence.' })],
  ['document', l10n.t({ message: 'document', comment: 'A type of object in NinjaOne. Used within a sentence.' })],
  [
    'documentTemplate',
    l10n.t({ message: 'document template', comment: 'A type of object in NinjaOne. Used within a sentence.' }),
  ],
  ['endUser', l10n.t({ message: 'end user', comment: 'A type of object in NinjaOne. Used within a sentence.' })],
  ['entity', l10n.t({ message: 'entity', comment: 'A type of object in NinjaOne. Used within a sentence.' })],
  ['entityType', l10n.t({ message: 'entity type', comment: 'A type of object in NinjaOne. Used within a sentence.' })],
  ['folder', l10n.t({ message: 'folder', comment: 'A type of object in NinjaOne. Used within a sentence.' })],
  ['location', l10n.t({ message: 'location', comment: 'A type of object in NinjaOne. Used within a sentence.' })],
  [
    'organization',
    l10n.t({ message: 'organization', comment: 'A type of object in NinjaOne. Used within a sentence.' }),
  ],
  ['policy', l10n.t({ message: 'policy', comment: 'A type of object in NinjaOne. Used within a sentence.' })],
  [
    'policyCondition',
    l10n.t({ message: 'policy condition', comment: 'A type of object in NinjaOne. Used within a sentence.' }),
  ],
  [
    'relatedItem',
    l10n.t({ message: 'related item', comment: 'A type of object in NinjaOne. Used within a sentence.' }),
  ],
  ['scanGroup', l10n.t({ message: 'scan group', comment: 'A type of object in NinjaOne. Used within a sentence.' })],
  ['script', l10n.t({ message: 'script', comment: 'A type of object in NinjaOne. Used within a sentence.' })],
  [
    'softwareLicense',
    l10n.t({ message: 'software license', comment: 'A type of object in NinjaOne. Used within a sentence.' }),
  ],
  [
    'softwareProduct',
    l10n.t({ message: 'software product', comment: 'A type of object in NinjaOne. Used within a sentence.' }),
  ],
  ['tab', l10n.t({ message: 'tab', comment: 'A type of object in NinjaOne. Used within a sentence.' })],
  ['tag', l10n.t({ message: 'tag', comment: 'A type of object in NinjaOne. Used within a sentence.' })],
  ['technician', l10n.t({ message: 'technician', comment: 'A type of object in NinjaOne. Used within a sentence.' })],
  ['ticket', l10n.t({ message: 'ticket', comment: 'A type of object in NinjaOne. Used within a sentence.' })],
  ['ticketForm', l10n.t({ message: 'ticket form', comment: 'A type of object in NinjaOne. Used within a sentence.' })],
  [
    'unmanagedDevice',
    l10n.t({ message: 'unmanaged device', comment: 'A type of object in NinjaOne. Used within a sentence.' }),
  ],
  ['user', l10n.t({ message: 'user', comment: 'A type of object in NinjaOne. Used within a sentence.' })],
  ['userRole', l10n.t({ message: 'user role', comment: 'A type of object in NinjaOne. Used within a sentence.' })],
  ['userUid', l10n.t({ message: 'user', comment: 'A type of object in NinjaOne. Used within a sentence.' })],
  [
    'windowsService',
    l10n.t({ message: 'Windows service', comment: 'A type of object in NinjaOne. Used within a sentence.' }),
  ],
]);
