import type * as vscode from 'vscode';
import type { Disposable } from '../../core/base/lifecycle.ts';
import type { ApiRequest } from '../../core/api/apiRequest.ts';
import type { TokenService } from '../../core/sessions/tokenService.ts';

/** What was read of an object before its request document was changed. */
export interface LoadedValue {
  /** The GET that read it; undefined after a reload of the window. */
  readonly read: ApiRequest | undefined;
  /** Key of the operation of the document. */
  readonly write: string;
  /** JSON text of the members that the write takes; undefined if it was forgotten. */
  readonly body: string | undefined;
  /** The body that was sent last, if nothing was changed since. */
  readonly sent?: string | undefined;
}

/**
 * The values that were loaded into request documents, in the memory of this window. They are forgotten when the account is
 * signed out; that there was one is remembered, also over a reload, because then nobody knows what a document changes.
 */
export class LoadedValues implements Disposable {
  readonly #loaded = new Map<string, LoadedValue>();
  readonly #subscription: Disposable;

  constructor(tokens: Pick<TokenService, 'onDidChange' | 'usable'>) {
    this.#subscription = tokens.onDidChange(() => {
      const usable = new Set(tokens.usable().map(({ connection }) => connection.id));
      for (const [address, value] of this.#loaded) {
        if (value.read && !usable.has(value.read.connection.id)) {
          this.#loaded.set(address, { ...value, body: undefined });
        }
      }
    });
  }

  /** The value in the document at this address. */
  of(address: string): LoadedValue | undefined {
    return this.#loaded.get(address);
  }

  keep(address: string, value: LoadedValue): void {
    this.#loaded.set(address, value);
  }

  /** Called for a document with a value that an earlier window has loaded. */
  restore(address: string, write: string): void {
    this.#loaded.set(address, { read: undefined, write, body: undefined });
  }

  /** Called when the document begins anew. */
  forget(uri: vscode.Uri): void {
    this.#loaded.delete(uri.toString());
  }

  dispose(): void {
    this.#loaded.clear();
    this.#subscription.dispose();
  }
}
