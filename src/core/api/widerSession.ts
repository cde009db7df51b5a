import type { ApiClient, ApiSession, SendOptions } from './apiClient.ts';
import { isWrite, type ApiRequest } from './apiRequest.ts';
import type { ApiResponse } from './apiResponse.ts';

export type SendPage = (request: ApiRequest, options: Omit<SendOptions, 'session'>) => Promise<ApiResponse>;

/**
 * Sends requests with a session that has the scope of the operation. If NinjaOne refuses a read for lack of privileges
 * and the scope is a guess, the read is sent once more with a wider session, which is then used for all further pages. A
 * write is never sent again.
 */
export function withWiderSession(
  client: Pick<ApiClient, 'send'>,
  narrow: ApiSession,
  widerSession: () => ApiSession | undefined,
): SendPage {
  let session = narrow;
  return async (request, options) => {
    const response = await client.send(request, { ...options, session });
    const wider = session === narrow && mayNeedOtherScope(response) ? widerSession() : undefined;
    if (!wider) {
      return response;
    }
    session = wider;
    return client.send(request, { ...options, session });
  };
}

function mayNeedOtherScope({ request, failure }: ApiResponse): boolean {
  const isRefused = failure?.code === 'api.missingRight' || failure?.code === 'api.missingScope';
  return isRefused && request.operation.traits.isScopeGuess === true && !isWrite(request);
}
