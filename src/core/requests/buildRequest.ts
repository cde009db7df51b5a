import { plainText } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import type { LocalizableMessage } from '../base/messages.ts';
import { asName } from '../base/untrusted.ts';
import { matchesPathTemplate, PATH_PARAMETER, type ApiRequest } from '../api/apiRequest.ts';
import { isForm } from '../catalog/formSchema.ts';
import { SEPARATORS } from '../catalog/listSeparators.ts';
import type { Body, Operation, Parameter } from '../catalog/operation.ts';
import type { Connection } from '../connections/connection.ts';
import type { RefusedRequest, RequestDraft, RequestProblem, Values } from './requestDraft.ts';
import { readFormParts } from './formBody.ts';
import { checkParameterValue, listItems } from './parameterValues.ts';

export interface RequestTarget {
  readonly operation: Operation;
  readonly connection: Connection;
  /** Sends query parameters that the API description does not have, because the user agreed. */
  readonly allowUndeclared?: boolean | undefined;
}

export type RequestResult = { readonly ok: true; readonly request: ApiRequest } | RefusedRequest;

/**
 * Builds a request from a draft, or returns all of its problems. Whatever the values, the result is always a call of this
 * operation on the connection's origin (E11).
 */
export function buildRequest(draft: RequestDraft, target: RequestTarget): RequestResult {
  const { operation, connection } = target;
  const problems: RequestProblem[] = [];
  const report: Report = (location, message, undeclared) =>
    void problems.push({ location, message, ...(undeclared === undefined ? {} : { undeclared }) });
  const path = fillPath(operation, draft.path, report);
  const query = fillQuery(target, draft.query, report);
  const body = checkBody(operation, draft, report);
  if (draft.operation !== operation.key) {
    report(
      ['operation'],
      l10n.t('The operation {0} does not exist. Choose another operation.', plainText(draft.operation, 200)),
    );
  }
  const [first, ...others] = problems;
  if (first) {
    return { ok: false, problems: [first, ...others] };
  }
  const { origin } = connection.instance;
  const url = URL.parse(`${origin}${path}${query}`)?.href ?? '';
  if (!/^\/[^/]/.test(operation.path) || !matchesPathTemplate(url, operation.path, origin)) {
    const message = l10n.t(
      'The values do not result in a valid address for {0}. Check the values.',
      plainText(operation.key, 200),
    );
    return { ok: false, problems: [{ location: ['path'], message }] };
  }
  return { ok: true, request: { connection, operation, url, ...body } };
}

/** The required parameters that still need a value. */
export function missingParameters(
  operation: Operation,
  { path, query }: Pick<RequestDraft, 'path' | 'query'>,
): Parameter[] {
  const ofPath = pathParametersOf(operation).map(
    (name) => parameterOf(operation, 'path', name) ?? undeclaredParameter(name),
  );
  const ofQuery = operation.parameters.filter((parameter) => parameter.in === 'query' && parameter.required);
  return [...ofPath.filter(({ name }) => !path.has(name)), ...ofQuery.filter(({ name }) => !query.has(name))];
}

type Report = (location: readonly string[], message: LocalizableMessage, undeclared?: string) => void;

function fillPath(operation: Operation, values: Values, report: Report): string {
  const places = pathParametersOf(operation);
  reportUnknown('path', places, values, report);
  return operation.path.replace(EVERY_PLACE, (_, name: string) => {
    const value = values.get(name);
    if (value === undefined) {
      report(['path', name], l10n.t('Enter a value for {0}.', plainText(name, 60)));
      return '';
    }
    const checked = checkParameterValue(parameterOf(operation, 'path', name) ?? undeclaredParameter(name), value);
    if (!checked.ok) {
      report(['path', name], checked.message);
    }
    return checked.ok ? encodeURIComponent(checked.text) : '';
  });
}

const EVERY_PLACE = new RegExp(PATH_PARAMETER, 'g');

function pathParametersOf({ path }: Operation): string[] {
  return [...path.matchAll(EVERY_PLACE)].map(([, name = '']) => name);
}

/** For a path parameter that the API description does not declare. */
function undeclaredParameter(name: string): Parameter {
  return {
    name,
    in: 'path',
    required: true,
    type: 'string',
    format: undefined,
    values: undefined,
    kind: undefined,
    date: undefined,
  };
}

/** In the operation's order, so that equal values result in equal addresses. Spaces are `%20`, as `+` is ambiguous. */
function fillQuery({ operation, allowUndeclared }: RequestTarget, values: Values, report: Report): string {
  const declared = operation.parameters.filter((parameter) => parameter.in === 'query');
  const names = declared.map(({ name }) => name);
  const agreed = allowUndeclared ? [...values.keys()].filter((name) => !names.includes(name) && isSendable(name)) : [];
  reportUnknown('query', [...names, ...agreed], values, report);
  const parameters = [
    ...declared,
    ...agreed.map((name) => ({ ...undeclaredParameter(name), in: 'query' as const, required: false })),
  ];
  const pairs = parameters.flatMap((parameter) => {
    const { name, required } = parameter;
    const value = values.get(name);
    const isBlank = value !== undefined && String(value).trim() === '';
    if (value === undefined || isBlank) {
      const shown = plainText(name, 60);
      if (required) {
        report(['query', name], l10n.t('Enter a value for {0}.', shown));
      } else if (isBlank) {
        // NinjaOne treats an empty filter differently from no filter, and without it the response would be another one.
        report(['query', name], l10n.t('{0} is empty. Remove it, or enter a value.', shown));
      }
      return [];
    }
    const checked = checkParameterValue(parameter, value);
    if (!checked.ok) {
      report(['query', name], checked.message);
    }
    const texts = checked.ok ? sentTexts(parameter, checked.text) : [];
    return texts.map((text) => `${encodeURIComponent(name)}=${encodeURIComponent(text)}`);
  });
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

/** The values of a checked parameter, one for each time that its name is in the query. */
function sentTexts({ list }: Parameter, text: string): readonly string[] {
  if (list === undefined) {
    return [text];
  }
  return list === 'repeated' ? listItems(text) : [listItems(text).join(SEPARATORS[list])];
}

/** Whether the user may decide to send a query parameter with this name. */
function isSendable(name: string): boolean {
  return asName(name) !== undefined;
}

/** NinjaOne ignores unknown parameters, and an ignored filter would change the meaning of the response. */
function reportUnknown(field: 'path' | 'query', names: readonly string[], values: Values, report: Report): void {
  for (const name of values.keys()) {
    if (!names.includes(name)) {
      const known = names.length === 0 ? '–' : names.slice(0, 20).join(', ');
      report(
        [field, name],
        l10n.t({
          message: 'The operation does not have the {0} parameter "{1}". Available parameters: {2}.',
          args: [field, plainText(name, 60), known],
          comment: '{0} is path or query, {1} the name of a parameter, {2} a list of names.',
        }),
        field === 'query' && isSendable(name) ? name : undefined,
      );
    }
  }
}

function parameterOf(operation: Operation, location: 'path' | 'query', name: string): Parameter | undefined {
  return operation.parameters.find((parameter) => parameter.in === location && parameter.name === name);
}

function checkBody({ body }: Operation, draft: RequestDraft, report: Report): Pick<ApiRequest, 'body' | 'form'> {
  const value = draft.body;
  const json = value === undefined ? undefined : jsonOf(value);
  const problem = bodyProblem(body, value, json);
  if (problem) {
    report(['body'], problem);
    return { body: undefined };
  }
  const source = json === undefined ? undefined : (draft.bodyText ?? json);
  return body && isForm(body) ? { body: source, form: readFormParts(body, source, report) } : { body: source };
}

function bodyProblem(body: Body | undefined, value: unknown, json: string | undefined): LocalizableMessage | undefined {
  if (body && !isForm(body) && !JSON_TYPE.test(body.contentType)) {
    return l10n.t(
      'This operation requires a body of type {0}, which is not supported here. Use another tool with a token from Copy Access Token.',
      plainText(body.contentType, 60),
    );
  }
  if (value === undefined) {
    return body?.required ? l10n.t('This operation requires a body. Enter one.') : undefined;
  }
  if (!body) {
    return l10n.t('This operation does not accept a body. Remove it.');
  }
  return json === undefined ? l10n.t('The body is not valid JSON or is nested too deeply. Check the body.') : undefined;
}

/** Types such as `application/merge-patch+json` have another meaning, and a body is sent as `application/json`. */
const JSON_TYPE = /^(?:application\/json|\*\/\*)\s*(?:;|$)/i;

/** `JSON.stringify` throws for cycles, BigInt, and very deep values, and returns undefined for functions. */
function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}
