import { sandboxClients } from '../sandbox/clients.ts';

/** An access token of the sandbox's service client with `monitoring` (RFC 6749 §4.4). */
export async function serviceToken(baseUrl: string): Promise<string> {
  const client = sandboxClients.find(({ platform }) => platform === 'api-services');
  const answer = await fetch(`${baseUrl}/ws/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: client?.clientId ?? '',
      client_secret: client?.clientSecret ?? '',
      scope: 'monitoring',
    }),
  });
  return ((await answer.json()) as { readonly access_token: string }).access_token;
}
