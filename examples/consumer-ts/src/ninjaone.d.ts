// Types of the public API of the extension "ninjaone-community.ninjaone-authentication". Copy this file into yours.
// It needs no other types. Sessions come from `vscode.authentication.getSession('ninjaone', scopes, options)`.

/** A scope of NinjaOne. None includes another: with `management` alone, nothing can be read. */
export type NinjaOneScope = 'monitoring' | 'management' | 'control';

/**
 * Limits a request to one connection: `getSession('ninjaone', ['monitoring', `connection:${info.id}`], …)`, where `info` is
 * the connection of an earlier session. Works with `silent`, `createIfNone` and `forceNewSession`. NinjaOne never sees it.
 */
export type ConnectionScope = `connection:${string}`;

/** The connection of a session: the answer of `getConnection` and of the command `ninjaone.getConnection`. */
export interface ConnectionInfo {
  /** Stays when the user renames the connection. Two connections of one customer have different ids. */
  readonly id: string;
  /** `https://eu.ninjarmm.com` */
  readonly instanceUrl: string;
  /** `https://eu.ninjarmm.com/v2` */
  readonly apiUrl: string;
  /** The name that the user gave to the connection. It can change; keep `id` instead. */
  readonly name: string;
  /** The platform of the client app in NinjaOne. With `api-services` nobody is signed in: NinjaOne sees a service. */
  readonly platform: 'native' | 'spa' | 'web' | 'api-services';
  /** The scopes that the session's token has, which may be more than those that you requested. */
  readonly scopes: readonly NinjaOneScope[];
  /** When the access token expires, in milliseconds since 1970. */
  readonly expiresAt: number;
}

/** A session's id and an access token of it. The whole session that VS Code gave you fits. */
export interface SessionReference {
  readonly id: string;
  readonly accessToken: string;
}

/**
 * The answer of `executeCommand<RefreshOutcome>('ninjaone.refreshToken', session)`, for use after a 401. Nothing is shown
 * and nobody is asked. Then request the session again: the answer has no token.
 * - `refreshed`: there is a new token.
 * - `recent`: the token was refreshed less than a minute ago. If it is the one that you sent, the 401 has another reason.
 * - `ended`: NinjaOne ended the session. Sign in again when the user wants to.
 * - `unreachable`: NinjaOne could not be asked now, or a setting has to be corrected first. The session stays.
 * - `unknown`: there is no such session, or the token was not issued for it.
 */
export type RefreshOutcome = 'refreshed' | 'recent' | 'ended' | 'unreachable' | 'unknown';

/**
 * The `name` of an error with which a request or a command rejects. VS Code passes on name and message only.
 * - `Canceled`: the user canceled. Show nothing.
 * - `NinjaOneTimedOut`: nobody came back from the browser, or a question was not answered within 3 minutes.
 * - `NinjaOneAccessDenied`: the user or NinjaOne refused access, or the role lacks a right.
 * - `NinjaOneUnreachable`: network, proxy, certificate, throttling or trouble of the server. Try again later.
 * - `NinjaOneScopeNotGranted`: NinjaOne did not grant exactly the requested scopes, so the request gets no session.
 * - `NinjaOneUnknownScope`: a scope is not one of {@link NinjaOneScope}, `offline_access` or {@link ConnectionScope}.
 * - `NinjaOneNeedsSetup`: the user has to add or correct a connection.
 * - `NinjaOneAccountGone`: the connection of `account` or of `connection:<id>` is not in the settings, or two connections
 *   are named.
 * - `NinjaOneAccountLacksScopes`: `account` has fewer scopes than requested. Leave it out and name `connection:<id>`.
 * - `NinjaOneFailed`: anything else. Treat a name that you do not know the same way.
 */
export type NinjaOneErrorName =
  | 'Canceled'
  | 'NinjaOneTimedOut'
  | 'NinjaOneAccessDenied'
  | 'NinjaOneUnreachable'
  | 'NinjaOneScopeNotGranted'
  | 'NinjaOneUnknownScope'
  | 'NinjaOneNeedsSetup'
  | 'NinjaOneAccountGone'
  | 'NinjaOneAccountLacksScopes'
  | 'NinjaOneFailed';

/**
 * An error of ours as it arrives in your extension. Its message is a sentence for the user, in the user's language, and
 * nobody has shown it. A type has no code, so copy these two functions:
 *
 * ```ts
 * function isCanceled(error: unknown): boolean {
 *   return error instanceof Error
 *     ? error.name === 'Canceled' || error.message === 'User did not consent to login.'
 *     : error === 'User did not consent to account access';
 * }
 *
 * function ninjaOneErrorName(error: unknown): NinjaOneErrorName | undefined {
 *   if (isCanceled(error)) {
 *     return 'Canceled';
 *   }
 *   return error instanceof Error && error.name.startsWith('NinjaOne') ? (error.name as NinjaOneErrorName) : undefined;
 * }
 * ```
 */
export interface NinjaOneErrorLike extends Error {
  readonly name: NinjaOneErrorName;
}

/**
 * `vscode.extensions.getExtension<NinjaOneApi>('ninjaone-community.ninjaone-authentication')?.exports`. It is only there
 * when both extensions run in the same extension host; the command `ninjaone.getConnection` works everywhere.
 */
export interface NinjaOneApi {
  /** Within version 1, members and names of errors and outcomes may be added; none is removed or changes its meaning. */
  readonly version: 1;
  /** `undefined` when the session is not known, or the token was not issued for it. */
  getConnection(session: SessionReference): ConnectionInfo | undefined;
  /**
   * A connection was added, removed or changed in the settings. Carries nothing, and has the shape of a `vscode.Event`.
   * For sessions, listen to `vscode.authentication.onDidChangeSessions`.
   */
  onDidChangeConnections(
    listener: () => unknown,
    thisArgs?: unknown,
    disposables?: { dispose(): unknown }[],
  ): { dispose(): void };
}
