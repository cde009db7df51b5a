import type { Connection } from '../../../core/connections/connection.ts';
import type { ClientSecrets } from '../../../core/sessions/clientSecrets.ts';
import type { UsableSession } from '../../../core/sessions/usableSessions.ts';
import type { ConnectionDraft } from '../../../core/connections/connectionDraft.ts';
import type { Platform } from '../../platform/createPlatform.ts';
import type { Settings } from '../../platform/settings.ts';
import type { SignInCoordinator } from '../../signIn/signInCoordinator.ts';
import { offerFirstRequest } from '../../signIn/signInMessages.ts';
import type { SecretCheck } from './wizardState.ts';

export interface ConnectionWizardOptions {
  readonly settings: Settings;
  readonly clientSecrets: ClientSecrets;
  /** Rejects as canceled when the user does not trust the host. */
  readonly confirmHost: (connection: Pick<Connection, 'instance' | 'name'>) => Promise<void>;
  /** Calls the token endpoint with the client ID only. Rejects with a NinjaOneError if there is no clear response. */
  readonly probe: (connection: Connection) => Promise<'known' | 'unknown'>;
  /** Calls the token endpoint with the client secret. Grants nothing. Rejects if the host cannot be reached. */
  readonly probeSecret: (connection: Connection, secret: string) => Promise<SecretCheck>;
  /** Signs in, calls GET /v2/organizations?pageSize=1 and shows a success message. Rejects with a NinjaOneError. */
  readonly signInAndTest: (connection: Connection) => Promise<void>;
  readonly showError: (error: unknown, connection?: Connection) => void;
  /** The input of a wizard that was closed, for the next one in this window. Never contains a secret. */
  readonly unfinished?: { draft?: ConnectionDraft | undefined };
}

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
