import * as vscode from 'vscode';
import { endpointsOf } from '../../core/connections/instance.ts';
import { isSecretField } from '../../core/connections/parseConnections.ts';
import type { ClientSecrets } from '../../core/sessions/clientSecrets.ts';
import { openInBrowser } from '../platform/navigation.ts';
import type { Settings } from '../platform/settings.ts';

/** Offers to move client secrets out of the settings (C3). Rejects when moving them fails. */
export async function offerToMoveSecrets(settings: Settings, clientSecrets: ClientSecrets): Promise<void> {
  const found = settings.parsed.secrets;
  const move = vscode.l10n.t('Move to Secret Storage');
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t(
      'The client secret of {0} stands in your settings, where it can be read and synced.',
      found.map(({ connection }) => connection).join(', '),
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
  const chosen = await vscode.window.showInformationMessage(
    vscode.l10n.t(
      'The client secret is moved. Settings may have been synced or backed up, so renew it in NinjaOne too.',
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
