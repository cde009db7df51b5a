import * as vscode from 'vscode';
import { isCanceled, isNinjaOneError, type Intent, type NinjaOneError } from '../../core/base/errors.ts';
import type { Logger } from '../../core/base/log.ts';
import type { NinjaOneErrorName } from '../../../ninjaone.d.ts';
import { localizedErrorMessage, supportIds } from '../platform/errorReporter.ts';

/**
 * The names by which other extensions tell our errors apart, with the errors that get each of them (X6). `ninjaone.d.ts`
 * describes the names; a test compares the two.
 */
export const PUBLIC_ERRORS: {
  readonly [K in NinjaOneErrorName]: { readonly intents: readonly Intent[]; readonly codes: readonly string[] };
} = {
  Canceled: { intents: ['canceled'], codes: [] },
  NinjaOneTimedOut: { intents: [], codes: ['signIn.timeout', 'signIn.unanswered'] },
  NinjaOneAccessDenied: { intents: ['permission'], codes: [] },
  NinjaOneUnreachable: { intents: ['transient'], codes: [] },
  NinjaOneScopeNotGranted: {
    intents: [],
    codes: ['oauth.scopesRefused', 'oauth.scopesExceeded', 'oauth.invalidScope', 'request.otherAccount'],
  },
  NinjaOneUnknownScope: { intents: [], codes: ['request.unknownScope'] },
  NinjaOneNeedsSetup: { intents: ['misconfigured'], codes: ['settings.notAList', 'settings.notWritten'] },
  NinjaOneAccountGone: {
    intents: [],
    codes: ['request.accountGone', 'request.connectionGone', 'request.contradictory'],
  },
  NinjaOneAccountLacksScopes: { intents: [], codes: ['request.accountLacksScopes'] },
  NinjaOneFailed: { intents: ['signInAgain', 'invalidInput', 'storage'], codes: ['defect'] },
};

/**
 * The error with which VS Code rejects the request of another extension. VS Code passes on its name and message only, and
 * nobody but that extension shows it, so the details go to the log.
 */
export function toPublicError(error: unknown, logger: Logger): Error {
  if (isCanceled(error) || error instanceof vscode.CancellationError) {
    return new vscode.CancellationError();
  }
  if (!isNinjaOneError(error)) {
    logger.error(`Unexpected error: ${error instanceof Error ? `${error.name}: ${error.message}` : typeof error}`);
    const message = vscode.l10n.t('NinjaOne: An unexpected error occurred. See the log for details.');
    return named('NinjaOneFailed', message);
  }
  const ids = supportIds(error);
  logger.warn(`A request of another extension failed: ${error.code}: ${error.message}${ids === '' ? '' : ` (${ids})`}`);
  return named(publicErrorName(error), localizedErrorMessage(error));
}

/** A code decides before an intent. */
export function publicErrorName({ code, intent }: Pick<NinjaOneError, 'code' | 'intent'>): NinjaOneErrorName {
  const names = Object.keys(PUBLIC_ERRORS) as NinjaOneErrorName[];
  return (
    names.find((name) => PUBLIC_ERRORS[name].codes.includes(code)) ??
    names.find((name) => PUBLIC_ERRORS[name].intents.includes(intent)) ??
    'NinjaOneFailed'
  );
}

function named(name: NinjaOneErrorName, message: string): Error {
  const error = new Error(message);
  error.name = name;
  return error;
}
