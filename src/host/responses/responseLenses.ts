import * as vscode from 'vscode';
import type { ApiResponse } from '../../core/api/apiResponse.ts';
import { l10n } from '../../core/base/l10n.ts';
import type { LocalizableMessage } from '../../core/base/messages.ts';
import { looksTabular } from '../../core/responses/tableModel.ts';
import { codeLens } from '../platform/codeLenses.ts';
import { setContext, type ResponseCommand, type Command } from '../platform/contributions.ts';
import { localizedErrorMessage } from '../platform/errorReporter.ts';
import { canFetchAll, hasListItems, type DisplayedResponse } from '../../core/responses/displayedResponse.ts';
import { durationOf, formatSize, formatStatus } from '../platform/format.ts';
import { localize } from '../platform/localize.ts';

/**
 * The line above a response: facts, notices about missing data, then actions. A narrow editor truncates the line, so the
 * actions are also in the title bar of the editor. The connection is in the name of the tab. An error has a line of its
 * own on top.
 */
export function responseLenses(uri: vscode.Uri, displayed: DisplayedResponse): vscode.CodeLens[] {
  const { view, response } = displayed;
  const { failure } = response;
  const top = new vscode.Range(0, 0, 0, 0);
  const main = failure ? new vscode.Range(1, 0, 1, 0) : top;
  const text = (title: string, range = main): vscode.CodeLens =>
    codeLens(range, { title, tooltip: title, command: '' });
  const action = (title: string, command: Command): vscode.CodeLens =>
    codeLens(main, { title, command, arguments: [uri] });
  const incomplete = displayed.incomplete ? [localize(displayed.incomplete)] : [];
  // Without a response, notices about its content make no sense.
  const notices = (response.status === 0 ? [] : view.notices).map((notice) => text(localize(notice)));
  // If the facts already contain "1000 of 1200 items", the notice can follow the actions.
  const isInFacts = view.truncated && view.items !== undefined;
  return [
    ...(failure ? [...incomplete, localizedErrorMessage(failure)].map((title) => text(title, top)) : []),
    text(factsOf(displayed).join(' · ')),
    ...(failure ? [] : incomplete).map((title) => text(title)),
    ...(isInFacts ? [] : notices),
    ...RESPONSE_COMMANDS.filter((command) => IS_AVAILABLE[command](displayed)).map((command) =>
      action(TITLES[command](displayed), command),
    ),
    action(vscode.l10n.t('Copy As…'), 'ninjaone.request.copyAs'),
    ...(isInFacts ? notices : []),
  ];
}

/** All lenses of a line of text are in one row, so a response with an error above its facts needs two lines of text. */
export function padForCodeLens(text: string, { failure }: Pick<ApiResponse, 'failure'>): string {
  return failure && !text.includes('\n') ? `${text}\n` : text;
}

/** For which responses each action is available, in the order of the line. */
const IS_AVAILABLE: { readonly [C in ResponseCommand]: (displayed: DisplayedResponse) => boolean } = {
  'ninjaone.response.nextPage': ({ next }) => next !== undefined,
  'ninjaone.response.fetchAll': canFetchAll,
  'ninjaone.response.saveJson': ({ whole, view }) => whole !== undefined && view.kind !== 'empty',
  'ninjaone.response.saveCsv': hasListItems,
  'ninjaone.response.showTable': ({ view, response }) =>
    view.kind === 'json' && !isBroken(view) && looksTabular(view.text, response.request.operation.traits.items),
};

/** Of a large response that is cut, the first part is shown as valid JSON. */
function isBroken({ isCut, language }: DisplayedResponse['view']): boolean {
  return isCut === true && language !== 'json';
}

const TITLES: { readonly [C in ResponseCommand]: (displayed: DisplayedResponse) => string } = {
  'ninjaone.response.nextPage': () => vscode.l10n.t('Next Page'),
  'ninjaone.response.fetchAll': () => vscode.l10n.t('Fetch All'),
  'ninjaone.response.saveJson': ({ view, name }) =>
    view.kind === 'json' && name.sent === undefined ? vscode.l10n.t('Save as JSON…') : vscode.l10n.t('Save…'),
  'ninjaone.response.saveCsv': () => vscode.l10n.t('Save as CSV…'),
  'ninjaone.response.showTable': () => vscode.l10n.t('Show as Table'),
};

const RESPONSE_COMMANDS = Object.keys(IS_AVAILABLE) as readonly ResponseCommand[];

/** Updates the context keys that decide which actions the editor title menu shows for each open response. */
export function updateContextKeys(responses: ReadonlyMap<string, DisplayedResponse>): void {
  for (const command of RESPONSE_COMMANDS) {
    const available = [...responses].filter(([, displayed]) => IS_AVAILABLE[command](displayed));
    setContext(
      `${command}.responses`,
      available.map(([address]) => address),
    );
  }
}

function factsOf({ view, response, page, end }: DisplayedResponse): string[] {
  const { status, ms, size } = response;
  const pageNumber =
    page > 1 ? [vscode.l10n.t({ message: 'page {0}', args: [page], comment: '{0} is a page number.' })] : [];
  const completeness = end
    ? [
        end.complete
          ? end.isFromCursor
            ? vscode.l10n.t({
                message: 'complete from the cursor on',
                comment: 'All pages from a later one on were fetched.',
              })
            : vscode.l10n.t({ message: 'complete', comment: 'All pages of a list were fetched.' })
          : vscode.l10n.t({ message: 'incomplete', comment: 'Not all pages of a list were fetched.' }),
      ]
    : [];
  return [
    formatStatus(status),
    durationOf(ms),
    formatSize(size),
    ...pageNumber,
    ...itemsOf(view, end).map((message) => localize(message)),
    ...completeness,
  ];
}

function itemsOf(
  { items: count, shownItems }: DisplayedResponse['view'],
  end: DisplayedResponse['end'],
): LocalizableMessage[] {
  if (count === undefined) {
    return [];
  }
  if (shownItems !== undefined && shownItems < count) {
    return [
      end
        ? l10n.t({
            message:
              '{1, plural, one {{0} of # item} other {{0} of # items}} ({2, plural, one {# page} other {# pages}})',
            args: [shownItems, count, end.pages],
            comment: '{0} is the number of items that are shown.',
          })
        : l10n.t({
            message: '{1, plural, one {{0} of # item} other {{0} of # items}}',
            args: [shownItems, count],
            comment: '{0} is the number of items that are shown.',
          }),
    ];
  }
  return [
    end
      ? l10n.t(
          '{0, plural, one {# item} other {# items}} ({1, plural, one {# page} other {# pages}})',
          count,
          end.pages,
        )
      : l10n.t('{0, plural, one {# item} other {# items}}', count),
  ];
}
