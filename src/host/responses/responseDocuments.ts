import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import type { Disposable } from '../../core/base/lifecycle.ts';
import { l10n } from '../../core/base/l10n.ts';
import type { ApiResponse } from '../../core/api/apiResponse.ts';
import { pages } from '../../core/base/counts.ts';
import { NinjaOneError } from '../../core/base/errors.ts';
import type { ApiRequest } from '../../core/api/apiRequest.ts';
import type { LocalizableMessage } from '../../core/base/messages.ts';
import type { ResponseView } from '../../core/responses/responseView.ts';
import type { TempFiles } from '../../core/files/tempFiles.ts';
import { RESPONSE_SCHEME } from '../platform/contributions.ts';
import { onDidCloseLastTab, openAddresses } from '../platform/tabs.ts';
import { MaskedValues } from './maskedValues.ts';
import { updateContextKeys, lensesOf, padForCodeLens } from './responseLenses.ts';
import { localize } from '../platform/localize.ts';
import {
  displayResponse,
  type DisplayOptions,
  type DisplayedResponse,
} from '../../core/responses/displayedResponse.ts';

/** Answers as read-only documents, with what is to be known of them in the line above (E7). */
export class ResponseDocuments implements vscode.TextDocumentContentProvider, vscode.CodeLensProvider, Disposable {
  readonly #tempFiles: TempFiles;
  readonly #shown = new Map<string, DisplayedResponse>();
  readonly masked = new MaskedValues((uri) => this.#shown.get(uri.toString())?.view);
  readonly onDidChange = this.masked.onDidChange;
  readonly onDidChangeCodeLenses = this.masked.onDidChangeLenses;
  readonly #disposable: vscode.Disposable;
  /** The editor opens documents of earlier windows again; their addresses must not be those of other answers. */
  readonly #window = randomUUID().slice(0, 8);
  #count = 0;

  constructor(tempFiles: TempFiles) {
    this.#tempFiles = tempFiles;
    this.#disposable = vscode.Disposable.from(
      this.masked,
      vscode.workspace.registerTextDocumentContentProvider(RESPONSE_SCHEME, this),
      vscode.languages.registerCodeLensProvider({ scheme: RESPONSE_SCHEME }, this),
      onDidCloseLastTab((uri) => {
        this.#forget(uri);
      }),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        // A document whose language is changed is closed as well.
        if (!openAddresses().has(uri.toString())) {
          this.#forget(uri);
        }
      }),
    );
  }

  /** Rejects with `spool.failed`. */
  async show(response: ApiResponse, options: DisplayOptions): Promise<void> {
    const shown = await displayResponse(response, options, this.#tempFiles);
    this.#count += 1;
    const name = `${titleOf(shown)}.${ENDINGS[shown.view.language]}`;
    // The ending tells the editor the language; to set it later would close the document and open it again.
    const path = `/${name.replaceAll(/[\\/]/g, '-')}`;
    const uri = vscode.Uri.from({ scheme: RESPONSE_SCHEME, path, query: `${this.#window}-${this.#count}` });
    this.#shown.set(uri.toString(), shown);
    updateContextKeys(this.#shown);
    await vscode.window.showTextDocument(uri, { preview: false });
  }

  /** What the document is the answer to. */
  requestOf(uri: vscode.Uri): ApiRequest | undefined {
    return this.#shown.get(uri.toString())?.response.request;
  }

  /** The answer that the argument names by its address, else the one that is looked at. Throws a NinjaOneError. */
  find(argument: unknown): DisplayedResponse {
    const shown = this.#shown.get(addressOf(argument));
    if (!shown) {
      throw noResponse();
    }
    return shown;
  }

  /** Whether a command with this argument is about an answer. */
  isAbout(argument: unknown): boolean {
    return addressOf(argument).startsWith(`${RESPONSE_SCHEME}:`);
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    const shown = this.#shown.get(uri.toString());
    return shown
      ? padForCodeLens(this.masked.text(uri, shown.view), shown.response)
      : vscode.l10n.t('This answer is no longer kept. Send the request again.');
  }

  provideCodeLenses({ uri }: vscode.TextDocument): vscode.CodeLens[] {
    const shown = this.#shown.get(uri.toString());
    return shown ? [...lensesOf(uri, shown), ...this.masked.lenses(uri, shown.view)] : [];
  }

  /** What a document shows, for other ways of looking at it. */
  responseIn(uri: vscode.Uri): DisplayedListResponse | undefined {
    const { view, response } = this.#shown.get(uri.toString()) ?? {};
    return view && { text: view.text, items: response?.request.operation.traits.items, notices: view.notices };
  }

  dispose(): void {
    this.#shown.clear();
    this.#disposable.dispose();
  }

  #forget(uri: vscode.Uri): void {
    const address = uri.toString();
    const shown = this.#shown.get(address);
    if (shown) {
      this.#shown.delete(address);
      updateContextKeys(this.#shown);
      void shown.file?.discard();
    }
  }
}

/** An answer as its document has it: what is masked or left out there is so here. */
export interface DisplayedListResponse {
  readonly text: string;
  /** Name of the member that is the list; without one, the answer itself may be. */
  readonly items: string | undefined;
  readonly notices: readonly LocalizableMessage[];
}

const ENDINGS: { readonly [L in ResponseView['language']]: string } = {
  json: 'json',
  jsonl: 'jsonl',
  html: 'html',
  xml: 'xml',
  plaintext: 'txt',
};

function titleOf({ response: { request }, page, end }: DisplayedResponse): string {
  const place = end
    ? [end.complete ? vscode.l10n.t('all pages') : vscode.l10n.t('{0}, cut', localize(pages(end.pages)))]
    : page > 1
      ? [vscode.l10n.t('page {0}', page)]
      : [];
  return [request.operation.title, request.connection.name, ...place].join(' · ');
}

function addressOf(argument: unknown): string {
  const uri = argument === undefined ? vscode.window.activeTextEditor?.document.uri : argument;
  return uri instanceof vscode.Uri ? uri.toString() : '';
}

function noResponse(): NinjaOneError {
  return new NinjaOneError({
    code: 'response.none',
    intent: 'invalidInput',
    message: l10n.t('There is no answer to do this with. Run an operation, or send the request again.'),
  });
}
