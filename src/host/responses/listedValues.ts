import * as vscode from 'vscode';
import { cellText } from '../../core/responses/cells.ts';
import type { PlacedColumn } from '../../core/responses/columnLayout.ts';
import type { DisplayedResponse } from '../../core/responses/displayedResponse.ts';
import { JsonItems } from '../../core/json/jsonItems.ts';
import type { ListRows } from '../../core/responses/listRows.ts';
import type { ValueDocuments } from './valueDocuments.ts';

export interface TablePlace {
  readonly document: vscode.Uri;
  readonly label: string;
  /** Tells tables apart. */
  readonly table: string;
  readonly values: ValueDocuments;
}

export interface ListedValue {
  readonly displayed: DisplayedResponse;
  readonly rows: ListRows;
  /** Index in the list. */
  readonly row: number;
  /** Undefined for the whole row. */
  readonly column: PlacedColumn | undefined;
}

/**
 * Selects a row in the document of its response, or opens a row that the document does not show, or a cell, as a document
 * of its own (E21).
 */
export async function openListedValue(
  { document, label, table, values }: TablePlace,
  { displayed, rows, row, column }: ListedValue,
): Promise<void> {
  const name = vscode.l10n.t({
    message: '{0} · row {1}',
    args: [label, row + 1],
    comment: 'Name of a tab. {0} is the name of a response and {1} a number.',
  });
  if (column) {
    const cell = (await rows.rows([row]))[0]?.[column.index] ?? '';
    await values.show(cellText(cell), { name: `${name} · ${column.name.slice(0, MAX_NAME)}`, table });
    return;
  }
  const { items } = displayed.response.request.operation.traits;
  const range = row < (displayed.view.shownItems ?? 0) ? linesOfItem(displayed.view.text, items, row) : undefined;
  if (!range) {
    await values.show(await rows.json(row), { name, table });
    return;
  }
  const group = vscode.window.tabGroups.all.find(({ tabs }) =>
    tabs.some(({ input }) => input instanceof vscode.TabInputText && input.uri.toString() === document.toString()),
  );
  await vscode.window.showTextDocument(document, {
    preview: false,
    selection: range,
    ...(group ? { viewColumn: group.viewColumn } : {}),
  });
}

/** The lines of an item in the text of a document. Revealed values do not change the lines. */
function linesOfItem(text: string, items: string | undefined, row: number): vscode.Range | undefined {
  const list = new JsonItems(items);
  let at = 0;
  for (const item of list.take(text)) {
    if (at++ === row) {
      const start = text.indexOf(item, list.place.start);
      const first = linesIn(text.slice(0, start));
      const last = first + linesIn(item);
      return new vscode.Range(
        first,
        start - (text.lastIndexOf('\n', start - 1) + 1),
        last,
        lastLineLength(text, start, item),
      );
    }
  }
  return undefined;
}

function linesIn(text: string): number {
  return text.split('\n').length - 1;
}

/** Characters before the end of the item in its last line. */
function lastLineLength(text: string, start: number, item: string): number {
  const end = start + item.length;
  return end - (text.lastIndexOf('\n', end - 1) + 1);
}

const MAX_NAME = 100;
