import * as vscode from 'vscode';
import type { ResourceObject } from '../../core/catalog/consoleAddresses.ts';
import { valuePlace } from '../../core/requests/valuePlace.ts';
import { cellText } from '../../core/responses/cells.ts';
import type { DisplayedResponse } from '../../core/responses/displayedResponse.ts';
import { objectOfMember } from '../../core/responses/memberObjects.ts';
import { openInConsole } from '../platform/consolePages.ts';
import type { ListedValue } from './listedValues.ts';

/** Opens the object that the line of the cursor has the ID of. Rejects with `console.noPage` if it has none (E20). */
export async function openObjectAtCursor({ response: { request } }: DisplayedResponse): Promise<void> {
  const { connection, operation } = request;
  await openInConsole(connection, objectAt(vscode.window.activeTextEditor, operation.path, operation.traits.items));
}

function objectAt(
  editor: vscode.TextEditor | undefined,
  operation: string,
  items: string | undefined,
): ResourceObject | undefined {
  if (!editor) {
    return undefined;
  }
  const { document, selection } = editor;
  const { line } = selection.active;
  // The cursor may be in the name.
  const [before = ''] = /^\s*(?:"(?:[^"\\]|\\.)*"\s*:\s*)?/.exec(document.lineAt(line).text) ?? [];
  const place = valuePlace(document.getText(), document.offsetAt(new vscode.Position(line, before.length)));
  const path = place?.location[0] === items ? place?.location.slice(1) : place?.location;
  return place && path && objectOfMember({ path, value: place.token, operation });
}

/** Opens the object that a cell has the ID of, or else that of its row. Rejects with `console.noPage` if there is none. */
export async function openListedObject({ displayed, rows, row, column }: ListedValue): Promise<void> {
  const { connection, operation } = displayed.response.request;
  const [cells = []] = await rows.rows([row]);
  const names = rows.columns.map(({ name }) => name);
  const [object] = [column?.name, 'id'].flatMap((name) => {
    const value = name === undefined ? undefined : cells[names.indexOf(name)];
    const path = name?.split('.') ?? [];
    return value === undefined
      ? []
      : (objectOfMember({ path, value: cellText(value), operation: operation.path }) ?? []);
  });
  await openInConsole(connection, object);
}
