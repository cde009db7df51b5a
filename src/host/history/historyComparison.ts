import * as vscode from 'vscode';
import { returnsSecrets } from '../../core/api/apiRequest.ts';
import { NinjaOneError, plainText } from '../../core/base/errors.ts';
import { l10n } from '../../core/base/l10n.ts';
import type { Disposable } from '../../core/base/lifecycle.ts';
import type { HistoryStore } from '../../core/history/historyStore.ts';
import { createResponseView } from '../../core/responses/responseView.ts';
import { HISTORY_SCHEME } from '../platform/contributions.ts';
import { formatTimestamp } from '../platform/format.ts';
import type { ListedEntry } from './historyPick.ts';

/** Compares two responses in VS Code's diff editor (E13). */
export class HistoryComparison implements vscode.TextDocumentContentProvider, Disposable {
  readonly #store: HistoryStore;
  /** Texts of the open comparisons. */
  readonly #sides = new Map<string, string>();
  readonly #disposable: vscode.Disposable;
  #count = 0;

  constructor(store: HistoryStore) {
    this.#store = store;
    this.#disposable = vscode.Disposable.from(
      vscode.workspace.registerTextDocumentContentProvider(HISTORY_SCHEME, this),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        this.#sides.delete(uri.toString());
      }),
    );
  }

  /** Rejects with a NinjaOneError if one of the responses is no longer available. */
  async show(earlier: ListedEntry, later: ListedEntry): Promise<void> {
    const [left, right] = [await this.#side(earlier), await this.#side(later)];
    await vscode.commands.executeCommand('vscode.diff', left, right, plainText(comparisonTitle(earlier, later)), {
      preview: false,
    });
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return (
      this.#sides.get(uri.toString()) ?? vscode.l10n.t('This response is no longer available. Send the request again.')
    );
  }

  dispose(): void {
    this.#sides.clear();
    this.#disposable.dispose();
  }

  async #side(listed: ListedEntry): Promise<vscode.Uri> {
    const exchange = await this.#store.exchange(listed.entry);
    const request = exchange?.response?.request;
    // Responses with secrets are never stored, but this check must not depend on that alone.
    if (!exchange || (request && returnsSecrets(request))) {
      throw nothingToCompare();
    }
    const view = createResponseView(exchange.responseBody, {
      contentType: exchange.response?.headers['content-type'],
      size: exchange.responseBody.byteLength,
      items: listed.operation?.traits.items,
      // All of it, because a difference in a part that is left out would not be seen.
      maxItems: Infinity,
      maxCharacters: Infinity,
    });
    this.#count += 1;
    const name = `${listed.operation?.title ?? listed.entry.operation} · ${entryLabel(listed)}`.replaceAll(
      /[\\/]/g,
      '-',
    );
    const path = `/${name}.${view.language === 'json' ? 'json' : 'txt'}`;
    const uri = vscode.Uri.from({ scheme: HISTORY_SCHEME, path, query: String(this.#count) });
    this.#sides.set(uri.toString(), view.text);
    return uri;
  }
}

export function nothingToCompare(): NinjaOneError {
  return new NinjaOneError({
    code: 'history.nothingToCompare',
    intent: 'invalidInput',
    message: l10n.t(
      'There is no other response to compare with. Responses are kept for a limited time. Run the operation again, then compare.',
    ),
  });
}

function comparisonTitle(earlier: ListedEntry, later: ListedEntry): string {
  const operation = later.operation?.title ?? later.entry.operation;
  return earlier.connection.id === later.connection.id
    ? vscode.l10n.t({
        message: '{0}: {1} and {2}',
        args: [
          `${operation} · ${later.connection.name}`,
          formatTimestamp(earlier.entry.at),
          formatTimestamp(later.entry.at),
        ],
        comment: '{0} is the title of an operation. {1} and {2} are the responses that are compared.',
      })
    : vscode.l10n.t({
        message: '{0}: {1} and {2}',
        args: [operation, entryLabel(earlier), entryLabel(later)],
        comment: '{0} is the title of an operation. {1} and {2} are the responses that are compared.',
      });
}

/** The connection and the time, which distinguishes two responses of one operation. */
function entryLabel({ entry, connection }: ListedEntry): string {
  return `${connection.name} ${formatTimestamp(entry.at)}`;
}
