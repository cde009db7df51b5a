import * as vscode from 'vscode';
import type { ExplorerView } from './explorerView.ts';

/**
 * Enter on a row of the explorer (E5). The editor tells which row is selected, but not which has the focus; so the row is
 * selected as Enter does by itself, which opens a group, and opens an operation by the command of its row. That command
 * asks here whether it was Enter.
 */
export class EnterKey {
  readonly #view: Pick<ExplorerView, 'selected'>;
  #isPressed = false;

  constructor(view: Pick<ExplorerView, 'selected'>) {
    this.#view = view;
  }

  /** What the keybinding gives to `ninjaone.explorer.run`; only it means the row that has the focus. */
  static isMeantBy(argument: unknown): boolean {
    return typeof argument === 'object' && argument !== null && 'row' in argument && argument.row === 'focused';
  }

  async press(): Promise<void> {
    this.#isPressed = true;
    await vscode.commands.executeCommand('list.select');
    // A group has no command that could ask.
    if (this.#view.selected?.kind !== 'operation') {
      this.#isPressed = false;
    }
  }

  /** Whether the operation that is being opened was reached by Enter; answered with yes once. */
  take(): boolean {
    const wasPressed = this.#isPressed;
    this.#isPressed = false;
    return wasPressed;
  }
}
