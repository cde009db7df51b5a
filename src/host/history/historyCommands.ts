import type { Connection } from '../../core/connections/connection.ts';
import type { Command, CommandTable } from '../platform/contributions.ts';
import type { HistoryController } from './historyController.ts';

export interface HistoryFeature {
  readonly history: HistoryController;
}

export interface HistoryCommandOptions {
  readonly explorer: () => Promise<HistoryFeature>;
  readonly ready: Promise<void>;
  /** Shows an error with the buttons of the connection. */
  readonly about: (connection: Connection, task: () => Promise<void>) => Promise<void>;
}

/** The commands of the history (E13). */
export function createHistoryCommands({
  explorer,
  ready,
  about,
}: HistoryCommandOptions): Pick<CommandTable, Extract<Command, `ninjaone.history.${string}`>> {
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
  };
}
