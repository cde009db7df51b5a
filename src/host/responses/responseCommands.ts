import * as vscode from 'vscode';
import { l10n } from '../../core/base/l10n.ts';
import type { Connection } from '../../core/connections/connection.ts';
import type { SecretClipboard } from '../platform/secretClipboard.ts';
import type { Command, CommandTable } from '../platform/contributions.ts';
import { openObjectAtCursor } from './consoleObjects.ts';
import type { MaskedValues } from './maskedValues.ts';
import type { ResponseActions } from './responseActions.ts';
import type { ResponseTablePanels } from './responseTablePanel.ts';
import type { Settings } from '../platform/settings.ts';
import type { DisplayedResponse } from '../../core/responses/displayedResponse.ts';
import { localize } from '../platform/localize.ts';
import { showInformation } from '../platform/windowMessages.ts';

/** The parts that the commands use; loaded when the first of them runs. */
export interface ResponseFeature {
  readonly responses: ResponseActions;
  readonly masked: MaskedValues;
  readonly tables: () => Promise<ResponseTablePanels>;
}

export interface ResponseCommandOptions {
  readonly explorer: () => Promise<ResponseFeature>;
  readonly ready: Promise<void>;
  readonly settings: Settings;
  readonly clipboard: SecretClipboard;
  /** Shows an error with the buttons of the connection. */
  readonly about: (connection: Connection, task: () => Promise<void>) => Promise<void>;
}

/** The commands for responses (E7, E8), and for single values in responses with secrets (E4). */
export function createResponseCommands({
  explorer,
  ready,
  settings,
  clipboard,
  about,
}: ResponseCommandOptions): Pick<CommandTable, Extract<Command, `ninjaone.response.${string}`>> {
  const aboutResponse =
    (task: (responses: ResponseActions, displayed: DisplayedResponse) => Promise<void>) =>
    async (argument: unknown): Promise<void> => {
      await ready;
      const { responses } = await explorer();
      const displayed = responses.find(argument);
      await about(displayed.response.request.connection, () => task(responses, displayed));
    };

  return {
    'ninjaone.response.nextPage': aboutResponse((responses, displayed) => responses.nextPage(displayed)),
    'ninjaone.response.fetchAll': aboutResponse((responses, displayed) => responses.fetchAll(displayed)),
    'ninjaone.response.saveJson': aboutResponse((responses, displayed) => responses.save(displayed, 'json')),
    'ninjaone.response.saveCsv': aboutResponse((responses, displayed) => responses.save(displayed, 'csv')),
    'ninjaone.response.openInNinjaOne': aboutResponse((_, displayed) => openObjectAtCursor(displayed)),
    'ninjaone.response.showTable': async (argument) => {
      const { tables } = await explorer();
      await (await tables()).show(argument);
    },
    'ninjaone.response.revealValue': async (address, index) => {
      await (await explorer()).masked.reveal(address, index);
    },
    'ninjaone.response.copyValue': async (address, index) => {
      const { name, text } = await (await explorer()).masked.toCopy(address, index);
      const clearAfter = settings.clipboardClearAfter;
      await clipboard.copyValue(text, clearAfter);
      showInformation(
        clearAfter > 0
          ? localize(
              l10n.t({
                message:
                  '{1, plural, one {Copied the value of {0}. It is removed from the clipboard after # second.} other {Copied the value of {0}. It is removed from the clipboard after # seconds.}}',
                args: [name, clearAfter],
                comment: '{0} is the path of a value in JSON.',
              }),
            )
          : vscode.l10n.t({
              message: 'Copied the value of {0}.',
              args: [name],
              comment: '{0} is the path of a value in JSON.',
            }),
      );
    },
  };
}
