import * as vscode from 'vscode';
import { cancelled } from '../core/base/errors.ts';
import type { Connection } from '../core/connection/connection.ts';
import type { CommandTable } from './contributions.ts';
import type { Safety } from './safety.ts';
import type { Selection } from './selection.ts';
import type { Targets } from './targets.ts';

export interface WriteCommandPorts {
  readonly safety: Safety;
  readonly selection: Selection;
  readonly targets: Targets;
}

/** Allowing writes and taking that back: for the connection that is named, else for the selected one (E9). */
export function createWriteCommands({
  safety,
  selection,
  targets,
}: WriteCommandPorts): Pick<CommandTable, 'ninjaone.unlockWrites' | 'ninjaone.lockWrites'> {
  const connectionFor = async (argument: unknown): Promise<Connection> =>
    targets.namedConnection(argument) ?? selection.current ?? (await targets.connection(undefined));
  return {
    'ninjaone.unlockWrites': async (argument) => {
      const connection = await connectionFor(argument);
      await safety.unlock(connection, (await askMinutes(connection)) * 60_000);
    },
    'ninjaone.lockWrites': async (argument) => {
      await safety.lock(await connectionFor(argument));
    },
  };
}

/** Always asks, whoever calls: another extension can name a connection and no more. Rejects as cancelled. */
async function askMinutes({ name, instance }: Connection): Promise<number> {
  const choices = [
    { title: vscode.l10n.t('For 15 Minutes'), minutes: 15 },
    { title: vscode.l10n.t('For 60 Minutes'), minutes: 60 },
    { title: vscode.l10n.t('Until Switched Off'), minutes: Infinity },
  ];
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t('Allow {0} to change data?', name),
    {
      modal: true,
      detail: vscode.l10n.t(
        'Requests that change data can then be sent to {0}. What deletes or acts on devices still asks each time. Minutes count in this window only.',
        instance.host,
      ),
    },
    ...choices,
  );
  if (!chosen) {
    throw cancelled();
  }
  return chosen.minutes;
}
