/** What the query of a redirect says (RFC 6749 §4.1.2). */
export interface CallbackParameters {
  /** The state, or in the relay flow the nonce within it: what the pending sign-in is found by. */
  readonly key: string;
  readonly outcome: { readonly code: string } | { readonly error: string; readonly description: string | undefined };
  /** RFC 9207; empty if the server names none. */
  readonly issuers: readonly string[];
}

/** `undefined` for whatever is not exactly one answer to exactly one state. Never throws. */
export function readCallback(query: string): CallbackParameters | undefined {
  if (query.length > LONGEST_QUERY) {
    return undefined;
  }
  const parameters = new URLSearchParams(query);
  const key = keyOf(parameters);
  const [code, ...codes] = parameters.getAll('code');
  const [error, ...errors] = parameters.getAll('error');
  if (key === undefined || codes.length > 0 || errors.length > 0) {
    return undefined;
  }
  const issuers = parameters.getAll('iss');
  if (code && error === undefined) {
    // VS Code hands URIs over decoded, so that `%2B` arrives as a plus sign and is read as a blank. Codes have none.
    return { key, issuers, outcome: { code: code.replaceAll(' ', '+') } };
  }
  if (error && code === undefined) {
    return { key, issuers, outcome: { error, description: parameters.get('error_description') ?? undefined } };
  }
  return undefined;
}

/**
 * The relay (https://vscode.dev/redirect) goes to the address that `state` is and adds `code` and `state` to it. So the
 * answer carries our nonce of its own, and again within the state; if it was pasted from the relay, only the latter.
 */
function keyOf(parameters: URLSearchParams): string | undefined {
  const [state, ...states] = parameters.getAll('state');
  const [nonce, ...nonces] = parameters.getAll('nonce');
  if (!state || states.length > 0 || nonces.length > 0) {
    return undefined;
  }
  const within = nonceWithin(state);
  if (nonce !== undefined) {
    return nonce !== '' && nonce === within ? nonce : undefined;
  }
  return within ?? state;
}

/** The nonce of the address that a state is, however often the way here has percent-encoded it. */
function nonceWithin(state: string): string | undefined {
  let text = state;
  for (let depth = 0; depth < DEEPEST_ENCODING; depth++) {
    const nonces = new Set(Array.from(text.matchAll(/[?&=]nonce=([\w-]+)/g), ([, nonce]) => nonce));
    if (nonces.size > 0) {
      return nonces.size === 1 ? [...nonces][0] : undefined;
    }
    text = decoded(text);
  }
  return undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const LONGEST_QUERY = 65_536;
const DEEPEST_ENCODING = 6;
