import { readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import type { Disposable } from '../../core/base/lifecycle.ts';
import type { Logger } from '../../core/base/log.ts';
import type { Catalog } from '../../core/catalog/catalog.ts';
import {
  createCatalogSource,
  type BundledFile,
  type CatalogSource,
  type LiveResult,
} from '../../core/catalog/catalogSource.ts';
import type { Operation } from '../../core/catalog/operation.ts';
import { specCache } from '../../core/catalog/specCache.ts';
import type { Connection } from '../../core/connections/connection.ts';
import type { Transport } from '../../core/http/transport.ts';
import type { TokenService } from '../../core/sessions/tokenService.ts';
import type { Settings } from '../platform/settings.ts';
import type { SelectedConnection } from '../selection/selectedConnection.ts';
import { logSpecWarnings, tellIncompleteSpec } from './specWarnings.ts';

export interface CurrentCatalogOptions {
  /** Path of a file of the extension that describes the bundled operations. */
  readonly bundledFile: (name: BundledFile) => string;
  /** Folder for downloaded API descriptions, which contain no secrets. */
  readonly storage: string;
  readonly settings: Settings;
  readonly selection: SelectedConnection;
  readonly tokens: TokenService;
  readonly transport: Transport;
  readonly isConfirmed: (origin: string) => boolean;
  readonly logger: Logger;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * The operations of the selected connection: from the description of the instance if it is known, or else from the
 * bundled one. Follows the selection. Downloads a description only after a sign-in or when `fetchLive` is called (E2).
 */
export class CurrentCatalog implements Disposable {
  readonly #options: CurrentCatalogOptions;
  readonly #source: CatalogSource;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: readonly Disposable[];
  /** The catalogs that were read in this window, by origin. */
  readonly #known = new Map<string, Catalog>();
  readonly #bundled: Catalog;
  #value: Catalog;

  readonly onDidChange = this.#changed.event;

  /** Reads the bundled catalog, or the cached one of the selected instance. Sends no request. */
  static async open(options: CurrentCatalogOptions): Promise<CurrentCatalog> {
    const { bundledFile, storage, transport, isConfirmed, now, logger } = options;
    const source = createCatalogSource({
      // Not a promise, because the rows of the tree wait for the file. It takes less than a millisecond to read, and an
      // extension host that is busy at startup would take several turns for it.
      bundled: (name) => readFileSync(bundledFile(name), 'utf8'),
      send: transport,
      cache: specCache(storage),
      isConfirmed,
      now,
      logger,
    });
    const { current } = options.selection;
    const fallback = await source.bundled();
    const value = current ? await source.cached(current.instance.origin) : fallback;
    const opened = new CurrentCatalog(options, source, { fallback, value });
    if (current) {
      opened.#known.set(current.instance.origin, value);
    }
    return opened;
  }

  private constructor(
    options: CurrentCatalogOptions,
    source: CatalogSource,
    { fallback, value }: { readonly fallback: Catalog; readonly value: Catalog },
  ) {
    const { settings, selection, tokens } = options;
    this.#options = options;
    this.#source = source;
    this.#bundled = fallback;
    this.#value = value;
    this.#subscriptions = [
      this.#changed,
      selection.onDidChange(() => void this.#followSelection()),
      settings.onDidChangeConnections(() => {
        void this.#expire();
        void this.readAll();
      }),
      tokens.onDidSignIn(({ connection }) => {
        if (settings.liveCatalog) {
          void this.fetchLive(connection.instance.origin, 'signedIn');
        }
      }),
    ];
    void this.#expire();
  }

  get value(): Catalog {
    return this.#value;
  }

  /** The catalog of the extension, whose texts are ours. */
  get bundled(): Catalog {
    return this.#bundled;
  }

  find(key: string): Operation | undefined {
    return this.#value.find(key);
  }

  /**
   * The catalog of the connection, whichever connection is selected: its instance's description if it is known, or else
   * the bundled one. Without a connection, that of the selected one. Sends no request.
   */
  async of(connection: Connection | undefined): Promise<Catalog> {
    return connection ? this.#read(connection.instance.origin) : this.#value;
  }

  /** Reads the catalogs of all connections, so that `passwordsOf` knows them. Sends no request. */
  async readAll(): Promise<void> {
    await Promise.all(this.#options.settings.connections.map((connection) => this.of(connection)));
  }

  /**
   * Names of members of the operation's body that any catalog marks as passwords. A catalog that does not have the
   * operation counts with all of its marks, because the operation may use the same members.
   */
  passwordsOf(key: string | undefined): readonly string[] {
    const marks = [this.#bundled, ...this.#known.values()].flatMap((catalog) => {
      const found = key === undefined ? undefined : catalog.find(key);
      return (found ? [found] : catalog.operations).flatMap(({ traits }) => traits.passwords ?? []);
    });
    return [...new Set(marks)];
  }

  /** Whether the downloaded description of an instance has the operation; undefined if there is none. Never rejects. */
  describes(origin: string, key: string): Promise<boolean | undefined> {
    return this.#source.describes(origin, key);
  }

  /**
   * Downloads the description of an instance, and says so if it may be incomplete. Never rejects as long as the bundled
   * files can be read.
   */
  async fetchLive(origin: string, reason: 'signedIn' | 'refresh'): Promise<LiveResult> {
    const result = await this.#source.live(origin, reason);
    if (!result.problem) {
      logSpecWarnings(result.catalog, origin, this.#options.logger);
    }
    if (result.incomplete) {
      tellIncompleteSpec(result.incomplete, origin);
    }
    this.#known.set(origin, result.catalog);
    if (this.#options.selection.current?.instance.origin === origin) {
      this.#set(result.catalog);
    }
    return result;
  }

  /** Deletes the downloaded descriptions (A13). Rejects if the files cannot be deleted. */
  async forget(): Promise<void> {
    await this.#source.forget();
    this.#known.clear();
    await this.#followSelection();
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) {
      subscription.dispose();
    }
  }

  async #expire(): Promise<void> {
    await this.#source.expire(this.#options.settings.connections.map(({ instance }) => instance.origin));
  }

  async #followSelection(): Promise<void> {
    const origin = this.#options.selection.current?.instance.origin;
    const catalog = origin === undefined ? this.#bundled : await this.#read(origin);
    // Another connection can have been selected while the file was read.
    if (this.#options.selection.current?.instance.origin === origin) {
      this.#set(catalog);
    }
  }

  async #read(origin: string): Promise<Catalog> {
    const known = this.#known.get(origin);
    if (known) {
      return known;
    }
    const read = await this.#source.cached(origin);
    // A description that was downloaded meanwhile is newer.
    const newest = this.#known.get(origin) ?? read;
    this.#known.set(origin, newest);
    return newest;
  }

  #set(catalog: Catalog): void {
    this.#value = catalog;
    this.#changed.fire();
  }
}
