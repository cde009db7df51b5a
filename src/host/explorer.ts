import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import * as vscode from 'vscode';
import { ApiClient, type WritePermission } from '../core/api/apiClient.ts';
import { cancelled, type NinjaOneError } from '../core/base/errors.ts';
import type { Disposable } from '../core/base/lifecycle.ts';
import type { Logger } from '../core/base/log.ts';
import type { Catalogue } from '../core/catalogue/catalogue.ts';
import { createCatalogueSource, type CatalogueSource } from '../core/catalogue/catalogueSource.ts';
import { GROUPINGS, type GroupBy } from '../core/catalogue/groups.ts';
import type { Operation } from '../core/catalogue/operation.ts';
import type { Connection } from '../core/connection/connection.ts';
import type { Transport } from '../core/http/transport.ts';
import type { TokenService } from '../core/session/tokenService.ts';
import { setContext } from './contributions.ts';
import { ExplorerTree, type ExplorerRow } from './explorerTree.ts';
import type { ExplorerView } from './explorerView.ts';
import { RequestActions } from './requestActions.ts';
import { RequestDocuments } from './requestDocuments.ts';
import type { RequestFiles, RequestParts } from './requestFiles.ts';
import { RequestRunner } from './requestRunner.ts';
import { RequestSchemas } from './requestSchemas.ts';
import { ResponseDocuments } from './responseDocuments.ts';
import type { Selection } from './selection.ts';
import type { SessionStarter } from './sessionStarter.ts';
import type { Settings } from './settings.ts';
import { copyAs, saveAsPowerShell } from './takeAway.ts';

export interface ExplorerPorts {
  /** Folder `media` of the extension. */
  readonly media: string;
  /** Folder for what was fetched of instances; no secrets. */
  readonly storage: string;
  readonly view: ExplorerView;
  readonly files: RequestFiles;
  readonly settings: Settings;
  readonly selection: Selection;
  readonly tokens: TokenService;
  readonly starter: SessionStarter;
  readonly transport: Transport;
  readonly isConfirmed: (origin: string) => boolean;
  readonly writes: WritePermission;
  readonly favorites: vscode.Memento;
  readonly recent: vscode.Memento;
  /** Of this folder's window: open request documents. */
  readonly drafts: vscode.Memento;
  readonly logger: Logger;
  readonly now: () => number;
}

/** The API Explorer: what its view shows and what its commands do. Loaded when it is first looked at. */
export class Explorer implements Disposable {
  readonly tree: ExplorerTree;
  readonly requests: RequestActions;
  readonly #ports: ExplorerPorts;
  readonly #source: CatalogueSource;
  readonly #runner: RequestRunner;
  readonly #documents = new ResponseDocuments();
  readonly #requestDocuments: RequestDocuments;
  readonly #schemas: RequestSchemas;
  readonly #subscriptions: readonly Disposable[];
  #catalogue: Catalogue;

  /** Reads the bundled catalogue, or what is kept of the selected instance; asks no server. */
  static async open(ports: ExplorerPorts): Promise<Explorer> {
    const source = createCatalogueSource({
      bundled: (name) => readFile(join(ports.media, name), 'utf8'),
      send: ports.transport,
      cache: catalogueCache(ports.storage),
      isConfirmed: ports.isConfirmed,
      now: ports.now,
      logger: ports.logger,
    });
    const { current } = ports.selection;
    return new Explorer(ports, source, await (current ? source.kept(current.instance.origin) : source.bundled()));
  }

  private constructor(ports: ExplorerPorts, source: CatalogueSource, catalogue: Catalogue) {
    this.#ports = ports;
    this.#source = source;
    this.#catalogue = catalogue;
    const { settings, selection, tokens, starter, transport, view } = ports;
    this.tree = new ExplorerTree({
      catalogue: () => this.#catalogue,
      groupBy: () => settings.groupBy,
      connection: () => selection.current,
      favorites: () => this.#keys(ports.favorites, FAVORITES),
      recent: () => this.#keys(ports.recent, RECENT),
    });
    this.#schemas = new RequestSchemas(() => this.#catalogue, ports.files.schemaChanged);
    this.#requestDocuments = new RequestDocuments({ memory: ports.drafts, changed: ports.files.filesChanged });
    this.requests = new RequestActions({
      catalogue: () => this.#catalogue,
      connections: () => settings.connections,
      documents: this.#requestDocuments,
    });
    this.#runner = new RequestRunner({
      client: new ApiClient({
        transport,
        writes: ports.writes,
        timeout: () => settings.httpTimeout,
        now: ports.now,
        sleep: async (milliseconds, signal) => {
          await pause(milliseconds, undefined, signal ? { signal } : {}).catch(() => {});
        },
      }),
      writes: ports.writes,
      operation: (key) => this.#catalogue.find(key),
      tokens,
      starter,
      documents: this.#documents,
      maxItems: () => settings.maxItems,
      remember: (key) => void this.#remember(key),
    });
    this.#subscriptions = [
      this.requests,
      this.#requestDocuments,
      settings.onDidChangeConnections(() => {
        ports.files.lensesChanged.fire();
      }),
      selection.onDidChange(() => void this.#followSelection()),
      settings.onDidChangeExplorer(() => view.refresh()),
      tokens.onDidSignIn(({ connection }) => {
        if (settings.liveCatalogue) {
          void this.#takeLive(connection.instance.origin, 'signedIn');
        }
      }),
    ];
  }

  /** Sends the operation with the selected connection (E5). Rejects with a NinjaOneError. */
  async run(argument: unknown, connection: Connection): Promise<void> {
    const operation = this.#named(argument) ?? (await this.#pick(vscode.l10n.t('Run which operation?')));
    await this.#runner.run(operation, connection);
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
    const operation = this.#named(argument) ?? (await this.#pick(vscode.l10n.t('Open which operation?')));
    await this.#requestDocuments.open(operation, this.#ports.selection.current, await this.#catalogue.schemas());
  }

  tie({ uri }: vscode.TextDocument, connection: Connection): void {
    this.#requestDocuments.tie(uri, connection);
    this.#ports.files.lensesChanged.fire();
  }

  async sendDocument(document: vscode.TextDocument, connection: Connection): Promise<void> {
    await this.#runner.send(this.requests.read(document, connection));
  }

  async copyDocumentAs(document: vscode.TextDocument, connection: Connection): Promise<void> {
    await copyAs(this.requests.read(document, connection));
  }

  async saveDocumentAsPowerShell(document: vscode.TextDocument, connection: Connection): Promise<void> {
    await saveAsPowerShell(this.requests.read(document, connection));
  }

  async copyAs(argument: unknown, connection: Connection): Promise<void> {
    const operation = this.#named(argument) ?? (await this.#pick(vscode.l10n.t('Copy which operation?')));
    await copyAs(await this.#runner.prepare(operation, connection));
  }

  async saveAsPowerShell(argument: unknown, connection: Connection): Promise<void> {
    const operation = this.#named(argument) ?? (await this.#pick(vscode.l10n.t('Save which operation as a script?')));
    await saveAsPowerShell(await this.#runner.prepare(operation, connection));
  }

  async goToOperation(): Promise<void> {
    const operation = await this.#pick(vscode.l10n.t('Go to which operation?'));
    this.clearFilter();
    const row = this.tree.rowOf(operation.key);
    if (row) {
      await this.#ports.view.reveal(row);
    }
  }

  /** Filters while it is typed; Enter keeps the filter, Escape takes it away. */
  filter(): void {
    const box = vscode.window.createInputBox();
    box.title = vscode.l10n.t('Filter operations');
    box.placeholder = vscode.l10n.t('All words: method, path, name, tag, parameter');
    box.value = this.tree.filter;
    let isKept = false;
    box.onDidChangeValue((text) => {
      this.#setFilter(text);
    });
    box.onDidAccept(() => {
      isKept = true;
      box.hide();
    });
    box.onDidHide(() => {
      if (!isKept) {
        this.clearFilter();
      }
      box.dispose();
    });
    box.show();
  }

  /** The operation that was selected stays in sight. */
  clearFilter(): void {
    const { selected } = this.#ports.view;
    this.#setFilter('');
    const row = selected?.kind === 'operation' ? this.tree.rowOf(selected.operation.key) : undefined;
    if (row) {
      void this.#ports.view.reveal(row);
    }
  }

  async groupBy(): Promise<void> {
    const names: { readonly [G in GroupBy]: string } = {
      resource: vscode.l10n.t('Resource'),
      tag: vscode.l10n.t('Tag'),
      path: vscode.l10n.t('Path'),
      method: vscode.l10n.t('Method'),
    };
    const chosen = await vscode.window.showQuickPick(
      GROUPINGS.map((by) => ({ label: names[by], by })),
      { title: vscode.l10n.t('Group operations by') },
    );
    if (chosen) {
      await this.#ports.settings.setGroupBy(chosen.by);
    }
  }

  /** Asks the selected instance for its own list of operations (E2). */
  async refresh(): Promise<void> {
    const { current } = this.#ports.selection;
    if (!current) {
      this.#ports.view.refresh();
      return;
    }
    const problem = await vscode.window.withProgress(
      {
        location: { viewId: 'ninjaone.explorer' },
        title: vscode.l10n.t('Reading the operations of {0}…', current.name),
      },
      () => this.#takeLive(current.instance.origin, 'refresh'),
    );
    if (problem) {
      throw problem;
    }
  }

  async setFavorite(argument: unknown, place: 'add' | 'remove'): Promise<void> {
    const operation = this.#named(argument) ?? (await this.#pick(vscode.l10n.t('Which operation?')));
    const others = this.#keys(this.#ports.favorites, FAVORITES).filter((key) => key !== operation.key);
    await this.#ports.favorites.update(FAVORITES, place === 'add' ? [...others, operation.key] : others);
    this.#ports.view.refresh();
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) {
      subscription.dispose();
    }
    this.#documents.dispose();
  }

  #setFilter(text: string): void {
    const { found, all } = this.tree.setFilter(text);
    const isFiltered = this.tree.filter !== '';
    this.#ports.view.setMessage(isFiltered ? vscode.l10n.t('{0} of {1} operations, Esc clears', found, all) : '');
    setContext('ninjaone.explorerFiltered', isFiltered);
    this.#ports.view.refresh();
  }

  async #followSelection(): Promise<void> {
    const { current } = this.#ports.selection;
    this.#catalogue = await (current ? this.#source.kept(current.instance.origin) : this.#source.bundled());
    this.#schemas.refresh();
    this.#ports.view.refresh();
  }

  async #takeLive(origin: string, why: 'signedIn' | 'refresh'): Promise<NinjaOneError | undefined> {
    const { catalogue, problem } = await this.#source.live(origin, why);
    if (this.#ports.selection.current?.instance.origin === origin) {
      this.#catalogue = catalogue;
      this.#schemas.refresh();
      this.#setFilter(this.tree.filter);
    }
    return problem;
  }

  /** A row or a key; whatever else it is, only the key is read and looked up. */
  #named(argument: unknown): Operation | undefined {
    const row = argument as Partial<Extract<ExplorerRow, { kind: 'operation' }>> | undefined;
    const key =
      typeof argument === 'string' ? argument : typeof argument === 'object' ? row?.operation?.key : undefined;
    return typeof key === 'string' ? this.#catalogue.find(key) : undefined;
  }

  async #pick(title: string): Promise<Operation> {
    const first = [...this.#keys(this.#ports.recent, RECENT), ...this.#keys(this.#ports.favorites, FAVORITES)];
    const rank = (key: string): number => (first.includes(key) ? first.indexOf(key) : first.length);
    const chosen = await vscode.window.showQuickPick(
      [...this.#catalogue.operations]
        .sort((a, b) => rank(a.key) - rank(b.key))
        .map((operation) => ({ label: operation.title, description: operation.key, operation })),
      { title, matchOnDescription: true },
    );
    if (!chosen) {
      throw cancelled();
    }
    return chosen.operation;
  }

  async #remember(key: string): Promise<void> {
    const others = this.#keys(this.#ports.recent, RECENT).filter((each) => each !== key);
    await this.#ports.recent.update(RECENT, [key, ...others].slice(0, MOST_RECENT));
    this.#ports.view.refresh();
  }

  #keys(memory: vscode.Memento, name: string): readonly string[] {
    const value = memory.get(name);
    return Array.isArray(value) ? value.filter((key) => typeof key === 'string') : [];
  }
}

const FAVORITES = 'explorer.favorites';
const RECENT = 'explorer.recent';
const MOST_RECENT = 8;

/** One file for each origin, written whole or not at all. */
function catalogueCache(folder: string): Parameters<typeof createCatalogueSource>[0]['cache'] {
  const fileOf = (origin: string): string =>
    join(folder, `${createHash('sha256').update(origin).digest('hex').slice(0, 32)}.json`);
  return {
    read: (origin) => readFile(fileOf(origin), 'utf8').catch(() => undefined),
    write: async (origin, text) => {
      await mkdir(folder, { recursive: true });
      await writeFile(`${fileOf(origin)}.draft`, text);
      await rename(`${fileOf(origin)}.draft`, fileOf(origin));
    },
  };
}
