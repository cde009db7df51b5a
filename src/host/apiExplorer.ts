import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { ApiClient, type ApiClientOptions, type WritePermission } from '../core/api/apiClient.ts';
import type { LazyRedaction } from '../core/base/lazyRedaction.ts';
import type { Logger } from '../core/base/log.ts';
import { lazy, type Disposable } from '../core/base/lifecycle.ts';
import { TempFiles } from '../core/files/tempFiles.ts';
import type { Operation } from '../core/catalog/operation.ts';
import { requestValues } from '../core/history/historyEntry.ts';
import type { HistoryStore } from '../core/history/historyStore.ts';
import { requestText } from '../core/requests/requestText.ts';
import { NameDirectory } from '../core/names/nameDirectory.ts';
import { sentText } from '../core/requests/sentText.ts';
import type { KnownConnections } from './catalog/consoleTargets.ts';
import { OperationPicker } from './catalog/operationPick.ts';
import { EnterKey } from './explorer/enterKey.ts';
import type { ExplorerFeature } from './explorer/explorerCommands.ts';
import { ExplorerFilter } from './explorer/explorerFilter.ts';
import type { ExplorerTree } from './explorer/explorerTree.ts';
import type { ExplorerView } from './explorer/explorerView.ts';
import type { ExplorerTreeParts } from './explorer/openExplorerTree.ts';
import type { LanguageModelTools } from './languageModel/languageModelTools.ts';
import type { HistoryFeature } from './history/historyCommands.ts';
import { HistoryController } from './history/historyController.ts';
import type { ObjectRequests } from './requests/objectRequests.ts';
import type { RequestFeature } from './requests/requestCommands.ts';
import { BodyComparison } from './requests/bodyComparison.ts';
import { LoadedValues } from './requests/loadedValues.ts';
import { watchDocumentMenus } from './requests/pagedDocuments.ts';
import { PresentValues } from './requests/presentValues.ts';
import { registerDeviceFilterHints } from './requests/deviceFilterHints.ts';
import { RequestDocuments } from './requests/requestDocuments.ts';
import { chooseFormFile } from './requests/chooseFormFile.ts';
import { mayBeSent, RequestEditor } from './requests/requestEditor.ts';
import { RequestFiles } from './requests/requestFiles.ts';
import type { RequestFileSystem, RequestParts } from './requests/requestFileSystem.ts';
import { registerRequestHints, type RequestHintOptions } from './requests/requestHints.ts';
import { RequestRunner } from './requests/requestRunner.ts';
import { RequestSessions } from './requests/requestSessions.ts';
import { RequestSchemas, schemaAddress } from './requests/requestSchemas.ts';
import { resourceTreeItem } from './resources/resourceItems.ts';
import type { Resources } from './resources/resourcesView.ts';
import { ResourceTree } from './resources/resourceTree.ts';
import { NextSteps } from './responses/nextSteps.ts';
import { ResponseActions } from './responses/responseActions.ts';
import type { ResponseFeature } from './responses/responseCommands.ts';
import { ResponseDocuments } from './responses/responseDocuments.ts';
import { columnOf } from './responses/responseTabs.ts';
import { TableLayouts } from './responses/tableLayouts.ts';
import { registerTimeHovers } from './responses/timestampHovers.ts';
import type { Settings } from './platform/settings.ts';
import type { SelectedConnection } from './selection/selectedConnection.ts';
import type { SignInCoordinator } from './signIn/signInCoordinator.ts';
import type { Transport } from '../core/http/transport.ts';
import type { TokenService } from '../core/sessions/tokenService.ts';

export interface ApiExplorerOptions {
  readonly parts: ExplorerTreeParts;
  /** Folder with the pages of webviews. */
  readonly pages: vscode.Uri;
  /** Folder for responses that are too large for memory. They stay there while they are open. */
  readonly responseFiles: string;
  readonly settings: Settings;
  readonly selection: SelectedConnection;
  readonly tokens: TokenService;
  readonly transport: Transport;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly view: ExplorerView;
  readonly fileSystem: RequestFileSystem;
  readonly coordinator: SignInCoordinator;
  readonly writes: WritePermission;
  /** What is remembered in all windows. */
  readonly memory: vscode.Memento;
  /** Open request documents of this window. */
  readonly drafts: vscode.Memento;
  readonly store: HistoryStore;
  /** Shows an error. */
  readonly report: (error: unknown) => void;
  readonly redactor: LazyRedaction;
  readonly logger: Logger;
}

/** The parts of the API Explorer that its commands and views use. */
export interface ApiExplorer
  extends ExplorerFeature, RequestFeature, ResponseFeature, HistoryFeature, ObjectRequests, Disposable {
  readonly resources: Resources;
  readonly tree: ExplorerTree;
  readonly requestParts: RequestParts;
  /** The tools for language models. */
  readonly modelTools: () => Promise<LanguageModelTools>;
  /** Deletes lists, drafts and downloaded API descriptions (A13). Open documents stay open. */
  forget(): Promise<void>;
}

/** Creates the API Explorer when it is first used. Sends no request. */
export async function openApiExplorer(options: ApiExplorerOptions): Promise<ApiExplorer> {
  const { settings, selection, tokens, view, fileSystem, writes, store, now } = options;
  const { catalog, lists, tree } = options.parts;
  // Before drafts are read, because every description says which values are not stored.
  await catalog.readAll();
  const connections = () => settings.connections;
  const maxItems = () => settings.maxItems;

  const known = (): KnownConnections => ({ connections: settings.connections, current: selection.current });
  const filter = new ExplorerFilter({ tree, view, catalog, known });
  const schemas = new RequestSchemas((key) => editor.catalogOfKey(key), fileSystem.schemaChanged);
  const loaded = new LoadedValues(tokens);
  const requestDocuments = new RequestDocuments({
    memory: options.drafts,
    changed: fileSystem.filesChanged,
    passwordsOf: (key) => catalog.passwordsOf(key),
    loaded,
  });
  const files = new RequestFiles();
  const editor = new RequestEditor({
    catalogOf: (connection) => catalog.of(connection),
    connections,
    documents: requestDocuments,
    files,
  });
  const tempFiles = new TempFiles(options.responseFiles);
  const documents = new ResponseDocuments(tempFiles);
  const nextSteps = new NextSteps(options.memory);
  const open = async (operation: Operation): Promise<void> => {
    const schemas = await (await catalog.of(selection.current)).schemas();
    await requestDocuments.open(operation, { connection: selection.current, schemas });
  };
  const clientOptions: ApiClientOptions = {
    transport: options.transport,
    writes,
    isDescribed: ({ instance }, key) => catalog.describes(instance.origin, key),
    files,
    timeout: () => settings.httpTimeout,
    now,
    sleep: async (milliseconds, signal) => {
      await sleep(milliseconds, undefined, signal ? { signal } : {}).catch(() => {});
    },
  };
  const client = new ApiClient(clientOptions);
  const sessions = new RequestSessions(options);
  const resourceTree = new ResourceTree({ client, sessions, catalogOf: (connection) => catalog.of(connection) });
  const names = new NameDirectory({
    client,
    operation: async (key, connection) => (await catalog.of(connection)).find(key),
    session: (operation, connection) => sessions.existing(operation, connection),
    now,
  });
  const runner = new RequestRunner({
    client,
    writes,
    sessions,
    names,
    documents,
    tempFiles,
    maxItems,
    openDocument: open,
    remember: (key) => void lists.remember(key),
    history: store,
    now,
  });
  const comparison = new BodyComparison();
  const present = new PresentValues({
    loaded,
    runner,
    comparison,
    names,
    catalogOf: (connection) => catalog.of(connection),
    report: options.report,
  });
  const history = new HistoryController({
    store,
    operation: async (key, connection) => (await catalog.of(connection)).find(key),
    connections,
    mayWrite: (connection) => writes.mayWrite(connection),
    selection,
    tokens,
    runner,
    documents,
    maxItems,
    now,
  });
  const layouts = new TableLayouts(join(dirname(options.responseFiles), 'tableColumns.json'));
  const tables = lazy(async () => {
    const { ResponseTablePanels } = await import('./responses/responseTablePanel.ts');
    const { pages, report } = options;
    const { onDidReplace } = documents;
    const panels = new ResponseTablePanels({ pages, responses: documents, tempFiles, layouts, report, onDidReplace });
    disposables.push(panels);
    return panels;
  });
  const modelTools = lazy(async () => {
    const { openModelTools } = await import('./languageModel/openModelTools.ts');
    const reader = new ApiClient({ ...clientOptions, writes: { mayWrite: () => false } });
    const opened = openModelTools({ ...options, catalog, reader });
    disposables.push(opened);
    return opened;
  });
  const hints: RequestHintOptions = {
    catalogOf: (document) => editor.catalogOf(document),
    connectionOf: (document) => (mayBeSent(document) ? editor.connectionOf(document) : undefined),
    names,
  };
  const disposables: Disposable[] = [
    editor,
    requestDocuments,
    loaded,
    comparison,
    history,
    registerTimeHovers(now),
    tokens.onDidChange(({ added, removed }) => {
      for (const { connection } of [...added, ...removed]) {
        names.forget(connection.id);
      }
    }),
    vscode.window.onDidChangeActiveTextEditor(() => void schemas.followDocument()),
    registerRequestHints(hints),
    watchDocumentMenus((document) => editor.catalogOf(document)),
    registerDeviceFilterHints(hints),
    settings.onDidChangeConnections(() => fileSystem.lensesChanged.fire()),
    catalog.onDidChange(() => {
      schemas.refresh();
      void filter.apply();
    }),
    documents.onDidShow(({ uri, displayed }) => void nextSteps.offer(uri, displayed)),
    documents,
    tempFiles,
    resourceTree,
  ];
  return {
    catalog,
    lists,
    picker: new OperationPicker(catalog, lists, known),
    tree,
    filter,
    enterKey: new EnterKey(view),
    editor,
    runner,
    present,
    openDocument: open,
    chooseFile: async (document) => chooseFormFile(document, { catalog: await editor.catalogOf(document), files }),
    openFilled: async ({ operation, values }, connection) => {
      const schemas = await (await catalog.of(connection)).schemas();
      const text = requestText(operation, { schema: schemaAddress(operation), schemas, values });
      await requestDocuments.openNew(operation, text, connection, { atGap: true });
    },
    openSent: async (request) => {
      const document = await editor.documentOf(request);
      if (document) {
        const viewColumn = columnOf(document.uri.toString());
        await vscode.window.showTextDocument(document, viewColumn === undefined ? {} : { viewColumn });
        return;
      }
      const { operation, connection } = request;
      const text = sentText(request, { schema: schemaAddress(operation), values: requestValues(request) });
      await requestDocuments.openNew(operation, text, connection);
    },
    bind: ({ uri }, connection) => {
      // Redrawing a lens loses a click that is in progress, so lenses are redrawn only when their text changes.
      if (requestDocuments.bind(uri, connection)) {
        fileSystem.lensesChanged.fire();
        schemas.refresh();
      }
    },
    responses: new ResponseActions({ documents, runner, connections, tempFiles }),
    masked: documents.masked,
    resources: { tree: resourceTree, itemOf: resourceTreeItem, dispose: () => resourceTree.dispose() },
    tables,
    modelTools,
    history,
    requestParts: {
      files: requestDocuments,
      schema: (uri) => schemas.read(uri),
      lenses: (document) => editor.lenses(document),
    },
    forget: async () => {
      await lists.forget();
      await layouts.forget();
      await nextSteps.forget();
      await requestDocuments.forget();
      await catalog.forget();
    },
    dispose: () => {
      vscode.Disposable.from(...disposables).dispose();
    },
  };
}
