import * as vscode from 'vscode';
import type { Disposable } from '../../core/base/lifecycle.ts';
import type { UsableSession } from '../../core/sessions/usableSessions.ts';
import type { TokenService } from '../../core/sessions/tokenService.ts';
import { registerCodeLensProvider } from '../platform/codeLenses.ts';
import { TOKEN_SCHEME } from '../platform/contributions.ts';

/** A read-only document about the token of a session, with Copy and Refresh Now. It does not contain the token. */
export class TokenDocument implements vscode.TextDocumentContentProvider, vscode.CodeLensProvider, Disposable {
  readonly #tokens: TokenService;
  readonly #now: () => number;
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #disposable: vscode.Disposable;

  readonly onDidChange = this.#changed.event;

  constructor(tokens: TokenService, now: () => number) {
    this.#tokens = tokens;
    this.#now = now;
    this.#disposable = vscode.Disposable.from(
      this.#changed,
      vscode.workspace.registerTextDocumentContentProvider(TOKEN_SCHEME, this),
      registerCodeLensProvider({ scheme: TOKEN_SCHEME }, this),
      tokens.onDidChange(() => {
        for (const { uri } of vscode.workspace.textDocuments) {
          if (uri.scheme === TOKEN_SCHEME) {
            this.#changed.fire(uri);
          }
        }
      }),
    );
  }

  async show({ session, connection }: UsableSession): Promise<void> {
    const name = `NinjaOne token ${connection.name}`.replaceAll(/[\\/]/g, '-');
    const uri = vscode.Uri.from({ scheme: TOKEN_SCHEME, path: `/${name}`, query: session.id });
    await vscode.window.showTextDocument(uri, { preview: true });
  }

  async provideTextDocumentContent({ query }: vscode.Uri): Promise<string> {
    const { tokenText } = await import('./tokenDocumentContent.ts');
    return tokenText(this.#tokens.find(query), this.#now());
  }

  async provideCodeLenses({ uri: { query } }: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    const { tokenLenses } = await import('./tokenDocumentContent.ts');
    return this.#tokens.find(query) ? tokenLenses(query) : [];
  }

  dispose(): void {
    this.#disposable.dispose();
  }
}
