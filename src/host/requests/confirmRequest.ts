import * as vscode from 'vscode';
import {
  isWrite,
  needsTypedText,
  returnsSecrets,
  riskLevelOf,
  secureSwitches,
  type ApiRequest,
} from '../../core/api/apiRequest.ts';
import { withoutPasswords } from '../../core/api/passwordValues.ts';
import { requestTargets, confirmationWord, type TargetObject } from '../../core/api/requestTargets.ts';
import { canceled, plainText } from '../../core/base/errors.ts';
import { l10n } from '../../core/base/l10n.ts';
import { asRecord, parseJson } from '../../core/base/untrusted.ts';
import { isUnknownTraits } from '../../core/catalog/overlay.ts';
import { resourceTypeName } from '../../core/catalog/idKinds.ts';
import { urlParts } from '../../core/export/requestSecrets.ts';
import { DOTS } from '../../core/json/formatJson.ts';
import { hasResourceName, type NamedResource } from '../../core/names/namedResource.ts';
import { riskLevelTexts } from '../catalog/riskLevelTexts.ts';
import { capitalized } from '../platform/capitalized.ts';
import { chooseAction } from '../platform/confirm.ts';
import { withDelayedProgress } from '../platform/delayedProgress.ts';
import { localize } from '../platform/localize.ts';
import { showInput } from '../platform/quickInputs.ts';

/** Resolves to what can be read of the names of the object, at the latest when the signal is aborted. */
export type NameLookup = (object: TargetObject, signal: AbortSignal) => Promise<NamedResource>;

/**
 * Asks the user to confirm one request in a modal dialog with method, path, targets, connection and host. For deletions
 * and bulk changes the user first has to type the name of the target, because a dialog alone is one Enter away (E9).
 * `changes` are lines in place of the body, where it is known what it changes (E19). Rejects as canceled if the user does
 * not wait for the names.
 */
export async function askRequestConfirmation(
  request: ApiRequest,
  lookUp: NameLookup,
  changes?: readonly string[],
): Promise<boolean> {
  const { operation, connection, url } = request;
  const isChange = isWrite(request);
  const objects = isChange ? await describeTargets(request, lookUp) : [];
  if (needsTypedText(request) && !(await askTyped(request, objects))) {
    return false;
  }
  const { host, pathname, search } = new URL(url);
  // Nobody knows what an operation does that only the description of an instance has.
  const isUnknown = isUnknownTraits(operation.traits);
  const send = isChange && !isUnknown ? buttonTitle(operation.title) : vscode.l10n.t('Send');
  const choice = await chooseAction(
    {
      message: vscode.l10n.t({
        message: 'Send "{0}"? {1}',
        args: [operation.title, isUnknown ? unknownEffect(isChange) : riskLevelTexts(riskLevelOf(request)).sentence],
        comment: '{0} is the title of an operation and {1} a sentence, such as "This request changes data."',
      }),
      detail: [
        plainText(`${operation.method} ${pathname}${isChange ? shownQuery(search) : ''}`, 500),
        ...(isChange ? [] : secureSwitches(url).map(secureSwitchLine)),
        ...new Set(objects.flatMap(({ lines }) => lines)),
        ...(INSTALLS_PATCHES.test(operation.path) ? [allPatches()] : []),
        ...(isChange && !isUnknown && returnsSecrets(request) ? [vscode.l10n.t('The response contains secrets.')] : []),
        ...(changes ?? bodyLines(request)),
        vscode.l10n.t({
          message: 'Connection: {0} ({1})',
          args: [connection.name, host],
          comment: '{0} is the name of a connection and {1} a host.',
        }),
      ].join('\n'),
    },
    send,
  );
  return choice === send;
}

/** The title of an operation as VS Code writes buttons, such as `Run Script on Device`. Titles are always in English. */
function buttonTitle(title: string): string {
  return plainText(title, 60).replaceAll(
    /(?<= )(?!(?:a|an|and|by|for|from|in|of|on|or|the|to|with)\b)\p{Ll}/gu,
    (letter) => letter.toUpperCase(),
  );
}

/** The query with dots in place of each value that is a secret. */
function shownQuery(search: string): string {
  return urlParts({ url: search })
    .map((part) => ('text' in part ? part.text : DOTS))
    .join('');
}

/** Without the value, which may be a secret itself. */
function secureSwitchLine(name: string): string {
  return vscode.l10n.t({
    message: 'The parameter {0} asks for secret values.',
    args: [plainText(name, 100)],
    comment: '{0} is the name of a query parameter, such as showSecureValues.',
  });
}

function unknownEffect(isChange: boolean): string {
  return isChange
    ? vscode.l10n.t(
        'It is not known what this request does. It may destroy data, and its response may contain secrets.',
      )
    : vscode.l10n.t('It is not known what this request returns. It may read secrets.');
}

function bodyLines({ body, operation }: ApiRequest): readonly string[] {
  return body === undefined || body === '{}'
    ? []
    : [
        ...listCounts(body),
        vscode.l10n.t('Body: {0}', plainText(withoutPasswords(body, operation, DOTS) ?? DOTS, 300)),
      ];
}

/** How many items each list of the body has, because a long body is cut. */
function listCounts(body: string): readonly string[] {
  const value = parseJson(body);
  const members = Array.isArray(value) ? [['', value] as const] : Object.entries(asRecord(value) ?? {});
  return members.flatMap(([name, member]) => {
    if (!Array.isArray(member) || member.length < 2) {
      return [];
    }
    const count = localize(l10n.t('{0, plural, one {# item} other {# items}}', member.length));
    return [name === '' ? count : `${plainText(name, 60)}: ${count}`];
  });
}

const INSTALLS_PATCHES = /^\/v2\/device\/\{\w+\}\/patch\/(?:os|software)\/apply$/;

function allPatches(): string {
  return vscode.l10n.t(
    'Every approved patch of the device is installed. NinjaOne has no way to install only some of them.',
  );
}

interface Described {
  /** For the modal dialog: the object, and what it belongs to. */
  readonly lines: readonly string[];
  /** The text that the user types: the name, or else the ID. */
  readonly text: string;
}

function describeTargets(request: ApiRequest, lookUp: NameLookup): Promise<readonly Described[]> {
  return withDelayedProgress(vscode.l10n.t('Looking up the names for the confirmation…'), async (signal) => {
    const described = await Promise.all(
      requestTargets(request).map((object) => describeTarget(object, (each) => lookUp(each, signal))),
    );
    if (signal.aborted) {
      throw canceled();
    }
    return described;
  });
}

async function describeTarget(
  object: TargetObject,
  lookUp: (object: TargetObject) => Promise<NamedResource>,
): Promise<Described> {
  const id = plainText(object.id, 100);
  if (!hasResourceName(object)) {
    return { lines: [`${kindOf(object)}: ${id}`], text: id };
  }
  const { name, owners } = await lookUp(object);
  return {
    lines: [lineOf(object, name), ...owners.map((owner) => lineOf(owner, owner.ownerName))],
    text: plainText(name ?? '', 100) || id,
  };
}

/** Begins its line, so it begins with a capital letter. */
function kindOf({ kind, name }: TargetObject): string {
  return capitalized(kind === undefined ? plainText(name, 60) : localize(resourceTypeName(kind)));
}

function lineOf(object: TargetObject, name = ''): string {
  const [kind, id, text] = [kindOf(object), plainText(object.id, 100), plainText(name, 100)];
  return text === ''
    ? vscode.l10n.t({
        message: '{0}: {1} (name not available)',
        args: [kind, id],
        comment: '{0} is a type, such as Device, and {1} an ID.',
      })
    : `${kind}: ${text} (${id})`;
}

/** If there are several objects, the last one is the object that the path ends with. */
async function askTyped(request: ApiRequest, objects: readonly Described[]): Promise<boolean> {
  const { operation, connection } = request;
  const object = operation.traits.bulk ? undefined : objects.at(-1)?.text;
  const expected = object ?? plainText(confirmationWord(request));
  // The expected text is plain, and nobody can type an invisible character.
  const isExpected = (text: string): boolean => plainText(text) === expected;
  const typed = await showInput({
    title: `${operation.title} · ${connection.name}`,
    prompt: vscode.l10n.t('Type {0} to continue.', expected),
    ignoreFocusOut: true,
    validateInput: (text) =>
      text === '' || isExpected(text) ? undefined : vscode.l10n.t('Type {0} to continue.', expected),
  });
  return typed !== undefined && isExpected(typed);
}
