import * as vscode from 'vscode';
import type { Event } from '../../core/base/lifecycle.ts';
import type { Scope } from '../../core/connections/connection.ts';
import type { TokenService } from '../../core/sessions/tokenService.ts';
import { PROVIDER_ID } from '../platform/contributions.ts';
import type { Settings } from '../platform/settings.ts';

export interface AccountsMenuOptions {
  readonly settings: Settings;
  readonly tokens: TokenService;
  readonly onDidShowView: Event<void>;
  readonly register: <T extends vscode.Disposable>(item: T) => T;
}

/**
 * Puts "Sign in with NinjaOne to use NinjaOne (1)" into the Accounts menu, once a window, when there is a connection, or
 * the view was opened, and nobody is signed in (A15). It is the one place where we ask VS Code for a session of our own,
 * and it is not waited for.
 */
export function offerInAccountsMenu({ settings, tokens, onDidShowView, register }: AccountsMenuOptions): void {
  let offered = false;
  const offer = (scopes: readonly Scope[] | undefined): void => {
    if (!offered && scopes && tokens.usable().length === 0) {
      offered = true;
      void vscode.authentication.getSession(PROVIDER_ID, [...scopes], {}).then(undefined, () => undefined);
    }
  };
  const ofFirst = (): readonly Scope[] | undefined => settings.connections[0]?.scopes;
  register(settings.onDidChangeConnections(() => offer(ofFirst())));
  // Who opens the view without a connection is led from the menu to Add Connection.
  register(onDidShowView(() => offer(ofFirst() ?? ['monitoring'])));
  offer(ofFirst());
}
