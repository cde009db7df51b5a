import * as vscode from 'vscode';
import { isPasswordName } from '../../core/api/passwordNames.ts';
import { canceled } from '../../core/base/errors.ts';
import { dateFormatOf } from '../../core/catalog/dateParameters.ts';
import { typedValues } from '../../core/catalog/pathQuery.ts';
import type { DateFormat, Operation, Parameter } from '../../core/catalog/operation.ts';
import type { RequestDraft, Scalar } from '../../core/requests/requestDraft.ts';
import type { Connection } from '../../core/connections/connection.ts';
import type { NameDirectory } from '../../core/names/nameDirectory.ts';
import { namedKindOf } from '../../core/names/nameSources.ts';
import {
  checkParameterValue,
  nameQuestion,
  parameterProblem,
  parameterQuestion,
} from '../../core/requests/parameterValues.ts';
import { missingParameters } from '../../core/requests/buildRequest.ts';
import { askForName } from '../names/namePick.ts';
import { localize } from '../platform/localize.ts';
import { showInput, showPick } from '../platform/quickInputs.ts';
import { dateChoices } from './datePresets.ts';

/** Values that were given for an operation before in this window, by place and name. */
export type LastValues = Map<string, string>;

export interface ProposedValues {
  readonly last?: LastValues | undefined;
  /** A text with which the user found the operation. If it is an address, its values are meant, and not the last ones. */
  readonly typed?: string | undefined;
  /** Values of the path that are known already, and that nobody is asked for. */
  readonly path?: ReadonlyMap<string, Scalar> | undefined;
  /** The names that are offered for IDs. */
  readonly names?: { readonly directory: NameDirectory; readonly connection: Connection } | undefined;
}

/**
 * Asks for each required parameter: with a pick if the values are known or objects have names (E16), or else with an input
 * box that validates while the user types (E5). Each has the proposed value. Remembers the values in `last`, but none whose name says that it
 * is a secret. Rejects as canceled if the user closes one of them.
 */
export async function askMissingParameters(
  operation: Operation,
  { last = new Map(), typed = '', path: known, names }: ProposedValues = {},
): Promise<RequestDraft> {
  const given = typedValues(typed, operation);
  const path = new Map<string, Scalar>(known);
  const query = new Map<string, Scalar>();
  const missing = missingParameters(operation, { path, query });
  for (const [index, parameter] of missing.entries()) {
    const counter = missing.length > 1 ? ` (${index + 1}/${missing.length})` : '';
    const title = `${operation.title}${counter} · ${operation.key}`;
    const place = `${parameter.in} ${parameter.name}`;
    const proposed = given[parameter.in].get(parameter.name) ?? last.get(place);
    const value = await askParameter(parameter, { title, proposed, names });
    if (value === undefined || value === '') {
      throw canceled();
    }
    if (!isPasswordName(parameter.name)) {
      last.set(place, value);
    }
    (parameter.in === 'path' ? path : query).set(parameter.name, value);
  }
  return { operation: operation.key, path, query, body: undefined };
}

interface Asked extends Pick<ProposedValues, 'names'> {
  readonly title: string;
  readonly proposed: string | undefined;
}

async function askParameter(parameter: Parameter, { title, proposed, names }: Asked): Promise<string | undefined> {
  const { name, type, values } = parameter;
  const date = dateFormatOf(parameter);
  const known = values ?? (type === 'boolean' ? ['true', 'false'] : undefined);
  if (known) {
    const items = known.map((value) => ({ label: value, value }));
    return (await showPick(items, { title, placeHolder: name, ignoreFocusOut: true }))?.value;
  }
  if (date !== undefined) {
    return askDateParameter(parameter, date, title);
  }
  const problemOf = (text: string): string | undefined => {
    const problem = parameterProblem(parameter, text);
    return problem && localize(problem);
  };
  const kind = namedKindOf(parameter);
  if (names && kind !== undefined) {
    const { directory, connection } = names;
    const placeholder = localize(nameQuestion(parameter));
    return askForName({ kind, connection, title, placeholder, proposed, problemOf }, directory);
  }
  return showInput({
    title,
    prompt: localize(parameterQuestion(parameter)),
    ...(proposed === undefined ? {} : { value: proposed }),
    ignoreFocusOut: true,
    validateInput: problemOf,
  });
}

/** Shows how the date is sent, so that the user recognizes it in the URL. */
async function askDateParameter(parameter: Parameter, format: DateFormat, title: string): Promise<string | undefined> {
  const placeHolder = parameter.name;
  const typed = { label: vscode.l10n.t('Enter a Date…'), wire: undefined };
  const chosen = await showPick(
    [...dateChoices(format).map(({ label, wire }) => ({ label, wire, description: wire })), typed],
    { title, placeHolder, ignoreFocusOut: true },
  );
  if (chosen !== typed) {
    return chosen?.wire;
  }
  const text = await showInput({
    title,
    prompt: localize(parameterQuestion(parameter)),
    ignoreFocusOut: true,
    validateInput: (input) => {
      const checked = checkParameterValue(parameter, input);
      return checked.ok
        ? { message: vscode.l10n.t('Sent as {0}', checked.text), severity: vscode.InputBoxValidationSeverity.Info }
        : localize(checked.message);
    },
  });
  const checked = checkParameterValue(parameter, text ?? '');
  return checked.ok ? checked.text : undefined;
}
