import * as vscode from 'vscode';
import { isCanceled, isNinjaOneError, NinjaOneError } from '../../core/base/errors.ts';
import { l10n } from '../../core/base/l10n.ts';
import { allOf, anyOf } from '../../core/base/messages.ts';
import type { Disposable } from '../../core/base/lifecycle.ts';
import { SCOPES, type Scope } from '../../core/connections/connection.ts';
import {
  satisfiesScopes,
  requestedScopes,
  type UsableSessionsChange,
  type UsableSession,
} from '../../core/sessions/usableSessions.ts';
import type { TokenService } from '../../core/sessions/tokenService.ts';
import { localizedErrorMessage } from '../platform/errorReporter.ts';
import type { SignInCoordinator } from '../signIn/signInCoordinator.ts';

export interface AuthenticationProviderOptions {
  readonly tokens: TokenService;
  readonly coordinator: SignInCoordinator;
  /** Resolves when the stored sessions have been read, or could not be; never rejects. */
  readonly ready: Promise<void>;
  readonly signOut: (sessionId: string) => Promise<void>;
}

/** Offers the sessions of the token service to VS Code. Registered before anything is awaited (A9). */
export class NinjaOneAuthenticationProvider implements vscode.AuthenticationProvider, Disposable {
  readonly #options: AuthenticationProviderOptions;
  readonly #changed = new vscode.EventEmitter<vscode.AuthenticationProviderAuthenticationSessionsChangeEvent>();
  readonly #subscription: Disposable;
  /** Requested scope sets that no session satisfied, exactly as they were requested. */
  readonly #unmatched = new Map<string, readonly string[]>();

  /** The scopes of our own request, which puts an entry into the Accounts menu (A15). */
  menuRequest: readonly string[] | undefined;

  readonly onDidChangeSessions = this.#changed.event;

  /** Whether VS Code has asked this provider for anything. */
  wasAsked = false;

  constructor(options: AuthenticationProviderOptions) {
    this.#options = options;
    this.#subscription = options.tokens.onDidChange((change) => {
      this.#changed.fire(this.#eventOf(change));
    });
  }

  async getSessions(
    scopes: readonly string[] | undefined,
    options: vscode.AuthenticationProviderSessionOptions,
  ): Promise<vscode.AuthenticationSession[]> {
    this.wasAsked = true;
    const { tokens, ready } = this.#options;
    await ready;
    if (scopes === undefined) {
      const accountId = options.account?.id;
      return tokens
        .usable()
        .filter(({ account }) => accountId === undefined || account.id === accountId)
        .map((usable) => toSession(usable, usable.session.scopes));
    }
    const requested = requestedScopes(scopes);
    if (!requested) {
      return [];
    }
    const found = await forVsCode(tokens.sessionsFor(requested, options.account?.id));
    if (found.length === 0) {
      this.#remember(scopes);
    }
    return found.map((usable) => toSession(usable, scopes));
  }

  async createSession(
    scopes: readonly string[],
    options: vscode.AuthenticationProviderSessionOptions,
  ): Promise<vscode.AuthenticationSession> {
    const requested = requestedScopes(scopes);
    if (!requested) {
      throw new Error(localizedErrorMessage(unknownScope(scopes)));
    }
    await this.#options.ready;
    const usable = await forVsCode(this.#options.coordinator.start(requested, options.account?.id));
    return toSession(usable, scopes);
  }

  async removeSession(sessionId: string): Promise<void> {
    await this.#options.ready;
    await forVsCode(this.#options.signOut(sessionId));
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  #remember(scopes: readonly string[]): void {
    if (this.#unmatched.size < MAX_UNMATCHED) {
      this.#unmatched.set(JSON.stringify(scopes), scopes);
    }
  }

  /**
   * VS Code removes its "Sign in to use …" entry only when a session with exactly the requested scopes is added, so each
   * request that is satisfied now gets a copy of its own (A12).
   */
  #eventOf(change: UsableSessionsChange): vscode.AuthenticationProviderAuthenticationSessionsChangeEvent {
    const isNew = new Set(change.added);
    // A session that becomes usable again counts as changed, but must also satisfy the requests that failed meanwhile.
    const added = [...change.added, ...change.changed].flatMap((usable) => {
      const copies = isNew.has(usable) ? [toSession(usable, usable.session.scopes)] : [];
      for (const [key, scopes] of this.#unmatched) {
        const requested = requestedScopes(scopes);
        if (requested && satisfiesScopes(usable.session, requested)) {
          this.#unmatched.delete(key);
          copies.push(toSession(usable, scopes));
        }
      }
      return copies;
    });
    const [first] = change.added;
    if (first && this.menuRequest) {
      // Whatever was signed in, the entry has done its work.
      added.push(toSession(first, this.menuRequest));
      this.menuRequest = undefined;
    }
    return {
      added,
      removed: change.removed.map((usable) => toSession(usable, usable.session.scopes)),
      changed: change.changed.map((usable) => toSession(usable, usable.session.scopes)),
    };
  }
}

const MAX_UNMATCHED = 100;

/** The copy has exactly the requested scopes, because VS Code compares them as strings (A10). */
function toSession({ session, account }: UsableSession, scopes: readonly string[]): vscode.AuthenticationSession {
  return { id: session.id, accessToken: session.accessToken, account, scopes: [...scopes] };
}

/** VS Code shows the message of an error that is thrown here, except for its own CancellationError. */
async function forVsCode<T>(result: Promise<T>): Promise<T> {
  try {
    return await result;
  } catch (error) {
    if (isCanceled(error)) {
      throw new vscode.CancellationError();
    }
    throw isNinjaOneError(error) ? new Error(localizedErrorMessage(error)) : error;
  }
}

function unknownScope(scopes: readonly string[]): NinjaOneError {
  const known: readonly string[] = [...SCOPES, 'offline_access'] satisfies (Scope | 'offline_access')[];
  const unknown = scopes.filter((scope) => !known.includes(scope));
  return new NinjaOneError({
    code: 'request.unknownScope',
    intent: 'invalidInput',
    message: l10n.t({
      message:
        '{0, plural, one {NinjaOne does not have the scope {1}.} other {NinjaOne does not have the scopes {1}.}} Request {2}.',
      args: [unknown.length, allOf(unknown), anyOf(SCOPES)],
      comment: '{1} and {2} are lists of scopes.',
    }),
  });
}
