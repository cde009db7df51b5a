import { formatMessageIn } from '../../core/base/messages.ts';
import { cellText, type Cell } from '../../core/responses/cells.ts';
import { describeTimestamp } from '../../core/responses/timestamps.ts';
import { cellCopy, cellTimestamp } from '../../core/responses/tableModel.ts';
import { nextSort, rowFinder, rowsAsText, type RowQuery, type Sort } from '../../core/responses/tableQuery.ts';
import { Grid, type ScrollPosition } from './grid.ts';
import type { ReadyMessage, TableMessage } from './tableProtocol.ts';
import type { CellPosition } from './gridNavigation.ts';

/** The API of `acquireVsCodeApi`, which can be called only once. */
interface Editor {
  postMessage(message: ReadyMessage): void;
  getState(): unknown;
  setState(state: PageState): void;
}

/** State that survives while the tab is in the background and the page is discarded. */
interface PageState extends CellPosition, ScrollPosition {
  readonly filter: string;
  readonly sort: Sort | undefined;
}

/** The page that shows a list as a table. It loads nothing; the extension sends its content. */
class TablePage {
  readonly #editor: Editor;
  readonly #filter = byId('filter') as HTMLInputElement;
  readonly #grid: Grid;
  #message: TableMessage | undefined;
  #find: (wish: RowQuery) => readonly number[] = () => [];
  #order: readonly number[] = [];
  #sort: Sort | undefined;

  constructor(editor: Editor) {
    this.#editor = editor;
    this.#grid = new Grid(byId('grid'), {
      onSort: (column) => {
        this.#sort = nextSort(this.#sort, column);
        this.#update(this.#grid.active);
        announce(this.#sortText(column));
      },
      onMove: () => {
        this.#showDetail();
        this.#remember();
      },
      onScroll: () => {
        this.#remember();
      },
      onSelect: (rows) => {
        announce(rows > 0 ? fill(this.#message?.texts.selected, rows) : '');
      },
    });
    this.#listen();
    editor.postMessage({ type: 'ready' });
  }

  #listen(): void {
    window.addEventListener('message', ({ data }: MessageEvent<TableMessage>) => {
      this.#show(data);
    });
    // VS Code focuses the page and not an element in it.
    window.addEventListener('focus', () => {
      this.#takeFocus();
    });
    window.addEventListener('keydown', (event) => {
      if ((event.ctrlKey || event.metaKey) && event.key === 'f') {
        event.preventDefault();
        this.#filter.select();
      }
    });
    document.addEventListener('copy', (event) => {
      if (this.#grid.hasFocus) {
        event.preventDefault();
        this.#copy(event);
      }
    });
    this.#filter.addEventListener('input', () => {
      this.#filterRows();
    });
    this.#filter.addEventListener('keydown', (event) => {
      if (event.key === 'ArrowDown' || event.key === 'Enter') {
        event.preventDefault();
        this.#grid.focus({ scroll: true });
      } else if (event.key === 'Escape' && this.#filter.value !== '') {
        event.preventDefault();
        this.#filter.value = '';
        this.#filterRows();
      }
    });
  }

  #show(message: TableMessage): void {
    const { table, texts, notices } = message;
    const state = (this.#editor.getState() ?? {}) as Partial<PageState>;
    const { filter = '', sort, row = 0, column = 0, top = 0, left = 0 } = state;
    this.#message = message;
    this.#find = rowFinder(table, LOCALE);
    this.#sort = sort && sort.column < table.columns.length ? sort : undefined;
    this.#filter.value = filter;
    this.#filter.placeholder = texts.filter;
    this.#filter.setAttribute('aria-label', texts.filter);
    byId('help').textContent = texts.help;
    byId('none').textContent = texts.noRows;
    byId('detail').setAttribute('aria-label', texts.cell);
    byId('notices').textContent = notices.join(' ');
    this.#update({ row, column });
    this.#grid.scrollTo({ top, left });
    this.#takeFocus();
  }

  #takeFocus(): void {
    if (this.#message && document.hasFocus() && document.activeElement === document.body) {
      // The active cell may be out of sight, and the rows that were in sight have to stay there.
      this.#grid.focus({ scroll: false });
    }
  }

  #filterRows(): void {
    this.#update({ row: 0, column: this.#grid.active.column });
    byId('grid').scrollTop = 0;
  }

  #update(active: CellPosition): void {
    if (!this.#message) {
      return;
    }
    const { table, label } = this.#message;
    this.#order = this.#find({ filter: this.#filter.value, sort: this.#sort });
    byId('count').textContent = this.#countText(this.#message);
    byId('none').hidden = this.#order.length > 0;
    this.#grid.show({ table, label, order: this.#order, sort: this.#sort }, active);
  }

  #countText({ texts }: TableMessage): string {
    return this.#filter.value.trim() === '' ? texts.allRows : fill(texts.someRows, this.#order.length);
  }

  #sortText(column: number): string {
    const { unsorted, sortedUp, sortedDown } = this.#message?.texts ?? {};
    const template = !this.#sort ? unsorted : this.#sort.direction === 'ascending' ? sortedUp : sortedDown;
    return fill(template, this.#message?.table.columns[column]?.name ?? '');
  }

  #copy({ clipboardData }: ClipboardEvent): void {
    const { selected } = this.#grid;
    if (this.#message && selected.length > 0) {
      clipboardData?.setData('text/plain', rowsAsText(this.#message.table, selected, this.#message.separator));
      announce(fill(this.#message.texts.copiedRows, selected.length));
    } else {
      const copy = cellCopy(this.#activeCell, { name: this.#activeName });
      clipboardData?.setData('text/plain', this.#grid.active.row < 0 ? this.#activeName : cellText(copy));
      announce(this.#message?.texts.copiedCell ?? '');
    }
  }

  get #activeName(): string {
    return this.#message?.table.columns[this.#grid.active.column]?.name ?? '';
  }

  get #activeCell(): Cell {
    const { row, column } = this.#grid.active;
    return this.#message?.table.rows[this.#order[row] ?? -1]?.[column] ?? '';
  }

  /** Shows the complete text of the active cell, because the grid shows one truncated line or a formatted time. */
  #showDetail(): void {
    const name = document.createElement('span');
    name.className = 'name';
    name.textContent = this.#activeName;
    const value = `  ${cellText(this.#activeCell).slice(0, MAX_CHARACTERS)}`;
    byId('detail').replaceChildren(name, ...(this.#grid.active.row < 0 ? [] : [value, this.#timeText()]));
  }

  #timeText(): string {
    const milliseconds = cellTimestamp(this.#activeCell, { name: this.#activeName });
    if (milliseconds === undefined) {
      return '';
    }
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    const { utc, local, ago } = describeTimestamp(milliseconds, { now: Date.now(), locale: LOCALE, timeZone });
    return `\n${[utc, ago, ...(timeZone === 'UTC' ? [] : [local])].join(' · ')}`;
  }

  #remember(): void {
    const { active, scrolled } = this.#grid;
    this.#editor.setState({ filter: this.#filter.value, sort: this.#sort, ...active, ...scrolled });
  }
}

const MAX_CHARACTERS = 20_000;
/** Display language of VS Code. */
const LOCALE = document.documentElement.dataset['locale'] ?? 'en';
const LANGUAGES = { language: document.documentElement.lang, locale: LOCALE };

/** Announces a change to screen readers. */
function announce(text: string): void {
  byId('announcement').textContent = text;
}

function fill(template = '', ...args: readonly (string | number)[]): string {
  return formatMessageIn(LANGUAGES, { template, args });
}

function byId(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (!element) {
    throw new Error(`The page has no element ${id}.`);
  }
  return element;
}

declare function acquireVsCodeApi(): Editor;

new TablePage(acquireVsCodeApi());
