import * as vscode from 'vscode';
import { isNinjaOneError } from '../../core/base/errors.ts';
import { l10n } from '../../core/base/l10n.ts';
import type { Event } from '../../core/base/lifecycle.ts';
import type { LocalizableMessage } from '../../core/base/messages.ts';
import { cellText } from '../../core/responses/cells.ts';
import { shownColumns, USUAL_LAYOUT, type ColumnLayout, type PlacedColumn } from '../../core/responses/columnLayout.ts';
import type { DisplayedResponse } from '../../core/responses/displayedResponse.ts';
import type { ListRows } from '../../core/responses/listRows.ts';
import { cellCopy } from '../../core/responses/tableModel.ts';
import { findRows } from '../../core/responses/tableQuery.ts';
import { copiedText, type ShownRows } from '../../core/responses/tableText.ts';
import {
  parsePageMessage,
  type CellPlace,
  type HostMessage,
  type PageMessage,
  type RowRange,
  type TableAct,
} from '../../webview/table/tableProtocol.ts';
import { languages, localize } from '../platform/localize.ts';
import { copySeparator } from '../platform/settings.ts';
import { openListedObject } from './consoleObjects.ts';
import { FoundRows } from './foundRows.ts';
import { tableNotices } from './tableNotices.ts';
import { tablePageTexts } from './tablePageHtml.ts';

export interface ResponseTableOptions {
  readonly webview: vscode.Webview;
  /** Tells this response from others in the same tab. */
  readonly source: string;
  readonly displayed: DisplayedResponse;
  readonly rows: ListRows;
  /** Fires from time to time while rows are found. */
  readonly onRows: Event<void>;
  /** Settles when all rows are found. */
  readonly reading: Promise<void>;
  readonly layout: ColumnLayout;
  readonly label: string;
  /** Lets the user choose which columns are shown. */
  readonly onChooseColumns: () => void;
  readonly onLayout: (layout: ColumnLayout) => void;
  /** Opens a row in JSON, or a cell as a document. `column` is undefined for a row. */
  readonly onOpen: (row: number, column: PlacedColumn | undefined) => Promise<void>;
  readonly report: (error: unknown) => void;
}

/** The rows behind one page. The page has only the rows near those in sight, and asks for others when they are due. */
export class ResponseTable {
  readonly #options: ResponseTableOptions;
  readonly #found: FoundRows;
  readonly #subscriptions: vscode.Disposable;
  #layout: ColumnLayout;
  #failure: LocalizableMessage | undefined;
  #shownAt = 0;
  #isClosed = false;

  constructor(options: ResponseTableOptions) {
    const { rows, reading, layout, report, webview } = options;
    this.#options = options;
    this.#found = new FoundRows(rows, reading);
    this.#layout = layout;
    this.#subscriptions = vscode.Disposable.from(
      webview.onDidReceiveMessage((message: unknown) => {
        const parsed = parsePageMessage(message);
        if (parsed) {
          void this.#take(parsed).catch(report);
        }
      }),
      options.onRows(() => {
        if (performance.now() - this.#shownAt > REFRESH_MS) {
          this.show();
        }
      }),
    );
    void reading
      .catch((error: unknown) => {
        this.#failure = isNinjaOneError(error) ? error : UNREADABLE;
      })
      .finally(() => {
        this.show();
      });
  }

  get displayed(): DisplayedResponse {
    return this.#options.displayed;
  }

  get rows(): ListRows {
    return this.#options.rows;
  }

  get layout(): ColumnLayout {
    return this.#layout;
  }

  /** What whoever takes rows from the table has to know. */
  get notices(): readonly LocalizableMessage[] {
    return [...tableNotices(this.displayed, this.rows), ...(this.#failure ? [this.#failure] : [])];
  }

  /** What the table shows: filtered, sorted, in its columns. */
  async shown(): Promise<ShownRows> {
    const { rows, reading } = this.#options;
    await reading.catch(() => {});
    const indexes = await findRows(rows, this.#found.latest, { locale: languages().locale });
    return { rows, indexes, columns: this.#columns };
  }

  /** Sends the table to the page, which then asks for rows. */
  show(): void {
    const { rows, label, source } = this.#options;
    this.#shownAt = performance.now();
    this.#post({
      type: 'table',
      source,
      columns: rows.columns.map((column) => ({ ...column, name: column.name.slice(0, MAX_NAME) })),
      layout: this.#layout,
      rows: rows.count,
      isRead: rows.isRead || this.#failure !== undefined,
      label,
      notices: this.notices.map(localize),
      texts: tablePageTexts(rows.count),
    });
  }

  /** The page does what only it knows the cell of. */
  act(act: TableAct): void {
    this.#post({ type: 'act', act });
  }

  /** Without a layout, the usual one is back. */
  setLayout(layout: ColumnLayout | undefined): void {
    this.#layout = layout ?? USUAL_LAYOUT;
    this.show();
  }

  /** Ends with the page. Resolves when nothing of the response is read any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#subscriptions.dispose();
    this.#found.stop();
    await this.#options.reading.catch(() => {});
    await this.rows.close();
  }

  get #columns(): readonly PlacedColumn[] {
    return shownColumns(this.rows.columns, this.#layout);
  }

  async #take(message: PageMessage): Promise<void> {
    switch (message.type) {
      case 'ready':
        this.show();
        break;
      case 'chooseColumns':
        this.#options.onChooseColumns();
        break;
      case 'query': {
        const rows = await this.#found.find(message, languages().locale);
        if (rows !== undefined) {
          this.#post({ type: 'found', query: message.query, rows });
        }
        break;
      }
      case 'rows': {
        const { query, from, to } = message;
        this.#post({ type: 'rows', query, from, rows: await this.#found.cells(query, [from, to]) });
        break;
      }
      case 'cell':
        await this.#about(message, ({ text }) => {
          this.#post({ ...message, type: 'cell', text: text.slice(0, MAX_DETAIL) });
        });
        break;
      case 'copyCell':
        await this.#about(message, async ({ copy }) => this.#copy(copy, vscode.l10n.t('Cell copied')));
        break;
      case 'copyRows':
        await this.#copyRows(message.query, message.ranges);
        break;
      case 'copyCells':
        await this.#copyCells(message.query, message.rows, message.columns);
        break;
      case 'copyColumn':
        await this.#copyColumn(message.query, message.column);
        break;
      case 'reveal':
        await this.#about(message, async ({ index }) => this.#options.onOpen(index, undefined));
        break;
      case 'open':
        await this.#about(message, async ({ index, column }) => this.#options.onOpen(index, column));
        break;
      case 'openInNinjaOne': {
        const { displayed, rows } = this.#options;
        await this.#about(message, ({ index, column }) => openListedObject({ displayed, rows, row: index, column }));
        break;
      }
      case 'layout':
        this.#layout = message.layout;
        this.#options.onLayout(message.layout);
    }
  }

  async #about({ query, row, column }: CellPlace, task: (cell: FoundCell) => Promise<void> | void): Promise<void> {
    const [index] = this.#found.indexes(query, [[row, row + 1]]) ?? [];
    const placed = this.#columns.find((each) => each.index === column);
    if (index !== undefined && placed) {
      const cell = (await this.rows.rows([index]))[0]?.[column] ?? '';
      await task({ index, column: placed, text: cellText(cell), copy: cellText(cellCopy(cell, placed)) });
    }
  }

  async #copyRows(query: number, ranges: readonly RowRange[]): Promise<void> {
    const indexes = this.#found.indexes(query, ranges) ?? [];
    if (indexes.length > 0) {
      const said = l10n.t('{0, plural, one {# row copied} other {# rows copied}}', indexes.length);
      await this.#copyShown({ rows: this.rows, indexes, columns: this.#columns }, localize(said));
    }
  }

  /** Without the names of the columns, as in a spreadsheet. */
  async #copyCells(query: number, range: RowRange, places: readonly number[]): Promise<void> {
    const indexes = this.#found.indexes(query, [range]) ?? [];
    const columns = this.#columns.filter(({ index }) => places.includes(index));
    const count = indexes.length * columns.length;
    if (count > 0) {
      const said = l10n.t('{0, plural, one {# cell copied} other {# cells copied}}', count);
      await this.#copyShown({ rows: this.rows, indexes, columns, isNamed: false }, localize(said));
    }
  }

  async #copyColumn(query: number, index: number): Promise<void> {
    const columns = this.#columns.filter((column) => column.index === index);
    const [only] = columns;
    if (only) {
      const said = vscode.l10n.t({ message: '{0} copied', args: [only.name], comment: '{0} is the name of a column.' });
      await this.#copyShown({ rows: this.rows, indexes: this.#found.indexes(query), columns }, said);
    }
  }

  async #copyShown(shown: ShownRows, said: string): Promise<void> {
    const text = await copiedText(shown, copySeparator());
    if (text === undefined) {
      this.#post({ type: 'said', text: vscode.l10n.t('Too much for the clipboard. Save the table as CSV instead.') });
    } else {
      await this.#copy(text, said);
    }
  }

  async #copy(text: string, said: string): Promise<void> {
    await vscode.env.clipboard.writeText(text);
    this.#post({ type: 'said', text: said });
  }

  #post(message: HostMessage): void {
    if (!this.#isClosed) {
      void this.#options.webview.postMessage(message);
    }
  }
}

interface FoundCell {
  readonly index: number;
  readonly column: PlacedColumn;
  readonly text: string;
  /** As it is copied. */
  readonly copy: string;
}

/** Characters. */
const MAX_DETAIL = 20_000;
const MAX_NAME = 200;
/** Milliseconds. */
const REFRESH_MS = 250;
const UNREADABLE = l10n.t('The rest of the response could not be read from the disk. Send the request again.');
