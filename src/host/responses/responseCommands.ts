import * as vscode from 'vscode';
import { seconds } from '../../core/base/counts.ts';
import type { Connection } from '../../core/connections/connection.ts';
import type { SecretClipboard } from '../platform/secretClipboard.ts';
import type { Command, CommandTable } from '../platform/contributions.ts';
import type { MaskedValues } from './maskedValues.ts';
import type { ResponseActions } from './responseActions.ts';
import type { ResponseTablePanels } from './responseTablePanel.ts';
import type { Settings } from '../platform/settings.ts';
import type { DisplayedResponse } from '../../core/responses/displayedResponse.ts';
import { localize } from '../platform/localize.ts';

/** What the commands act on; loaded when the first of them runs. */
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
  /** Shows what goes wrong with the buttons of the connection. */
  readonly about: (connection: Connection, task: () => Promise<void>) => Promise<void>;
}

/** The commands of answers (E7, E8), and of single values in those that give out secrets (E4). */
export function createResponseCommands({
  explorer,
  ready,
  settings,
  clipboard,
  about,
}: ResponseCommandOptions): Pick<CommandTable, Extract<Command, `ninjaone.response.${string}`>> {
  const aboutResponse =
    (task: (responses: ResponseActions, shown: DisplayedResponse) => Promise<void>) =>
    async (argument: unknown): Promise<void> => {
      await ready;
      const { responses } = await explorer();
      const shown = responses.find(argument);
      await about(shown.response.request.connection, () => task(responses, shown));
    };

  return {
    'ninjaone.response.nextPage': aboutResponse((responses, shown) => responses.nextPage(shown)),
    'ninjaone.response.fetchAll': aboutResponse((responses, shown) => responses.fetchAll(shown)),
    'ninjaone.response.saveJson': aboutResponse((responses, shown) => responses.save(shown, 'json')),
    'ninjaone.response.saveCsv': aboutResponse((responses, shown) => responses.save(shown, 'csv')),
    'ninjaone.response.showTable': async (argument) => {
      const { tables } = await explorer();
      (await tables()).show(argument);
    },
    'ninjaone.response.revealValue': async (address, index) => {
      await (await explorer()).masked.reveal(address, index);
    },
    'ninjaone.response.copyValue': async (address, index) => {
      const { name, text } = await (await explorer()).masked.toCopy(address, index);
      const clearAfter = settings.clipboardClearAfter;
      await clipboard.copyValue(text, clearAfter);
      void vscode.window.showInformationMessage(
        clearAfter > 0
          ? vscode.l10n.t(
              'The value of {0} is on the clipboard. It is removed after {1}.',
              name,
              localize(seconds(clearAfter)),
            )
          : vscode.l10n.t('The value of {0} is on the clipboard.', name),
      );
    },
  };
}
