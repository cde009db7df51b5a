import * as vscode from 'vscode';
import { hasListItems, type DisplayedResponse } from '../../core/responses/displayedResponse.ts';
import { runCommand, type Command } from '../platform/contributions.ts';
import { offerInformation } from '../platform/windowMessages.ts';
import { canBeTable } from './responseLenses.ts';

/** Offers what people do next with a list, once: with the first one that this installation shows. */
export class NextSteps {
  readonly #memory: vscode.Memento;

  constructor(memory: vscode.Memento) {
    this.#memory = memory;
  }

  /** Resolves when the message is closed, so nothing may wait for it. */
  async offer(uri: vscode.Uri, displayed: DisplayedResponse): Promise<void> {
    if (this.#memory.get(KEY) === true || displayed.response.failure || !canBeTable(displayed)) {
      return;
    }
    await this.#memory.update(KEY, true);
    const commands: Readonly<Record<string, Command>> = {
      [vscode.l10n.t('Show as Table')]: 'ninjaone.response.showTable',
      [vscode.l10n.t('Save as File…')]: hasListItems(displayed)
        ? 'ninjaone.response.saveCsv'
        : 'ninjaone.response.saveJson',
      [vscode.l10n.t('Copy Request As…')]: 'ninjaone.request.copyAs',
    };
    const chosen = await offerInformation(
      vscode.l10n.t(
        'This is your first list. You can show it as a table, save it, or copy its request as code. These actions are also above each response.',
      ),
      ...Object.keys(commands),
    );
    const command = chosen === undefined ? undefined : commands[chosen];
    if (command) {
      runCommand(command, uri);
    }
  }

  /** Afterwards it is offered again. */
  async forget(): Promise<void> {
    await this.#memory.update(KEY, undefined);
  }
}

const KEY = 'responses.nextStepsOffered';
