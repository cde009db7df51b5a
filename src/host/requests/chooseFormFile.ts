import * as vscode from 'vscode';
import { canceled, NinjaOneError } from '../../core/base/errors.ts';
import { l10n } from '../../core/base/l10n.ts';
import type { Catalog } from '../../core/catalog/catalog.ts';
import { formFileParts, isForm, type FormFilePart } from '../../core/catalog/formSchema.ts';
import type { Operation } from '../../core/catalog/operation.ts';
import { withFiles } from '../../core/requests/insertFiles.ts';
import { requestNotComplete } from '../../core/requests/requestDraft.ts';
import { readRequestText } from '../../core/requests/requestText.ts';
import { showPick } from '../platform/quickInputs.ts';
import type { RequestFiles } from './requestFiles.ts';

/** The parts of the operation's form that are files. */
export function filePartsOf(operation: Operation | undefined): readonly FormFilePart[] {
  return operation?.body && isForm(operation.body) ? formFileParts(operation.body) : [];
}

/** Lets the user pick files and inserts them into the document (E15). Rejects with a NinjaOneError, also as canceled. */
export async function chooseFormFile(
  document: vscode.TextDocument,
  { catalog, files }: { readonly catalog: Catalog; readonly files: RequestFiles },
): Promise<void> {
  const read = readRequestText(document.getText());
  if (!read.ok) {
    throw requestNotComplete(read);
  }
  const operation = catalog.find(read.draft.operation);
  const parts = filePartsOf(operation);
  const part = parts.length > 1 ? await pickPart(parts) : parts[0];
  if (!part) {
    throw takesNoFiles(read.draft.operation);
  }
  const chosen = await vscode.window.showOpenDialog({
    title: vscode.l10n.t({
      message: 'Choose a File for "{0}"',
      args: [part.name],
      comment: '{0} is the name of a part of a form.',
    }),
    openLabel: vscode.l10n.t('Choose'),
    canSelectMany: part.isList,
    ...defaultFolder(),
  });
  if (!chosen || chosen.length === 0) {
    throw canceled();
  }
  const paths: string[] = [];
  for (const uri of chosen) {
    paths.push(await files.allow(uri));
  }
  const whole = new vscode.Range(document.positionAt(0), document.positionAt(document.getText().length));
  const editor = await vscode.window.showTextDocument(document);
  await editor.edit((builder) => {
    builder.replace(whole, withFiles(document.getText(), part, paths));
  });
}

function defaultFolder(): Pick<vscode.OpenDialogOptions, 'defaultUri'> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  return folder ? { defaultUri: folder.uri } : {};
}

async function pickPart(parts: readonly FormFilePart[]): Promise<FormFilePart> {
  const items = parts.map((part) => ({ label: part.name, part }));
  const picked = await showPick(items, { title: vscode.l10n.t('Choose a file for which part of the form?') });
  if (!picked) {
    throw canceled();
  }
  return picked.part;
}

function takesNoFiles(operation: string): NinjaOneError {
  return new NinjaOneError({
    code: 'request.takesNoFiles',
    intent: 'invalidInput',
    message: l10n.t('{0} does not accept files.', operation),
  });
}
