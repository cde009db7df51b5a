import { NinjaOneError, plainText } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import { allOf, anyOf } from '../base/messages.ts';
import { SCOPES, type Connection, type Scope } from '../connections/connection.ts';
import { isAmong, unknownScopeName, type ScopeRequest } from './scopeRequest.ts';
import { coversScopes, parseAccountId, type Account } from './session.ts';
import { satisfiesScopes, type UsableSession } from './usableSessions.ts';

/** The request of another extension for a new session. */
export interface SignInRequest extends ScopeRequest {
  /** As the extension has kept it, so the session of the account may have ended, and the label may be an old one. */
  readonly account?: Account | undefined;
}

export interface SignInTarget {
  /** The only connection that may answer; undefined if the request names none. */
  readonly connection: Connection | undefined;
  readonly scopes: readonly Scope[];
}

/**
 * What to sign in to. An account is found by its id, with or without a session, and is signed in with its own scopes, so
 * that its label stays (A17). Throws a NinjaOneError for a request that can only end with another account or connection
 * than the one that it names: the user would sign in for nothing, or to another customer (X7).
 */
export function signInTarget(
  { scopes, connectionIds, unknown, account }: SignInRequest,
  connections: readonly Connection[],
): SignInTarget {
  if (unknown.length > 0) {
    throw unknownScope(unknown);
  }
  const known = account && parseAccountId(account.id);
  const ids = new Set([...connectionIds, ...(account ? [known?.connectionId] : [])]);
  if (ids.size === 0) {
    return { connection: undefined, scopes };
  }
  if (ids.size > 1) {
    throw contradictoryConnections();
  }
  const connection = connections.find(({ id }) => ids.has(id));
  if (!connection) {
    throw account ? accountGone(account) : namedConnectionGone();
  }
  if (!account || !known) {
    return { connection, scopes };
  }
  if (!satisfiesScopes(known, scopes) || !coversScopes(connection.scopes, known.scopes)) {
    throw accountLacksScopes(account, scopes);
  }
  return { connection, scopes: known.scopes };
}

/**
 * Throws a NinjaOneError if the session is not of the connection and account that the request names, whatever happened
 * during the sign-in: VS Code would give its token to the extension without another question.
 */
export function throwUnlessAnswered(
  { connectionIds, account }: SignInRequest,
  { connection, account: signedIn }: UsableSession,
): void {
  if (!isAmong(connection, connectionIds)) {
    throw namedConnectionGone();
  }
  if (account && account.id !== signedIn.id) {
    throw otherAccount(account);
  }
}

function unknownScope(unknown: readonly string[]): NinjaOneError {
  const names = [...new Set(unknown.map(unknownScopeName))].slice(0, MAX_NAMES);
  return new NinjaOneError({
    code: 'request.unknownScope',
    intent: 'invalidInput',
    message: l10n.t({
      message:
        '{0, plural, one {NinjaOne does not have the scope {1}.} other {NinjaOne does not have the scopes {1}.}} Request {2}.',
      args: [names.length, allOf(names), anyOf(SCOPES)],
      comment: '{1} and {2} are lists of scopes.',
    }),
  });
}

function contradictoryConnections(): NinjaOneError {
  return new NinjaOneError({
    code: 'request.contradictory',
    intent: 'invalidInput',
    message: l10n.t('The extension named two NinjaOne connections in one request. It has to name one of them.'),
  });
}

function accountGone(account: Account): NinjaOneError {
  return new NinjaOneError({
    code: 'request.accountGone',
    intent: 'invalidInput',
    message: l10n.t({
      message:
        'The connection of the account "{0}" was removed or changed. Restore it in the settings, then try again.',
      args: [labelOf(account)],
      comment: '{0} is the name of an account, such as "Acme · eu · monitoring".',
    }),
    action: 'editConnection',
  });
}

/** Whatever has the name of the connection now, the request is not about it. */
export function namedConnectionGone(): NinjaOneError {
  return new NinjaOneError({
    code: 'request.connectionGone',
    intent: 'invalidInput',
    message: l10n.t(
      'The NinjaOne connection that the extension used before was removed or changed. Restore it in the settings, then try again.',
    ),
    action: 'editConnection',
  });
}

function accountLacksScopes(account: Account, scopes: readonly Scope[]): NinjaOneError {
  return new NinjaOneError({
    code: 'request.accountLacksScopes',
    intent: 'invalidInput',
    message: l10n.t({
      message:
        'The account "{0}" cannot be used for {1}. The extension has to request it for the connection, without this account.',
      args: [labelOf(account), allOf(scopes)],
      comment: '{0} is the name of an account, such as "Acme · eu · monitoring". {1} is a list of scopes.',
    }),
  });
}

function otherAccount(account: Account): NinjaOneError {
  return new NinjaOneError({
    code: 'request.otherAccount',
    intent: 'misconfigured',
    message: l10n.t({
      message:
        'NinjaOne granted other scopes than those of the account "{0}", so the request gets no session. Select only these scopes on the client app, then try again.',
      args: [labelOf(account)],
      comment: '{0} is the name of an account, such as "Acme · eu · monitoring".',
    }),
    action: 'openClientApps',
  });
}

/** The label is from the other extension, which need not have it from us. */
function labelOf({ label }: Account): string {
  return plainText(label, 100);
}

/** Unknown scopes in a message. */
const MAX_NAMES = 5;
