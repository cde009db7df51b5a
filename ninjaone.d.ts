// Types of the public API of the extension "ninjaone-community.ninjaone-authentication". Copy this file into yours.

/** What a session's connection is; the answer of `getConnection` and of the command `ninjaone.getConnection`. */
export interface ConnectionInfo {
  /** `https://eu.ninjarmm.com` */
  readonly instanceUrl: string;
  /** `https://eu.ninjarmm.com/v2` */
  readonly apiUrl: string;
  /** The name that the user gave to the connection. */
  readonly name: string;
  readonly platform: 'native' | 'spa' | 'web' | 'api-services';
  /** The scopes that the session's token has, which may be more than those that you asked for. */
  readonly scopes: readonly string[];
  /** When the access token expires, in milliseconds since 1970. */
  readonly expiresAt: number;
}

/** What names a session: its id and an access token of it, both from the session that VS Code gave you. */
export interface SessionReference {
  readonly id: string;
  readonly accessToken: string;
}

/**
 * `vscode.extensions.getExtension('ninjaone-community.ninjaone-authentication')?.exports`. It is only there when both
 * extensions run in the same extension host; the command `ninjaone.getConnection` works everywhere.
 */
export interface NinjaOneApi {
  readonly version: 1;
  /** `undefined` when the session is not known, or the token was not issued for it. */
  getConnection(session: SessionReference): ConnectionInfo | undefined;
  /** Connections or sessions changed; carries nothing. */
  onDidChangeConnections(listener: () => void): { dispose(): void };
}
