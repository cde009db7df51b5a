import { l10n } from '../base/l10n.ts';
import { secretRoundTrip, type RoundTripOptions } from '../sessions/secretRoundTrip.ts';
import type { SessionStore } from '../sessions/sessionStore.ts';
import { ok, problem, unknown, type Check } from './diagnosis.ts';

export interface StorageCheckUses extends RoundTripOptions {
  readonly store: Pick<SessionStore, 'all' | 'hasCanary'>;
}

/** Whether VS Code's secret storage takes, returns and keeps values (A14). Never rejects. */
export async function checkSecretStorage(options: StorageCheckUses): Promise<readonly Check[]> {
  return [await roundTripCheck(options), await persistenceCheck(options)];
}

async function roundTripCheck(options: RoundTripOptions): Promise<Check> {
  const name = l10n.t({ message: 'Round trip', comment: 'Row of a report: writing, reading and deleting a value.' });
  switch (await secretRoundTrip(options)) {
    case 'works':
      return ok(name, l10n.t('A random value was written, read and deleted.'));
    case 'forgets':
      return problem(
        name,
        l10n.t('A random value was written, but another one was read.'),
        l10n.t('Reload the window. If that does not help, restart VS Code.'),
      );
    case 'fails':
      return problem(
        name,
        l10n.t('The secret storage refused a random value or did not respond, so no sign-in can be kept.'),
        l10n.t('Unlock the keyring of your operating system, or install one, then restart VS Code.'),
      );
  }
}

/** The canary is written with the first session, so it tells "forgot" from "never had". */
async function persistenceCheck({ store }: StorageCheckUses): Promise<Check> {
  const name = l10n.t({ message: 'Persistence', comment: 'Row of a report: whether secrets are still there later.' });
  try {
    if (await store.hasCanary()) {
      return ok(
        name,
        l10n.t('The mark of a sign-in is there. If it is missing after a restart, VS Code does not keep secrets.'),
      );
    }
    return store.all().length > 0
      ? problem(
          name,
          l10n.t('The mark of an earlier sign-in is missing, so VS Code may forget sessions.'),
          l10n.t('Check that your operating system has a working keyring, or that the browser keeps its data.'),
        )
      : unknown(name, l10n.t('Nothing is stored that could be missing. Sign in once, then restart VS Code.'));
  } catch {
    return unknown(name, l10n.t('Not checked, because the secret storage does not work.'));
  }
}
