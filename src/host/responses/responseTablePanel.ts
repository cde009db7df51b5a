import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { NinjaOneError, plainText } from '../../core/base/errors.ts';
import { l10n } from '../../core/base/l10n.ts';
import type { Disposable } from '../../core/base/lifecycle.ts';
import { createTable } from '../../core/responses/tableModel.ts';
import { isReadyMessage, type TableMessage, type TableTexts } from '../../webview/table/tableProtocol.ts';
import { RESPONSE_SCHEME } from '../platform/contributions.ts';
import { copySeparator } from '../platform/settings.ts';
import { onDidCloseLastTab } from '../platform/tabs.ts';
import type { DisplayedListResponse } from './responseDocuments.ts';
import { languages, localize } from '../platform/localize.ts';

export interface ResponseTablePanelOptions {
  /** Folder with only the script and the style of the page, because the page can read all of it. */
  readonly pages: vscode.Uri;
  /** The content of the document, with masked values masked. */
  readonly responseIn: (document: vscode.Uri) => DisplayedListResponse | undefined;
  /** Fires when a document has another response. */
  readonly onDidReplace: vscode.Event<vscode.Uri>;
}

/** Shows lists as tables, each in a tab that belongs to the document of the response and closes with it (E7). */
export class ResponseTablePanels implements Disposable {
  readonly #options: ResponseTablePanelOptions;
  readonly #panels = new Map<string, vscode.WebviewPanel>();
  readonly #subscription: Disposable;

  constructor(options: ResponseTablePanelOptions) {
    this.#options = options;
    const close = (uri: vscode.Uri): void => {
      this.#panels.get(uri.toString())?.dispose();
    };
    this.#subscription = vscode.Disposable.from(
      onDidCloseLastTab(close),
      options.onDidReplace((uri) => {
        const table = this.#message(uri);
        if (table) {
          void this.#panels.get(uri.toString())?.webview.postMessage(table);
        } else {
          close(uri);
        }
      }),
    );
  }

  /** The named response document, or else the active one. Throws a NinjaOneError if it shows no list of objects. */
  show(argument: unknown): void {
    const document = responseDocument(argument);
    const open = this.#panels.get(document.toString());
    if (open) {
      open.reveal();
      return;
    }
    if (!this.#message(document)) {
      throw noTable();
    }
    const { pages } = this.#options;
    // Not retained in the background, because the page remembers its state and requests the rows again.
    const panel = vscode.window.createWebviewPanel(
      'ninjaone.responseTable',
      plainText(vscode.l10n.t('Table: {0}', documentName(document))),
      vscode.ViewColumn.Active,
      { enableScripts: true, enableForms: false, localResourceRoots: [pages] },
    );
    this.#panels.set(document.toString(), panel);
    panel.onDidDispose(() => {
      this.#panels.delete(document.toString());
    });
    panel.webview.onDidReceiveMessage((message: unknown) => {
      const table = isReadyMessage(message) && this.#message(document);
      if (table) {
        void panel.webview.postMessage(table);
      }
    });
    panel.webview.html = pageHtml(panel.webview, pages);
  }

  dispose(): void {
    this.#subscription.dispose();
    for (const panel of [...this.#panels.values()]) {
      panel.dispose();
    }
  }

  #message(document: vscode.Uri): TableMessage | undefined {
    const response = this.#options.responseIn(document);
    const table = response && createTable(response.text, response.items);
    if (!table) {
      return undefined;
    }
    const leftOut =
      table.columnsLeftOut > 0
        ? [
            l10n.t(
              '{0, plural, one {# more column is in the response document and in the CSV file.} other {# more columns are in the response document and in the CSV file.}}',
              table.columnsLeftOut,
            ),
          ]
        : [];
    return {
      type: 'table',
      table,
      label: documentName(document),
      notices: [...response.notices, ...leftOut].map(localize),
      separator: copySeparator(),
      texts: textsOf(table.rows.length),
    };
  }
}

/** The document that the argument names by its address, or else the active one. Throws a NinjaOneError. */
function responseDocument(argument: unknown): vscode.Uri {
  const uri = argument instanceof vscode.Uri ? argument : vscode.window.activeTextEditor?.document.uri;
  if (uri?.scheme !== RESPONSE_SCHEME) {
    throw noTable();
  }
  return uri;
}

/** The name of the tab, without the slash and the file extension. */
function documentName({ path }: vscode.Uri): string {
  return path.replace(/^\//, '').replace(/\.\w+$/, '');
}

/** The page loads only our own script and style, with a new nonce each time, and contains no data itself. */
function pageHtml(webview: vscode.Webview, pages: vscode.Uri): string {
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
    <div class="bar">
      <input id="filter" type="search" autocomplete="off" spellcheck="false" aria-controls="grid" />
      <span id="count" class="count" role="status"></span>
      <p id="notices" class="notices"></p>
    </div>
    <div
      id="grid" class="grid" role="grid"
      aria-readonly="true" aria-multiselectable="true" aria-describedby="help"
    ></div>
    <div id="none" class="none" hidden></div>
    <div id="detail" class="detail" role="region" tabindex="0"></div>
    <p id="help" class="hidden"></p>
    <div id="announcement" class="hidden" aria-live="polite"></div>
    <script nonce="${nonce}" src="${address('table.js')}"></script>
  </body>
</html>`;
}

function tagOf(language: string): string {
  return language.replace(/[^\w-]/g, '');
}

/** `count` is the number of rows. */
function textsOf(count: number): TableTexts {
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
    noRows: vscode.l10n.t('No row contains all of these words.'),
    help: vscode.l10n.t(
      'Use the arrow keys to move. Press Enter on a column header to sort. Press Shift+Space to select a row, Ctrl+C to copy the cell or the selected rows, and Ctrl+F to go to the filter.',
    ),
    cell: vscode.l10n.t('Full text of the cell'),
    sortedUp: vscode.l10n.t({ message: 'Sorted by {0}, ascending.', comment: '{0} is the name of a column.' }),
    sortedDown: vscode.l10n.t({ message: 'Sorted by {0}, descending.', comment: '{0} is the name of a column.' }),
    unsorted: vscode.l10n.t('Original order.'),
    selected: vscode.l10n.t({ message: 'Rows selected: {0}.', comment: '{0} is a number.' }),
    copiedCell: vscode.l10n.t('Copied the cell.'),
    copiedRows: vscode.l10n.t({ message: 'Rows copied: {0}.', comment: '{0} is a number.' }),
  };
}

function noTable(): NinjaOneError {
  return new NinjaOneError({
    code: 'response.noTable',
    intent: 'invalidInput',
    message: l10n.t('The active document has no list to show as a table. Run an operation that returns a list.'),
  });
}
