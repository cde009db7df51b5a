/**
 * The switches that make the sandbox behave as gateways, portals, proxies and NinjaOne itself do on a bad day. A fault
 * stays on until `reset()` or, with `times`, for so many requests. Of the faults of an endpoint all that match a
 * request apply together.
 */
export class Misbehaviours {
  #active: ActiveFault[] = [];
  #held: (() => void)[] = [];

  add(misbehaviour: Misbehaviour): void {
    for (const endpoint of ENDPOINTS) {
      for (const fault of [misbehaviour[endpoint] ?? []].flat()) {
        this.#active.push({ endpoint, fault, left: fault.times ?? Infinity });
      }
    }
  }

  /** The faults for one request that `applies` wants, counted as used. */
  take<F extends Fault>(
    endpoint: Endpoint,
    { applies, grantType }: { applies: (fault: Fault) => fault is F; grantType?: string | undefined },
  ): F[] {
    const taken = this.#active.filter(
      ({ endpoint: at, fault }) => at === endpoint && applies(fault) && (fault.grantType ?? grantType) === grantType,
    );
    for (const active of taken) {
      active.left -= 1;
    }
    this.#active = this.#active.filter(({ left }) => left > 0);
    return taken.map(({ fault }) => fault).filter(applies);
  }

  /** Settles when `release` or `reset` is called. */
  held(): Promise<void> {
    return new Promise((resolve) => {
      this.#held.push(resolve);
    });
  }

  /** Lets every answer go that `hold` keeps back; faults stay on. */
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

export type Endpoint = 'authorize' | 'token' | 'revoke' | 'api';

export interface Misbehaviour {
  readonly authorize?: OneOrMore<(InsteadFault | CallbackFault) & FaultLimits>;
  readonly token?: OneOrMore<(InsteadFault | AnswerFault) & FaultLimits>;
  readonly revoke?: OneOrMore<(InsteadFault | AnswerFault) & FaultLimits>;
  readonly api?: OneOrMore<(InsteadFault | AnswerFault) & FaultLimits>;
}

export type Fault = (InsteadFault | AnswerFault | CallbackFault) & FaultLimits;

export interface FaultLimits {
  /** For so many requests; without it until `reset()`. */
  readonly times?: number;
  /** Only for token requests of this grant type. */
  readonly grantType?: string;
}

/** Answered before the application sees the request: no code is consumed and no token is rotated. */
export type InsteadFault =
  /** Any answer. An object body is sent as JSON; `contentType: null` sends none. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly body?: unknown;
      readonly contentType?: string | null;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** A captive portal: an HTML page with 200. */
  | { readonly kind: 'html' }
  /** NinjaOne's throttling: an HTML page, with 503 or even 200. */
  | { readonly kind: 'throttled'; readonly status?: 200 | 503 }
  /** 429, with `Retry-After` in seconds or as an HTTP date. */
  | { readonly kind: 'tooManyRequests'; readonly retryAfter?: number | string }
  /** 503 without a body. */
  | { readonly kind: 'unavailable' }
  | { readonly kind: 'redirect'; readonly status: 302 | 307; readonly location: string }
  /** The connection is cut. */
  | { readonly kind: 'drop' };

/** The request is processed (the code consumed, the token rotated), and then its answer goes wrong. */
export type AnswerFault =
  | { readonly kind: 'delay'; readonly milliseconds: number }
  /** Kept back until `release()` or `reset()`. */
  | { readonly kind: 'hold' }
  /** The connection is cut: the server has rotated and the client does not know it. */
  | { readonly kind: 'dropAfterRotation' }
  /** One byte at a time. */
  | { readonly kind: 'drip'; readonly milliseconds: number }
  /** `null` sends no content type. */
  | { readonly kind: 'contentType'; readonly value: string | null }
  /** Overridden, added and left out members of the JSON answer: no `scope`, no `refresh_token`, odd `expires_in`. */
  | {
      readonly kind: 'fields';
      readonly set?: Readonly<Record<string, unknown>>;
      readonly omit?: readonly string[];
    }
  /** Valid JSON of so many bytes; 1 MB when nothing is said. */
  | { readonly kind: 'oversized'; readonly bytes?: number }
  /** Token endpoint: the tokens really have only these scopes, whatever was asked for. */
  | { readonly kind: 'fewerScopes'; readonly scopes: readonly string[] };

/** Authorization endpoint: what the browser brings back to the client. */
export type CallbackFault =
  /** An error in place of the code, after sign-in and consent. */
  | { readonly kind: 'refuse'; readonly error: string; readonly description?: string }
  | {
      readonly kind: 'callback';
      readonly set?: Readonly<Record<string, string>>;
      readonly omit?: readonly string[];
    };

export function isInsteadFault(fault: Fault): fault is InsteadFault & FaultLimits {
  return STAGES[fault.kind] === 'instead';
}

/** What may befall an exchange: everything but what the browser carries. */
export function isExchangeFault(fault: Fault): fault is (InsteadFault | AnswerFault) & FaultLimits {
  return !isCallbackFault(fault);
}

export function isAnswerFault(fault: Fault): fault is AnswerFault & FaultLimits {
  return STAGES[fault.kind] === 'answer';
}

export function isCallbackFault(fault: Fault): fault is CallbackFault & FaultLimits {
  return STAGES[fault.kind] === 'callback';
}

/** For switches that come over HTTP: throws a `TypeError` that names the first thing that is not known. */
export function parseMisbehaviour(value: unknown): Misbehaviour {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError('a misbehaviour is an object: {"token": {"kind": "html", "times": 1}}');
  }
  for (const [endpoint, faults] of Object.entries(value)) {
    if (!ENDPOINTS.some((known) => known === endpoint)) {
      throw new TypeError(`unknown endpoint ${endpoint}`);
    }
    for (const fault of [faults].flat() as unknown[]) {
      const kind = typeof fault === 'object' && fault !== null && 'kind' in fault ? String(fault.kind) : 'none';
      if (!Object.hasOwn(STAGES, kind)) {
        throw new TypeError(`unknown kind of misbehaviour ${kind}`);
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
}

const ENDPOINTS: readonly Endpoint[] = ['authorize', 'token', 'revoke', 'api'];

const STAGES: { readonly [K in Fault['kind']]: 'instead' | 'answer' | 'callback' } = {
  answer: 'instead',
  html: 'instead',
  throttled: 'instead',
  tooManyRequests: 'instead',
  unavailable: 'instead',
  redirect: 'instead',
  drop: 'instead',
  delay: 'answer',
  hold: 'answer',
  dropAfterRotation: 'answer',
  drip: 'answer',
  contentType: 'answer',
  fields: 'answer',
  oversized: 'answer',
  fewerScopes: 'answer',
  refuse: 'callback',
  callback: 'callback',
};
