import type { HttpResponse, Transport } from '../../src/core/http/transport.ts';
import type { FakeTokenServer } from './fakeTokenServer.ts';

export interface FormRequest {
  readonly url: string;
  readonly form: URLSearchParams;
}

/** The token endpoint as an authorization code reaches it: over HTTP. Its tokens are those of the fake token server. */
export class TokenEndpoint {
  readonly requests: FormRequest[] = [];
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

  readonly transport: Transport = ({ url, body = '' }): Promise<HttpResponse> => {
    this.requests.push({ url, form: new URLSearchParams(body) });
    if (this.isSilent) {
      return new Promise(() => {});
    }
    const { status, content } = this.refusal
      ? { status: this.refusal.status, content: { error: this.refusal.error } }
      : { status: 200, content: this.#tokens() };
    return Promise.resolve({
      status,
      headers: new Headers({ 'content-type': 'application/json' }),
      body: Buffer.from(JSON.stringify(content)),
    });
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
