import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { canceled, isNinjaOneError, NinjaOneError } from '../../core/base/errors.ts';
import { l10n } from '../../core/base/l10n.ts';
import { parseJson } from '../../core/base/untrusted.ts';
import { csvParts } from '../../core/responses/csv.ts';
import { itemsIn } from '../../core/json/jsonItems.ts';
import { saveFile, type FileParts } from '../../core/files/atomicWrite.ts';
import type { TempFiles } from '../../core/files/tempFiles.ts';
import { offerAlternative } from '../platform/errorReporter.ts';
import { withDelayedProgress } from '../platform/delayedProgress.ts';
import { offerToOpen } from '../platform/offerToOpen.ts';
import { hasItems, type DisplayedResponse } from '../../core/responses/displayedResponse.ts';

export type SaveFormat = 'json' | 'csv';

/**
 * Asks where to, and writes all of the answer there, not what the document shows of it (E7). What cannot be a table is
 * offered to be saved as JSON. Rejects as canceled.
 */
export async function saveResponse(shown: DisplayedResponse, format: SaveFormat, tempFiles: TempFiles): Promise<void> {
  try {
    await save(shown, format, tempFiles);
  } catch (error) {
    if (!isNinjaOneError(error) || !NO_TABLE.has(error.code)) {
      throw error;
    }
    if (!(await offerAlternative(error, vscode.l10n.t('Save as JSON')))) {
      throw canceled();
    }
    await save(shown, 'json', tempFiles);
  }
}

const NO_TABLE: ReadonlySet<string> = new Set(['response.noList', 'response.notJson', 'response.itemTooLarge']);

async function save(shown: DisplayedResponse, format: SaveFormat, tempFiles: TempFiles): Promise<void> {
  const parts = partsOf(shown, format);
  const name = nameOf(shown, format);
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(homedir());
  const ending = name.slice(name.lastIndexOf('.') + 1);
  const target = await vscode.window.showSaveDialog({
    title: format === 'csv' ? vscode.l10n.t('Save as CSV') : vscode.l10n.t('Save Answer'),
    filters: { [ending.toUpperCase()]: [ending] },
    defaultUri: vscode.Uri.joinPath(folder, name),
  });
  if (!target) {
    throw canceled();
  }
  await withDelayedProgress(vscode.l10n.t('Saving {0}', name), (signal) =>
    write(target, { parts: parts(), signal, tempFiles }),
  );
  void offerToOpen(vscode.l10n.t('Saved {0}.', target.path), () =>
    vscode.commands.executeCommand('vscode.open', target),
  );
}

/** Checked at once, and read once it is known where to. */
function partsOf(shown: DisplayedResponse, format: SaveFormat): () => FileParts {
  const { whole, response } = shown;
  if (!whole) {
    throw givesSecrets();
  }
  if (format === 'json') {
    return whole;
  }
  if (!hasItems(shown)) {
    throw noList();
  }
  return () => csvParts(() => valuesIn(whole(), response.request.operation.traits.items));
}

async function* valuesIn(bytes: AsyncIterable<Uint8Array>, name: string | undefined): AsyncGenerator {
  for await (const text of itemsIn(bytes, name)) {
    yield valueOf(text);
  }
}

function valueOf(text: string): unknown {
  const value = parseJson(text);
  if (value === undefined) {
    throw notJson();
  }
  return value;
}

interface Writing {
  readonly parts: FileParts;
  readonly signal: AbortSignal;
  readonly tempFiles: TempFiles;
}

async function write(target: vscode.Uri, { parts, signal, tempFiles }: Writing): Promise<void> {
  if (target.scheme === 'file') {
    await saveFile(target.fsPath, parts, signal);
    return;
  }
  // The file is on another machine, which the editor reaches and we do not: it takes whole files only.
  const file = tempFiles.file();
  try {
    await file.start();
    await file.close();
    await saveFile(file.path, parts, signal);
    await vscode.workspace.fs.copy(vscode.Uri.file(file.path), target, { overwrite: true });
  } finally {
    await file.discard();
  }
}

function nameOf({ response, view, page, end }: DisplayedResponse, format: SaveFormat): string {
  const { operation, connection } = response.request;
  const sent = /filename="?([^";]+)/i.exec(response.headers['content-disposition'] ?? '')?.[1];
  if (view.kind === 'binary' && sent !== undefined) {
    return sent.replaceAll(UNSAFE, '-');
  }
  const ending = format === 'csv' ? 'csv' : ENDINGS[view.kind];
  const place = end ? ['all'] : page > 1 ? [`page ${page}`] : [];
  return `${[operation.title, connection.name, ...place].join(' ').replaceAll(/[^\p{L}\p{N}]+/gu, '-')}.${ending}`;
}

const UNSAFE = /[^\p{L}\p{N}._-]+|^\.+/gu;

const ENDINGS: { readonly [K in DisplayedResponse['view']['kind']]: string } = {
  json: 'json',
  jsonLines: 'jsonl',
  html: 'html',
  text: 'txt',
  binary: 'bin',
  empty: 'txt',
};

function givesSecrets(): NinjaOneError {
  return new NinjaOneError({
    code: 'response.givesSecrets',
    intent: 'permission',
    message: l10n.t('This answer gives out secrets, so it is not written to a file.'),
  });
}

function notJson(): NinjaOneError {
  return new NinjaOneError({
    code: 'response.notJson',
    intent: 'invalidInput',
    message: l10n.t(
      'An item of the list is no valid JSON, so no table was written. Send the request again, or save the answer as JSON.',
    ),
  });
}

function noList(): NinjaOneError {
  return new NinjaOneError({
    code: 'response.noList',
    intent: 'invalidInput',
    message: l10n.t('This answer has no list that could be a table. Save it as JSON.'),
  });
}
