import * as vscode from 'vscode';
import type { Disposable } from '../core/base/lifecycle.ts';
import type { ApiResponse } from '../core/api/apiResponse.ts';
import type { Connection } from '../core/connection/connection.ts';
import type { ApiRequest } from '../core/api/apiRequest.ts';
import type { Sentence } from '../core/base/sentence.ts';
import { viewOf, type ResponseView } from '../core/request/response.ts';
import { looksTabular } from '../core/request/table.ts';
import { RESPONSE_SCHEME, type Command } from './contributions.ts';
import { messageOf } from './errorReporter.ts';
import { MaskedValues } from './maskedValues.ts';

/** Answers as read-only documents, with what is to be known of them in the line above (E7). Kept in memory only. */
export class ResponseDocuments implements vscode.TextDocumentContentProvider, vscode.CodeLensProvider, Disposable {
  readonly #shown = new Map<string, Shown>();
  readonly masked = new MaskedValues((uri) => this.#shown.get(uri.toString())?.view);
  readonly onDidChange = this.masked.onDidChange;
  readonly onDidChangeCodeLenses = this.masked.onDidChangeLenses;
  readonly #disposable: vscode.Disposable;
  #count = 0;

  constructor() {
    this.#disposable = vscode.Disposable.from(
      this.masked,
      vscode.workspace.registerTextDocumentContentProvider(RESPONSE_SCHEME, this),
      vscode.languages.registerCodeLensProvider({ scheme: RESPONSE_SCHEME }, this),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        if (uri.scheme === RESPONSE_SCHEME) {
          this.#shown.delete(uri.toString());
        }
      }),
    );
  }

  async show(response: ApiResponse, options: ShowOptions): Promise<void> {
    const { connection, operation } = response.request;
    const view = viewOf(response.body, {
      contentType: response.headers['content-type'],
      size: response.size,
      items: operation.traits.items,
      maxItems: options.maxItems,
      mask: options.mask,
    });
    this.#count += 1;
    const name = `${operation.title} · ${connection.name}`.replaceAll(/[\\/]/g, '-');
    // The ending tells the editor the language; to set it later would close the document and open it again.
    const path = `/${name}.${ENDINGS[view.language]}`;
    const uri = vscode.Uri.from({ scheme: RESPONSE_SCHEME, path, query: String(this.#count) });
    this.#shown.set(uri.toString(), { view, response, connection });
    await vscode.window.showTextDocument(uri, { preview: false });
  }

  /** What the document is the answer to. */
  requestOf(uri: vscode.Uri): ApiRequest | undefined {
    return this.#shown.get(uri.toString())?.response.request;
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    const shown = this.#shown.get(uri.toString());
    return shown
      ? this.masked.text(uri, shown.view)
      : vscode.l10n.t('This answer is no longer kept. Send the request again.');
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const shown = this.#shown.get(document.uri.toString());
    if (!shown) {
      return [];
    }
    const top = new vscode.Range(0, 0, 0, 0);
    return [
      ...linesOf(shown).map((title) => new vscode.CodeLens(top, { title, command: '' })),
      ...actionsOf(shown).map(
        ({ title, command }) => new vscode.CodeLens(top, { title, command, arguments: [document.uri] }),
      ),
      ...this.masked.lenses(document.uri, shown.view),
    ];
  }

  /** What a document shows, for other ways of looking at it. */
  answerIn(uri: vscode.Uri): ShownAnswer | undefined {
    const { view, response } = this.#shown.get(uri.toString()) ?? {};
    return view && { text: view.text, items: response?.request.operation.traits.items, notices: view.notices };
  }

  dispose(): void {
    this.#shown.clear();
    this.#disposable.dispose();
  }
}

export interface ShowOptions {
  readonly maxItems: number;
  /** Values as dots: the answer gives out secrets (E4). */
  readonly mask: boolean;
}

/** An answer as its document has it: what is masked or left out there is so here. */
export interface ShownAnswer {
  readonly text: string;
  /** Name of the member that is the list; without one, the answer itself may be. */
  readonly items: string | undefined;
  readonly notices: readonly Sentence[];
}

const ENDINGS: { readonly [L in ResponseView['language']]: string } = {
  json: 'json',
  jsonl: 'jsonl',
  html: 'html',
  xml: 'xml',
  plaintext: 'txt',
};

interface Shown {
  readonly view: ResponseView;
  readonly response: ApiResponse;
  readonly connection: Connection;
}

/** What went wrong first, then the facts. */
function linesOf({ view, response, connection }: Shown): string[] {
  const { failure, status, ms, size } = response;
  const items =
    view.items === undefined
      ? []
      : [
          view.shownItems !== undefined && view.shownItems < view.items
            ? vscode.l10n.t('{0} of {1} items', view.shownItems, view.items)
            : vscode.l10n.t('{0} items', view.items),
        ];
  const facts = [String(status), `${Math.round(ms)} ms`, sizeOf(size), ...items, connection.name];
  return [
    ...(failure ? [messageOf(failure)] : []),
    facts.join(' · '),
    ...view.notices.map(({ template, args }) => vscode.l10n.t(template, ...args)),
  ].map((text) => text.replaceAll('$(', '$ ('));
}

/** What can be done with the answer, each also in the palette. */
function actionsOf({ view, response }: Shown): { readonly title: string; readonly command: Command }[] {
  return looksTabular(view.text, response.request.operation.traits.items)
    ? [{ title: vscode.l10n.t('Show as Table'), command: 'ninjaone.response.showTable' }]
    : [];
}

export function sizeOf(bytes: number): string {
  return bytes < 1000
    ? `${bytes} B`
    : bytes < 1e6
      ? `${(bytes / 1000).toFixed(1)} kB`
      : `${(bytes / 1e6).toFixed(1)} MB`;
}
