import { cellText, type Cell } from '../../core/responses/cells.ts';
import type { ListRows } from '../../core/responses/listRows.ts';
import type { RowQuery } from '../../core/responses/sortOrder.ts';
import { cellDisplayText } from '../../core/responses/tableModel.ts';
import { findRows } from '../../core/responses/tableQuery.ts';
import type { PageCell, RowRange } from '../../webview/table/tableProtocol.ts';

export interface PageQuery extends RowQuery {
  /** Number that the page gave it. */
  readonly query: number;
}

/** The rows of the latest query of a page, in display order. */
export class FoundRows {
  readonly #rows: ListRows;
  /** Settles when all rows are known. */
  readonly #reading: Promise<void>;
  #found: { readonly query: number; readonly indexes: readonly number[] | undefined } | undefined;
  #latest: RowQuery = { filter: '', sort: undefined };
  #finding = new AbortController();

  constructor(rows: ListRows, reading: Promise<void>) {
    this.#rows = rows;
    this.#reading = reading;
  }

  /** The latest filter and order. */
  get latest(): RowQuery {
    return this.#latest;
  }

  /** Resolves to the number of rows; undefined if another query came. Rejects with an error of the disk. */
  async find({ query, filter, sort }: PageQuery, locale: string): Promise<number | undefined> {
    this.stop();
    const { signal } = (this.#finding = new AbortController());
    this.#latest = { filter, sort };
    if (filter.trim() !== '' || sort) {
      // Rows that have not been read yet would be missing.
      await this.#reading.catch(() => {});
    }
    try {
      const indexes = signal.aborted ? [] : await findRows(this.#rows, this.#latest, { locale, signal });
      if (signal.aborted) {
        return undefined;
      }
      this.#found = { query, indexes };
      return indexes?.length ?? this.#rows.count;
    } catch (error) {
      if (signal.aborted) {
        return undefined;
      }
      throw error;
    }
  }

  stop(): void {
    this.#finding.abort();
  }

  /**
   * Indexes of the rows at some places; undefined for all in the order of the list. None if the page asks another
   * query.
   */
  indexes(query: number, ranges?: readonly RowRange[]): readonly number[] | undefined {
    const found = this.#found;
    if (found?.query !== query) {
      return [];
    }
    const count = found.indexes?.length ?? this.#rows.count;
    return ranges
      ? ranges.flatMap(([from, to]) => {
          const places = Array.from({ length: Math.max(0, Math.min(to, count) - from) }, (_, at) => from + at);
          return found.indexes ? places.flatMap((place) => found.indexes?.[place] ?? []) : places;
        })
      : found.indexes;
  }

  /** The cells of some rows as the page shows them. */
  async cells(query: number, range: RowRange): Promise<readonly (readonly PageCell[])[]> {
    const rows = await this.#rows.rows(this.indexes(query, [range]) ?? []);
    const { columns } = this.#rows;
    return rows.map((row) => row.map((cell, at) => pageCell(cell, columns[at]?.name ?? '')));
  }
}

function pageCell(cell: Cell, name: string): PageCell {
  const value = cellText(cell);
  const shown = cellDisplayText(cell, { name });
  return shown === value ? value.slice(0, MAX_CELL) : [shown, value];
}

/** Characters. A cell may have millions, but more are never visible. */
const MAX_CELL = 300;
