import { NinjaOneError } from '../base/errors.ts';
import type { Connection } from './connection.ts';

export function noClientSecret(connection: Connection): NinjaOneError {
  return new NinjaOneError({
    code: 'connection.noClientSecret',
    intent: 'misconfigured',
    template: 'The client secret of {0} is not stored on this machine. Set it, then try again.',
    args: [connection.name],
    action: 'setClientSecret',
  });
}
