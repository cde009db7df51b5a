import * as vscode from 'vscode';
import { plainText } from '../../core/base/errors.ts';

/*
 * The only way to show notifications. VS Code renders links in them, and names in a text may come from pasted settings or
 * from a server, so each text is made plain here (A16). A function that waits for a click has a name of its own, because
 * nothing that VS Code or another extension waits for may call it (A8).
 */

/** Shows a notification without buttons. */
export function showInformation(text: string): void {
  void vscode.window.showInformationMessage(plainMessage(text));
}

/** Shows a notification without buttons. */
export function showWarning(text: string): void {
  void vscode.window.showWarningMessage(plainMessage(text));
}

/** Resolves when the notification is closed, to the button that the user selected. */
export async function offerInformation(text: string, ...buttons: readonly string[]): Promise<string | undefined> {
  return vscode.window.showInformationMessage(plainMessage(text), ...buttons);
}

/** Resolves when the notification is closed, to the button that the user selected. */
export async function offerWarning(text: string, ...buttons: readonly string[]): Promise<string | undefined> {
  return vscode.window.showWarningMessage(plainMessage(text), ...buttons);
}

/** Resolves when the notification is closed, to the button that the user selected. For `ErrorReporter`. */
export async function offerError(text: string, ...buttons: readonly string[]): Promise<string | undefined> {
  return vscode.window.showErrorMessage(plainMessage(text), ...buttons);
}

/** Shows the progress of the task; replaces the previous message. */
export type ReportProgress = (message: string) => void;

/** Shows a progress while the task runs. Settles as the task does. */
export async function showProgress<T>(
  options: vscode.ProgressOptions & { readonly title: string },
  task: (report: ReportProgress, token: vscode.CancellationToken) => Promise<T>,
): Promise<T> {
  return vscode.window.withProgress({ ...options, title: plainMessage(options.title) }, (progress, token) =>
    task((message) => {
      progress.report({ message: plainMessage(message) });
    }, token),
  );
}

export function showInStatusBar(text: string, milliseconds: number): void {
  vscode.window.setStatusBarMessage(plainMessage(text), milliseconds);
}

/** Shows a text in the status bar until the task is settled. */
export function showInStatusBarWhile(text: string, task: Promise<unknown>): void {
  vscode.window.setStatusBarMessage(plainMessage(text), task);
}

function plainMessage(text: string): string {
  return plainText(text, 1000);
}
