import { l10n } from './l10n.ts';
import { formatMessage, type LocalizableMessage } from './messages.ts';

/**
 * The only error type of the extension. Its localizable message describes the failure and the remedy, `intent`
 * classifies the failure (and so decides the fate of the session), and `action` names the one button to offer.
 */
export class NinjaOneError extends Error implements LocalizableMessage {
  override readonly name = 'NinjaOneError';
  /** Stable, for tests, logs and support: `oauth.invalidGrant`, `network.offline`, … */
  readonly code: string;
  readonly intent: Intent;
  readonly action: Action | undefined;
  /** English text with placeholders for `args`. */
  readonly template: string;
  readonly args: LocalizableMessage['args'];
  readonly comment: string | undefined;
  /** References of the exchange, for the log and for NinjaOne's support. Plain text, never rendered. */
  readonly support: Support;
  /** Milliseconds to wait before the next attempt, as requested by the server. */
  readonly retryAfter: number | undefined;
  /** The argument that must not be logged, because it is a text of a server that may repeat what was sent to it. */
  readonly quote: string | undefined;

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
    this.quote = options.quote;
  }
}

/**
 * The effect of an error on its session. Only `signInAgain` ever ends a session (A8).
 * - `canceled`: the user canceled; nothing is shown
 * - `transient`: network, proxy, timeout, 429, 5xx; the session stays
 * - `misconfigured`: wrong region, secret, redirect URI, or scope; the session stays, and a retry is pointless
 * - `permission`: the token is valid but does not allow this
 * - `invalidInput`: a value from the user, a setting, or a caller is wrong
 * - `storage`: VS Code's secret storage failed; nothing is overwritten
 */
export type Intent =
  'canceled' | 'signInAgain' | 'transient' | 'misconfigured' | 'permission' | 'invalidInput' | 'storage';

/** The button of an error. The host maps each one to a label and a command. */
export type Action =
  | 'signIn'
  | 'retry'
  | 'addConnection'
  | 'editConnection'
  | 'setClientSecret'
  | 'openClientApps'
  | 'openTokenPage'
  | 'openProxySettings'
  | 'openSettings'
  | 'showToken'
  | 'unlockWrites'
  | 'showProblems'
  | 'manageTrust'
  | 'refreshOperations'
  | 'showLog';

export interface Support {
  readonly status?: number | undefined;
  /** NinjaOne's incident ID, from the response body. */
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
  readonly quote?: string | undefined;
  readonly cause?: unknown;
}

/** Checks the shape and not the class, because lazily loaded bundles contain their own copy of the class. */
export function isNinjaOneError(error: unknown): error is NinjaOneError {
  return error instanceof Error && error.name === 'NinjaOneError' && 'intent' in error && 'code' in error;
}

export function canceled(): NinjaOneError {
  return new NinjaOneError({ code: 'canceled', intent: 'canceled', message: l10n.t('Canceled') });
}

/** Rejects when the signal is aborted: with its reason if that is a NinjaOneError, else as canceled. */
export function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = (): void => {
      reject(isNinjaOneError(signal.reason) ? signal.reason : canceled());
    };
    if (signal.aborted) {
      stop();
    } else {
      signal.addEventListener('abort', stop, { once: true });
    }
  });
}

/** Runs the task unless the signal is aborted, and rejects as soon as it is, even if the task waits for the user. */
export async function unlessAborted<T>(signal: AbortSignal, task: () => Promise<T>): Promise<T> {
  return signal.aborted ? whenAborted(signal) : Promise.race([task(), whenAborted(signal)]);
}

export function isCanceled(error: unknown): boolean {
  return isNinjaOneError(error) && error.intent === 'canceled';
}

/** The message for the log, without what a server may have repeated from a request. */
export function loggedMessage({ template, args, quote, message }: NinjaOneError): string {
  return quote === undefined
    ? message
    : formatMessage({ template, args: args.map((arg) => (arg === quote ? '…' : arg)) });
}

/** For the log. Do not use it for third-party errors: their messages may contain a token. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown error';
}

/**
 * Makes untrusted text safe for every part of VS Code's user interface, which renders `[x](command:y)` in messages as a
 * link and `$(bug)` in lists and the status bar as an icon. The result looks as written, but is one line without control
 * and bidirectional characters. An invisible word joiner breaks links and icons. At most `limit` characters as written.
 */
export function plainText(text: string, limit = 300): string {
  const line = text
    .replaceAll(WORD_JOINER, '')
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const characters = Array.from(line);
  const short = characters.length > limit ? `${characters.slice(0, limit - 1).join('')}…` : line;
  return short.replace(/[$\]](?=\()/g, `$&${WORD_JOINER}`);
}

/** `plainText` for each line of a text whose line breaks are ours, such as the detail of a dialog. */
export function plainLines(text: string): string {
  return text
    .split('\n')
    .map((line) => plainText(line, 1000))
    .join('\n');
}

const WORD_JOINER = '\u2060';
