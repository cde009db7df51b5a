/** The authorization response in the query of a redirect (RFC 6749 §4.1.2). */
export interface CallbackParameters {
  /** Identifies the pending sign-in: the state, or the nonce within it if the redirect came through the relay. */
  readonly key: string;
  readonly outcome: { readonly code: string } | { readonly error: string; readonly description: string | undefined };
  /** RFC 9207; empty if the server does not send it. */
  readonly issuers: readonly string[];
}

/** `undefined` unless the query has exactly one state and one code or error. Never throws. */
export function readCallback(query: string): CallbackParameters | undefined {
  if (query.length > MAX_QUERY_LENGTH) {
    return undefined;
  }
  const parameters = new URLSearchParams(query);
  const key = stateOrNonce(parameters);
  const [code, ...codes] = parameters.getAll('code');
  const [error, ...errors] = parameters.getAll('error');
  if (key === undefined || codes.length > 0 || errors.length > 0) {
    return undefined;
  }
  const issuers = parameters.getAll('iss');
  if (code && error === undefined) {
    // VS Code decodes URIs, so `%2B` arrives as a plus sign and is parsed as a space. Codes contain no spaces.
    return { key, issuers, outcome: { code: code.replaceAll(' ', '+') } };
  }
  if (error && code === undefined) {
    return { key, issuers, outcome: { error, description: parameters.get('error_description') ?? undefined } };
  }
  return undefined;
}

/**
 * The relay (https://vscode.dev/redirect) redirects to the address in `state` and adds `code` and `state` to it. So the
 * response has the nonce as a parameter and within the state; if it was pasted from the relay, only within the state.
 */
function stateOrNonce(parameters: URLSearchParams): string | undefined {
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

/** The nonce of the address in a state, which may have been percent-encoded several times on the way. */
function nonceWithin(state: string): string | undefined {
  let text = state;
  for (let depth = 0; depth < MAX_ENCODINGS; depth++) {
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

const MAX_QUERY_LENGTH = 65_536;
const MAX_ENCODINGS = 6;
