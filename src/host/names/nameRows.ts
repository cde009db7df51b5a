import * as vscode from 'vscode';
import { plainText } from '../../core/base/errors.ts';
import type { ResourceType } from '../../core/catalog/operation.ts';
import { resourceTypeName } from '../../core/catalog/idKinds.ts';
import type { Connection } from '../../core/connections/connection.ts';
import type { NameDirectory } from '../../core/names/nameDirectory.ts';
import type { NamedObject } from '../../core/names/nameSources.ts';
import { localize } from '../platform/localize.ts';

/** A row of a list of names. A row without a value only says something. */
export interface NameRow extends vscode.QuickPickItem {
  readonly value?: string;
}

/** What tells an object from others of the same name: its ID, its organization and location, and a note. */
export function descriptionOf(object: NamedObject, connection: Connection, directory: NameDirectory): string {
  const { id, note } = object;
  return [id, ...directory.ownersOf(object, connection), ...(note === undefined ? [] : [note])].join(' · ');
}

/** Name, and what tells the object from others, in one line. */
export function titleOf(object: NamedObject, connection: Connection, directory: NameDirectory): string {
  const more = [...directory.ownersOf(object, connection), ...(object.note === undefined ? [] : [object.note])];
  return [object.name, ...more].join(' · ');
}

export function nothingFound(kind: ResourceType, text: string): string {
  return vscode.l10n.t({
    message: 'No {0} has a name with "{1}"',
    args: [plainText(localize(resourceTypeName(kind)), 60), plainText(text, 60)],
    comment: '{0} is a type of object, such as device, and {1} what the user typed.',
  });
}

export function typeMore(count: number): string {
  return vscode.l10n.t('Only {0} names are listed. Type more of the name to find others.', count);
}

export function enterId(): string {
  return vscode.l10n.t('Names are not available. Enter the ID instead.');
}

export function namesUnavailable(): string {
  return vscode.l10n.t('Names are not available');
}
