import * as vscode from 'vscode';
import { plainText } from '../../core/base/errors.ts';

/**
 * Registers a provider of code lenses, and repeats the event that asks for them until VS Code has requested those of each
 * visible document. VS Code waits before its request, and drops it if the editor loses the focus in that time (seen in
 * 1.105 and 1.139); the actions above a document would then be missing until somebody selects its text.
 */
export function registerCodeLensProvider(
  selector: vscode.DocumentSelector,
  provider: vscode.CodeLensProvider,
): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  const requested = new Set<string>();
  const isMissing = (): boolean =>
    vscode.window.visibleTextEditors.some(
      ({ document }) => !requested.has(document.uri.toString()) && vscode.languages.match(selector, document) > 0,
    );
  let timer: ReturnType<typeof setTimeout> | undefined;
  const repeat = ([delay, ...later]: readonly number[]): void => {
    clearTimeout(timer);
    if (delay !== undefined && isMissing()) {
      timer = setTimeout(() => {
        if (isMissing()) {
          changed.fire();
          repeat(later);
        }
      }, delay);
    }
  };
  return vscode.Disposable.from(
    changed,
    vscode.languages.registerCodeLensProvider(selector, {
      onDidChangeCodeLenses: changed.event,
      provideCodeLenses: (document, token) => {
        requested.add(document.uri.toString());
        return provider.provideCodeLenses(document, token);
      },
    }),
    provider.onDidChangeCodeLenses?.(() => {
      changed.fire();
    }) ?? new vscode.Disposable(() => {}),
    vscode.window.onDidChangeVisibleTextEditors(() => {
      repeat(REPEAT_AFTER);
    }),
    // VS Code also closes a document when its language changes, and forgets its lenses.
    vscode.workspace.onDidCloseTextDocument(({ uri }) => {
      requested.delete(uri.toString());
    }),
    new vscode.Disposable(() => {
      clearTimeout(timer);
    }),
  );
}

/** A lens whose title and tooltip are shown as written; `icon` is the ID of an icon before it. */
export function codeLens(
  range: vscode.Range,
  { icon, title, tooltip, ...command }: vscode.Command & { readonly icon?: string },
): vscode.CodeLens {
  const plain = plainText(title, 1000);
  return new vscode.CodeLens(range, {
    ...command,
    title: icon === undefined ? plain : `$(${icon}) ${plain}`,
    ...(tooltip === undefined ? {} : { tooltip: plainText(tooltip, 1000) }),
  });
}

/** In milliseconds. Each is longer than the usual wait of VS Code (250 ms), because the event starts that wait again. */
const REPEAT_AFTER = [1000, 2000, 4000, 8000] as const;
