import { plainText } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import { asRecord } from '../base/untrusted.ts';
import type { Operation, Schemas } from '../catalog/operation.ts';
import { parseDraft, type DraftResult } from './requestDraft.ts';
import { endOfToken, skipBlanks } from '../json/jsonTokens.ts';
import { duplicateKey, bodySource } from './requestSource.ts';

export interface RequestTextOptions {
  /** Address of the schema that the editor completes by. */
  readonly schema: string;
  /** What the body's schema may refer to. */
  readonly schemas: Schemas;
}

/** The request document that a person begins with: every required name, with nothing to send in it yet (E6). */
export function requestText(operation: Operation, { schema, schemas }: RequestTextOptions): string {
  const { key, parameters, body } = operation;
  const values = (place: 'path' | 'query'): Record<string, Record<string, string>> => {
    const placed = parameters.filter((parameter) => parameter.in === place);
    const required = placed.filter((parameter) => parameter.required);
    // The schema knows no `path` where there is nothing to write into it.
    return placed.length > 0 ? { [place]: Object.fromEntries(required.map(({ name }) => [name, ''])) } : {};
  };
  const request = {
    $schema: schema,
    operation: key,
    ...values('path'),
    ...values('query'),
    ...(body ? { body: isList(body.schema, schemas) ? [] : {} } : {}),
  };
  return `${JSON.stringify(request, undefined, 2)}\n`;
}

/** Reads the text of a request document, which may come from anywhere. Never throws. */
export function readRequestText(text: string): DraftResult {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const message = l10n.t('This request is not JSON. Correct what the editor marks in it.');
    return { ok: false, problems: [{ place: [], message }] };
  }
  const twice = duplicateKey(text);
  if (twice) {
    const message = l10n.t('{0} stands twice. Remove one of them.', plainText(twice.at(-1) ?? '', 40));
    return { ok: false, problems: [{ place: twice, message }] };
  }
  const read = parseDraft(value);
  return read.ok ? { ok: true, draft: { ...read.draft, bodyText: bodySource(text) } } : read;
}

/** Where the name at `place` stands in the text, or the nearest name around it that is there: offsets. */
export function spanOf(text: string, place: readonly string[]): { readonly start: number; readonly end: number } {
  for (let depth = place.length; depth > 0; depth--) {
    const span = spanOfName(text, place.slice(0, depth));
    if (span) {
      return span;
    }
  }
  return { start: 0, end: Math.max(text.indexOf('\n'), 0) };
}

function spanOfName(
  text: string,
  place: readonly string[],
): { readonly start: number; readonly end: number } | undefined {
  // The names under which the objects and lists stand that are open; the outermost has none.
  const open: (string | undefined)[] = [];
  let name: string | undefined;
  for (let at = skipBlanks(text, 0); at < text.length;) {
    const end = endOfToken(text, at);
    if (typeof end !== 'number') {
      return undefined;
    }
    const token = text.slice(at, end);
    if (token === '{' || token === '[') {
      open.push(name);
      name = undefined;
    } else if (token === '}' || token === ']') {
      open.pop();
    } else if (token.startsWith('"') && text.charAt(skipBlanks(text, end)) === ':') {
      name = JSON.parse(token) as string;
      const isInPlace = open.length === place.length && open.slice(1).every((outer, index) => outer === place[index]);
      if (isInPlace && name === place.at(-1)) {
        return { start: at, end };
      }
    }
    at = skipBlanks(text, end);
  }
  return undefined;
}

/** Follows one reference: a body that is a list is often a named schema. */
function isList(schema: unknown, schemas: Schemas): boolean {
  const record = asRecord(schema);
  const reference = record?.['$ref'];
  const target = typeof reference === 'string' ? asRecord(schemas.get(reference.split('/').at(-1) ?? '')) : record;
  return target?.['type'] === 'array';
}
