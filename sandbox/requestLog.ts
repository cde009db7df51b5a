import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** The facts of a request for tests: enough to prove what was sent, never a secret, code or token. */
export interface SandboxRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** The scheme of the Authorization header in lower case (`bearer`, `basic`), without what follows it. */
  readonly authorization: string | undefined;
  /** The form posted to the token or revocation endpoint. */
  readonly form: SandboxForm | undefined;
  /** HTTP status of the response; undefined before it was sent, and after a connection that was lost without one. */
  readonly status: number | undefined;
  /** The `Location` of a redirect, as it was sent. */
  readonly location: string | undefined;
  /** `dropped`: either side closed the connection before the whole response was sent. */
  readonly outcome: 'pending' | 'completed' | 'dropped';
}

export interface SandboxForm {
  /** Names of all parameters, sorted. */
  readonly names: readonly string[];
  readonly grantType: string | undefined;
  readonly clientId: string | undefined;
  readonly scope: string | undefined;
  readonly redirectUri: string | undefined;
}

export type RequestPredicate = (request: SandboxRequest) => boolean;

export class RequestLog {
  readonly requests: SandboxRequest[] = [];
  readonly #events = new EventEmitter().setMaxListeners(0);
  #tokenCalls: Record<string, number> = {};

  get tokenCalls(): Readonly<Record<string, number>> {
    return { ...this.#tokenCalls };
  }

  /** Call this after the form, if there is one, was read. */
  add(request: IncomingMessage, response: ServerResponse, url: URL, form?: URLSearchParams): void {
    const entry: Writable<SandboxRequest> = {
      method: request.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      authorization: request.headers.authorization?.split(' ')[0]?.toLowerCase(),
      form: form && describeForm(form),
      status: undefined,
      location: undefined,
      outcome: 'pending',
    };
    this.requests.push(entry);
    const grantType = entry.form?.grantType ?? 'none';
    if (form && url.pathname === '/ws/oauth/token' && grantType !== CLIENT_PROBE) {
      this.#tokenCalls[grantType] = (this.#tokenCalls[grantType] ?? 0) + 1;
    }
    response.once('close', () => {
      entry.outcome = response.writableFinished ? 'completed' : 'dropped';
      if (response.headersSent) {
        entry.status = response.statusCode;
        entry.location = response.getHeader('location')?.toString();
      }
      this.#events.emit('ended', entry);
    });
    this.#events.emit('arrived', entry);
  }

  /** The next matching request, as soon as it has arrived and before the response. */
  nextRequest(predicate: RequestPredicate): Promise<SandboxRequest> {
    return this.#next('arrived', predicate);
  }

  /** The next matching request whose response was sent or whose connection was lost. */
  nextResponse(predicate: RequestPredicate): Promise<SandboxRequest> {
    return this.#next('ended', predicate);
  }

  clear(): void {
    this.requests.length = 0;
    this.#tokenCalls = {};
  }

  #next(event: 'arrived' | 'ended', predicate: RequestPredicate): Promise<SandboxRequest> {
    return new Promise((resolve) => {
      const listener = (request: SandboxRequest): void => {
        if (predicate(request)) {
          this.#events.off(event, listener);
          resolve(request);
        }
      };
      this.#events.on(event, listener);
    });
  }
}

/**
 * The grant type of a token request, or `client_probe` for one with a code that cannot exist: a client sends it to learn
 * whether its ID is known, and it is not counted as a token call.
 */
export function grantTypeOf(form: URLSearchParams): string | undefined {
  const grantType = form.get('grant_type') ?? undefined;
  return grantType === 'authorization_code' && form.get('code') === 'none' ? CLIENT_PROBE : grantType;
}

const CLIENT_PROBE = 'client_probe';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

function describeForm(form: URLSearchParams): SandboxForm {
  return {
    names: [...form.keys()].sort(),
    grantType: grantTypeOf(form),
    clientId: form.get('client_id') ?? undefined,
    scope: form.get('scope') ?? undefined,
    redirectUri: form.get('redirect_uri') ?? undefined,
  };
}
