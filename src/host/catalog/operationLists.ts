import type * as vscode from 'vscode';

export interface OperationListsOptions {
  readonly favorites: vscode.Memento;
  readonly recent: vscode.Memento;
  /** Called when the lists have changed, or only the recent operations, because the tree shows both. */
  readonly changed: (which: 'all' | 'recent') => void;
}

/** The keys of the user's favorite operations and of those sent recently. */
export class OperationLists {
  readonly #options: OperationListsOptions;

  constructor(options: OperationListsOptions) {
    this.#options = options;
  }

  get favorites(): readonly string[] {
    return keysIn(this.#options.favorites, FAVORITES);
  }

  /** The most recent one first. */
  get recent(): readonly string[] {
    return keysIn(this.#options.recent, RECENT);
  }

  async setFavorite(key: string, change: 'add' | 'remove'): Promise<void> {
    const others = this.favorites.filter((each) => each !== key);
    await this.#options.favorites.update(FAVORITES, change === 'add' ? [...others, key] : others);
    this.#options.changed('all');
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
    await this.#options.favorites.update(FAVORITES, undefined);
    await this.#options.recent.update(RECENT, undefined);
    this.#options.changed('all');
  }
}

const FAVORITES = 'explorer.favorites';
const RECENT = 'explorer.recent';
const MAX_RECENT = 8;

/** The stored value is not trusted, because another version of the extension or the user may have written it. */
function keysIn(memory: vscode.Memento, name: string): readonly string[] {
  const value = memory.get(name);
  return Array.isArray(value) ? value.filter((key) => typeof key === 'string') : [];
}
