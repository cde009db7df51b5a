import * as vscode from 'vscode';
import type { Sentence } from '../../core/base/messages.ts';

/** The sentence in the language of the editor. */
export function spoken({ template, args }: Sentence): string {
  return vscode.l10n.t(template, ...args);
}
