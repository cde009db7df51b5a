import * as vscode from 'vscode';
import type { Disposable } from '../../core/base/lifecycle.ts';

/** Addresses of the documents that are open in a tab, including both sides of a comparison. */
export function openAddresses(): ReadonlySet<string> {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  return new Set(tabs.flatMap(urisOf).map((uri) => uri.toString()));
}

/**
 * Calls the listener for each document whose last tab was closed, because VS Code closes the document itself only
 * minutes later. Moving a tab to another group also closes it, so documents that still have a tab are skipped.
 */
export function onDidCloseLastTab(listener: (uri: vscode.Uri) => void): Disposable {
  return vscode.window.tabGroups.onDidChangeTabs(({ closed }) => {
    const open = openAddresses();
    closed
      .flatMap(urisOf)
      .filter((uri) => !open.has(uri.toString()))
      .forEach(listener);
  });
}

function urisOf({ input }: vscode.Tab): readonly vscode.Uri[] {
  if (input instanceof vscode.TabInputText) {
    return [input.uri];
  }
  return input instanceof vscode.TabInputTextDiff ? [input.original, input.modified] : [];
}
