import { plainText, NinjaOneError, type Action } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import type { LocalizableMessage } from '../base/messages.ts';
import { asRecord, getOwn } from '../base/untrusted.ts';

/** Content of a request document: the operation and its values. Never the address or the account. */
export interface RequestDraft {
  /** `GET /v2/device/{id}`. */
  readonly operation: string;
  readonly path: Values;
  readonly query: Values;
  /** `undefined` if there is none; `null` is a JSON body. */
  readonly body: unknown;
  /** The body as JSON text with all digits; without it, `body` is sent. */
  readonly bodyText?: string | undefined;
}

export type Scalar = string | number | boolean;
export type Values = ReadonlyMap<string, Scalar>;

export interface RequestProblem {
  /** The query parameter, if the problem is that the API description does not have it. The user can send it anyway. */
  readonly undeclared?: string | undefined;
  /** Location in the document: `['path', 'id']`; empty for the whole document. */
  readonly location: readonly string[];
  /** Which of several members at the location, in the items of a list; the first one by default. */
  readonly occurrence?: number | undefined;
  readonly message: LocalizableMessage;
}

/** Problems that prevent sending; the first one is shown. */
export interface RefusedRequest {
  readonly ok: false;
  readonly problems: readonly [RequestProblem, ...RequestProblem[]];
}

export type DraftResult = { readonly ok: true; readonly draft: RequestDraft } | RefusedRequest;

export function requestNotComplete({ problems: [{ message }] }: RefusedRequest, action?: Action): NinjaOneError {
  return new NinjaOneError({ code: 'request.notComplete', intent: 'invalidInput', action, message });
}

/**
 * Reads a request document or a command argument. Never throws. Empty values and null count as missing, so that a new
 * document can list every parameter.
 */
export function parseDraft(value: unknown): DraftResult {
  const record = asRecord(value);
  if (!record) {
    return wrong([], l10n.t('Enter a request, such as {0}.', EXAMPLE));
  }
  const problems: RequestProblem[] = [];
  for (const name of Object.keys(record)) {
    if (!FIELDS.has(name)) {
      problems.push({ location: [name], message: unknownField(name) });
    }
  }
  const operation = getOwn(value, 'operation');
  if (typeof operation !== 'string' || operation.trim() === '') {
    problems.push(NO_OPERATION);
  }
  const path = readValues(value, 'path', problems);
  const query = readValues(value, 'query', problems);
  const [first, ...others] = problems;
  return first || typeof operation !== 'string'
    ? { ok: false, problems: [first ?? NO_OPERATION, ...others] }
    : { ok: true, draft: { operation: operation.trim(), path, query, body: getOwn(value, 'body') } };
}

const NO_OPERATION: RequestProblem = {
  location: ['operation'],
  message: l10n.t('Enter the method and path of the operation, such as {0}.', 'GET /v2/device/{id}'),
};

const EXAMPLE = '{ "operation": "GET /v2/device/{id}", "path": { "id": 1 }, "query": {} }';

/** VS Code uses `$schema` for completion; it is otherwise ignored. */
const FIELDS: ReadonlySet<string> = new Set(['$schema', 'operation', 'path', 'query', 'body']);

/** Properties that would determine the address or the account. */
const CONNECTION_PROPERTIES =
  /^(?:host|hostname|origin|url|uri|baseurl|server|instance|connection|account|headers?|cookies?|authorization|auth|token|access_?token|refresh_?token|client_?secret|secret|password|method)$/i;

function unknownField(name: string): LocalizableMessage {
  return CONNECTION_PROPERTIES.test(name)
    ? l10n.t(
        'Remove "{0}". The connection determines the address, the account, and the headers of a request.',
        plainText(name, 40),
      )
    : l10n.t('Unknown property "{0}". Remove it, or move it to path, query, or body.', plainText(name, 40));
}

function readValues(draft: unknown, field: 'path' | 'query', problems: RequestProblem[]): Values {
  const values = new Map<string, Scalar>();
  const record = asRecord(getOwn(draft, field) ?? {});
  if (!record) {
    problems.push({
      location: [field],
      message: l10n.t('Enter an object for "{0}", such as {1}.', field, '{ "name": 1 }'),
    });
    return values;
  }
  for (const [name, value] of Object.entries(record)) {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
      if (value !== '') {
        values.set(name, value);
      }
    } else if (isList(value)) {
      values.set(name, value.join(','));
    } else if (value !== null && value !== undefined) {
      const message = l10n.t('{0} must be a single value, or a list of values without commas.', plainText(name, 40));
      problems.push({ location: [field, name], message });
    }
  }
  return values;
}

/** NinjaOne takes a list as text with commas. Where it takes repeated parameters, the text is divided again. */
function isList(value: unknown): value is readonly Scalar[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((item) => ['string', 'number', 'boolean'].includes(typeof item) && !/^$|,/.test(String(item)))
  );
}

function wrong(location: readonly string[], message: LocalizableMessage): DraftResult {
  return { ok: false, problems: [{ location, message }] };
}
