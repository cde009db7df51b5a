import * as vscode from 'vscode';
import type { FilterKey } from '../../core/deviceFilter/filterKeys.ts';
import {
  filterId,
  filterMeaning,
  filterProposals,
  type FilterProposal,
} from '../../core/deviceFilter/filterProposals.ts';
import { completeNames, nameHover } from '../names/nameHints.ts';
import { REQUEST_FILES, REQUEST_SCHEME } from '../platform/contributions.ts';
import { localize } from '../platform/localize.ts';
import { dateChoices } from './datePresets.ts';
import { deviceFilterOf, rangeIn, type DeviceFilter } from './deviceFilters.ts';
import { DeviceFilterWarnings } from './deviceFilterWarnings.ts';
import type { RequestHintOptions } from './requestHints.ts';

const SELECTOR = [{ scheme: REQUEST_SCHEME }, { pattern: `**/*${REQUEST_FILES}` }];

/**
 * Completes, explains and checks the device filter of request documents (E18). Requests are sent only for the names of
 * objects, where an ID stands (E16).
 */
export function registerDeviceFilterHints(options: RequestHintOptions): vscode.Disposable {
  const { catalogOf } = options;
  const warnings = new DeviceFilterWarnings(catalogOf);
  return vscode.Disposable.from(
    warnings,
    vscode.languages.registerCodeActionsProvider(SELECTOR, warnings, {
      providedCodeActionKinds: [vscode.CodeActionKind.QuickFix],
    }),
    vscode.languages.registerCompletionItemProvider(
      SELECTOR,
      {
        provideCompletionItems: (document, position, token) => completions({ document, position, token }, options),
      },
      ...['"', ' ', '(', ',', '='],
    ),
    vscode.languages.registerHoverProvider(SELECTOR, {
      provideHover: (document, position, token) => hover({ document, position, token }, options),
    }),
  );
}

interface Question {
  readonly document: vscode.TextDocument;
  readonly position: vscode.Position;
  readonly token: vscode.CancellationToken;
}

async function completions(
  { document, position, token }: Question,
  { catalogOf, connectionOf, names }: RequestHintOptions,
): Promise<vscode.CompletionList | undefined> {
  const connection = connectionOf(document);
  const offset = document.offsetAt(position);
  const filter = await deviceFilterOf(document, catalogOf);
  if (!filter?.place.isText || !isInside(filter, offset)) {
    return undefined;
  }
  const { place, context } = filter;
  const { word, proposals, valueOf } = filterProposals(place.filter, place.toFilter(offset), context);
  const range = rangeIn(filter, word);
  if (valueOf?.kind !== undefined) {
    const typed = place.filter.slice(word.start, place.toFilter(offset));
    const target = { kind: valueOf.kind, range, token: place.filter.slice(word.start, word.end), typed, isText: false };
    return connection && completeNames({ ...target, connection }, names, token);
  }
  const following = place.filter.charAt(word.end);
  const items = [
    ...proposals.map((proposal) => itemOf(proposal, following)),
    ...(valueOf?.form === 'date' ? dateItems() : []),
  ];
  for (const [index, item] of items.entries()) {
    item.range = range;
    item.sortText = String(index).padStart(3, '0');
  }
  // What can follow changes with each character.
  return new vscode.CompletionList(items, true);
}

/** Whether an offset of the document is between the quotes. */
function isInside({ place }: DeviceFilter, offset: number): boolean {
  return place.toDocument(0) <= offset && offset <= place.toDocument(place.filter.length);
}

function itemOf({ kind, text, suffix, continues, meaning }: FilterProposal, following: string): vscode.CompletionItem {
  const item = new vscode.CompletionItem(text, KINDS[kind]);
  const added = /[\s(]/.test(following) ? '' : suffix;
  item.insertText = added === ' ()' ? new vscode.SnippetString(`${text} ($0)`) : text + added;
  if (meaning) {
    item.documentation = localize(meaning);
  }
  if (continues && added !== '') {
    item.command = { command: 'editor.action.triggerSuggest', title: '' };
  }
  return item;
}

const KINDS: { readonly [K in FilterProposal['kind']]: vscode.CompletionItemKind } = {
  key: vscode.CompletionItemKind.Field,
  operator: vscode.CompletionItemKind.Operator,
  value: vscode.CompletionItemKind.EnumMember,
  and: vscode.CompletionItemKind.Keyword,
  example: vscode.CompletionItemKind.Snippet,
};

/** Inserts the day as a date, so that the document says which day it is. */
function dateItems(): vscode.CompletionItem[] {
  return dateChoices('day').map(({ label, wire }) => {
    const item = new vscode.CompletionItem({ label, description: wire }, vscode.CompletionItemKind.Value);
    item.insertText = wire;
    item.filterText = `${label} ${wire}`;
    return item;
  });
}

async function hover(
  { document, position, token }: Question,
  { catalogOf, connectionOf, names }: RequestHintOptions,
): Promise<vscode.Hover | undefined> {
  const offset = document.offsetAt(position);
  const connection = connectionOf(document);
  const filter = await deviceFilterOf(document, catalogOf);
  if (!filter || !isInside(filter, offset)) {
    return undefined;
  }
  const { place, context } = filter;
  const at = place.toFilter(offset);
  const found = filterMeaning(place.filter, at);
  if (found) {
    const lines = [localize(found.meaning), ...(found.key ? keyLines(found.key) : [])];
    return hoverOf(lines.join('\n'), rangeIn(filter, found));
  }
  const value = filterId(place.filter, at, context);
  const kind = value?.key.kind;
  const name =
    value && kind !== undefined && connection
      ? await nameHover({ kind, connection }, value.id, { directory: names, token })
      : undefined;
  return value && name !== undefined ? hoverOf(name, rangeIn(filter, value)) : undefined;
}

/** In a code block, so that VS Code does not interpret the text as Markdown. */
function hoverOf(value: string, range: vscode.Range): vscode.Hover {
  return new vscode.Hover({ language: 'plaintext', value }, range);
}

function keyLines({ operators, example, source }: FilterKey): readonly string[] {
  return [
    ...(operators.length > 0 ? [vscode.l10n.t('Operators: {0}', operators.join(', '))] : []),
    vscode.l10n.t('Example: {0}', example),
    ...(source === 'seen' ? [vscode.l10n.t('How NinjaOne reads this key was not verified.')] : []),
  ];
}
