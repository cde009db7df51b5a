import * as vscode from 'vscode';
import { PROVIDER_ID, PROVIDER_LABEL } from '../platform/contributions.ts';
import type { NinjaOneAuthenticationProvider } from './authenticationProvider.ts';

/**
 * Registers the provider. If another extension has taken the ID, VS Code (1.105 and 1.139) only writes that to its own
 * log, and removes the provider of the other extension when our registration is disposed. So whoever is asked for accounts
 * tells who has the ID.
 */
export class ProviderRegistration implements vscode.Disposable {
  readonly #provider: NinjaOneAuthenticationProvider;
  readonly #registration: vscode.Disposable;
  #check: Promise<void> | undefined;
  #isTaken = false;

  constructor(provider: NinjaOneAuthenticationProvider) {
    this.#provider = provider;
    this.#registration = vscode.authentication.registerAuthenticationProvider(PROVIDER_ID, PROVIDER_LABEL, provider, {
      supportsMultipleAccounts: true,
    });
  }

  /** Tells the user once if another extension has the ID. Everything but the accounts of VS Code works then. */
  check(): Promise<void> {
    this.#check ??= this.#ask().catch(() => {});
    return this.#check;
  }

  dispose(): void {
    if (!this.#isTaken) {
      this.#registration.dispose();
    }
  }

  async #ask(): Promise<void> {
    // Lists accounts without consent, without a request to the network and without anything to see.
    await vscode.authentication.getAccounts(PROVIDER_ID);
    if (this.#provider.wasAsked) {
      return;
    }
    this.#isTaken = true;
    const { showRivalProvider } = await import('./storageMessages.ts');
    void showRivalProvider();
  }
}
