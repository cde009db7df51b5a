import * as vscode from 'vscode';

export const MODEL_TOOLS = ['search_operations', 'describe_operation', 'read'] as const;

export type ModelTool = (typeof MODEL_TOOLS)[number];

/** What answers the calls. */
export interface ModelToolsPort {
  invoke(tool: ModelTool, input: unknown, token: vscode.CancellationToken): Promise<vscode.LanguageModelToolResult>;
}

/** Registers the tools for language models (X4). Their code is loaded when one is called. */
export function registerModelTools(
  register: (item: vscode.Disposable) => unknown,
  load: () => Promise<ModelToolsPort>,
): void {
  // An editor that is built on VS Code may have no chat.
  const registerTool = (vscode as Partial<typeof vscode>).lm?.registerTool;
  for (const tool of registerTool ? MODEL_TOOLS : []) {
    register(
      vscode.lm.registerTool(`ninjaone_${tool}`, {
        invoke: async ({ input }, token) => (await load()).invoke(tool, input, token),
      }),
    );
  }
}
