import * as vscode from 'vscode';
import type { ApiRequest } from '../../core/api/apiRequest.ts';
import type { ApiResponse } from '../../core/api/apiResponse.ts';
import { NinjaOneError, plainText } from '../../core/base/errors.ts';
import { l10n } from '../../core/base/l10n.ts';
import { allOf } from '../../core/base/messages.ts';
import type { Catalog } from '../../core/catalog/catalog.ts';
import type { Schemas } from '../../core/catalog/operation.ts';
import type { Connection } from '../../core/connections/connection.ts';
import type { NameDirectory } from '../../core/names/nameDirectory.ts';
import { buildRequest } from '../../core/requests/buildRequest.ts';
import { presentBody, presentRead, type PresentBody } from '../../core/requests/presentValue.ts';
import { requestNotComplete, type RequestDraft } from '../../core/requests/requestDraft.ts';
import { readRequestText } from '../../core/requests/requestText.ts';
import { withPresentBody } from '../../core/requests/sentText.ts';
import { createResponseView } from '../../core/responses/responseView.ts';
import { localize } from '../platform/localize.ts';
import { showInformation } from '../platform/windowMessages.ts';
import type { LoadedValues } from './loadedValues.ts';
import { askMissingParameters } from './parameterPrompt.ts';

export interface LoadOptions {
  readonly connection: Connection;
  readonly catalog: Catalog;
  readonly loaded: LoadedValues;
  readonly names: NameDirectory;
  /** Sends a read whose response is not shown, with its questions. */
  readonly read: (request: ApiRequest) => Promise<ApiResponse>;
}

/**
 * Fills the body of a request document with what is there now, as one edit that can be undone (E19). Asks for missing
 * values of the path, as Run does. Rejects with a NinjaOneError, also as canceled.
 */
export async function loadPresentValue(document: vscode.TextDocument, options: LoadOptions): Promise<void> {
  const { connection, catalog, loaded, names, read: send } = options;
  const { operation: key, path } = draftOf(document);
  const write = catalog.find(key);
  const read = presentRead(write, (each) => catalog.find(each));
  if (!write || !read) {
    throw hasNoValue(key);
  }
  const draft = await askMissingParameters(
    { ...read, title: write.title },
    { path, names: { directory: names, connection } },
  );
  const result = buildRequest({ ...draft, operation: read.key, query: new Map() }, { operation: read, connection });
  if (!result.ok) {
    throw requestNotComplete(result);
  }
  const response = await send(result.request);
  const present = bodyInResponse(response, { read, write, schemas: await catalog.schemas() });
  // The user may have gone on writing while the response was on its way.
  if (draftOf(document).operation !== key) {
    throw documentChanged();
  }
  const text = withPresentBody(document.getText(), { path: draft.path, operation: write, body: present.body });
  const editor = await vscode.window.showTextDocument(document);
  const whole = new vscode.Range(document.positionAt(0), document.positionAt(document.getText().length));
  if (
    !(await editor.edit((builder) => {
      builder.replace(whole, text);
    }))
  ) {
    throw documentChanged();
  }
  // The proposals for the body that was empty would lie over the loaded one.
  await vscode.commands.executeCommand('hideSuggestWidget');
  loaded.keep(document.uri.toString(), { read: result.request, write: key, body: present.body });
  tellLeftOut(present);
}

/** The members that the write takes, in a response to the read. Throws a NinjaOneError if there are none. */
export function bodyInResponse(
  { body, headers, size, request }: ApiResponse,
  pair: Parameters<typeof presentBody>[1] & { readonly schemas: Schemas },
): PresentBody {
  const view = createResponseView(body, {
    contentType: headers['content-type'],
    size,
    items: undefined,
    maxItems: Infinity,
    maxCharacters: Infinity,
  });
  const present = view.kind === 'json' && !view.isDamaged ? presentBody(view.text, pair) : undefined;
  if (!present) {
    throw returnedNothing(request.operation.key);
  }
  return present;
}

function draftOf(document: vscode.TextDocument): RequestDraft {
  const result = readRequestText(document.getText());
  if (!result.ok) {
    throw requestNotComplete(result);
  }
  return result.draft;
}

/** Secrets are never written into a document, and a value of another form would be refused. */
function tellLeftOut({ secret, unlike }: PresentBody): void {
  const named = (names: readonly string[]): ReturnType<typeof allOf> =>
    allOf(names.map((name) => `"${plainText(name, 60)}"`));
  const told = [
    ...(secret.length === 0
      ? []
      : [
          l10n.t({
            message: 'Not loaded because it contains secrets: {0}.',
            args: [named(secret)],
            comment: '{0} is a list of names in quotes, such as "userData".',
          }),
        ]),
    ...(unlike.length === 0
      ? []
      : [
          l10n.t({
            message: 'Not loaded because NinjaOne takes another form than it returns: {0}.',
            args: [named(unlike)],
            comment: '{0} is a list of names in quotes, such as "status".',
          }),
        ]),
  ];
  if (told.length > 0) {
    showInformation(told.map((each) => localize(each)).join(' '));
  }
}

function hasNoValue(key: string): NinjaOneError {
  return new NinjaOneError({
    code: 'request.hasNoValue',
    intent: 'invalidInput',
    message: l10n.t(
      '{0} has no current value that can be loaded. That works for operations that change one object and have a GET of the same path.',
      plainText(key, 200),
    ),
  });
}

function returnedNothing(key: string): NinjaOneError {
  return new NinjaOneError({
    code: 'request.returnedNothing',
    intent: 'invalidInput',
    message: l10n.t(
      'The response to {0} has none of the values that this request can change. Enter the body by hand.',
      plainText(key, 200),
    ),
  });
}

function documentChanged(): NinjaOneError {
  return new NinjaOneError({
    code: 'request.documentChanged',
    intent: 'invalidInput',
    message: l10n.t('The document was changed while the value was loaded, so nothing was written. Load it again.'),
  });
}
