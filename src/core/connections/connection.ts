import { createHash } from 'node:crypto';
import type { Instance } from './instance.ts';

export const SCOPES = ['monitoring', 'management', 'control'] as const;
export type Scope = (typeof SCOPES)[number];

/** The "Application Platform" of a client app in NinjaOne. It determines the OAuth flow. */
export const PLATFORMS = ['native', 'spa', 'web', 'api-services'] as const;
export type Platform = (typeof PLATFORMS)[number];

export interface Connection {
  /** Hash of origin, client ID, and platform. Sessions and secrets refer to it, so renaming does not change it. */
  readonly id: string;
  readonly name: string;
  readonly instance: Instance;
  readonly platform: Platform;
  readonly clientId: string;
  /** The scopes that may be requested: in the order of `SCOPES`, without duplicates, never empty. */
  readonly scopes: readonly Scope[];
  /** Whether `offline_access` is requested; never with client credentials. */
  readonly offlineAccess: boolean;
  /** Exactly as the user entered it, because NinjaOne compares it byte by byte. */
  readonly redirectUri: string | undefined;
}

export function isScope(text: string): text is Scope {
  return (SCOPES as readonly string[]).includes(text);
}

export function orderScopes(scopes: Iterable<Scope>): Scope[] {
  const included = new Set(scopes);
  return SCOPES.filter((scope) => included.has(scope));
}

export function hasRedirectUri(platform: Platform): boolean {
  return platform === 'web' || platform === 'spa';
}

export function hasClientSecret(platform: Platform): boolean {
  return platform === 'web' || platform === 'api-services';
}

/** The ID to which sessions and secrets are bound (C4). */
export function connectionId(origin: string, clientId: string, platform: Platform): string {
  return createHash('sha256').update(`${origin}\n${clientId}\n${platform}`).digest('hex').slice(0, 32);
}
