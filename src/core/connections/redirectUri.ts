import { l10n } from '../base/l10n.ts';
import type { LocalizableMessage } from '../base/messages.ts';
import type { Platform } from './connection.ts';
import type { Instance } from './instance.ts';

/**
 * `undefined` as text means that there is no redirect URI. With an instance it also refuses what cannot work there:
 * `editor` differs on every sign-in and NinjaOne compares byte for byte.
 */
export function redirectUriProblem(
  text: unknown,
  platform: Platform,
  instance?: Instance,
): LocalizableMessage | undefined {
  if (platform === 'native' || platform === 'api-services') {
    return text === undefined ? undefined : l10n.t('Remove the redirect URI: platform "{0}" has none.', platform);
  }
  if (typeof text !== 'string' || text === '') {
    return l10n.t('Write the redirect URI that is registered in NinjaOne: platform "{0}" needs it.', platform);
  }
  if (text === 'editor' && instance?.kind === 'ninjaone') {
    return l10n.t('NinjaOne does not accept "editor". Write a URL that is registered there.');
  }
  const redirect = judgeRedirect(text);
  return typeof redirect === 'string' ? undefined : redirect;
}

/** How the browser's answer comes back. */
export type RedirectKind = 'loopback' | 'relay' | 'editor' | 'paste';

/** `undefined` for what is no acceptable redirect URI. */
export function redirectKindOf(redirectUri: string): RedirectKind | undefined {
  const redirect = judgeRedirect(redirectUri);
  return typeof redirect === 'string' ? redirect : undefined;
}

/** RFC 6749 §3.1.2: an absolute URI without a fragment. It is sent as written, so it must be written as it is sent. */
function judgeRedirect(text: string): RedirectKind | LocalizableMessage {
  if (text === 'editor') {
    return 'editor';
  }
  if (text.length > MOST_REDIRECT_URI) {
    return l10n.t('The redirect URI is too long. Write at most {0} characters.', MOST_REDIRECT_URI);
  }
  if (text.includes('#')) {
    return l10n.t('The redirect URI must not have a fragment. Remove "#" and what follows.');
  }
  if (!VISIBLE_ASCII.test(text) || text.includes('\\')) {
    return l10n.t('The redirect URI may have only ASCII letters, digits and signs. Copy it again from NinjaOne.');
  }
  const url = URL.parse(text);
  if (!url || !/^https?:\/\/[^/?]/i.test(text)) {
    return l10n.t('Write a complete URL, such as {0} or {1}.', 'http://localhost:9090/', RELAYS[0]);
  }
  if (/^[^/]*\/\/[^/?]*@/.test(text)) {
    return l10n.t('The redirect URI must not have a user name or password. Remove what stands before "@".');
  }
  if (ANSWERS.some((parameter) => url.searchParams.has(parameter))) {
    return l10n.t('The redirect URI must not have {0} in its query: the answer comes there.', ANSWERS.join(', '));
  }
  if (url.protocol === 'https:') {
    return RELAYS.includes(text) ? 'relay' : 'paste';
  }
  if (!LOOPBACK.test(text)) {
    return l10n.t('Write https://. Only {0} and {1} may have http://.', 'http://localhost', 'http://127.0.0.1');
  }
  // Ports below 1024 need rights that an editor should not have, so the address is pasted instead.
  return Number(url.port) >= 1024 ? 'loopback' : 'paste';
}

const RELAYS: readonly [string, string] = ['https://vscode.dev/redirect', 'https://insiders.vscode.dev/redirect'];

/** With these in the query already, every answer would carry them twice and be ignored. */
const ANSWERS = ['code', 'state', 'error'];

/** The literal as it is sent and listened on; other spellings of loopback are rewritten by browsers. */
const LOOPBACK = /^http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::[1-9]\d*)?(?:[/?]|$)/i;

const MOST_REDIRECT_URI = 2000;

const VISIBLE_ASCII = /^[\x21-\x7e]+$/;
