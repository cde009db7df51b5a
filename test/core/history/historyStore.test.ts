import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { noResponse, type ApiResponse } from '../../../src/core/api/apiResponse.ts';
import { unknownOutcome } from '../../../src/core/api/apiErrors.ts';
import { NinjaOneError } from '../../../src/core/base/errors.ts';
import { l10n } from '../../../src/core/base/l10n.ts';
import { SecretRedactor } from '../../../src/core/base/redaction.ts';
import type { Operation } from '../../../src/core/catalog/operation.ts';
import { UNKNOWN_TRAITS } from '../../../src/core/catalog/overlay.ts';
import {
  differingValues,
  isSameRequest,
  historyRequestDraft,
  toHistoryEntry,
  historyLine,
  MAX_ENTRIES,
  MAX_PER_OPERATION,
  newestEntries,
  parseHistory,
  type HistoryEntry,
} from '../../../src/core/history/historyEntry.ts';
import { HistoryStore, MAX_BYTES } from '../../../src/core/history/historyStore.ts';
import { buildRequest } from '../../../src/core/requests/buildRequest.ts';
import {
  DASHBOARD_URL,
  GET_DEVICE,
  INSTALLER,
  JSON_BODY,
  LIST_DEVICES,
  operationOf,
  parameterOf,
  PATCH_DEVICE,
  SECURE_FIELDS,
} from '../../support/operationFixtures.ts';
import { connectionOf } from '../../support/connectionFixtures.ts';
import { silentLogger } from '../../../tooling/silentLogger.ts';

const CONNECTION = connectionOf();
const TOKEN = 'live-access-token-1234567890';

describe('history entry', () => {
  it('has the time, status, duration, size and values, and the same request can be built from it (E13)', () => {
    const response = responseTo(LIST_DEVICES, { query: { df: 'org = 1 AND class = "MAC"', pageSize: '5' } });
    const entry = entryFor(response);
    assert.deepEqual(
      { ...entry, id: '' },
      {
        id: '',
        connectionId: CONNECTION.id,
        operation: LIST_DEVICES.key,
        at: 1_767_225_600_000,
        status: 200,
        ms: 12,
        size: 2,
        hasBody: false,
        values: { path: {}, query: { df: 'org = 1 AND class = "MAC"', pageSize: '5' } },
      },
    );
    const draft = historyRequestDraft(entry.operation, entry.values!, undefined);
    const again = buildRequest(draft, { operation: LIST_DEVICES, connection: CONNECTION });
    assert.deepEqual(again, { ok: true, request: response.request });
  });

  it('has the items of a list with commas, so that the same request can be built from it (E13)', () => {
    for (const list of ['repeated', 'commas', 'pipes', 'spaces'] as const) {
      const operation = operationOf('GET /v2/list', { parameters: [parameterOf('arr', { in: 'query', list })] });
      const response = responseTo(operation, { query: { arr: 'a,b' } });
      const { values } = entryFor(response);
      assert.deepEqual(values?.query, { arr: 'a,b' }, list);
      const again = buildRequest(historyRequestDraft(operation.key, values, undefined), {
        operation,
        connection: CONNECTION,
      });
      assert.deepEqual(again, { ok: true, request: response.request });
    }
  });

  it('is not created for a request that returns secrets or that the catalog does not know (E4, E13)', () => {
    for (const response of [
      responseTo(DASHBOARD_URL),
      responseTo(INSTALLER),
      responseTo(SECURE_FIELDS, { query: { showSecureValues: 'true' } }),
      responseTo(operationOf('POST /v2/something/else', { traits: { ...UNKNOWN_TRAITS } })),
    ]) {
      assert.equal(toHistoryEntry(response, OPTIONS), undefined, response.request.operation.key);
    }
    assert.ok(toHistoryEntry(responseTo(SECURE_FIELDS), OPTIONS), 'a plain read without its secure values');
  });

  it('has no values at all if one of them may be a secret (E13)', () => {
    const search = operationOf('GET /v2/devices/search', {
      parameters: [parameterOf('q'), parameterOf('limit'), parameterOf('accessToken')],
    });
    for (const query of [
      { q: TOKEN, limit: '5' },
      { q: `Bearer abcdefghijkl`, limit: '5' },
      { q: 'x'.repeat(501), limit: '5' },
      { accessToken: 'anything', limit: '5' },
      { q: 'https://me:anything@host', limit: '5' },
    ]) {
      const entry = entryFor(responseTo(search, { query }));
      assert.equal(entry.values, undefined);
      assert.doesNotMatch(historyLine(entry), /anything|abcdefghijkl|live-access|xxxx/);
    }
    assert.deepEqual(entryFor(responseTo(search, { query: { q: 'ACME' } })).values?.query, { q: 'ACME' });
  });

  it('contains no body, header or address (E13)', () => {
    const line = historyLine(entryFor(responseTo(PATCH_DEVICE, { body: '{"password":"hunter2"}' })));
    assert.doesNotMatch(line, /hunter2|password|https|authorization/i);
    assert.match(line, /"hasBody":true/);
  });

  it('shows the unknown outcome of a write, also after it was stored (E9, E13)', () => {
    const { request } = responseTo(PATCH_DEVICE, { body: '{"password":"hunter2"}' });
    const failure = unknownOutcome(request);
    const entry = entryFor(noResponse(request, { ms: 30_000, failure }));
    assert.deepEqual([entry.status, entry.outcome, entry.ms, entry.size], [0, 'unknown', 30_000, 0]);
    assert.deepEqual(parseHistory(historyLine(entry)), [entry]);
    assert.equal(
      entryFor({ ...responseTo(PATCH_DEVICE), status: 502, failure, outcome: 'unknown' }).outcome,
      'unknown',
    );
    assert.equal(
      entryFor({ ...responseTo(PATCH_DEVICE), status: 409, failure: FAILURE, outcome: 'refused' }).outcome,
      undefined,
    );
    const failed = entryFor({ ...responseTo(PATCH_DEVICE), status: 200, failure: FAILURE, outcome: 'refused' });
    assert.equal(failed.outcome, 'refused');
    assert.equal(parseHistory(historyLine(failed))[0]?.outcome, 'refused');
    const tampered = JSON.stringify({ ...entry, outcome: '<script>' });
    assert.equal(parseHistory(tampered)[0]?.outcome, undefined);
    const secret = responseTo(DASHBOARD_URL).request;
    assert.equal(toHistoryEntry(noResponse(secret, { ms: 1, failure: unknownOutcome(secret) }), OPTIONS), undefined);
  });

  it('says that a list of all pages was one, also after it was stored (E8, E13)', () => {
    for (const allPages of ['complete', 'incomplete'] as const) {
      const entry = entryFor({ ...responseTo(GET_DEVICE), allPages });
      assert.equal(parseHistory(historyLine(entry))[0]?.allPages, allPages);
      assert.equal(parseHistory(JSON.stringify({ ...entry, allPages: 'x' }))[0]?.allPages, undefined);
    }
  });

  it('is read from untrusted text (E13)', () => {
    const entry = entryFor(responseTo(GET_DEVICE));
    const good = historyLine(entry);
    assert.deepEqual(parseHistory(good), [entry]);
    for (const line of [
      'no JSON',
      '[]',
      'null',
      '{"__proto__":{"id":"x"}}',
      JSON.stringify({ ...entry, at: '1' }),
      JSON.stringify({ ...entry, at: -1 }),
      JSON.stringify({ ...entry, at: 1e300 }),
      JSON.stringify({ ...entry, status: null }),
      JSON.stringify({ ...entry, operation: { toString: 1 } }),
      JSON.stringify({ ...entry, id: '' }),
      JSON.stringify({ ...entry, hasBody: 'yes' }),
      JSON.stringify({ ...entry, operation: 'x'.repeat(30_000) }),
    ]) {
      assert.deepEqual(parseHistory(line), [], line.slice(0, 100));
      assert.deepEqual(parseHistory(`${line}\n${good}\n${line}`), [entry]);
    }
    const half = { ...entry, values: { path: { id: 1 }, query: {} } };
    assert.equal(parseHistory(JSON.stringify(half))[0]?.values, undefined, 'a value of another type is ignored');
    fc.assert(
      fc.property(fc.string(), fc.jsonValue(), (text, value) => {
        assert.deepEqual(parseHistory(`${text}\n${JSON.stringify(value)}`), []);
      }),
    );
  });

  it('repeats a body with every digit that was sent (E13, E6)', () => {
    const body = '{"id":9007199254740993,"price":1.10}';
    const draft = historyRequestDraft(PATCH_DEVICE.key, { path: { id: '1' }, query: {} }, body);
    const again = buildRequest(draft, { operation: PATCH_DEVICE, connection: CONNECTION });
    assert.equal(again.ok && again.request.body, body);
  });

  it('has its values checked like those of any request document (E13, E11)', () => {
    for (const id of ['../../ws', '1?x=1', '%2e%2e', '1#', 'a/b', '1\r\n']) {
      const draft = historyRequestDraft(GET_DEVICE.key, { path: { id }, query: {} }, undefined);
      assert.equal(buildRequest(draft, { operation: GET_DEVICE, connection: CONNECTION }).ok, false, id);
    }
  });

  it('is kept if it is among the newest of its operation and the newest of all (E13)', () => {
    const many = Array.from({ length: 30 }, (_, index) => entryAt(index, 'GET /a'));
    const stored = newestEntries([...many, entryAt(0, 'GET /b')].sort((a, b) => b.at - a.at));
    assert.equal(stored.filter(({ operation }) => operation === 'GET /a').length, MAX_PER_OPERATION);
    assert.equal(stored[0]?.at, 29);
    assert.ok(stored.some(({ operation }) => operation === 'GET /b'));
    const all = Array.from({ length: MAX_ENTRIES + 5 }, (_, index) => entryAt(index, `GET /${index}`)).reverse();
    assert.equal(newestEntries(all).length, MAX_ENTRIES);
  });

  it('is of the same request only with the same connection, operation, values and kind of body (E13)', () => {
    const entryOf = (values: HistoryEntry['values']): HistoryEntry => ({ ...entryAt(1, 'GET /a'), values });
    const entry = entryOf({ path: { id: '1' }, query: { a: '1', b: '2' } });
    assert.ok(isSameRequest(entry, { ...entryOf({ path: { id: '1' }, query: { b: '2', a: '1' } }), at: 7 }));
    for (const other of [
      { ...entry, connectionId: 'other' },
      { ...entry, operation: 'GET /b' },
      { ...entry, hasBody: !entry.hasBody },
      entryOf({ path: { id: '2' }, query: { a: '1', b: '2' } }),
      entryOf({ path: { id: '1' }, query: { a: '1' } }),
      entryOf(undefined),
    ]) {
      assert.ok(!isSameRequest(entry, other), JSON.stringify(other));
    }
    assert.ok(!isSameRequest(entryOf(undefined), entryOf(undefined)));
  });

  it('differs from another one in the values that only one of them has, or that are not the same (E13)', () => {
    const entryOf = (values: HistoryEntry['values']): HistoryEntry => ({ ...entryAt(1, 'GET /a/{id}'), values });
    const one = entryOf({ path: { id: '1' }, query: { pageSize: '5', after: '7' } });
    const other = entryOf({ path: { id: '2' }, query: { pageSize: '5', id: '1' } });
    assert.deepEqual(differingValues(one, other), [
      ['id', '1'],
      ['after', '7'],
      ['id', undefined],
    ]);
    assert.deepEqual(differingValues(one, one), []);
    assert.deepEqual(differingValues(one, entryOf(undefined)), []);
  });
});

describe('HistoryStore', () => {
  let folder: string;
  let keepBodies: boolean;
  let clock: number;
  let connections: Set<string>;

  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), 'history-')), 'history');
    keepBodies = false;
    clock = 1_767_225_600_000;
    connections = new Set([CONNECTION.id]);
  });
  afterEach(() => {
    rmSync(join(folder, '..'), { recursive: true, force: true });
  });

  it('keeps entries for all windows and after a restart, but response bodies only in this window (E13)', async () => {
    const store = open();
    const entry = await store.record(responseTo(GET_DEVICE, { body: undefined, text: '{"name":"SRV01"}' }));
    assert.deepEqual(await store.entries(), [entry]);
    assert.deepEqual(await open().entries(), [entry]);
    assert.equal(textOf((await store.exchange(entry!))!.responseBody), '{"name":"SRV01"}');
    assert.equal((await store.storedIds())(entry!), true);
    assert.equal(await open().exchange(entry!), undefined);
    assert.equal((await open().storedIds())(entry!), false);
    assert.doesNotMatch(onDisk(), /SRV01/);
  });

  it('has a write from the moment it leaves, with an unknown outcome until its response replaces it (E9, E13)', async () => {
    const store = open();
    const response = responseTo(PATCH_DEVICE, { body: '{"password":"hunter2"}' });
    const id = await store.begin(response.request);
    const [begun] = await open().entries();
    assert.deepEqual([begun?.id, begun?.outcome, begun?.status, begun?.hasBody], [id, 'unknown', 0, true]);
    assert.equal((await store.storedIds())(begun!), false);
    assert.doesNotMatch(onDisk(), /hunter2/);
    clock += 1000;
    const entry = await store.record(response, id);
    assert.deepEqual([entry?.id, entry?.outcome, entry?.at], [id, undefined, clock]);
    assert.deepEqual(await open().entries(), [entry]);
    assert.equal(await store.begin(responseTo(DASHBOARD_URL).request), undefined, 'secrets are not recorded');
  });

  it('takes back a write that did not leave, and does not grow with it (E13)', async () => {
    const store = open();
    const { request } = responseTo(PATCH_DEVICE);
    const lines = `${historyLine(entryAt(1, 'PATCH /1'))}{"withdrawn":"1"}\n`.repeat(MAX_ENTRIES);
    await store.withdraw((await store.begin(request))!);
    assert.deepEqual(await open().entries(), []);
    writeFileSync(join(folder, 'entries.jsonl'), lines);
    await store.withdraw((await store.begin(request))!);
    assert.equal(readFileSync(join(folder, 'entries.jsonl'), 'utf8').split('\n').length - 1, 1);
  });

  it('with keepBodies keeps the responses of plain reads after a restart, readable for the owner only (E13)', async () => {
    keepBodies = true;
    const store = open();
    const entry = await store.record(responseTo(GET_DEVICE, { text: '{"name":"SRV01"}' }));
    const filtered = operationOf('POST /v2/board/run', { body: JSON_BODY, traits: { riskLevel: 'read' } });
    const post = await store.record(responseTo(filtered, { body: '{"page":2}', text: '[2]' }));
    assert.deepEqual(await open().exchange(entry!), {
      request: undefined,
      responseBody: Buffer.from('{"name":"SRV01"}'),
      headers: { 'content-type': 'application/json' },
      listHeaders: undefined,
      response: undefined,
    });
    assert.equal((await open().exchange(post!))?.request, '{"page":2}');
    for (const file of files()) {
      assert.equal(statSync(file).mode & 0o777, 0o600, file);
    }
  });

  it('keeps the media type and what was said of the list, but no header, and trusts no file (E13)', async () => {
    keepBodies = true;
    const entry = await open().record({
      ...responseTo(GET_DEVICE, { text: '[1]' }),
      headers: {
        'content-type': 'application/json; charset=UTF-8; note=canary',
        'content-disposition': 'attachment; filename="canary.json"',
        'x-nj-request-id': 'canary',
      },
      listHeaders: { hasNext: false, total: 500 },
    });
    assert.doesNotMatch(onDisk(), /canary/);
    const headers = { 'content-type': 'application/json', 'content-disposition': 'attachment' };
    const kept = { request: undefined, responseBody: Buffer.from('[1]'), response: undefined };
    assert.deepEqual(await open().exchange(entry!), { ...kept, headers, listHeaders: { hasNext: false, total: 500 } });
    const file = files().find((name) => name.includes('bodies'))!;
    writeFileSync(file, '{"response":"[1]","mediaType":"a/b\\nc/d x","isAttachment":"yes","listHeaders":{"total":5}}');
    assert.deepEqual(await open().exchange(entry!), { ...kept, headers: {}, listHeaders: undefined });
  });

  it('never writes to disk the bodies of writes, failures, partial responses or secrets (E13)', async () => {
    keepBodies = true;
    const store = open();
    for (const response of [
      responseTo(PATCH_DEVICE, { body: '{"password":"hunter2"}', text: '{"password":"hunter2"}' }),
      responseTo(DASHBOARD_URL, { text: 'hunter2' }),
      responseTo(GET_DEVICE, { text: '{"note":"hunter2"}', size: 100 }),
      responseTo(GET_DEVICE, { text: `{"hunter2":"${TOKEN}"}` }),
      { ...responseTo(GET_DEVICE, { text: 'hunter2' }), status: 500, failure: FAILURE },
    ]) {
      await store.record(response);
    }
    assert.doesNotMatch(onDisk(), /hunter2|live-access/);
  });

  it('never writes to disk the response of a plain read that has a password by its name (E13)', async () => {
    keepBodies = true;
    const store = open();
    for (const text of [
      '[{"id":1,"nested":{"clientSecret":"hunter2"}}]',
      '[{"name":"adminPassword","value":"hunter2"}]',
      String.raw`{"p\u0061ssword":"hunter2"}`,
      '{"id":1,"password":"hunter2"} and more',
      'id,apiToken\n1,hunter2',
      String.raw`[{"id":1,"api\u0054oken":"hunter2"}] junk`,
    ]) {
      const entry = await store.record(responseTo(GET_DEVICE, { text }));
      assert.ok(await store.exchange(entry!), text);
      assert.equal(await open().exchange(entry!), undefined, text);
    }
    const wide = responseTo(GET_DEVICE, { text: '' });
    const body = Buffer.from('[{"id":1,"apiToken":"hunter2"}]', 'utf16le');
    await store.record({
      ...wide,
      body,
      size: body.length,
      headers: { 'content-type': 'application/json; charset=utf-16le' },
    });
    assert.doesNotMatch(onDisk().replaceAll('\\u0000', ''), /hunter2/);
    for (const text of ['{"apiToken":"","hasPassword":true}', 'id,name', '']) {
      const plain = await store.record(responseTo(GET_DEVICE, { text }));
      assert.ok(await open().exchange(plain!), text);
    }
  });

  it('keeps no request in memory whose body has a password, only its entry (E6, E13)', async () => {
    keepBodies = true;
    const store = open();
    for (const [body, isKept] of [
      ['{"name":"x"}', true],
      ['{"fields":{"localAdminPassword":"hunter2"}}', false],
      ['{"password":""}', true],
      ['not JSON', false],
    ] as const) {
      const marked = { ...PATCH_DEVICE, traits: { ...PATCH_DEVICE.traits, passwords: ['pin'] } };
      for (const operation of [PATCH_DEVICE, marked, operationOf('POST /v2/x', { traits: { riskLevel: 'read' } })]) {
        const entry = await store.record(responseTo(operation, { body, text: '{"note":"hunter2"}' }));
        assert.equal(entry?.hasBody, true);
        assert.equal((await store.exchange(entry)) !== undefined, isKept, body);
      }
      assert.doesNotMatch(onDisk(), /localAdmin/);
    }
    const marked = { ...PATCH_DEVICE, traits: { ...PATCH_DEVICE.traits, passwords: ['pin'] } };
    const entry = await store.record(responseTo(marked, { body: '{"pin":"1234"}' }));
    assert.equal(await store.exchange(entry!), undefined);
  });

  it('keeps an entry with the size but no body for a list of all pages (E8, E13)', async () => {
    keepBodies = true;
    const store = open();
    const list = { ...responseTo(LIST_DEVICES, { text: '[{"name":"SRV01"}]' }), body: new Uint8Array() };
    const entry = await store.record(list);
    assert.equal(entry?.size, 18);
    assert.deepEqual(await store.entries(), [entry]);
    assert.equal((await store.storedIds())(entry), false);
    assert.equal(await store.exchange(entry), undefined);
  });

  it('limits the bodies in memory and drops the oldest first (E13)', async () => {
    const store = open();
    const large = 'x'.repeat(MAX_BYTES / 2);
    const [first, second, third] = [
      await store.record(responseTo(GET_DEVICE, { text: large })),
      await store.record(responseTo(GET_DEVICE, { text: large })),
      await store.record(responseTo(GET_DEVICE, { text: 'small' })),
    ];
    const isStored = await store.storedIds();
    assert.deepEqual(
      [first, second, third].map((entry) => isStored(entry!)),
      [false, true, true],
    );
    const huge = await store.record(responseTo(GET_DEVICE, { text: 'x'.repeat(MAX_BYTES + 1) }));
    assert.equal((await store.storedIds())(huge!), false);
    assert.equal((await store.storedIds())(third!), true);
  });

  it('keeps the bodies of responses that come at the same time (E13)', async () => {
    const store = open();
    const recorded = await Promise.all(['1', '2', '3'].map((text) => store.record(responseTo(GET_DEVICE, { text }))));
    const isStored = await store.storedIds();
    assert.deepEqual(
      recorded.map((entry) => isStored(entry!)),
      [true, true, true],
    );
  });

  it('keeps no body in memory whose entry is no longer listed (E13)', async () => {
    const store = open();
    const recorded: HistoryEntry[] = [];
    for (let index = 0; index < MAX_PER_OPERATION + 5; index++) {
      clock += 1000;
      recorded.push((await store.record(responseTo(GET_DEVICE, { text: `response ${index}` })))!);
    }
    const isStored = await store.storedIds();
    assert.deepEqual(
      recorded.filter(isStored).map(({ id }) => id),
      recorded.slice(5).map(({ id }) => id),
    );
  });

  it('keeps a limited number of bodies in memory if the disk cannot be written (E13)', async () => {
    // The folder cannot be made, because a file has its name.
    writeFileSync(folder, '');
    const store = open();
    const recorded: HistoryEntry[] = [];
    for (let index = 0; index < MAX_ENTRIES + 5; index++) {
      recorded.push((await store.record(responseTo(GET_DEVICE, { text: '{}' })))!);
    }
    assert.equal(recorded.filter(await store.storedIds()).length, MAX_ENTRIES);
  });

  it('keeps the entry of a response that is too large for memory, but not its first part (E7, E13)', async () => {
    const store = open();
    const large = await store.record(responseTo(GET_DEVICE, { text: '[{"id":1},{"id', size: 9_000_000 }));
    assert.deepEqual(
      (await store.entries()).map(({ id, size }) => [id, size]),
      [[large?.id, 9_000_000]],
    );
    assert.equal((await store.storedIds())(large!), false);
    assert.equal(await store.exchange(large!), undefined);
  });

  it('deletes stored bodies with the setting, with their connection and with their entry (E13)', async () => {
    keepBodies = true;
    const store = open();
    await store.record(responseTo(GET_DEVICE, { text: 'SRV01' }));
    assert.match(onDisk(), /SRV01/);
    connections.clear();
    await store.followSettings();
    assert.doesNotMatch(onDisk(), /SRV01/);
    assert.equal((await store.entries()).length, 1, 'the connection may be restored');

    connections.add(CONNECTION.id);
    await store.record(responseTo(GET_DEVICE, { text: 'SRV02' }));
    keepBodies = false;
    await store.followSettings();
    assert.doesNotMatch(onDisk(), /SRV02/);

    keepBodies = true;
    for (let index = 0; index <= MAX_PER_OPERATION; index++) {
      clock += 1000;
      await store.record(responseTo(GET_DEVICE, { text: `response ${index}.` }));
    }
    assert.doesNotMatch(onDisk(), /response 0\./);
    assert.match(onDisk(), /response 1\./);
  });

  it('deletes the entries of a connection that was removed 31 days ago (C4, E13)', async () => {
    const store = open();
    await store.record(responseTo(GET_DEVICE));
    connections.clear();
    clock += 31 * 86_400_000;
    await store.followSettings();
    assert.deepEqual(await store.entries(), []);
  });

  it('leaves nothing in memory or on disk after a connection is forgotten or the history is cleared (E13)', async () => {
    keepBodies = true;
    const store = open();
    const other = { ...CONNECTION, id: 'other' };
    connections.add('other');
    const mine = await store.record(responseTo(GET_DEVICE, { text: 'SRV01' }));
    const response = responseTo(GET_DEVICE, { text: 'SRV02' });
    const theirs = await store.record({ ...response, request: { ...response.request, connection: other } });
    await store.forget('other');
    assert.deepEqual(await store.entries(), [mine]);
    assert.equal(await store.exchange(theirs!), undefined);
    assert.doesNotMatch(onDisk(), /SRV02/);
    await store.clear();
    assert.deepEqual([await store.entries(), await store.exchange(mine!), files()], [[], undefined, []]);
  });

  it('works with a damaged file and with one that cannot be written (E13)', async () => {
    const store = open();
    const entry = await store.record(responseTo(GET_DEVICE));
    writeFileSync(join(folder, 'entries.jsonl'), `{"half": \n${historyLine(entry!)}\n\0\0`);
    assert.deepEqual(await store.entries(), [entry]);
    const blocked = join(folder, '..', 'file');
    writeFileSync(blocked, '');
    const broken = open(join(blocked, 'history'));
    const recorded = await broken.record(responseTo(GET_DEVICE, { text: 'SRV01' }));
    assert.equal(textOf((await broken.exchange(recorded!))!.responseBody), 'SRV01');
  });

  it('rewrites the file before it grows too large (E13)', async () => {
    const store = open();
    await store.record(responseTo(GET_DEVICE));
    const lines = Array.from({ length: 3 * MAX_ENTRIES }, (_, index) => historyLine(entryAt(index, `GET /${index}`)));
    writeFileSync(join(folder, 'entries.jsonl'), lines.join(''));
    await store.record(responseTo(GET_DEVICE));
    assert.equal(readFileSync(join(folder, 'entries.jsonl'), 'utf8').split('\n').length - 1, MAX_ENTRIES);
  });

  function open(at = folder): HistoryStore {
    return new HistoryStore({
      folder: at,
      keepBodies: () => keepBodies,
      isSecret,
      connections: () => connections,
      logger: silentLogger,
      now: () => clock,
    });
  }

  function files(): string[] {
    try {
      return readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((each) => each.isFile())
        .map((each) => join(each.parentPath, each.name));
    } catch {
      return [];
    }
  }

  function onDisk(): string {
    return files()
      .map((file) => readFileSync(file, 'utf8'))
      .join('\n');
  }
});

const redactor = new SecretRedactor();
redactor.add(TOKEN);

function isSecret(text: string): boolean {
  return redactor.redact(text) !== text;
}

const OPTIONS = { at: 1_767_225_600_000, isSecret };

const FAILURE = new NinjaOneError({ code: 'server.failed', intent: 'transient', message: l10n.t('It failed.') });

interface ResponseParts {
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  readonly text?: string;
  readonly size?: number;
}

function responseTo(operation: Operation, parts: ResponseParts = {}): ApiResponse {
  const { query = {}, body, text = '{}' } = parts;
  const draft = {
    operation: operation.key,
    path: new Map([['id', 1]]),
    query: new Map(Object.entries(query)),
    body: undefined,
  };
  const path = operation.path.includes('{id}') ? draft.path : new Map<string, number>();
  const result = buildRequest({ ...draft, path }, { operation, connection: CONNECTION });
  assert.ok(result.ok, JSON.stringify(result));
  const bytes = Buffer.from(text);
  return {
    request: { ...result.request, body },
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: bytes,
    size: parts.size ?? bytes.byteLength,
    ms: 12.4,
    failure: undefined,
    outcome: 'known',
  };
}

function entryFor(response: ApiResponse): HistoryEntry {
  const entry = toHistoryEntry(response, OPTIONS);
  assert.ok(entry);
  return entry;
}

function entryAt(at: number, operation: string): HistoryEntry {
  return { ...entryFor(responseTo(GET_DEVICE)), at, operation };
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8');
}
