import * as vscode from 'vscode';
import type { LocalizableMessage } from '../../core/base/messages.ts';

/** The sentence in the language of the editor. */
export function localize({ template, args }: LocalizableMessage): string {
  return vscode.l10n.t(template, ...args);
}
