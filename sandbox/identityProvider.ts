import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from 'oidc-provider';
import type { SandboxResponse } from './response.ts';
import { callbackUrl, scopesOf } from './authorizationRequest.ts';
import { findSandboxClient, isRedirectAllowed, type SandboxClient } from './clients.ts';
import { memoryAdapter, type MemoryAdapter } from './memoryAdapter.ts';
import { loadOidcProvider, providerConfiguration } from './providerConfiguration.ts';
import type { TokenOwner } from './tenantApi.ts';
import { narrow, ninjaOneResponse, replayed, type Exchange, type OidcContext } from './tokenExchange.ts';

/** oidc-provider, configured to behave like NinjaOne at `/ws/oauth/*`. */
export async function createIdentityProvider(options: IdentityProviderOptions): Promise<IdentityProvider> {
  const { Provider: ProviderClass, errors } = await loadOidcProvider();
  const adapter = memoryAdapter();
  const provider = new ProviderClass(options.issuer, providerConfiguration(adapter, options.accessTokenTtl));
  provider.Client.prototype.redirectUriAllowed = function (redirectUri) {
    const client = findSandboxClient(this.clientId);
    return client !== undefined && isRedirectAllowed(client, redirectUri, options.editorOrigins);
  };
  imitateTokenShapes(provider);
  provider.on('server_error', (_, error) => {
    console.error(error);
  });

  provider.registerResponseMode(RESPONSE_MODE, (ctx, redirectUri, payload) => {
    // NinjaOne sends no `iss` (RFC 9207), and always responds with 307.
    const parameters = Object.fromEntries(Object.entries(payload).filter(([name]) => name !== 'iss'));
    ctx.status = 307;
    ctx.set('Location', callbackUrl(redirectUri, options.onCallback(parameters)));
    ctx.body = '';
  });

  // The grant of oidc-provider drops scopes that it does not know; NinjaOne refuses them.
  provider.registerGrantType(
    'client_credentials',
    async (ctx) => {
      const client = findSandboxClient(ctx.oidc.client.clientId);
      const scopes = ctx.oidc.params.scope === undefined ? (client?.scopes ?? []) : scopesOf(ctx.oidc.params.scope);
      const refused = scopes.find((scope) => client?.scopes.includes(scope) !== true);
      if (refused !== undefined) {
        throw new errors.InvalidScope(`Invalid scope ${refused} for client`, refused);
      }
      const token = new provider.ClientCredentials({ client: ctx.oidc.client, scope: scopes.join(' ') });
      ctx.oidc.entity('ClientCredentials', token);
      ctx.body = {
        access_token: await token.save(),
        expires_in: token.expiration,
        scope: token.scope,
        token_type: token.tokenType,
      };
    },
    ['scope'],
  );
  return new IdentityProvider(provider, adapter);
}

export interface IdentityProviderOptions {
  readonly issuer: string;
  readonly accessTokenTtl: number;
  /** Read at each request, so that origins can be added later. */
  readonly editorOrigins: ReadonlySet<string>;
  /** Can change the parameters of the callback to the client. */
  readonly onCallback: (parameters: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;
}

export interface PendingSignIn {
  readonly step: 'sign-in' | 'consent';
  readonly client: SandboxClient;
  readonly scopes: readonly string[];
  readonly redirectUri: string;
}

export class IdentityProvider {
  readonly #provider: Provider;
  readonly #adapter: MemoryAdapter;
  readonly #handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  readonly #captures = new WeakMap<IncomingMessage, (exchange: Exchange) => void>();

  constructor(provider: Provider, adapter: MemoryAdapter) {
    this.#provider = provider;
    this.#adapter = adapter;
    provider.use(async (ctx, next) => {
      await next();
      const capture = this.#captures.get(ctx.req);
      if (capture) {
        ctx.respond = false;
        const { oidc } = ctx as unknown as { readonly oidc: OidcContext };
        capture({ status: ctx.status, body: ctx.body as unknown, oidc });
      }
    });
    this.#handle = provider.callback();
  }

  /** Starts an accepted authorization request, or resumes it at `/ws/oauth/authorize/<id>` after the sign-in page. */
  async authorize(request: IncomingMessage, response: ServerResponse, parameters?: URLSearchParams): Promise<void> {
    if (parameters) {
      // Without `prompt=consent` oidc-provider would drop `offline_access`, and remember consent.
      request.url = `/ws/oauth/authorize?${new URLSearchParams([
        ...parameters,
        ['prompt', 'consent'],
        ['response_mode', RESPONSE_MODE],
      ]).toString()}`;
    }
    await this.#handle(request, response);
  }

  /**
   * Processes a request to the token or revocation endpoint without sending the response. The records are in memory, so
   * nothing else runs between finding a refresh token and marking it as used: of two concurrent uses the second fails.
   */
  async exchange(
    request: IncomingMessage,
    response: ServerResponse,
    { body, scopes }: { readonly body: Buffer; readonly scopes?: readonly string[] | undefined },
  ): Promise<SandboxResponse | undefined> {
    let exchange: Exchange | undefined;
    const replay = replayed(request, body);
    this.#captures.set(replay, (captured) => {
      exchange = captured;
    });
    await this.#handle(replay, response);
    return exchange && ninjaOneResponse(scopes ? await narrow(exchange, scopes) : exchange);
  }

  /** The page that the browser needs next; undefined if the request is unknown or too old. */
  async pendingSignIn(request: IncomingMessage, response: ServerResponse): Promise<PendingSignIn | undefined> {
    try {
      const { prompt, params } = await this.#provider.interactionDetails(request, response);
      const client = findSandboxClient(String(params['client_id']));
      return (
        client && {
          step: prompt.name === 'login' ? 'sign-in' : 'consent',
          client,
          scopes: scopesOf(String(params['scope'])),
          redirectUri: String(params['redirect_uri']),
        }
      );
    } catch {
      return undefined;
    }
  }

  /** Resolves with the next path for the browser. */
  async decide(
    request: IncomingMessage,
    response: ServerResponse,
    { signIn, consent }: { readonly signIn?: boolean; readonly consent?: 'allow' | 'deny' },
  ): Promise<string> {
    const { params } = await this.#provider.interactionDetails(request, response);
    const login = signIn === true ? { login: { accountId: ACCOUNT_ID } } : {};
    const allowed =
      consent === 'allow'
        ? { consent: { grantId: await this.#grant(String(params['client_id']), String(params['scope'])) } }
        : {};
    const returnTo = await this.#provider.interactionResult(
      request,
      response,
      consent === 'deny'
        ? { error: 'access_denied', error_description: 'User denied access' }
        : { ...login, ...allowed },
      { mergeWithLastSubmission: true },
    );
    // oidc-provider builds an address from the Host header, which differs from that of the browser behind a proxy.
    return new URL(returnTo).pathname;
  }

  async findAccessToken(token: string): Promise<TokenOwner | undefined> {
    const found =
      (await this.#provider.AccessToken.find(token)) ?? (await this.#provider.ClientCredentials.find(token));
    return found && { scopes: new Set(scopesOf(found.scope)), isUser: found.kind === 'AccessToken' };
  }

  expireAccessToken(token: string): boolean {
    return this.#adapter.expire('AccessToken', token) || this.#adapter.expire('ClientCredentials', token);
  }

  async isRefreshTokenAlive(token: string): Promise<boolean> {
    const found = await this.#provider.RefreshToken.find(token);
    return found?.isValid === true;
  }

  async mintRefreshToken(clientId: string, scope: string): Promise<string> {
    const client = await this.#provider.Client.find(clientId);
    if (!client) {
      throw new Error(`The sandbox has no client ${clientId}`);
    }
    const grantId = await this.#grant(clientId, scope);
    return new this.#provider.RefreshToken({
      accountId: ACCOUNT_ID,
      client,
      grantId,
      gty: 'authorization_code',
      scope,
      rotations: 0,
    }).save();
  }

  async #grant(clientId: string, scope: string): Promise<string> {
    const grant = new this.#provider.Grant({ accountId: ACCOUNT_ID, clientId });
    grant.addOIDCScope(scope);
    return grant.save();
  }
}

/** The sandbox has one user. */
const ACCOUNT_ID = 'tech@acme.example';

const RESPONSE_MODE = 'ninjaone';

/** Makes tokens look like those of NinjaOne: refresh tokens contain `+`, `/` and `=`, which a form must encode. */
function imitateTokenShapes(provider: Provider): void {
  const accessToken = (): string => `${randomBytes(24).toString('base64url')}.${randomBytes(32).toString('base64url')}`;
  const refreshToken = (): string => `${randomUUID()}.${randomBytes(32).toString('base64')}`;
  for (const [model, shape] of [
    [provider.AccessToken, accessToken],
    [provider.ClientCredentials, accessToken],
    [provider.RefreshToken, refreshToken],
  ] as const) {
    const original: unknown = Reflect.get(model.prototype, 'generateTokenId');
    Reflect.set(model.prototype, 'generateTokenId', function (this: unknown) {
      // It also stores the format of the token.
      (original as () => string).call(this);
      return shape();
    });
  }
}
