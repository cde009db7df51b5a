import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import * as vscode from 'vscode';
import { ApiClient, type WritePermission } from '../core/api/apiClient.ts';
import { isWrite } from '../core/api/apiRequest.ts';
import type { Disposable } from '../core/base/lifecycle.ts';
import type { Logger } from '../core/base/log.ts';
import type { Catalog } from '../core/catalog/catalog.ts';
import { createCatalogSource, type CatalogSource, type LiveResult } from '../core/catalog/catalogSource.ts';
import type { Operation } from '../core/catalog/operation.ts';
import type { Connection } from '../core/connections/connection.ts';
import type { Transport } from '../core/http/transport.ts';
import type { HistoryStore } from '../core/history/historyStore.ts';
import { TempFiles } from '../core/files/tempFiles.ts';
import type { TokenService } from '../core/sessions/tokenService.ts';
import { specCache } from '../core/catalog/specCache.ts';
import { EnterKey } from './explorer/enterKey.ts';
import { ExplorerFilter } from './explorer/explorerFilter.ts';
import { ExplorerTree } from './explorer/explorerTree.ts';
import type { ExplorerView } from './explorer/explorerView.ts';
import { pickGrouping } from './explorer/groupingPick.ts';
import { HistoryController } from './history/historyController.ts';
import type { MaskedValues } from './responses/maskedValues.ts';
import { OperationLists } from './catalog/operationLists.ts';
import { namedOperation, pickOperation } from './catalog/operationPick.ts';
import { RequestEditor } from './requests/requestEditor.ts';
import { RequestDocuments } from './requests/requestDocuments.ts';
import type { RequestFileSystem, RequestParts } from './requests/requestFileSystem.ts';
import { RequestRunner } from './requests/requestRunner.ts';
import { RequestSchemas } from './requests/requestSchemas.ts';
import { ResponseActions } from './responses/responseActions.ts';
import { ResponseDocuments } from './responses/responseDocuments.ts';
import type { ResponseTablePanels } from './responses/responseTablePanel.ts';
import type { SelectedConnection } from './selection/selectedConnection.ts';
import type { SignInCoordinator } from './signIn/signInCoordinator.ts';
import type { Settings } from './platform/settings.ts';
import { logSpecWarnings, showSpecWarnings } from './catalog/specWarnings.ts';
import { copyAs, saveAsPowerShell } from './exports/exportRequest.ts';
import { registerTimeHovers } from './responses/timestampHovers.ts';

export interface ApiExplorerOptions {
  /** Folder `media` of the extension. */
  readonly media: string;
  /** Folder with what the pages of webviews are made of. */
  readonly pages: vscode.Uri;
  /** Folder for what was fetched of instances; no secrets. */
  readonly storage: string;
  /** Folder for answers that are too large for memory, as long as they are shown. */
  readonly spools: string;
  readonly view: ExplorerView;
  readonly files: RequestFileSystem;
  readonly settings: Settings;
  readonly selection: SelectedConnection;
  readonly tokens: TokenService;
  readonly coordinator: SignInCoordinator;
  readonly transport: Transport;
  readonly isConfirmed: (origin: string) => boolean;
  readonly writes: WritePermission;
  readonly favorites: vscode.Memento;
  readonly recent: vscode.Memento;
  /** Of this folder's window: open request documents. */
  readonly drafts: vscode.Memento;
  readonly history: HistoryStore;
  readonly logger: Logger;
  readonly now: () => number;
}

/** The API Explorer: what its view shows and what its commands do. Loaded when it is first looked at. */
export class Explorer implements Disposable {
  readonly tree: ExplorerTree;
  readonly requests: RequestEditor;
  readonly responses: ResponseActions;
  readonly filter: ExplorerFilter;
  readonly enterKey: EnterKey;
  readonly history: HistoryController;
  readonly #options: ApiExplorerOptions;
  readonly #source: CatalogSource;
  readonly #lists: OperationLists;
  readonly #runner: RequestRunner;
  readonly #tempFiles: TempFiles;
  readonly #documents: ResponseDocuments;
  readonly #requestDocuments: RequestDocuments;
  readonly #schemas: RequestSchemas;
  readonly #subscriptions: readonly Disposable[];
  #catalog: Catalog;
  #tables: ResponseTablePanels | undefined;

  /** Reads the bundled catalog, or what is kept of the selected instance; asks no server. */
  static async open(options: ApiExplorerOptions): Promise<Explorer> {
    const source = createCatalogSource({
      bundled: (name) => readFile(join(options.media, name), 'utf8'),
      send: options.transport,
      cache: specCache(options.storage),
      isConfirmed: options.isConfirmed,
      now: options.now,
      logger: options.logger,
    });
    const { current } = options.selection;
    return new Explorer(options, source, await (current ? source.cached(current.instance.origin) : source.bundled()));
  }

  private constructor(options: ApiExplorerOptions, source: CatalogSource, catalog: Catalog) {
    this.#options = options;
    this.#source = source;
    this.#catalog = catalog;
    const { settings, selection, tokens, coordinator, transport, view } = options;
    this.#lists = new OperationLists({
      favorites: options.favorites,
      recent: options.recent,
      changed: () => {
        view.refresh();
      },
    });
    this.tree = new ExplorerTree({
      catalog: () => this.#catalog,
      groupBy: () => settings.groupBy,
      connection: () => selection.current,
      favorites: () => this.#lists.favorites,
      recent: () => this.#lists.recent,
    });
    this.filter = new ExplorerFilter(this.tree, view);
    this.enterKey = new EnterKey(view);
    this.#schemas = new RequestSchemas(() => this.#catalog, options.files.schemaChanged);
    this.#requestDocuments = new RequestDocuments({ memory: options.drafts, changed: options.files.filesChanged });
    this.requests = new RequestEditor({
      catalog: () => this.#catalog,
      connections: () => settings.connections,
      documents: this.#requestDocuments,
    });
    this.#tempFiles = new TempFiles(options.spools);
    this.#documents = new ResponseDocuments(this.#tempFiles);
    this.#runner = new RequestRunner({
      client: new ApiClient({
        transport,
        writes: options.writes,
        timeout: () => settings.httpTimeout,
        now: options.now,
        sleep: async (milliseconds, signal) => {
          await pause(milliseconds, undefined, signal ? { signal } : {}).catch(() => {});
        },
      }),
      writes: options.writes,
      operation: (key) => this.#catalog.find(key),
      tokens,
      coordinator,
      documents: this.#documents,
      tempFiles: this.#tempFiles,
      maxItems: () => settings.maxItems,
      openDocument: ({ key }) => this.openDocument(key),
      remember: (key) => void this.#lists.remember(key),
      record: (response) => void options.history.record(response),
      now: options.now,
    });
    this.history = new HistoryController({
      store: options.history,
      operation: (key) => this.#catalog.find(key),
      connections: () => settings.connections,
      mayWrite: (connection) => options.writes.mayWrite(connection),
      runner: this.#runner,
      documents: this.#documents,
      maxItems: () => settings.maxItems,
      now: options.now,
    });
    this.responses = new ResponseActions({
      documents: this.#documents,
      runner: this.#runner,
      connections: () => settings.connections,
      tempFiles: this.#tempFiles,
    });
    this.#subscriptions = [
      this.requests,
      this.#requestDocuments,
      this.history,
      registerTimeHovers(() => this.#catalog, options.now),
      settings.onDidChangeConnections(() => {
        options.files.lensesChanged.fire();
      }),
      selection.onDidChange(() => void this.#followSelection()),
      settings.onDidChangeExplorer(() => view.refresh()),
      tokens.onDidSignIn(({ connection }) => {
        if (settings.liveCatalog) {
          void this.#takeLive(connection.instance.origin, 'signedIn');
        }
      }),
    ];
  }

  /** Sends the operation with the selected connection (E5). Rejects with a NinjaOneError. */
  async run(argument: unknown, connection: Connection): Promise<void> {
    const operation = await this.#operation(argument, vscode.l10n.t('Run which operation?'));
    await this.#runner.run(operation, connection);
  }

  /** Whether the argument names an operation that changes nothing. */
  isRead(argument: unknown): boolean {
    const operation = namedOperation(argument, this.#catalog);
    return operation !== undefined && !isWrite({ operation, url: ANY_ADDRESS });
  }

  /** The values of answers that give out secrets. */
  get masked(): MaskedValues {
    return this.#documents.masked;
  }

  /** What answers for request documents and their schemas. */
  get parts(): RequestParts {
    return {
      files: this.#requestDocuments,
      schema: (uri) => this.#schemas.read(uri),
      lenses: (document) => this.requests.lenses(document),
    };
  }

  /** Shows the operation's request document, tied to the selected connection; sends nothing (E5). */
  async openDocument(argument: unknown): Promise<void> {
    const operation = await this.#operation(argument, vscode.l10n.t('Open which operation?'));
    await this.#requestDocuments.open(operation, this.#options.selection.current, await this.#catalog.schemas());
  }

  bind({ uri }: vscode.TextDocument, connection: Connection): void {
    // A lens that is drawn again loses the press that is on it, so it is only drawn again when it says something else.
    if (this.#requestDocuments.bind(uri, connection)) {
      this.#options.files.lensesChanged.fire();
    }
  }

  async sendDocument(document: vscode.TextDocument, connection: Connection): Promise<void> {
    await this.#runner.send(this.requests.read(document, connection));
  }

  async fetchAllOfDocument(document: vscode.TextDocument, connection: Connection): Promise<void> {
    await this.#runner.fetchAll(this.requests.read(document, connection));
  }

  async copyDocumentAs(document: vscode.TextDocument, connection: Connection): Promise<void> {
    await copyAs(this.requests.read(document, connection));
  }

  async saveDocumentAsPowerShell(document: vscode.TextDocument, connection: Connection): Promise<void> {
    await saveAsPowerShell(this.requests.read(document, connection));
  }

  async copyAs(argument: unknown, connection: Connection): Promise<void> {
    const operation = await this.#operation(argument, vscode.l10n.t('Copy which operation?'));
    await copyAs(await this.#runner.prepare(operation, connection));
  }

  async saveAsPowerShell(argument: unknown, connection: Connection): Promise<void> {
    const operation = await this.#operation(argument, vscode.l10n.t('Save which operation as a script?'));
    await saveAsPowerShell(await this.#runner.prepare(operation, connection));
  }

  /** The list in an answer as a table: of the document that the argument names, else of the one that is looked at. */
  async showTable(argument: unknown): Promise<void> {
    const { ResponseTablePanels, responseDocument } = await import('./responses/responseTablePanel.ts');
    this.#tables ??= new ResponseTablePanels({
      pages: this.#options.pages,
      responseIn: (document) => this.#documents.responseIn(document),
    });
    this.#tables.show(responseDocument(argument));
  }

  async goToOperation(): Promise<void> {
    const operation = await this.#operation(undefined, vscode.l10n.t('Go to which operation?'));
    await this.filter.clear(operation.key);
  }

  async groupBy(): Promise<void> {
    const by = await pickGrouping();
    if (by) {
      await this.#options.settings.setGroupBy(by);
    }
  }

  /** Asks the selected instance for its own list of operations (E2). */
  async refresh(): Promise<void> {
    const { current } = this.#options.selection;
    if (!current) {
      this.#options.view.refresh();
      return;
    }
    const { catalog, problem } = await vscode.window.withProgress(
      {
        location: { viewId: 'ninjaone.explorer' },
        title: vscode.l10n.t('Reading the operations of {0}…', current.name),
      },
      () => this.#takeLive(current.instance.origin, 'refresh'),
    );
    if (problem) {
      throw problem;
    }
    void showSpecWarnings(catalog, current.name);
  }

  async setFavorite(argument: unknown, place: 'add' | 'remove'): Promise<void> {
    const operation = await this.#operation(argument, vscode.l10n.t('Which operation?'));
    await this.#lists.setFavorite(operation.key, place);
  }

  /** Deletes the lists, the drafts and what was fetched of instances (A13). What is open stays open. */
  async forget(): Promise<void> {
    await this.#lists.forget();
    await this.#requestDocuments.forget();
    await this.#source.forget();
    await this.#followSelection();
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) {
      subscription.dispose();
    }
    this.#tables?.dispose();
    this.#documents.dispose();
    this.#tempFiles.dispose();
  }

  async #followSelection(): Promise<void> {
    const { current } = this.#options.selection;
    this.#catalog = await (current ? this.#source.cached(current.instance.origin) : this.#source.bundled());
    this.#schemas.refresh();
    this.#options.view.refresh();
  }

  async #takeLive(origin: string, why: 'signedIn' | 'refresh'): Promise<LiveResult> {
    const result = await this.#source.live(origin, why);
    const { catalog, problem } = result;
    if (!problem) {
      logSpecWarnings(catalog, origin, this.#options.logger);
    }
    if (this.#options.selection.current?.instance.origin === origin) {
      this.#catalog = catalog;
      this.#schemas.refresh();
      this.filter.apply();
    }
    return result;
  }

  /** The one that the argument names, else the one that a person picks. Rejects as canceled when none is picked. */
  async #operation(argument: unknown, title: string): Promise<Operation> {
    return namedOperation(argument, this.#catalog) ?? pickOperation(title, this.#catalog, this.#lists);
  }
}

/** Decides nothing here: what only asks for secrets is no write either. */
const ANY_ADDRESS = 'https://localhost/';
