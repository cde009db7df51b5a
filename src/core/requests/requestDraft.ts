import { plainText } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import type { LocalizableMessage } from '../base/messages.ts';

/** What a person writes into a request document: which operation, with which values. Never where to, never as whom. */
export interface RequestDraft {
  /** `GET /v2/device/{id}`. */
  readonly operation: string;
  readonly path: Values;
  readonly query: Values;
  /** `undefined` if there is none; `null` is a JSON body. */
  readonly body: unknown;
  /** The body as JSON text with every digit that was written; without it, `body` is sent. */
  readonly bodyText?: string | undefined;
}

export type Scalar = string | number | boolean;
export type Values = ReadonlyMap<string, Scalar>;

export interface RequestProblem {
  /** Where in the document: `['path', 'id']`; empty for the whole. */
  readonly place: readonly string[];
  readonly message: LocalizableMessage;
}

export type DraftResult =
  | { readonly ok: true; readonly draft: RequestDraft }
  | { readonly ok: false; readonly problems: readonly RequestProblem[] };

/**
 * Reads a request document or a command's argument. Never throws, whatever it is given. Values that are empty or null
 * count as not written, so that a scaffold may list every parameter.
 */
export function parseDraft(value: unknown): DraftResult {
  if (!isRecord(value)) {
    return wrong([], l10n.t('Write a request: {0}.', EXAMPLE));
  }
  const problems: RequestProblem[] = [];
  for (const name of Object.keys(value)) {
    if (!FIELDS.has(name)) {
      problems.push({ place: [name], message: unknownField(name) });
    }
  }
  const operation = getOwn(value, 'operation');
  if (typeof operation !== 'string' || operation.trim() === '') {
    problems.push({
      place: ['operation'],
      message: l10n.t('Name the operation: method and path, as in {0}.', 'GET /v2/device/{id}'),
    });
  }
  const path = readValues(value, 'path', problems);
  const query = readValues(value, 'query', problems);
  return typeof operation === 'string' && problems.length === 0
    ? { ok: true, draft: { operation: operation.trim(), path, query, body: getOwn(value, 'body') } }
    : { ok: false, problems };
}

const EXAMPLE = '{ "operation": "GET /v2/device/{id}", "path": { "id": 1 }, "query": {} }';

/** `$schema` is what the editor completes by; it is read by nobody else. */
const FIELDS: ReadonlySet<string> = new Set(['$schema', 'operation', 'path', 'query', 'body']);

/** What would decide where a request goes or as whom. */
const FOREIGN =
  /^(?:host|hostname|origin|url|uri|baseurl|server|instance|connection|account|headers?|cookies?|authorization|auth|token|access_?token|refresh_?token|client_?secret|secret|password|method)$/i;

function unknownField(name: string): LocalizableMessage {
  return FOREIGN.test(name)
    ? l10n.t(
        'Remove {0}: a request never says where it goes, as whom, or with which headers. The connection decides that.',
        plainText(name, 40),
      )
    : l10n.t('A request has no field {0}. Remove it, or move it to path, query or body.', plainText(name, 40));
}

function readValues(draft: object, field: 'path' | 'query', problems: RequestProblem[]): Values {
  const values = new Map<string, Scalar>();
  const written = getOwn(draft, field) ?? {};
  if (!isRecord(written)) {
    problems.push({ place: [field], message: l10n.t('Write {0} as names and values: {1}.', field, '{ "name": 1 }') });
    return values;
  }
  for (const [name, value] of Object.entries(written)) {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
      if (value !== '') {
        values.set(name, value);
      }
    } else if (value !== null && value !== undefined) {
      const message = l10n.t('{0} takes one value. Write several as text with commas.', plainText(name, 40));
      problems.push({ place: [field, name], message });
    }
  }
  return values;
}

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Not what an object inherits: its prototype may come from anywhere. */
function getOwn(record: object, name: string): unknown {
  return Object.getOwnPropertyDescriptor(record, name)?.value;
}

function wrong(place: readonly string[], message: LocalizableMessage): DraftResult {
  return { ok: false, problems: [{ place, message }] };
}
