import { l10n } from '../base/l10n.ts';
import { allOf } from '../base/messages.ts';
import { hasClientSecret, type Connection } from '../connections/connection.ts';
import type { ClientSecrets } from '../sessions/clientSecrets.ts';
import { isFresh, isRenewable } from '../sessions/session.ts';
import type { TokenService } from '../sessions/tokenService.ts';
import { isAlive } from '../sessions/usableSessions.ts';
import { fact, messageOf, ok, problem, unknown, type Check } from './diagnosis.ts';

export interface AccountCheckOptions {
  readonly tokens: Pick<TokenService, 'usable' | 'expired' | 'orphans'>;
  readonly clientSecrets: Pick<ClientSecrets, 'get'>;
  readonly now: () => number;
  /** A date and time for the user. */
  readonly formatDate: (milliseconds: number) => string;
}

/** The scopes that a sign-in requests, and the sessions of the connection, without their tokens. Sends no request. */
export function sessionChecks(
  { id, scopes, offlineAccess }: Connection,
  { tokens, now, formatDate }: AccountCheckOptions,
): readonly Check[] {
  const name = l10n.t({ message: 'Session', comment: 'Row of a report: the state of a sign-in.' });
  const usable = [...tokens.usable(), ...tokens.expired()].filter(({ connection }) => connection.id === id);
  const sessions = usable.map(({ session }): Check => {
    const names = allOf(session.scopes);
    if (!isAlive(session, now())) {
      return problem(name, l10n.t('The session with the scopes {0} has expired.', names), l10n.t('Sign in again.'));
    }
    return ok(
      name,
      l10n.t('Signed in with the scopes {0}.', names),
      isFresh(session, now(), 0)
        ? l10n.t({
            message: 'The token is valid until {0}.',
            args: [formatDate(session.expiresAt)],
            comment: '{0} is a date and time.',
          })
        : l10n.t('The token has expired and is renewed when it is used next.'),
      ...(isRenewable(session)
        ? []
        : [l10n.t('It cannot be renewed, because NinjaOne issued no refresh token. Sign in again after that.')]),
    );
  });
  const unused = tokens.orphans().filter(({ connectionId }) => connectionId === id);
  return [
    fact(l10n.t('Scopes'), [...scopes, ...(offlineAccess ? ['offline_access'] : [])].join(' ')),
    ...(sessions.length === 0 && unused.length === 0 ? [fact(name, l10n.t('Signed out.'))] : sessions),
    ...unused.map((session) =>
      problem(
        name,
        l10n.t('A session has scopes that the connection does not allow: {0}.', allOf(session.scopes)),
        l10n.t('Sign in again, or add the scopes to the connection.'),
      ),
    ),
  ];
}

/** Whether the client secret is stored; not its value. Empty for a platform without one. Never rejects. */
export async function clientSecretChecks(
  { id, platform }: Connection,
  { clientSecrets }: AccountCheckOptions,
): Promise<readonly Check[]> {
  const name = l10n.t('Client secret');
  if (!hasClientSecret(platform)) {
    return [];
  }
  try {
    return [
      (await clientSecrets.get(id)) === undefined
        ? problem(
            name,
            l10n.t('There is no client secret on this computer.'),
            l10n.t('Run NinjaOne: Set Client Secret.'),
          )
        : ok(name, l10n.t('It is in the secret storage.')),
    ];
  } catch (error) {
    return [unknown(name, messageOf(error))];
  }
}
