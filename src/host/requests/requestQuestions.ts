import * as vscode from 'vscode';
import { plainText } from '../../core/base/errors.ts';
import { chooseAction } from '../platform/confirm.ts';

/** Asks whether to send query parameters that the API description does not have (E2). */
export function askUndeclared(names: readonly string[]): Promise<boolean> {
  return mayUse(
    vscode.l10n.t('The API description does not have the query parameter {0}.', listed(names)),
    vscode.l10n.t(
      'NinjaOne ignores parameters that it does not know, so a misspelled filter returns everything. Use the parameter only if you know that your instance has it.',
    ),
  );
}

/** Asks whether to send empty strings in place of passwords, which a file or a pasted text may lack (E6). */
export function askEmptyPasswords(names: readonly string[]): Promise<boolean> {
  return mayUse(
    vscode.l10n.t({
      message: 'The request has an empty value for {0}.',
      args: [listed([...new Set(names)])],
      comment: '{0} is a list of names in quotes, such as "password".',
    }),
    vscode.l10n.t(
      'Secrets are not stored with a request document, so the value may be missing. An empty value can delete the secret in NinjaOne.',
    ),
  );
}

/** Asks whether to use a body that lacks members which the API description requires (E6). */
export function askMissingMembers(names: readonly string[]): Promise<boolean> {
  return mayUse(
    vscode.l10n.t({
      message: 'The body has no value for {0}.',
      args: [listed(names)],
      comment: '{0} is a list of names in quotes, such as "name".',
    }),
    vscode.l10n.t(
      'The API description requires a value. Use the body without it only if you know that NinjaOne accepts it.',
    ),
  );
}

async function mayUse(message: string, detail: string): Promise<boolean> {
  const use = vscode.l10n.t('Use Anyway');
  return (await chooseAction({ message, detail }, use)) === use;
}

function listed(names: readonly string[]): string {
  return names.map((name) => `"${plainText(name, 60)}"`).join(', ');
}
