import { createHash } from 'node:crypto';
import * as vscode from 'vscode';
import type { DisplayedResponse } from '../../core/responses/displayedResponse.ts';

/**
 * Equal for the responses to the same request, which share a tab (E7). Short and not readable, because a body can contain
 * passwords.
 */
export function requestIdentity({ response: { request }, page, end }: DisplayedResponse): string {
  const { connection, operation, url, body, form } = request;
  const parts = [connection.id, operation.key, url, body ?? null, form ?? null, end ? 'all' : page];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/** The column of the tab that shows the document; undefined if there is none. */
export function columnOf(address: string): vscode.ViewColumn | undefined {
  return groupOf(address)?.viewColumn;
}

/** The column to the right of the tab that shows the document; the active one if there is none. */
export function columnBeside(address: string): vscode.ViewColumn {
  const column = columnOf(address);
  return column === undefined ? vscode.ViewColumn.Active : (COLUMNS[column] ?? vscode.ViewColumn.Nine);
}

/** All that VS Code has, from left to right; the first one has the number 1. */
const COLUMNS = [
  vscode.ViewColumn.One,
  vscode.ViewColumn.Two,
  vscode.ViewColumn.Three,
  vscode.ViewColumn.Four,
  vscode.ViewColumn.Five,
  vscode.ViewColumn.Six,
  vscode.ViewColumn.Seven,
  vscode.ViewColumn.Eight,
  vscode.ViewColumn.Nine,
];

/** Closes the tabs of the document without moving the focus. */
export async function closeTabs(address: string): Promise<void> {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs.filter((tab) => shows(tab, address)));
  await vscode.window.tabGroups.close(tabs, true);
}

function groupOf(address: string): vscode.TabGroup | undefined {
  return vscode.window.tabGroups.all.find((group) => group.tabs.some((tab) => shows(tab, address)));
}

function shows({ input }: vscode.Tab, address: string): boolean {
  return input instanceof vscode.TabInputText && input.uri.toString() === address;
}
