import { NinjaOneError } from '../../core/base/errors.ts';
import { l10n } from '../../core/base/l10n.ts';
import type { LocalizableMessage } from '../../core/base/messages.ts';
import type { ResourceObject } from '../../core/catalog/consoleAddresses.ts';
import type { Connection } from '../../core/connections/connection.ts';
import type { ResourceItem, ResourceListName } from '../../core/resources/resourceLists.ts';

interface RowBase {
  readonly id: string;
  readonly connection: Connection;
}

/** A row below which a list is: the connection, an organization, a location, or a list of a device. */
export interface ListRow extends RowBase {
  readonly kind: 'list';
  /** The list that it opens. */
  readonly opens: ResourceListName;
  /** The object of the row, then those that it belongs to. Of a list of a device, the device. */
  readonly objects: readonly ResourceObject[];
  /** Undefined for the connection and for a list of a device. */
  readonly item: ResourceItem | undefined;
}

/** An item of a list: a device, which has lists, or one that nothing is below. */
export interface ItemRow extends RowBase {
  readonly kind: 'item';
  readonly list: ResourceListName;
  /** Empty if no operation takes the item. */
  readonly objects: readonly ResourceObject[];
  readonly item: ResourceItem;
}

/** What follows the items of a list. */
export interface NoteRow extends RowBase {
  readonly kind: 'note';
  readonly of: ListRow;
  readonly note:
    /** NinjaOne may return fewer items than were asked for, so a short page is not the last one for sure. */
    | { readonly type: 'more'; readonly shown: number; readonly isShort: boolean }
    | { readonly type: 'failure'; readonly error: NinjaOneError }
    | { readonly type: 'notice'; readonly text: LocalizableMessage }
    | { readonly type: 'empty' };
}

export type ResourceRow = ListRow | ItemRow | NoteRow;

export function isDevice(row: ResourceRow): row is ItemRow {
  return row.kind === 'item' && row.list === 'devices' && row.objects[0]?.kind === 'device';
}

/** The object that the operations in the menu of a row are about, then those that it belongs to. */
export function objectsOf(row: ResourceRow): readonly ResourceObject[] {
  return row.kind === 'item' || (row.kind === 'list' && row.item) ? row.objects : [];
}

export function noRowSelected(): NinjaOneError {
  return new NinjaOneError({
    code: 'resources.noRow',
    intent: 'invalidInput',
    message: l10n.t('Select an object in the Resources view first.'),
  });
}
