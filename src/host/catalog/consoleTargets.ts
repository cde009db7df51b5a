import { NinjaOneError } from '../../core/base/errors.ts';
import { l10n } from '../../core/base/l10n.ts';
import { readConsoleAddress, type ResourceObject } from '../../core/catalog/consoleAddresses.ts';
import type { Connection } from '../../core/connections/connection.ts';

/** What a pasted address of NinjaOne's web console is about. */
export interface ConsoleTarget {
  readonly object: ResourceObject;
  /** The connection to the server of the address. */
  readonly connection: Connection;
}

export interface KnownConnections {
  readonly connections: readonly Connection[];
  /** Preferred if several connections are to the same server. */
  readonly current: Connection | undefined;
}

/**
 * The object of a pasted console address; undefined if the text has none. An ID means another object on another server, so
 * it is a problem if no connection is to the server of the address (E20).
 */
export function consoleTarget(
  text: string,
  { connections, current }: KnownConnections,
): ConsoleTarget | { readonly problem: NinjaOneError } | undefined {
  const address = readConsoleAddress(text);
  if (!address) {
    return undefined;
  }
  const { origin, object } = address;
  const isMeant = ({ instance }: Connection): boolean => instance.origin === origin;
  const connection = current && isMeant(current) ? current : connections.find(isMeant);
  return connection ? { object, connection } : { problem: foreignAddress(new URL(origin).host) };
}

function foreignAddress(host: string): NinjaOneError {
  return new NinjaOneError({
    code: 'console.foreignAddress',
    intent: 'invalidInput',
    message: l10n.t('No connection is to {0}, the host of this address. Add a connection to it first.', host),
    action: 'addConnection',
  });
}
