import * as vscode from 'vscode';
import { canceled } from '../../core/base/errors.ts';
import type { Connection } from '../../core/connections/connection.ts';

/** Rejects as canceled when the pick is left. */
export async function pickConnection(connections: readonly Connection[], title?: string): Promise<Connection> {
  const chosen = await vscode.window.showQuickPick(
    connections.map((connection) => ({
      label: connection.name,
      description: connection.instance.label,
      detail: `${connection.platform} · ${connection.scopes.join(', ')}`,
      connection,
    })),
    { title: title ?? vscode.l10n.t('Which NinjaOne connection?'), matchOnDescription: true },
  );
  if (!chosen) {
    throw canceled();
  }
  return chosen.connection;
}
