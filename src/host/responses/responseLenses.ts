import * as vscode from 'vscode';
import type { ApiResponse } from '../../core/api/apiResponse.ts';
import { describeEnd } from '../../core/api/paging.ts';
import { items, pages } from '../../core/base/counts.ts';
import { looksTabular } from '../../core/responses/tableModel.ts';
import { setContext, type ResponseCommand, type Command } from '../platform/contributions.ts';
import { messageOf } from '../platform/errorReporter.ts';
import { canFetchAll, hasItems, type DisplayedResponse } from '../../core/responses/displayedResponse.ts';
import { durationOf, sizeOf, statusOf } from '../platform/format.ts';
import { localize } from '../platform/localize.ts';

/**
 * The line above an answer: the facts, what is not all there, then what can be done next. An editor that is narrow cuts the
 * line; what is cut off can be done from the title of the editor as well. The connection is in that title. What went wrong
 * has a line of its own on top.
 */
export function lensesOf(uri: vscode.Uri, shown: DisplayedResponse): vscode.CodeLens[] {
  const { view, response, end } = shown;
  const { failure } = response;
  const top = new vscode.Range(0, 0, 0, 0);
  const place = failure ? new vscode.Range(1, 0, 1, 0) : top;
  const words = (title: string, range = place): vscode.CodeLens =>
    new vscode.CodeLens(range, { title: title.replaceAll('$(', '$ ('), tooltip: title, command: '' });
  const action = (title: string, command: Command): vscode.CodeLens =>
    new vscode.CodeLens(place, { title, command, arguments: [uri] });
  const cut = end && !end.complete ? [localize(describeEnd(end))] : [];
  // Without an answer, what the text is says nothing.
  const notices = (response.status === 0 ? [] : view.notices).map((notice) => words(localize(notice)));
  // "1000 of 1200 items" says so much that the sentence can wait.
  const isInFacts = view.cut && view.items !== undefined;
  return [
    ...(failure ? [...cut, messageOf(failure)].map((title) => words(title, top)) : []),
    words(factsOf(shown).join(' · ')),
    ...(failure ? [] : cut).map((title) => words(title)),
    ...(isInFacts ? [] : notices),
    ...RESPONSE_COMMANDS.filter((command) => IS_AVAILABLE[command](shown)).map((command) =>
      action(TITLES[command](shown), command),
    ),
    action(vscode.l10n.t('Copy as…'), 'ninjaone.request.copyAs'),
    ...(isInFacts ? notices : []),
  ];
}

/** Lenses of one line of text share a line, so what has a failure to explain above its facts needs two. */
export function padForCodeLens(text: string, { failure }: Pick<ApiResponse, 'failure'>): string {
  return failure && !text.includes('\n') ? `${text}\n` : text;
}

/** Which answers each action fits, in the order of the line. */
const IS_AVAILABLE: { readonly [C in ResponseCommand]: (shown: DisplayedResponse) => boolean } = {
  'ninjaone.response.nextPage': ({ next }) => next !== undefined,
  'ninjaone.response.fetchAll': canFetchAll,
  'ninjaone.response.saveJson': ({ whole, view }) => whole !== undefined && view.kind !== 'empty',
  'ninjaone.response.saveCsv': hasItems,
  'ninjaone.response.showTable': ({ view, response }) =>
    looksTabular(view.text, response.request.operation.traits.items),
};

const TITLES: { readonly [C in ResponseCommand]: (shown: DisplayedResponse) => string } = {
  'ninjaone.response.nextPage': () => vscode.l10n.t('Next Page'),
  'ninjaone.response.fetchAll': () => vscode.l10n.t('Fetch All'),
  'ninjaone.response.saveJson': ({ view }) =>
    view.kind === 'json' ? vscode.l10n.t('Save as JSON…') : vscode.l10n.t('Save…'),
  'ninjaone.response.saveCsv': () => vscode.l10n.t('Save as CSV…'),
  'ninjaone.response.showTable': () => vscode.l10n.t('Show as Table'),
};

const RESPONSE_COMMANDS = Object.keys(IS_AVAILABLE) as readonly ResponseCommand[];

/** Tells the menus of the editor which of the open answers each action fits. */
export function updateContextKeys(answers: ReadonlyMap<string, DisplayedResponse>): void {
  for (const command of RESPONSE_COMMANDS) {
    const fitting = [...answers].filter(([, shown]) => IS_AVAILABLE[command](shown));
    setContext(
      `${command}.answers`,
      fitting.map(([address]) => address),
    );
  }
}

function factsOf({ view, response, page, end }: DisplayedResponse): string[] {
  const { status, ms, size } = response;
  const place = page > 1 ? [vscode.l10n.t('page {0}', page)] : [];
  const ended = end ? [end.complete ? vscode.l10n.t('complete') : vscode.l10n.t('cut')] : [];
  return [statusOf(status), durationOf(ms), sizeOf(size), ...place, ...itemsOf(view, end), ...ended];
}

function itemsOf({ items: count, shownItems }: DisplayedResponse['view'], end: DisplayedResponse['end']): string[] {
  if (count === undefined) {
    return [];
  }
  const all = localize(items(count));
  const shown = shownItems !== undefined && shownItems < count ? vscode.l10n.t('{0} of {1}', shownItems, all) : all;
  return [end ? vscode.l10n.t('{0} on {1}', shown, localize(pages(end.pages))) : shown];
}
