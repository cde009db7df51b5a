import type { LocalizableMessage, MessageArgument } from './messages.ts';

interface MessageOptions {
  readonly message: string;
  readonly args?: readonly MessageArgument[];
  /** Tells translators what the places stand for, or where the text is shown. */
  readonly comment: string;
}

function t(message: string | MessageOptions, ...args: readonly MessageArgument[]): LocalizableMessage {
  return typeof message === 'string'
    ? { template: message, args }
    : { template: message.message, args: message.args ?? [], comment: message.comment };
}

/**
 * Makes texts for the user where `vscode` cannot be imported. It is called as `vscode.l10n` is, with the text written
 * out in the call, because `npm run l10n` reads the texts from the source.
 */
export const l10n = { t };
