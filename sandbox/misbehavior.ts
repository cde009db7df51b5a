import { API_SHAPES, type ApiShape } from './apiShapes.ts';

/**
 * Switches that make the sandbox fail like gateways, captive portals, proxies and NinjaOne itself. A fault stays on
 * until `reset()`, or for the number of requests in `times`. All faults of an endpoint that match a request apply
 * together.
 */
export class Misbehaviors {
  #active: ActiveFault[] = [];
  #held: (() => void)[] = [];
  readonly #now: () => number;

  /** `now` in milliseconds. */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  add(misbehavior: Misbehavior): void {
    for (const endpoint of ENDPOINTS) {
      for (const fault of [misbehavior[endpoint] ?? []].flat()) {
        this.#active.push({ endpoint, fault, left: fault.times ?? Infinity, window: undefined });
      }
    }
  }

  /** The faults that apply to one request; counts them as used. */
  take<F extends Fault>(endpoint: Endpoint, { applies, grantType, path }: TakeOptions<F>): F[] {
    const matching = this.#active.filter(
      ({ endpoint: at, fault }) =>
        at === endpoint &&
        applies(fault) &&
        (fault.grantType ?? grantType) === grantType &&
        (fault.path ?? path) === path,
    );
    const taken = matching.filter((active) => isBeyond(active, this.#now()));
    for (const active of taken) {
      active.left -= 1;
    }
    this.#active = this.#active.filter(({ left }) => left > 0);
    return taken.map((active) => withWait(active, this.#now())).filter(applies);
  }

  /** Settles when `release` or `reset` is called. */
  held(): Promise<void> {
    return new Promise((resolve) => {
      this.#held.push(resolve);
    });
  }

  /** Releases every response that `hold` delays; faults stay on. */
  release(): void {
    for (const resolve of this.#held.splice(0)) {
      resolve();
    }
  }

  reset(): void {
    this.#active = [];
    this.release();
  }
}

export interface TakeOptions<F extends Fault> {
  readonly applies: (fault: Fault) => fault is F;
  readonly grantType?: string | undefined;
  readonly path?: string;
}

/** `spec`: both addresses of the API's description. */
export type Endpoint = 'authorize' | 'token' | 'revoke' | 'api' | 'spec';

export interface Misbehavior {
  readonly authorize?: OneOrMore<(InsteadFault | CallbackFault) & FaultLimits>;
  readonly token?: OneOrMore<(InsteadFault | ResponseFault) & FaultLimits>;
  readonly revoke?: OneOrMore<(InsteadFault | ResponseFault) & FaultLimits>;
  readonly api?: OneOrMore<(InsteadFault | ResponseFault) & FaultLimits>;
  readonly spec?: OneOrMore<(InsteadFault | ResponseFault) & FaultLimits>;
}

export type Fault = (InsteadFault | ResponseFault | CallbackFault) & FaultLimits;

export interface FaultLimits {
  /** The number of requests; without it until `reset()`. */
  readonly times?: number;
  /** Only for token requests of this grant type. */
  readonly grantType?: string;
  /** Only for API requests of this path, such as `/v2/devices`, whether or not `/api` stands before it. */
  readonly path?: string;
  /**
   * A rate limit: only requests beyond this number per time window fail. The first window starts with the first
   * request. `tooManyRequests` and `throttled` then send the remaining time of the window, unless `retryAfter` is set.
   */
  readonly allowing?: { readonly requests: number; readonly seconds: number };
}

/** A response before the application sees the request: no code is consumed and no token is rotated. */
export type InsteadFault =
  /** Any response. An object body is sent as JSON; `contentType: null` sends none. */
  | {
      readonly kind: 'response';
      readonly status: number;
      readonly body?: unknown;
      readonly contentType?: string | null;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** A captive portal: an HTML page with 200. */
  | { readonly kind: 'html' }
  /** NinjaOne's throttling: an HTML page, with 503 or even 200. */
  | { readonly kind: 'throttled'; readonly status?: 200 | 429 | 503; readonly retryAfter?: number | string }
  /** 429, with `Retry-After` in seconds or as an HTTP date. */
  | { readonly kind: 'tooManyRequests'; readonly retryAfter?: number | string }
  /** 503 without a body. */
  | { readonly kind: 'unavailable' }
  /** One of the forms in which the API is known to fail, or a broken response. */
  | { readonly kind: 'shape'; readonly shape: ApiShape }
  | { readonly kind: 'redirect'; readonly status: 302 | 307; readonly location: string }
  /** The connection is closed. */
  | { readonly kind: 'drop' }
  /** The connection stays open without a response, until the client gives up. */
  | { readonly kind: 'silence' };

/** The request is processed (the code consumed, the token rotated), and then its response goes wrong. */
export type ResponseFault =
  | { readonly kind: 'delay'; readonly milliseconds: number }
  /** Delayed until `release()` or `reset()`. */
  | { readonly kind: 'hold' }
  /** The connection is closed: the server has rotated the token, and the client does not know it. */
  | { readonly kind: 'dropAfterRotation' }
  /** One byte at a time. */
  | { readonly kind: 'drip'; readonly milliseconds: number }
  /** `null` sends no content type. */
  | { readonly kind: 'contentType'; readonly value: string | null }
  /**
   * Overridden, added and omitted members of the JSON response: no `scope`, no `refresh_token`, an unusual
   * `expires_in`.
   */
  | {
      readonly kind: 'fields';
      readonly set?: Readonly<Record<string, unknown>>;
      readonly omit?: readonly string[];
    }
  /** Valid JSON of this many bytes; 1 MB by default. */
  | { readonly kind: 'oversized'; readonly bytes?: number }
  /** Token endpoint: the tokens have only these scopes, whatever was requested. */
  | { readonly kind: 'fewerScopes'; readonly scopes: readonly string[] };

/** Authorization endpoint: faults of the callback to the client. */
export type CallbackFault =
  /** An error instead of the code, after sign-in and consent. */
  | { readonly kind: 'refuse'; readonly error: string; readonly description?: string }
  | {
      readonly kind: 'callback';
      readonly set?: Readonly<Record<string, string>>;
      readonly omit?: readonly string[];
    };

export function isInsteadFault(fault: Fault): fault is InsteadFault & FaultLimits {
  return STAGES[fault.kind] === 'instead';
}

/** Faults of a token exchange: all but those of the callback. */
export function isExchangeFault(fault: Fault): fault is (InsteadFault | ResponseFault) & FaultLimits {
  return !isCallbackFault(fault);
}

export function isResponseFault(fault: Fault): fault is ResponseFault & FaultLimits {
  return STAGES[fault.kind] === 'response';
}

export function isCallbackFault(fault: Fault): fault is CallbackFault & FaultLimits {
  return STAGES[fault.kind] === 'callback';
}

/** For switches that arrive over HTTP. Throws a `TypeError` that names the first unknown value. */
export function parseMisbehavior(value: unknown): Misbehavior {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError('a misbehavior is an object: {"token": {"kind": "html", "times": 1}}');
  }
  for (const [endpoint, faults] of Object.entries(value)) {
    if (!ENDPOINTS.some((known) => known === endpoint)) {
      throw new TypeError(`unknown endpoint ${endpoint}`);
    }
    for (const fault of [faults].flat() as unknown[]) {
      const kind = typeof fault === 'object' && fault !== null && 'kind' in fault ? String(fault.kind) : 'none';
      if (!Object.hasOwn(STAGES, kind)) {
        throw new TypeError(`unknown kind of misbehavior ${kind}`);
      }
      if (kind === 'shape' && !Object.hasOwn(API_SHAPES, (fault as { readonly shape: string }).shape)) {
        throw new TypeError(`unknown shape ${String((fault as { readonly shape: unknown }).shape)}`);
      }
    }
  }
  return value;
}

type OneOrMore<T> = T | readonly T[];

interface ActiveFault {
  readonly endpoint: Endpoint;
  readonly fault: Fault;
  left: number;
  /** Of `allowing`; times in milliseconds. */
  window: { readonly end: number; requests: number } | undefined;
}

/** Counts the request. */
function isBeyond(active: ActiveFault, now: number): boolean {
  const { allowing } = active.fault;
  if (!allowing) {
    return true;
  }
  if (!active.window || now >= active.window.end) {
    active.window = { end: now + allowing.seconds * 1000, requests: 0 };
  }
  active.window.requests += 1;
  return active.window.requests > allowing.requests;
}

/** Rounds up, because HTTP has whole seconds (RFC 9110 §10.2.3) and the window must be over after the wait. */
function withWait({ fault, window }: ActiveFault, now: number): Fault {
  return window && (fault.kind === 'tooManyRequests' || fault.kind === 'throttled')
    ? { retryAfter: Math.ceil((window.end - now) / 1000), ...fault }
    : fault;
}

const ENDPOINTS: readonly Endpoint[] = ['authorize', 'token', 'revoke', 'api', 'spec'];

const STAGES: { readonly [K in Fault['kind']]: 'instead' | 'response' | 'callback' } = {
  response: 'instead',
  html: 'instead',
  throttled: 'instead',
  tooManyRequests: 'instead',
  unavailable: 'instead',
  shape: 'instead',
  redirect: 'instead',
  drop: 'instead',
  silence: 'instead',
  delay: 'response',
  hold: 'response',
  dropAfterRotation: 'response',
  drip: 'response',
  contentType: 'response',
  fields: 'response',
  oversized: 'response',
  fewerScopes: 'response',
  refuse: 'callback',
  callback: 'callback',
};
