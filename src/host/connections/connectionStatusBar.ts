import * as vscode from 'vscode';
import { escapeIcons } from '../../core/base/errors.ts';
import type { Disposable, Event } from '../../core/base/lifecycle.ts';
import type { TokenService } from '../../core/sessions/tokenService.ts';
import type { SelectedConnection } from '../selection/selectedConnection.ts';
import type { SignIn } from '../signIn/signIn.ts';

export interface ConnectionStatusBarOptions {
  readonly selection: SelectedConnection;
  readonly tokens: TokenService;
  readonly signIn: SignIn;
  /** Also of sessions that are served to nobody. */
  readonly onDidChangeSessions: Event<unknown>;
}

/** The selected connection and its state, in the status bar; a click selects another. */
export class ConnectionStatusBar implements Disposable {
  readonly #item: vscode.StatusBarItem;
  readonly #disposable: vscode.Disposable;

  constructor({ selection, tokens, signIn, onDidChangeSessions }: ConnectionStatusBarOptions) {
    this.#item = vscode.window.createStatusBarItem('ninjaone.connection', vscode.StatusBarAlignment.Left);
    this.#item.name = vscode.l10n.t('NinjaOne Connection');
    this.#item.command = 'ninjaone.selectConnection';
    const update = (): void => {
      this.#update(selection, tokens, signIn);
    };
    // A session without a refresh token ends by the clock, and nothing tells of it.
    const clock = setInterval(update, 60_000);
    clock.unref();
    this.#disposable = vscode.Disposable.from(
      this.#item,
      new vscode.Disposable(() => {
        clearInterval(clock);
      }),
      onDidChangeSessions(update),
      selection.onDidChange(update),
      tokens.onDidChange(update),
      signIn.onDidChangePending(update),
    );
    update();
  }

  dispose(): void {
    this.#disposable.dispose();
  }

  #update(selection: SelectedConnection, tokens: TokenService, signIn: SignIn): void {
    const connection = selection.current;
    if (!connection) {
      this.#item.hide();
      return;
    }
    const signedIn = tokens.usable().some((usable) => usable.connection.id === connection.id);
    const signingIn = signIn.pending?.connection.id === connection.id;
    const state = signingIn
      ? vscode.l10n.t('signing in')
      : signedIn
        ? vscode.l10n.t('signed in')
        : vscode.l10n.t('signed out');
    const icon = signingIn ? 'sync~spin' : signedIn ? 'pass' : 'circle-outline';
    const name = escapeIcons(connection.name);
    this.#item.text = `$(${icon}) ${name} · ${connection.instance.label}`;
    this.#item.tooltip = vscode.l10n.t('NinjaOne: {0}, {1}. Click to select another connection.', name, state);
    this.#item.accessibilityInformation = {
      label: vscode.l10n.t('NinjaOne connection {0}, {1}', `${name} ${connection.instance.label}`, state),
    };
    this.#item.show();
  }
}
