import * as vscode from 'vscode';
import { l10n } from '../../core/base/l10n.ts';
import { allOf } from '../../core/base/messages.ts';
import { endpointsOf } from '../../core/connections/instance.ts';
import { isSecretField } from '../../core/connections/parseConnections.ts';
import type { ClientSecrets } from '../../core/sessions/clientSecrets.ts';
import { localize } from '../platform/localize.ts';
import { openInBrowser } from '../platform/navigation.ts';
import { offerInformation, offerWarning } from '../platform/windowMessages.ts';
import type { Settings } from '../platform/settings.ts';

/** Offers to move client secrets out of the settings (C3). Rejects when moving them fails. */
export async function offerToMoveSecrets(settings: Settings, clientSecrets: ClientSecrets): Promise<void> {
  const found = settings.parsed.secrets;
  const move = vscode.l10n.t('Move to Secret Storage');
  const chosen = await offerWarning(
    localize(
      l10n.t({
        message:
          '{0, plural, one {Your settings contain the client secret of {1}. Anyone who can read or sync your settings can read it.} other {Your settings contain the client secrets of {1}. Anyone who can read or sync your settings can read them.}}',
        args: [found.length, allOf(found.map(({ connection }) => connection))],
        comment: '{1} is a list of connection names.',
      }),
    ),
    move,
  );
  if (chosen === move) {
    await moveSecrets(settings, clientSecrets);
  }
}

async function moveSecrets(settings: Settings, clientSecrets: ClientSecrets): Promise<void> {
  const { secrets, connections } = settings.parsed;
  for (const { id, secret } of secrets) {
    if (id !== undefined) {
      await clientSecrets.set(id, secret);
    }
  }
  const moved = new Set(secrets.filter(({ id }) => id !== undefined).map(({ index }) => index));
  await settings.write((entries) => entries.map((entry, index) => (moved.has(index) ? withoutSecret(entry) : entry)));
  const renew = vscode.l10n.t('Open Client Apps');
  const chosen = await offerInformation(
    vscode.l10n.t(
      'Moved to the secret storage. Your settings may have been synced or backed up, so also create a new client secret in NinjaOne.',
    ),
    renew,
  );
  const connection = connections.find(({ id }) => secrets.some((each) => each.id === id));
  if (chosen === renew && connection) {
    void openInBrowser(endpointsOf(connection.instance.origin).clientApps);
  }
}

function withoutSecret(entry: unknown): unknown {
  return Object.fromEntries(Object.entries(entry as object).filter(([key]) => !isSecretField(key)));
}
