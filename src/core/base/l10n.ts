import type { LocalizableMessage, MessageArgument } from './messages.ts';

interface MessageOptions {
  readonly message: string;
  readonly args?: readonly MessageArgument[];
  /** Explains the placeholders, or where the text appears, to translators. */
  readonly comment: string;
}

function t(message: string | MessageOptions, ...args: readonly MessageArgument[]): LocalizableMessage {
  return typeof message === 'string'
    ? { template: message, args }
    : { template: message.message, args: message.args ?? [], comment: message.comment };
}

/**
 * Creates user-visible messages where `vscode` cannot be imported. Call it like `vscode.l10n`, with a string literal,
 * because `npm run l10n` extracts the messages from the source.
 */
export const l10n = { t };
