import { formatMessageIn } from '../../core/base/messages.ts';
import { describeTimestamp } from '../../core/responses/timestamps.ts';
import { timeOf, type Cell } from '../../core/responses/tableModel.ts';
import { nextSort, rowFinder, tsvOf, type RowWish, type Sort } from '../../core/responses/tableQuery.ts';
import { Grid } from './grid.ts';
import type { ReadyMessage, TableMessage } from './tableProtocol.ts';
import type { Place } from './gridNavigation.ts';

/** What the editor gives to a page, once. */
interface Editor {
  postMessage(message: ReadyMessage): void;
  getState(): unknown;
  setState(state: PageState): void;
}

/** What is remembered while the tab is in the background, where the page is thrown away. */
interface PageState extends Place {
  readonly filter: string;
  readonly sort: Sort | undefined;
}

/** The page that shows a list as a table. It asks nobody for anything; what it shows comes from the extension. */
class TablePage {
  readonly #editor: Editor;
  readonly #filter = byId('filter') as HTMLInputElement;
  readonly #grid: Grid;
  #shown: TableMessage | undefined;
  #find: (wish: RowWish) => readonly number[] = () => [];
  #order: readonly number[] = [];
  #sort: Sort | undefined;

  constructor(editor: Editor) {
    this.#editor = editor;
    this.#grid = new Grid(byId('grid'), {
      onSort: (column) => {
        this.#sort = nextSort(this.#sort, column);
        this.#update(this.#grid.active);
        say(this.#sortText(column));
      },
      onMove: () => {
        this.#showDetail();
        this.#remember();
      },
      onSelect: (rows) => {
        say(rows > 0 ? fill(this.#shown?.texts.selected, rows) : '');
      },
    });
    this.#listen();
    editor.postMessage({ type: 'ready' });
  }

  #listen(): void {
    window.addEventListener('message', ({ data }: MessageEvent<TableMessage>) => {
      this.#show(data);
    });
    // The editor gives the focus to the page and not to a part of it.
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
        this.#grid.focus();
      } else if (event.key === 'Escape' && this.#filter.value !== '') {
        event.preventDefault();
        this.#filter.value = '';
        this.#filterRows();
      }
    });
  }

  #show(message: TableMessage): void {
    const { table, texts, notices } = message;
    const { filter = '', sort, row = 0, column = 0 } = (this.#editor.getState() ?? {}) as Partial<PageState>;
    this.#shown = message;
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
    this.#takeFocus();
  }

  #takeFocus(): void {
    if (this.#shown && document.hasFocus() && document.activeElement === document.body) {
      this.#grid.focus();
    }
  }

  #filterRows(): void {
    this.#update({ row: 0, column: this.#grid.active.column });
    byId('grid').scrollTop = 0;
  }

  #update(active: Place): void {
    if (!this.#shown) {
      return;
    }
    const { table, label } = this.#shown;
    this.#order = this.#find({ filter: this.#filter.value, sort: this.#sort });
    byId('count').textContent = this.#countText(this.#shown);
    byId('none').hidden = this.#order.length > 0;
    this.#grid.show({ table, label, order: this.#order, sort: this.#sort }, active);
  }

  #countText({ texts }: TableMessage): string {
    return this.#filter.value.trim() === '' ? texts.allRows : fill(texts.someRows, this.#order.length);
  }

  #sortText(column: number): string {
    const { unsorted, sortedUp, sortedDown } = this.#shown?.texts ?? {};
    const template = !this.#sort ? unsorted : this.#sort.direction === 'ascending' ? sortedUp : sortedDown;
    return fill(template, this.#shown?.table.columns[column]?.name ?? '');
  }

  #copy({ clipboardData }: ClipboardEvent): void {
    const { selected } = this.#grid;
    if (this.#shown && selected.length > 0) {
      clipboardData?.setData('text/plain', tsvOf(this.#shown.table, selected));
      say(fill(this.#shown.texts.copiedRows, selected.length));
    } else {
      clipboardData?.setData('text/plain', this.#activeText());
      say(this.#shown?.texts.copiedCell ?? '');
    }
  }

  #activeText(): string {
    return this.#grid.active.row < 0 ? this.#activeName : String(this.#activeCell);
  }

  get #activeName(): string {
    return this.#shown?.table.columns[this.#grid.active.column]?.name ?? '';
  }

  get #activeCell(): Cell {
    const { row, column } = this.#grid.active;
    return this.#shown?.table.rows[this.#order[row] ?? -1]?.[column] ?? '';
  }

  /** A cell shows one line and cuts it, and a time in place of its number; here is all of it. */
  #showDetail(): void {
    const name = document.createElement('span');
    name.className = 'name';
    name.textContent = this.#activeName;
    const value = `  ${this.#activeText().slice(0, MOST_CHARACTERS)}`;
    byId('detail').replaceChildren(name, ...(this.#grid.active.row < 0 ? [] : [value, this.#timeText()]));
  }

  #timeText(): string {
    const milliseconds = timeOf(this.#activeCell, { name: this.#activeName });
    if (milliseconds === undefined) {
      return '';
    }
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    const { utc, local, ago } = describeTimestamp(milliseconds, { now: Date.now(), locale: LOCALE, timeZone });
    return `\n${[utc, ago, ...(timeZone === 'UTC' ? [] : [local])].join(' · ')}`;
  }

  #remember(): void {
    this.#editor.setState({ filter: this.#filter.value, sort: this.#sort, ...this.#grid.active });
  }
}

const MOST_CHARACTERS = 20_000;
/** Of the editor. */
const LOCALE = document.documentElement.dataset['locale'] ?? 'en';
const LANGUAGES = { language: document.documentElement.lang, locale: LOCALE };

/** For who does not see what changed. */
function say(text: string): void {
  byId('said').textContent = text;
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
