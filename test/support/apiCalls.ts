import type { Sandbox } from '../../sandbox/sandbox.ts';

/** Calls the API of the sandbox with plain `fetch`. */
export async function callApi(
  sandbox: Sandbox,
  path: string,
  { bearer, ...init }: RequestInit & { readonly bearer: string },
): Promise<ApiCallResult> {
  const response = await fetch(sandbox.baseUrl + path, {
    ...init,
    headers: { ...(init.headers as Record<string, string> | undefined), authorization: `Bearer ${bearer}` },
  });
  return {
    status: response.status,
    text: await response.text(),
    type: response.headers.get('content-type'),
    retryAfter: response.headers.get('retry-after'),
  };
}

export interface ApiCallResult {
  readonly status: number;
  readonly text: string;
  readonly type: string | null;
  readonly retryAfter: string | null;
}

export function jsonBody(body: string): RequestInit {
  return { body, headers: { 'content-type': 'application/json' } };
}
