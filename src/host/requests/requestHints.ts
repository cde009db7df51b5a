import * as vscode from 'vscode';
import type { Catalog } from '../../core/catalog/catalog.ts';
import { dateFormatOf } from '../../core/catalog/dateParameters.ts';
import { bodyIdKind, isTextInBody } from '../../core/catalog/bodyIds.ts';
import type { Operation, Parameter, ResourceType } from '../../core/catalog/operation.ts';
import type { Connection } from '../../core/connections/connection.ts';
import type { NameDirectory } from '../../core/names/nameDirectory.ts';
import { namedKindOf, nameSourceOf } from '../../core/names/nameSources.ts';
import { completeNames, nameHover, type NameTarget } from '../names/nameHints.ts';
import { checkParameterValue } from '../../core/requests/parameterValues.ts';
import { operationIn, valuePlace, type ValuePlace } from '../../core/requests/valuePlace.ts';
import { parseJson } from '../../core/base/untrusted.ts';
import { REQUEST_FILES, REQUEST_SCHEME } from '../platform/contributions.ts';
import { localize } from '../platform/localize.ts';
import { filePartsOf } from './chooseFormFile.ts';
import { dateChoices } from './datePresets.ts';

const SELECTOR = [{ scheme: REQUEST_SCHEME }, { pattern: `**/*${REQUEST_FILES}` }];

export interface RequestHintOptions {
  readonly catalogOf: (document: vscode.TextDocument) => Promise<Catalog>;
  /** The connection whose names are offered; undefined for a document that may not be sent. */
  readonly connectionOf: (document: vscode.TextDocument) => Connection | undefined;
  readonly names: NameDirectory;
}

/**
 * Offers dates, files and names of objects where a request document takes them, and shows how a date is sent and which
 * object an ID stands for (E5, E15, E16). VS Code itself completes the rest from the schema, which could offer only the
 * days that were current when it was loaded.
 */
export function registerRequestHints({ catalogOf, connectionOf, names }: RequestHintOptions): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.languages.registerCompletionItemProvider(
      SELECTOR,
      {
        provideCompletionItems: async (document, position, token) => {
          const target = targetAt(document, position);
          if (!target) {
            return undefined;
          }
          const connection = connectionOf(document);
          const hint = await hintFor(target, await catalogOf(document));
          if (hint?.kind === 'name') {
            return connection && completeNames({ ...idTarget(target, hint), connection }, names, token);
          }
          return hint?.kind === 'date'
            ? dateItems(target.range)
            : hint?.kind === 'file'
              ? fileItems(document, target.range)
              : undefined;
        },
      },
      '"',
      ':',
      ' ',
    ),
    vscode.languages.registerHoverProvider(SELECTOR, {
      provideHover: async (document, position, token) => {
        const target = targetAt(document, position);
        const connection = connectionOf(document);
        const hint = target && (await hintFor(target, await catalogOf(document)));
        if (!target || !hint) {
          return undefined;
        }
        if (hint.kind !== 'name') {
          return hoverOf(hoverText(hint), target.range);
        }
        const { range, token: id } = idTarget(target, hint);
        const value = id.replaceAll('"', '').trim();
        return connection && value !== ''
          ? hoverOf(await nameHover({ kind: hint.type, connection }, value, { directory: names, token }), range)
          : undefined;
      },
    }),
  );
}

type Hint =
  | { readonly kind: 'date'; readonly place: ValuePlace; readonly parameter: Parameter }
  | { readonly kind: 'file' }
  | {
      readonly kind: 'name';
      readonly place: ValuePlace;
      readonly type: ResourceType;
      /** Whether the ID is inserted as a text. */
      readonly isText: boolean;
      /** Whether the text has several IDs, with commas between them. */
      readonly isList: boolean;
    };

interface Target {
  readonly place: ValuePlace;
  readonly range: vscode.Range;
  /** Characters between the beginning of the range and the position. */
  readonly before: number;
  /** Key of the operation. */
  readonly operation: string;
}

/**
 * Reads the document when VS Code asks, before anything is awaited: while the user goes on typing, the text becomes longer
 * than the one that the position is about, and the range would take what stands behind the value.
 */
function targetAt(document: vscode.TextDocument, position: vscode.Position): Target | undefined {
  const text = document.getText();
  const place = valuePlace(text, document.offsetAt(position));
  return (
    place && {
      place,
      range: new vscode.Range(document.positionAt(place.start), document.positionAt(place.end)),
      before: document.offsetAt(position) - place.start,
      operation: operationIn(text) ?? '',
    }
  );
}

/** The ID at the position: the whole value, or the item of a text with several. */
function idTarget(
  { place, range, before }: Target,
  { type, isText, isList }: Extract<Hint, { kind: 'name' }>,
): Omit<NameTarget, 'connection'> {
  const { token } = place;
  if (!isList || !token.startsWith('"')) {
    return { kind: type, range, token, typed: token.slice(0, before), isText: isText || isList };
  }
  const start = Math.max(token.lastIndexOf(',', before - 1) + 1, 1);
  const [item = ''] = token.slice(start).split(/[,"]/, 1);
  const at = (offset: number): vscode.Position => range.start.translate(0, offset);
  const itemRange = new vscode.Range(at(start), at(start + item.length));
  return { kind: type, range: itemRange, token: item, typed: token.slice(start, before), isText: false };
}

async function hintFor({ place, operation: key }: Target, catalog: Catalog): Promise<Hint | undefined> {
  const operation = catalog.find(key);
  if (!operation) {
    return undefined;
  }
  const [field, name = '', member, ...more] = place.location;
  if (field === 'body') {
    const isFile = member === '$file' && more.length === 0 && filePartsOf(operation).some((part) => part.name === name);
    const location = place.location.slice(1);
    const type = isFile ? undefined : bodyIdKind(operation, location);
    return isFile
      ? { kind: 'file' }
      : type === undefined
        ? undefined
        : { ...{ kind: 'name', place, type, isList: false }, isText: await isTextId(operation, location, catalog) };
  }
  const parameter = operation.parameters.find((each) => each.in === field && each.name === name);
  if (!parameter || member !== undefined) {
    return undefined;
  }
  if (dateFormatOf(parameter) !== undefined) {
    return { kind: 'date', place, parameter };
  }
  const isList = parameter.type === 'string' && /Ids$/.test(parameter.name);
  const type = isList ? parameter.kind : namedKindOf(parameter);
  return type !== undefined && nameSourceOf(type)
    ? { kind: 'name', place, type, isList, isText: place.token.startsWith('"') || nameSourceOf(type)?.id === 'uid' }
    : undefined;
}

async function isTextId(operation: Operation, location: readonly string[], catalog: Catalog): Promise<boolean> {
  return isTextInBody(operation, location, await catalog.schemas());
}

function hoverOf(text: string | undefined, range: vscode.Range): vscode.Hover | undefined {
  return text === undefined ? undefined : new vscode.Hover({ language: 'plaintext', value: text }, range);
}

function hoverText(hint: Exclude<Hint, { kind: 'name' }>): string | undefined {
  if (hint.kind === 'file') {
    return undefined;
  }
  const value = parseJson(hint.place.token);
  if ((typeof value !== 'string' && typeof value !== 'number') || value === '') {
    return undefined;
  }
  const checked = checkParameterValue(hint.parameter, value);
  return checked.ok ? vscode.l10n.t('Sent as {0}', checked.text) : localize(checked.message);
}

/** Inserts the day as a date, so that the document says which day it is. */
function dateItems(range: vscode.Range): vscode.CompletionItem[] {
  return dateChoices('day').map(({ label, wire }, index) => {
    const item = itemOf(range, { label: { label, description: wire }, text: wire });
    item.kind = vscode.CompletionItemKind.Value;
    item.sortText = String(index);
    item.filterText = `"${label} ${wire}"`;
    return item;
  });
}

async function fileItems({ uri }: vscode.TextDocument, range: vscode.Range): Promise<vscode.CompletionItem[]> {
  const label = vscode.l10n.t('Choose File…');
  const choose = itemOf(range, { label, text: '' });
  choose.kind = vscode.CompletionItemKind.Folder;
  choose.sortText = '0';
  choose.filterText = `"${label}"`;
  choose.command = { title: label, command: 'ninjaone.request.chooseFile', arguments: [uri] };
  const files = vscode.workspace.isTrusted ? await vscode.workspace.findFiles('**/*', undefined, MAX_FILES) : [];
  const paths = files.map((file) => vscode.workspace.asRelativePath(file, false)).sort();
  return [
    choose,
    ...paths.map((path) => {
      const item = itemOf(range, { label: path, text: path });
      item.kind = vscode.CompletionItemKind.File;
      item.sortText = `1${path}`;
      return item;
    }),
  ];
}

const MAX_FILES = 500;

/** VS Code compares what is typed with the filter, also the quote before it. */
function itemOf(
  range: vscode.Range,
  { label, text }: { readonly label: string | vscode.CompletionItemLabel; readonly text: string },
): vscode.CompletionItem {
  const item = new vscode.CompletionItem(label);
  item.insertText = JSON.stringify(text);
  item.filterText = item.insertText;
  item.range = range;
  return item;
}
