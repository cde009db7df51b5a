import type * as vscode from 'vscode';
import { CancellationTokenSource, Disposable } from './events.ts';

/** Tools for language models, which a test calls as chat does. */
export class FakeLanguageModels {
  readonly tools = new Map<string, vscode.LanguageModelTool<unknown>>();

  /** As in an editor that is built on VS Code and has no chat. */
  isThere = true;

  readonly api = {
    registerTool: <T>(name: string, tool: vscode.LanguageModelTool<T>): vscode.Disposable => {
      this.tools.set(name, tool);
      return new Disposable(() => this.tools.delete(name));
    },
  };

  /** The text of the result. */
  async invoke(
    name: string,
    input: unknown,
    token: vscode.CancellationToken = new CancellationTokenSource().token,
  ): Promise<string> {
    const result = await this.tools.get(name)?.invoke({ input, toolInvocationToken: undefined }, token);
    return (result?.content ?? []).map((part) => (part as vscode.LanguageModelTextPart).value).join('\n');
  }
}
