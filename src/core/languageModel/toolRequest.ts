import { returnsSecrets, type ApiRequest } from '../api/apiRequest.ts';
import { formatMessage } from '../base/messages.ts';
import { asRecord, getOwn } from '../base/untrusted.ts';
import type { Connection } from '../connections/connection.ts';
import { buildRequest } from '../requests/buildRequest.ts';
import { parseDraft, type RefusedRequest } from '../requests/requestDraft.ts';
import type { ToolOperation } from './toolOperations.ts';

/** The values of a call by a language model, which are not trusted. */
export interface ToolValues {
  readonly path: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

/** The request, or a text for the language model that says what to change. */
export type ToolRequest =
  { readonly ok: true; readonly request: ApiRequest } | { readonly ok: false; readonly text: string };

/**
 * Checks the values as Run does. A list is requested in pages of `limit` items if the caller asks for no other size. A
 * request that could return secrets is refused, whatever the instance calls its parameters.
 */
export function toolRequest(
  { operation }: ToolOperation,
  values: ToolValues,
  { connection, limit }: { readonly connection: Connection; readonly limit: number },
): ToolRequest {
  const { path, query, body } = values;
  const read = parseDraft({
    operation: operation.key,
    ...(path === undefined ? {} : { path }),
    ...(query === undefined ? {} : { query }),
    ...(body === undefined ? {} : { body }),
  });
  if (!read.ok) {
    return { ok: false, text: problemsText(read) };
  }
  const { draft } = read;
  const full = new Map(draft.query);
  // Without the filter, the response would be another one, so an empty value is a mistake.
  for (const name of Object.keys(asRecord(query) ?? {})) {
    const value = getOwn(query, name);
    if (value === '' || value === null) {
      full.set(name, '');
    }
  }
  const size = operation.parameters.find(({ name, in: location }) => location === 'query' && SIZES.has(name));
  if (size && !full.has(size.name)) {
    full.set(size.name, Math.min(Math.max(limit, size.minimum ?? 1), size.maximum ?? limit));
  }
  const result = buildRequest({ ...draft, query: full }, { operation, connection });
  if (!result.ok) {
    return { ok: false, text: problemsText(result) };
  }
  return returnsSecrets(result.request) ? { ok: false, text: 'This tool reads no secrets.' } : result;
}

/** Names of parameters with the size of a page. */
const SIZES: ReadonlySet<string> = new Set(['pageSize', 'limit']);

function problemsText({ problems }: RefusedRequest): string {
  return problems.map(({ location, message }) => `- ${location.join('.')}: ${formatMessage(message)}`).join('\n');
}
