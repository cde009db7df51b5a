import type { Action, Intent } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import type { LocalizableMessage } from '../base/messages.ts';

/** Everything that a server's answer can mean; the names are the codes of the errors. */
export type ErrorCode =
  | 'oauth.invalidGrant'
  | 'oauth.codeRefused'
  | 'oauth.wrongRegion'
  | 'oauth.invalidClient'
  | 'oauth.secretExpected'
  | 'oauth.unauthorizedClient'
  | 'oauth.redirectMismatch'
  | 'oauth.invalidScope'
  | 'oauth.refreshTokenNotTicked'
  | 'oauth.accessDenied'
  | 'oauth.refused'
  | 'oauth.badAnswer'
  | 'server.busy'
  | 'server.unavailable'
  | 'server.webPage'
  | 'server.unreadable'
  | 'api.notAuthenticated'
  | 'api.insufficientPrivileges'
  | 'api.forbidden'
  | 'api.userContextRequired'
  | 'api.notOnThisInstance'
  | 'api.notFound'
  | 'api.refused';

/** `{0}` is the connection, `{1}` the host, `{2}` what the server said. */
export const ERROR_CATALOG: {
  readonly [K in ErrorCode]: { readonly intent: Intent; readonly message: LocalizableMessage; readonly action: Action };
} = {
  'oauth.invalidGrant': {
    intent: 'signInAgain',
    message: l10n.t('The sign-in of "{0}" has ended. Sign in again.'),
    action: 'signIn',
  },
  'oauth.codeRefused': {
    intent: 'signInAgain',
    message: l10n.t(
      'NinjaOne did not accept the answer of the browser for "{0}", perhaps because it came too late. Sign in again.',
    ),
    action: 'signIn',
  },
  'oauth.wrongRegion': {
    intent: 'misconfigured',
    message: l10n.t(
      '{1} does not know the client ID of "{0}". Choose the instance that your browser shows when you use NinjaOne, and compare the client ID.',
    ),
    action: 'editConnection',
  },
  'oauth.invalidClient': {
    intent: 'misconfigured',
    message: l10n.t(
      'NinjaOne did not accept the client ID with the secret of "{0}". Set the client secret again; NinjaOne shows it only when it is made.',
    ),
    action: 'setClientSecret',
  },
  'oauth.secretExpected': {
    intent: 'misconfigured',
    message: l10n.t(
      'NinjaOne does not accept "{0}" without a client secret. Give the connection the platform that its client app has in NinjaOne.',
    ),
    action: 'editConnection',
  },
  'oauth.unauthorizedClient': {
    intent: 'misconfigured',
    message: l10n.t(
      'The client app of "{0}" may not be used this way. Compare its Application Platform with the connection, and tick Authorization Code or Client Credentials on it in NinjaOne.',
    ),
    action: 'openClientApps',
  },
  'oauth.redirectMismatch': {
    intent: 'misconfigured',
    message: l10n.t(
      'The redirect URI of "{0}" is not the one that is registered in NinjaOne. Make both equal to the last character, also the slash at the end.',
    ),
    action: 'openClientApps',
  },
  'oauth.invalidScope': {
    intent: 'misconfigured',
    message: l10n.t(
      'The client app of "{0}" lacks a scope that was asked for. Tick it on the client app in NinjaOne, or take it out of the connection.',
    ),
    action: 'editConnection',
  },
  'oauth.refreshTokenNotTicked': {
    intent: 'misconfigured',
    message: l10n.t(
      'The client app of "{0}" gives no refresh tokens. Tick Refresh Token on it in NinjaOne, or switch off offlineAccess in the connection.',
    ),
    action: 'openClientApps',
  },
  'oauth.accessDenied': {
    intent: 'permission',
    message: l10n.t('Access for "{0}" was denied in the browser. Sign in again and allow it.'),
    action: 'signIn',
  },
  'oauth.refused': {
    intent: 'misconfigured',
    message: l10n.t('NinjaOne refused "{0}": {2}. Compare the connection with its client app in NinjaOne.'),
    action: 'editConnection',
  },
  'oauth.badAnswer': {
    intent: 'transient',
    message: l10n.t('{1} gave an answer for "{0}" that cannot be used: {2}. Try again.'),
    action: 'retry',
  },
  'server.busy': {
    intent: 'transient',
    message: l10n.t('{1} has too many requests. Wait a little, then try again.'),
    action: 'retry',
  },
  'server.unavailable': {
    intent: 'transient',
    message: l10n.t('{1} has a problem: {2}. Try again later.'),
    action: 'retry',
  },
  'server.webPage': {
    intent: 'transient',
    message: l10n.t(
      'A web page came instead of the answer of {1}. Check whether this network or a proxy asks you to sign in first, then try again.',
    ),
    action: 'retry',
  },
  'server.unreadable': {
    intent: 'transient',
    message: l10n.t('The answer of {1} cannot be read: {2}. Try again.'),
    action: 'retry',
  },
  'api.notAuthenticated': {
    intent: 'permission',
    message: l10n.t('NinjaOne did not accept the access token of "{0}". Sign in again.'),
    action: 'signIn',
  },
  'api.insufficientPrivileges': {
    intent: 'permission',
    message: l10n.t(
      '"{0}" may not do this. Tick the scope on the client app, or give your NinjaOne role the right, then sign in again.',
    ),
    action: 'openClientApps',
  },
  'api.forbidden': {
    intent: 'permission',
    message: l10n.t(
      '"{0}" may not do this: {2}. Check the scopes of the client app and the rights of your NinjaOne role.',
    ),
    action: 'openClientApps',
  },
  'api.userContextRequired': {
    intent: 'permission',
    message: l10n.t(
      'This needs a person who is signed in, which "{0}" is not. Use a connection of platform native, spa or web.',
    ),
    action: 'addConnection',
  },
  'api.notOnThisInstance': {
    intent: 'invalidInput',
    message: l10n.t('{1} does not have this operation. Refresh the operations, or use another instance.'),
    action: 'refreshOperations',
  },
  'api.notFound': {
    intent: 'invalidInput',
    message: l10n.t('{1} did not find it: {2}. Check the ids.'),
    action: 'showLog',
  },
  'api.refused': {
    intent: 'invalidInput',
    message: l10n.t('{1} refused the request: {2}. Check its values.'),
    action: 'showLog',
  },
};
