import { readFile } from 'node:fs/promises';
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
import type { Transport } from '../../core/http/transport.ts';
import type { TokenService } from '../../core/sessions/tokenService.ts';
import type { Settings } from '../platform/settings.ts';
import type { SelectedConnection } from '../selection/selectedConnection.ts';
import { logSpecWarnings } from './specWarnings.ts';

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
  #value: Catalog;

  readonly onDidChange = this.#changed.event;

  /** Reads the bundled catalog, or the cached one of the selected instance. Sends no request. */
  static async open(options: CurrentCatalogOptions): Promise<CurrentCatalog> {
    const { bundledFile, storage, transport, isConfirmed, now, logger } = options;
    const source = createCatalogSource({
      bundled: (name) => readFile(bundledFile(name), 'utf8'),
      send: transport,
      cache: specCache(storage),
      isConfirmed,
      now,
      logger,
    });
    return new CurrentCatalog(options, source, await catalogOf(options.selection, source));
  }

  private constructor(options: CurrentCatalogOptions, source: CatalogSource, value: Catalog) {
    const { settings, selection, tokens } = options;
    this.#options = options;
    this.#source = source;
    this.#value = value;
    this.#subscriptions = [
      this.#changed,
      selection.onDidChange(() => void this.#followSelection()),
      settings.onDidChangeConnections(() => void this.#expire()),
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

  find(key: string): Operation | undefined {
    return this.#value.find(key);
  }

  /** Whether the downloaded description of an instance has the operation; undefined if there is none. Never rejects. */
  describes(origin: string, key: string): Promise<boolean | undefined> {
    return this.#source.describes(origin, key);
  }

  /** Downloads the description of an instance. Never rejects as long as the bundled files can be read. */
  async fetchLive(origin: string, reason: 'signedIn' | 'refresh'): Promise<LiveResult> {
    const result = await this.#source.live(origin, reason);
    if (!result.problem) {
      logSpecWarnings(result.catalog, origin, this.#options.logger);
    }
    if (this.#options.selection.current?.instance.origin === origin) {
      this.#set(result.catalog);
    }
    return result;
  }

  /** Deletes the downloaded descriptions (A13). Rejects if the files cannot be deleted. */
  async forget(): Promise<void> {
    await this.#source.forget();
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
    this.#set(await catalogOf(this.#options.selection, this.#source));
  }

  #set(catalog: Catalog): void {
    this.#value = catalog;
    this.#changed.fire();
  }
}

function catalogOf({ current }: SelectedConnection, source: CatalogSource): Promise<Catalog> {
  return current ? source.cached(current.instance.origin) : source.bundled();
}
