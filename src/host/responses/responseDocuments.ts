import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import type { Disposable } from '../../core/base/lifecycle.ts';
import { l10n } from '../../core/base/l10n.ts';
import type { ApiResponse } from '../../core/api/apiResponse.ts';
import { startsAtCursor } from '../../core/api/pagingStyles.ts';
import { NinjaOneError } from '../../core/base/errors.ts';
import type { ApiRequest } from '../../core/api/apiRequest.ts';
import type { LocalizableMessage } from '../../core/base/messages.ts';
import type { ResponseView } from '../../core/responses/responseView.ts';
import type { TempFiles } from '../../core/files/tempFiles.ts';
import { RESPONSE_SCHEME } from '../platform/contributions.ts';
import { registerCodeLensProvider } from '../platform/codeLenses.ts';
import { onDidCloseLastTab, openAddresses } from '../platform/tabs.ts';
import { MaskedValues } from './maskedValues.ts';
import { updateContextKeys, responseLenses, padForCodeLens } from './responseLenses.ts';
import { localize } from '../platform/localize.ts';
import {
  displayResponse,
  type DisplayOptions,
  type DisplayedResponse,
} from '../../core/responses/displayedResponse.ts';

/** Shows responses as read-only documents, with lenses that describe them (E7). */
export class ResponseDocuments implements vscode.TextDocumentContentProvider, vscode.CodeLensProvider, Disposable {
  readonly #tempFiles: TempFiles;
  readonly #displayed = new Map<string, DisplayedResponse>();
  readonly masked = new MaskedValues((uri) => this.#displayed.get(uri.toString())?.view);
  readonly onDidChange = this.masked.onDidChange;
  readonly onDidChangeCodeLenses = this.masked.onDidChangeLenses;
  readonly #disposable: vscode.Disposable;
  /** VS Code reopens documents of earlier windows, and their addresses must not be those of other responses. */
  readonly #window = randomUUID().slice(0, 8);
  #count = 0;

  constructor(tempFiles: TempFiles) {
    this.#tempFiles = tempFiles;
    this.#disposable = vscode.Disposable.from(
      this.masked,
      vscode.workspace.registerTextDocumentContentProvider(RESPONSE_SCHEME, this),
      registerCodeLensProvider({ scheme: RESPONSE_SCHEME }, this),
      onDidCloseLastTab((uri) => {
        this.#forget(uri);
      }),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        // VS Code also closes a document when its language is changed.
        if (!openAddresses().has(uri.toString())) {
          this.#forget(uri);
        }
      }),
    );
  }

  /** Rejects with `spool.failed`. */
  async show(response: ApiResponse, options: DisplayOptions): Promise<void> {
    const displayed = await displayResponse(response, options, this.#tempFiles);
    this.#count += 1;
    const name = `${documentTitle(displayed)}.${EXTENSIONS[displayed.view.language]}`;
    // The file extension sets the language. Setting it later would close the document and open it again.
    const path = `/${name.replaceAll(/[\\/]/g, '-')}`;
    const uri = vscode.Uri.from({ scheme: RESPONSE_SCHEME, path, query: `${this.#window}-${this.#count}` });
    this.#displayed.set(uri.toString(), displayed);
    updateContextKeys(this.#displayed);
    await vscode.window.showTextDocument(uri, { preview: false });
  }

  /** The request whose response the document shows. */
  requestOf(uri: vscode.Uri): ApiRequest | undefined {
    return this.#displayed.get(uri.toString())?.response.request;
  }

  /** The response that the argument names by its address, or else the active one. Throws a NinjaOneError. */
  find(argument: unknown): DisplayedResponse {
    const displayed = this.#displayed.get(responseAddress(argument));
    if (!displayed) {
      throw noResponse();
    }
    return displayed;
  }

  /** Whether a command with this argument acts on a response. */
  isAbout(argument: unknown): boolean {
    return responseAddress(argument).startsWith(`${RESPONSE_SCHEME}:`);
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    const displayed = this.#displayed.get(uri.toString());
    return displayed
      ? padForCodeLens(this.masked.text(uri, displayed.view), displayed.response)
      : vscode.l10n.t('This response is no longer available. Look for it in the history.');
  }

  provideCodeLenses({ uri }: vscode.TextDocument): vscode.CodeLens[] {
    const displayed = this.#displayed.get(uri.toString());
    return displayed ? [...responseLenses(uri, displayed), ...this.masked.lenses(uri, displayed.view)] : [];
  }

  /** The content of a document, for other views of it. */
  responseIn(uri: vscode.Uri): DisplayedListResponse | undefined {
    const displayed = this.#displayed.get(uri.toString());
    if (!displayed) {
      return undefined;
    }
    const { view, response, incomplete } = displayed;
    const notices = [...(incomplete ? [incomplete] : []), ...view.notices];
    return { text: view.text, items: response.request.operation.traits.items, notices };
  }

  dispose(): void {
    this.#displayed.clear();
    this.#disposable.dispose();
  }

  #forget(uri: vscode.Uri): void {
    const address = uri.toString();
    const displayed = this.#displayed.get(address);
    if (displayed) {
      this.#displayed.delete(address);
      updateContextKeys(this.#displayed);
      void displayed.file?.discard();
    }
  }
}

/** A response as its document shows it, with the same values masked or left out. */
export interface DisplayedListResponse {
  readonly text: string;
  /** Name of the property that contains the list; if undefined, the response itself may be a list. */
  readonly items: string | undefined;
  readonly notices: readonly LocalizableMessage[];
}

const EXTENSIONS: { readonly [L in ResponseView['language']]: string } = {
  json: 'json',
  jsonl: 'jsonl',
  html: 'html',
  xml: 'xml',
  plaintext: 'txt',
};

function documentTitle({ response: { request }, page, end }: DisplayedResponse): string {
  const pages = end
    ? [
        end.complete
          ? end.isFromCursor
            ? fromCursor()
            : vscode.l10n.t({ message: 'all pages', comment: 'Part of the name of a tab.' })
          : localize(
              l10n.t({
                message: '{0, plural, one {# page, incomplete} other {# pages, incomplete}}',
                args: [end.pages],
                comment: 'Part of the name of a tab. The list was not fetched completely.',
              }),
            ),
      ]
    : page > 1
      ? [vscode.l10n.t({ message: 'page {0}', args: [page], comment: '{0} is a page number.' })]
      : startsAtCursor(request)
        ? [fromCursor()]
        : [];
  return [request.operation.title, request.connection.name, ...pages].join(' · ');
}

function fromCursor(): string {
  return vscode.l10n.t({
    message: 'from a cursor on',
    comment: 'Part of the name of a tab. The list has no items before the cursor of its request.',
  });
}

function responseAddress(argument: unknown): string {
  const uri = argument === undefined ? vscode.window.activeTextEditor?.document.uri : argument;
  return uri instanceof vscode.Uri ? uri.toString() : '';
}

function noResponse(): NinjaOneError {
  return new NinjaOneError({
    code: 'response.none',
    intent: 'invalidInput',
    message: l10n.t('No response is open. Run an operation, or open a response from the history.'),
  });
}
