import assert from 'node:assert/strict';
import type { ApiRequest } from '../../../src/core/api/apiRequest.ts';
import type { Operation } from '../../../src/core/catalogue/operation.ts';
import type { Scalar } from '../../../src/core/request/draft.ts';
import { checkRequest, type RequestResult } from '../../../src/core/request/request.ts';
import { connectionOf, ORIGIN } from '../oauth/connections.ts';

/** What must never leave the segment that it was written for. */
export const HOSTILE = [
  '..',
  '.',
  '...',
  ' .. ',
  '%2e%2e',
  '%2E%2e',
  '%252e%252e',
  '..%2f',
  '..;',
  '..;/',
  'a/b',
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
  '\u2028',
  '\ud800',
  '%',
  '%00',
  '%zz',
  ' ',
  '',
  '\u202e',
  '\u200b..',
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
  return checkRequest(draft, { operation, connection: connectionOf() });
}

/** With the value in every place at once: refused, or sent to the same host and template. */
export function assertContained(operation: Operation, value: string): void {
  const places = operation.parameters.filter((parameter) => parameter.in === 'path');
  const path = Object.fromEntries(places.map(({ name }) => [name, value]));
  const query = Object.fromEntries(
    operation.parameters.filter((each) => each.in === 'query').map(({ name }) => [name, value]),
  );
  for (const given of [{ path }, { path: Object.fromEntries(places.map(({ name }) => [name, 1])), query }]) {
    const result = check(operation, given);
    if (result.ok) {
      const url = new URL(result.request.url);
      const literals = (text: string): string[] =>
        operation.path
          .split('/')
          .map((segment, index) => (segment.startsWith('{') ? '*' : (text.split('/')[index] ?? '')));
      assert.equal(url.origin, ORIGIN);
      assert.equal(url.hash, '');
      assert.deepEqual(literals(url.pathname), literals(operation.path));
      assert.equal(url.pathname.split('/').length, operation.path.split('/').length);
      assert.doesNotMatch(url.pathname, /%2e|%2f|%5c|%0|%1|%3b|%25/i);
    }
  }
}

/** What has a meaning in one of the languages; `INJECTED` must never be more than a part of a text. */
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

/** What a person asked for, checked. */
export function requestOf(operation: ApiRequest['operation'], { path = {}, query = {}, body }: Values): ApiRequest {
  const draft = {
    operation: operation.key,
    path: new Map(Object.entries(path)),
    query: new Map(Object.entries(query)),
    body,
  };
  const result = checkRequest(draft, { operation, connection: connectionOf() });
  assert.ok(result.ok, JSON.stringify(result));
  return result.request;
}
