import type { Sandbox } from '../../sandbox/sandbox.ts';

/** Calls the API of a sandbox with plain `fetch`. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- The caller knows what it asks for.
export type TenantCaller = <T = unknown>(
  method: string,
  path: string,
  body?: unknown,
) => Promise<{ readonly status: number; readonly body: T }>;

/** With this access token; a `FormData` body is sent as multipart, any other as JSON. */
export function callerOf(sandbox: Sandbox, accessToken: string): TenantCaller {
  return async (method, path, body) => {
    const response = await fetch(`${sandbox.baseUrl}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${accessToken}`,
        ...(body === undefined || body instanceof FormData ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: body instanceof FormData ? body : JSON.stringify(body) }),
    });
    const content = await response.text();
    return { status: response.status, body: (content === '' ? undefined : JSON.parse(content)) as never };
  };
}
