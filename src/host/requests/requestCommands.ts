import * as vscode from 'vscode';
import type { ApiRequest } from '../../core/api/apiRequest.ts';
import type { Connection } from '../../core/connections/connection.ts';
import { copyRequestAs } from '../exports/exportRequest.ts';
import type { Command, CommandTable } from '../platform/contributions.ts';
import type { ResponseActions } from '../responses/responseActions.ts';
import type { CommandTargets } from '../selection/commandTargets.ts';
import type { PresentValues } from './presentValues.ts';
import type { RequestEditor } from './requestEditor.ts';
import type { RequestRunner } from './requestRunner.ts';

/** The parts that the commands use; loaded when the first of them runs. */
export interface RequestFeature {
  readonly editor: RequestEditor;
  readonly runner: RequestRunner;
  readonly present: PresentValues;
  readonly responses: ResponseActions;
  /** Lets the user pick files for the form in the document. */
  chooseFile(document: vscode.TextDocument): Promise<void>;
  /** Shows the open document that sends this request, or else a new one. Sends nothing. */
  openSent(request: ApiRequest): Promise<void>;
  /** Binds a request document to a connection for this window. */
  bind(document: vscode.TextDocument, connection: Connection): void;
}

export interface RequestCommandOptions {
  readonly explorer: () => Promise<RequestFeature>;
  readonly ready: Promise<void>;
  readonly targets: Pick<CommandTargets, 'pickConnection'>;
  /** The connection that the argument names, or that the user picks or adds. */
  readonly connectionFor: (argument: unknown) => Promise<Connection>;
  /** Shows an error with the buttons of the connection. */
  readonly about: (connection: Connection, task: () => Promise<void>) => Promise<void>;
}

/** The commands of request documents (E6). */
export function createRequestCommands(
  options: RequestCommandOptions,
): Pick<CommandTable, Extract<Command, `ninjaone.request.${string}`>> {
  const { explorer } = options;
  return {
    'ninjaone.request.send': (argument) =>
      withDocumentRequest(argument, options, async (request, document) =>
        (await explorer()).present.send(request, document),
      ),
    'ninjaone.request.fetchAll': (argument) =>
      withDocumentRequest(argument, options, async (request, document) =>
        (await explorer()).runner.fetchAll(request, { document }),
      ),
    'ninjaone.request.copyAs': async (argument) => {
      const { responses } = await explorer();
      await (responses.isAbout(argument)
        ? responses.copyAs(responses.find(argument))
        : withCopiedRequest(argument, options, copyRequestAs));
    },
    'ninjaone.request.open': async (argument) => {
      const feature = await explorer();
      await feature.openSent(feature.responses.find(argument).first);
    },
    'ninjaone.request.chooseFile': async (argument) => {
      const feature = await explorer();
      await feature.chooseFile(feature.editor.document(argument));
    },
    'ninjaone.request.loadCurrentValue': (argument) =>
      withDocument(argument, options, (document, connection, { present }) => present.load(document, connection)),
    'ninjaone.request.changeConnection': async (argument) => {
      await options.ready;
      const feature = await explorer();
      const document = feature.editor.document(argument);
      feature.bind(document, await pickFor(feature, options));
    },
  };
}

/**
 * Runs the task with the request in a document: the one that the argument names, else the one in the active editor. If its
 * body was loaded, the request is as Send sends it (E19).
 */
async function withDocumentRequest(
  argument: unknown,
  options: RequestCommandOptions,
  task: (request: ApiRequest, document: string) => Promise<void>,
): Promise<void> {
  await withDocument(argument, options, async (document, connection, { editor, present }) => {
    const address = document.uri.toString();
    await task(await present.asSent(await editor.read(document, connection), address), address);
  });
}

/** The same for what is copied or saved as code. */
export async function withCopiedRequest(
  argument: unknown,
  options: RequestCommandOptions,
  task: (request: ApiRequest) => Promise<void>,
): Promise<void> {
  await withDocument(argument, options, async (document, connection, { editor, present }) => {
    await task(await present.asCopied(await editor.read(document, connection), document.uri.toString()));
  });
}

/**
 * Runs the task with a document and its connection. A document without a connection is bound to one first; the user is
 * asked once a window when there are several.
 */
async function withDocument(
  argument: unknown,
  options: RequestCommandOptions,
  task: (document: vscode.TextDocument, connection: Connection, feature: RequestFeature) => Promise<void>,
): Promise<void> {
  await options.ready;
  const feature = await options.explorer();
  const document = feature.editor.document(argument);
  const connection = feature.editor.connectionOf(document) ?? (await pickFor(feature, options));
  feature.bind(document, connection);
  await options.about(connection, () => task(document, connection, feature));
}

/** Asks also when there is only one connection. */
function pickFor({ editor: { connections } }: RequestFeature, options: RequestCommandOptions): Promise<Connection> {
  const title = vscode.l10n.t('Send this request to which connection?');
  return connections.length > 0 ? options.targets.pickConnection(connections, title) : options.connectionFor(undefined);
}
