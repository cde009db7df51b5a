import * as vscode from 'vscode';
import { l10n } from '../../core/base/l10n.ts';
import { allOf } from '../../core/base/messages.ts';
import { endpointsOf } from '../../core/connections/instance.ts';
import { isSecretField, type PlainSecret } from '../../core/connections/parseConnections.ts';
import type { ClientSecrets } from '../../core/sessions/clientSecrets.ts';
import { chooseAction } from '../platform/confirm.ts';
import { localize } from '../platform/localize.ts';
import { openConnectionsSetting, openInBrowser } from '../platform/navigation.ts';
import { offerAction, offerToFix } from '../platform/offerAction.ts';
import type { Settings } from '../platform/settings.ts';

/** Offers to move client secrets out of the settings (C3). Rejects when moving them fails. */
export async function offerToMoveSecrets(settings: Settings, clientSecrets: ClientSecrets): Promise<void> {
  const found = settings.parsed.secrets;
  if (found.every(({ id }) => id === undefined)) {
    await showLeftBehind(found);
    return;
  }
  await offerToFix(
    localize(
      l10n.t({
        message:
          '{0, plural, one {Your settings contain the client secret of {1}. Anyone who can read or sync your settings can read it.} other {Your settings contain the client secrets of {1}. Anyone who can read or sync your settings can read them.}}',
        args: [found.length, allOf(namesOf(found))],
        comment: '{1} is a list of connection names.',
      }),
    ),
    { label: vscode.l10n.t('Move to Secret Storage'), run: () => moveSecrets(settings, clientSecrets) },
  );
}

async function moveSecrets(settings: Settings, clientSecrets: ClientSecrets): Promise<void> {
  // Read now, because the settings may have changed while the message was open.
  const { secrets, connections } = settings.parsed;
  const moved: PlainSecret[] = [];
  const dropped: PlainSecret[] = [];
  for (const each of secrets) {
    const outcome = await storeSecret(each, clientSecrets);
    if (outcome !== 'left') {
      (outcome === 'stored' ? moved : dropped).push(each);
    }
  }
  const handled = new Set([...moved, ...dropped].map(({ secret }) => secret));
  if (handled.size > 0) {
    await settings.write((entries) => entries.map((entry) => withoutSecrets(entry, handled)));
  }
  const orphaned = secrets.filter(({ id }) => id === undefined);
  if (orphaned.length > 0) {
    void showLeftBehind(orphaned);
  }
  const [first] = [...moved, ...dropped];
  const connection = connections.find(({ id }) => id === first?.id);
  if (connection) {
    await offerAction(resultOf(moved, dropped), {
      label: vscode.l10n.t('Open Client Apps'),
      run: () => openInBrowser(endpointsOf(connection.instance.origin).clientApps),
    });
  }
}

/**
 * `kept`: the user prefers the secret that is stored already. `left`: the secret stays in the settings, because its
 * connection is not valid, or the user did not decide.
 */
async function storeSecret(
  { id, connection, secret }: PlainSecret,
  clientSecrets: ClientSecrets,
): Promise<'stored' | 'kept' | 'left'> {
  if (id === undefined) {
    return 'left';
  }
  const stored = await clientSecrets.get(id);
  if (stored !== undefined && stored !== secret) {
    const keep = vscode.l10n.t('Keep Stored Secret');
    const replace = vscode.l10n.t('Use Secret from Settings');
    const chosen = await chooseAction(
      {
        message: vscode.l10n.t('{0} already has another client secret. Which one do you want to use?', connection),
        detail: vscode.l10n.t(
          'The settings may contain an old secret, for example after a sync. The secret that you do not choose is deleted.',
        ),
      },
      keep,
      replace,
    );
    if (chosen !== replace) {
      return chosen === keep ? 'kept' : 'left';
    }
  }
  await clientSecrets.set(id, secret);
  return 'stored';
}

function resultOf(moved: readonly PlainSecret[], dropped: readonly PlainSecret[]): string {
  return moved.length > 0
    ? localize(
        l10n.t({
          message:
            '{0, plural, one {The client secret of {1} was moved to the secret storage.} other {The client secrets of {1} were moved to the secret storage.}} Your settings may have been synced or backed up, so also create a new client secret in NinjaOne.',
          args: [moved.length, allOf(namesOf(moved))],
          comment: '{1} is a list of connection names.',
        }),
      )
    : localize(
        l10n.t({
          message:
            '{0, plural, one {The client secret of {1} was removed from your settings, and the stored one is used.} other {The client secrets of {1} were removed from your settings, and the stored ones are used.}} Your settings may have been synced or backed up, so also create a new client secret in NinjaOne.',
          args: [dropped.length, allOf(namesOf(dropped))],
          comment: '{1} is a list of connection names.',
        }),
      );
}

async function showLeftBehind(secrets: readonly PlainSecret[]): Promise<void> {
  await offerToFix(
    localize(
      l10n.t({
        message:
          '{0, plural, one {The client secret of {1} is still in your settings, because its connection has a problem. Correct the connection, and you are asked again.} other {The client secrets of {1} are still in your settings, because their connections have problems. Correct the connections, and you are asked again.}}',
        args: [secrets.length, allOf(namesOf(secrets))],
        comment: '{1} is a list of connection names.',
      }),
    ),
    { label: vscode.l10n.t('Open Settings'), run: () => openConnectionsSetting() },
  );
}

function namesOf(secrets: readonly PlainSecret[]): readonly string[] {
  return secrets.map(({ connection }) => connection);
}

/** Compares values, because entries may have been moved or changed since they were read. */
function withoutSecrets(entry: unknown, secrets: ReadonlySet<unknown>): unknown {
  return typeof entry === 'object' && entry !== null && !Array.isArray(entry)
    ? Object.fromEntries(Object.entries(entry).filter(([key, value]) => !(isSecretField(key) && secrets.has(value))))
    : entry;
}
