import * as vscode from 'vscode';
import type { Disposable } from '../../core/base/lifecycle.ts';
import { plainText } from '../../core/base/errors.ts';
import { formatJson } from '../../core/json/formatJson.ts';
import { PRESENT_SCHEME } from '../platform/contributions.ts';

/** Shows two bodies in VS Code's diff editor, the later one on the right (E19). */
export class BodyComparison implements vscode.TextDocumentContentProvider, Disposable {
  /** Texts of the open comparisons. */
  readonly #sides = new Map<string, string>();
  readonly #disposable: vscode.Disposable;
  #count = 0;

  constructor() {
    this.#disposable = vscode.Disposable.from(
      vscode.workspace.registerTextDocumentContentProvider(PRESENT_SCHEME, this),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        this.#sides.delete(uri.toString());
      }),
    );
  }

  /** Resolves when it is shown, to a function that closes it. `name` is that of both texts, without their passwords. */
  async show(
    [left, right]: readonly [left: string, right: string],
    { name, title }: { readonly name: string; readonly title: string },
  ): Promise<() => Promise<void>> {
    const sides = [this.#side(left, name), this.#side(right, name)] as const;
    await vscode.commands.executeCommand('vscode.diff', ...sides, plainText(title), { preview: true });
    return async () => {
      const address = sides[1].toString();
      const tabs = vscode.window.tabGroups.all.flatMap((group) =>
        group.tabs.filter(
          ({ input }) => input instanceof vscode.TabInputTextDiff && input.modified.toString() === address,
        ),
      );
      await vscode.window.tabGroups.close(tabs, true);
    };
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return (
      this.#sides.get(uri.toString()) ?? vscode.l10n.t('This comparison is no longer available. Press Send again.')
    );
  }

  dispose(): void {
    this.#sides.clear();
    this.#disposable.dispose();
  }

  #side(body: string, name: string): vscode.Uri {
    this.#count += 1;
    const path = `/${name.replaceAll(/[\\/]/g, '-')}.json`;
    const uri = vscode.Uri.from({ scheme: PRESENT_SCHEME, path, query: String(this.#count) });
    this.#sides.set(uri.toString(), `${formatJson(body, WHOLE).text}\n`);
    return uri;
  }
}

const WHOLE = { items: undefined, maxItems: Infinity, maxCharacters: Infinity, partial: false, mask: false };
