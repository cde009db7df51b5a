import type { PlacedColumn } from '../../core/responses/columnLayout.ts';
import { nextSort, type Sort } from '../../core/responses/sortOrder.ts';
import { Grid, type ScrollPosition } from './grid.ts';
import { valueText } from './gridRows.ts';
import type { CellPosition } from './gridNavigation.ts';
import {
  actOnColumn,
  DIRECTIONS,
  filterBy,
  filterByName,
  isSamePlace,
  isWorthOpening,
  messageFor,
  MAX_CELL,
} from './cellActs.ts';
import { announce, byId, filled, listenToFilter, showDetail, showHiddenColumns, showTexts } from './tablePageParts.ts';
import { stateOf, type Editor } from './pageState.ts';
import { PageColumns } from './pageColumns.ts';
import { RowCache } from './rowCache.ts';
import type { CellPlace, HostMessage, PageCell, TableAct, TableMessage, TableTexts } from './tableProtocol.ts';

/** The page that shows a list as a table. It loads nothing; the extension sends the rows that are near those in sight. */
class TablePage {
  readonly #editor: Editor;
  readonly #filter = byId('filter') as HTMLInputElement;
  readonly #cache: RowCache;
  readonly #columns: PageColumns;
  readonly #grid: Grid;
  #message: TableMessage | undefined;
  #sort: Sort | undefined;
  #query = 0;
  /** Where to go when the rows of the latest query are known. */
  #goal: (CellPosition & Partial<ScrollPosition>) | undefined;
  /** The cell whose whole text the extension was asked for. */
  #detailed: CellPlace | undefined;

  constructor(editor: Editor) {
    this.#editor = editor;
    this.#cache = new RowCache((from, to) => {
      editor.postMessage({ type: 'rows', query: this.#query, from, to });
    });
    const columns = new PageColumns({
      onChange: (layout) => {
        editor.postMessage({ type: 'layout', layout });
      },
      show: (place) => {
        this.#show({ row: this.#grid.active.row, column: place ?? this.#grid.active.column });
      },
      resize: () => {
        this.#grid.resize(columns.shown, columns.frozen);
      },
      announce,
      fill: (text, ...args) => this.#fill(text, ...args),
    });
    this.#columns = columns;
    this.#grid = new Grid(byId('grid'), {
      cache: this.#cache,
      onSort: (place) => {
        this.#sortBy(place);
      },
      ...columns.handlers,
      onActivate: () => {
        this.#showActive();
        this.#remember();
      },
      onScroll: () => {
        this.#remember();
      },
      onSelect: () => {
        announce('');
        this.#showSelected();
      },
      onOpen: () => {
        if (isWorthOpening(valueText(this.#activeCell))) {
          this.#act('openCell');
        }
      },
    });
    this.#listen();
    editor.postMessage({ type: 'ready' });
  }

  #listen(): void {
    window.addEventListener('message', ({ data }: MessageEvent<HostMessage>) => {
      this.#take(data);
    });
    // VS Code focuses the page and not an element in it.
    window.addEventListener('focus', () => {
      this.#takeFocus();
    });
    document.addEventListener('copy', (event) => {
      if (this.#grid.hasFocus) {
        event.preventDefault();
        this.#act('copy');
      }
    });
    byId('hiddenColumns').addEventListener('click', () => {
      this.#editor.postMessage({ type: 'chooseColumns' });
    });
    listenToFilter(this.#filter, {
      onInput: () => {
        this.#filterRows();
      },
      onLeave: () => {
        this.#grid.focus({ scroll: true });
      },
    });
  }

  #take(message: HostMessage): void {
    switch (message.type) {
      case 'table':
        this.#takeTable(message);
        break;
      case 'found':
        if (message.query === this.#query) {
          this.#takeFound(message.rows);
        }
        break;
      case 'rows':
        if (message.query === this.#query) {
          this.#cache.add(message.from, message.rows);
          this.#grid.redraw();
          this.#showActive();
        }
        break;
      case 'cell':
        if (isSamePlace(message, this.#place)) {
          showDetail(this.#grid.activeColumn?.name ?? '', message.text);
        }
        break;
      case 'said':
        announce(message.text);
        break;
      case 'act':
        this.#act(message.act);
    }
  }

  #takeTable(message: TableMessage): void {
    const before = this.#message;
    this.#message = message;
    const isOther = this.#columns.take(message.columns, message.layout);
    showTexts(message);
    if (before?.source !== message.source) {
      const { filter, sort, row, column, top, left } = stateOf(this.#editor);
      this.#sort = sort && sort.column < message.columns.length ? sort : undefined;
      this.#filter.value = filter;
      this.#find({ row, column, top, left });
    } else {
      if (!this.#isQueried && message.rows > this.#cache.count && !this.#goal) {
        this.#cache.grow(message.rows);
        this.#grid.grow();
      }
      if (isOther) {
        this.#show();
      }
      this.#count();
    }
  }

  #takeFound(rows: number): void {
    this.#cache.reset(rows);
    this.#count();
    byId('none').hidden = rows > 0;
    const { row = this.#grid.active.row, column = this.#grid.active.column, top, left } = this.#goal ?? {};
    this.#goal = undefined;
    this.#grid.selection.clear();
    this.#show({ row, column });
    this.#grid.scrollTo({ top: top ?? this.#grid.scrolled.top, left: left ?? this.#grid.scrolled.left });
    this.#takeFocus();
  }

  #takeFocus(): void {
    if (this.#message && document.hasFocus() && document.activeElement === document.body) {
      // The active cell may be out of sight, and the rows that were in sight have to stay there.
      this.#grid.focus({ scroll: false });
    }
  }

  get #isQueried(): boolean {
    return this.#sort !== undefined || this.#filter.value.trim() !== '';
  }

  #filterRows(): void {
    this.#find({ row: 0, column: this.#grid.active.column, top: 0 });
  }

  #find(goal: CellPosition & Partial<ScrollPosition>): void {
    this.#goal = goal;
    this.#query += 1;
    this.#editor.postMessage({ type: 'query', query: this.#query, filter: this.#filter.value, sort: this.#sort });
  }

  #count(): void {
    const { texts, isRead } = this.#message ?? {};
    const isFiltered = this.#filter.value.trim() !== '';
    byId('count').textContent =
      isRead === false
        ? (texts?.reading ?? '')
        : isFiltered
          ? this.#fill('someRows', this.#cache.count)
          : (texts?.allRows ?? '');
  }

  #showSelected(): void {
    const { count, cellCounts } = this.#grid.selection;
    byId('selected').textContent =
      count > 0 ? this.#fill('selected', count) : cellCounts ? this.#fill('selectedCells', ...cellCounts) : '';
  }

  #show(active?: CellPosition): void {
    const { shown, frozen, hidden } = this.#columns;
    showHiddenColumns(hidden > 0 ? this.#fill('hiddenColumns', hidden) : '');
    this.#grid.show({ columns: shown, frozen, label: this.#message?.label ?? '', sort: this.#sort }, active);
    this.#showSelected();
  }

  #sortBy(place: number): void {
    const column = this.#columns.shown[place];
    if (column) {
      this.#sortAs(column, nextSort(this.#sort, column.index));
    }
  }

  #sortAs({ name }: PlacedColumn, sort: Sort | undefined): void {
    this.#sort = sort;
    this.#find(this.#grid.active);
    announce(this.#fill(!sort ? 'unsorted' : sort.direction === 'ascending' ? 'sortedUp' : 'sortedDown', name));
  }

  #act(act: TableAct): void {
    const column = this.#grid.activeColumn;
    if (!column) {
      return;
    }
    const { ranges, cells } = this.#grid.selection;
    const isDone = actOnColumn(act, column, this.#columns);
    const inRange = cells && { ...cells, columns: this.#columns.shown.slice(...cells.columns) };
    const target = { column, ranges, query: this.#query, place: this.#place, cells: inRange };
    const message = isDone ? undefined : messageFor(act, target);
    const direction = DIRECTIONS.get(act);
    if (message) {
      this.#editor.postMessage(message);
    } else if (direction) {
      this.#sortAs(column, { column: column.index, direction });
    } else if (act === 'filterByColumn') {
      this.#filter.value = filterByName(this.#filter.value, column.name);
      this.#filter.focus();
    } else if (act === 'filterByValue' && this.#place) {
      this.#filter.value = filterBy(this.#filter.value, column.name, valueText(this.#activeCell));
      this.#filterRows();
    }
  }

  /** The active cell; undefined in the header. */
  get #place(): CellPlace | undefined {
    const { row } = this.#grid.active;
    const column = this.#grid.activeColumn;
    return row >= 0 && column ? { query: this.#query, row, column: column.index } : undefined;
  }

  get #activeCell(): PageCell {
    const place = this.#place;
    return (place && this.#cache.row(place.row)?.[place.column]) ?? '';
  }

  /** Shows the complete text of the active cell, because the grid shows one truncated line or a formatted time. */
  #showActive(): void {
    const place = this.#place;
    const value = valueText(this.#activeCell);
    if (place && value.length >= MAX_CELL) {
      if (!isSamePlace(place, this.#detailed)) {
        this.#detailed = place;
        this.#editor.postMessage({ type: 'cell', ...place });
      }
      return;
    }
    this.#detailed = undefined;
    showDetail(this.#grid.activeColumn?.name ?? '', place && value, typeof this.#activeCell !== 'string');
  }

  #remember(): void {
    if (!this.#goal) {
      const { active, scrolled } = this.#grid;
      this.#editor.setState({ filter: this.#filter.value, sort: this.#sort, ...active, ...scrolled });
    }
  }

  #fill(name: keyof TableTexts, ...args: readonly (string | number)[]): string {
    return filled(this.#message?.texts[name] ?? '', args);
  }
}

declare function acquireVsCodeApi(): Editor;

new TablePage(acquireVsCodeApi());
