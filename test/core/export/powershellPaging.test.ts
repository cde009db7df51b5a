import assert from 'node:assert/strict';
import type { ApiRequest } from '../../../src/core/api/apiRequest.ts';
import { followingPage } from '../../../src/core/api/followingPage.ts';
import { PAGING_TABLE } from '../../../src/core/api/pagingTable.ts';
import { formatMessage } from '../../../src/core/base/messages.ts';
import { PAGING_STYLES, type Operation, type PagingStyle } from '../../../src/core/catalog/operation.ts';
import { effort } from '../../../tooling/effort.ts';
import { readAll } from '../../support/allPages.ts';
import { ApiClientFixture } from '../../support/apiClientFixture.ts';
import { JSON_BODY, operationOf, parameterOf } from '../../support/operationFixtures.ts';
import { runScripts, type ScriptResult } from '../../support/powershell.ts';
import { LISTS, rowsOf, SERVERS, type Row } from '../../support/pagingServers.ts';
import { generator } from '../../support/random.ts';
import { useSavedScripts } from '../../support/savedScripts.ts';

/** The cursor of the request that a page answers, as text. */
type Pages = (cursor: string | undefined, index: number) => string;

interface Case {
  readonly style: PagingStyle;
  readonly name: string;
  readonly pages: Pages;
  readonly query?: string;
  readonly body?: string;
  readonly isInferred?: true;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Outcome {
  readonly items: readonly unknown[];
  readonly isComplete: boolean;
  /** Addresses and bodies. */
  readonly sent: readonly string[];
}

/** What the servers put before the number of a cursor. */
const FORMS: ReadonlyMap<PagingStyle, string> = new Map([
  ['cursor', 'c'],
  ['cursorName', 'n'],
]);
const ODD = ['null', '""', '0', '"0"', '1.5', '1e2', 'true', '[]', '{}', '{"name":"a"}', '9007199254740993'];
const ODDER = ['"\\ud800"', `"${'x'.repeat(4001)}"`, '-1', '"007"', '"é/&=+ %"', '"9007199254740993"', 'false'];

/** In the last response. The last two mention no more items than came. */
const MENTIONED = [
  '"total":500',
  '"hasMore":true',
  '"next":"/v2/x"',
  '"links":{"next":{"href":"x"}}',
  '"nextPage":2',
  '"cursor":{"count":5}',
  '"metadata":{"total":2,"lastCursorId":0}',
  '"links":{"next":{"Count":0,"href":"x"}}',
  '"total":2,"hasMore":false,"next":null,"nextPage":0,"links":{"next":{}}',
];

const OTHER_WORDS = [
  '"total":"500"',
  '"hasMore":"true"',
  '"next":true',
  '"last":false',
  '"page":{"totalPages":9}',
  '"totalPages":2',
  '"@odata.nextLink":"http://x"',
  '"remaining":498',
  '"total":"2","hasMore":"false","last":true,"totalPages":1,"next":"none","nextPage":false,"lastPage":5',
];

/** The first three do not mention more items than came. */
const HEADERS: readonly Readonly<Record<string, string>>[] = [
  { 'x-total-count': '2', link: '</v2/list?page=1>; rel="prev"' },
  { 'x-total-count': '500 or so' },
  { link: '</v2/next>; title="next"' },
  { 'x-total-count': '500' },
  { link: '</v2/list?page=1>; rel="first", </v2/list?page=2>; rel="last next"' },
  { link: '</v2/list?page=2>; REL=Next' },
];

describe('the saved PowerShell script', function () {
  this.timeout(120_000);
  const scripts = useSavedScripts('paging of the saved script');

  it('gives the items of Fetch All in every paging style, with the same requests, and fails where a list may be cut (E10, E8)', async function () {
    this.timeout(effort({ short: 120_000, long: 900_000 }));
    const cases = [...PAGING_STYLES.flatMap(usualCases), ...randomCases(effort({ short: 30, long: 1000 }))];
    const expected = await Promise.all(cases.map(fetchAll));
    const actual = await runAll(cases);
    cases.forEach(({ style, name }, index) => {
      assert.deepEqual(actual[index], expected[index], `${style}: ${name}`);
    });
    // The cases have both kinds of ends.
    assert.ok(expected.some(({ isComplete }) => isComplete) && expected.some(({ isComplete }) => !isComplete));
  });

  it('ends with an error where a list without pages mentions more items than it has, as the explorer says it (E8, E10)', async () => {
    const lists = [
      ...['[]', '[{"id":1},{"id":2}]', '{"other":[1]}', '{"total":500}', 'null', '12'],
      ...[...MENTIONED, '"pages":3', '"count":2'].map((more) => `{${more},"tags":[{"id":1},{"id":2}]}`),
    ];
    const cases = [
      ...lists.flatMap((body) =>
        [undefined, '', 'tags'].flatMap((items) => [{}, ...HEADERS].map((headers) => ({ body, items, headers }))),
      ),
      ...OTHER_WORDS.map((more) => ({ body: `{${more},"tags":[{"id":1},{"id":2}]}`, items: 'tags', headers: {} })),
    ];
    const requests = cases.map(({ items }) => scripts.request(operationOf('GET /v2/tag', { traits: { items } })));
    const runs = await Promise.all(
      requests.map(async (request, number) => {
        const token = scripts.newToken();
        scripts.server.expect(token, () => cases[number]!);
        return { file: await scripts.save(request), environment: { NINJAONE_ACCESS_TOKEN: token } };
      }),
    );
    const results = await runScripts(scripts.command, scripts.directory, runs);
    let count = 0;
    for (const [number, { body, headers }] of cases.entries()) {
      const fixture = new ApiClientFixture(() => ({
        status: 200,
        headers: new Headers(headers),
        body: Buffer.from(body),
      }));
      const response = await fixture.client.send(requests[number]!, {
        session: fixture.session(scripts.server.connection),
      });
      const { notice } = followingPage(response);
      const isSaid = notice !== undefined && /mentions more/.test(formatMessage(notice));
      count += isSaid ? 1 : 0;
      const { id, error } = results[number]!;
      const isList = cases[number]!.items !== '' || id !== 'Unreadable';
      assert.equal(id === 'More', isSaid && isList, JSON.stringify([cases[number], id, error]));
    }
    assert.ok(count > 20 && count < cases.length - 20, String(count));
  });

  const requestOf = (each: Case): ApiRequest => scripts.request(listOf(each.style, each.isInferred), each);

  async function fetchAll(each: Case): Promise<Outcome> {
    let index = 0;
    const sent: string[] = [];
    const fixture = new ApiClientFixture(({ url, body }) => {
      sent.push(sentOf(url, body));
      const page = each.pages(cursorIn(each.style, url, body), index++);
      return {
        status: each.status ?? 200,
        headers: new Headers({ 'content-type': 'application/json', ...each.headers }),
        body: Buffer.from(page),
      };
    });
    const session = fixture.session(scripts.server.connection);
    const { items, complete } = await readAll(requestOf(each), (request) => fixture.client.send(request, { session }));
    return { items, isComplete: complete, sent };
  }

  async function runAll(cases: readonly Case[]): Promise<readonly Outcome[]> {
    const tokens = cases.map(() => scripts.newToken());
    const arrived = cases.map(({ style, pages, status = 200, headers = {} }, number) =>
      scripts.server.expect(tokens[number]!, ({ url, body }, index) => ({
        status,
        headers,
        body: pages(cursorIn(style, url, body), index),
      })),
    );
    const runs = await Promise.all(
      cases.map(async (each, number) => {
        return { file: await scripts.save(requestOf(each)), environment: { NINJAONE_ACCESS_TOKEN: tokens[number]! } };
      }),
    );
    const results = await runScripts(scripts.command, scripts.directory, runs);
    return results.map(({ items, error }: ScriptResult, number) => ({
      items: items.map((item) => JSON.parse(item) as unknown),
      isComplete: error === undefined,
      sent: (arrived[number] ?? []).map(({ url, body }) =>
        sentOf(`${scripts.server.connection.instance.origin}${url}`, body === '' ? undefined : body),
      ),
    }));
  }
});

function listOf(style: PagingStyle, isInferred: true | undefined): Operation {
  const paging = { style, items: LISTS[style], ...(isInferred ? { isInferred } : {}) };
  return style === 'boardRun'
    ? operationOf('POST /v2/board/run', { body: JSON_BODY, traits: { riskLevel: 'read', paging } })
    : operationOf('GET /v2/list', {
        parameters: ['df', PAGING_TABLE[style].name].map((name) => parameterOf(name)),
        traits: { paging },
      });
}

function cursorIn(style: PagingStyle, url: string, body: string | undefined): string | undefined {
  const value: unknown =
    style === 'boardRun'
      ? ((JSON.parse(body === undefined || body === '' ? '{}' : body) as Record<string, unknown>)['lastCursorId'] ??
        undefined)
      : (new URL(url, 'http://x').searchParams.get(PAGING_TABLE[style].name) ?? undefined);
  return value === undefined ? undefined : typeof value === 'string' ? value : JSON.stringify(value);
}

/** PowerShell encodes more characters than `encodeURIComponent`, and lays the body out. */
function sentOf(url: string, body: string | undefined): string {
  const { pathname, searchParams } = new URL(url);
  return JSON.stringify([pathname, [...searchParams], body?.replaceAll(/\s/g, '')]);
}

/** Also with the other name that a row can have. */
const rows = (count: number, from = 1): Row[] =>
  rowsOf(count, from).map((row) => ({ ...row, fieldName: `f${row.id}` }));

function page(style: PagingStyle, items: string, more = ''): string {
  return LISTS[style] === '' ? items : `{${more === '' ? '' : `${more},`}"${LISTS[style]}":${items}}`;
}

/** The cursor of the next page as each style has it; `value` is JSON. */
function withNext(style: PagingStyle, value: string, items: readonly object[]): string {
  switch (style) {
    case 'cursor':
      return page(style, JSON.stringify(items), `"cursor":${value}`);
    case 'cursorName':
      return page(style, JSON.stringify(items), `"cursorName":${value}`);
    case 'boardRun':
      return page(style, JSON.stringify(items), `"metadata":{"lastCursorId":${value}}`);
    case 'after':
    case 'olderThan':
    case 'anchorId':
    case 'anchorNaturalId': {
      const member = style === 'anchorNaturalId' ? 'naturalId' : 'id';
      const texts = items.map((item) =>
        JSON.stringify(item).replace(/\{"id":\d+/, `{"id":${member === 'id' ? value : 1}`),
      );
      const named =
        member === 'id' ? texts : texts.map((text) => text.replace(/"naturalId":"\d+"/, `"naturalId":${value}`));
      return page(style, `[${named.join(',')}]`);
    }
  }
}

function usualCases(style: PagingStyle): readonly Case[] {
  const empty = page(style, '[]');
  const twoEach: Pages = (cursor) => JSON.stringify(SERVERS[style](rows(7), 2, cursor));
  const values = [...ODD, ...ODDER].filter(
    (_, index) => (index + PAGING_STYLES.indexOf(style)) % effort({ short: 3, long: 1 }) === 0,
  );
  const odd = values.map((value): Case => ({
    style,
    name: `a cursor ${value.slice(0, 20)}`,
    pages: (_, index) => (index === 0 ? withNext(style, value, rows(2)) : empty),
  }));
  const own =
    style === 'boardRun'
      ? { body: '{"lastCursorId":3,"n":1.10,"big":12345678901234567890}' }
      : { query: `?df=a%20b&${PAGING_TABLE[style].name}=${FORMS.get(style) ?? ''}3` };
  return [
    { style, name: 'seven items in pages of two', pages: twoEach },
    { style, name: 'a first page that is not the first', pages: twoEach, ...own },
    { style, name: 'an empty list', pages: () => empty },
    { style, name: 'no body', pages: () => '' },
    { style, name: 'no content', pages: () => '', status: 204 },
    {
      style,
      name: 'no body on the second page',
      pages: (cursor, index) => (index === 1 ? '' : twoEach(cursor, index)),
    },
    {
      style,
      name: 'items that are not sorted',
      pages: (_, index) =>
        index === 0 ? page(style, JSON.stringify([rows(1, 2), rows(1, 5), rows(1, 3)].flat())) : empty,
    },
    {
      style,
      name: 'the list twice',
      pages: () => `{"${LISTS[style]}":${JSON.stringify(rows(2))},"${LISTS[style]}":${JSON.stringify(rows(1))}}`,
    },
    ...[
      [0, 1],
      [2, 0],
    ].map((offsets): Case => ({
      style,
      name: `the offsets ${offsets.join()}`,
      pages: (_, index) =>
        index < 2
          ? page(style, JSON.stringify(rows(2, index * 2)), `"cursor":{"name":"c${index}","offset":${offsets[index]}}`)
          : empty,
    })),
    ...['{"next":"c","hasMore":true}', '{"offset":1,"count":2}', '{"Keys":[],"token":"x"}'].map((cursor): Case => ({
      style,
      name: `a cursor object ${cursor}`,
      pages: (_, index) => (index === 0 ? page(style, JSON.stringify(rows(2)), `"cursor":${cursor}`) : empty),
    })),
    { style, name: 'the same page for ever', pages: () => withNext(style, '5', rows(2)) },
    {
      style,
      name: 'equal rows with other cursors',
      pages: (_, index) => (index < 3 ? withNext(style, `${index + 5}`, rows(1)) : empty),
    },
    {
      style,
      name: 'the first cursor again',
      pages: (_, index) => (index < 5 ? withNext(style, `${(index % 2) + 5}`, rows(1, index + 1)) : empty),
    },
    ...['null', '""', '7'].map((value): Case => ({
      style,
      isInferred: true,
      name: `a guessed style and a cursor ${value}`,
      pages: (_, index) => (index === 0 ? withNext(style, value, rows(2)) : empty),
    })),
    {
      style,
      isInferred: true,
      name: 'a guessed style and no cursor',
      pages: (_, index) => (index === 0 ? page(style, '[{"a":1}]', '"metadata":[]') : empty),
    },
    { style, name: 'no list', pages: () => '{"other":[]}' },
    { style, name: 'null in place of the list', pages: () => page(style, 'null') },
    { style, name: 'a bare list', pages: (_, index) => (index === 0 ? JSON.stringify(rows(2)) : '[]') },
    {
      style,
      name: 'items that are no objects',
      pages: (_, index) => (index === 0 ? page(style, '[null,1,"a",[],[1]]') : empty),
    },
    { style, name: 'no cursor', pages: (_, index) => (index === 0 ? page(style, '[{"a":1}]') : empty) },
    {
      style,
      name: 'a short page',
      pages: (_, index) => (index === 0 ? page(style, JSON.stringify(rows(2)), '"pageSize":5') : empty),
    },
    {
      style,
      name: 'a name that stays while its offset goes on',
      pages: (_, index) =>
        index < 3 ? page(style, JSON.stringify(rows(1, index + 1)), `"cursor":{"name":"c","offset":${index}}`) : empty,
    },
    { style, name: 'other JSON', pages: () => '"a text"' },
    { style, name: 'a part of a page', pages: twoEach, status: 206 },
    {
      style,
      name: 'an item twice',
      pages: (_, index) =>
        [page(style, JSON.stringify(rows(2))), page(style, JSON.stringify(rows(2, 2)))][index] ?? empty,
    },
    {
      style,
      name: 'items before the cursor',
      ...own,
      pages: (_, index) => (index === 0 ? page(style, JSON.stringify([rows(1, 2), rows(1, 5)].flat())) : empty),
    },
    ...[...MENTIONED, ...(style === 'cursor' ? OTHER_WORDS : [])].map((more): Case => ({
      style,
      name: `more items by ${more}`,
      pages: (_, index) => (index === 0 ? page(style, JSON.stringify(rows(2)), more) : page(style, '[]')),
    })),
    ...HEADERS.map((headers): Case => ({
      style,
      headers,
      name: `headers ${JSON.stringify(headers)}`,
      pages: (_, index) => (index === 0 ? page(style, JSON.stringify(rows(2))) : page(style, '[]')),
    })),
    {
      style,
      name: 'more items on an empty page',
      pages: (_, index) =>
        index === 0 ? withNext(style, '2', rows(2)) : page(style, '[]', '"hasMore":true,"total":1'),
    },
    ...[
      [0, 1],
      [1, 2],
      [3, 9],
    ].map((offsets): Case => ({
      style,
      name: `offsets ${offsets.join()}`,
      pages: (_, index) =>
        index < 2
          ? page(style, JSON.stringify(rows(1, index + 1)), `"cursor":{"name":"c${index}","offset":${offsets[index]}}`)
          : empty,
    })),
    {
      style,
      name: 'cut JSON on the second page',
      pages: (_, index) => (index === 0 ? withNext(style, '5', rows(2)) : '[{"id":9},{'),
    },
    ...(style === 'boardRun'
      ? [
          {
            style,
            name: 'a body with the member twice and long numbers',
            pages: twoEach,
            body: '{"a":{"lastCursorId":1},"lastCursorId":1,"last\\u0043ursorId":2,"n":1.10,"big":12345678901234567890,"t":"a\\/\\"}{,"}',
          },
          { style, name: 'a body that is a list', pages: twoEach, body: '[1]' },
          { style, name: 'an empty body', pages: twoEach, body: ' { } ' },
        ]
      : []),
    ...odd,
  ];
}

function randomCases(count: number): readonly Case[] {
  const random = generator(20_260_101);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  return Array.from({ length: count }, (_, number): Case => {
    const style = pick(PAGING_STYLES);
    const pages = Array.from({ length: 6 }, () => {
      const items = rows(Math.floor(random() * 3), Math.floor(random() * 4));
      const next = random() < 0.2 ? pick(ODD) : `${Math.floor(random() * 5)}`;
      return random() < 0.15 ? page(style, JSON.stringify(items), '"pageSize":2') : withNext(style, next, items);
    });
    return { style, name: `random pages ${number}`, pages: (_cursor, index) => pages[index] ?? page(style, '[]') };
  });
}
