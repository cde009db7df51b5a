import * as vscode from 'vscode';
import type { ExplorerView } from './explorerView.ts';

/**
 * Enter on a row of the explorer (E5). The editor tells which row is selected, but not which has the focus; so the row is
 * selected as Enter does by itself, which opens a group, and opens an operation by the command of its row. That command
 * asks here whether it was Enter.
 */
export class EnterKey {
  readonly #view: Pick<ExplorerView, 'selected'>;
  /** Until when an operation that is opened was reached by Enter; milliseconds since 1970. */
  #until = 0;

  constructor(view: Pick<ExplorerView, 'selected'>) {
    this.#view = view;
  }

  /** What the keybinding gives to `ninjaone.explorer.run`; only it means the row that has the focus. */
  static isMeantBy(argument: unknown): boolean {
    return typeof argument === 'object' && argument !== null && 'row' in argument && argument.row === 'focused';
  }

  async press(): Promise<void> {
    this.#until = Infinity;
    await vscode.commands.executeCommand('list.select');
    // A group has no command that could ask, and neither has a list of somebody else; a click that comes later sends nothing.
    if (this.#until === Infinity) {
      this.#until = this.#view.selected?.kind === 'operation' ? Date.now() + PATIENCE : 0;
    }
  }

  /** Whether the operation that is being opened was reached by Enter; answered with yes once. */
  take(): boolean {
    const wasPressed = Date.now() < this.#until;
    this.#until = 0;
    return wasPressed;
  }
}

/** Milliseconds in which the editor opens what was selected. */
const PATIENCE = 1000;
