import * as vscode from 'vscode';

/** With a capital letter at its beginning, for a text that is also used within sentences. */
export function capitalized(text: string): string {
  return text.replace(/^\p{Ll}/u, (letter) => letter.toLocaleUpperCase(vscode.env.language));
}
