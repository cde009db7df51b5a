import { createHash } from 'node:crypto';
import type { Instance } from './instance.ts';

export const SCOPES = ['monitoring', 'management', 'control'] as const;
export type Scope = (typeof SCOPES)[number];

/** NinjaOne's "Application Platform" of a client app. It decides the OAuth flow. */
export const PLATFORMS = ['native', 'spa', 'web', 'api-services'] as const;
export type Platform = (typeof PLATFORMS)[number];

export interface Connection {
  /** What sessions and secrets are bound to: a hash of origin, client id and platform. Renaming keeps it. */
  readonly id: string;
  readonly name: string;
  readonly instance: Instance;
  readonly platform: Platform;
  readonly clientId: string;
  /** The most that this connection may ask for: in the order of `SCOPES`, each once, never empty. */
  readonly scopes: readonly Scope[];
  /** Whether `offline_access` is asked for; never with client credentials. */
  readonly offlineAccess: boolean;
  /** Byte for byte as written, because NinjaOne compares it so. */
  readonly redirectUri: string | undefined;
}

export function isScope(text: string): text is Scope {
  return (SCOPES as readonly string[]).includes(text);
}

export function orderScopes(scopes: Iterable<Scope>): Scope[] {
  const wanted = new Set(scopes);
  return SCOPES.filter((scope) => wanted.has(scope));
}

export function hasRedirectUri(platform: Platform): boolean {
  return platform === 'web' || platform === 'spa';
}

export function hasClientSecret(platform: Platform): boolean {
  return platform === 'web' || platform === 'api-services';
}

/** What records are bound to (C4). */
export function connectionId(origin: string, clientId: string, platform: Platform): string {
  return createHash('sha256').update(`${origin}\n${clientId}\n${platform}`).digest('hex').slice(0, 32);
}
