import * as vscode from 'vscode';
import type { Connection } from '../../core/connections/connection.ts';
import type { Command, CommandTable } from '../platform/contributions.ts';
import { EnterKey } from './enterKey.ts';
import type { RequestEditor } from '../requests/requestEditor.ts';
import type { ResponseActions } from '../responses/responseActions.ts';
import type { ExplorerFilter } from './explorerFilter.ts';
import type { SelectedConnection } from '../selection/selectedConnection.ts';
import { pickConnection } from '../selection/pickConnection.ts';

/** What the commands act on; loaded when the first of them runs. */
export interface Explorer {
  readonly requests: RequestEditor;
  readonly responses: ResponseActions;
  readonly filter: ExplorerFilter;
  readonly enterKey: EnterKey;
  isRead(argument: unknown): boolean;
  bind(document: vscode.TextDocument, connection: Connection): void;
  goToOperation(): Promise<void>;
  groupBy(): Promise<void>;
  refresh(): Promise<void>;
  run(argument: unknown, connection: Connection): Promise<void>;
  openDocument(argument: unknown): Promise<void>;
  copyAs(argument: unknown, connection: Connection): Promise<void>;
  saveAsPowerShell(argument: unknown, connection: Connection): Promise<void>;
  sendDocument(document: vscode.TextDocument, connection: Connection): Promise<void>;
  fetchAllOfDocument(document: vscode.TextDocument, connection: Connection): Promise<void>;
  copyDocumentAs(document: vscode.TextDocument, connection: Connection): Promise<void>;
  saveDocumentAsPowerShell(document: vscode.TextDocument, connection: Connection): Promise<void>;
  setFavorite(argument: unknown, place: 'add' | 'remove'): Promise<void>;
}

export interface ExplorerCommandOptions {
  readonly explorer: () => Promise<Explorer>;
  readonly ready: Promise<void>;
  readonly selection: SelectedConnection;
  /** The connection that the argument names, or that the user picks or adds. */
  readonly connectionFor: (argument: unknown) => Promise<Connection>;
  /** Shows what goes wrong with the buttons of the connection. */
  readonly about: (connection: Connection, task: () => Promise<void>) => Promise<void>;
}

/** The commands of the API Explorer. */
export function createExplorerCommands(
  options: ExplorerCommandOptions,
): Pick<CommandTable, Extract<Command, `ninjaone.${'explorer' | 'request'}.${string}`>> {
  const { selection } = options;

  const aboutSelected = async (task: (explorer: Explorer, connection: Connection) => Promise<void>): Promise<void> => {
    await options.ready;
    const connection = selection.current ?? (await options.connectionFor(undefined));
    await options.about(connection, async () => {
      await task(await options.explorer(), connection);
    });
  };

  /** Asks also when there is only one. */
  const pickFor = async ({ requests: { connections } }: Explorer): Promise<Connection> => {
    const title = vscode.l10n.t('Send this request to which connection?');
    return connections.length > 0 ? pickConnection(connections, title) : options.connectionFor(undefined);
  };

  /** The connection that the document is tied to; asked for once a window when there are several. */
  const aboutDocument = async (
    argument: unknown,
    task: (explorer: Explorer, document: vscode.TextDocument, connection: Connection) => Promise<void>,
  ): Promise<void> => {
    await options.ready;
    const explorer = await options.explorer();
    const document = explorer.requests.document(argument);
    const connection = explorer.requests.connectionOf(document) ?? (await pickFor(explorer));
    explorer.bind(document, connection);
    await options.about(connection, () => task(explorer, document, connection));
  };

  return {
    'ninjaone.explorer.goToOperation': async () => {
      await (await options.explorer()).goToOperation();
    },
    'ninjaone.explorer.filter': async () => {
      (await options.explorer()).filter.ask();
    },
    'ninjaone.explorer.clearFilter': async () => {
      await (await options.explorer()).filter.clear();
    },
    'ninjaone.explorer.groupBy': async () => {
      await (await options.explorer()).groupBy();
    },
    'ninjaone.explorer.refresh': async () => {
      await (await options.explorer()).refresh();
    },
    'ninjaone.explorer.open': async (argument) => {
      const explorer = await options.explorer();
      if (explorer.enterKey.take() && explorer.isRead(argument)) {
        await aboutSelected((_, connection) => explorer.run(argument, connection));
      } else {
        await explorer.openDocument(argument);
      }
    },
    'ninjaone.explorer.run': async (argument) => {
      if (EnterKey.isMeantBy(argument)) {
        await (await options.explorer()).enterKey.press();
        return;
      }
      await aboutSelected((explorer, connection) => explorer.run(argument, connection));
    },
    'ninjaone.explorer.copyAs': async (argument) => {
      await aboutSelected((explorer, connection) => explorer.copyAs(argument, connection));
    },
    'ninjaone.explorer.saveAsPowerShell': async (argument) => {
      const explorer = await options.explorer();
      await (explorer.requests.isAboutDocument(argument)
        ? aboutDocument(argument, (_, document, connection) => explorer.saveDocumentAsPowerShell(document, connection))
        : aboutSelected((_, connection) => explorer.saveAsPowerShell(argument, connection)));
    },
    'ninjaone.request.send': async (argument) => {
      await aboutDocument(argument, (explorer, document, connection) => explorer.sendDocument(document, connection));
    },
    'ninjaone.request.fetchAll': async (argument) => {
      await aboutDocument(argument, (explorer, document, connection) =>
        explorer.fetchAllOfDocument(document, connection),
      );
    },
    'ninjaone.request.copyAs': async (argument) => {
      const { responses } = await options.explorer();
      if (responses.isAbout(argument)) {
        await responses.copyAs(responses.find(argument));
        return;
      }
      await aboutDocument(argument, (explorer, document, connection) => explorer.copyDocumentAs(document, connection));
    },
    'ninjaone.request.changeConnection': async (argument) => {
      await options.ready;
      const explorer = await options.explorer();
      const document = explorer.requests.document(argument);
      explorer.bind(document, await pickFor(explorer));
    },
    'ninjaone.explorer.addFavorite': async (argument) => {
      await (await options.explorer()).setFavorite(argument, 'add');
    },
    'ninjaone.explorer.removeFavorite': async (argument) => {
      await (await options.explorer()).setFavorite(argument, 'remove');
    },
  };
}
