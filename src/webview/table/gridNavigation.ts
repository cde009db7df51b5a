/** Position of a cell in the grid: the row in display order, or -1 for the header. */
export interface CellPosition {
  readonly row: number;
  readonly column: number;
}

export interface PressedKey {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

export interface GridSize {
  readonly rows: number;
  readonly columns: number;
  /** Number of visible rows. */
  readonly page: number;
}

/** The cell to which a key moves; undefined if the key does not move. */
export function moved(
  { row, column }: CellPosition,
  pressed: PressedKey,
  { rows, columns, page }: GridSize,
): CellPosition | undefined {
  const far = pressed.ctrlKey || pressed.metaKey;
  const at = (toRow: number, toColumn: number): CellPosition => ({
    row: Math.max(-1, Math.min(toRow, rows - 1)),
    column: Math.max(0, Math.min(toColumn, columns - 1)),
  });
  if (pressed.altKey) {
    return undefined;
  }
  switch (pressed.key) {
    case 'ArrowUp':
      return far ? at(0, column) : at(row - 1, column);
    case 'ArrowDown':
      return far ? at(rows - 1, column) : at(row + 1, column);
    case 'ArrowLeft':
      return at(row, far ? 0 : column - 1);
    case 'ArrowRight':
      return at(row, far ? columns - 1 : column + 1);
    case 'Home':
      return far ? at(0, 0) : at(row, 0);
    case 'End':
      return far ? at(rows - 1, columns - 1) : at(row, columns - 1);
    case 'PageUp':
      return at(row < 0 ? row : Math.max(0, row - page), column);
    case 'PageDown':
      return at(Math.max(0, row) + page, column);
    default:
      return undefined;
  }
}
