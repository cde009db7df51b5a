import * as vscode from 'vscode';
import { canceled } from '../../core/base/errors.ts';
import { l10n } from '../../core/base/l10n.ts';
import { allOf } from '../../core/base/messages.ts';
import type { Connection, Scope } from '../../core/connections/connection.ts';
import { secretProblem } from '../../core/connections/connectionDraft.ts';
import type { ClientSecrets } from '../../core/sessions/clientSecrets.ts';
import { confirm } from '../platform/confirm.ts';
import { localize } from '../platform/localize.ts';
import { showInput } from '../platform/quickInputs.ts';

/** Asks before scopes are added to the connection in the settings (A10). Rejects as canceled. */
export async function confirmMoreScopes(connection: Connection, missing: readonly Scope[]): Promise<void> {
  await confirm(
    {
      message: localize(
        l10n.t({
          message: 'Allow {0} for the connection {1}?',
          args: [allOf(missing), connection.name],
          comment: '{0} is a list of scopes and {1} the name of a connection.',
        }),
      ),
      detail: localize(
        l10n.t({
          message:
            '{0, plural, one {An extension requests the scope {1}, which this connection does not include yet. It must also be enabled on the client app in NinjaOne.} other {An extension requests the scopes {1}, which this connection does not include yet. They must also be enabled on the client app in NinjaOne.}}',
          args: [missing.length, allOf(missing)],
          comment: '{1} is a list of scopes.',
        }),
      ),
    },
    vscode.l10n.t('Add Scope and Sign In'),
  );
}

/** Asks for the client secret if there is none. Rejects as canceled. After `over`, an answer changes nothing. */
export async function ensureClientSecret(
  connection: Connection,
  clientSecrets: ClientSecrets,
  over: AbortSignal,
): Promise<void> {
  if ((await clientSecrets.get(connection.id)) !== undefined) {
    return;
  }
  const secret = await askClientSecret(connection, { isStored: false, over });
  if (secret === undefined || over.aborted) {
    throw canceled();
  }
  await clientSecrets.set(connection.id, secret);
}

/** Resolves to undefined if the user, or `over`, closes the box. */
export async function askClientSecret(
  connection: Connection,
  { isStored, over }: { readonly isStored: boolean; readonly over?: AbortSignal },
): Promise<string | undefined> {
  const closing = new vscode.CancellationTokenSource();
  over?.addEventListener('abort', () => {
    closing.cancel();
  });
  const secret = await showInput(
    {
      title: vscode.l10n.t('Client secret of {0}', connection.name),
      prompt: isStored
        ? vscode.l10n.t(
            "The client secret is stored in VS Code's secret storage, never in the settings. It replaces the stored one.",
          )
        : vscode.l10n.t("The client secret is stored in VS Code's secret storage, never in the settings."),
      password: true,
      ignoreFocusOut: true,
      validateInput: (value) => {
        const problem = secretProblem(value.trim(), connection);
        return problem && localize(problem);
      },
    },
    closing.token,
  );
  return secret?.trim();
}

/** Replaces the consent page that client credentials do not have. The decision is never remembered (A17). */
export async function confirmService(connection: Connection, scopes: readonly Scope[]): Promise<void> {
  await confirm(
    {
      message: vscode.l10n.t('Sign in to {0} as a service?', connection.name),
      detail: localize(
        l10n.t({
          message:
            'VS Code requests a token from {0} with the client secret and these scopes: {1}. NinjaOne does not ask for confirmation. Cancel if you did not start this.',
          args: [connection.instance.host, allOf(scopes)],
          comment: '{0} is a host and {1} a list of scopes.',
        }),
      ),
    },
    vscode.l10n.t('Sign In'),
  );
}
