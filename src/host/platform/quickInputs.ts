import * as vscode from 'vscode';
import { plainText } from '../../core/base/errors.ts';

/*
 * VS Code renders icons in the rows of a list, and links in the prompt and the validation message of an input box. So
 * every text is made plain here (A16).
 */

/** Resolves to one of `items`, or to undefined if the user or `closing` closes the list. */
export async function showPick<T extends vscode.QuickPickItem>(
  items: readonly T[],
  options: vscode.QuickPickOptions,
  closing?: vscode.CancellationToken,
): Promise<T | undefined> {
  const rows = items.map((item) => ({ ...plainItem(item), item }));
  const plain = {
    ...options,
    ...plainMember('title', options.title),
    ...plainMember('placeHolder', options.placeHolder),
  };
  const chosen = await vscode.window.showQuickPick(rows, plain, closing);
  return chosen?.item;
}

/** Resolves to the checked `items`, or to undefined if the user closes the list. */
export async function showPicks<T extends vscode.QuickPickItem>(
  items: readonly T[],
  options: vscode.QuickPickOptions,
): Promise<readonly T[] | undefined> {
  const rows = items.map((item) => ({ ...plainItem(item), item }));
  const plain = {
    ...options,
    ...plainMember('title', options.title),
    ...plainMember('placeHolder', options.placeHolder),
    canPickMany: true as const,
  };
  const chosen = await vscode.window.showQuickPick(rows, plain);
  return chosen?.map(({ item }) => item);
}

/** Resolves to the text, or to undefined if the user or `closing` closes the box. */
export async function showInput(
  options: vscode.InputBoxOptions,
  closing?: vscode.CancellationToken,
): Promise<string | undefined> {
  const plain = {
    ...options,
    ...plainMember('title', options.title),
    ...plainMember('prompt', options.prompt),
    ...plainMember('placeHolder', options.placeHolder),
    validateInput: async (text: string) => plainValidation(await options.validateInput?.(text)),
  };
  return vscode.window.showInputBox(plain, closing);
}

/** For lists that are created with `createQuickPick`. */
export function plainItem<T extends vscode.QuickPickItem>(item: T): T {
  return {
    ...item,
    label: plainText(item.label),
    ...plainMember('description', item.description),
    ...plainMember('detail', item.detail, 1000),
  };
}

function plainMember<K extends string>(
  key: K,
  text: string | undefined,
  limit?: number,
): { readonly [M in K]?: string } {
  return text === undefined ? {} : ({ [key]: plainText(text, limit) } as { readonly [M in K]: string });
}

type Validation = string | vscode.InputBoxValidationMessage | null | undefined;

function plainValidation(validation: Validation): Validation {
  if (typeof validation === 'string') {
    return plainText(validation, 1000);
  }
  return validation ? { ...validation, message: plainText(validation.message, 1000) } : validation;
}
