import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { l10n } from '../../core/base/l10n.ts';
import type { TableTexts } from '../../webview/table/tableProtocol.ts';
import { languages, localize } from '../platform/localize.ts';

/** The page loads only our own script and style, with a new nonce each time, and contains no data itself. */
export function tablePageHtml(webview: vscode.Webview, pages: vscode.Uri): string {
  const nonce = randomBytes(16).toString('base64url');
  const address = (file: string): string => webview.asWebviewUri(vscode.Uri.joinPath(pages, file)).toString();
  const { language, locale } = languages();
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="${tagOf(language)}" data-locale="${tagOf(locale)}">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <title>NinjaOne</title>
    <link rel="stylesheet" nonce="${nonce}" href="${address('table.css')}" />
  </head>
  <body>
    <main>
      <h1 id="title" class="hidden"></h1>
      <div class="bar">
        <input id="filter" type="search" autocomplete="off" spellcheck="false" aria-controls="grid" />
        <span class="count" role="status"><span id="count"></span> <span id="selected"></span></span>
        <button id="hiddenColumns" type="button" hidden></button>
        <span id="announcement" class="count" aria-live="polite"></span>
        <p id="notices" class="notices"></p>
      </div>
      <div
        id="grid" class="grid" role="grid"
        aria-readonly="true" aria-multiselectable="true" aria-describedby="help"
        data-vscode-context='{"preventDefaultContextMenuItems":true}'
      ></div>
      <div id="none" class="none" hidden></div>
      <div id="detail" class="detail" role="region"></div>
      <p id="help" class="hidden"></p>
    </main>
    <script nonce="${nonce}" src="${address('table.js')}"></script>
  </body>
</html>`;
}

function tagOf(language: string): string {
  return language.replace(/[^\w-]/g, '');
}

/** `count` is the number of rows. */
export function tablePageTexts(count: number): TableTexts {
  return {
    filter: vscode.l10n.t('Filter rows'),
    allRows: localize(l10n.t('{0, plural, one {# row} other {# rows}}', count)),
    // The page replaces the remaining placeholders.
    someRows: localize(
      l10n.t({
        message: '{1, plural, one {{0} of # row} other {{0} of # rows}}',
        args: ['{0}', count],
        comment: '{0} is the number of rows that the filter shows.',
      }),
    ),
    reading: localize(
      l10n.t({
        message: '{0, plural, one {# row} other {# rows}}, reading…',
        args: [count],
        comment: 'More rows follow.',
      }),
    ),
    noRows: vscode.l10n.t('No row matches the filter.'),
    help: vscode.l10n.t(
      'Use the arrow keys to move. Press Enter on a column header to sort, Shift+Left or Shift+Right to change its width, Ctrl+Shift+Left or Ctrl+Shift+Right to move it, and Delete to hide it. Press Shift with an arrow key to select cells, Shift+Space to select a row, Ctrl+A to select all rows, Ctrl+C to copy the cell or the selection, Enter to open a long cell, Shift+F10 for more, and Ctrl+F to go to the filter.',
    ),
    cell: vscode.l10n.t('Full text of the cell'),
    sortedUp: vscode.l10n.t({ message: 'Sorted by {0}, ascending', comment: '{0} is the name of a column.' }),
    sortedDown: vscode.l10n.t({ message: 'Sorted by {0}, descending', comment: '{0} is the name of a column.' }),
    unsorted: vscode.l10n.t('Original order'),
    selected: vscode.l10n.t({ message: '{0} selected', comment: '{0} is a number of rows.' }),
    // The page has the numbers, so it chooses the forms.
    selectedCells: localize(
      l10n.t('{0, plural, one {# row} other {# rows}} × {1, plural, one {# column} other {# columns}} selected'),
    ),
    hiddenColumns: localize(l10n.t('{0, plural, one {# column hidden} other {# columns hidden}}')),
    chooseColumns: vscode.l10n.t('Choose Columns'),
    width: vscode.l10n.t({
      message: '{0}: {1} pixels wide',
      comment: '{0} is the name of a column and {1} a number.',
    }),
    moved: vscode.l10n.t({
      message: '{0} is column {1} of {2}',
      comment: '{0} is the name of a column, {1} its place, and {2} the number of columns.',
    }),
    hidden: vscode.l10n.t({ message: '{0} is hidden', comment: '{0} is the name of a column.' }),
    frozen: vscode.l10n.t({
      message: 'Columns that stay in sight: {0}',
      comment: '{0} is a number of columns on the left, 0 for none.',
    }),
  };
}
