import { realpath } from 'node:fs/promises';
import { posix } from 'node:path';
import * as vscode from 'vscode';
import { isAbsolutePath, isFilePart } from '../../core/api/formParts.ts';
import type { ApiRequest } from '../../core/api/apiRequest.ts';
import type { FormFiles, OpenFile } from '../../core/api/multipartBody.ts';
import { isNinjaOneError, NinjaOneError, plainText } from '../../core/base/errors.ts';
import { l10n } from '../../core/base/l10n.ts';
import { fileNotFound, isWithin, openLocalFile } from '../../core/files/localFile.ts';
import { FILE } from '../../core/requests/formBody.ts';
import type { RequestProblem } from '../../core/requests/requestDraft.ts';
import { findInWorkspace, statOf } from '../platform/workspaceFiles.ts';

interface PickedFile {
  readonly uri: vscode.Uri;
  /** For a file of this machine: where it was when the user picked it, with all symbolic links resolved. */
  readonly realPath: string | undefined;
}

/**
 * Decides which files a form may send (E15): those in a folder of the workspace, and those that the user picked in this
 * window. A path that leaves the folder, also through a symbolic link, is refused, because a document can come from
 * anywhere. Nothing is read in Restricted Mode.
 */
export class RequestFiles implements FormFiles {
  /** By the path that was inserted into the document. */
  readonly #picked = new Map<string, PickedFile>();

  /** Opens the file. A file of this machine is read while it is sent; any other is read as a whole, up to 50 MB. */
  async open(path: string): Promise<OpenFile> {
    const { uri, check } = await this.#find(path);
    if (uri.scheme === 'file') {
      return openLocalFile(uri.fsPath, check);
    }
    await checkSize(uri, path);
    const bytes = await vscode.workspace.fs.readFile(uri);
    return {
      size: bytes.byteLength,
      chunks: () => only(bytes),
      close: () => Promise.resolve(),
    };
  }

  /** The problems of the files of a request, without sending them. Rejects with `request.filesNotTrusted`. */
  async problemsOf({ form = [] }: ApiRequest): Promise<readonly RequestProblem[]> {
    const problems: RequestProblem[] = [];
    const files = form.filter(isFilePart);
    for (const [index, { name, file }] of files.entries()) {
      try {
        await this.#check(file);
      } catch (error) {
        if (!isNinjaOneError(error) || error.code === 'request.filesNotTrusted') {
          throw error;
        }
        const occurrence = files.slice(0, index).filter((each) => each.name === name).length;
        problems.push({ location: ['body', name, FILE], occurrence, message: error });
      }
    }
    return problems;
  }

  /** Allows a file that the user has picked. Resolves to the path for the document. */
  async allow(uri: vscode.Uri): Promise<string> {
    const path = await this.#pathOf(uri);
    const realPath = uri.scheme === 'file' ? await realpath(uri.fsPath).catch(() => undefined) : undefined;
    this.#picked.set(path, { uri, realPath });
    return path;
  }

  async #check(path: string): Promise<void> {
    const { uri, check } = await this.#find(path);
    if (uri.scheme === 'file') {
      await (await openLocalFile(uri.fsPath, check)).close();
    } else {
      await checkSize(uri, path);
    }
  }

  /** The file and, for a file of this machine, the check of its real path. */
  async #find(path: string): Promise<{ readonly uri: vscode.Uri; readonly check: (realPath: string) => void }> {
    if (!vscode.workspace.isTrusted) {
      throw filesNotTrusted();
    }
    const picked = this.#picked.get(path);
    if (picked) {
      return {
        uri: picked.uri,
        check: (realPath) => {
          if (realPath !== picked.realPath) {
            throw notPicked(path);
          }
        },
      };
    }
    if (isAbsolutePath(path)) {
      throw notPicked(path);
    }
    const segments = path.split(/[\\/]/);
    if (segments.includes('..')) {
      throw /^\.\.(?:\/|$)/.test(posix.normalize(segments.join('/'))) ? leavesFolder(path) : notDirect(path);
    }
    if (!vscode.workspace.workspaceFolders?.length) {
      throw noFolder(path);
    }
    const [found, other] = await findInWorkspace(path);
    if (!found) {
      throw fileNotFound(path);
    }
    if (other) {
      throw ambiguous(path);
    }
    return found.uri.scheme === 'file'
      ? { uri: found.uri, check: await checkWithin(found.folder, path) }
      : { uri: await withoutLinks(found.folder, segments, path), check: () => {} };
  }

  /** Relative to the workspace where that is unambiguous, so that the document works on another machine. */
  async #pathOf(uri: vscode.Uri): Promise<string> {
    const folder = vscode.workspace.workspaceFolders?.find(({ uri: { scheme, path } }) => {
      return scheme === uri.scheme && uri.path.startsWith(path.endsWith('/') ? path : `${path}/`);
    });
    const relative = folder && uri.path.slice(folder.uri.path.length).replace(/^\//, '');
    const found = relative === undefined ? [] : await findInWorkspace(relative);
    const isFound = found.length === 1 && found[0]?.uri.toString() === uri.toString();
    return relative !== undefined && isFound ? relative : uri.scheme === 'file' ? uri.fsPath : uri.toString();
  }
}

async function checkWithin(folder: vscode.Uri, path: string): Promise<(realPath: string) => void> {
  const realFolder = await realpath(folder.fsPath);
  return (realPath) => {
    if (!isWithin(realFolder, realPath)) {
      throw leavesFolder(path);
    }
  };
}

/** Where a link leads cannot be seen in a file system of another machine or extension, so links are refused there. */
async function withoutLinks(folder: vscode.Uri, segments: readonly string[], path: string): Promise<vscode.Uri> {
  let uri = folder;
  for (const segment of segments) {
    uri = vscode.Uri.joinPath(uri, segment);
    const { type } = (await statOf(uri)) ?? { type: vscode.FileType.Unknown };
    if ((type & vscode.FileType.SymbolicLink) !== 0) {
      throw leavesFolder(path);
    }
  }
  return uri;
}

async function checkSize(uri: vscode.Uri, path: string): Promise<void> {
  const stat = await statOf(uri);
  if (!stat || (stat.type & vscode.FileType.File) === 0) {
    throw fileNotFound(path);
  }
  if (stat.size > MAX_WHOLE) {
    throw tooLarge(path);
  }
}

/** Bytes. */
const MAX_WHOLE = 50_000_000;

async function* only(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield await Promise.resolve(bytes);
}

function filesNotTrusted(): NinjaOneError {
  return new NinjaOneError({
    code: 'request.filesNotTrusted',
    intent: 'permission',
    action: 'manageTrust',
    message: l10n.t('Files can be sent only if you trust the folder that is open.'),
  });
}

function refusedFile(code: string, message: NinjaOneErrorMessage): NinjaOneError {
  return new NinjaOneError({ code, intent: 'invalidInput', message });
}

type NinjaOneErrorMessage = ConstructorParameters<typeof NinjaOneError>[0]['message'];

function notPicked(path: string): NinjaOneError {
  return refusedFile(
    'request.fileNotAllowed',
    l10n.t(
      'The file {0} was not chosen in this window. Use Choose File… to choose it, or enter a path that is relative to the folder that is open.',
      plainText(path, 300),
    ),
  );
}

function leavesFolder(path: string): NinjaOneError {
  return refusedFile(
    'request.fileNotAllowed',
    l10n.t(
      'The path {0} leads out of the folder that is open. Use Choose File… to choose the file.',
      plainText(path, 300),
    ),
  );
}

/** Before the `..` can be a link to anywhere, so nobody knows which file is meant. */
function notDirect(path: string): NinjaOneError {
  return refusedFile(
    'request.fileNotAllowed',
    l10n.t(
      'The path {0} contains {1}. Enter the direct path from the folder that is open, or use Choose File….',
      plainText(path, 300),
      '".."',
    ),
  );
}

function noFolder(path: string): NinjaOneError {
  return refusedFile(
    'request.fileNotAllowed',
    l10n.t(
      'The path {0} is relative, and no folder is open. Use Choose File… to choose the file, or open a folder.',
      plainText(path, 300),
    ),
  );
}

function ambiguous(path: string): NinjaOneError {
  return refusedFile(
    'request.fileNotAllowed',
    l10n.t(
      'Several folders of the workspace have a file {0}. Use Choose File… to choose one of them.',
      plainText(path, 300),
    ),
  );
}

function tooLarge(path: string): NinjaOneError {
  return refusedFile(
    'request.fileTooLarge',
    l10n.t(
      'The file {0} is larger than 50 MB. Files that are not on this computer can be sent only up to that size. Copy it to this computer and choose it there.',
      plainText(path, 300),
    ),
  );
}
