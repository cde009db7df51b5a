import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { isWrite } from '../../core/api/apiRequest.ts';
import type { LocalizableMessage } from '../../core/base/messages.ts';
import { MORE_PAGES } from '../../core/api/followingPage.ts';
import { canceled, isNinjaOneError, NinjaOneError, plainText } from '../../core/base/errors.ts';
import { l10n } from '../../core/base/l10n.ts';
import { csvParts } from '../../core/responses/csv.ts';
import { readJsonItems } from '../../core/json/jsonItems.ts';
import { decoderOf } from '../../core/http/charset.ts';
import { saveFile, type FileParts } from '../../core/files/atomicWrite.ts';
import type { TempFiles } from '../../core/files/tempFiles.ts';
import { confirm } from '../platform/confirm.ts';
import { offerAlternative } from '../platform/errorReporter.ts';
import { withDelayedProgress } from '../platform/delayedProgress.ts';
import { localize } from '../platform/localize.ts';
import { fileNameOf, offerSavedFile } from '../platform/savedFile.ts';
import { csvSeparator } from '../platform/settings.ts';
import { DAMAGED } from '../../core/responses/responseView.ts';
import { hasListItems, type DisplayedResponse } from '../../core/responses/displayedResponse.ts';
import { requestLabel } from '../../core/responses/requestLabel.ts';

export type SaveFormat = 'json' | 'csv';

/**
 * Asks for a file and saves the whole response, not only the part that the document shows (E7). If it cannot be saved as
 * CSV, offers JSON instead. Rejects as canceled.
 */
export async function saveResponse(
  displayed: DisplayedResponse,
  format: SaveFormat,
  tempFiles: TempFiles,
): Promise<void> {
  try {
    await save(displayed, format, tempFiles);
  } catch (error) {
    if (!isNinjaOneError(error) || !NO_TABLE.has(error.code)) {
      throw error;
    }
    if (!(await offerAlternative(error, vscode.l10n.t('Save as JSON')))) {
      throw canceled();
    }
    await save(displayed, 'json', tempFiles);
  }
}

const NO_TABLE: ReadonlySet<string> = new Set([
  'response.noList',
  'response.notJson',
  'response.listTwice',
  'response.itemTooLarge',
]);

async function save(displayed: DisplayedResponse, format: SaveFormat, tempFiles: TempFiles): Promise<void> {
  const { parts, isDamaged } = partsOf(displayed, format);
  await confirmSecrets(displayed);
  await saveAs({
    name: fileNameFor(displayed, format),
    title: format === 'csv' ? vscode.l10n.t('Save as CSV') : vscode.l10n.t('Save Response'),
    parts,
    message: (savedAs) => savedMessage(displayed, savedAs, isDamaged()),
    tempFiles,
  });
}

export interface SaveOptions {
  /** Proposed name of the file. Its extension decides about the filter of the dialog. */
  readonly name: string;
  readonly title: string;
  readonly parts: (signal: AbortSignal) => FileParts;
  /** What to say when the file with this name is written. */
  readonly message: (savedAs: string) => string;
  readonly tempFiles: TempFiles;
}

/** Asks for a file and writes it. Rejects as canceled, or with `file.notWritten`. */
export async function saveAs({ name, title, parts, message, tempFiles }: SaveOptions): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(homedir());
  const extension = name.slice(name.lastIndexOf('.') + 1);
  const target = await vscode.window.showSaveDialog({
    title,
    filters: { [extension.toUpperCase()]: [extension] },
    defaultUri: vscode.Uri.joinPath(folder, name),
  });
  if (!target) {
    throw canceled();
  }
  await withDelayedProgress(vscode.l10n.t('Saving {0}…', name), (signal) =>
    write(target, { parts: parts(signal), signal, tempFiles }),
  );
  void offerSavedFile(message(fileNameOf(target)), target);
}

/** A sentence if the list is one page and may have others, unless something else is said to be missing. */
export function laterPages({ next, end, incomplete }: DisplayedResponse): readonly LocalizableMessage[] {
  return next && !end && !incomplete ? [MORE_PAGES] : [];
}

/** An incomplete list or text is reported as incomplete here too, because the file does not say it (E7, E8). */
function savedMessage(displayed: DisplayedResponse, name: string, isDamaged: boolean): string {
  const { response, view, end, incomplete } = displayed;
  if (view.isCut === true) {
    return isWrite(response.request)
      ? vscode.l10n.t(
          'Saved as {0}, but the file is incomplete because the response ends in the middle of its JSON.',
          name,
        )
      : vscode.l10n.t(
          'Saved as {0}, but the file is incomplete because the response ends in the middle of its JSON. Send the request again.',
          name,
        );
  }
  if (view.fault === 'invalid') {
    return vscode.l10n.t('Saved as {0}, but the file is not valid JSON.', name);
  }
  if (view.fault === 'more') {
    return vscode.l10n.t('Saved as {0}, but the file is not valid JSON because more text follows after its end.', name);
  }
  const missing = [...(incomplete ? [incomplete] : []), ...laterPages(displayed)];
  const notices = [...missing, ...(isDamaged ? [DAMAGED] : [])].map(localize).join(' ');
  // Of a page, too, the number shows at once that the file may not have the whole list.
  const count = end ? end.total : view.items;
  if (missing.length === 0 || count === undefined) {
    return notices
      ? vscode.l10n.t({
          message: 'Saved as {0}. {1}',
          args: [name, notices],
          comment: '{0} is the name of a file and {1} a sentence, such as "The list is incomplete because …"',
        })
      : vscode.l10n.t('Saved as {0}.', name);
  }
  return localize(
    l10n.t({
      message:
        '{1, plural, one {Saved as {0} with the only item that came.} other {Saved as {0} with the # items that came.}} {2}',
      args: [name, count, notices],
      comment: '{0} is the name of a file and {2} a sentence, such as "The list is incomplete because you canceled."',
    }),
  );
}

/** The file has in clear text what the document masks. Rejects as canceled when the user does not agree. */
async function confirmSecrets({ findSecret }: DisplayedResponse): Promise<void> {
  const name = await findSecret();
  if (name !== undefined) {
    await confirm(
      {
        message: vscode.l10n.t('Save secrets in clear text?'),
        detail: vscode.l10n.t(
          'The response has values that may be secrets, such as "{0}". The file contains them in clear text.',
          plainText(name, 100),
        ),
      },
      vscode.l10n.t('Save with Secrets'),
    );
  }
}

/** Checks the response at once, and reads it only when the user has chosen a file. */
function partsOf(displayed: DisplayedResponse, format: SaveFormat): Source {
  const { whole, charset, response, view } = displayed;
  if (!whole) {
    throw cannotBeSaved();
  }
  if (format === 'json') {
    return { parts: whole, isDamaged: () => view.isDamaged === true };
  }
  if (!hasListItems(displayed)) {
    throw noList();
  }
  const { items } = response.request.operation.traits;
  let isDamaged = view.isDamaged === true;
  const bytes = (): AsyncIterable<Uint8Array> =>
    isDamaged
      ? whole()
      : watched(whole(), charset, () => {
          isDamaged = true;
        });
  return {
    parts: () => csvParts(() => readJsonItems(bytes(), items, decoderOf(charset, false)), csvSeparator()),
    isDamaged: () => isDamaged,
  };
}

interface Source {
  readonly parts: () => FileParts;
  /** Whether some bytes are no text. Of a table, known when it is written, because the view may be of the first part. */
  readonly isDamaged: () => boolean;
}

/** The same bytes. Reports once that some of them are no text in this charset. */
async function* watched(
  bytes: AsyncIterable<Uint8Array>,
  charset: string,
  onDamage: () => void,
): AsyncGenerator<Uint8Array> {
  let decoder: ReturnType<typeof decoderOf> | undefined = decoderOf(charset, true);
  for await (const part of bytes) {
    try {
      decoder?.decode(part, { stream: true });
    } catch {
      decoder = undefined;
      onDamage();
    }
    yield part;
  }
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
  // The file is on another machine that only VS Code can reach, and VS Code copies whole files only.
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

export function fileNameFor({ response, first, name, page, end }: DisplayedResponse, format: SaveFormat): string {
  const { request } = response;
  if (format === 'json' && name.sent !== undefined) {
    return name.sent;
  }
  const extension = format === 'csv' ? 'csv' : name.ending;
  const pages = end ? [end.complete ? 'all' : 'incomplete'] : page > 1 ? [`page ${page}`] : [];
  // With the values of the request, as its tab: the lists of two customers are two files.
  const label = requestLabel(page > 1 ? first : request);
  return `${[label, request.connection.name, ...pages].join(' ').replaceAll(/[^\p{L}\p{N}]+/gu, '-')}.${extension}`;
}

/** The response contains secrets. */
export function cannotBeSaved(): NinjaOneError {
  return new NinjaOneError({
    code: 'response.givesSecrets',
    intent: 'permission',
    message: l10n.t('This response contains secrets and cannot be saved to a file.'),
  });
}

function noList(): NinjaOneError {
  return new NinjaOneError({
    code: 'response.noList',
    intent: 'invalidInput',
    message: l10n.t('This response does not contain a list, so it cannot be saved as CSV. Save it as JSON.'),
  });
}
