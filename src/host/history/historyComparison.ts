import * as vscode from 'vscode';
import { returnsSecrets } from '../../core/api/apiRequest.ts';
import { NinjaOneError, plainText } from '../../core/base/errors.ts';
import { l10n } from '../../core/base/l10n.ts';
import type { Disposable } from '../../core/base/lifecycle.ts';
import { differingValues, isSameOperation, isSameRequest, valuesText } from '../../core/history/historyEntry.ts';
import type { HistoryStore } from '../../core/history/historyStore.ts';
import { maskNamedSecrets } from '../../core/responses/namedSecrets.ts';
import { createResponseView } from '../../core/responses/responseView.ts';
import { HISTORY_SCHEME } from '../platform/contributions.ts';
import { formatTimestamp } from '../platform/format.ts';
import { pickEntry, titleOf, type ListedEntry } from './historyPick.ts';

export interface HistoryComparisonOptions {
  readonly store: HistoryStore;
  readonly now: () => number;
}

/** Compares two responses in VS Code's diff editor (E13). */
export class HistoryComparison implements vscode.TextDocumentContentProvider, Disposable {
  readonly #options: HistoryComparisonOptions;
  /** Texts of the open comparisons. */
  readonly #sides = new Map<string, string>();
  readonly #disposable: vscode.Disposable;
  #count = 0;

  constructor(options: HistoryComparisonOptions) {
    this.#options = options;
    this.#disposable = vscode.Disposable.from(
      vscode.workspace.registerTextDocumentContentProvider(HISTORY_SCHEME, this),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        this.#sides.delete(uri.toString());
      }),
    );
  }

  /**
   * Compares with the previous response of the same request, or if there is none, with another one of the operation that
   * the user picks. Rejects with a NinjaOneError, as canceled if the user closes the pick.
   */
  async withPrevious(later: ListedEntry, listed: readonly ListedEntry[]): Promise<void> {
    const others = listed.filter(
      ({ entry, isStored }) => isStored && entry.id !== later.entry.id && isSameOperation(entry, later.entry),
    );
    if (!later.isStored) {
      throw new NinjaOneError({
        code: 'history.notKept',
        intent: 'invalidInput',
        message: l10n.t(
          'This response cannot be compared because the history does not keep it any more. Long responses are never kept, and others for a limited time.',
        ),
      });
    }
    if (others.length === 0) {
      throw nothingToCompare();
    }
    await this.#show((await this.#previous(later, others)) ?? (await this.#pickOther(others, later)), later);
  }

  /** Compares two responses of one operation that the user picks. Rejects as `withPrevious` does. */
  async ofPicked(listed: readonly ListedEntry[]): Promise<void> {
    const isPair = (a: ListedEntry, b: ListedEntry): boolean => a !== b && a.entry.operation === b.entry.operation;
    const stored = listed.filter(({ isStored }) => isStored);
    const pairs = stored.filter((each) => stored.some((other) => isPair(each, other)));
    if (pairs.length === 0) {
      throw nothingToCompare();
    }
    const title = vscode.l10n.t('Compare which response?');
    const later = await pickEntry(pairs, { title, now: this.#options.now() });
    await this.#show(
      await this.#pickOther(
        pairs.filter((each) => isPair(each, later)),
        later,
      ),
      later,
    );
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return (
      this.#sides.get(uri.toString()) ??
      vscode.l10n.t('This response is no longer available. Look for it in the history.')
    );
  }

  dispose(): void {
    this.#sides.clear();
    this.#disposable.dispose();
  }

  /** Of entries that are newest first. */
  async #previous(later: ListedEntry, others: readonly ListedEntry[]): Promise<ListedEntry | undefined> {
    const body = await this.#bodyOf(later);
    for (const each of others) {
      const isEarlier = each.entry.at <= later.entry.at && isSameRequest(each.entry, later.entry);
      if (isEarlier && (await this.#bodyOf(each)) === body) {
        return each;
      }
    }
    return undefined;
  }

  async #bodyOf({ entry }: ListedEntry): Promise<string | undefined> {
    return entry.hasBody ? (await this.#options.store.exchange(entry))?.request : undefined;
  }

  /** Each is named by what distinguishes its request, because all are of one operation. */
  async #pickOther(others: readonly ListedEntry[], later: ListedEntry): Promise<ListedEntry> {
    const body = await this.#bodyOf(later);
    const labels = new Map<ListedEntry, string>();
    for (const each of others) {
      const otherBody = await this.#bodyOf(each);
      // A body with a password is not kept, so that nobody knows.
      const isKnown = (body !== undefined || !later.entry.hasBody) && (otherBody !== undefined || !each.entry.hasBody);
      const hasOtherBody = isKnown && otherBody !== body;
      const difference = [
        ...differenceOf(each, later),
        ...(hasOtherBody
          ? [vscode.l10n.t({ message: 'another body', comment: 'How a request differs from another one.' })]
          : []),
      ].join(', ');
      labels.set(each, difference === '' ? titleOf(each) : difference);
    }
    return pickEntry(others, {
      title: vscode.l10n.t('Compare with which response?'),
      now: this.#options.now(),
      labelOf: (each) => labels.get(each) ?? titleOf(each),
    });
  }

  /** Rejects with a NinjaOneError if one of the responses is no longer available. */
  async #show(earlier: ListedEntry, later: ListedEntry): Promise<void> {
    const [left, right] = [await this.#side(earlier), await this.#side(later)];
    await vscode.commands.executeCommand('vscode.diff', left, right, plainText(comparisonTitle(earlier, later)), {
      preview: false,
    });
  }

  async #side(listed: ListedEntry): Promise<vscode.Uri> {
    const exchange = await this.#options.store.exchange(listed.entry);
    const request = exchange?.response?.request;
    // Responses with secrets are never stored, but this check must not depend on that alone.
    if (!exchange || (request && returnsSecrets(request))) {
      throw nothingToCompare();
    }
    const clear = createResponseView(exchange.responseBody, {
      contentType: exchange.headers['content-type'],
      size: exchange.responseBody.byteLength,
      items: listed.operation?.traits.items,
      // All of it, because a difference in a part that is left out would not be seen.
      maxItems: Infinity,
      maxCharacters: Infinity,
    });
    const view = maskNamedSecrets(clear, listed.operation ?? { traits: {} });
    this.#count += 1;
    const name = `${titleOf(listed)} · ${entryLabel(listed)}`.replaceAll(/[\\/]/g, '-');
    const path = `/${name}.${view.language === 'json' ? 'json' : 'txt'}`;
    const uri = vscode.Uri.from({ scheme: HISTORY_SCHEME, path, query: String(this.#count) });
    this.#sides.set(uri.toString(), view.text);
    return uri;
  }
}

function nothingToCompare(): NinjaOneError {
  return new NinjaOneError({
    code: 'history.nothingToCompare',
    intent: 'invalidInput',
    message: l10n.t(
      'There is no other response to compare with. Responses are kept for a limited time, so compare them soon after the operation has run.',
    ),
  });
}

/** Says of what the responses are, and first what they have in common. */
function comparisonTitle(earlier: ListedEntry, later: ListedEntry): string {
  const isSame = isSameRequest(earlier.entry, later.entry);
  const isSameConnection = earlier.connection.id === later.connection.id;
  const common = isSame ? sourceOf(later) : isSameConnection ? later.connection.name : undefined;
  const nameOf = (each: ListedEntry, other: ListedEntry): string => {
    const difference = isSameConnection ? plainText(differenceOf(each, other).join(', '), MAX_VALUES) : sourceOf(each);
    return [...(isSame || difference === '' ? [] : [difference]), formatTimestamp(each.entry.at)].join(' · ');
  };
  return vscode.l10n.t({
    message: '{0}: {1} and {2}',
    args: [
      [titleOf(later), ...(common === undefined ? [] : [common])].join(' · '),
      nameOf(earlier, later),
      nameOf(later, earlier),
    ],
    comment: '{0} is the title of an operation. {1} and {2} are the responses that are compared.',
  });
}

/** What the request of an entry has and that of another one of its operation has not. */
function differenceOf(each: ListedEntry, other: ListedEntry): readonly string[] {
  return [
    ...(each.connection.id === other.connection.id ? [] : [each.connection.name]),
    ...differingValues(each.entry, other.entry).map(([name, value]) =>
      value === undefined
        ? vscode.l10n.t({ message: 'without {0}', args: [name], comment: '{0} is the name of a parameter.' })
        : `${name} ${value}`,
    ),
  ];
}

/** What distinguishes two responses of one operation. */
function entryLabel(listed: ListedEntry): string {
  return `${sourceOf(listed)} ${formatTimestamp(listed.entry.at)}`;
}

/** The connection and the values. */
function sourceOf({ entry, connection }: ListedEntry): string {
  const values = entry.values ? plainText(valuesText(entry.values), MAX_VALUES) : '';
  return [connection.name, ...(values === '' ? [] : [values])].join(' · ');
}

/** Characters. */
const MAX_VALUES = 60;
