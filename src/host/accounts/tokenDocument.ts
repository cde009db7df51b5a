import * as vscode from 'vscode';
import type { Disposable } from '../../core/base/lifecycle.ts';
import { isFresh, isRenewable } from '../../core/sessions/session.ts';
import type { UsableSession } from '../../core/sessions/usableSessions.ts';
import type { TokenService } from '../../core/sessions/tokenService.ts';
import { TOKEN_SCHEME } from '../platform/contributions.ts';

/** A read-only page about the token of a session, with Copy and Refresh Now. The token itself is not on it. */
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
      vscode.languages.registerCodeLensProvider({ scheme: TOKEN_SCHEME }, this),
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

  provideTextDocumentContent(uri: vscode.Uri): string {
    const usable = this.#tokens.find(uri.query);
    if (!usable) {
      return vscode.l10n.t('This session is signed out.') + '\n';
    }
    const { session, connection } = usable;
    const rows: readonly (readonly [string, string])[] = [
      [vscode.l10n.t('Connection'), connection.name],
      [vscode.l10n.t('Instance'), connection.instance.origin],
      [vscode.l10n.t('Platform'), connection.platform],
      [vscode.l10n.t('Scopes'), session.scopes.join(', ')],
      [vscode.l10n.t('Issued'), dateOf(session.issuedAt)],
      [
        vscode.l10n.t('Expires'),
        isFresh(session, this.#now(), 0) ? dateOf(session.expiresAt) : vscode.l10n.t('expired'),
      ],
      [vscode.l10n.t('Renewed'), howRenewed(usable)],
      [vscode.l10n.t('Token'), '••••••••••••'],
    ];
    const width = Math.max(...rows.map(([name]) => name.length));
    return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}\n`).join('');
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const id = document.uri.query;
    if (!this.#tokens.find(id)) {
      return [];
    }
    const place = new vscode.Range(0, 0, 0, 0);
    return [
      new vscode.CodeLens(place, {
        title: vscode.l10n.t('$(copy) Copy Access Token'),
        command: 'ninjaone.copyAccessToken',
        arguments: [id],
      }),
      new vscode.CodeLens(place, {
        title: vscode.l10n.t('$(refresh) Refresh Now'),
        command: 'ninjaone.refreshToken',
        arguments: [{ session: { id } }],
      }),
    ];
  }

  dispose(): void {
    this.#disposable.dispose();
  }
}

function howRenewed({ session }: UsableSession): string {
  if (session.platform === 'api-services') {
    return vscode.l10n.t('with the client secret, at the first use after it has expired');
  }
  return isRenewable(session)
    ? vscode.l10n.t('with the refresh token, at the first use within five minutes of its end')
    : vscode.l10n.t('never: NinjaOne gave no refresh token, sign in again when it has expired');
}

function dateOf(milliseconds: number): string {
  return new Date(milliseconds).toLocaleString();
}
