import { canceled } from '../core/base/errors.ts';
import type { Connection } from '../core/connections/connection.ts';
import { createConnectionCommands, type ConnectionCommandOptions } from './connections/connectionCommands.ts';
import type { CommandTable } from './platform/contributions.ts';
import type { ApiExplorer } from './apiExplorer.ts';
import { createDiagnosticsCommands, type DiagnosticsCommandOptions } from './diagnostics/diagnosticsCommands.ts';
import { createExplorerCommands } from './explorer/explorerCommands.ts';
import { createHistoryCommands } from './history/historyCommands.ts';
import { createRequestCommands } from './requests/requestCommands.ts';
import { createResponseCommands } from './responses/responseCommands.ts';
import { createResourceCommands, type ResourceCommandOptions } from './resources/resourceCommands.ts';
import { createTableCommands } from './responses/tableCommands.ts';
import { createSignInCommands, type SignInCommandOptions } from './signIn/signInCommands.ts';
import { CommandTargets } from './selection/commandTargets.ts';
import { createTerminalCommands, type TerminalCommandOptions } from './terminals/terminalCommands.ts';
import { createTokenCommands, type TokenCommandOptions } from './accounts/tokenCommands.ts';
import { createWriteCommands } from './writeAccess/writeAccessCommands.ts';

/** The dependencies of all command groups, except those that are created here. */
export type CommandTableOptions = Omit<
  SignInCommandOptions &
    ConnectionCommandOptions &
    TokenCommandOptions &
    TerminalCommandOptions &
    DiagnosticsCommandOptions &
    Pick<ResourceCommandOptions, 'resourcesView'>,
  keyof Shared
> & {
  readonly showLog: () => void;
  readonly explorer: () => Promise<ApiExplorer>;
  /** Whether the argument is a row of the Connections view, which proves that the user started the command there. */
  readonly isRow: (argument: unknown) => boolean;
};

interface Shared {
  readonly targets: CommandTargets;
  readonly about: (connection: Connection, task: () => Promise<void>) => Promise<void>;
  readonly connectionFor: (argument: unknown, title?: string) => Promise<Connection>;
  readonly whoCalls: (argument: unknown) => 'user' | 'extension';
}

/** All command handlers in one table. The type makes sure that every command has a handler. */
export function createCommands(options: CommandTableOptions): CommandTable {
  const shared = { ...options, ...sharedBy(options) };
  return {
    ...createSignInCommands(shared),
    ...createConnectionCommands(shared),
    ...createTokenCommands(shared),
    ...createTerminalCommands(shared),
    ...createWriteCommands(shared),
    ...createDiagnosticsCommands(shared),
    ...createExplorerCommands(shared),
    ...createRequestCommands(shared),
    ...createHistoryCommands(shared),
    ...createResourceCommands(shared),
    ...createResponseCommands(shared),
    ...createTableCommands(shared.explorer),
    'ninjaone.showLog': () => {
      options.showLog();
    },
  };
}

function sharedBy(options: CommandTableOptions): Shared {
  const { settings, reporter, addConnection, isRow } = options;
  const targets = new CommandTargets(options);

  /** Shows errors of a connection with buttons that act on this connection. */
  const about = async (connection: Connection, task: () => Promise<void>): Promise<void> => {
    try {
      await task();
    } catch (error) {
      reporter.show(error, connection, { retry: () => void about(connection, task) });
    }
  };

  return {
    targets,
    about,
    connectionFor: async (argument, title) => {
      if (settings.connections.length > 0) {
        return targets.connection(argument, title);
      }
      const added = await addConnection('needed');
      if (!added) {
        throw canceled();
      }
      return added;
    },
    // Only the view can pass one of its rows. A name, or no argument, can come from any extension.
    whoCalls: (argument) => (isRow(argument) ? 'user' : 'extension'),
  };
}
