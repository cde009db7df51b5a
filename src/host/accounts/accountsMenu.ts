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
  /** Tells the provider which request is ours, before it is made. */
  readonly expectRequest: (scopes: readonly Scope[]) => void;
  readonly register: <T extends vscode.Disposable>(item: T) => T;
}

/**
 * Adds "Sign in with NinjaOne to use NinjaOne (1)" to the Accounts menu, once per window, if nobody is signed in and
 * there is a connection or the view was opened (A15). This is the only place where we request a session from VS Code,
 * and it is not awaited.
 */
export function offerInAccountsMenu({
  settings,
  tokens,
  onDidShowView,
  expectRequest,
  register,
}: AccountsMenuOptions): void {
  let offered = false;
  const offer = (scopes: readonly Scope[] | undefined): void => {
    if (!offered && scopes && tokens.usable().length === 0) {
      offered = true;
      expectRequest(scopes);
      void vscode.authentication.getSession(PROVIDER_ID, [...scopes], {}).then(undefined, () => undefined);
    }
  };
  const ofFirst = (): readonly Scope[] | undefined => settings.connections[0]?.scopes;
  register(settings.onDidChangeConnections(() => offer(ofFirst())));
  // Without a connection, the entry of the menu leads the user to Add Connection.
  register(onDidShowView(() => offer(ofFirst() ?? ['monitoring'])));
  offer(ofFirst());
}
