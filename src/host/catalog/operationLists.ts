import type * as vscode from 'vscode';
import type { FavoritesFile } from '../../core/catalog/favoritesFile.ts';

export interface OperationListsOptions {
  /** Shared by all windows. */
  readonly favorites: FavoritesFile;
  /** Of the folder, which is open in one window. */
  readonly recent: vscode.Memento;
  /** Called when the lists have changed, or only the recent operations, because the tree shows both. */
  readonly changed: (which: 'all' | 'recent') => void;
}

/** The keys of the user's favorite operations and of those sent recently. */
export class OperationLists {
  readonly #options: OperationListsOptions;
  #favorites: readonly string[];

  static async open(options: OperationListsOptions): Promise<OperationLists> {
    return new OperationLists(options, await options.favorites.read());
  }

  private constructor(options: OperationListsOptions, favorites: readonly string[]) {
    this.#options = options;
    this.#favorites = favorites;
  }

  get favorites(): readonly string[] {
    return this.#favorites;
  }

  /**
   * The most recent one first. The stored value is not trusted, because another version of the extension may have
   * written it.
   */
  get recent(): readonly string[] {
    const value = this.#options.recent.get(RECENT);
    return Array.isArray(value) ? value.filter((key) => typeof key === 'string') : [];
  }

  /** Rejects with `favorites.notWritten`. */
  async setFavorite(key: string, change: 'add' | 'remove'): Promise<void> {
    this.#show(await this.#options.favorites.change(key, change === 'add'));
  }

  /** Reads what other windows have changed. Never rejects. */
  async recheck(): Promise<void> {
    this.#show(await this.#options.favorites.read());
  }

  async remember(key: string): Promise<void> {
    const { recent } = this;
    if (recent[0] === key) {
      return;
    }
    await this.#options.recent.update(RECENT, [key, ...recent.filter((each) => each !== key)].slice(0, MAX_RECENT));
    this.#options.changed('recent');
  }

  async forget(): Promise<void> {
    await this.#options.favorites.clear();
    await this.#options.recent.update(RECENT, undefined);
    this.#favorites = [];
    this.#options.changed('all');
  }

  #show(favorites: readonly string[]): void {
    if (favorites.join('\n') !== this.#favorites.join('\n')) {
      this.#favorites = favorites;
      this.#options.changed('all');
    }
  }
}

const RECENT = 'explorer.recent';
const MAX_RECENT = 8;
