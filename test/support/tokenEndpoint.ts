import type { HttpRequest, HttpResponse, Transport } from '../../src/core/http/transport.ts';
import type { FakeTokenServer } from './fakeTokenServer.ts';

export interface FormRequest {
  readonly url: string;
  readonly form: URLSearchParams;
}

/** The token endpoint as an authorization code reaches it: over HTTP. Its tokens are those of the fake token server. */
export class TokenEndpoint {
  readonly requests: FormRequest[] = [];
  /** Requests that only ask whether the client ID is known: their authorization code cannot exist. */
  readonly probes: HttpRequest[] = [];
  /** What a probe leads to. By default the client is known. */
  probeOutcome: () => Promise<{ readonly status: number; readonly content: object }> = () =>
    Promise.resolve({ status: 400, content: { error: 'invalid_grant' } });
  /** What it answers instead of tokens. */
  refusal: { readonly status: number; readonly error: string } | undefined;
  /** Fields of the answer that differ from a good one; `undefined` leaves a field out. */
  changes: Readonly<Record<string, unknown>> = {};
  /** Whether it takes requests and never answers. */
  isSilent = false;
  readonly #server: FakeTokenServer;

  constructor(server: FakeTokenServer) {
    this.#server = server;
  }

  readonly transport: Transport = async (request): Promise<HttpResponse> => {
    const { url, body = '' } = request;
    const form = new URLSearchParams(body);
    if (form.get('code') === 'none') {
      this.probes.push(request);
      return respond(await this.probeOutcome());
    }
    this.requests.push({ url, form });
    if (this.isSilent) {
      return new Promise(() => {});
    }
    return respond(
      this.refusal
        ? { status: this.refusal.status, content: { error: this.refusal.error } }
        : { status: 200, content: this.#tokens() },
    );
  };

  #tokens(): object {
    const { accessToken, refreshToken } = this.#server.tokens();
    return {
      access_token: accessToken,
      refresh_token: refreshToken,
      token_type: 'Bearer',
      expires_in: 3600,
      ...this.changes,
    };
  }
}

function respond({ status, content }: { readonly status: number; readonly content: object }): HttpResponse {
  return {
    status,
    headers: new Headers({ 'content-type': 'application/json' }),
    body: Buffer.from(JSON.stringify(content)),
  };
}
