import { l10n } from '../base/l10n.ts';
import { anyOf, type LocalizableMessage } from '../base/messages.ts';
import { type Platform, hasRedirectUri } from './connection.ts';
import type { Instance } from './instance.ts';

/**
 * `undefined` as text means that there is no redirect URI. If an instance is given, also refuses `editor` where it
 * cannot work: it differs on every sign-in, and NinjaOne compares byte by byte.
 */
export function redirectUriProblem(
  text: unknown,
  platform: Platform,
  instance?: Instance,
): LocalizableMessage | undefined {
  if (!hasRedirectUri(platform)) {
    return text === undefined
      ? undefined
      : l10n.t('Remove the redirect URI. The platform "{0}" does not use one.', platform);
  }
  if (typeof text !== 'string' || text === '') {
    return l10n.t('Enter the redirect URI that is registered in NinjaOne. The platform "{0}" requires it.', platform);
  }
  if (text === EDITOR_REDIRECT && instance?.kind === 'ninjaone') {
    return l10n.t('NinjaOne does not accept "editor". Enter a redirect URI that is registered in NinjaOne.');
  }
  const redirect = parseRedirect(text);
  return typeof redirect === 'string' ? undefined : redirect;
}

/** How the browser returns the authorization response. */
export type RedirectKind = 'loopback' | 'relay' | 'editor' | 'paste';

/** The host in a loopback redirect URI, and the address to listen on. */
export type LoopbackHost = '127.0.0.1' | 'localhost' | '[::1]';

/** Setting value for the URI handler of VS Code, whose URI differs on every sign-in. */
export const EDITOR_REDIRECT = 'editor';

/** Also suggested in the Settings editor. Users of NinjaOne's PowerShell module have it registered already. */
export const LOOPBACK_REDIRECT = 'http://localhost:9090/';

export const RELAY_REDIRECT = 'https://vscode.dev/redirect';

/** For the platform `native`: NinjaOne accepts any port, but no slash or path after it, and not the name localhost. */
export function nativeRedirect(port?: number | string): string {
  return port === undefined ? 'http://127.0.0.1' : `http://127.0.0.1:${port}`;
}

/** `undefined` if the redirect URI is not acceptable. */
export function redirectKindOf(redirectUri: string): RedirectKind | undefined {
  const redirect = parseRedirect(redirectUri);
  return typeof redirect === 'string' ? redirect : undefined;
}

/** RFC 6749 §3.1.2: an absolute URI without a fragment. It is sent exactly as entered, so nothing is corrected. */
function parseRedirect(text: string): RedirectKind | LocalizableMessage {
  if (text === EDITOR_REDIRECT) {
    return 'editor';
  }
  if (text.length > MAX_REDIRECT_URI) {
    return l10n.t('The redirect URI is too long. Enter at most {0} characters.', MAX_REDIRECT_URI);
  }
  if (text.includes('#')) {
    return l10n.t('A redirect URI cannot have a fragment. Remove "#" and the text after it.');
  }
  if (!VISIBLE_ASCII.test(text) || text.includes('\\')) {
    return l10n.t(
      'The redirect URI can contain only unaccented letters, digits, and punctuation. Copy it from NinjaOne again.',
    );
  }
  const url = URL.parse(text);
  if (!url || !/^https?:\/\/[^/?]/i.test(text)) {
    return l10n.t('Enter a complete URL, such as {0} or {1}.', LOOPBACK_REDIRECT, RELAY_REDIRECT);
  }
  if (/^[^/]*\/\/[^/?]*@/.test(text)) {
    return l10n.t('A redirect URI cannot contain a user name or password. Remove the part before "@".');
  }
  if (RESPONSE_PARAMETERS.some((parameter) => url.searchParams.has(parameter))) {
    return l10n.t({
      message: 'The query of a redirect URI cannot contain {0}. NinjaOne adds these parameters.',
      args: [anyOf(RESPONSE_PARAMETERS)],
      comment: '{0} is a list of parameter names.',
    });
  }
  if (url.protocol === 'https:') {
    return RELAYS.includes(text) ? 'relay' : 'paste';
  }
  if (!LOOPBACK.test(text)) {
    return l10n.t(
      'The redirect URI must start with https://. Only {0} and {1} can use http://.',
      'http://localhost',
      'http://127.0.0.1',
    );
  }
  // Ports below 1024 need privileges that VS Code should not have, so the user pastes the address instead.
  return Number(url.port) >= 1024 ? 'loopback' : 'paste';
}

const RELAYS: readonly string[] = [RELAY_REDIRECT, 'https://insiders.vscode.dev/redirect'];

/** If the query already had one of these, every response would contain it twice and be ignored. */
const RESPONSE_PARAMETERS = ['code', 'state', 'error'];

/** Only these spellings, because browsers rewrite all others. */
const LOOPBACK = /^http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::[1-9]\d*)?(?:[/?]|$)/i;

const MAX_REDIRECT_URI = 2000;

const VISIBLE_ASCII = /^[\x21-\x7e]+$/;
