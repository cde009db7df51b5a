import type { Action, Intent } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import type { LocalizableMessage } from '../base/messages.ts';

/** All error codes for responses of a server. */
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
  | 'oauth.invalidResponse'
  | 'server.busy'
  | 'server.unavailable'
  | 'server.webPage'
  | 'server.unreadable'
  | 'api.notAuthenticated'
  | 'api.insufficientPrivileges'
  | 'api.forbidden'
  | 'api.userContextRequired'
  | 'api.notFound'
  | 'api.refused';

/** `{0}` is the connection's name, `{1}` the host, `{2}` the server's message. */
export const ERROR_CATALOG: {
  readonly [K in ErrorCode]: { readonly intent: Intent; readonly message: LocalizableMessage; readonly action: Action };
} = {
  'oauth.invalidGrant': {
    intent: 'signInAgain',
    message: l10n.t('Your session for "{0}" has ended. Sign in again.'),
    action: 'signIn',
  },
  'oauth.codeRefused': {
    intent: 'signInAgain',
    message: l10n.t('NinjaOne did not accept the authorization code for "{0}". It may have expired. Sign in again.'),
    action: 'signIn',
  },
  'oauth.wrongRegion': {
    intent: 'misconfigured',
    message: l10n.t(
      '{1} does not recognize the client ID of "{0}". Make sure that the instance matches the address that you use in your browser, and check the client ID.',
    ),
    action: 'editConnection',
  },
  'oauth.invalidClient': {
    intent: 'misconfigured',
    message: l10n.t(
      'NinjaOne did not accept the client ID and client secret of "{0}". Set the client secret again. NinjaOne shows it only once, when you create the client app.',
    ),
    action: 'setClientSecret',
  },
  'oauth.secretExpected': {
    intent: 'misconfigured',
    message: l10n.t(
      'NinjaOne requires a client secret for "{0}". Set the platform of the connection to the application platform of its client app in NinjaOne.',
    ),
    action: 'editConnection',
  },
  'oauth.unauthorizedClient': {
    intent: 'misconfigured',
    message: l10n.t(
      'The client app of "{0}" does not allow this sign-in method. In NinjaOne, make sure that its application platform matches the connection, and select Authorization Code or Client Credentials.',
    ),
    action: 'openClientApps',
  },
  'oauth.redirectMismatch': {
    intent: 'misconfigured',
    message: l10n.t(
      'The redirect URI of "{0}" does not match the one registered in NinjaOne. Both must be identical, including any trailing slash.',
    ),
    action: 'openClientApps',
  },
  'oauth.invalidScope': {
    intent: 'misconfigured',
    message: l10n.t(
      'The client app of "{0}" does not allow all requested scopes. Select the missing scope on the client app in NinjaOne, or remove it from the connection.',
    ),
    action: 'editConnection',
  },
  'oauth.refreshTokenNotTicked': {
    intent: 'misconfigured',
    message: l10n.t(
      'The client app of "{0}" does not issue refresh tokens. Select Refresh Token on the client app in NinjaOne, or set offlineAccess to false in the connection.',
    ),
    action: 'openClientApps',
  },
  'oauth.accessDenied': {
    intent: 'permission',
    message: l10n.t('Access for "{0}" was denied in the browser. Sign in again and allow access.'),
    action: 'signIn',
  },
  'oauth.refused': {
    intent: 'misconfigured',
    message: l10n.t({
      message: 'NinjaOne refused the request for "{0}": {2}. Check the connection against its client app in NinjaOne.',
      comment: '{0} is the name of a connection. {2} is the error message of the server.',
    }),
    action: 'editConnection',
  },
  'oauth.invalidResponse': {
    intent: 'transient',
    message: l10n.t({
      message: '{1} sent an invalid response for "{0}" ({2}). Try again.',
      comment: '{0} is the name of a connection, {1} a host name, {2} a technical reason.',
    }),
    action: 'retry',
  },
  'server.busy': {
    intent: 'transient',
    message: l10n.t('{1} received too many requests. Wait a moment, then try again.'),
    action: 'retry',
  },
  'server.unavailable': {
    intent: 'transient',
    message: l10n.t({
      message: '{1} reported a problem: {2}. Try again later.',
      comment: '{1} is a host name, {2} the error message of the server.',
    }),
    action: 'retry',
  },
  'server.webPage': {
    intent: 'transient',
    message: l10n.t(
      'Received a web page instead of a response from {1}. Check whether your network or proxy requires you to sign in first, then try again.',
    ),
    action: 'retry',
  },
  'server.unreadable': {
    intent: 'transient',
    message: l10n.t({
      message: 'The response from {1} could not be read: {2}. Try again.',
      comment: '{1} is a host name, {2} the beginning of the response.',
    }),
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
      '"{0}" does not have permission to do this. Select the scope on the client app or add the permission to your NinjaOne role, then sign in again.',
    ),
    action: 'openClientApps',
  },
  'api.forbidden': {
    intent: 'permission',
    message: l10n.t({
      message:
        '"{0}" does not have permission to do this: {2}. Check the scopes of the client app and the permissions of your NinjaOne role.',
      comment: '{0} is the name of a connection. {2} is the error message of the server.',
    }),
    action: 'openClientApps',
  },
  'api.userContextRequired': {
    intent: 'permission',
    message: l10n.t(
      'This operation requires a signed-in user, but "{0}" signs in as an application. Use a connection with the platform native, spa, or web.',
    ),
    action: 'addConnection',
  },
  'api.notFound': {
    intent: 'invalidInput',
    message: l10n.t({
      message: '{1} could not find the item: {2}. Check the IDs.',
      comment: '{1} is a host name, {2} the error message of the server.',
    }),
    action: 'showLog',
  },
  'api.refused': {
    intent: 'invalidInput',
    message: l10n.t({
      message: '{1} refused the request: {2}. Check the values of the request.',
      comment: '{1} is a host name, {2} the error message of the server.',
    }),
    action: 'showLog',
  },
};
