import * as vscode from 'vscode';
import { canceled, NinjaOneError, plainText } from '../../core/base/errors.ts';
import { l10n } from '../../core/base/l10n.ts';
import type { Disposable } from '../../core/base/lifecycle.ts';
import { plainValue, revealedText } from '../../core/responses/masking.ts';
import type { ResponseView } from '../../core/responses/responseView.ts';
import { RESPONSE_SCHEME, type Command } from '../platform/contributions.ts';
import { onDidCloseLastTab } from '../platform/tabs.ts';

/**
 * The values that stand as dots in an answer that gives out secrets, revealed and copied one by one (E4). What is
 * revealed is so in its document only, until its last tab is closed. A value is named by its path in a pick that is always
 * shown: another extension can run a command, and without the pick it would have the value that way.
 */
export class MaskedValues implements Disposable {
  readonly #view: (uri: vscode.Uri) => ResponseView | undefined;
  readonly #revealed = new Map<string, Set<number>>();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #lensesChanged = new vscode.EventEmitter<void>();
  readonly #disposable: vscode.Disposable;

  readonly onDidChange = this.#changed.event;
  readonly onDidChangeLenses = this.#lensesChanged.event;

  constructor(view: (uri: vscode.Uri) => ResponseView | undefined) {
    this.#view = view;
    this.#disposable = vscode.Disposable.from(
      this.#changed,
      this.#lensesChanged,
      onDidCloseLastTab((uri) => {
        if (this.#revealed.delete(uri.toString())) {
          this.#changed.fire(uri);
        }
      }),
    );
  }

  /** What the document shows at this moment. */
  text(uri: vscode.Uri, view: ResponseView): string {
    const revealed = this.#revealed.get(uri.toString());
    return revealed ? revealedText(view, revealed) : view.text;
  }

  lenses(uri: vscode.Uri, { masked }: ResponseView): vscode.CodeLens[] {
    const revealed = this.#revealed.get(uri.toString());
    return masked.slice(0, MOST_LENSES).flatMap(({ line }, index) => {
      const place = new vscode.Range(line, 0, line, 0);
      const lens = (title: string, command: Command): vscode.CodeLens =>
        new vscode.CodeLens(place, { title, command, arguments: [uri, index] });
      return [
        lens(
          revealed?.has(index) === true ? vscode.l10n.t('Hide') : vscode.l10n.t('Reveal'),
          'ninjaone.response.revealValue',
        ),
        lens(vscode.l10n.t('Copy'), 'ninjaone.response.copyValue'),
      ];
    });
  }

  /** Shows the value in its place, or hides it again. Rejects with a NinjaOneError, as canceled when it is left. */
  async reveal(address: unknown, index: unknown): Promise<void> {
    const { uri, view } = this.#document(address);
    const revealed = this.#revealed.get(uri.toString()) ?? new Set();
    const named = indexIn(view, index);
    if (named !== undefined && revealed.has(named)) {
      revealed.delete(named);
    } else {
      const chosen = await this.#pick(vscode.l10n.t('Reveal which value?'), { view, named, revealed });
      if (!revealed.delete(chosen)) {
        revealed.add(chosen);
      }
    }
    this.#revealed.set(uri.toString(), revealed);
    this.#changed.fire(uri);
    this.#lensesChanged.fire();
  }

  /** The value that a person wants on the clipboard. Rejects with a NinjaOneError, as canceled when it is left. */
  async toCopy(address: unknown, index: unknown): Promise<{ readonly name: string; readonly text: string }> {
    const { uri, view } = this.#document(address);
    const revealed = this.#revealed.get(uri.toString()) ?? new Set();
    const named = indexIn(view, index);
    const chosen = await this.#pick(vscode.l10n.t('Copy which value?'), { view, named, revealed });
    const value = view.masked[chosen];
    if (!value) {
      throw canceled();
    }
    return { name: nameOf(value.path), text: plainValue(value) };
  }

  dispose(): void {
    this.#revealed.clear();
    this.#disposable.dispose();
  }

  /** The document with masked values that the argument names, else the one in front. Throws a NinjaOneError. */
  #document(address: unknown): { readonly uri: vscode.Uri; readonly view: ResponseView } {
    const uri = address instanceof vscode.Uri ? address : vscode.window.activeTextEditor?.document.uri;
    const view = uri?.scheme === RESPONSE_SCHEME ? this.#view(uri) : undefined;
    if (!uri || !view || view.masked.length === 0) {
      throw nothingMasked();
    }
    return { uri, view };
  }

  /** Names only: the values stay dots. */
  async #pick(title: string, { view, named, revealed }: PickOptions): Promise<number> {
    const items = [...view.masked.entries()]
      .filter(([index]) => named === undefined || named === index)
      .map(([index, { path, line }]) => ({
        label: nameOf(path),
        description: [
          vscode.l10n.t('line {0}', line + 1),
          ...(revealed.has(index) ? [vscode.l10n.t('revealed')] : []),
        ].join(' · '),
        index,
      }));
    const chosen = await vscode.window.showQuickPick(items, { title });
    if (!chosen) {
      throw canceled();
    }
    return chosen.index;
  }
}

interface PickOptions {
  readonly view: ResponseView;
  readonly named: number | undefined;
  readonly revealed: ReadonlySet<number>;
}

/** An editor with thousands of lenses is slow; every value is in the pick. */
const MOST_LENSES = 500;

function indexIn({ masked }: ResponseView, index: unknown): number | undefined {
  return typeof index === 'number' && Object.hasOwn(masked, index) ? index : undefined;
}

function nameOf(path: string): string {
  return plainText(path, 200) || vscode.l10n.t('the whole answer');
}

function nothingMasked(): NinjaOneError {
  return new NinjaOneError({
    code: 'response.nothingMasked',
    intent: 'invalidInput',
    message: l10n.t(
      'The document in front has no masked values. Open the answer of an operation that gives out secrets.',
    ),
  });
}
