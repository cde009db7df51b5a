import * as vscode from 'vscode';
import type { Disposable } from '../../core/base/lifecycle.ts';

/** Addresses of the documents that have a tab; both sides of a comparison have one. */
export function openAddresses(): ReadonlySet<string> {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  return new Set(tabs.flatMap(urisOf).map((uri) => uri.toString()));
}

/**
 * Tells of each document that has lost its last tab: the editor keeps it for minutes after that. A tab that is moved to
 * another group is closed as well, so what still has one is not told of.
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
