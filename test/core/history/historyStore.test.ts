import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { noResponse, type ApiResponse } from '../../../src/core/api/apiResponse.ts';
import { unknownOutcome } from '../../../src/core/api/apiErrors.ts';
import { NinjaOneError } from '../../../src/core/base/errors.ts';
import { Redactor } from '../../../src/core/base/log.ts';
import type { Operation } from '../../../src/core/catalog/operation.ts';
import { UNKNOWN } from '../../../src/core/catalog/overlay.ts';
import {
  draftOf,
  entryOf,
  lineOf,
  MOST_ENTRIES,
  MOST_OF_OPERATION,
  newest,
  parseHistory,
  previousOf,
  type HistoryEntry,
} from '../../../src/core/history/historyEntry.ts';
import { HistoryStore, MOST_BYTES } from '../../../src/core/history/historyStore.ts';
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
import { silentLogger } from '../../support/silentLogger.ts';

const CONNECTION = connectionOf();
const TOKEN = 'live-access-token-1234567890';

describe('History', () => {
  it('E13: an entry has time, status, ms, size and values, and the same request can be made of it', () => {
    const response = answer(LIST_DEVICES, { query: { df: 'org = 1 AND class = "MAC"', pageSize: '5' } });
    const entry = remembered(response);
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
    const draft = draftOf(entry.operation, entry.values!, undefined);
    const again = buildRequest(draft, { operation: LIST_DEVICES, connection: CONNECTION });
    assert.deepEqual(again, { ok: true, request: response.request });
  });

  it('E4, E13: what gives out secrets, and what nobody knows, is never remembered', () => {
    for (const response of [
      answer(DASHBOARD_URL),
      answer(INSTALLER),
      answer(SECURE_FIELDS, { query: { showSecureValues: 'true' } }),
      answer(operationOf('POST /v2/something/else', { traits: { ...UNKNOWN } })),
    ]) {
      assert.equal(entryOf(response, OPTIONS), undefined, response.request.operation.key);
    }
    assert.ok(entryOf(answer(SECURE_FIELDS), OPTIONS), 'without its secure values it is a plain read');
  });

  it('E13: values that are or may be secrets are not kept, and then none is', () => {
    const search = operationOf('GET /v2/devices/search', {
      parameters: [parameterOf('q'), parameterOf('limit'), parameterOf('accessToken')],
    });
    for (const query of [
      { q: TOKEN, limit: '5' },
      { q: `Bearer abcdefghijkl`, limit: '5' },
      { q: 'x'.repeat(501), limit: '5' },
      { accessToken: 'anything', limit: '5' },
    ]) {
      const entry = remembered(answer(search, { query }));
      assert.equal(entry.values, undefined);
      assert.doesNotMatch(lineOf(entry), /anything|abcdefghijkl|live-access|xxxx/);
    }
    assert.deepEqual(remembered(answer(search, { query: { q: 'ACME' } })).values?.query, { q: 'ACME' });
  });

  it('E13: no body, header or address is in an entry', () => {
    const line = lineOf(remembered(answer(PATCH_DEVICE, { body: '{"password":"hunter2"}' })));
    assert.doesNotMatch(line, /hunter2|password|https|authorization/i);
    assert.match(line, /"hasBody":true/);
  });

  it('E9, E13: a write of which nobody knows whether it was executed says so, here and on the disk', () => {
    const { request } = answer(PATCH_DEVICE, { body: '{"password":"hunter2"}' });
    const failure = unknownOutcome(request);
    const entry = remembered(noResponse(request, { ms: 30_000, failure }));
    assert.deepEqual([entry.status, entry.outcome, entry.ms, entry.size], [0, 'unknown', 30_000, 0]);
    assert.deepEqual(parseHistory(lineOf(entry)), [entry]);
    assert.equal(remembered({ ...answer(PATCH_DEVICE), status: 502, failure }).outcome, 'unknown');
    assert.equal(remembered({ ...answer(PATCH_DEVICE), status: 500, failure: FAILURE }).outcome, undefined);
    const tampered = JSON.stringify({ ...entry, outcome: '<script>' });
    assert.equal(parseHistory(tampered)[0]?.outcome, undefined);
    const secret = answer(DASHBOARD_URL).request;
    assert.equal(entryOf(noResponse(secret, { ms: 1, failure: unknownOutcome(secret) }), OPTIONS), undefined);
  });

  it('E13: what is stored is read as text from anywhere', () => {
    const entry = remembered(answer(GET_DEVICE));
    const good = lineOf(entry);
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
    assert.equal(parseHistory(JSON.stringify(half))[0]?.values, undefined, 'a value of another type is no value');
    fc.assert(
      fc.property(fc.string(), fc.jsonValue(), (text, value) => {
        assert.deepEqual(parseHistory(`${text}\n${JSON.stringify(value)}`), []);
      }),
    );
  });

  it('E13, E6: what is run again has every digit of the body that was sent', () => {
    const body = '{"id":9007199254740993,"price":1.10}';
    const draft = draftOf(PATCH_DEVICE.key, { path: { id: '1' }, query: {} }, body);
    const again = buildRequest(draft, { operation: PATCH_DEVICE, connection: CONNECTION });
    assert.equal(again.ok && again.request.body, body);
  });

  it('E13: values that were tampered with are checked like those of any document (E11)', () => {
    for (const id of ['../../ws', '1?x=1', '%2e%2e', '1#', 'a/b', '1\r\n']) {
      const draft = draftOf(GET_DEVICE.key, { path: { id }, query: {} }, undefined);
      assert.equal(buildRequest(draft, { operation: GET_DEVICE, connection: CONNECTION }).ok, false, id);
    }
  });

  it('E13: the newest of each operation are kept, and the newest of all', () => {
    const many = Array.from({ length: 30 }, (_, index) => entryAt(index, 'GET /a'));
    const kept = newest([...many, entryAt(0, 'GET /b')].sort((a, b) => b.at - a.at));
    assert.equal(kept.filter(({ operation }) => operation === 'GET /a').length, MOST_OF_OPERATION);
    assert.equal(kept[0]?.at, 29);
    assert.ok(kept.some(({ operation }) => operation === 'GET /b'));
    const all = Array.from({ length: MOST_ENTRIES + 5 }, (_, index) => entryAt(index, `GET /${index}`)).reverse();
    assert.equal(newest(all).length, MOST_ENTRIES);
  });

  it('E13: the previous one is of the same operation and connection', () => {
    const [first, second, third] = [1, 2, 3].map((at) => entryAt(at, 'GET /a'));
    const others = [entryAt(2, 'GET /b'), { ...entryAt(2, 'GET /a'), connectionId: 'other' }];
    assert.equal(previousOf(third!, [first!, ...others, third!, second!]), second);
    assert.equal(previousOf(first!, [first!, second!, ...others]), undefined);
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

  it('E13: entries are there for every window and after a restart, answers in this window only', async () => {
    const store = open();
    const entry = await store.record(answer(GET_DEVICE, { body: undefined, text: '{"name":"SRV01"}' }));
    assert.deepEqual(await store.entries(), [entry]);
    assert.deepEqual(await open().entries(), [entry]);
    assert.equal(textOf((await store.exchange(entry!))!.responseBody), '{"name":"SRV01"}');
    assert.equal((await store.storedIds())(entry!), true);
    assert.equal(await open().exchange(entry!), undefined);
    assert.equal((await open().storedIds())(entry!), false);
    assert.doesNotMatch(onDisk(), /SRV01/);
  });

  it('E13: with keepBodies answers of plain reads outlive the window, in files that are the user’s own', async () => {
    keepBodies = true;
    const store = open();
    const entry = await store.record(answer(GET_DEVICE, { text: '{"name":"SRV01"}' }));
    const filtered = operationOf('POST /v2/board/run', { body: JSON_BODY, traits: { riskLevel: 'read' } });
    const post = await store.record(answer(filtered, { body: '{"page":2}', text: '[2]' }));
    assert.deepEqual(await open().exchange(entry!), {
      request: undefined,
      responseBody: Buffer.from('{"name":"SRV01"}'),
      response: undefined,
    });
    assert.equal((await open().exchange(post!))?.request, '{"page":2}');
    for (const file of files()) {
      assert.equal(statSync(file).mode & 0o777, 0o600, file);
    }
  });

  it('E13: what writes carry or are answered, failures, first parts and secrets never reach the disk', async () => {
    keepBodies = true;
    const store = open();
    for (const response of [
      answer(PATCH_DEVICE, { body: '{"password":"hunter2"}', text: '{"password":"hunter2"}' }),
      answer(DASHBOARD_URL, { text: 'hunter2' }),
      answer(GET_DEVICE, { text: '{"note":"hunter2"}', size: 100 }),
      answer(GET_DEVICE, { text: `{"hunter2":"${TOKEN}"}` }),
      { ...answer(GET_DEVICE, { text: 'hunter2' }), status: 500, failure: FAILURE },
    ]) {
      await store.record(response);
    }
    assert.doesNotMatch(onDisk(), /hunter2|live-access/);
  });

  it('E8, E13: of a list of all pages there is an entry with its size, and no body anywhere', async () => {
    keepBodies = true;
    const store = open();
    const list = { ...answer(LIST_DEVICES, { text: '[{"name":"SRV01"}]' }), body: new Uint8Array() };
    const entry = await store.record(list);
    assert.equal(entry?.size, 18);
    assert.deepEqual(await store.entries(), [entry]);
    assert.equal((await store.storedIds())(entry), false);
    assert.equal(await store.exchange(entry), undefined);
  });

  it('E13: what keeps bodies in memory is bounded, the oldest go first', async () => {
    const store = open();
    const large = 'x'.repeat(MOST_BYTES / 2);
    const [first, second, third] = [
      await store.record(answer(GET_DEVICE, { text: large })),
      await store.record(answer(GET_DEVICE, { text: large })),
      await store.record(answer(GET_DEVICE, { text: 'small' })),
    ];
    const isKept = await store.storedIds();
    assert.deepEqual(
      [first, second, third].map((entry) => isKept(entry!)),
      [false, true, true],
    );
    const huge = await store.record(answer(GET_DEVICE, { text: 'x'.repeat(MOST_BYTES + 1) }));
    assert.equal((await store.storedIds())(huge!), false);
    assert.equal((await store.storedIds())(third!), true);
  });

  it('E7, E13: of an answer that is too large for memory the entry is kept, and not its first part', async () => {
    const store = open();
    const large = await store.record(answer(GET_DEVICE, { text: '[{"id":1},{"id', size: 9_000_000 }));
    assert.deepEqual(
      (await store.entries()).map(({ id, size }) => [id, size]),
      [[large?.id, 9_000_000]],
    );
    assert.equal((await store.storedIds())(large!), false);
    assert.equal(await store.exchange(large!), undefined);
  });

  it('E13: bodies on the disk go when the setting is switched off, with their connection, and with their entry', async () => {
    keepBodies = true;
    const store = open();
    await store.record(answer(GET_DEVICE, { text: 'SRV01' }));
    assert.match(onDisk(), /SRV01/);
    connections.clear();
    await store.followSettings();
    assert.doesNotMatch(onDisk(), /SRV01/);
    assert.equal((await store.entries()).length, 1, 'the connection may come back');

    connections.add(CONNECTION.id);
    await store.record(answer(GET_DEVICE, { text: 'SRV02' }));
    keepBodies = false;
    await store.followSettings();
    assert.doesNotMatch(onDisk(), /SRV02/);

    keepBodies = true;
    for (let index = 0; index <= MOST_OF_OPERATION; index++) {
      clock += 1000;
      await store.record(answer(GET_DEVICE, { text: `answer ${index}.` }));
    }
    assert.doesNotMatch(onDisk(), /answer 0\./);
    assert.match(onDisk(), /answer 1\./);
  });

  it('C4, E13: entries of a connection that is gone for good are deleted', async () => {
    const store = open();
    await store.record(answer(GET_DEVICE));
    connections.clear();
    clock += 31 * 86_400_000;
    await store.followSettings();
    assert.deepEqual(await store.entries(), []);
  });

  it('E13: forgetting a connection and clearing leave nothing of it, in memory or on the disk', async () => {
    keepBodies = true;
    const store = open();
    const other = { ...CONNECTION, id: 'other' };
    connections.add('other');
    const mine = await store.record(answer(GET_DEVICE, { text: 'SRV01' }));
    const response = answer(GET_DEVICE, { text: 'SRV02' });
    const theirs = await store.record({ ...response, request: { ...response.request, connection: other } });
    await store.forget('other');
    assert.deepEqual(await store.entries(), [mine]);
    assert.equal(await store.exchange(theirs!), undefined);
    assert.doesNotMatch(onDisk(), /SRV02/);
    await store.clear();
    assert.deepEqual([await store.entries(), await store.exchange(mine!), files()], [[], undefined, []]);
  });

  it('E13: a file that was damaged or cannot be written stops nothing', async () => {
    const store = open();
    const entry = await store.record(answer(GET_DEVICE));
    writeFileSync(join(folder, 'entries.jsonl'), `{"half": \n${lineOf(entry!)}\n\0\0`);
    assert.deepEqual(await store.entries(), [entry]);
    const blocked = join(folder, '..', 'file');
    writeFileSync(blocked, '');
    const broken = open(join(blocked, 'history'));
    const remembered = await broken.record(answer(GET_DEVICE, { text: 'SRV01' }));
    assert.equal(textOf((await broken.exchange(remembered!))!.responseBody), 'SRV01');
  });

  it('E13: the file is rewritten before it grows without end', async () => {
    const store = open();
    await store.record(answer(GET_DEVICE));
    const lines = Array.from({ length: 3 * MOST_ENTRIES }, (_, index) => lineOf(entryAt(index, `GET /${index}`)));
    writeFileSync(join(folder, 'entries.jsonl'), lines.join(''));
    await store.record(answer(GET_DEVICE));
    assert.equal(readFileSync(join(folder, 'entries.jsonl'), 'utf8').split('\n').length - 1, MOST_ENTRIES);
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

const redactor = new Redactor();
redactor.add(TOKEN);

function isSecret(text: string): boolean {
  return redactor.redact(text) !== text;
}

const OPTIONS = { at: 1_767_225_600_000, isSecret };

const FAILURE = new NinjaOneError({ code: 'server.failed', intent: 'transient', template: 'It failed.' });

interface AnswerParts {
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  readonly text?: string;
  readonly size?: number;
}

function answer(operation: Operation, parts: AnswerParts = {}): ApiResponse {
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
  };
}

function remembered(response: ApiResponse): HistoryEntry {
  const entry = entryOf(response, OPTIONS);
  assert.ok(entry);
  return entry;
}

function entryAt(at: number, operation: string): HistoryEntry {
  return { ...remembered(answer(GET_DEVICE)), at, operation };
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8');
}
