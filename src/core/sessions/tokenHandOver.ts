import { NinjaOneError } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import { allOf } from '../base/messages.ts';
import type { Connection, Scope } from '../connections/connection.ts';
import { coversScopes } from './session.ts';
import type { UsableSession } from './usableSessions.ts';

/**
 * How a task gets a token of a connection (P7): from the session that can only read; else from a new one, which a service
 * can get without a browser; else from the session with the fewest scopes, which the user has to agree to.
 */
export type TaskToken =
  | { readonly kind: 'monitoring'; readonly usable: UsableSession }
  | { readonly kind: 'mint'; readonly scopes: readonly Scope[] }
  | { readonly kind: 'wider'; readonly usable: UsableSession };

/** Undefined if somebody has to sign in first. `hasSecret` says whether the client secret of the connection is stored. */
export function taskToken(
  connection: Pick<Connection, 'id' | 'platform' | 'scopes'>,
  usable: readonly UsableSession[],
  hasSecret: boolean,
): TaskToken | undefined {
  const own = fewestScopesFirst(usable.filter((each) => each.connection.id === connection.id));
  const narrow = own.find(({ session }) => session.scopes.join() === ONLY_READS.join());
  if (narrow) {
    return { kind: 'monitoring', usable: narrow };
  }
  if (connection.platform === 'api-services' && hasSecret && coversScopes(connection.scopes, ONLY_READS)) {
    return { kind: 'mint', scopes: ONLY_READS };
  }
  const [first] = own;
  return first && { kind: 'wider', usable: first };
}

/** Of two sessions with equally many scopes, the one without `control` is first. */
function fewestScopesFirst(usable: readonly UsableSession[]): readonly UsableSession[] {
  const remote = ({ session }: UsableSession): number => Number(session.scopes.includes('control'));
  return usable.toSorted((a, b) => a.session.scopes.length - b.session.scopes.length || remote(a) - remote(b));
}

/** Environment variables for a terminal. The names are those that snippets and saved scripts read. */
export function tokenEnvironment({ session, connection }: UsableSession): Readonly<Record<string, string>> {
  return { NINJAONE_ACCESS_TOKEN: session.accessToken, NINJAONE_BASE_URL: connection.instance.origin };
}

/** Throws if the token allows more than what the user agreed to: NinjaOne may grant other scopes with each token. */
export function throwIfWider({ session }: UsableSession, agreed: readonly Scope[]): void {
  const more = session.scopes.filter((scope) => !agreed.includes(scope));
  if (more.length > 0) {
    throw new NinjaOneError({
      code: 'token.moreScopes',
      intent: 'invalidInput',
      message: l10n.t({
        message: 'The new token also allows {0}, so it was not used. Run the command again to see what it allows.',
        args: [allOf(more)],
        comment: '{0} is a list of scopes.',
      }),
    });
  }
}

const ONLY_READS: readonly Scope[] = ['monitoring'];
