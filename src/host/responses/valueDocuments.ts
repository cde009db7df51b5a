import * as vscode from 'vscode';
import type { Disposable } from '../../core/base/lifecycle.ts';
import { formatJson } from '../../core/json/formatJson.ts';
import { VALUE_SCHEME } from '../platform/contributions.ts';
import { onDidCloseLastTab } from '../platform/tabs.ts';

/** Rows and cells of tables as read-only documents of their own (E21). */
export class ValueDocuments implements vscode.TextDocumentContentProvider, Disposable {
  readonly #texts = new Map<string, string>();
  readonly #disposable: vscode.Disposable;

  constructor() {
    this.#disposable = vscode.Disposable.from(
      vscode.workspace.registerTextDocumentContentProvider(VALUE_SCHEME, this),
      onDidCloseLastTab((uri) => {
        this.#texts.delete(uri.toString());
      }),
    );
  }

  /** JSON is formatted, with every digit as it came. `table` tells values with the same name apart. */
  async show(text: string, { name, table }: { readonly name: string; readonly table: string }): Promise<void> {
    const formatted = /^\s*[[{]/.test(text) ? formatJson(text, WHOLE) : undefined;
    const isJson = formatted?.end === 'complete';
    const path = `/${name.replaceAll(/[\\/]/g, '-')}.${isJson ? 'json' : 'txt'}`;
    const uri = vscode.Uri.from({ scheme: VALUE_SCHEME, path, query: table });
    this.#texts.set(uri.toString(), isJson ? formatted.text : text);
    await vscode.window.showTextDocument(uri, { preview: false });
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return (
      this.#texts.get(uri.toString()) ??
      vscode.l10n.t('This response is no longer available. Look for it in the history.')
    );
  }

  dispose(): void {
    this.#texts.clear();
    this.#disposable.dispose();
  }
}

const WHOLE = { items: undefined, maxItems: Infinity, maxCharacters: Infinity, partial: false, mask: false };
