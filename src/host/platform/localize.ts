import * as vscode from 'vscode';
import { formatMessageIn, type Languages, type LocalizableMessage } from '../../core/base/messages.ts';

/** The text in VS Code's display language, with its numbers, plurals and lists. */
export function localize({ template, args, comment }: LocalizableMessage): string {
  const text = comment === undefined ? vscode.l10n.t(template) : vscode.l10n.t({ message: template, comment });
  return formatMessageIn(languages(), { template: text, args });
}

/** Without a translation the text is in English, and so are its plurals and lists. */
export function languages(): Languages {
  const { language } = vscode.env;
  return { language: vscode.l10n.bundle ? language : 'en', locale: language };
}
