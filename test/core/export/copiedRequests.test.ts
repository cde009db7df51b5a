import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context } from 'mocha';
import { ApiClient } from '../../../src/core/api/apiClient.ts';
import type { ApiRequest } from '../../../src/core/api/apiRequest.ts';
import type { Operation, Parameter } from '../../../src/core/catalog/operation.ts';
import { powershellScript } from '../../../src/core/export/powershellScript.ts';
import { SNIPPETS, type SnippetTarget } from '../../../src/core/export/snippets.ts';
import { formatJson } from '../../../src/core/json/formatJson.ts';
import { createTransport } from '../../../src/core/http/transport.ts';
import { buildRequest } from '../../../src/core/requests/buildRequest.ts';
import { effort, reportCounts } from '../../../tooling/effort.ts';
import { silentLogger } from '../../../tooling/silentLogger.ts';
import { bundledOperations, plainDraft, UPLOADS } from '../../support/bundledOperations.ts';
import { HOSTILE_TEXTS } from '../../support/hostileValues.ts';
import { GET_DEVICE, LIST_DEVICES, PATCH_DEVICE } from '../../support/operationFixtures.ts';
import { powershellOrSkip, runProcess, runScripts, type Finished } from '../../support/powershell.ts';
import { ScriptedServer, type Arrived } from '../../support/scriptedServer.ts';

/** How often each operation is sent, with other hostile texts. A body has several, so in the long version it has all. */
const ROUNDS = effort({ short: 1, long: HOSTILE_TEXTS.length / 3 });

/** Makes one program of all copies, and runs it. */
type Run = (test: Context, copies: readonly string[], token: string) => Promise<Finished>;

describe('a copied request', function () {
  this.timeout(effort({ short: 120_000, long: 1_200_000 }));
  let directory = '';
  let server: ScriptedServer;
  let requests: readonly ApiRequest[] = [];
  let sent: readonly Arrived[] = [];

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ninjaone-copies-'));
    server = await ScriptedServer.start();
    requests = hostileRequests();
    sent = await send(requests);
    assert.equal(sent.length, requests.length);
  });

  after(async () => {
    await server.stop();
    await rm(directory, { recursive: true });
    reportCounts('copied requests', { 'inputs fuzzed': requests.length * Object.keys(RUNS).length });
  });

  const RUNS: { readonly [K in SnippetTarget]: Run } = {
    curl: async (test, copies, token) => {
      skipWithout(test, 'curl', ['--version']);
      const file = await write('copies.sh', copies.join('\n'));
      return runProcess('bash', [file], environmentOf(token));
    },
    powershell: async (test, copies, token) => {
      const command = powershellOrSkip(test, 'the copied PowerShell');
      const file = await write('copies.ps1', `\ufeff${copies.join('\n')}`);
      return runProcess(command, ['-NoProfile', '-NonInteractive', '-File', file], environmentOf(token));
    },
    python: async (test, copies, token) => {
      skipWithout(test, 'python3', ['-c', 'import requests']);
      return runProcess('python3', [await write('copies.py', copies.join('\n'))], environmentOf(token));
    },
    fetch: async (_test, copies, token) => {
      const blocks = copies.map((copy) => `{\n${copy}}\n`);
      return runProcess(process.execPath, [await write('copies.mjs', blocks.join(''))], environmentOf(token));
    },
  };

  for (const target of Object.keys(RUNS) as SnippetTarget[]) {
    it(`for ${target} sends exactly what Send sends, for every operation and hostile values (E10)`, async function () {
      const token = `copied-for-${target}`;
      const arrived = server.expect(token, () => ({ body: '{}' }));
      const copies = requests.map((request) => SNIPPETS[target].write(request));
      const { status, err } = await RUNS[target](this, copies, token);
      // curl reports its progress there.
      assert.deepEqual([status, target === 'curl' ? '' : err], [0, '']);
      assert.equal(arrived.length, requests.length);
      arrived.forEach((each, index) => {
        assert.deepEqual(essence(each), essence(sent[index]!), requests[index]!.operation.key);
      });
    });

    it(`for ${target} fails when it is redirected, and sends its own token (E10)`, async function () {
      const token = `redirected-for-${target}`;
      const { origin } = server.connection.instance;
      const arrived = server.expect(token, () => ({ status: 302, headers: { location: `${origin}/v2/elsewhere` } }));
      const netrc = await write('netrc', 'machine 127.0.0.1 login another password account\n');
      const copy = SNIPPETS[target].write({
        connection: server.connection,
        operation: PATCH_DEVICE,
        url: `${origin}/v2/device/1`,
        body: '{}',
      });
      added = { NETRC: netrc };
      try {
        const { status } = await RUNS[target](this, [copy], token);
        assert.notEqual(status, 0);
      } finally {
        added = {};
      }
      assert.deepEqual(
        arrived.map(({ url }) => url),
        ['/v2/device/1'],
      );
    });

    it(`for ${target} fails, and does nothing more, when it gets an error or a redirect to nowhere (E10)`, async function () {
      const request = {
        connection: server.connection,
        operation: PATCH_DEVICE,
        url: `${server.connection.instance.origin}/v2/device/1`,
        body: '{}',
      };
      const form = [
        { name: 'a', text: '{}', contentType: 'application/json' },
        { name: 'b', text: 'b', contentType: undefined },
      ];
      const copies = [
        request,
        { ...request, body: '{"a":{},"b":"b"}', form },
        { ...request, body: '{"b":"b"}', form: form.slice(1) },
      ].map((each) => SNIPPETS[target].write(each));
      for (const [index, status] of [302, 404, 304, 500].entries()) {
        const token = `failed-for-${target}-${index}`;
        const copy = copies[index % copies.length]!;
        const arrived = server.expect(token, () => ({ status, body: '{"a":1}' }));
        const ran = await RUNS[target](this, [copy], token);
        if (target === 'curl') {
          assert.ok(ran.err.includes(`HTTP ${status}\n`), ran.err);
          assert.equal(ran.err.includes('The request was redirected.\n'), status < 400, ran.err);
        }
        assert.deepEqual([ran.status !== 0, arrived.length], [true, 1], `${status}\n${copy}\n${JSON.stringify(ran)}`);
      }
    });

    it(`for ${target} sends nothing without a token, and says that it gets one page (E10)`, async function () {
      const { origin } = server.connection.instance;
      const request = { connection: server.connection, url: `${origin}/v2/devices`, body: undefined };
      const list = SNIPPETS[target].write({ ...request, operation: LIST_DEVICES });
      assert.match(list, /^(?:#|\/\/) Gets one page of the list\./);
      const device = SNIPPETS[target].write({ ...request, operation: GET_DEVICE });
      assert.doesNotMatch(device, /one page/);
      // The variable is there, but empty.
      const arrived = server.expect('Bearer', () => ({ body: '[]' }));
      const { status, err } = await RUNS[target](this, [list], '');
      assert.deepEqual([status === 0, arrived.length], [false, 0]);
      assert.match(err.replaceAll(/\s+/g, ' '), /NINJAONE_ACCESS_TOKEN/);
    });

    it(`for ${target} writes text as it came (E10)`, async function () {
      const token = `text-for-${target}`;
      const url = `${server.connection.instance.origin}/v2/device/1`;
      const copy = SNIPPETS[target].write({
        connection: server.connection,
        operation: GET_DEVICE,
        url,
        body: undefined,
      });
      const arrived = server.expect(token, () => ({ body: 'id,name\n1,Müller', type: 'text/csv' }));
      const { status, out } = await RUNS[target](this, [copy], token);
      assert.deepEqual([status, out.trimEnd()], [0, 'id,name\n1,Müller']);
      if (target === 'python' || target === 'fetch') {
        // They take the beginning of compressed data for all of it.
        assert.equal(arrived[0]?.headers['accept-encoding'], 'identity');
      }
    });

    it(`for ${target} reads a password of the body from an environment variable, and sends nothing without it (E10)`, async function () {
      const secret = '\\S"e\\c$r`e\'t\n\t\u0001\u007f %41 größe 😀 ${x} \\\\t\\';
      const body = String.raw`{"name":"a\/b","localAdminPassword":"in the document","list":[{"totpSecret":"one"},{"totpSecret":"two"}],
  "password":"","n":1.10}`;
      const url = `${server.connection.instance.origin}/v2/device/1`;
      const copy = SNIPPETS[target].write({ connection: server.connection, operation: PATCH_DEVICE, url, body });
      assert.ok(!/in the document|"one"|"two"/.test(copy), copy);
      const token = `secret-for-${target}`;
      const arrived = server.expect(token, () => ({ body: '{}' }));
      const without = await RUNS[target](this, [copy], token);
      assert.notEqual(without.status, 0);
      assert.match(without.err, /NINJAONE_LOCAL_ADMIN_PASSWORD/);
      assert.equal(arrived.length, 0);
      // macOS has bash 3.2, and its compatibility modes treat backslashes as it does.
      const versions = target === 'curl' ? ['', '3.2', '4.2'] : [''];
      const secrets = { NINJAONE_TOTP_SECRET: 'one', NINJAONE_TOTP_SECRET_2: 'two' };
      for (const [index, version] of versions.entries()) {
        added = { NINJAONE_LOCAL_ADMIN_PASSWORD: '', ...secrets };
        assert.notEqual((await RUNS[target](this, [copy], token)).status, 0);
        assert.equal(arrived.length, index);
        added = { NINJAONE_LOCAL_ADMIN_PASSWORD: secret, ...secrets };
        if (version !== '') {
          added = { ...added, BASH_COMPAT: version };
        }
        try {
          const { status } = await RUNS[target](this, [copy], token);
          assert.equal(status, 0);
        } finally {
          added = {};
        }
        const text = arrived[index]?.body ?? '';
        assert.deepEqual(JSON.parse(text), { ...(JSON.parse(body) as object), localAdminPassword: secret });
        assert.ok(text.startsWith(String.raw`{"name":"a\/b",`) && text.endsWith('],\n  "password":"","n":1.10}'), text);
      }
    });
  }

  const secretKey = 'k&=%/+ ü😀"\'$x`y`\\%41#';
  const secretNumbers = { NINJAONE_DOOR_PIN: '12345678901234567890', NINJAONE_PIN: '-1.50e+2' };
  const withSecrets = (): ApiRequest => ({
    connection: server.connection,
    operation: PATCH_DEVICE,
    url: `${server.connection.instance.origin}/v2/device/1?filter=a%26b&apiKey=in-the-address&after=1`,
    body: '{"doorPin":4711,"list":[{"pin":4712}],"n":1.10}',
  });
  const assertSecretsSent = ({ url, body }: Arrived): void => {
    const query = [...new URL(url, 'http://x').searchParams];
    assert.deepEqual(query, [
      ['filter', 'a&b'],
      ['apiKey', secretKey],
      ['after', '1'],
    ]);
    assert.equal(body.replaceAll(/\s/g, ''), '{"doorPin":12345678901234567890,"list":[{"pin":-1.50e+2}],"n":1.10}');
  };

  for (const target of Object.keys(RUNS) as SnippetTarget[]) {
    it(`for ${target} reads a secret of the query and secret numbers from environment variables (E10)`, async function () {
      const copy = SNIPPETS[target].write(withSecrets());
      assert.doesNotMatch(copy, /in-the-address|471/);
      const token = `query-for-${target}`;
      const arrived = server.expect(token, () => ({ body: '{}' }));
      try {
        for (const [index, wrong] of ['', '1234\n', '01'].entries()) {
          added = { NINJAONE_API_KEY: secretKey, ...secretNumbers, NINJAONE_PIN: wrong };
          const { status, err } = await RUNS[target](this, [copy], token);
          assert.notEqual(status, 0, wrong);
          assert.match(err.replaceAll(/\s+/g, ' '), index === 0 ? /NINJAONE_PIN/ : /NINJAONE_PIN must be a number/);
        }
        assert.equal(arrived.length, 0);
        // macOS has bash 3.2.
        for (const version of target === 'curl' ? ['', '3.2'] : ['']) {
          added = {
            NINJAONE_API_KEY: secretKey,
            ...secretNumbers,
            ...(version === '' ? {} : { BASH_COMPAT: version }),
          };
          assert.equal((await RUNS[target](this, [copy], token)).status, 0);
          assertSecretsSent(arrived.at(-1)!);
        }
      } finally {
        added = {};
      }
    });
  }

  it('as a saved PowerShell script reads the same secrets, and shows none of them (E10)', async function () {
    const command = powershellOrSkip(this, 'the secrets of the saved script');
    const script = powershellScript(withSecrets());
    assert.doesNotMatch(script, /in-the-address|471/);
    // What PowerShell asks about.
    assert.match(script, /\$target = Get-Line \(Get-Uri \$null\)/);
    const file = await write('secrets.ps1', script);
    const environment = { ...secretNumbers, NINJAONE_API_KEY: secretKey };
    const run = (
      token: string,
      more: Readonly<Record<string, string>>,
      parameters = {},
    ): Parameters<typeof runScripts>[2][number] => ({
      file,
      parameters: { Confirm: false, ...parameters },
      environment: { ...environment, NINJAONE_ACCESS_TOKEN: token, ...more },
    });
    const arrived = ['saved-all', 'saved-none', 'saved-text', 'saved-given'].map((token) =>
      server.expect(token, () => ({ status: 400, body: JSON.stringify({ errorMessage: `bad ${secretKey}` }) })),
    );
    const results = await runScripts(command, directory, [
      run('saved-all', {}),
      run('saved-none', { NINJAONE_API_KEY: '' }),
      run('saved-text', { NINJAONE_PIN: '12a' }),
      run('saved-given', { NINJAONE_API_KEY: '', NINJAONE_PIN: '' }, { ApiKey: 'given', Body: '{"pin":1}' }),
    ]);
    assert.deepEqual(
      arrived.map((each) => each.length),
      [1, 0, 0, 1],
    );
    assertSecretsSent(arrived[0]![0]!);
    assert.match(arrived[3]![0]!.url, /apiKey=given/);
    const [all, none, text] = results.map(({ error }) => error ?? '');
    assert.match(all!, /bad \*\*\*/);
    assert.match(none!, /Set the environment variable NINJAONE_API_KEY, or pass the parameter ApiKey\./);
    assert.match(text!, /NINJAONE_PIN must be a number/);
  });

  it('for powershell keeps the bytes of a file with -OutFile, as its comment says (E10)', async function () {
    const bytes = Uint8Array.of(0x25, 0x50, 0x44, 0x46, 0xff, 0xfe, 0x80, 0, 0x0d, 0x0a);
    const url = `${server.connection.instance.origin}/v2/device/1`;
    const request = { connection: server.connection, operation: GET_DEVICE, url, body: undefined };
    const copy = SNIPPETS.powershell.write(request);
    assert.match(copy, /# .*With -OutFile, it saves them unchanged\./);
    server.expect('file-for-powershell', () => ({ body: bytes, type: 'application/pdf' }));
    const file = join(directory, 'copied.pdf');
    const changed = copy.replace('Invoke-RestMethod @request', `$& -OutFile '${file}'`);
    const { status, err } = await RUNS.powershell(this, [changed], 'file-for-powershell');
    assert.deepEqual([status, err], [0, '']);
    assert.deepEqual(new Uint8Array(await readFile(file)), bytes);
  });

  it('as a saved PowerShell script sends what Send sends, encoded otherwise (E10)', async function () {
    const command = powershellOrSkip(this, 'what the saved script sends');
    const chosen = requests.map((_, index) => index).filter((index) => index % effort({ short: 7, long: 5 }) === 0);
    const runs = await Promise.all(
      chosen.map(async (index) => {
        const file = await write(`saved-${index}.ps1`, powershellScript(requests[index]!));
        const parameters = powershellScript(requests[index]!).includes('SupportsShouldProcess')
          ? { Confirm: false }
          : {};
        return { file, parameters, environment: { NINJAONE_ACCESS_TOKEN: `saved-${index}` } };
      }),
    );
    const arrived = chosen.map((index) => server.expect(`saved-${index}`, () => ({ status: 204 })));
    const results = await runScripts(command, directory, runs);
    chosen.forEach((index, position) => {
      const { key } = requests[index]!.operation;
      assert.deepEqual([results[position]?.error, arrived[position]?.length], [undefined, 1], key);
      const [each] = arrived[position]!;
      assert.deepEqual(decoded(each!), decoded(sent[index]!), key);
    });
  });

  let added: Readonly<Record<string, string>> = {};

  function environmentOf(token: string): Readonly<Record<string, string>> {
    return { NINJAONE_ACCESS_TOKEN: token, PYTHONDONTWRITEBYTECODE: '1', ...added };
  }

  async function write(name: string, text: string): Promise<string> {
    const file = join(directory, name);
    await writeFile(file, text);
    return file;
  }

  /** What the extension sends. */
  async function send(all: readonly ApiRequest[]): Promise<readonly Arrived[]> {
    const arrived = server.expect('sent', () => ({ body: '{}' }));
    const transport = createTransport({
      fetch: globalThis.fetch,
      logger: silentLogger,
      proxySupport: () => 'override',
    });
    const client = new ApiClient({
      transport: transport.send,
      writes: { mayWrite: () => true },
      timeout: () => 30_000,
      now: () => 0,
      sleep: () => Promise.resolve(),
    });
    const session = {
      connection: server.connection,
      scopes: ['monitoring', 'management'] as const,
      accessToken: () => Promise.resolve('sent'),
    };
    for (const request of all) {
      const confirmation = await client.confirm(request, () => Promise.resolve(true));
      await client.send(request, { session, confirmation });
    }
    await transport.close();
    return arrived;
  }

  function hostileRequests(): readonly ApiRequest[] {
    const operations = bundledOperations().filter(({ key }) => !UPLOADS.includes(key));
    return Array.from({ length: ROUNDS }, (_, round) =>
      operations.map((operation, index) => hostileRequest(operation, index + 3 * round)),
    ).flat();
  }

  function hostileRequest(operation: Operation, seed: number): ApiRequest {
    const text = (offset: number): string => HOSTILE_TEXTS[(seed + offset) % HOSTILE_TEXTS.length] ?? '';
    const plain = plainDraft(operation);
    const valuesOf = (location: 'path' | 'query'): Map<string, string | number | boolean> => {
      const values = new Map(plain[location]);
      operation.parameters
        .filter((parameter) => parameter.in === location && takesText(parameter))
        .forEach(({ name }, position) => {
          // What the explorer refuses, such as a text for a date, is never copied, so the next text is taken.
          const fitting = HOSTILE_TEXTS.map((_, offset) => text(position + offset)).find(
            (each) => buildRequest({ ...plain, [location]: new Map([...values, [name, each]]) }, target).ok,
          );
          if (fitting !== undefined) {
            values.set(name, fitting);
          }
        });
      return values;
    };
    const target = { operation, connection: server.connection };
    const more = JSON.stringify({ [text(0)]: text(1), list: [text(2), true, null], __proto: text(3) });
    const bodyText = String.raw`{"link":"https:\/\/intra\/wiki","price":1.10,"id":12345678901234567890,"size":1e400,"a":1,"a":2,${more.slice(1)}`;
    const draft = { ...plain, path: valuesOf('path'), query: valuesOf('query') };
    const result = buildRequest(operation.body ? { ...draft, body: {}, bodyText } : draft, target);
    assert.ok(result.ok, `${operation.key} ${JSON.stringify(result)}`);
    return result.request;
  }
});

function takesText({ type, format, values }: Parameter): boolean {
  return type === 'string' && format !== 'uuid' && values === undefined;
}

function essence({ method, url, headers, body }: Arrived): readonly unknown[] {
  // .NET puts a space after the semicolon.
  return [method, url, headers.accept?.replaceAll(' ', ''), headers['content-type'], body];
}

/** .NET encodes more characters than `encodeURIComponent`, and the script lays the body out. */
function decoded(each: Arrived): readonly unknown[] {
  const { pathname, searchParams } = new URL(each.url, 'http://x');
  const [method, , accept, type] = essence(each);
  const body = each.body === '' ? '' : formatJson(each.body, LAYOUT).text;
  return [method, decodeURIComponent(pathname), [...searchParams], accept, type, body];
}

const LAYOUT = { items: undefined, maxItems: Infinity, maxCharacters: Infinity, partial: false, mask: false };

function skipWithout(test: Context, command: string, args: readonly string[]): void {
  if (spawnSync(command, args).status !== 0) {
    console.log(`      ${command} is not installed or lacks a library: what is copied for it is NOT run here`);
    test.skip(); // curl and Python come from the system, and not every computer has them.
  }
}
