import type { Connection } from '../core/connection/connection.ts';
import type { Command, CommandTable } from './contributions.ts';
import type { Explorer } from './explorer.ts';
import type { Selection } from './selection.ts';

export interface ExplorerCommandPorts {
  readonly explorer: () => Promise<Explorer>;
  readonly ready: Promise<void>;
  readonly selection: Selection;
  /** The connection that the argument names, or that the user picks or adds. */
  readonly connectionFor: (argument: unknown) => Promise<Connection>;
  /** Shows what goes wrong with the buttons of the connection. */
  readonly about: (connection: Connection, task: () => Promise<void>) => Promise<void>;
}

/** The commands of the API Explorer. */
export function createExplorerCommands(
  ports: ExplorerCommandPorts,
): Pick<CommandTable, Extract<Command, `ninjaone.explorer.${string}`>> {
  const { selection } = ports;
  return {
    'ninjaone.explorer.goToOperation': async () => {
      await (await ports.explorer()).goToOperation();
    },
    'ninjaone.explorer.filter': async () => {
      (await ports.explorer()).filter();
    },
    'ninjaone.explorer.clearFilter': async () => {
      (await ports.explorer()).clearFilter();
    },
    'ninjaone.explorer.groupBy': async () => {
      await (await ports.explorer()).groupBy();
    },
    'ninjaone.explorer.refresh': async () => {
      await (await ports.explorer()).refresh();
    },
    'ninjaone.explorer.run': async (argument) => {
      await ports.ready;
      const connection = selection.current ?? (await ports.connectionFor(undefined));
      await ports.about(connection, async () => {
        await (await ports.explorer()).run(argument, connection);
      });
    },
    'ninjaone.explorer.addFavorite': async (argument) => {
      await (await ports.explorer()).setFavorite(argument, 'add');
    },
    'ninjaone.explorer.removeFavorite': async (argument) => {
      await (await ports.explorer()).setFavorite(argument, 'remove');
    },
  };
}
