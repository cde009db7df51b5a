import { canceled } from '../core/base/errors.ts';
import type { Connection } from '../core/connections/connection.ts';
import { createConnectionCommands, type ConnectionCommandOptions } from './connections/connectionCommands.ts';
import type { CommandTable } from './platform/contributions.ts';
import type { ApiExplorer } from './apiExplorer.ts';
import { createExplorerCommands } from './explorer/explorerCommands.ts';
import { createHistoryCommands } from './history/historyCommands.ts';
import { createRequestCommands } from './requests/requestCommands.ts';
import { createResponseCommands } from './responses/responseCommands.ts';
import { createSignInCommands, type SignInCommandOptions } from './signIn/signInCommands.ts';
import { CommandTargets } from './selection/commandTargets.ts';
import { createTokenCommands, type TokenCommandOptions } from './accounts/tokenCommands.ts';
import { createWriteCommands } from './writeAccess/writeAccessCommands.ts';

/** What the groups of commands need, but for what is made here for all of them. */
export type CommandTableOptions = Omit<
  SignInCommandOptions & ConnectionCommandOptions & TokenCommandOptions,
  keyof Shared
> & {
  readonly showLog: () => void;
  readonly explorer: () => Promise<ApiExplorer>;
  /** Whether the argument is a row of the Connections view, so that a person pressed something there. */
  readonly isRow: (argument: unknown) => boolean;
};

interface Shared {
  readonly targets: CommandTargets;
  readonly about: (connection: Connection, task: () => Promise<void>) => Promise<void>;
  readonly connectionFor: (argument: unknown) => Promise<Connection>;
  readonly whoCalls: (argument: unknown) => 'person' | 'program';
}

/** What each command does, in one table: a command without a handler does not compile. */
export function createCommands(options: CommandTableOptions): CommandTable {
  const shared = { ...options, ...sharedBy(options) };
  return {
    ...createSignInCommands(shared),
    ...createConnectionCommands(shared),
    ...createTokenCommands(shared),
    ...createWriteCommands(shared),
    ...createExplorerCommands(shared),
    ...createRequestCommands(shared),
    ...createHistoryCommands(shared),
    ...createResponseCommands(shared),
    'ninjaone.showLog': () => {
      options.showLog();
    },
  };
}

function sharedBy({ settings, tokens, reporter, addConnection, isRow }: CommandTableOptions): Shared {
  const targets = new CommandTargets(settings, tokens);

  /** Errors of one connection are shown with its buttons. */
  const about = async (connection: Connection, task: () => Promise<void>): Promise<void> => {
    try {
      await task();
    } catch (error) {
      await reporter.show(error, connection, () => void about(connection, task));
    }
  };

  return {
    targets,
    about,
    connectionFor: async (argument) => {
      if (settings.connections.length > 0) {
        return targets.connection(argument);
      }
      const added = await addConnection();
      if (!added) {
        throw canceled();
      }
      return added;
    },
    // Only the view has its rows; a name, or nothing, can come from any extension.
    whoCalls: (argument) => (isRow(argument) ? 'person' : 'program'),
  };
}
