import type * as vscode from 'vscode';
import { Disposable } from './events.ts';

export interface ExecutedCommand {
  readonly command: string;
  readonly args: readonly unknown[];
}

/** Commands of extensions and of the editor. One that nobody registered is recorded and does nothing. */
export class FakeCommands {
  readonly executed: ExecutedCommand[] = [];
  /** What `setContext` has set. */
  readonly context = new Map<string, unknown>();
  readonly #handlers = new Map<string, (...args: unknown[]) => unknown>();

  readonly api = {
    registerCommand: (command: string, callback: (...args: unknown[]) => unknown): vscode.Disposable => {
      if (this.#handlers.has(command)) {
        throw new Error(`The command ${command} is registered twice.`);
      }
      this.#handlers.set(command, callback);
      return new Disposable(() => this.#handlers.delete(command));
    },
    executeCommand: (command: string, ...args: unknown[]): Promise<never> => this.run(command, ...args),
  };

  get registered(): readonly string[] {
    return [...this.#handlers.keys()];
  }

  /** A command of the editor, or of an extension that the test does not load. */
  handle(command: string, handler: (...args: unknown[]) => unknown): void {
    this.#handlers.set(command, handler);
  }

  /** What its caller takes the result for is known to the caller only. */
  async run(command: string, ...args: unknown[]): Promise<never> {
    if (command === 'setContext') {
      this.context.set(String(args[0]), args[1]);
      return undefined as never;
    }
    this.executed.push({ command, args });
    return (await this.#handlers.get(command)?.(...args)) as never;
  }

  /** How often, and with what, the command was executed. */
  callsOf(command: string): readonly (readonly unknown[])[] {
    return this.executed.filter((each) => each.command === command).map(({ args }) => args);
  }
}
