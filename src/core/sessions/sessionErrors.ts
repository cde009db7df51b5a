import { isNinjaOneError, NinjaOneError } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import { allOf } from '../base/messages.ts';
import type { Connection, Scope } from '../connections/connection.ts';
import type { StoredSession } from './session.ts';

/** Errors of a session that do not come from the server. */
export function sessionSignedOut(): NinjaOneError {
  return new NinjaOneError({
    code: 'session.signedOut',
    intent: 'signInAgain',
    message: l10n.t('You are signed out of this NinjaOne session. Sign in again.'),
    action: 'signIn',
  });
}

export function sessionNotRenewable(session: StoredSession): NinjaOneError {
  return new NinjaOneError({
    code: 'session.notRenewable',
    intent: 'signInAgain',
    message: l10n.t(
      'Your session for "{0}" has expired, and NinjaOne did not issue a refresh token. Sign in again. To stay signed in, select Refresh Token on the client app.',
      session.connectionName,
    ),
    action: 'signIn',
  });
}

/** The session goes on in another window, so it does not end here. */
export function sessionRenewedElsewhere(session: StoredSession): NinjaOneError {
  return new NinjaOneError({
    code: RENEWED_ELSEWHERE,
    intent: 'signInAgain',
    message: l10n.t(
      'Another window has renewed the session for "{0}", and this window did not receive the new token. Reload this window to use it, or sign in again.',
      session.connectionName,
    ),
    action: 'signIn',
  });
}

/** Whether the session of the error cannot be used again without a sign-in. */
export function endsSession(error: unknown): boolean {
  return isNinjaOneError(error) && error.intent === 'signInAgain' && error.code !== RENEWED_ELSEWHERE;
}

export function sessionNotSaved(): NinjaOneError {
  return new NinjaOneError({
    code: 'storage.notSaved',
    intent: 'storage',
    message: l10n.t(
      'Could not save the NinjaOne session in the secret storage of VS Code. The session ends when you close this window. To save it, unlock the keyring of your operating system and sign in again.',
    ),
    action: 'showLog',
  });
}

export function unexpectedRenewalError(cause: unknown): NinjaOneError {
  return new NinjaOneError({
    code: 'defect',
    intent: 'transient',
    message: l10n.t('Could not renew the NinjaOne token because of an unexpected error. See the log for details.'),
    action: 'showLog',
    cause,
  });
}

export function scopesRefused(connection: Connection, missing: readonly Scope[]): NinjaOneError {
  return new NinjaOneError({
    code: 'oauth.scopesRefused',
    intent: 'misconfigured',
    message: l10n.t({
      message:
        'NinjaOne did not grant the scopes {0} to "{1}", so you were not signed in. Select the missing scopes on the client app, or request fewer scopes.',
      args: [allOf(missing), connection.name],
      comment: '{0} is a list of scopes, {1} the name of a connection.',
    }),
    action: 'openClientApps',
  });
}

export function scopesExceeded(connection: Connection, excess: readonly Scope[]): NinjaOneError {
  return new NinjaOneError({
    code: 'oauth.scopesExceeded',
    intent: 'misconfigured',
    message: l10n.t({
      message:
        'NinjaOne granted more scopes than "{1}" requested ({0}), so you were not signed in. Add the scopes to the connection, or remove them from the client app.',
      args: [allOf(excess), connection.name],
      comment: '{0} is a list of scopes, {1} the name of a connection.',
    }),
    action: 'editConnection',
  });
}

export function renewalExceeded(session: StoredSession, excess: readonly Scope[]): NinjaOneError {
  return new NinjaOneError({
    code: 'session.scopesExceeded',
    intent: 'misconfigured',
    message: l10n.t({
      message:
        'NinjaOne renewed the token for "{1}" with scopes that you did not sign in with ({0}), so the token is not used. Remove the scopes from the client app, or add them to the connection, and sign in again.',
      args: [allOf(excess), session.connectionName],
      comment: '{0} is a list of scopes, {1} the name of a connection.',
    }),
    action: 'signIn',
  });
}

export function sessionOrphaned(session: StoredSession): NinjaOneError {
  return new NinjaOneError({
    code: 'session.orphaned',
    intent: 'misconfigured',
    message: l10n.t(
      'The connection "{0}" of this session was removed or changed after you signed in, so its tokens are not used. Restore the connection, or sign out.',
      session.connectionName,
    ),
    action: 'editConnection',
  });
}

export function hostNotConfirmed(connection: Connection): NinjaOneError {
  return new NinjaOneError({
    code: 'connection.hostNotConfirmed',
    intent: 'misconfigured',
    message: l10n.t(
      '{0} is not a NinjaOne host, and you have not confirmed it yet. Sign in to "{1}" to confirm it.',
      connection.instance.host,
      connection.name,
    ),
    action: 'signIn',
  });
}

export function signInReset(connection: Connection): NinjaOneError {
  return new NinjaOneError({
    code: 'session.reset',
    intent: 'misconfigured',
    message: l10n.t(
      'The extension was reset while you were signing in to "{0}", so you were not signed in. Sign in again.',
      connection.name,
    ),
    action: 'signIn',
  });
}

export function connectionGone(connection: Connection): NinjaOneError {
  return new NinjaOneError({
    code: 'connection.gone',
    intent: 'misconfigured',
    message: l10n.t(
      'The connection "{0}" was removed or changed while you were signing in, so you were not signed in. Sign in again.',
      connection.name,
    ),
    action: 'editConnection',
  });
}

const RENEWED_ELSEWHERE = 'session.renewedElsewhere';
