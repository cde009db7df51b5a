import * as vscode from 'vscode';
import { canceled, plainLines, plainText } from '../../core/base/errors.ts';

export interface Question {
  readonly message: string;
  readonly detail: string;
}

/** Asks in a modal dialog, to which VS Code adds Cancel. Resolves to undefined when no action is chosen. */
export function chooseAction(
  { message, detail }: Question,
  ...actions: readonly string[]
): Thenable<string | undefined> {
  return vscode.window.showWarningMessage(
    plainText(message, 1000),
    { modal: true, detail: plainLines(detail) },
    ...actions,
  );
}

/** Asks in a modal dialog. Rejects as canceled when the action is not chosen. */
export async function confirm(question: Question, action: string): Promise<void> {
  if ((await chooseAction(question, action)) !== action) {
    throw canceled();
  }
}
