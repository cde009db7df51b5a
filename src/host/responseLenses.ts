import * as vscode from 'vscode';
import type { ApiResponse } from '../core/api/apiResponse.ts';
import { describeEnd } from '../core/api/paging.ts';
import type { Sentence } from '../core/base/sentence.ts';
import { looksTabular } from '../core/request/table.ts';
import type { Command } from './contributions.ts';
import { messageOf } from './errorReporter.ts';
import { canFetchAll, hasItems, type Shown } from './shownResponse.ts';

/**
 * The line above an answer: what went wrong first, then the facts, what can be done next, and what else has to be known. The
 * sentences come last, because an editor that is narrow cuts the line.
 */
export function lensesOf(uri: vscode.Uri, shown: Shown): vscode.CodeLens[] {
  const { view, response, end } = shown;
  const top = new vscode.Range(0, 0, 0, 0);
  const words = (title: string): vscode.CodeLens =>
    new vscode.CodeLens(top, { title: title.replaceAll('$(', '$ ('), command: '' });
  const action = (title: string, command: Command): vscode.CodeLens =>
    new vscode.CodeLens(top, { title, command, arguments: [uri] });
  const said = ({ template, args }: Sentence): string => vscode.l10n.t(template, ...args);
  return [
    ...(response.failure ? [words(messageOf(response.failure))] : []),
    words(factsOf(shown).join(' · ')),
    ...(shown.next ? [action(vscode.l10n.t('Next Page'), 'ninjaone.response.nextPage')] : []),
    ...(canFetchAll(shown) ? [action(vscode.l10n.t('Fetch All'), 'ninjaone.response.fetchAll')] : []),
    ...(shown.whole && view.kind !== 'empty'
      ? [
          action(
            view.kind === 'json' ? vscode.l10n.t('Save as JSON…') : vscode.l10n.t('Save…'),
            'ninjaone.response.saveJson',
          ),
        ]
      : []),
    ...(hasItems(shown) ? [action(vscode.l10n.t('Save as CSV…'), 'ninjaone.response.saveCsv')] : []),
    ...(looksTabular(view.text, response.request.operation.traits.items)
      ? [action(vscode.l10n.t('Show as Table'), 'ninjaone.response.showTable')]
      : []),
    action(vscode.l10n.t('Copy as…'), 'ninjaone.request.copyAs'),
    ...(end ? [words(said(describeEnd(end)))] : []),
    ...view.notices.map((notice) => words(said(notice))),
  ];
}

function factsOf({ view, response, page, end }: Shown): string[] {
  const { status, ms, size, request } = response;
  const place = page > 1 ? [vscode.l10n.t('page {0}', page)] : [];
  const cut = end && !end.complete ? [vscode.l10n.t('cut')] : [];
  return [
    String(status),
    `${Math.round(ms)} ms`,
    sizeOf(size),
    ...place,
    ...itemsOf(view),
    ...cut,
    request.connection.name,
  ];
}

function itemsOf({ items, shownItems }: Shown['view']): string[] {
  if (items === undefined) {
    return [];
  }
  return [
    shownItems !== undefined && shownItems < items
      ? vscode.l10n.t('{0} of {1} items', shownItems, items)
      : vscode.l10n.t('{0} items', items),
  ];
}

export function sizeOf(bytes: ApiResponse['size']): string {
  return bytes < 1000
    ? `${bytes} B`
    : bytes < 1e6
      ? `${(bytes / 1000).toFixed(1)} kB`
      : `${(bytes / 1e6).toFixed(1)} MB`;
}
