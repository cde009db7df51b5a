import * as vscode from 'vscode';
import { plainText } from '../../core/base/errors.ts';
import type { Command } from './contributions.ts';

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

/** A link at the end of a text, which runs one of our own commands. Both are our own texts, never names. */
export interface CommandLink {
  readonly label: string;
  readonly command: Command;
}

/** Shows a progress while the task runs. Settles as the task does. */
export async function showProgress<T>(
  { title, link, ...options }: vscode.ProgressOptions & { readonly title: string; readonly link?: CommandLink },
  task: (report: ReportProgress, token: vscode.CancellationToken) => Promise<T>,
): Promise<T> {
  const parts = [plainMessage(title), ...(link ? [linkText(link)] : [])];
  return vscode.window.withProgress({ ...options, title: parts.join(' ') }, (progress, token) =>
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

function linkText({ label, command }: CommandLink): string {
  return `[${label}](command:${command})`;
}

function plainMessage(text: string): string {
  return plainText(text, 1000);
}
