import { NinjaOneError } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import type { Connection, Scope } from '../connections/connection.ts';
import { endpointsOf } from '../connections/instance.ts';
import type { StoredSession } from './session.ts';

/** What can go wrong with a session before or after the server is asked. */
export function signedOut(): NinjaOneError {
  return new NinjaOneError({
    code: 'session.signedOut',
    intent: 'signInAgain',
    message: l10n.t('You are signed out of this NinjaOne session. Sign in again.'),
    action: 'signIn',
  });
}

export function cannotRenew(session: StoredSession): NinjaOneError {
  return new NinjaOneError({
    code: 'session.notRenewable',
    intent: 'signInAgain',
    message: l10n.t(
      'The sign-in of {0} has expired and NinjaOne gave no refresh token. Tick Refresh Token in the client app, or sign in again.',
      session.connectionName,
    ),
    action: 'signIn',
  });
}

export function notSaved(): NinjaOneError {
  return new NinjaOneError({
    code: 'storage.notSaved',
    intent: 'storage',
    message: l10n.t(
      'The secret storage of the editor did not take the NinjaOne session. It works until this window closes; unlock the keyring of your system and sign in again to keep it.',
    ),
    action: 'showLog',
  });
}

export function unexpected(cause: unknown): NinjaOneError {
  return new NinjaOneError({
    code: 'defect',
    intent: 'transient',
    message: l10n.t('The NinjaOne token could not be renewed because of an unexpected error. The log has the details.'),
    action: 'showLog',
    cause,
  });
}

export function scopesRefused(connection: Connection, missing: readonly Scope[]): NinjaOneError {
  return new NinjaOneError({
    code: 'oauth.scopesRefused',
    intent: 'misconfigured',
    message: l10n.t(
      'NinjaOne did not grant {0} to {1}, so nothing was kept. Tick the scope in the client app, or ask for less.',
      missing.join(', '),
      connection.name,
    ),
    action: 'openClientApps',
  });
}

export function scopesExceeded(connection: Connection, excess: readonly Scope[]): NinjaOneError {
  return new NinjaOneError({
    code: 'oauth.scopesExceeded',
    intent: 'misconfigured',
    message: l10n.t(
      'NinjaOne granted {0}, which {1} does not allow or was not asked for, so nothing was kept. Add the scope to the connection, or take it from the client app.',
      excess.join(', '),
      connection.name,
    ),
    action: 'editConnection',
  });
}

export function noConnection(session: StoredSession): NinjaOneError {
  return new NinjaOneError({
    code: 'session.orphaned',
    intent: 'misconfigured',
    message: l10n.t(
      'The connection of this session, {0}, is not in your settings as it was at sign-in, so its tokens are not used. Restore the connection, or sign out.',
      session.connectionName,
    ),
    action: 'editConnection',
  });
}

export function notConfirmed(connection: Connection): NinjaOneError {
  return new NinjaOneError({
    code: 'connection.hostNotConfirmed',
    intent: 'misconfigured',
    message: l10n.t(
      '{0} is not one of NinjaOne’s own hosts and you have not confirmed it. Sign in to {1} to confirm it.',
      connection.instance.host,
      connection.name,
    ),
    action: 'signIn',
  });
}

export function noClientSecret(connection: Connection): NinjaOneError {
  return new NinjaOneError({
    code: 'connection.noClientSecret',
    intent: 'misconfigured',
    message: l10n.t('The client secret of {0} is not stored on this machine. Set it, then try again.', connection.name),
    action: 'setClientSecret',
  });
}

export function tooSlow(connection: Connection): NinjaOneError {
  return new NinjaOneError({
    code: 'network.timeout',
    intent: 'transient',
    message: l10n.t(
      '{0} did not answer in time. Try again in a moment.',
      endpointsOf(connection.instance.origin).token,
    ),
    action: 'retry',
  });
}

export function connectionGone(connection: Connection): NinjaOneError {
  return new NinjaOneError({
    code: 'connection.gone',
    intent: 'misconfigured',
    message: l10n.t(
      'The connection {0} was removed or changed while you signed in, so nothing was kept. Sign in again.',
      connection.name,
    ),
    action: 'editConnection',
  });
}
