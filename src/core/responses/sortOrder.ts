/** Filter and sort order of the displayed rows. */
export interface RowQuery {
  /** What `rowFilter` takes. */
  readonly filter: string;
  readonly sort: Sort | undefined;
}

export interface Sort {
  /** Index of the column. */
  readonly column: number;
  readonly direction: 'ascending' | 'descending';
}

/** The next sort order of a column: ascending, descending, original. */
export function nextSort(sort: Sort | undefined, column: number): Sort | undefined {
  if (sort?.column !== column) {
    return { column, direction: 'ascending' };
  }
  return sort.direction === 'ascending' ? { column, direction: 'descending' } : undefined;
}
