import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { lstat, mkdir, mkdtemp, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { passwordValues } from '../../../src/core/api/passwordValues.ts';
import type { Operation } from '../../../src/core/catalog/operation.ts';
import { powershellScript } from '../../../src/core/export/powershellScript.ts';
import { startConnectProxy } from '../../support/connectProxy.ts';
import {
  DASHBOARD_URL,
  DELETE_FIELD,
  GET_DEVICE,
  JSON_BODY,
  LIST_DEVICES,
  operationOf,
  parameterOf,
  PATCH_DEVICE,
  UPLOAD,
} from '../../support/operationFixtures.ts';
import { runPowerShell, runScripts, saveScript, type ScriptResult, type ScriptRun } from '../../support/powershell.ts';
import { useSavedScripts } from '../../support/savedScripts.ts';
import { ScriptedServer, type Answerer, type Arrived, type ScriptedAnswer } from '../../support/scriptedServer.ts';

interface Case {
  readonly operation: Operation;
  readonly answer: Answerer;
  readonly parameters?: ScriptRun['parameters'];
  readonly environment?: Readonly<Record<string, string>>;
  readonly query?: string;
  readonly body?: string;
}

interface Ran extends ScriptResult {
  readonly arrived: readonly Arrived[];
}

/** The last answer repeats. */
const inTurn =
  (...answers: readonly ScriptedAnswer[]): Answerer =>
  (_, index) =>
    answers[Math.min(index, answers.length - 1)] ?? {};
const PAGE: ScriptedAnswer = { type: 'text/html', body: '<!doctype html><title>Sign in</title>' };
const THROTTLE_PAGE: ScriptedAnswer = { type: 'text/html', body: '<html>Request limit exceeded</html>' };
const END: ScriptedAnswer = { body: '[]' };
const DELETE_THING = operationOf('DELETE /v2/thing/{id}');
const CONFIRMED = { Confirm: false } as const;

describe('the saved PowerShell script, run by PowerShell,', function () {
  this.timeout(120_000);
  const scripts = useSavedScripts('what the saved script does with answers');

  const save = ({ operation, ...values }: Pick<Case, 'operation' | 'query' | 'body'>): Promise<string> =>
    scripts.save(scripts.request(operation, values));

  /** Runs all cases in one PowerShell. */
  async function runAll<Name extends string>(cases: {
    readonly [K in Name]: Case;
  }): Promise<{ readonly [K in Name]: Ran }> {
    const names = Object.keys(cases);
    const runs: ScriptRun[] = [];
    const arrived: (readonly Arrived[])[] = [];
    for (const each of Object.values<Case>(cases)) {
      const token = scripts.newToken();
      arrived.push(scripts.server.expect(token, each.answer));
      const environment = each.environment
        ? Object.fromEntries(
            Object.entries(each.environment).map(([key, value]) => [key, value.replace('CALLER', token)]),
          )
        : { NINJAONE_ACCESS_TOKEN: token };
      runs.push({ file: await save(each), ...(each.parameters ? { parameters: each.parameters } : {}), environment });
    }
    const results = await runScripts(scripts.command, scripts.directory, runs);
    return Object.fromEntries(
      names.map((name, index) => [name, { ...results[index], arrived: arrived[index] }]),
    ) as unknown as { readonly [K in Name]: Ran };
  }

  it('ends with an error for what is not the list, and outputs no item of it (E10)', async () => {
    const list = (first: ScriptedAnswer): Case => ({ operation: LIST_DEVICES, answer: inTurn(first, END) });
    const ran = await runAll({
      page: list(PAGE),
      pageAsJson: list({ ...PAGE, type: 'application/json' }),
      text: list({ type: 'text/plain', body: 'Hello' }),
      jsonText: list({ body: '"Hello"' }),
      cut: list({ body: '[{"id":1},{"id":' }),
      cutEarly: list({ body: '[' }),
      trailing: list({ body: '[{"id":1}] x' }),
      twoValues: list({ body: '[1 2]' }),
      twoRoots: list({ body: '[{"a":{}} {"b":1}]' }),
      trailingComma: list({ body: '[{"id":1,}]' }),
      leadingZero: list({ body: '[01]' }),
      rawTab: list({ body: '["a\tb"]' }),
      object: list({ body: '{"id":1}' }),
      number: list({ body: '12' }),
      twoSpellings: list({ body: '[{"id":1,"Name":"a","name":"b"}]' }),
      sameTwice: list({ body: '[{"id":1,"name":"a","name":"b"}]' }),
      emptyName: list({ body: '[{"id":1,"":"b"}]' }),
      file: list({ body: '[{"id":1}]', headers: { 'content-disposition': 'attachment; filename=a.json' } }),
    });
    for (const [name, { items, error, id, arrived }] of Object.entries(ran)) {
      assert.deepEqual([items, arrived.length], [[], 1], name);
      assert.match(error ?? '', /^NinjaOne answered GET \/v2\/devices .*\./, name);
      assert.equal(id, 'Unreadable', name);
    }
    assert.match(ran.page.error ?? '', /with a web page/);
    assert.match(ran.twoSpellings.error ?? '', /names that are empty, reserved or differ only in case/);
  });

  it('takes a byte order mark, no content type and long JSON for what they are (E10)', async () => {
    const long = JSON.stringify(Array.from({ length: 3000 }, (_, id) => ({ id, text: 'x'.repeat(1000) })));
    const ran = await runAll({
      mark: { operation: GET_DEVICE, answer: inTurn({ body: '\ufeff{"id":1}' }) },
      noType: { operation: GET_DEVICE, answer: inTurn({ body: '{"id":1,"s":"größe 😀"}', type: '' }) },
      latin: {
        operation: GET_DEVICE,
        answer: inTurn({ body: '{"s":"é"}', type: 'application/json; charset=iso-8859-1' }),
      },
      nothing: { operation: GET_DEVICE, answer: inTurn({ status: 204 }) },
      long: { operation: GET_DEVICE, answer: inTurn({ body: long }) },
      deep: {
        operation: GET_DEVICE,
        answer: inTurn({ body: `{"a":${'['.repeat(5000)}${']'.repeat(5000)}}` }),
        parameters: { OutFile: join(scripts.directory, 'deep.json') },
      },
    });
    assert.deepEqual(ran.mark.items, ['{"id":1}']);
    assert.deepEqual(ran.noType.items, ['{"id":1,"s":"größe 😀"}']);
    assert.deepEqual(ran.latin.items, ['{"s":"é"}']);
    assert.deepEqual([ran.nothing.items, ran.nothing.error], [[], undefined]);
    assert.deepEqual([ran.long.items.length, ran.long.error], [3000, undefined]);
    assert.equal(ran.deep.error, undefined);
  });

  it('keeps every digit, text and name, of the same types in every PowerShell (E10)', async () => {
    const body = String.raw`{"day":"2025-01-01","time":"2025-01-01T00:00:00Z","escaped":"a\/b\"\\\u00e9\ud83d\ude00\b\f\n\r\t","price":1.10,"share":0.1234567890123456789012345678,"seconds":1.750000000123E9,"tiny":1e-28,"id":9223372036854775807,"long":123456789012345678901234567890123,"small":-5,"yes":true,"none":null,"list":[],"one":[1],"none2":{},"size":1e400,"two":[[1],[2,3]],"least":-9223372036854775808,"negative":-123456789012345678,"large":18446744073709551615,"whole":-1234567890123456789012345678}`;
    const { all } = await runAll({ all: { operation: GET_DEVICE, answer: inTurn({ body }) } });
    assert.equal(all.error, undefined);
    assert.deepEqual(all.types, [
      ...['String', 'String', 'String', 'Decimal', 'Decimal', 'Decimal', 'Decimal', 'Int64', 'String', 'Int64'],
      ...['Boolean', 'null', 'Object[]', 'Object[]', 'PSCustomObject', 'String', 'Object[]'],
      ...['Int64', 'Int64', 'String', 'String'],
    ]);
    const text = all.items[0] ?? '';
    for (const part of ['"price":1.10', '"share":0.1234567890123456789012345678', '"seconds":1750000000.123']) {
      assert.ok(text.includes(part), text);
    }
    for (const part of [
      '"id":9223372036854775807,',
      '"long":"123456789012345678901234567890123"',
      '"size":"1e400"',
      '"list":[]',
      '"one":[1]',
      '"two":[[1],[2,3]],"least":-9223372036854775808,"negative":-123456789012345678,"large":"18446744073709551615",',
      '"whole":"-1234567890123456789012345678"}',
    ]) {
      assert.ok(text.includes(part), text);
    }
    assert.equal((JSON.parse(text) as { escaped: string }).escaped, (JSON.parse(body) as { escaped: string }).escaped);
    assert.ok(text.startsWith('{"day":"2025-01-01","time":"2025-01-01T00:00:00Z",'));
  });

  it('waits while NinjaOne is busy, as long as it says, and asks four times at most (E8, E10)', async () => {
    const two: ScriptedAnswer = { body: '[{"id":1}]' };
    const busy = (first: ScriptedAnswer): Case => ({
      operation: LIST_DEVICES,
      answer: inTurn(first, two, END),
      parameters: { Verbose: true },
    });
    const now = { 'retry-after': '0' };
    const ran = await runAll({
      seconds: busy({ status: 429, headers: { 'retry-after': '2' } }),
      fraction: busy({ status: 429, headers: { 'retry-after': '2.5' } }),
      past: busy({ status: 503, headers: { 'retry-after': new Date(Date.now() - 60_000).toUTCString() } }),
      page: busy({ ...THROTTLE_PAGE, headers: now }),
      text: busy({ type: 'text/plain', body: 'Too many requests', headers: now }),
      jsonText: busy({ body: '"Rate limit exceeded"', headers: now }),
      always: { operation: LIST_DEVICES, answer: inTurn({ status: 429, headers: now }) },
      alwaysPage: {
        operation: LIST_DEVICES,
        answer: inTurn({ body: '[{"id":1}]' }, { ...THROTTLE_PAGE, headers: now }),
      },
      file: {
        operation: GET_DEVICE,
        answer: inTurn({ ...THROTTLE_PAGE, headers: { 'content-disposition': 'attachment' } }),
      },
      data: { operation: GET_DEVICE, answer: inTurn({ body: '{"text":"too many requests"}' }) },
    });
    for (const name of ['seconds', 'fraction', 'past', 'page', 'text', 'jsonText'] as const) {
      const { items, error, arrived, verbose } = ran[name];
      assert.deepEqual([items, error, arrived.length], [['{"id":1}'], undefined, 3], name);
      assert.ok(
        verbose.some((line) => /^NinjaOne is busy\. The request is sent again in \d+ seconds\.$/.test(line)),
        name,
      );
    }
    const waited = ({ arrived: [first, second] }: Ran): number => second!.at - first!.at;
    assert.ok(waited(ran.seconds) >= 1_900, `${waited(ran.seconds)}`);
    assert.ok(waited(ran.fraction) >= 2_400, `${waited(ran.fraction)}`);
    assert.ok(ran.fraction.verbose.includes('NinjaOne is busy. The request is sent again in 3 seconds.'));
    assert.deepEqual([ran.always.items, ran.always.arrived.length], [[], 4]);
    assert.match(ran.always.error ?? '', /^NinjaOne is busy and did not answer GET \/v2\/devices \(429\)\./);
    assert.deepEqual([ran.alwaysPage.items, ran.alwaysPage.arrived.length], [['{"id":1}'], 5]);
    assert.match(ran.alwaysPage.error ?? '', /^The list is incomplete after 1 items\. NinjaOne is busy/);
    assert.equal(ran.file.arrived.length, 1);
    assert.deepEqual(ran.data.items, ['{"text":"too many requests"}']);
  });

  it('says of a change whether it was executed, refused, or is unknown, and never sends it twice (E9, E10)', async () => {
    const change = (answer: ScriptedAnswer): Case => ({
      operation: PATCH_DEVICE,
      answer: inTurn(answer),
      body: '{"a":1}',
      parameters: CONFIRMED,
    });
    const ran = await runAll({
      done: change({ body: '{"id":1}' }),
      empty: change({ status: 204 }),
      page: change(PAGE),
      throttled: change(THROTTLE_PAGE),
      jsonText: change({ body: '"ok"' }),
      lines: change({ body: '{"id":1}\n{"id":2}' }),
      cut: change({ body: '{"id":' }),
      broken: change({ body: '{"id":', cut: 'within' }),
      reset: change({ cut: 'before' }),
      http500: change({ status: 500, body: '{"resultCode":"FAILURE","errorMessage":"went \\n wrong"}' }),
      http503: change({ status: 503, headers: { 'retry-after': '0' } }),
      http408: change({ status: 408 }),
      http302: change({ status: 302, headers: { location: '/login' } }),
      http400: change({ status: 400, body: '{"errorMessage":"bad name"}' }),
      http401: change({ status: 401, body: '{"error":"not_authenticated"}' }),
      http403: change({ status: 403, body: '{"error":"user_context_required"}' }),
      http404: change({ status: 404 }),
      http429: change({ status: 429, body: '{}', headers: { 'retry-after': '0' } }),
      gateway429: change({ status: 429, body: 'Too many requests' }),
    });
    const kinds = Object.fromEntries(Object.entries(ran).map(([name, { id }]) => [name, id]));
    const unknown = [
      'page',
      'throttled',
      'cut',
      'broken',
      'reset',
      'http500',
      'http503',
      'http408',
      'http302',
      'gateway429',
    ];
    assert.deepEqual(kinds, {
      done: undefined,
      empty: undefined,
      jsonText: undefined,
      lines: 'Unreadable',
      ...Object.fromEntries(unknown.map((name) => [name, 'Unknown'])),
      ...Object.fromEntries(['http400', 'http401', 'http403', 'http404', 'http429'].map((name) => [name, 'Refused'])),
    });
    for (const { arrived, items, id } of Object.values(ran)) {
      assert.equal(arrived.length, 1);
      assert.ok(id === undefined || items.length === 0);
    }
    assert.deepEqual([ran.done.items, ran.jsonText.items], [['{"id":1}'], ['"ok"']]);
    assert.match(ran.lines.error ?? '', /^NinjaOne executed PATCH \S+ and answered with several lines of JSON\. /);
    assert.equal(
      ran.http500.error,
      'It is unknown whether NinjaOne executed PATCH /v2/device/{id} (500, FAILURE, went \\n wrong). Check the result in NinjaOne before you run the script again.',
    );
    assert.match(ran.page.error ?? '', /\(200, answered with a web page\)/);
    assert.match(ran.http401.error ?? '', /Set NINJAONE_ACCESS_TOKEN to a new access token\. Nothing was changed\.$/);
    assert.match(ran.http403.error ?? '', /access token of a user\. Nothing was changed\.$/);
    assert.match(ran.http400.error ?? '', /^NinjaOne refused PATCH \/v2\/device\/\{id\} \(400, bad name\)\./);
  });

  it('converts no value to another number, and sends nothing for what is none (E10)', async () => {
    const file = await save({ operation: DELETE_THING });
    const list = await save({ operation: operationOf('GET /v2/thing/{id}'), query: '' });
    const values = [
      '12,5',
      '(12, 5)',
      "''",
      '$null',
      '$true',
      '2.5',
      "'2.5'",
      '@()',
      '(1kb / 3)',
      "' 7'",
      '1e30',
      "'٣'",
    ];
    const calls = [file, list].flatMap((script) => values.map((value) => `& '${script}' -Id ${value} -Confirm:$false`));
    const runner = join(scripts.directory, 'values.ps1');
    const arrived = scripts.server.expect('values', inTurn({ body: '{}' }));
    const isConfirmed = (call: string): string => (call.includes(list) ? call.replace(' -Confirm:$false', '') : call);
    const lines = calls.map((call) => `try { ${isConfirmed(call)}; 'sent' } catch { $_.Exception.Message }`);
    const good = [`(& '${list}' -Id 42) | Out-Null`, `(& '${list}' -Id ([long] 43)) | Out-Null`];
    await writeFile(runner, [...lines, ...good].join('\n'));
    const { out, err } = await runPowerShell(scripts.command, runner, [], { NINJAONE_ACCESS_TOKEN: 'values' });
    assert.equal(err, '');
    const messages = out.trimEnd().split('\n');
    assert.equal(messages.length, calls.length);
    messages.forEach((message, index) => {
      assert.match(
        message,
        /^The parameter -Id (?:is empty|must be (?:a whole number from -\d+ to \d+\.|one text or number)).*Nothing was sent/,
        `${calls[index]}: ${message}`,
      );
    });
    assert.deepEqual(
      arrived.map(({ url }) => url),
      ['/v2/thing/42', '/v2/thing/43'],
    );
  });

  it('refuses an empty parameter of the query, without which everything would come (E8, E10)', async () => {
    const list = (parameters: ScriptRun['parameters']): Case => ({
      operation: LIST_DEVICES,
      query: '?df=class%20%3D%20MAC&pageSize=2',
      answer: inTurn({ body: '[{"id":1}]' }, END),
      ...(parameters ? { parameters } : {}),
    });
    const ran = await runAll({
      empty: list({ Df: '' }),
      blank: list({ Df: ' \t' }),
      saved: { ...list({ Df: '' }), parameters: { Df: '', OutFile: join(scripts.directory, 'empty-filter.json') } },
      change: {
        operation: PATCH_DEVICE,
        body: '{}',
        query: '?reason=x',
        answer: inTurn({}),
        parameters: { Reason: '', WhatIf: true },
      },
      full: list(undefined),
    });
    for (const name of ['empty', 'blank', 'saved', 'change'] as const) {
      const { id, error, arrived } = ran[name];
      assert.deepEqual([id, arrived.length], ['Value', 0], name);
      assert.equal(
        error,
        `The parameter -${name === 'change' ? 'Reason' : 'Df'} is empty. Remove it to use the value of the script, or enter a value. Nothing was sent.`,
      );
    }
    assert.deepEqual(
      ran.full.arrived.map(({ url }) => url),
      ['/v2/devices?df=class%20%3D%20MAC&pageSize=2', '/v2/devices?df=class%20%3D%20MAC&pageSize=2&after=1'],
    );
    assert.ok(!(await readdir(scripts.directory)).some((name) => name.startsWith('empty-filter')));
  });

  it('takes dates as the explorer does, also those of PowerShell, and sends them as the operation needs them (E5, E10)', async () => {
    const form = { since: 'epochSeconds', until: 'epochMilliseconds', from: 'iso', on: 'day' } as const;
    const operation = operationOf('GET /v2/things', {
      parameters: Object.entries(form).map(([name, date]) => parameterOf(name, { date })),
    });
    const query = '?since=1751270400&until=1751270400000&from=2025-06-30T08%3A00%3A00.000Z&on=2025-06-30';
    const file = await save({ operation, query });
    const values = [
      "(Get-Date -Date '2025-07-01T10:00:00.5Z')",
      "([DateTimeOffset] '2025-07-01T12:00:00.5+02:00')",
      ...[
        "'2025-07-01T10:00:00.5Z'",
        "'2025-07-01T12:00:00,500+02'",
        "'2025-07-01 05:30:00.5000 -0430'",
        "' 2025-07-01T12:00:00.5 '",
      ],
    ];
    const good = values.map((value) => `-Since ${value} -Until ${value} -From ${value} -On ${value}`);
    const units = '-Since 1751364000 -Until 1751364000500 -From 1751364000500 -On 1751364000';
    const names = ['Since', 'Until', 'From', 'On'];
    const bad = [
      ...names.flatMap((name) =>
        ['yesterday', '06/30/2025', '2025-02-30', '1970-01-01', '5', '$false'].map((each) => `-${name} '${each}'`),
      ),
      ...['-Until 20250630120000', '-From 20250630120000', '-On 20250630120000'],
      ...['-Since 1751364000500', '-Until 1751364000', '-From $true', '-On ([datetime]::MinValue)'],
    ];
    // This hour comes twice, and JavaScript takes the first one.
    const twice = "-Since '2025-10-26T02:30'";
    const arrived = scripts.server.expect('dates', inTurn({ body: '{}' }));
    const runner = join(scripts.directory, 'dates.ps1');
    const calls = ['', ...good, units, twice, ...bad].map(
      (options) => `try { & '${file}' ${options} | Out-Null } catch { $_.Exception.Message }`,
    );
    await writeFile(runner, calls.join('\n').replaceAll(' -0430', '-0430'));
    const { out, err } = await runPowerShell(scripts.command, runner, [], {
      NINJAONE_ACCESS_TOKEN: 'dates',
      TZ: 'Europe/Berlin',
    });
    assert.equal(err, '');
    const messages = out.trimEnd().split('\n');
    assert.equal(messages.length, bad.length, out);
    messages.forEach((message, index) => {
      assert.match(
        message,
        /^The parameter -(Since|Until|From|On) must be a date, such as .* Nothing was sent\.$/,
        bad[index],
      );
    });
    const sent = '/v2/things?since=1751364000&until=1751364000500&from=2025-07-01T10%3A00%3A00.500Z&on=2025-07-01';
    assert.deepEqual(
      arrived.map(({ url }) => url),
      [
        `/v2/things${query}`,
        ...good.map(() => sent),
        sent,
        `/v2/things${query.replace(/(since=)\d+/, '$11761438600')}`,
      ],
    );
  });

  it('takes the first of an hour that comes twice when the clocks go back, as the explorer does (E5, E10)', async () => {
    const operation = operationOf('GET /v2/things', { parameters: [parameterOf('since', { date: 'epochSeconds' })] });
    const file = await save({ operation, query: '?since=1751270400' });
    const arrived = scripts.server.expect('clocks', inTurn({ body: '{}' }));
    const runner = join(scripts.directory, 'clocks.ps1');
    const days = ['2025-11-02T00:30', '2025-11-02T01:30', '2025-11-02T01:30-05:00', '2025-11-02T02:30'];
    await writeFile(runner, days.map((day) => `& '${file}' -Since '${day}'`).join('\n'));
    const { status } = await runPowerShell(scripts.command, runner, [], {
      NINJAONE_ACCESS_TOKEN: 'clocks',
      TZ: 'America/New_York',
    });
    assert.equal(status, 0);
    const sent = [1762057800, 1762061400, 1762065000, 1762068600].map((seconds) => `/v2/things?since=${seconds}`);
    assert.deepEqual(
      arrived.map(({ url }) => url),
      sent,
    );
  });

  it('takes the offset before of an hour that the clock skips, as the explorer does (E5, E10)', async () => {
    const operation = operationOf('GET /v2/things', { parameters: [parameterOf('since', { date: 'epochSeconds' })] });
    const file = await save({ operation, query: '?since=1751270400' });
    for (const [zone, day, seconds] of [
      ['Europe/Dublin', '2025-03-30T01:30', 1743298200],
      ['Africa/Casablanca', '2025-04-06T02:30', 1743906600],
      ['America/New_York', '2025-03-09T02:30', 1741505400],
      ['Australia/Lord_Howe', '2025-10-05T02:15', 1759592700],
    ] as const) {
      const arrived = scripts.server.expect(zone, inTurn({ body: '{}' }));
      const environment = { NINJAONE_ACCESS_TOKEN: zone, TZ: zone };
      const { status } = await runPowerShell(scripts.command, file, ['-Since', day], environment);
      assert.equal(status, 0, zone);
      assert.deepEqual(
        arrived.map(({ url }) => url),
        [`/v2/things?since=${seconds}`],
        zone,
      );
    }
  });

  it('sends no text that Send refuses, and trims what it trims (E10, E11)', async () => {
    const operation = operationOf('GET /v2/field/{name}', {
      parameters: [
        parameterOf('name', { in: 'path', required: true }),
        parameterOf('df'),
        parameterOf('rep', { list: 'repeated' }),
      ],
    });
    const call = (parameters: NonNullable<ScriptRun['parameters']>): Case => ({
      operation,
      query: '?df=a&rep=x',
      answer: inTurn({ body: '{}' }),
      parameters,
    });
    const names = ['a／b', '．．', 'a％2fb', '‥', 'a/b', ' . '];
    const refused = [
      ...names.map((name) => ({ Name: name })),
      ...['a\nb', 'x'.repeat(9000), 'a\u2028b'].map((df) => ({ Df: df })),
      { Rep: 'A,,B' },
    ];
    const ran = await runAll({
      ...Object.fromEntries(refused.map((parameters, index) => [`refused${index}`, call(parameters)])),
      taken: call({ Name: ' é x ', Df: ' a b😀 ', Rep: 'A, B' }),
    });
    for (const [name, { id, arrived }] of Object.entries(ran)) {
      assert.deepEqual([id, arrived.length], name === 'taken' ? [undefined, 1] : ['Value', 0], name);
    }
    assert.deepEqual(
      Object.values(ran)
        .at(-1)
        ?.arrived.map(({ url }) => url),
      ['/v2/field/%C3%A9%20x?df=a%20b%F0%9F%98%80&rep=A&rep=B'],
    );
  });

  it('takes no empty answer of a read for an object or a list (E8, E10)', async () => {
    const flat = operationOf('GET /v2/things', { traits: { items: '' } });
    const ran = await runAll({
      object: { operation: GET_DEVICE, answer: inTurn({ body: '' }) },
      blank: { operation: GET_DEVICE, answer: inTurn({ body: ' \n' }) },
      list: { operation: flat, answer: inTurn({ body: '' }) },
      html: { operation: flat, answer: inTurn({ body: '', type: 'text/html' }) },
      saved: {
        operation: GET_DEVICE,
        answer: inTurn({ body: '' }),
        parameters: { OutFile: join(scripts.directory, 'empty.json') },
      },
    });
    for (const [name, { items, error, id }] of Object.entries(ran)) {
      assert.deepEqual([items, id], [[], 'Unreadable'], name);
      assert.match(error ?? '', /^NinjaOne answered GET \S+ without a body\. /, name);
    }
    const nothing = await runAll({ object: { operation: GET_DEVICE, answer: inTurn({ body: 'null' }) } });
    assert.match(nothing.object.error ?? '', /with null in place of data/);
    const none = await runAll({ list: { operation: flat, answer: inTurn({ status: 204 }) } });
    assert.deepEqual([none.list.items, none.list.error], [[], undefined]);
  });

  it('reads text in its charset, and refuses letters that it cannot read (E10)', async () => {
    const latin = Buffer.from('{"id":1,"systemName":"Müller"}', 'latin1');
    const type = 'application/json;charset=ISO-8859-1';
    const object = (body: ScriptedAnswer['body'], as: string, parameters?: Case['parameters']): Case => ({
      operation: GET_DEVICE,
      answer: inTurn({ body: body ?? '', type: as }),
      ...(parameters ? { parameters } : {}),
    });
    const list = (as: string, file?: string): Case => ({
      operation: LIST_DEVICES,
      answer: inTurn({ body: Buffer.from('[{"id":1,"a":"ü"}]', 'latin1'), type: as }, END),
      ...(file === undefined ? {} : { parameters: { OutFile: join(scripts.directory, file) } }),
    });
    const ran = await runAll({
      latin: object(latin, type),
      wrongCharset: object('{"id":1,"systemName":"Müller"}', type),
      utf16: object(Buffer.from('\ufeff{"id":1,"systemName":"Müller"}', 'utf16le'), 'application/json;charset=utf-16'),
      pages: list(type, 'latin-pages.json'),
      asItCame: object(latin, 'application/json', { OutFile: join(scripts.directory, 'latin.json') }),
      damaged: object(latin, 'application/json'),
      damagedPage: list('application/json'),
      damagedPages: list('application/json', 'damaged-pages.json'),
      changed: { ...object(latin, 'application/json', CONFIRMED), operation: PATCH_DEVICE, body: '{}' },
    });
    for (const name of ['latin', 'wrongCharset', 'utf16'] as const) {
      assert.deepEqual(ran[name].items, ['{"id":1,"systemName":"Müller"}'], name);
    }
    assert.equal(await readFile(join(scripts.directory, 'latin-pages.json'), 'utf8'), '[[{"id":1,"a":"ü"}],\n[]]');
    assert.deepEqual(await readFile(join(scripts.directory, 'latin.json')), latin);
    for (const name of ['damaged', 'damagedPage', 'damagedPages'] as const) {
      assert.deepEqual(ran[name].items, [], name);
      assert.match(ran[name].error ?? '', /with text that is not valid UTF-8/, name);
    }
    assert.match(ran.changed.error ?? '', /^NinjaOne executed .* not valid UTF-8/);
  });

  it('names -OutFile only where it saves the answer (E10)', async () => {
    const answers = {
      text: { body: 'no JSON', type: 'text/plain' },
      page: PAGE,
      cut: { body: '{"id":1', type: 'application/json' },
      csv: { body: 'id,name\n1,Müller\n', type: 'text/csv' },
      pdf: { body: '%PDF-', type: 'application/pdf' },
      names: { body: '{"a":1,"A":2}' },
    } satisfies Readonly<Record<string, ScriptedAnswer>>;
    const cases = Object.entries(answers).flatMap(([name, answer]): [string, Case][] => {
      const plain: Case = { operation: GET_DEVICE, answer: inTurn(answer) };
      return [
        [name, plain],
        [`${name}-saved`, { ...plain, parameters: { OutFile: join(scripts.directory, `${name}.hint`) } }],
      ];
    });
    const ran = await runAll(Object.fromEntries(cases));
    for (const name of Object.keys(answers)) {
      const isSaved = ran[`${name}-saved`]?.error === undefined;
      assert.equal(/With the parameter -OutFile/.test(ran[name]?.error ?? ''), isSaved, name);
      assert.equal(isSaved, ['csv', 'pdf', 'names'].includes(name), name);
    }
  });

  it('asks for no compression and takes no compressed answer, which may be cut, for the whole (E8, E10)', async () => {
    const whole = gzipSync('[{"id":1}]'.padEnd(4000));
    const encoded = (body: Uint8Array): ScriptedAnswer => ({ body, headers: { 'content-encoding': 'gzip' } });
    const out = { OutFile: join(scripts.directory, 'compressed.txt') };
    const text = { ...encoded(whole.subarray(0, -12)), type: 'text/plain' };
    const ran = await runAll({
      list: { operation: LIST_DEVICES, answer: inTurn(encoded(whole), END) },
      cut: { operation: GET_DEVICE, answer: inTurn(text), parameters: out },
      change: { operation: PATCH_DEVICE, body: '{}', answer: inTurn(encoded(whole)) },
      identity: {
        operation: GET_DEVICE,
        answer: inTurn({ body: '{"id":1}', headers: { 'content-encoding': 'identity' } }),
      },
    });
    assert.deepEqual([ran.list.id, ran.list.items, ran.cut.id], ['Unreadable', [], 'Unreadable']);
    assert.match(ran.cut.error ?? '', /with compressed data, for which the script did not ask/);
    assert.equal(ran.change.id, 'Unknown');
    assert.deepEqual(ran.identity.items, ['{"id":1}']);
    for (const { arrived } of Object.values(ran)) {
      assert.equal(arrived[0]?.headers['accept-encoding'], 'identity');
    }
    assert.ok(!(await readdir(scripts.directory)).includes('compressed.txt'));
  });

  it('says that a change was executed if PowerShell cannot read what was answered (E9, E10)', async () => {
    const change = (body: string): Case => ({
      operation: PATCH_DEVICE,
      body: '{}',
      answer: inTurn({ body }),
      parameters: CONFIRMED,
    });
    const ran = await runAll({
      psobject: change('{"id":1,"psobject":2}'),
      typeName: change('{"id":1,"PSTypeName":"x"}'),
      typeNames: change('{"id":1,"pstypenames":["x"]}'),
      base: change('[{"psbase":1}]'),
      twice: change('{"a":1,"A":2}'),
      large: change('{"size":1e99999999999,"small":1e-99999999999}'),
    });
    const { large, ...unreadable } = ran;
    assert.deepEqual([large.error, large.items], [undefined, ['{"size":"1e99999999999","small":"1e-99999999999"}']]);
    for (const [name, { id, error, items }] of Object.entries(unreadable)) {
      assert.deepEqual([id, items], ['Unreadable', []], name);
      assert.match(error ?? '', /^NinjaOne executed PATCH \S+ and answered with names /, name);
    }
  });

  it('shows no secret that an answer repeats, however it is written (E10)', async () => {
    const password = 'p"a\\s s+ü';
    const json = JSON.stringify(password);
    const refused = (text: string): Case => ({
      operation: PATCH_DEVICE,
      body: '{"password":"old"}',
      answer: inTurn({ status: 400, body: `{"errorMessage":${text}}` }),
      parameters: { ...CONFIRMED, Body: `{"a":1,"password": ${json}}` },
    });
    const encoded = encodeURIComponent(password);
    const ran = await runAll({
      json: refused(`"bad ${json.slice(1, -1)} here"`),
      url: refused(`"bad ${encoded} here"`),
      lower: refused(`"bad ${encoded.toLowerCase()} here"`),
      form: refused(`"bad ${encoded.replaceAll('%20', '+')} here"`),
    });
    const moved = await runAll({
      read: {
        operation: GET_DEVICE,
        answer: inTurn({
          status: 307,
          headers: { location: `https://evil.example/?x=${encodeURIComponent('s3cret+Wärde/=&')}` },
        }),
        environment: { NINJAONE_ACCESS_TOKEN: 'CALLER', NINJAONE_CLIENT_SECRET: 's3cret+Wärde/=&' },
      },
    });
    const short = (secret: string): Case => ({
      operation: GET_DEVICE,
      answer: inTurn({ status: 404, body: '{"errorMessage":"this is no device /2"}' }),
      environment: { NINJAONE_ACCESS_TOKEN: 'CALLER', NINJAONE_CLIENT_SECRET: secret },
    });
    // What is left of the words would show it.
    for (const { error } of Object.values(await runAll({ one: short('s'), two: short('/2') }))) {
      assert.match(error ?? '', /\(404, \*{3}\)/);
    }
    assert.match(moved.read.error ?? '', /redirected to https:\/\/evil\.example\/\?x=\*{3}\)/);
    for (const [name, { error }] of Object.entries(ran)) {
      assert.match(error ?? '', /^NinjaOne refused PATCH \S+ \(400, bad \*{3} here\)\. /, name);
    }
  });

  it('masks the values that are passwords in a request document, in lists, pairs and forms, too (E4, E10)', async () => {
    const marked = operationOf('PATCH /v2/device/{id}', {
      body: JSON_BODY,
      traits: { passwords: ['a.value', 'code'] },
    });
    const body = JSON.stringify({
      plain: 'v01',
      password: 'v02',
      passwords: ['v03', ['v04'], { x: 'v05' }],
      credentials: { user: 'v06', list: [{ y: 7007 }] },
      fields: [
        { name: 'localAdminPassword', value: 'v08' },
        { value: { deep: ['v09'] }, key: 'wifiPsk' },
        { name: 'site', value: 'v10' },
        { field: 'bitlockerPin', values: ['v11'] },
        { fieldName: ['site', 'adminPassword'], values: ['v20'] },
        { field: { label: 'adminPassword' }, value: 'v21' },
        { field: [], value: 'v22' },
        { field: [], secret: { x: 'v23' } },
      ],
      a: { value: 'v12', other: 'v13' },
      b: { value: 'v14' },
      list: [{ code: 'v15' }],
      mapping: 'v16',
      SNMPCommunity: 'v17',
      url: 'https://host/v20?token=v21',
      server: 'Server=v22;Password=v23',
      site: 'https://host/v24',
      Keys: 1,
      Values: [{ Keys: [], name: 'dbPassword', value: 'v19' }],
      'api key': 'v18',
      deviceSession: null,
      isSecret: true,
    });
    const values = [...body.matchAll(/https:[^"]+|Server=[^"]+|v\d\d|7007/g)].map(([value]) => value);
    const secret = passwordValues(body, marked)?.map(({ start, end }) => body.slice(start, end).replaceAll('"', ''));
    assert.ok(secret && secret.length > 9 && secret.length < values.length - 4);
    const answer = inTurn({ status: 400, body: JSON.stringify({ errorMessage: values.join(' ') }) });
    const unicode = { status: 400, body: '{"errorMessage":"gr\\u00f6\\u00DFe a\\/b größe"}' };
    const other = (text: string): Case => ({
      operation: marked,
      body: '{}',
      answer: inTurn(unicode),
      parameters: { Body: text },
    });
    const ran = await runAll({
      own: { operation: marked, body: '{}', answer, parameters: { Body: body } },
      escaped: other('{"password":"größe","pin":"öß"}'),
    });
    const shown = values.map((value) => (secret.includes(value) ? '***' : value)).join(' ');
    assert.match(ran.own.error ?? '', /^NinjaOne refused PATCH \S+ \(400, v01 /);
    assert.equal(/\(400, (.*)\)\. /.exec(ran.own.error ?? '')?.[1], shown);
    assert.match(ran.escaped.error ?? '', /\(400, \*{3} a\\\/b \*{3}\)\. /);
    const script = powershellScript({
      connection: scripts.server.connection,
      operation: operationOf('POST /v2/upload', { body: UPLOAD.body }),
      url: `${scripts.server.connection.instance.origin}/v2/upload`,
      body: '{"password":"it\'s","comment":{"pins":["v01",120]}}',
      form: [
        { name: 'password', text: "it's" },
        { name: 'comment', text: '{"pins":["v01",120]}', contentType: 'application/json' },
      ],
    });
    scripts.server.expect('form', inTurn({ status: 400, body: '{"errorMessage":"v01 120 it\'s me"}' }));
    const file = await saveScript(scripts.directory, script);
    const [form] = await runScripts(scripts.command, scripts.directory, [
      {
        file,
        environment: {
          NINJAONE_ACCESS_TOKEN: 'form',
          NINJAONE_PASSWORD: "it's",
          NINJAONE_PINS: 'v01',
          NINJAONE_PINS_2: '120',
        },
      },
    ]);
    assert.match(form?.error ?? '', /\(400, \*{3} \*{3} \*{3} me\)/);
  });

  it('sends a parameter as often as the request has it, and each spelling of its name (E10)', async () => {
    const operation = operationOf('GET /v2/things');
    const ran = await runAll({
      list: { operation, query: '?id=1&id=2&df=a&DF=b&id=3', answer: inTurn({ body: '{}' }) },
    });
    // The order of different names means nothing.
    assert.deepEqual([ran.list.error, ran.list.arrived[0]?.url], [undefined, '/v2/things?id=1&id=2&id=3&df=a&DF=b']);
  });

  it('keeps nothing for the next run in a function, neither a token nor a count (E10)', async () => {
    const other = await ScriptedServer.start();
    try {
      const list = await save({ operation: LIST_DEVICES });
      const change = await save({ operation: PATCH_DEVICE, body: '{}' });
      const mine = scripts.server.expect('mine', inTurn({ body: '[{"id":1}]' }, END, {}));
      const theirs = other.expect('theirs', inTurn({ status: 403 }));
      const runner = join(scripts.directory, 'functions.ps1');
      await writeFile(
        runner,
        `function Get-List([string] $Instance, [string] $As) {
    $env:NINJAONE_ACCESS_TOKEN = $As
    . '${list}' -Instance $Instance
    . '${change}' -Instance $Instance
}
Get-List '${scripts.server.connection.instance.origin}' 'mine' | Out-Null
foreach ($script in '${list}', '${change}') {
    try { & { $env:NINJAONE_ACCESS_TOKEN = 'theirs'; . $script -Instance '${other.connection.instance.origin}' } } catch { $_.Exception.Message }
}
try { Get-List '${other.connection.instance.origin}' 'theirs' } catch { $_.Exception.Message }`,
      );
      const { out, err } = await runPowerShell(scripts.command, runner, []);
      assert.equal(err, '');
      const messages = out.trimEnd().split('\n');
      assert.deepEqual(
        messages.map((message) => /^NinjaOne refused (\w+)/.exec(message)?.[1]),
        ['GET', 'PATCH', 'GET'],
        out,
      );
      assert.deepEqual(
        [mine, theirs].map((each) => each.map(({ method }) => method).join()),
        ['GET,GET,PATCH', 'GET,PATCH,GET'],
      );
    } finally {
      await other.stop();
    }
  });

  it('never sends a change without a body twice when the connection closes (E9, E10)', async () => {
    const change = (operation: Operation): Case => ({
      operation,
      answer: inTurn({ cut: 'before' }),
      parameters: CONFIRMED,
    });
    const ran = await runAll({
      deletion: change(DELETE_FIELD),
      post: change(operationOf('POST /v2/device/{id}/reset')),
      put: change(operationOf('PUT /v2/device/{id}/approval')),
      patch: change(PATCH_DEVICE),
    });
    for (const [name, { arrived, id }] of Object.entries(ran)) {
      assert.deepEqual([arrived.length, id], [1, 'Unknown'], name);
      assert.deepEqual([arrived[0]?.body, arrived[0]?.headers['content-type']], ['', undefined], name);
    }
  });

  it('keeps what came when a list is cut, and says so (E8, E10)', async () => {
    const two: ScriptedAnswer = { body: '[{"id":1},{"id":2}]' };
    const cut = (...rest: readonly ScriptedAnswer[]): Case => ({
      operation: LIST_DEVICES,
      answer: inTurn(two, ...rest),
    });
    const ran = await runAll({
      repeated: cut(two),
      deadToken: cut({ status: 401, body: '{"error":"invalid_token"}' }),
      page: cut(PAGE),
      failed: cut({ status: 500 }),
      reset: cut({ cut: 'before' }),
      broken: cut({ body: '[{"id":3}', cut: 'within' }),
      refused: cut({ status: 403, body: '{"error":"insufficient_privileges"}' }),
      redirect: cut({ status: 302, headers: { location: 'https://evil.example/' } }),
      partial: cut({ status: 206, body: '[]' }),
      timeout: cut({ body: '{"results":[],"error":"timeout","resultCode":"FAILURE"}' }),
      saved: {
        ...cut({ body: '{"results":[],"errorMessage":"db","incidentId":"i"}' }),
        parameters: { OutFile: join(scripts.directory, 'reported.json') },
      },
    });
    assert.match(
      ran.saved.error ?? '',
      /after 2 items\. [^ ]+ answered HTTP 200, but reports a failure: db\. .*\.part\.$/,
    );
    assert.match(ran.timeout.error ?? '', /reports a failure: FAILURE, timeout\. /);
    for (const [name, { items, error }] of Object.entries(ran)) {
      assert.deepEqual(items, name === 'saved' ? [] : ['{"id":1}', '{"id":2}'], name);
      assert.match(error ?? '', /^The list is incomplete after 2 items\. /, name);
      assert.doesNotMatch(error ?? '', /\n/, name);
    }
    assert.match(
      ran.deadToken.error ?? '',
      /\(401, invalid_token\)\. Set NINJAONE_ACCESS_TOKEN to a new access token\.$/,
    );
    assert.match(ran.redirect.error ?? '', /redirected to https:\/\/evil\.example\//);
  });

  it('signs in with client credentials, once more when the token dies, and names what to correct (E10)', async () => {
    const credentials = { NINJAONE_CLIENT_ID: 'CALLER', NINJAONE_CLIENT_SECRET: 'S+/ %&=ü' };
    const withToken =
      (...answers: readonly ScriptedAnswer[]): Answerer =>
      ({ url, body }, index) =>
        url === '/ws/oauth/token'
          ? { body: JSON.stringify({ access_token: new URLSearchParams(body).get('client_id') }) }
          : (answers[Math.min(index - 1, answers.length - 1)] ?? {});
    const list = (answer: Answerer): Case => ({ operation: LIST_DEVICES, answer, environment: credentials });
    const ran = await runAll({
      works: list(withToken({ body: '[{"id":1}]' }, END)),
      dies: list(withToken({ body: '[{"id":1}]' }, { status: 401 }, END, END)),
      staysDead: list(withToken({ body: '[{"id":1}]' }, { status: 401 })),
      wrong: list(inTurn({ status: 401, body: '{"error":"invalid_client","error_description":"S+/ %&=ü"}' })),
      unknown: list(inTurn({ status: 404, body: '{"resultCode":"Client app not exist"}' })),
      scope: list(inTurn({ status: 400, body: '{"error":"invalid_scope"}' })),
      page: list(inTurn(PAGE)),
      none: { operation: LIST_DEVICES, answer: inTurn(END), environment: {} },
      half: { operation: LIST_DEVICES, answer: inTurn(END), environment: { NINJAONE_CLIENT_ID: 'x' } },
      twoLines: { operation: LIST_DEVICES, answer: inTurn(END), environment: { NINJAONE_ACCESS_TOKEN: 'a\nb' } },
    });
    assert.deepEqual(
      [ran.works.items, ran.works.error, ran.dies.items, ran.dies.error],
      [['{"id":1}'], undefined, ['{"id":1}'], undefined],
    );
    assert.equal(new URLSearchParams(ran.works.arrived[0]?.body).get('client_secret'), 'S+/ %&=ü');
    assert.equal(ran.works.arrived[0]?.headers['content-type'], 'application/x-www-form-urlencoded');
    assert.match(
      ran.staysDead.error ?? '',
      /^The list is incomplete after 1 items\. .*Check the client app of NINJAONE_CLIENT_ID\.$/,
    );
    const { origin } = scripts.server.connection.instance;
    assert.equal(
      ran.wrong.error,
      `${origin} refused the client app (401, invalid_client, ***). Check NINJAONE_CLIENT_ID and NINJAONE_CLIENT_SECRET. The platform of the app must be API Services.`,
    );
    assert.match(
      ran.unknown.error ?? '',
      /does not know the client app .* Check NINJAONE_CLIENT_ID and the parameter Instance\.$/,
    );
    assert.match(ran.scope.error ?? '', /the scope monitoring/);
    assert.match(ran.page.error ?? '', /did not issue an access token/);
    for (const name of ['none', 'half', 'twoLines'] as const) {
      assert.match(ran[name].error ?? '', /NINJAONE_ACCESS_TOKEN/);
      assert.equal(ran[name].arrived.length, 0);
    }
  });

  it('sends nothing with -WhatIf, not even the sign-in, and asks about secrets, too (E9)', async () => {
    const whatIf = { WhatIf: true } as const;
    const environment = { NINJAONE_CLIENT_ID: 'CALLER', NINJAONE_CLIENT_SECRET: 's' };
    const ran = await runAll({
      change: { operation: PATCH_DEVICE, body: '{}', answer: inTurn({}), parameters: whatIf, environment },
      deletion: {
        operation: DELETE_FIELD,
        answer: inTurn({}),
        parameters: { ...whatIf, OutFile: join(scripts.directory, 'never') },
      },
      secret: { operation: DASHBOARD_URL, answer: inTurn({ body: '{"url":"x"}' }), parameters: whatIf },
      confirmed: { operation: DASHBOARD_URL, answer: inTurn({ body: '{"url":"x"}' }), parameters: CONFIRMED },
      asked: { operation: DELETE_FIELD, answer: inTurn({ status: 204 }) },
      notAsked: { operation: PATCH_DEVICE, body: '{}', answer: inTurn({ status: 204 }) },
    });
    for (const name of ['change', 'deletion', 'secret'] as const) {
      assert.deepEqual([ran[name].arrived, ran[name].items, ran[name].error], [[], [], undefined], name);
    }
    assert.deepEqual(ran.confirmed.items, ['{"url":"x"}']);
    // Nobody is there to answer.
    assert.equal(ran.asked.arrived.length, 0);
    assert.ok(ran.asked.error);
    assert.deepEqual([ran.notAsked.arrived.length, ran.notAsked.error], [1, undefined]);
    assert.ok(!(await readdir(scripts.directory)).some((name) => name.startsWith('never')));
  });

  it('saves the answer as it came with -OutFile, and never under its name if it is not whole (E10)', async () => {
    const to = (name: string): { readonly OutFile: string } => ({ OutFile: join(scripts.directory, name) });
    const odd = '[{"id":1,"Name":1.10,"name":"\\/"}]';
    await writeFile(join(scripts.directory, 'old.json'), 'old');
    const ran = await runAll({
      odd: { operation: LIST_DEVICES, answer: inTurn({ body: odd }, END), parameters: to('odd.json') },
      cut: { operation: LIST_DEVICES, answer: inTurn({ body: odd }, PAGE), parameters: to('old.json') },
      file: {
        operation: GET_DEVICE,
        answer: inTurn({
          body: Buffer.from([0xff, 0, 1, 0xfe]),
          type: 'application/zip',
          headers: { 'content-disposition': 'attachment' },
        }),
        parameters: to('file.zip'),
      },
      page: { operation: GET_DEVICE, answer: inTurn(PAGE), parameters: to('page.html') },
      refused: { operation: GET_DEVICE, answer: inTurn({ status: 404 }), parameters: to('refused.json') },
      change: {
        operation: PATCH_DEVICE,
        body: '{}',
        answer: inTurn(PAGE),
        parameters: { ...to('change.json'), ...CONFIRMED },
      },
      nowhere: {
        operation: PATCH_DEVICE,
        body: '{}',
        answer: inTurn({}),
        parameters: { ...to('no/such/x'), ...CONFIRMED },
      },
    });
    const read = async (name: string): Promise<string | undefined> =>
      readFile(join(scripts.directory, name), 'latin1').catch(() => undefined);
    assert.deepEqual([ran.odd.error, JSON.parse((await read('odd.json')) ?? '')], [undefined, [JSON.parse(odd), []]]);
    assert.ok((await read('odd.json'))?.includes(odd));
    assert.match(
      ran.cut.error ?? '',
      /^The list is incomplete after 1 items\. .* What came is in .*old\.json\.part\.$/,
    );
    assert.equal(await read('old.json'), 'old');
    assert.ok((await read('old.json.part'))?.startsWith(`[${odd}`));
    assert.deepEqual([ran.file.error, await read('file.zip')], [undefined, '\xff\0\x01\xfe']);
    assert.match(ran.page.error ?? '', /page\.html\.part\.$/);
    assert.equal(await read('page.html.part'), PAGE.body);
    assert.match(ran.refused.error ?? '', /^NinjaOne refused/);
    assert.deepEqual([await read('refused.json'), await read('refused.json.part')], [undefined, undefined]);
    assert.match(ran.change.error ?? '', /^It is unknown .*change\.json\.part\.$/);
    assert.match(ran.nowhere.error ?? '', /cannot be written .* Nothing was sent\.$/);
    assert.equal(ran.nowhere.arrived.length, 0);
  });

  it('takes no page that has its list twice for the end, also with -OutFile (E8, E10)', async () => {
    const operation = operationOf('GET /v2/queries/disks', {
      traits: { paging: { style: 'cursor', items: 'results' }, items: 'results' },
    });
    const answer = inTurn({ body: '{"results":[{"a":1}],"results":[]}' }, END);
    const target = join(scripts.directory, 'twice.json');
    const { saved, output } = await runAll({
      saved: { operation, answer, parameters: { OutFile: target } },
      output: { operation, answer },
    });
    for (const { id, items } of [saved, output]) {
      assert.deepEqual([id, items], ['Unreadable', []]);
    }
    assert.match(saved.error ?? '', /with its list twice/);
    assert.deepEqual(
      (await readdir(scripts.directory)).filter((name) => name.startsWith('twice')),
      ['twice.json.part'],
    );
  });

  it('saves only to a file, never replaces a link or a pipe, and keeps an answer that is not what was asked for apart (E10)', async function () {
    if (process.platform === 'win32') {
      this.skip(); // Windows has no pipes in its folders.
    }
    const folder = await mkdtemp(join(scripts.directory, 'places-'));
    const place = (name: string): string => join(folder, name);
    await mkdir(place('folder'));
    await writeFile(place('real.json'), 'old');
    await symlink(place('real.json'), place('link.json'));
    await writeFile(place('new.json.part'), 'another');
    execFileSync('mkfifo', [place('pipe')]);
    await symlink(place('pipe'), place('link-to-pipe'));
    await symlink('link-to-pipe', place('link-to-link'));
    await symlink('/dev/null', place('link-to-device'));
    await symlink(place('nothing'), place('link-to-nothing'));
    const to = (path: string, answer: ScriptedAnswer = { body: '{"id":1}' }): Case => ({
      operation: PATCH_DEVICE,
      body: '{}',
      answer: inTurn(answer),
      parameters: { ...CONFIRMED, OutFile: path },
    });
    const read = (path: string, answer: ScriptedAnswer): Case => ({
      operation: GET_DEVICE,
      answer: inTurn(answer),
      parameters: { OutFile: place(path) },
    });
    const ran = await runAll({
      folder: to(place('folder')),
      pipe: to(place('pipe')),
      variable: to('Env:ANSWER'),
      linkToPipe: to(place('link-to-pipe')),
      linkToLink: to(place('link-to-link')),
      linkToDevice: to(place('link-to-device')),
      linkToNothing: to(place('link-to-nothing')),
      link: to(place('link.json')),
      part: to(place('new.json')),
      text: read('text.json', { type: 'text/plain', body: 'Hello' }),
      attachment: read('text.txt', {
        type: 'text/plain',
        body: 'Hello',
        headers: { 'content-disposition': 'attachment' },
      }),
      binary: read('image.png', { type: 'image/png', body: Buffer.from([0x89, 0x50, 0xff]) }),
    });
    const links = ['linkToPipe', 'linkToLink', 'linkToDevice', 'linkToNothing'] as const;
    for (const name of ['folder', 'pipe', 'variable', ...links] as const) {
      const { id, error, arrived } = ran[name];
      assert.deepEqual([id, arrived.length], ['OutFile', 0], name);
      assert.match(error ?? '', /cannot be written \(it is .+\)\. Nothing was sent\.$/, name);
    }
    assert.deepEqual([ran.link.error, ran.part.error], [undefined, undefined]);
    assert.ok((await lstat(place('link.json'))).isSymbolicLink());
    assert.equal(await readFile(place('real.json'), 'utf8'), '{"id":1}');
    assert.equal(await readFile(place('new.json.part'), 'utf8'), 'another');
    assert.equal(await readFile(place('new.json'), 'utf8'), '{"id":1}');
    assert.equal(ran.text.id, 'Unreadable');
    assert.match(ran.text.error ?? '', /What came is in .*text\.json\.part\.$/);
    assert.deepEqual([ran.attachment.error, ran.binary.error], [undefined, undefined]);
    assert.deepEqual((await readdir(folder)).sort(), [
      'folder',
      'image.png',
      'link-to-device',
      'link-to-link',
      'link-to-nothing',
      'link-to-pipe',
      'link.json',
      'new.json',
      'new.json.part',
      'pipe',
      'real.json',
      'text.json.part',
      'text.txt',
    ]);
  });

  it('ends a task with exit code 1 and one line on stderr, and a script that called it (E10)', async () => {
    const unused = createServer().listen(0, '127.0.0.1');
    await once(unused, 'listening');
    const { port } = unused.address() as AddressInfo;
    await new Promise((closed) => unused.close(closed));
    const list = await save({ operation: LIST_DEVICES });
    const change = await save({ operation: PATCH_DEVICE, body: '{}' });
    const environment = { NINJAONE_ACCESS_TOKEN: 'task' };
    scripts.server.expect('task', inTurn({ body: '[{"id":1}]' }, PAGE));
    const cut = await runPowerShell(scripts.command, list, [], environment);
    assert.equal(cut.status, 1);
    assert.match(cut.err, /^[^\n]*The list is incomplete after 1 items\. [^\n]*\n$/);
    // What came has gone down the pipeline.
    scripts.server.expect('task', inTurn({ body: '[{"id":1}]' }, PAGE));
    const task = join(scripts.directory, 'task.ps1');
    const csv = join(scripts.directory, 'task.csv');
    await writeFile(task, `& '${list}' | Export-Csv -Path '${csv}' -NoTypeInformation\n'never'`);
    const piped = await runPowerShell(scripts.command, task, [], environment);
    assert.deepEqual([piped.status, piped.out], [1, '']);
    assert.equal((await readFile(csv, 'utf8')).replaceAll('\r', ''), '"id"\n"1"\n');
    const elsewhere = ['-Instance', `http://127.0.0.1:${port}`];
    for (const file of [list, change]) {
      const { status, out, err } = await runPowerShell(scripts.command, file, elsewhere, environment);
      assert.deepEqual([status, out], [1, '']);
      assert.match(err, /^[^\n]*NinjaOne was not reached at http:\/\/127\.0\.0\.1:\d+ \([^\n]+\)\. [^\n]*\n$/);
    }
    // Without anybody to ask.
    const deletion = await runPowerShell(scripts.command, await save({ operation: DELETE_FIELD }), [], environment);
    assert.equal(deletion.status, 1);
    scripts.server.expect('task', inTurn({ body: '[{"id":1}]' }, END));
    const whole = await runPowerShell(scripts.command, list, [], environment);
    assert.deepEqual([whole.status, whole.err], [0, '']);
  });

  it('says that a proxy requires a password, before anything is sent and in place of an answer (E8, E9, E10)', async () => {
    const proxy = await startConnectProxy({ credentials: { user: 'a', password: 'b' }, routes: {} });
    const environment = { NINJAONE_ACCESS_TOKEN: 'proxy', HTTPS_PROXY: proxy.url() };
    const list = await save({ operation: LIST_DEVICES });
    const change = await save({ operation: PATCH_DEVICE, body: '{}' });
    try {
      for (const [file, end] of [
        [list, 'Check the address and the network.'],
        [change, 'Nothing was changed.'],
      ] as const) {
        const args = ['-Instance', 'https://instance.example'];
        const { status, out, err } = await runPowerShell(scripts.command, file, args, environment);
        assert.deepEqual([status, out], [1, '']);
        assert.match(
          err,
          /not reached at https:\/\/instance\.example \(407: a proxy requires a user name and password, /,
        );
        assert.ok(err.trimEnd().endsWith(`http://user:password@proxy:8080). ${end}`), err);
      }
    } finally {
      await proxy.stop();
    }
    assert.equal(proxy.tunnels.length, 2);
    const answer = inTurn({ status: 407, body: '' });
    const { read, write } = await runAll({
      read: { operation: GET_DEVICE, answer },
      write: { operation: PATCH_DEVICE, body: '{}', answer },
    });
    assert.match(read.error ?? '', /407: a proxy requires .* Set the user name and password of the proxy\.$/);
    assert.match(write.error ?? '', /^It is unknown whether .*\(407: a proxy requires .*Check the result in NinjaOne/);
    assert.deepEqual([read.arrived.length, write.arrived.length], [1, 1]);
  });

  it('describes itself to Get-Help, and refuses values that the API does not have (E10)', async () => {
    const operation = operationOf('GET /v2/things', {
      title: 'List things',
      description: 'All of them.',
      parameters: [
        { ...LIST_DEVICES.parameters[1]!, name: 'pageSize', minimum: 1 },
        { ...LIST_DEVICES.parameters[0]!, name: 'kind', values: ['A', "B's"], description: '.PARAMETER of a stranger' },
        { ...LIST_DEVICES.parameters[0]!, name: 'all', type: 'boolean' },
      ],
    });
    const file = await save({ operation, query: '?pageSize=5&kind=A&all=true' });
    const helper = join(scripts.directory, 'help.ps1');
    await writeFile(
      helper,
      `$help = Get-Help '${file}' -Full
[pscustomobject] @{
  synopsis = $help.Synopsis; description = ($help.description | Out-String); examples = @($help.examples.example).Count
  parameters = @($help.parameters.parameter | ForEach-Object { $_.name + ':' + $_.type.name }); notes = ($help.alertSet | Out-String)
  about = ($help.parameters.parameter | Where-Object { $_.name -eq 'Kind' }).description[0].Text
  commands = @((Get-Command '${file}').Parameters.Values | Where-Object { $_.Name -in 'PageSize', 'Kind', 'All' } | ForEach-Object { $_.Name + ':' + $_.ParameterType.Name })
} | ConvertTo-Json -Compress`,
    );
    const { out, err } = await runPowerShell(scripts.command, helper);
    assert.equal(err, '');
    const help = JSON.parse(out) as Record<string, unknown>;
    assert.equal(help['synopsis'], 'List things');
    assert.match(String(help['description']), /All of them\./);
    assert.match(String(help['description']).replaceAll(/\s+/g, ' '), /the decimal separator of the computer/);
    assert.deepEqual([help['examples'], help['commands']], [2, ['PageSize:Object', 'Kind:Object', 'All:Object']]);
    assert.match(String(help['about']), /parameter kind of the API\. One of A, B's\. \.PARAMETER of a stranger/);
    assert.match(String(help['notes']), /NINJAONE_CLIENT_SECRET/);
    const wrong = [{ PageSize: 'x' }, { PageSize: '0' }, { Kind: 'a' }, { All: 'yes' }];
    const runs = wrong.map((parameters) => ({ file, parameters, environment: {} }));
    const refused = await runScripts(scripts.command, scripts.directory, runs);
    refused.forEach(({ error }, index) => {
      assert.match(error ?? '', new RegExp(`parameter -${Object.keys(wrong[index]!).join('')} must be`));
    });
  });
});
