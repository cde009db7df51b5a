import * as vscode from 'vscode';
import { canceled } from '../../core/base/errors.ts';
import type { Connection } from '../../core/connections/connection.ts';
import { listOf } from '../platform/format.ts';
import { platformName } from '../platform/platformNames.ts';
import { showPick } from '../platform/quickInputs.ts';

/** Rejects as canceled when the user closes the pick, or `signal` does. */
export async function pickConnection(
  connections: readonly Connection[],
  title = vscode.l10n.t('Use which connection?'),
  signal?: AbortSignal,
): Promise<Connection> {
  const closing = new vscode.CancellationTokenSource();
  signal?.addEventListener('abort', () => {
    closing.cancel();
  });
  const chosen = await showPick(
    connections.map((connection) => ({
      label: connection.name,
      description: connection.instance.label,
      detail: `${platformName(connection.platform)} · ${listOf(connection.scopes)}`,
      connection,
    })),
    { title, matchOnDescription: true },
    closing.token,
  );
  if (!chosen) {
    throw canceled();
  }
  return chosen.connection;
}
