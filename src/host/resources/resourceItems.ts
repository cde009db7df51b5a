import * as vscode from 'vscode';
import { plainLines, plainText } from '../../core/base/errors.ts';
import { resourceTypeName } from '../../core/catalog/idKinds.ts';
import { consoleAddress } from '../../core/catalog/consoleAddresses.ts';
import {
  DEVICE_LIST_NAMES,
  type DeviceListName,
  type ResourceItem,
  type ResourceListName,
} from '../../core/resources/resourceLists.ts';
import { capitalized } from '../platform/capitalized.ts';
import { localizedErrorMessage, supportIds } from '../platform/errorReporter.ts';
import { formatTimestamp } from '../platform/format.ts';
import { localize } from '../platform/localize.ts';
import { isDevice, objectsOf, type ListRow, type NoteRow, type ResourceRow } from './resourceRows.ts';

/** The tree item of a row of the Resources view. Every text may come from a server, so each one is made plain. */
export function resourceTreeItem(row: ResourceRow): vscode.TreeItem {
  if (row.kind === 'note') {
    return noteItem(row);
  }
  const { item: content } = row;
  const { None, Collapsed } = vscode.TreeItemCollapsibleState;
  const label = plainText(content ? content.name : nameOf(row as ListRow));
  const item = new vscode.TreeItem(label, row.kind === 'list' || isDevice(row) ? Collapsed : None);
  const facts = content
    ? content.facts.map(factText)
    : row.kind === 'list' && row.objects.length === 0
      ? [host(row)]
      : [];
  item.id = row.id;
  item.description = plainText(facts.join(' · '));
  item.iconPath = new vscode.ThemeIcon(iconOf(row));
  item.contextValue = contextOf(row);
  item.accessibilityInformation = { label: plainText([kindOf(row), label, ...facts].filter(Boolean).join(', ')) };
  item.tooltip = tooltipOf(row, label);
  return item;
}

function noteItem(row: NoteRow): vscode.TreeItem {
  const { id, note } = row;
  const text = plainText(noteText(note));
  const item = new vscode.TreeItem(text, vscode.TreeItemCollapsibleState.None);
  item.id = id;
  item.contextValue = `note.${note.type}`;
  item.iconPath = NOTE_ICONS[note.type];
  item.accessibilityInformation = { label: text };
  if (note.type === 'more' || note.type === 'failure') {
    const title = note.type === 'more' ? vscode.l10n.t('Load More') : vscode.l10n.t('Try Again');
    item.command = { command: 'ninjaone.resources.loadMore', title, arguments: [row] };
    item.description = note.type === 'more' ? plainText(shownSoFar(note)) : title;
    item.accessibilityInformation = { label: `${text}, ${item.description}` };
  }
  const ids = note.type === 'failure' ? supportIds(note.error) : '';
  item.tooltip = ids === '' ? text : `${text}\n${ids}`;
  return item;
}

function shownSoFar({ shown, isShort }: Extract<NoteRow['note'], { readonly type: 'more' }>): string {
  return isShort
    ? vscode.l10n.t({ message: '{0} so far, perhaps all', args: [shown], comment: '{0} is a number of objects.' })
    : vscode.l10n.t({ message: '{0} so far', args: [shown], comment: '{0} is a number of objects.' });
}

function noteText(note: NoteRow['note']): string {
  switch (note.type) {
    case 'more':
      return vscode.l10n.t('Load More');
    case 'failure':
      return localizedErrorMessage(note.error);
    case 'notice':
      return localize(note.text);
    case 'empty':
      return vscode.l10n.t('This list is empty.');
  }
}

const WARNING = new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
const NOTE_ICONS: { readonly [T in NoteRow['note']['type']]: vscode.ThemeIcon } = {
  more: new vscode.ThemeIcon('ellipsis'),
  failure: WARNING,
  notice: WARNING,
  empty: new vscode.ThemeIcon('dash'),
};

/** The name of the connection, or of a list of a device. */
function nameOf({ opens, connection }: ListRow): string {
  return opens === 'organizations' ? connection.name : localize(DEVICE_LIST_NAMES[opens as DeviceListName]);
}

function host({ connection }: ResourceRow): string {
  return connection.instance.label;
}

function kindOf(row: ResourceRow): string {
  const [object] = objectsOf(row);
  return object ? capitalized(localize(resourceTypeName(object.kind))) : '';
}

function contextOf(row: ResourceRow): string {
  const [object] = objectsOf(row);
  return [
    object ? `object.${object.kind}` : row.kind,
    ...(row.kind === 'list' ? ['list'] : []),
    ...(object && consoleAddress('', object) !== undefined ? ['console'] : []),
  ].join('.');
}

function factText({ type, value }: ResourceItem['facts'][number]): string {
  switch (type) {
    case 'online':
      return value === true
        ? vscode.l10n.t({ message: 'offline', comment: 'State of a device.' })
        : vscode.l10n.t({ message: 'online', comment: 'State of a device.' });
    case 'time':
      return typeof value === 'number' ? formatTimestamp(value * 1000) : String(value);
    case 'size':
      return typeof value === 'number' ? gigabytes(value) : String(value);
    case 'text':
      return plainText(String(value), 100);
  }
}

function gigabytes(bytes: number): string {
  const options = { style: 'unit', unit: 'gigabyte', maximumFractionDigits: 1 } as const;
  return new Intl.NumberFormat(vscode.env.language, options).format(bytes / 1e9);
}

function tooltipOf(row: ResourceRow, label: string): string {
  const { item } = row as Partial<ListRow>;
  const [object] = objectsOf(row);
  return plainLines(
    [
      label,
      ...(object ? [`ID: ${object.id}`] : []),
      ...(item?.facts ?? []).map((fact) => (fact.type === 'online' ? '' : `${fact.member}: `) + factText(fact)),
    ].join('\n'),
  );
}

function iconOf(row: ResourceRow): string {
  if (row.kind === 'list') {
    const [object] = row.item ? row.objects : [];
    return object ? (OBJECT_ICONS.get(object.kind) ?? 'circle-outline') : LIST_ICONS[row.opens];
  }
  if (row.kind === 'item' && row.list === 'devices') {
    const isServer = row.item.facts.some(({ value }) => typeof value === 'string' && value.endsWith('_SERVER'));
    return isServer ? 'server' : 'device-desktop';
  }
  return row.kind === 'item' && row.list === 'alerts' ? 'bell' : 'circle-small';
}

const OBJECT_ICONS: ReadonlyMap<string, string> = new Map([
  ['organization', 'organization'],
  ['location', 'location'],
]);

const LIST_ICONS: { readonly [N in ResourceListName]: string } = {
  organizations: 'plug',
  locations: 'location',
  devices: 'server',
  alerts: 'bell',
  activities: 'pulse',
  software: 'package',
  osPatches: 'shield',
  softwarePatches: 'shield',
  disks: 'database',
  volumes: 'database',
  services: 'gear',
  jobs: 'tasklist',
};
