import { l10n } from './l10n.ts';
import { formatMessage, type LocalizableMessage } from './messages.ts';

/**
 * The one error type of the extension. An error says what happened and what to do (as a text that can be
 * translated), what kind of trouble it is (`intent`, which decides what happens to the session) and which single
 * button helps (`action`).
 */
export class NinjaOneError extends Error implements LocalizableMessage {
  override readonly name = 'NinjaOneError';
  /** Stable, for tests, logs and support: `oauth.invalidGrant`, `network.offline`, … */
  readonly code: string;
  readonly intent: Intent;
  readonly action: Action | undefined;
  /** The message is this with `args` filled in. */
  readonly template: string;
  readonly args: LocalizableMessage['args'];
  readonly comment: string | undefined;
  /** References of the exchange, for the log and for NinjaOne's support. Plain text, never rendered. */
  readonly support: Support;
  /** Milliseconds that the server asked to wait before the next attempt. */
  readonly retryAfter: number | undefined;

  constructor(options: ErrorOptions) {
    super(formatMessage(options.message), options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code;
    this.intent = options.intent;
    this.action = options.action;
    this.template = options.message.template;
    this.args = options.message.args;
    this.comment = options.message.comment;
    this.support = options.support ?? {};
    this.retryAfter = options.retryAfter;
  }
}

/**
 * What an error means for the session it happened to. Only `signInAgain` ever ends a session (A8).
 * - `canceled`: the user said no; nothing is shown
 * - `transient`: network, proxy, time-out, 429, 5xx; the session stays
 * - `misconfigured`: wrong region, secret, redirect URI, scope; the session stays, trying again is useless
 * - `permission`: the token is good but may not do this
 * - `invalidInput`: what the user, a setting or a caller gave us is wrong
 * - `storage`: the editor's secret storage failed; nothing is overwritten
 */
export type Intent =
  'canceled' | 'signInAgain' | 'transient' | 'misconfigured' | 'permission' | 'invalidInput' | 'storage';

/** The button that an error offers. The host maps each to a label and a command. */
export type Action =
  | 'signIn'
  | 'retry'
  | 'addConnection'
  | 'editConnection'
  | 'setClientSecret'
  | 'openClientApps'
  | 'openTokenPage'
  | 'openProxySettings'
  | 'pasteRedirectUrl'
  | 'openSettings'
  | 'showToken'
  | 'unlockWrites'
  | 'showProblems'
  | 'manageTrust'
  | 'refreshOperations'
  | 'showLog';

export interface Support {
  readonly status?: number | undefined;
  /** NinjaOne's own reference of a failure, from the body. */
  readonly incidentId?: string | undefined;
  /** Response header `x-nj-request-id`. */
  readonly requestId?: string | undefined;
}

interface ErrorOptions {
  readonly code: string;
  readonly intent: Intent;
  readonly message: LocalizableMessage;
  readonly action?: Action | undefined;
  readonly support?: Support;
  readonly retryAfter?: number | undefined;
  readonly cause?: unknown;
}

/** By shape, not by class: lazily loaded bundles carry their own copy of the class. */
export function isNinjaOneError(error: unknown): error is NinjaOneError {
  return error instanceof Error && error.name === 'NinjaOneError' && 'intent' in error && 'code' in error;
}

export function canceled(): NinjaOneError {
  return new NinjaOneError({ code: 'canceled', intent: 'canceled', message: l10n.t('Canceled') });
}

export function isCanceled(error: unknown): boolean {
  return isNinjaOneError(error) && error.intent === 'canceled';
}

/** For a log. Never of a foreign error whose message may quote a token. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown error';
}

/**
 * Foreign text made safe to put into a notification, tooltip or dialog: one line, no control or direction characters,
 * no Markdown link (`[x](command:y)` is rendered by VS Code's notifications), no `$(icon)`, at most `limit` characters.
 */
export function plainText(text: string, limit = 300): string {
  // Brackets first: `$[` must not become an icon.
  const oneLine = text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').replace(/\s+/g, ' ');
  const line = escapeIcons(oneLine.replaceAll('[', '(').replaceAll(']', ')')).trim();
  const characters = Array.from(line);
  return characters.length > limit ? `${characters.slice(0, limit - 1).join('')}…` : line;
}

/** Keeps `$(bug)` in foreign text from being drawn as an icon. */
export function escapeIcons(text: string): string {
  return text.replaceAll('$(', '$ (');
}
