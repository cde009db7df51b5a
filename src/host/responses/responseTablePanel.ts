import * as vscode from 'vscode';
import { isNinjaOneError, plainText } from '../../core/base/errors.ts';
import { Emitter, type Disposable, type Event } from '../../core/base/lifecycle.ts';
import type { TempFiles } from '../../core/files/tempFiles.ts';
import type { ColumnLayout } from '../../core/responses/columnLayout.ts';
import { canFetchAll, type DisplayedResponse } from '../../core/responses/displayedResponse.ts';
import { itemSecrets } from '../../core/responses/itemSecrets.ts';
import { ListRows } from '../../core/responses/listRows.ts';
import { openListSource } from '../../core/responses/listSource.ts';
import { RESPONSE_SCHEME, runCommand, setContext, TABLE_VIEW } from '../platform/contributions.ts';
import { openListedValue } from './listedValues.ts';
import { ResponseTable } from './responseTable.ts';
import type { TableLayouts } from './tableLayouts.ts';
import { NO_TABLE, noTable, noTableInFront } from './tableErrors.ts';
import { tablePageHtml } from './tablePageHtml.ts';
import { ValueDocuments } from './valueDocuments.ts';

export interface ResponseTablePanelOptions {
  /** Folder with only the script and the style of the page, because the page can read all of it. */
  readonly pages: vscode.Uri;
  readonly responses: TabularResponses;
  readonly tempFiles: TempFiles;
  readonly layouts: TableLayouts;
  readonly report: (error: unknown) => void;
  /** Fires when a document has another response. */
  readonly onDidReplace?: vscode.Event<vscode.Uri>;
}

/** The responses that tables show. */
export interface TabularResponses {
  readonly responseAt: (document: vscode.Uri) => DisplayedResponse | undefined;
  /** Keeps a response, with its file, until this is disposed of. */
  readonly hold: (document: vscode.Uri) => Disposable;
  /** Says whose table is in front, so that the commands for responses act on it. */
  readonly setTableInFront: (document: vscode.Uri | undefined) => void;
}

/** A table in a tab. */
export interface OpenTable {
  readonly document: vscode.Uri;
  readonly label: string;
  readonly panel: vscode.WebviewPanel;
  readonly table: ResponseTable;
  /** Keeps the response, with its file. */
  readonly held: Disposable;
}

/** Shows lists as tables, each in a tab of its own, which keeps its response when the document is closed (E7, E21). */
export class ResponseTablePanels implements Disposable {
  readonly #options: ResponseTablePanelOptions;
  readonly #tables = new Map<string, OpenTable>();
  readonly #values = new ValueDocuments();
  readonly #subscription: Disposable | undefined;
  #count = 0;

  constructor(options: ResponseTablePanelOptions) {
    this.#options = options;
    this.#subscription = options.onDidReplace?.((document) => {
      const open = this.#tables.get(document.toString());
      if (open) {
        // An error response has no list, and the error is told elsewhere.
        void this.#replace(open).catch((error: unknown) => {
          if (!isNinjaOneError(error) || error.code !== NO_TABLE) {
            options.report(error);
          }
        });
      }
    });
  }

  /**
   * The named response document, or else the active one. Rejects with a NinjaOneError if it shows no list of objects, or
   * the list twice.
   */
  async show(argument: unknown): Promise<void> {
    const document = responseDocument(argument);
    const open = this.#tables.get(document.toString());
    if (open && open.table.displayed === this.#options.responses.responseAt(document)) {
      open.panel.reveal();
    } else if (open) {
      await this.#replace(open);
      open.panel.reveal();
    } else {
      await this.#open(document);
    }
  }

  /** Shows the list of the active document, which is the whole one of this table, in the same tab, with its order. */
  async showInstead(open: OpenTable): Promise<void> {
    const document = responseDocument(undefined);
    const { panel } = open;
    if (document.toString() === open.document.toString() || this.#tables.has(document.toString())) {
      await this.show(document);
      return;
    }
    const held = this.#options.responses.hold(document);
    try {
      const read = await this.#read(document);
      if (this.#tables.get(open.document.toString()) !== open) {
        // The tab was closed meanwhile.
        await read.rows.close();
        held.dispose();
        return;
      }
      const label = documentName(document);
      this.#tables.delete(open.document.toString());
      panel.title = titleOf(label);
      this.#connect({ document, label, panel, held }, read).show();
    } catch (error) {
      held.dispose();
      throw error;
    }
    await open.table.close();
    open.held.dispose();
    panel.reveal();
  }

  /** The table in front. Throws a NinjaOneError if there is none. */
  get inFront(): OpenTable {
    const active = [...this.#tables.values()].find(({ panel }) => panel.active);
    if (!active) {
      throw noTableInFront();
    }
    return active;
  }

  /** The table of the response that the argument names by its address, or else the one in front. Throws a NinjaOneError. */
  find(argument: unknown): OpenTable {
    return (argument instanceof vscode.Uri ? this.#tables.get(argument.toString()) : undefined) ?? this.inFront;
  }

  /** Arranges the columns of a table, and of later tables of its operation. Without a layout, the usual one is back. */
  async arrange({ table }: OpenTable, layout: ColumnLayout | undefined): Promise<void> {
    table.setLayout(layout);
    await this.#options.layouts.write(table.displayed.response.request.operation.key, layout);
  }

  dispose(): void {
    this.#subscription?.dispose();
    this.#values.dispose();
    for (const { panel } of [...this.#tables.values()]) {
      panel.dispose();
    }
  }

  async #open(document: vscode.Uri): Promise<void> {
    const { responses, pages } = this.#options;
    const held = responses.hold(document);
    try {
      const read = await this.#read(document);
      const label = documentName(document);
      // Not retained in the background, because the page remembers its state and requests the rows again.
      const panel = vscode.window.createWebviewPanel(TABLE_VIEW, titleOf(label), vscode.ViewColumn.Active, {
        enableScripts: true,
        enableForms: false,
        localResourceRoots: [pages],
      });
      panel.iconPath = {
        light: vscode.Uri.joinPath(pages, '../../media/table-light.svg'),
        dark: vscode.Uri.joinPath(pages, '../../media/table-dark.svg'),
      };
      this.#connect({ document, label, panel, held }, read);
      panel.onDidDispose(() => {
        // It may show another response by now.
        const closed = [...this.#tables.values()].find((open) => open.panel === panel);
        if (closed) {
          this.#tables.delete(closed.document.toString());
          void closed.table.close().finally(() => {
            closed.held.dispose();
          });
        }
        this.#followFront();
      });
      panel.onDidChangeViewState(() => {
        this.#followFront();
      });
      panel.webview.html = tablePageHtml(panel.webview, pages);
      this.#followFront();
    } catch (error) {
      held.dispose();
      throw error;
    }
  }

  /** Shows the other response that the document has by now. */
  async #replace({ document, panel }: OpenTable): Promise<void> {
    let read: ReadList;
    try {
      read = await this.#read(document);
    } catch (error) {
      panel.dispose();
      throw error;
    }
    const open = this.#tables.get(document.toString());
    if (!open) {
      // The tab was closed meanwhile.
      await read.rows.close();
      return;
    }
    this.#connect(open, read).show();
    this.#followFront();
    await open.table.close();
  }

  #connect(
    { document, label, panel, held }: Omit<OpenTable, 'table'>,
    { displayed, rows, reading, onRows, layout }: ReadList,
  ): ResponseTable {
    const { layouts, report } = this.#options;
    const { key } = displayed.response.request.operation;
    this.#count += 1;
    const place = { document, label, table: String(this.#count), values: this.#values };
    const table = new ResponseTable({
      webview: panel.webview,
      source: place.table,
      displayed,
      rows,
      reading,
      onRows,
      layout,
      label,
      onChooseColumns: () => runCommand('ninjaone.table.chooseColumns', document),
      onLayout: (changed) => void layouts.write(key, changed),
      onOpen: (row, column) => openListedValue(place, { displayed, rows, row, column }),
      report,
    });
    this.#tables.set(document.toString(), { document, label, panel, held, table });
    return table;
  }

  /** Reads the first rows; the others follow. */
  async #read(document: vscode.Uri): Promise<ReadList> {
    const { responses, tempFiles, layouts } = this.#options;
    const displayed = responses.responseAt(document);
    if (displayed?.view.kind !== 'json') {
      throw noTable();
    }
    const { operation } = displayed.response.request;
    const source = await openListSource(displayed, tempFiles);
    const rows = new ListRows(source, operation.traits.items, itemSecrets(operation));
    try {
      let resolveFirst: () => void = () => {};
      const first = new Promise<void>((resolve) => {
        resolveFirst = resolve;
      });
      const found = new Emitter<void>();
      const reading = rows.read(() => {
        found.fire();
        if (rows.hasObjects && rows.count >= FIRST_ROWS) {
          resolveFirst();
        }
      });
      await Promise.race([first, reading]);
      if (!rows.hasObjects) {
        throw noTable();
      }
      return { displayed, rows, reading, onRows: found.event, layout: await layouts.read(operation.key) };
    } catch (error) {
      await rows.close();
      throw error;
    }
  }

  #followFront(): void {
    const active = [...this.#tables.values()].find(({ panel }) => panel.active);
    this.#options.responses.setTableInFront(active?.document);
    setContext('ninjaone.tableHasMore', active !== undefined && canFetchAll(active.table.displayed));
  }
}

interface ReadList {
  readonly displayed: DisplayedResponse;
  readonly rows: ListRows;
  readonly reading: Promise<void>;
  readonly onRows: Event<void>;
  readonly layout: ColumnLayout;
}

/** As many as no window is tall enough for. */
const FIRST_ROWS = 100;

/** The document that the argument names by its address, or else the active one. Throws a NinjaOneError. */
function responseDocument(argument: unknown): vscode.Uri {
  const uri = argument instanceof vscode.Uri ? argument : vscode.window.activeTextEditor?.document.uri;
  if (uri?.scheme !== RESPONSE_SCHEME) {
    throw noTable();
  }
  return uri;
}

function titleOf(label: string): string {
  return plainText(vscode.l10n.t('Table: {0}', label));
}

/** The name of the tab, without the slash and the file extension. */
function documentName({ path }: vscode.Uri): string {
  return path.replace(/^\//, '').replace(/\.\w+$/, '');
}
