import type * as vscode from 'vscode';
import { Emitter, type Disposable, type Event } from '../../core/base/lifecycle.ts';
import type { Connection } from '../../core/connections/connection.ts';
import type { Settings } from '../platform/settings.ts';

/** The connection that this window uses by default: the one the user selected in this workspace, or else the first one. */
export class SelectedConnection implements Disposable {
  readonly #settings: Settings;
  readonly #memory: vscode.Memento;
  readonly #changed = new Emitter<void>();
  readonly #subscription: Disposable;

  readonly onDidChange: Event<void> = this.#changed.event;

  constructor(settings: Settings, memory: vscode.Memento) {
    this.#settings = settings;
    this.#memory = memory;
    this.#subscription = settings.onDidChangeConnections(() => {
      this.#changed.fire();
    });
  }

  get current(): Connection | undefined {
    const { connections } = this.#settings;
    const id = this.#memory.get(KEY);
    return connections.find((connection) => connection.id === id) ?? connections[0];
  }

  async select(connection: Connection): Promise<void> {
    await this.#memory.update(KEY, connection.id);
    this.#changed.fire();
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }
}

const KEY = 'selectedConnection';
