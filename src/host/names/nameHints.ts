import { setTimeout as pause } from 'node:timers/promises';
import * as vscode from 'vscode';
import { isCanceled, isNinjaOneError, plainText, type NinjaOneError } from '../../core/base/errors.ts';
import { resourceTypeName } from '../../core/catalog/idKinds.ts';
import { fetchOwners } from '../../core/names/fetchOwners.ts';
import type { NameDirectory, NameList, NamePlace } from '../../core/names/nameDirectory.ts';
import { SIGNED_OUT } from '../../core/names/nameRequests.ts';
import type { NamedObject } from '../../core/names/nameSources.ts';
import { rankNames } from '../../core/names/rankNames.ts';
import { localize } from '../platform/localize.ts';
import { descriptionOf, namesUnavailable, titleOf } from './nameRows.ts';

/** An ID in a document. */
export interface NameTarget extends NamePlace {
  readonly range: vscode.Range;
  /** What stands in the range. */
  readonly token: string;
  /** What stands between the beginning of the range and the cursor. */
  readonly typed: string;
  /** Whether the ID is inserted as a text. */
  readonly isText: boolean;
}

/**
 * Offers the names of objects where a document takes the ID of one (E16). Sends no request for what looks like an ID.
 * Says in the list why there are no names, except to a user who is signed out.
 */
export async function completeNames(
  target: NameTarget,
  directory: NameDirectory,
  token: vscode.CancellationToken,
): Promise<vscode.CompletionList | undefined> {
  const text = target.typed.replace(/^"/, '').trim();
  const closing = signalOf(token);
  try {
    const known = directory.known(target);
    if (!known && /^\d+$/.test(text)) {
      return undefined;
    }
    const list = known ?? (await firstList(target, directory, closing));
    const found = !list.isComplete && text !== '' ? await searched(target, text, directory, closing) : undefined;
    return await completionOf(target, text, { list, found, directory, closing });
  } catch (error) {
    return isNinjaOneError(error) && !isCanceled(error) && error.code !== SIGNED_OUT
      ? new vscode.CompletionList([unavailableItem(target, error)], true)
      : undefined;
  }
}

/** The name of the object with the ID in the document. Sends at most one request. */
export async function nameHover(
  { kind, connection }: NamePlace,
  id: string,
  { directory, token }: { readonly directory: NameDirectory; readonly token: vscode.CancellationToken },
): Promise<string | undefined> {
  try {
    const object = await directory.find({ kind, connection }, id, { signal: signalOf(token) });
    return object && object.name !== ''
      ? titleOf(object, connection, directory)
      : vscode.l10n.t({
          message: 'No {0} has this ID',
          args: [plainText(localize(resourceTypeName(kind)), 60)],
          comment: '{0} is a type of object, such as device.',
        });
  } catch (error) {
    return isNinjaOneError(error) && !isCanceled(error) && error.code !== SIGNED_OUT
      ? `${namesUnavailable()}\n${localize(error)}`
      : undefined;
  }
}

/** VS Code asks again at the next key stroke, so a list that is on its way is waited for a while longer. */
async function firstList(target: NameTarget, directory: NameDirectory, closing: AbortSignal): Promise<NameList> {
  await pause(DELAY_MS, undefined, { signal: closing });
  const lasting = new AbortController();
  const end = (): void => {
    setTimeout(() => {
      lasting.abort();
    }, GRACE_MS).unref();
  };
  closing.addEventListener('abort', end, { once: true });
  try {
    return await directory.list(target, lasting.signal);
  } finally {
    closing.removeEventListener('abort', end);
  }
}

async function searched(
  target: NameTarget,
  text: string,
  directory: NameDirectory,
  closing: AbortSignal,
): Promise<NameList | undefined> {
  if (/^\d+$/.test(text)) {
    return undefined;
  }
  await pause(DELAY_MS, undefined, { signal: closing });
  return directory.search(target, text, closing);
}

interface Found {
  readonly list: NameList;
  /** What NinjaOne found for the text. */
  readonly found: NameList | undefined;
  readonly directory: NameDirectory;
  readonly closing: AbortSignal;
}

async function completionOf(
  target: NameTarget,
  text: string,
  { list, found, directory, closing }: Found,
): Promise<vscode.CompletionList> {
  const { connection } = target;
  const ownersOf = (object: NamedObject): readonly string[] => directory.ownersOf(object, connection);
  const ranked = rankNames(list.objects, text, { ownersOf, limit: MAX_ITEMS });
  const ids = new Set(found?.objects.map(({ id }) => id));
  const objects = [...(found?.objects ?? []), ...ranked.filter(({ id }) => !ids.has(id))].slice(0, MAX_ITEMS);
  if (new Set(objects.map(({ name }) => name)).size < objects.length) {
    await fetchOwners(objects, directory, { connection, signal: closing });
  }
  // What VS Code narrows by itself must have all names.
  const isIncomplete = !list.isComplete || objects.length >= MAX_ITEMS;
  const items = objects.map((object, index) => {
    const description = descriptionOf(object, connection, directory);
    const item = new vscode.CompletionItem({ label: object.name, description }, vscode.CompletionItemKind.Reference);
    item.range = target.range;
    item.insertText = target.isText ? JSON.stringify(object.id) : object.id;
    item.sortText = String(index).padStart(4, '0');
    const quote = target.typed.startsWith('"') ? '"' : '';
    item.filterText = isIncomplete ? `${target.typed} ${object.name}` : `${quote}${object.name} ${description}`;
    return item;
  });
  return new vscode.CompletionList(items, isIncomplete);
}

/** Changes nothing when it is accepted. */
function unavailableItem(target: NameTarget, error: NinjaOneError): vscode.CompletionItem {
  const item = new vscode.CompletionItem(namesUnavailable(), vscode.CompletionItemKind.Issue);
  item.detail = localize(error);
  item.range = target.range;
  item.insertText = target.token;
  item.filterText = target.typed === '' ? namesUnavailable() : target.typed;
  return item;
}

function signalOf(token: vscode.CancellationToken): AbortSignal {
  const closing = new AbortController();
  if (token.isCancellationRequested) {
    closing.abort();
  }
  token.onCancellationRequested(() => {
    closing.abort();
  });
  return closing.signal;
}

/** Milliseconds without a key stroke after which a request is sent. */
const DELAY_MS = 150;
/** Milliseconds for which a list is waited for after VS Code no longer wants it. */
const GRACE_MS = 1000;
const MAX_ITEMS = 100;
