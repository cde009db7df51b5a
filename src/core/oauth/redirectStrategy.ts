import { NinjaOneError, plainText } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import type { Connection } from '../connections/connection.ts';
import { redirectKindOf, type RedirectKind } from '../connections/redirectUri.ts';

/** How the browser's answer gets back to us, and what `redirect_uri` is. */
export type RedirectPlan = LoopbackPlan | RelayPlan | EditorPlan | PastePlan;

export interface LoopbackPlan {
  readonly way: 'loopback';
  /** The literal that stands in the redirect URI and is listened on. */
  readonly host: '127.0.0.1' | 'localhost' | '[::1]';
  /** 0: any free one. */
  readonly port: number;
  /** The only path that is answered. */
  readonly path: string;
  /** `port` is the one that the browser reaches, which a forwarded listener may have another of. */
  readonly redirectUri: (port: number) => string;
  /** The browser runs on another machine: ask the editor to forward the port, and offer Paste URL if it does not. */
  readonly forward: boolean;
}

export interface RelayPlan {
  readonly way: 'relay';
  readonly redirectUri: string;
}

/** The redirect URI is what `env.asExternalUri` makes of our callback address. */
export interface EditorPlan {
  readonly way: 'editor';
}

export interface PastePlan {
  readonly way: 'paste';
  readonly redirectUri: string;
}

/** The capability table. Throws a NinjaOneError if the connection has no browser sign-in. */
export function redirectPlan(connection: Connection, environment: { readonly remote: boolean }): RedirectPlan {
  if (connection.platform === 'native') {
    // NinjaOne takes any port, but neither a slash nor a path after it, and not the name localhost.
    return {
      way: 'loopback',
      host: '127.0.0.1',
      port: 0,
      path: '/',
      redirectUri: (port) => `http://127.0.0.1:${port}`,
      forward: environment.remote,
    };
  }
  const { platform, redirectUri } = connection;
  const kind = redirectUri === undefined || platform === 'api-services' ? undefined : redirectKindOf(redirectUri);
  if (redirectUri === undefined || kind === undefined) {
    throw new NinjaOneError({
      code: 'oauth.noRedirect',
      intent: 'misconfigured',
      message: l10n.t(
        'The connection "{0}" has no redirect URI, so a browser cannot come back. Edit the connection.',
        plainText(connection.name, 64),
      ),
      action: 'editConnection',
    });
  }
  return PLANS[kind](redirectUri, environment.remote);
}

/**
 * The redirect URI for a forwarded port, from what `env.asExternalUri` answered. Only a bare origin on this machine will
 * do; a `/proxy/…` path or a tunnel's host is not what NinjaOne has registered.
 */
export function forwardedRedirect(externalUri: string): string | undefined {
  const port = /^http:\/\/(?:127\.0\.0\.1|localhost):([1-9]\d{0,4})\/?$/.exec(externalUri)?.[1];
  return port === undefined || Number(port) > 65_535 ? undefined : `http://127.0.0.1:${port}`;
}

const PLANS: { readonly [K in RedirectKind]: (redirectUri: string, remote: boolean) => RedirectPlan } = {
  loopback: (redirectUri, remote) => {
    const { hostname, port, pathname } = new URL(redirectUri);
    return {
      way: 'loopback',
      host: hostname === 'localhost' || hostname === '[::1]' ? hostname : '127.0.0.1',
      port: Number(port),
      path: pathname,
      redirectUri: () => redirectUri,
      forward: remote,
    };
  },
  relay: (redirectUri) => ({ way: 'relay', redirectUri }),
  editor: () => ({ way: 'editor' }),
  paste: (redirectUri) => ({ way: 'paste', redirectUri }),
};
