import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type * as OidcProvider from 'oidc-provider';
import type { ClientMetadata, Configuration } from 'oidc-provider';
import { errorLocation } from './authorizationRequest.ts';
import { sandboxClients, type SandboxClient } from './clients.ts';
import type { MemoryAdapter } from './memoryAdapter.ts';

/** `accessTokenTtl` in seconds. */
export function providerConfiguration(adapter: MemoryAdapter, accessTokenTtl: number): Configuration {
  return {
    adapter: adapter.forModel,
    clients: sandboxClients.map(clientMetadata),
    clientAuthMethods: ['none', 'client_secret_post', 'client_secret_basic'],
    clientBasedCORS: () => false,
    cookies: { keys: [randomBytes(32).toString('hex')] },
    expiresWithSession: () => false,
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      revocation: { enabled: true, allowedPolicy: (_, client, token) => token.clientId === client.clientId },
      rpInitiatedLogout: { enabled: false },
      userinfo: { enabled: false },
    },
    findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
    interactions: { url: (_, interaction) => `/ws/oauth/sign-in/${interaction.uid}` },
    // Nothing is ever signed, but oidc-provider must have a key.
    jwks: { keys: [generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' })] },
    pkce: { required: (_, client) => client.clientAuthMethod === 'none' },
    renderError(ctx, { error, error_description: description = '' }) {
      if (!ctx.path.startsWith('/ws/oauth/authorize')) {
        ctx.body = { error, error_description: description };
        return;
      }
      ctx.status = 302;
      ctx.set('Location', errorLocation(error, description));
      ctx.body = '';
    },
    rotateRefreshToken: true,
    routes: { authorization: '/ws/oauth/authorize', token: '/ws/oauth/token', revocation: '/ws/oauth/revoke' },
    scopes: ['monitoring', 'management', 'control', 'offline_access'],
    ttl: {
      AccessToken: accessTokenTtl,
      AuthorizationCode: 60,
      ClientCredentials: accessTokenTtl,
      Grant: 30 * DAY,
      IdToken: 60,
      Interaction: 600,
      RefreshToken: 30 * DAY,
      Session: DAY,
    },
  };
}

/** Suppresses the warning about the Node.js version, because the features used here work on all supported versions. */
export async function loadOidcProvider(): Promise<typeof OidcProvider> {
  const warn = console.warn;
  console.warn = (...values: unknown[]) => {
    if (!String(values[0]).includes('oidc-provider WARNING: Unsupported runtime')) {
      warn(...values);
    }
  };
  try {
    return await import('oidc-provider');
  } finally {
    console.warn = warn;
  }
}

const DAY = 86_400;

/** oidc-provider requires a redirect URI per client; `isRedirectAllowed` decides which ones are accepted. */
function clientMetadata(client: SandboxClient): ClientMetadata {
  const service = client.platform === 'api-services';
  return {
    client_id: client.clientId,
    client_name: client.name,
    ...(client.clientSecret === undefined ? {} : { client_secret: client.clientSecret }),
    application_type: 'native',
    token_endpoint_auth_method: client.clientSecret === undefined ? 'none' : 'client_secret_post',
    grant_types: service ? ['client_credentials'] : ['authorization_code', 'refresh_token'],
    response_types: service ? [] : ['code'],
    redirect_uris: service ? [] : ['http://127.0.0.1'],
    scope: client.scopes.join(' '),
    id_token_signed_response_alg: 'ES256',
  };
}
