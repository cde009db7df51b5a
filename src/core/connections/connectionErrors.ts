import { NinjaOneError } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import type { Connection } from './connection.ts';

export function noClientSecret(connection: Connection): NinjaOneError {
  return new NinjaOneError({
    code: 'connection.noClientSecret',
    intent: 'misconfigured',
    message: l10n.t(
      'The client secret for "{0}" is not stored on this computer. Set it, then try again.',
      connection.name,
    ),
    action: 'setClientSecret',
  });
}
