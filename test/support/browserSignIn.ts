import type { Connection, Scope } from '../../src/core/connections/connection.ts';
import type { Callback } from '../../src/core/oauth/pendingCallbacks.ts';
import { startLoopbackServer, type LoopbackServer } from '../../src/core/oauth/loopbackServer.ts';
import { authorizationRequest, exchangeCode, randomState, type TokenSet } from '../../src/core/oauth/oauthClient.ts';
import { redirectPlan } from '../../src/core/oauth/redirectStrategy.ts';
import type { UsableSession } from '../../src/core/sessions/usableSessions.ts';
import { browse, type BrowseOptions, type Landing } from './httpBrowser.ts';
import type { OAuthWindow } from './oauthFixture.ts';

/** The address at which a browser reaches the URI handler of an editor window. */
export const EDITOR = 'vscode://ninjaone-community.ninjaone-authentication/callback';

/** Starts a sign-in that waits for the browser, with the steps of the real sign-in but without an editor. */
export async function startSignIn(
  window: OAuthWindow,
  connection: Connection,
  scopes: readonly Scope[] = ['monitoring'],
): Promise<WaitingSignIn> {
  const plan = redirectPlan(connection, { remote: false });
  const nonce = randomState();
  let listener: LoopbackServer | undefined;
  let redirectUri: string;
  let state = nonce;
  switch (plan.kind) {
    case 'loopback':
      listener = await startLoopbackServer({
        host: plan.host,
        port: plan.port,
        path: plan.path,
        settle: (query) => window.callbacks.settle(query),
        grace: 5000,
        allowedOrigin: connection.instance.origin,
        text: {
          language: 'en',
          signedInTitle: 'Back',
          signedInBody: '.',
          waitingTitle: 'Nothing',
          waitingBody: '.',
          endedTitle: 'Over',
          endedBody: 'Start again.',
        },
      });
      redirectUri = plan.redirectUri(listener.port);
      break;
    case 'relay':
      state = `${EDITOR}?nonce=${nonce}&windowId=1`;
      ({ redirectUri } = plan);
      break;
    case 'editor':
      redirectUri = `${EDITOR}?windowId=1`;
      break;
    case 'paste':
      ({ redirectUri } = plan);
  }
  const expected = window.callbacks.expect(nonce, connection, { redirectUri });
  const { url, verifier } = await authorizationRequest({ connection, redirectUri, state, scopes });
  const context = await window.context(connection);
  return {
    url,
    verifier,
    nonce,
    redirectUri,
    result: expected.result,
    browse: (options) =>
      browse(url, {
        deliver: listener !== undefined,
        onRedirect: relay,
        stopAt: leavesInstance(connection),
        ...options,
      }),
    exchange: async () => exchangeCode(context, { ...(await expected.result), verifier, redirectUri }),
    end: async () => {
      expected.dispose();
      await listener?.close();
    },
  };
}

export interface WaitingSignIn {
  readonly url: string;
  readonly verifier: string;
  /** Identifies the callback: the state, or for the vscode.dev redirect the nonce in the state. */
  readonly nonce: string;
  readonly redirectUri: string;
  readonly result: Promise<Callback>;
  /** Signs in and consents in the fake browser; a callback to a loopback server is delivered. */
  readonly browse: (options?: BrowseOptions) => Promise<Landing>;
  readonly exchange: () => Promise<TokenSet>;
  readonly end: () => Promise<void>;
}

/** Signs in on any platform, up to the stored session. */
export async function signIn(
  window: OAuthWindow,
  connection: Connection,
  scopes: readonly Scope[] = ['monitoring'],
): Promise<UsableSession> {
  return window.tokens.signIn(connection, scopes, () =>
    connection.platform === 'api-services'
      ? window.requests.mint(connection, scopes)
      : throughBrowser(window, connection, scopes),
  );
}

async function throughBrowser(
  window: OAuthWindow,
  connection: Connection,
  scopes: readonly Scope[],
): Promise<TokenSet> {
  const waiting = await startSignIn(window, connection, scopes);
  try {
    const landing = await waiting.browse();
    if (landing.status === undefined) {
      window.callbacks.settle(landing.url.search);
    }
    return await waiting.exchange();
  } finally {
    await waiting.end();
  }
}

/** Behaves like https://vscode.dev/redirect: goes on to the address in `state` with the parameters of the callback. */
function relay(target: URL): string | undefined {
  if (target.origin !== 'https://vscode.dev') {
    return undefined;
  }
  const next = new URL(target.searchParams.get('state') ?? '');
  for (const [name, value] of target.searchParams) {
    next.searchParams.set(name, value);
  }
  return next.href;
}

function leavesInstance({ instance }: Connection): (target: URL) => boolean {
  return ({ origin }) => origin !== instance.origin;
}
