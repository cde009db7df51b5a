import * as vscode from 'vscode';
import type { Connection } from '../core/connection/connection.ts';
import type { TokenClipboard } from './clipboard.ts';
import type { Command, CommandTable } from './contributions.ts';
import type { Explorer } from './explorer.ts';
import type { Settings } from './settings.ts';

export interface HistoryCommandPorts {
  readonly explorer: () => Promise<Explorer>;
  readonly ready: Promise<void>;
  readonly settings: Settings;
  readonly clipboard: TokenClipboard;
  /** Shows what goes wrong with the buttons of the connection. */
  readonly about: (connection: Connection, task: () => Promise<void>) => Promise<void>;
}

/** The commands of the history (E13) and of masked values (E4). */
export function createHistoryCommands({
  explorer,
  ready,
  settings,
  clipboard,
  about,
}: HistoryCommandPorts): Pick<
  CommandTable,
  Extract<Command, `ninjaone.history.${string}` | `ninjaone.response.${string}Value`>
> {
  return {
    'ninjaone.history.show': async () => {
      await ready;
      const { history } = await explorer();
      const request = await history.show();
      if (request) {
        await about(request.connection, () => history.send(request));
      }
    },
    'ninjaone.history.rerun': async (argument) => {
      await ready;
      const { history } = await explorer();
      const request = await history.toRunAgain(argument);
      await about(request.connection, () => history.send(request));
    },
    'ninjaone.history.compare': async (argument) => {
      await (await explorer()).history.compare(argument);
    },
    'ninjaone.history.clear': async () => {
      await (await explorer()).history.clear();
    },
    'ninjaone.response.revealValue': async (address, index) => {
      await (await explorer()).masked.reveal(address, index);
    },
    'ninjaone.response.copyValue': async (address, index) => {
      const { name, text } = await (await explorer()).masked.toCopy(address, index);
      const seconds = settings.clipboardClearAfter;
      await clipboard.copyValue(text, seconds);
      void vscode.window.showInformationMessage(
        seconds > 0
          ? vscode.l10n.t('The value of {0} is on the clipboard. It is removed after {1} seconds.', name, seconds)
          : vscode.l10n.t('The value of {0} is on the clipboard.', name),
      );
    },
  };
}
