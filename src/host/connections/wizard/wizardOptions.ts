import type { Connection } from '../../../core/connections/connection.ts';
import type { ClientSecrets } from '../../../core/sessions/clientSecrets.ts';
import type { UsableSession } from '../../../core/sessions/usableSessions.ts';
import type { Platform } from '../../platform/createPlatform.ts';
import type { SignInCoordinator } from '../../signIn/signInCoordinator.ts';
import { offerFirstRequest } from '../../signIn/signInMessages.ts';
import type { ConnectionWizardOptions } from './connectionWizard.ts';

export interface WizardUses {
  readonly clientSecrets: ClientSecrets;
  readonly coordinator: SignInCoordinator;
  /** Sends one request. Rejects with a NinjaOneError. */
  readonly test: (usable: UsableSession) => Promise<void>;
}

/** What Add Connection and Edit Connection use, once per window. */
export function createWizardOptions(
  { settings, trustedHosts, transport, now, report }: Platform,
  { clientSecrets, coordinator, test }: WizardUses,
): ConnectionWizardOptions {
  const probing = async (connection: Connection, clientSecret?: string) => ({
    oauth: await import('../../../core/oauth/oauthClient.ts'),
    context: { connection, transport, clientSecret, now },
  });
  return {
    unfinished: {},
    settings,
    clientSecrets,
    confirmHost: (connection) => trustedHosts.confirm(connection),
    probe: async (connection) => {
      const { oauth, context } = await probing(connection);
      return oauth.probeClient(context);
    },
    probeSecret: async (connection, secret) => {
      const { oauth, context } = await probing(connection, secret);
      return oauth.probeSecret(context);
    },
    signInAndTest: async (connection) => {
      const usable = await coordinator.signInTo(connection, 'user');
      await test(usable);
      void offerFirstRequest(usable);
    },
    showError: (error, connection) => report(error, connection),
  };
}
