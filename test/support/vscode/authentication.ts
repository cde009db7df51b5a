import type * as vscode from 'vscode';
import { Disposable, EventEmitter } from './events.ts';

interface Registration {
  readonly label: string;
  readonly provider: vscode.AuthenticationProvider;
  readonly options: vscode.AuthenticationProviderOptions | undefined;
  readonly subscription: vscode.Disposable;
}

export interface SessionRequest {
  readonly providerId: string;
  readonly scopes: readonly string[];
  readonly options: vscode.AuthenticationGetSessionOptions;
}

/** Authentication providers, and requests for their sessions. It asks no consent: that is the editor's own part. */
export class FakeAuthentication {
  readonly providers = new Map<string, Registration>();
  readonly requests: SessionRequest[] = [];
  readonly #changed = new EventEmitter<vscode.AuthenticationSessionsChangeEvent>();

  readonly api = {
    onDidChangeSessions: this.#changed.event,
    registerAuthenticationProvider: (
      id: string,
      label: string,
      provider: vscode.AuthenticationProvider,
      options?: vscode.AuthenticationProviderOptions,
    ): vscode.Disposable => {
      // As in the editor, which keeps the first provider of an ID and says nothing to the second (test/host proves it).
      if (!this.providers.has(id)) {
        const subscription = provider.onDidChangeSessions(() => {
          this.#changed.fire({ provider: { id, label } });
        });
        this.providers.set(id, { label, provider, options, subscription });
      }
      return new Disposable(() => {
        this.providers.get(id)?.subscription.dispose();
        this.providers.delete(id);
      });
    },
    getAccounts: async (id: string): Promise<readonly vscode.AuthenticationSessionAccountInformation[]> =>
      ((await this.providers.get(id)?.provider.getSessions(undefined, {})) ?? []).map(({ account }) => account),
    // What the caller may rely on depends on its options.
    getSession: async (
      providerId: string,
      scopes: readonly string[] | vscode.AuthenticationWwwAuthenticateRequest,
      options: vscode.AuthenticationGetSessionOptions = {},
    ): Promise<never> => (await this.#session(providerId, scopes as readonly string[], options)) as never,
  };

  async #session(
    providerId: string,
    scopes: readonly string[],
    options: vscode.AuthenticationGetSessionOptions,
  ): Promise<vscode.AuthenticationSession | undefined> {
    this.requests.push({ providerId, scopes, options });
    const registration = this.providers.get(providerId);
    if (!registration) {
      throw new Error(`Nobody provides sessions of ${providerId}.`);
    }
    const { provider } = registration;
    const of = options.account ? { account: options.account } : {};
    const [session] = options.forceNewSession ? [] : await provider.getSessions(scopes, of);
    const mayCreate = options.createIfNone !== undefined && options.createIfNone !== false;
    return session ?? (mayCreate || options.forceNewSession ? provider.createSession(scopes, of) : undefined);
  }
}
