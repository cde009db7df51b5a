import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import type * as vscode from 'vscode';
import { eventually } from '../../tooling/eventually.ts';
import type { Surface } from './canaries.ts';
import type { FakeContext } from './vscode/extensionContext.ts';
import type { FakeVscode } from './vscode/fakeVscode.ts';

/** Each place to which the extension can carry a secret, with the kinds that belong there. */
export const LEAK_SURFACES = {
  log: [],
  notifications: [],
  'modal dialogs and questions': [],
  'lists and input boxes': [],
  progress: [],
  'status bar': [],
  'tree rows and tooltips': [],
  'documents, their titles and lines': [],
  'web page of the table': [],
  // Copy Access Token puts it there; nothing else may.
  clipboard: ['access token'],
  'exported files': [],
  'files in the global storage': [],
  'global state': [],
  'workspace state': [],
  settings: [],
  'context keys': [],
  'arguments of commands': [],
  'names in the secret storage': [],
  // The session that another extension asked for.
  'sessions of other extensions': ['access token'],
  'connections of other extensions': [],
  'errors of other extensions': [],
  'addresses in the browser': ['state'],
  'addresses of requests': [],
  'pages after the sign-in': [],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type LeakSurface = keyof typeof LEAK_SURFACES;

/** What was seen on the surfaces in the course of a test. */
export class LeakRecord {
  readonly #pieces = new Map<LeakSurface, Set<string>>();

  /** Notes a text, or every member of an object, hidden ones included. */
  note(surface: LeakSurface, ...values: readonly unknown[]): void {
    const pieces = this.#pieces.get(surface) ?? new Set();
    values.forEach((value) => pieces.add(typeof value === 'string' ? value : everyMember(value)));
    this.#pieces.set(surface, pieces);
  }

  surfaces(): Surface[] {
    return Object.entries(LEAK_SURFACES).map(([name, except]) => {
      return { name, except, pieces: [...(this.#pieces.get(name as LeakSurface) ?? [])] };
    });
  }

  /** Surfaces of which nothing was seen, so that nothing was proved of them. */
  get unseen(): readonly string[] {
    return this.surfaces().flatMap(({ name, pieces }) => (pieces.join('').length > 0 ? [] : [name]));
  }
}

/** Notes everything that the editor shows and keeps at this moment. */
export async function noteEditor(
  record: LeakRecord,
  { editor, extension, withDocuments }: { editor: FakeVscode; extension: FakeContext; withDocuments: boolean },
): Promise<void> {
  const { window, workspace, commands, configuration, env, languages } = editor;
  window.channels.forEach(({ lines }) => record.note('log', ...lines.map(({ text }) => text)));
  window.messages.forEach((message) =>
    record.note(message.isModal ? 'modal dialogs and questions' : 'notifications', message),
  );
  window.progress.forEach(({ title, messages }) => record.note('progress', title ?? '', ...messages));
  record.note('status bar', ...window.statusBarMessages);
  for (const { text, tooltip, accessibilityInformation, command, name } of window.statusBarItems) {
    record.note('status bar', { text, tooltip, accessibilityInformation, command, name });
  }
  for (const view of window.treeViews.values()) {
    record.note('tree rows and tooltips', { message: view.message, title: view.title, badge: view.badge });
    await noteRows(record, view.provider, undefined);
  }
  for (const document of withDocuments ? workspace.documents : []) {
    const surface = 'documents, their titles and lines';
    record.note(surface, document.uri.toString(), document.getText());
    record.note(surface, ...(await languages.lensesOf(document)), ...languages.problemsOf(document.uri));
  }
  window.webviewPanels.forEach(({ title, webview, posted }) => {
    record.note('web page of the table', title, webview.html, ...posted);
  });
  record.note('clipboard', env.clipboardText);
  record.note('addresses in the browser', ...env.opened);
  record.note('settings', configuration.user('ninjaone.connections'));
  record.note('context keys', ...commands.context);
  record.note('arguments of commands', ...commands.executed.filter(({ command }) => !command.startsWith('ninjaone.')));
  noteMemento(record, 'global state', extension.globalState);
  noteMemento(record, 'workspace state', extension.workspaceState);
  record.note('names in the secret storage', ...Object.values(extension.secrets.calls).flat());
}

/** Notes the names and contents of all files in a folder. */
export async function noteFiles(record: LeakRecord, surface: LeakSurface, folder: string): Promise<void> {
  // A lock may be gone again, while its folder is read or before its file is.
  const entries = await eventually(() => readdir(folder, { recursive: true, withFileTypes: true }));
  for (const entry of entries.filter((each) => each.isFile())) {
    const bytes = await readFile(join(entry.parentPath, entry.name), 'latin1').catch(() => '');
    record.note(surface, entry.name, bytes);
  }
}

async function noteRows(
  record: LeakRecord,
  provider: vscode.TreeDataProvider<unknown>,
  parent: unknown,
  depth = 0,
): Promise<void> {
  for (const row of ((await provider.getChildren(parent)) ?? []).slice(0, MAX_ROWS)) {
    const item = await provider.getTreeItem(row);
    const resolved = await provider.resolveTreeItem?.(item, row, NEVER_CANCELED);
    record.note('tree rows and tooltips', item, resolved ?? item);
    if (depth < MAX_DEPTH) {
      await noteRows(record, provider, row, depth + 1);
    }
  }
}

const MAX_ROWS = 20;
const MAX_DEPTH = 2;

const NEVER_CANCELED = { isCancellationRequested: false } as vscode.CancellationToken;

function noteMemento(record: LeakRecord, surface: LeakSurface, memento: vscode.Memento): void {
  for (const key of memento.keys()) {
    record.note(surface, key, JSON.stringify(memento.get(key)));
  }
}

function everyMember(value: unknown): string {
  return inspect(value, { depth: 8, showHidden: true, getters: true, maxArrayLength: null, maxStringLength: null });
}
