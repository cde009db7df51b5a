import * as vscode from 'vscode';
import type { Catalog } from '../../core/catalog/catalog.ts';
import { dateFormatOf } from '../../core/catalog/dateParameters.ts';
import type { Parameter } from '../../core/catalog/operation.ts';
import { checkParameterValue } from '../../core/requests/parameterValues.ts';
import { operationIn, valuePlace, type ValuePlace } from '../../core/requests/valuePlace.ts';
import { parseJson } from '../../core/base/untrusted.ts';
import { REQUEST_FILES, REQUEST_SCHEME } from '../platform/contributions.ts';
import { localize } from '../platform/localize.ts';
import { filePartsOf } from './chooseFormFile.ts';
import { dateChoices } from './datePresets.ts';

const SELECTOR = [{ scheme: REQUEST_SCHEME }, { pattern: `**/*${REQUEST_FILES}` }];

/**
 * Offers dates and files where a request document takes them, and shows how a date is sent (E5, E15). VS Code itself
 * completes the rest from the schema, which could offer only the days that were current when it was loaded.
 */
export function registerRequestHints(
  catalogOf: (document: vscode.TextDocument) => Promise<Catalog>,
): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.languages.registerCompletionItemProvider(
      SELECTOR,
      {
        provideCompletionItems: async (document, position) => {
          const target = targetAt(document, position);
          if (!target) {
            return undefined;
          }
          const hint = hintFor(target, await catalogOf(document));
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
      provideHover: async (document, position) => {
        const target = targetAt(document, position);
        const hint = target && hintFor(target, await catalogOf(document));
        const text = hint && hoverText(hint);
        return target && text !== undefined
          ? new vscode.Hover({ language: 'plaintext', value: text }, target.range)
          : undefined;
      },
    }),
  );
}

type Hint =
  { readonly kind: 'date'; readonly place: ValuePlace; readonly parameter: Parameter } | { readonly kind: 'file' };

interface Target {
  readonly place: ValuePlace;
  readonly range: vscode.Range;
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
      operation: operationIn(text) ?? '',
    }
  );
}

function hintFor({ place, operation: key }: Target, catalog: Catalog): Hint | undefined {
  const operation = catalog.find(key);
  if (!operation) {
    return undefined;
  }
  const [field, name = '', member, ...more] = place.location;
  if (field === 'body') {
    const isFile = member === '$file' && more.length === 0 && filePartsOf(operation).some((part) => part.name === name);
    return isFile ? { kind: 'file' } : undefined;
  }
  const parameter = operation.parameters.find((each) => each.in === field && each.name === name);
  if (!parameter || member !== undefined) {
    return undefined;
  }
  return dateFormatOf(parameter) === undefined ? undefined : { kind: 'date', place, parameter };
}

function hoverText(hint: Hint): string | undefined {
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
