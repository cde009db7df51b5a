import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import type { Disposable } from '../../core/base/lifecycle.ts';
import { l10n } from '../../core/base/l10n.ts';
import type { ApiResponse } from '../../core/api/apiResponse.ts';
import { NinjaOneError } from '../../core/base/errors.ts';
import type { ApiRequest } from '../../core/api/apiRequest.ts';
import type { ResponseView } from '../../core/responses/responseView.ts';
import type { TempFiles } from '../../core/files/tempFiles.ts';
import { RESPONSE_SCHEME, setContext } from '../platform/contributions.ts';
import { registerCodeLensProvider } from '../platform/codeLenses.ts';
import { onDidCloseLastTab, openAddresses } from '../platform/tabs.ts';
import { documentTitle } from './documentTitle.ts';
import { MaskedValues } from './maskedValues.ts';
import { announceResponse } from './responseAnnouncement.ts';
import { canBeTable, updateContextKeys, responseLenses } from './responseLenses.ts';
import { closeTabs, columnBeside, columnOf, requestIdentity } from './responseTabs.ts';
import { lateResponse, toldInstead } from './toldResponses.ts';
import { showInformation } from '../platform/windowMessages.ts';
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
  readonly #replaced = new vscode.EventEmitter<vscode.Uri>();
  /** Fires when a document shows another response to the same request. */
  readonly onDidReplace = this.#replaced.event;
  readonly #shown = new vscode.EventEmitter<ShownResponse>();
  /** Fires when a response that came from NinjaOne just now is shown. */
  readonly onDidShow = this.#shown.event;
  /** The latest document of each request, and when that was sent, by `requestIdentity()`. */
  readonly #latest = new Map<string, { readonly uri: vscode.Uri; readonly sent: number }>();
  readonly #disposable: vscode.Disposable;
  /** VS Code reopens documents of earlier windows, and their addresses must not be those of other responses. */
  readonly #window = randomUUID().slice(0, 8);
  #count = 0;
  /** How many tables keep a response. */
  readonly #holds = new Map<string, number>();
  #tableInFront: vscode.Uri | undefined;
  #announced: Disposable | undefined;

  constructor(tempFiles: TempFiles) {
    this.#tempFiles = tempFiles;
    this.#disposable = vscode.Disposable.from(
      this.masked,
      this.#replaced,
      this.#shown,
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

  /**
   * Shows the response in a document. The same request uses the tab that it has; a response to a request document opens
   * beside it and leaves the focus there, and so does a repeated one for the table in front. Both are announced. A success
   * without a body and a page after the last one are told instead, because there is nothing to show. A response that comes
   * after that to a later Send of its request does not replace it: it is told, and has a tab of its own unless it is in the
   * history. Rejects with `spool.failed`.
   */
  async show(
    response: ApiResponse,
    { document, sent, isRepeated = false, tell, ...options }: ShowOptions,
  ): Promise<void> {
    const isStored = sent === undefined;
    const displayed = await displayResponse(response, options, this.#tempFiles);
    const identity = requestIdentity(displayed);
    const { uri: latest, sent: latestSent = 0 } = (isStored ? undefined : this.#latest.get(identity)) ?? {};
    const isInTable = isRepeated && latest !== undefined && latest.toString() === this.#tableInFront?.toString();
    const open = latest && (isInTable || columnOf(latest.toString()) !== undefined) ? latest : undefined;
    const isLate = open !== undefined && sent !== undefined && sent < latestSent;
    const before = isLate ? undefined : open;
    const told = isStored ? undefined : toldInstead(displayed);
    const late = told === undefined && isLate ? lateResponse(response, displayed) : undefined;
    if (told !== undefined) {
      this.#endPages(response.request);
      await displayed.file?.discard();
      await (before && closeTabs(before.toString()));
      (tell ?? showInformation)(told);
      return;
    }
    if (late) {
      showInformation(late.message);
      if (late.isInHistory) {
        await displayed.file?.discard();
        return;
      }
    }
    const uri = this.#addressFor(displayed, before);
    const viewColumn =
      (before && columnOf(before.toString())) ?? (document === undefined ? undefined : columnBeside(document));
    const replaced = this.#displayed.get(uri.toString());
    this.#displayed.set(uri.toString(), displayed);
    if (!isStored && !isLate) {
      this.#latest.set(identity, { uri, sent });
    }
    updateContextKeys(this.#displayed);
    if (replaced) {
      await replaced.file?.discard();
      this.masked.redraw(uri);
    }
    const staysInTable = isInTable && before === uri && canBeTable(displayed);
    if (!staysInTable) {
      const place = viewColumn === undefined ? {} : { viewColumn };
      await vscode.window.showTextDocument(uri, { preview: false, ...place, preserveFocus: document !== undefined });
    }
    // Only now: a table that cannot show the response closes, and without a tab that would discard the response.
    if (replaced) {
      this.#replaced.fire(uri);
    }
    if (staysInTable || document !== undefined) {
      this.#announced?.dispose();
      this.#announced = announceResponse(displayed);
    }
    if (before && before !== uri) {
      await closeTabs(before.toString());
    }
    if (!response.failure) {
      setContext('ninjaone.hasResponse', true);
    }
    if (!isStored) {
      this.#shown.fire({ uri, displayed });
    }
  }

  /** The request of the response that the argument names by its address, or else of the one in front. */
  requestOf(argument: unknown): ApiRequest | undefined {
    return this.#displayed.get(this.#addressOf(argument))?.response.request;
  }

  /** The response that the argument names by its address, or else the one in front. Throws a NinjaOneError. */
  find(argument: unknown): DisplayedResponse {
    const displayed = this.#displayed.get(this.#addressOf(argument));
    if (!displayed) {
      throw noResponse();
    }
    return displayed;
  }

  /** Whether a command with this argument acts on a response. */
  isAbout(argument: unknown): boolean {
    return this.#addressOf(argument).startsWith(`${RESPONSE_SCHEME}:`);
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    const displayed = this.#displayed.get(uri.toString());
    return displayed
      ? this.masked.text(uri, displayed.view)
      : vscode.l10n.t('This response is no longer available. Look for it in the history.');
  }

  provideCodeLenses({ uri }: vscode.TextDocument): vscode.CodeLens[] {
    const displayed = this.#displayed.get(uri.toString());
    return displayed ? [...responseLenses(uri, displayed), ...this.masked.lenses(uri, displayed.view)] : [];
  }

  /** The response that a document shows or showed, for other views of it. */
  responseAt(uri: vscode.Uri): DisplayedResponse | undefined {
    return this.#displayed.get(uri.toString());
  }

  /** Keeps the response, with its file, until this is disposed of, even if its document is closed. */
  hold(uri: vscode.Uri): Disposable {
    const address = uri.toString();
    this.#holds.set(address, (this.#holds.get(address) ?? 0) + 1);
    return {
      dispose: () => {
        this.#holds.set(address, (this.#holds.get(address) ?? 1) - 1);
        if (!openAddresses().has(address)) {
          this.#forget(uri);
        }
      },
    };
  }

  /** Commands without an argument act on the response of the table in front. */
  setTableInFront(uri: vscode.Uri | undefined): void {
    this.#tableInFront = uri;
  }

  dispose(): void {
    this.#announced?.dispose();
    this.#displayed.clear();
    this.#disposable.dispose();
  }

  /** The address of the tab before, if its name still fits; its ending sets the language, which cannot be changed later. */
  #addressFor(displayed: DisplayedResponse, before: vscode.Uri | undefined): vscode.Uri {
    const name = `${documentTitle(displayed)}.${EXTENSIONS[displayed.view.language]}`;
    const path = `/${name.replaceAll(/[\\/]/g, '-')}`;
    if (before?.path === path) {
      return before;
    }
    this.#count += 1;
    return vscode.Uri.from({ scheme: RESPONSE_SCHEME, path, query: `${this.#window}-${this.#count}` });
  }

  /** The page that leads to this request is the last one. */
  #endPages({ url, body, connection }: ApiRequest): void {
    for (const [address, displayed] of this.#displayed) {
      const { next } = displayed;
      if (next?.url === url && next.body === body && next.connection.id === connection.id) {
        this.#displayed.set(address, { ...displayed, next: undefined });
        this.masked.redrawLenses();
      }
    }
    updateContextKeys(this.#displayed);
  }

  /** VS Code names the tab of a table by an address of its own. */
  #addressOf(argument: unknown): string {
    const isOfTab = argument instanceof vscode.Uri && argument.scheme === 'webview-panel';
    const active = vscode.window.activeTextEditor?.document.uri ?? this.#tableInFront;
    const uri = argument === undefined || isOfTab ? active : argument;
    return uri instanceof vscode.Uri ? uri.toString() : '';
  }

  #forget(uri: vscode.Uri): void {
    const address = uri.toString();
    if ((this.#holds.get(address) ?? 0) > 0) {
      return;
    }
    this.#holds.delete(address);
    const displayed = this.#displayed.get(address);
    if (displayed) {
      this.#displayed.delete(address);
      for (const [identity, latest] of this.#latest) {
        if (latest.uri.toString() === address) {
          this.#latest.delete(identity);
        }
      }
      updateContextKeys(this.#displayed);
      void displayed.file?.discard();
    }
  }
}

export interface ShowOptions extends DisplayOptions {
  /** Address of the request document from which the request was sent. */
  readonly document?: string | undefined;
  /** Whether the user has asked for the same request again. Then a table in front stays there and shows the response. */
  readonly isRepeated?: boolean | undefined;
  /**
   * When the request was sent, in milliseconds since 1970. Undefined if the response comes from the history: it has a tab
   * of its own, beside that of the latest response.
   */
  readonly sent?: number | undefined;
  /** Tells what is told instead of a document, for somebody who has more to say; a message without buttons by default. */
  readonly tell?: ((message: string) => void) | undefined;
}

export interface ShownResponse {
  readonly uri: vscode.Uri;
  readonly displayed: DisplayedResponse;
}

const EXTENSIONS: { readonly [L in ResponseView['language']]: string } = {
  json: 'json',
  jsonl: 'jsonl',
  html: 'html',
  xml: 'xml',
  plaintext: 'txt',
};

function noResponse(): NinjaOneError {
  return new NinjaOneError({
    code: 'response.none',
    intent: 'invalidInput',
    message: l10n.t('No response is open. Run an operation, or open a response from the history.'),
  });
}
