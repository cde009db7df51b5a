import * as vscode from 'vscode';
import { canceled, NinjaOneError, plainText } from '../../core/base/errors.ts';
import { l10n } from '../../core/base/l10n.ts';
import type { Disposable } from '../../core/base/lifecycle.ts';
import { plainValue, revealedText } from '../../core/responses/masking.ts';
import type { ResponseView } from '../../core/responses/responseView.ts';
import { codeLens } from '../platform/codeLenses.ts';
import { RESPONSE_SCHEME, type Command } from '../platform/contributions.ts';
import { showPick } from '../platform/quickInputs.ts';
import { onDidCloseLastTab } from '../platform/tabs.ts';

/**
 * Reveals and copies the masked values of a response with secrets one at a time (E4). A value is revealed in its document
 * only, until the last tab of the document is closed. The pick with the path of the value is always shown, because
 * otherwise another extension could get the value by running the command.
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

  /** Called when the document has another response: masks everything again. */
  redraw(uri: vscode.Uri): void {
    this.#revealed.delete(uri.toString());
    this.#changed.fire(uri);
    this.redrawLenses();
  }

  redrawLenses(): void {
    this.#lensesChanged.fire();
  }

  /** The current text of the document. */
  text(uri: vscode.Uri, view: ResponseView): string {
    const revealed = this.#revealed.get(uri.toString());
    return revealed ? revealedText(view, revealed) : view.text;
  }

  lenses(uri: vscode.Uri, { masked }: ResponseView): vscode.CodeLens[] {
    const revealed = this.#revealed.get(uri.toString());
    return masked.slice(0, MAX_LENSES).flatMap(({ line }, index) => {
      const range = new vscode.Range(line, 0, line, 0);
      const lens = (title: string, command: Command): vscode.CodeLens =>
        codeLens(range, { title, command, arguments: [uri, index] });
      return [
        lens(
          revealed?.has(index) === true ? vscode.l10n.t('Hide') : vscode.l10n.t('Reveal'),
          'ninjaone.response.revealValue',
        ),
        lens(vscode.l10n.t('Copy'), 'ninjaone.response.copyValue'),
      ];
    });
  }

  /**
   * Shows the value in the document, or hides it again. Rejects with a NinjaOneError, as canceled if the user closes
   * the pick.
   */
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

  /** The value that the user wants to copy. Rejects with a NinjaOneError, as canceled if the user closes the pick. */
  async toCopy(address: unknown, index: unknown): Promise<{ readonly name: string; readonly text: string }> {
    const { uri, view } = this.#document(address);
    const revealed = this.#revealed.get(uri.toString()) ?? new Set();
    const named = indexIn(view, index);
    const chosen = await this.#pick(vscode.l10n.t('Copy which value?'), { view, named, revealed });
    const value = view.masked[chosen];
    if (!value) {
      throw canceled();
    }
    return { name: valueLabel(value.path), text: plainValue(value) };
  }

  dispose(): void {
    this.#revealed.clear();
    this.#disposable.dispose();
  }

  /** The document with masked values that the argument names, or else the active one. Throws a NinjaOneError. */
  #document(address: unknown): { readonly uri: vscode.Uri; readonly view: ResponseView } {
    const uri = address instanceof vscode.Uri ? address : vscode.window.activeTextEditor?.document.uri;
    const view = uri?.scheme === RESPONSE_SCHEME ? this.#view(uri) : undefined;
    if (!uri || !view || view.masked.length === 0) {
      throw nothingMasked();
    }
    return { uri, view };
  }

  /** Shows only the names, because the values must stay masked. */
  async #pick(title: string, { view, named, revealed }: PickOptions): Promise<number> {
    const items = [...view.masked.entries()]
      .filter(([index]) => named === undefined || named === index)
      .map(([index, { path, line }]) => ({
        label: valueLabel(path),
        description: [
          vscode.l10n.t({ message: 'line {0}', args: [line + 1], comment: '{0} is a line number.' }),
          ...(revealed.has(index) ? [vscode.l10n.t({ message: 'revealed', comment: 'State of a masked value.' })] : []),
        ].join(' · '),
        index,
      }));
    const chosen = await showPick(items, { title });
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

/** An editor with thousands of lenses is slow. The pick lists all values. */
const MAX_LENSES = 500;

function indexIn({ masked }: ResponseView, index: unknown): number | undefined {
  return typeof index === 'number' && Object.hasOwn(masked, index) ? index : undefined;
}

function valueLabel(path: string): string {
  return (
    plainText(path, 200) ||
    vscode.l10n.t({ message: 'the whole response', comment: 'Name of a masked value that has no path.' })
  );
}

function nothingMasked(): NinjaOneError {
  return new NinjaOneError({
    code: 'response.nothingMasked',
    intent: 'invalidInput',
    message: l10n.t('The active document has no masked values. Open a response that contains secrets.'),
  });
}
