import { STATUS_CODES } from 'node:http';
import * as vscode from 'vscode';
import { l10n } from '../../core/base/l10n.ts';
import type { LocalizableMessage } from '../../core/base/messages.ts';
import { looksTabular } from '../../core/responses/tableModel.ts';
import { codeLens } from '../platform/codeLenses.ts';
import { setContext, type ResponseCommand, type Command } from '../platform/contributions.ts';
import { localizedErrorMessage } from '../platform/errorReporter.ts';
import {
  canFetchAll,
  hasListItems,
  hasNextPage,
  type DisplayedResponse,
} from '../../core/responses/displayedResponse.ts';
import { durationOf, formatSize, formatStatus } from '../platform/format.ts';
import { localize } from '../platform/localize.ts';

/**
 * Above a response: facts, what its error means, and notices about missing data. Below its first line: the commonest
 * actions in the order of their use. Side by side, an editor shows about 60 characters of a line, so the actions have a
 * line of their own and are at most four; all of them are in the title bar of the editor and in the palette, too. A
 * text of one line has both above it. The connection is in the name of the tab.
 */
export function responseLenses(uri: vscode.Uri, displayed: DisplayedResponse): vscode.CodeLens[] {
  const { view, response, incomplete } = displayed;
  const { failure } = response;
  const hasOneLine = !view.text.includes('\n') || view.masked.some(({ line }) => line === 1);
  const top = new vscode.Range(0, 0, 0, 0);
  const below = hasOneLine ? top : new vscode.Range(1, 0, 1, 0);
  const text = (title: string): vscode.CodeLens => codeLens(top, { title, tooltip: title, command: '' });
  const explanations = [
    ...(incomplete ? [localize(incomplete)] : []),
    ...(failure ? [localizedErrorMessage(failure)] : []),
    // Without a response, notices about its content make no sense.
    ...(response.status === 0 ? [] : view.notices).map(localize),
  ].map(text);
  const actions = LENSES.filter(({ isAvailable }) => isAvailable(displayed))
    .slice(0, MAX_ACTIONS)
    .map(({ command, title, tooltip }) =>
      codeLens(below, {
        title: title(displayed),
        command,
        arguments: [uri],
        ...(tooltip ? { tooltip: tooltip() } : {}),
      }),
    );
  return [
    text(factsOf(displayed).join(' · ')),
    ...(hasOneLine ? [...actions, ...explanations] : [...explanations, ...actions]),
  ];
}

const MAX_ACTIONS = 4;

/** For which responses each action is available. */
const IS_AVAILABLE: { readonly [C in ResponseCommand]: (displayed: DisplayedResponse) => boolean } = {
  'ninjaone.response.showTable': canBeTable,
  'ninjaone.response.fetchAll': canFetchAll,
  'ninjaone.response.saveCsv': hasListItems,
  'ninjaone.response.nextPage': hasNextPage,
  'ninjaone.response.saveJson': ({ whole, view }) => whole !== undefined && view.kind !== 'empty',
};

/** Whether the response shows a list of objects. */
export function canBeTable({ view, response }: DisplayedResponse): boolean {
  return view.kind === 'json' && !isBroken(view) && looksTabular(view.text, response.request.operation.traits.items);
}

/** Of a large response that is cut, the first part is shown as valid JSON. */
function isBroken({ isCut, language }: DisplayedResponse['view']): boolean {
  return isCut === true && language !== 'json';
}

interface ActionLens {
  readonly command: Command;
  readonly isAvailable: (displayed: DisplayedResponse) => boolean;
  readonly title: (displayed: DisplayedResponse) => string;
  /** The whole name, if the title is shorter. */
  readonly tooltip?: () => string;
}

function lensOf(command: ResponseCommand, title: ActionLens['title']): ActionLens {
  return { command, isAvailable: IS_AVAILABLE[command], title };
}

/** In the order of their use. Next Page also has a button in the title bar. */
const LENSES: readonly ActionLens[] = [
  lensOf('ninjaone.response.showTable', () => vscode.l10n.t('Show as Table')),
  lensOf('ninjaone.response.fetchAll', () => vscode.l10n.t('Fetch All')),
  lensOf('ninjaone.response.saveCsv', () => vscode.l10n.t('Save as CSV…')),
  {
    command: 'ninjaone.explorer.saveAsPowerShell',
    isAvailable: () => true,
    title: () => vscode.l10n.t('Save as Script…'),
    tooltip: () => vscode.l10n.t('Save as PowerShell Script…'),
  },
  lensOf('ninjaone.response.nextPage', () => vscode.l10n.t('Next Page')),
  lensOf('ninjaone.response.saveJson', ({ view, name }) =>
    view.kind === 'json' && name.sent === undefined ? vscode.l10n.t('Save as JSON…') : vscode.l10n.t('Save…'),
  ),
  { command: 'ninjaone.request.copyAs', isAvailable: () => true, title: () => vscode.l10n.t('Copy As…') },
];

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

/** Status, time, and how much there is. */
export function factsOf(displayed: DisplayedResponse): string[] {
  const { view, response, page, end } = displayed;
  const { status, ms, size } = response;
  const pageNumber =
    page > 1 ? [vscode.l10n.t({ message: 'page {0}', args: [page], comment: '{0} is a page number.' })] : [];
  const items = itemsOf(view, end).map((message) => localize(message));
  // The number of items says more than the size, and the line has to be short.
  return [
    namedStatus(status),
    durationOf(ms),
    ...pageNumber,
    ...(items.length > 0 ? items : response.failure ? [] : [formatSize(size)]),
    ...completenessOf(displayed),
  ];
}

/** The code of an error with its name, such as `404 Not Found`; the code of any other response. */
function namedStatus(status: number): string {
  const name = status < 400 ? undefined : STATUS_CODES[status];
  return name === undefined ? formatStatus(status) : `${status} ${name}`;
}

/** In one or two words; a notice at the end of the line gives the reason. */
function completenessOf({ view, end, incomplete, response }: DisplayedResponse): string[] {
  if (end) {
    return [
      end.complete
        ? end.isFromCursor
          ? vscode.l10n.t({
              message: 'complete from the cursor on',
              comment: 'All pages from a later one on were fetched.',
            })
          : vscode.l10n.t({ message: 'complete', comment: 'All pages of a list were fetched.' })
        : vscode.l10n.t({ message: 'incomplete', comment: 'Not all pages of a list were fetched.' }),
    ];
  }
  if (incomplete && !response.failure) {
    return [vscode.l10n.t({ message: 'may be incomplete', comment: 'Nobody knows whether a list has more items.' })];
  }
  return view.truncated && view.items === undefined
    ? [vscode.l10n.t({ message: 'first part only', comment: 'The rest of a large response is not shown.' })]
    : [];
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
