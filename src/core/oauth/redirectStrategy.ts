import { NinjaOneError, plainText } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import type { Connection } from '../connections/connection.ts';
import { nativeRedirect, redirectKindOf, type LoopbackHost, type RedirectKind } from '../connections/redirectUri.ts';

/** How the browser returns the authorization response, and which `redirect_uri` to use. */
export type RedirectPlan = LoopbackPlan | RelayPlan | EditorPlan | PastePlan;

export interface LoopbackPlan {
  readonly kind: 'loopback';
  readonly host: LoopbackHost;
  /** 0 for any free port. */
  readonly port: number;
  /** The only path that the loopback server accepts. */
  readonly path: string;
  /** `port` is the port that the browser uses; with port forwarding, the server may listen on another one. */
  readonly redirectUri: (port: number) => string;
  /** The browser runs on another machine: forward the port, and offer to paste the URL if that fails. */
  readonly forward: boolean;
}

export interface RelayPlan {
  readonly kind: 'relay';
  readonly redirectUri: string;
}

/** The redirect URI is the result of `env.asExternalUri` for the extension's callback address. */
export interface EditorPlan {
  readonly kind: 'editor';
}

export interface PastePlan {
  readonly kind: 'paste';
  readonly redirectUri: string;
}

/** Throws a NinjaOneError if the connection cannot sign in with a browser. */
export function redirectPlan(connection: Connection, environment: { readonly remote: boolean }): RedirectPlan {
  if (connection.platform === 'native') {
    return {
      kind: 'loopback',
      host: '127.0.0.1',
      port: 0,
      path: '/',
      redirectUri: nativeRedirect,
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
        'Cannot sign in with the browser because the connection "{0}" has no redirect URI. Edit the connection.',
        plainText(connection.name, 64),
      ),
      action: 'editConnection',
    });
  }
  return PLANS[kind](redirectUri, environment.remote);
}

/**
 * The redirect URI for a forwarded port, from the result of `env.asExternalUri`. It must be a bare origin on this
 * machine: a `/proxy/…` path or a tunnel's host is not registered in NinjaOne.
 */
export function forwardedRedirect(externalUri: string): string | undefined {
  const port = /^http:\/\/(?:127\.0\.0\.1|localhost):([1-9]\d{0,4})\/?$/.exec(externalUri)?.[1];
  return port === undefined || Number(port) > 65_535 ? undefined : nativeRedirect(port);
}

const PLANS: { readonly [K in RedirectKind]: (redirectUri: string, remote: boolean) => RedirectPlan } = {
  loopback: (redirectUri, remote) => {
    const { hostname, port, pathname } = new URL(redirectUri);
    return {
      kind: 'loopback',
      host: hostname === 'localhost' || hostname === '[::1]' ? hostname : '127.0.0.1',
      port: Number(port),
      path: pathname,
      redirectUri: () => redirectUri,
      forward: remote,
    };
  },
  relay: (redirectUri) => ({ kind: 'relay', redirectUri }),
  editor: () => ({ kind: 'editor' }),
  paste: (redirectUri) => ({ kind: 'paste', redirectUri }),
};
