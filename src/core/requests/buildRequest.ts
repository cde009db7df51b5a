import { plainText } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import type { LocalizableMessage } from '../base/messages.ts';
import { matchesPathTemplate, PATH_PARAMETER, type ApiRequest } from '../api/apiRequest.ts';
import type { Body, Operation, Parameter } from '../catalog/operation.ts';
import type { Connection } from '../connections/connection.ts';
import type { RequestDraft, RequestProblem, Values } from './requestDraft.ts';
import { checkValue } from './parameterValues.ts';

export interface RequestTarget {
  readonly operation: Operation;
  readonly connection: Connection;
}

export type RequestResult =
  | { readonly ok: true; readonly request: ApiRequest }
  | { readonly ok: false; readonly problems: readonly RequestProblem[] };

/**
 * Draft and operation → a request that can be sent, or every reason why not. Whatever the values are, what comes out is
 * a call of this operation on the connection's origin (E11).
 */
export function buildRequest(draft: RequestDraft, { operation, connection }: RequestTarget): RequestResult {
  const problems: RequestProblem[] = [];
  const report = (place: readonly string[], message: LocalizableMessage): void =>
    void problems.push({ place, message });
  const path = fillPath(operation, draft.path, report);
  const query = fillQuery(operation, draft.query, report);
  const body = checkBody(operation, draft, report);
  if (draft.operation !== operation.key) {
    report(['operation'], l10n.t('There is no operation {0}. Choose another one.', plainText(draft.operation, 200)));
  }
  if (problems.length > 0) {
    return { ok: false, problems };
  }
  const { origin } = connection.instance;
  const url = URL.parse(`${origin}${path}${query}`)?.href ?? '';
  if (!/^\/[^/]/.test(operation.path) || !matchesPathTemplate(url, operation.path, origin)) {
    report(['path'], l10n.t('The values do not make an address of {0}. Check them.', plainText(operation.key, 200)));
    return { ok: false, problems };
  }
  return { ok: true, request: { connection, operation, url, body } };
}

/** What still has to be asked for before the operation can be called: its required parameters without a value. */
export function missingParameters(
  operation: Operation,
  { path, query }: Pick<RequestDraft, 'path' | 'query'>,
): Parameter[] {
  const ofPath = placesOf(operation).map((name) => parameterOf(operation, 'path', name) ?? placeParameter(name));
  const ofQuery = operation.parameters.filter((parameter) => parameter.in === 'query' && parameter.required);
  return [...ofPath.filter(({ name }) => !path.has(name)), ...ofQuery.filter(({ name }) => !query.has(name))];
}

type Report = (place: readonly string[], message: LocalizableMessage) => void;

function fillPath(operation: Operation, values: Values, report: Report): string {
  const places = placesOf(operation);
  reportUnknown('path', places, values, report);
  return operation.path.replace(EVERY_PLACE, (_, name: string) => {
    const value = values.get(name);
    if (value === undefined) {
      report(['path', name], l10n.t('{0} is needed. Write a value.', plainText(name, 60)));
      return '';
    }
    const checked = checkValue(parameterOf(operation, 'path', name) ?? placeParameter(name), value);
    if (!checked.ok) {
      report(['path', name], checked.message);
    }
    return checked.ok ? encodeURIComponent(checked.text) : '';
  });
}

const EVERY_PLACE = new RegExp(PATH_PARAMETER, 'g');

function placesOf({ path }: Operation): string[] {
  return [...path.matchAll(EVERY_PLACE)].map(([, name = '']) => name);
}

/** Some documents use a place in the path that they do not declare. */
function placeParameter(name: string): Parameter {
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

/** In the order of the operation, so that the same values make the same address. Blanks are `%20`: a `+` may stay one. */
function fillQuery(operation: Operation, values: Values, report: Report): string {
  const parameters = operation.parameters.filter((parameter) => parameter.in === 'query');
  const names = parameters.map(({ name }) => name);
  reportUnknown('query', names, values, report);
  const pairs = parameters.flatMap((parameter) => {
    const { name, required } = parameter;
    const value = values.get(name);
    // An empty filter is not "no filter" to NinjaOne, so nothing is sent for it.
    if (value === undefined || String(value).trim() === '') {
      if (required) {
        report(['query', name], l10n.t('{0} is needed. Write a value.', plainText(name, 60)));
      }
      return [];
    }
    const checked = checkValue(parameter, value);
    if (!checked.ok) {
      report(['query', name], checked.message);
    }
    return checked.ok ? [`${encodeURIComponent(name)}=${encodeURIComponent(checked.text)}`] : [];
  });
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

/** NinjaOne ignores what it does not know, and a filter that is ignored changes what the answer means. */
function reportUnknown(field: 'path' | 'query', names: readonly string[], values: Values, report: Report): void {
  for (const name of values.keys()) {
    if (!names.includes(name)) {
      const known = names.length === 0 ? '–' : names.slice(0, 20).join(', ');
      report(
        [field, name],
        l10n.t('The operation has no {0} parameter {1}. It has: {2}.', field, plainText(name, 60), known),
      );
    }
  }
}

function parameterOf(operation: Operation, place: 'path' | 'query', name: string): Parameter | undefined {
  return operation.parameters.find((parameter) => parameter.in === place && parameter.name === name);
}

function checkBody({ body }: Operation, draft: RequestDraft, report: Report): string | undefined {
  const value = draft.body;
  const json = value === undefined ? undefined : jsonOf(value);
  const problem = bodyProblem(body, value, json);
  if (problem) {
    report(['body'], problem);
  }
  return json === undefined ? undefined : (draft.bodyText ?? json);
}

function bodyProblem(body: Body | undefined, value: unknown, json: string | undefined): LocalizableMessage | undefined {
  if (body && !JSON_TYPE.test(body.contentType)) {
    return l10n.t(
      'This operation takes files ({0}), which are not sent from here. Use {1} and a token of Copy Access Token.',
      plainText(body.contentType, 60),
      'curl --form',
    );
  }
  if (value === undefined) {
    return body?.required ? l10n.t('This operation needs a body. Write one.') : undefined;
  }
  if (!body) {
    return l10n.t('This operation takes no body. Remove it.');
  }
  return json === undefined ? l10n.t('The body cannot be written as JSON, or is too deep. Check it.') : undefined;
}

const JSON_TYPE = /^(?:application\/(?:[\w.-]+\+)?json|\*\/\*)\s*(?:;|$)/i;

/** `JSON.stringify` throws at cycles, BigInt and depths that exhaust the stack, and gives nothing for functions. */
function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}
