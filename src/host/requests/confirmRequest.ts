import * as vscode from 'vscode';
import { isWrite, needsTypedText, type ApiRequest } from '../../core/api/apiRequest.ts';
import { requestTargets, confirmationWord, type TargetObject } from '../../core/api/requestTargets.ts';
import { plainText } from '../../core/base/errors.ts';
import { resourceTypeName } from '../../core/catalog/idKinds.ts';
import { hasName } from '../../core/requests/resourceName.ts';
import { riskLevelTexts } from '../catalog/riskLevelTexts.ts';
import { chooseAction } from '../platform/confirm.ts';
import { localize } from '../platform/localize.ts';

/** The object's own name; undefined when it cannot be found out. */
export type NameLookup = (object: TargetObject) => Promise<string | undefined>;

/**
 * Whether a person agrees to this one request, after a modal that names method, path, object, connection and host. Before
 * it, what deletes or changes many objects at once wants its object typed: a modal alone is one Enter away (E9).
 */
export async function askConfirmation(request: ApiRequest, lookUp: NameLookup): Promise<boolean> {
  const { operation, connection, url, body } = request;
  const isChange = isWrite(request);
  const objects = isChange ? await Promise.all(requestTargets(request).map((object) => describe(object, lookUp))) : [];
  if (needsTypedText(request) && !(await askTyped(request, objects))) {
    return false;
  }
  const { pathname, search } = new URL(url);
  const send = vscode.l10n.t('Send');
  const choice = await chooseAction(
    {
      message: vscode.l10n.t('{0}? {1}', operation.title, riskLevelTexts(operation.traits.riskLevel).sentence),
      detail: [
        plainText(`${operation.method} ${pathname}${isChange ? search : ''}`, 500),
        ...objects.map(({ line }) => line),
        ...(body === undefined ? [] : [vscode.l10n.t('Body: {0}', plainText(body, 300))]),
        vscode.l10n.t('Connection {0} on {1}', connection.name, connection.instance.host),
      ].join('\n'),
    },
    send,
  );
  return choice === send;
}

interface Described {
  /** For the modal. */
  readonly line: string;
  /** What a person types: the name, else the id. */
  readonly text: string;
}

async function describe(object: TargetObject, lookUp: NameLookup): Promise<Described> {
  const id = plainText(object.id, 100);
  const kind = object.kind === undefined ? plainText(object.name, 60) : localize(resourceTypeName(object.kind));
  if (!hasName(object)) {
    return { line: `${kind}: ${id}`, text: id };
  }
  const name = plainText((await lookUp(object)) ?? '', 100);
  return name === ''
    ? { line: vscode.l10n.t('{0}: {1} (its name could not be read)', kind, id), text: id }
    : { line: `${kind}: ${name} (${id})`, text: name };
}

/** Of several objects the last is the one that the path ends on. */
async function askTyped(request: ApiRequest, objects: readonly Described[]): Promise<boolean> {
  const { operation, connection } = request;
  const object = operation.traits.bulk ? undefined : objects.at(-1)?.text;
  const expected = object ?? confirmationWord(request);
  const typed = await vscode.window.showInputBox({
    title: `${operation.title} · ${connection.name}`,
    prompt: vscode.l10n.t('Type {0} to go on.', expected),
    ignoreFocusOut: true,
    validateInput: (text) =>
      text === '' || text === expected ? undefined : vscode.l10n.t('Type {0} to go on.', expected),
  });
  return typed === expected;
}
