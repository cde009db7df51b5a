import assert from 'node:assert/strict';
import { plainDraft } from './bundledOperations.ts';
import type { ApiRequest } from '../../src/core/api/apiRequest.ts';
import type { Operation } from '../../src/core/catalog/operation.ts';
import type { Scalar } from '../../src/core/requests/requestDraft.ts';
import { buildRequest, type RequestResult } from '../../src/core/requests/buildRequest.ts';
import { connectionOf, ORIGIN } from './connectionFixtures.ts';

/** Values that must never leave their path segment. */
export const HOSTILE = [
  '..',
  '.',
  '...',
  ' .. ',
  '%2e%2e',
  '%2E%2e',
  '%2E%2E/',
  '%252e%252e',
  '..%2f',
  '..;',
  '..;/',
  'a/b',
  'a\\b',
  '/',
  '//evil.com',
  '\\',
  '\\\\evil.com',
  '?x',
  '?',
  '#',
  '#x',
  ';x=1',
  ';',
  'a\rb',
  'a\nb',
  '\r\nHost: evil.com',
  '\0',
  '\t..',
  '\u007f',
  '@evil.com',
  'https://evil.com',
  '１/..',
  '．．',
  '／',
  '＼',
  '‥',
  '\u2024\u2024',
  '\ufe52\ufe52',
  '\ufe68',
  '％２ｅ％２ｅ',
  '\u2028',
  '\u2029',
  'x'.repeat(10_000),
  '\ud800',
  '%',
  '%00',
  '%zz',
  ' ',
  '',
  '\u202e',
  '\u200b..',
];

/** Characters that look like a slash, dot or question mark, but that no server treats as one. */
export const HOMOGLYPHS = [
  'a\u2044b',
  'a\u2215b',
  'a\u29f8b',
  'a\u29f5b',
  '\u3002\u3002',
  '\uff61',
  '\u02d0',
  '\u037e',
  'a\u0338',
];

export interface Given {
  readonly path?: Record<string, Scalar>;
  readonly query?: Record<string, Scalar>;
  readonly body?: unknown;
}

export function check(operation: Operation, { path = {}, query = {}, body }: Given): RequestResult {
  const draft = {
    operation: operation.key,
    path: new Map(Object.entries(path)),
    query: new Map(Object.entries(query)),
    body,
  };
  return buildRequest(draft, { operation, connection: connectionOf() });
}

/**
 * Puts the value into each parameter in turn, with plain values in the others. The request must be refused, or have the
 * value as one encoded path segment or query value on the origin of the connection.
 */
export function assertContained(operation: Operation, value: string): void {
  const plain = plainDraft(operation);
  for (const parameter of operation.parameters) {
    const { name } = parameter;
    const draft = { ...plain, [parameter.in]: new Map([...plain[parameter.in], [name, value]]) };
    const result = buildRequest(draft, { operation, connection: connectionOf() });
    if (!result.ok) {
      continue;
    }
    const { url } = result.request;
    const where = `${operation.key} ${name} ${JSON.stringify(value)}`;
    const path = operation.path.replace(/\{([^}]+)\}/g, (_, each: string) =>
      encodeURIComponent(String(draft.path.get(each)).trim()),
    );
    const [base = '', query = '', ...more] = url.split('?');
    assert.deepEqual([base, more], [ORIGIN + path, []], where);
    assert.equal(new URL(url).href, url, where);
    assert.doesNotMatch(base.slice(ORIGIN.length), /%2e|%2f|%5c|%0|%1|%3b|%25|%23|%3f/i, where);
    // A proxy may decode and normalize the path before it routes the request.
    const normal = decodeURIComponent(base.slice(ORIGIN.length)).normalize('NFKC').split('/').slice(1);
    assert.equal(normal.length, operation.path.split('/').length - 1, where);
    assert.ok(!normal.some((segment) => /^\s*\.*\s*$|[\\?#;%]/.test(segment)), where);
    const sent = query === '' ? [] : query.split('&').map((pair) => pair.split('=').map(decodeURIComponent));
    const given = [...draft.query].map(([each, text]) => [each, String(text).trim()]).filter(([, text]) => text !== '');
    assert.deepEqual(sent.sort(), given.sort(), where);
  }
}

/** Texts with a meaning in one of the languages; `INJECTED` must never be more than part of a string. */
export const HOSTILE_TEXTS = [
  "O'Brien",
  "'; INJECTED; '",
  "'\\''; INJECTED #",
  '"; INJECTED; "',
  '$(INJECTED) $HOME ${HOME} $env:PATH',
  '`INJECTED` `n `$x',
  "a\nINJECTED\r\n@'\n'@\nINJECTED",
  '\u2018; INJECTED; \u2019',
  '\u201a\u201b\u2018\u2019 INJECTED',
  "\u2018' INJECTED '\u2019",
  '\u201c; INJECTED; \u201d\u201e',
  '\\"; INJECTED; \\',
  '\\',
  '%PATH% !! !INJECTED ^& | > <',
  '{} [] * ? ~ # -x --y @file',
  '${process.env.HOME} </script>',
  '#{x} %s %(a)s {0} {a!r}',
  '"""INJECTED"""',
  "'''INJECTED'''",
  'Größe \u{1f600} \u2028 \u2029 \u0085 \u007f \0',
  '\ud800 alone',
  'true false null None True',
  '@INJECTED',
  '*/ INJECTED /* #> INJECTED <#',
];

interface Values {
  readonly path?: Record<string, string | number>;
  readonly query?: Record<string, string>;
  readonly body?: unknown;
}

/** The checked request for this input. */
export function requestOf(operation: ApiRequest['operation'], { path = {}, query = {}, body }: Values): ApiRequest {
  const draft = {
    operation: operation.key,
    path: new Map(Object.entries(path)),
    query: new Map(Object.entries(query)),
    body,
  };
  const result = buildRequest(draft, { operation, connection: connectionOf() });
  assert.ok(result.ok, JSON.stringify(result));
  return result.request;
}
