import * as vscode from 'vscode';
import { plainText } from '../../core/base/errors.ts';
import type { Disposable, Event } from '../../core/base/lifecycle.ts';
import type { TokenService } from '../../core/sessions/tokenService.ts';
import { localizedErrorMessage } from '../platform/errorReporter.ts';
import type { SelectedConnection } from '../selection/selectedConnection.ts';
import type { SignIn } from '../signIn/signIn.ts';

export interface ConnectionStatusBarOptions {
  readonly selection: SelectedConnection;
  readonly tokens: TokenService;
  readonly signIn: SignIn;
  /** Includes changes of sessions that are not in use. */
  readonly onDidChangeSessions: Event<unknown>;
}

/** Shows the selected connection and its state in the status bar. Selecting the item selects another connection. */
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
    // No event is fired when a session without a refresh token expires.
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
      tokens.onDidChangeRenewalProblem(update),
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

    const problem = signedIn ? tokens.renewalProblem(connection.id) : undefined;
    const icon = signingIn ? 'sync~spin' : problem ? 'warning' : signedIn ? 'pass' : 'circle-outline';
    const name = plainText(connection.name);
    this.#item.text = `$(${icon}) ${name} · ${connection.instance.label}`;
    this.#item.tooltip = signingIn
      ? vscode.l10n.t('NinjaOne: Signing in to {0}. Select to use another connection.', name)
      : problem
        ? vscode.l10n.t({
            message: 'NinjaOne: The token of {0} was not renewed. {1}',
            args: [name, localizedErrorMessage(problem)],
            comment: '{0} is the name of a connection and {1} a sentence that says why.',
          })
        : signedIn
          ? vscode.l10n.t('NinjaOne: Signed in to {0}. Select to use another connection.', name)
          : vscode.l10n.t('NinjaOne: Signed out of {0}. Select to use another connection.', name);
    const label = `${name} ${connection.instance.label}`;
    this.#item.accessibilityInformation = {
      label: signingIn
        ? vscode.l10n.t('NinjaOne connection {0}, signing in', label)
        : problem
          ? vscode.l10n.t('NinjaOne connection {0}, signed in, token not renewed', label)
          : signedIn
            ? vscode.l10n.t('NinjaOne connection {0}, signed in', label)
            : vscode.l10n.t('NinjaOne connection {0}, signed out', label),
    };
    this.#item.show();
  }
}
