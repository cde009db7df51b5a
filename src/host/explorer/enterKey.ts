import * as vscode from 'vscode';
import { textAt } from '../../core/base/untrusted.ts';
import type { ExplorerView } from './explorerView.ts';

/**
 * Handles Enter on a row of the explorer (E5). VS Code exposes the selected row but not the focused one. So Enter selects
 * the focused row as usual, which expands a group or runs the command of an operation. That command then calls `take` to
 * find out whether it was started with Enter.
 */
export class EnterKey {
  readonly #view: Pick<ExplorerView, 'selected'>;
  /** An operation that is opened before this time was opened with Enter; milliseconds since 1970. */
  #until = 0;

  constructor(view: Pick<ExplorerView, 'selected'>) {
    this.#view = view;
  }

  /** Whether `ninjaone.explorer.run` was called by the keybinding, which acts on the focused row. */
  static isMeantBy(argument: unknown): boolean {
    return textAt(argument, 'row') === 'focused';
  }

  async press(): Promise<void> {
    this.#until = Infinity;
    await vscode.commands.executeCommand('list.select');
    // If the row was a group, no command ran. Then a later click must not be taken for Enter.
    if (this.#until === Infinity) {
      this.#until = this.#view.selected?.kind === 'operation' ? Date.now() + OPEN_TIMEOUT : 0;
    }
  }

  /** Whether the operation that is being opened was opened with Enter. Returns true only once. */
  take(): boolean {
    const wasPressed = Date.now() < this.#until;
    this.#until = 0;
    return wasPressed;
  }
}

/** Milliseconds in which VS Code runs the command of the selected row. */
const OPEN_TIMEOUT = 1000;
