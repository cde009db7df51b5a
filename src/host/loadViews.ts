import type * as vscode from 'vscode';
import { registerScriptLenses } from './terminals/scriptLenses.ts';

/**
 * What the start need not wait for: the code of the views, so that the first rows need not wait for it, and the lens above
 * saved scripts. Called when the start is over: it takes about 3 ms. The data of the views is read when they are shown. If
 * their code cannot be loaded, showing a view tries again and reports the error.
 */
export async function loadViews(
  register: (item: vscode.Disposable) => unknown,
  openResources: () => Promise<unknown>,
): Promise<void> {
  register(registerScriptLenses());
  await Promise.allSettled([
    import('./explorer/openExplorerTree.ts'),
    import('./connections/connectionItems.ts'),
    openResources(),
  ]);
}
