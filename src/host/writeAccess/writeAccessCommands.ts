import * as vscode from 'vscode';
import { canceled, NinjaOneError, plainText } from '../../core/base/errors.ts';
import { l10n } from '../../core/base/l10n.ts';
import type { Connection } from '../../core/connections/connection.ts';
import { chooseAction } from '../platform/confirm.ts';
import type { CommandTable } from '../platform/contributions.ts';
import type { WriteAccess } from './writeAccess.ts';
import type { CommandTargets } from '../selection/commandTargets.ts';

export interface WriteAccessCommandOptions {
  readonly writeAccess: WriteAccess;
  readonly targets: CommandTargets;
}

/**
 * Allow Writes resolves to whether the user allowed them. Both act on the connection that the argument names, or else
 * on one that the user picks, Make Read-Only on one with write access (E9).
 */
export function createWriteCommands({
  writeAccess,
  targets,
}: WriteAccessCommandOptions): Pick<CommandTable, 'ninjaone.unlockWrites' | 'ninjaone.lockWrites'> {
  return {
    'ninjaone.unlockWrites': async (argument) => {
      const connection = await targets.connection(argument, vscode.l10n.t('Allow writes for which connection?'));
      const minutes = await askMinutes(connection);
      try {
        writeAccess.unlock(connection, minutes * 60_000);
      } catch (error) {
        throw notAllowed(connection, error);
      }
      return true;
    },
    'ninjaone.lockWrites': async (argument) => {
      const connection = targets.namedConnection(argument) ?? (await unlockedOne(writeAccess, targets));
      if (connection) {
        try {
          writeAccess.lock(connection);
        } catch (error) {
          throw notTakenBack(connection, error);
        }
      }
    },
  };
}

/** Undefined if every connection is already read-only. Rejects as canceled. */
async function unlockedOne({ unlocked }: WriteAccess, targets: CommandTargets): Promise<Connection | undefined> {
  return unlocked.length > 1
    ? targets.pickConnection(unlocked, vscode.l10n.t('Make which connection read-only?'))
    : unlocked[0];
}

function notAllowed({ name }: Connection, error: unknown): NinjaOneError {
  return new NinjaOneError({
    code: 'writes.notStored',
    intent: 'storage',
    message: l10n.t(
      'Writes were not allowed for {0} because the folder of the extension could not be written ({1}). Check the disk and the permissions of the folder.',
      plainText(name),
      reasonOf(error),
    ),
    cause: error,
  });
}

function notTakenBack({ name }: Connection, error: unknown): NinjaOneError {
  return new NinjaOneError({
    code: 'writes.notStored',
    intent: 'storage',
    message: l10n.t(
      '{0} is read-only in this window only, because the folder of the extension could not be written ({1}). Close the other windows.',
      plainText(name),
      reasonOf(error),
    ),
    cause: error,
  });
}

function reasonOf(error: unknown): string {
  const { code = 'unknown' } = error as NodeJS.ErrnoException;
  return plainText(code, 40);
}

/** Always asks the user, because another extension may run the command too. Rejects as canceled. */
async function askMinutes({ name, instance }: Connection): Promise<number> {
  const choices = [
    { title: vscode.l10n.t('For 15 Minutes'), minutes: 15 },
    { title: vscode.l10n.t('For 60 Minutes'), minutes: 60 },
    { title: vscode.l10n.t('Until Turned Off'), minutes: Infinity },
  ];
  const chosen = await chooseAction(
    {
      message: vscode.l10n.t('Allow {0} to change data?', name),
      detail: vscode.l10n.t(
        'Requests that change data can then be sent to {0}. Deleting data or acting on devices still needs confirmation each time. A time limit applies to this window only, "until turned off" to all windows.',
        new URL(instance.origin).host,
      ),
    },
    ...choices.map(({ title }) => title),
  );
  const choice = choices.find(({ title }) => title === chosen);
  if (!choice) {
    throw canceled();
  }
  return choice.minutes;
}
