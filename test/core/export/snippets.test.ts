import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ACCEPT, type ApiRequest } from '../../../src/core/api/apiRequest.ts';
import { SNIPPET_TARGETS, SNIPPETS } from '../../../src/core/export/snippets.ts';
import { DELETE_FIELD, LIST_DEVICES, PATCH_DEVICE, RUN_BOARD } from '../../support/operationFixtures.ts';
import { HOSTILE_TEXTS, requestOf } from '../../support/hostileValues.ts';
import { bareWords, powershellTokens } from '../../support/powershellTokens.ts';

const TOKEN = 'token-from-the-environment';
const LONG = '{"id":12345678901234567890,"ids":[-9007199254740993],"share":0.12345678901234567891}';
const ENV = { ...process.env, NINJAONE_ACCESS_TOKEN: TOKEN };

describe('exported snippet', () => {
  let directory = '';

  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'ninjaone-snippets-'));
  });

  after(() => {
    rmSync(directory, { recursive: true });
  });

  function run(
    command: string,
    args: readonly string[],
  ): { readonly status: number | null; readonly out: string; readonly err: string } {
    const { status, stdout, stderr } = spawnSync(command, args, {
      env: { ...ENV, PYTHONPATH: directory, PYTHONDONTWRITEBYTECODE: '1' },
      encoding: 'utf8',
      cwd: directory,
    });
    return { status, out: stdout, err: stderr };
  }

  function write(name: string, text: string): string {
    const path = join(directory, name);
    writeFileSync(path, text);
    return path;
  }

  for (const target of SNIPPET_TARGETS) {
    it(`for ${target} contains no token but the name of the environment variable (E10)`, () => {
      const text = SNIPPETS[target].write(hostile());
      assert.match(text, /NINJAONE_ACCESS_TOKEN/);
      assert.doesNotMatch(text, /Bearer (?!\$|"|' \+)/);
    });
  }

  it('for curl passes every text unchanged through bash and runs none of it (E10)', () => {
    for (const request of [hostile(), board(), filtered(), deletion()]) {
      const path = write('curl.sh', `curl() { printf '%s\\0' "$@" "$(cat)"; }\n${SNIPPETS.curl.write(request)}`);
      assert.deepEqual(run('bash', ['-n', path]), { status: 0, out: '', err: '' });
      const { out, err } = run('bash', [path]);
      const all = out.split('\0').slice(0, -1);
      const redirects = all.indexOf('--location');
      assert.deepEqual(all.slice(redirects, redirects + 3), ['--location', '--max-redirs', '0']);
      const args = all.toSpliced(redirects, 3);
      assert.equal(err, '');
      assert.deepEqual(args.slice(0, 3), ['--globoff', '--fail-with-body', '--no-progress-meter']);
      assert.deepEqual(args.slice(3, 5), ['--request', request.operation.method]);
      assert.equal(args[6], request.url);
      assert.deepEqual(args.slice(7, 9), ['--header', `Accept: ${ACCEPT}`]);
      // The token is in the standard input, because other users can see the arguments.
      assert.deepEqual(args.slice(-5), [
        ...['--write-out', '%{stderr}HTTP %{http_code}\\n', '--header', '@-'],
        `Authorization: Bearer ${TOKEN}`,
      ]);
      assert.equal(args.length, request.body === undefined ? 14 : 18);
      assertBody(request, request.body === undefined ? undefined : args[12]);
    }
  });

  it('for curl reports a missing token and sends nothing (E10)', () => {
    const path = write(
      'none.sh',
      `unset NINJAONE_ACCESS_TOKEN\ncurl() { echo sent; }\n${SNIPPETS.curl.write(filtered())}`,
    );
    const { out, err } = run('bash', [path]);
    assert.equal(out, '');
    assert.match(err, /NINJAONE_ACCESS_TOKEN/);
  });

  it('for fetch passes every text unchanged through Node.js (E10)', () => {
    for (const request of [hostile(), board(), filtered(), deletion()]) {
      const snippet = SNIPPETS.fetch.write(request);
      const plain = write('fetch.mjs', snippet);
      assert.deepEqual(run(process.execPath, ['--check', plain]), { status: 0, out: '', err: '' });
      const stub = 'globalThis.fetch = async (...args) => new Response(JSON.stringify(args));\n';
      const { out, err } = run(process.execPath, [write('stub.mjs', stub + snippet)]);
      assert.equal(err, '');
      const [url, init] = JSON.parse(out) as [
        string,
        { method: string; headers: Record<string, string>; body?: string; redirect: string },
      ];
      assert.deepEqual([url, init.method, init.redirect], [request.url, request.operation.method, 'error']);
      assert.equal(init.headers['Authorization'], `Bearer ${TOKEN}`);
      assertBody(request, init.body);
    }
  }).timeout(30_000);

  it('for fetch keeps all digits of an id above 2^53 (E10)', () => {
    const request = { ...requestOf(PATCH_DEVICE, { path: { id: 1 }, body: {} }), body: LONG };
    const stub = 'globalThis.fetch = async (url, init) => new Response(init.body);\n';
    const { out, err } = run(process.execPath, [write('long.mjs', stub + SNIPPETS.fetch.write(request))]);
    assert.deepEqual([out, err], [LONG, '']);
  });

  it('for Python passes every text unchanged through python3 (E10)', function () {
    if (run('python3', ['--version']).status !== 0) {
      console.log('      python3 is not installed: the Python snippet is NOT tested here');
      this.skip(); // Python comes from the system, and not every computer has it.
    }
    write(
      'requests.py',
      'import json\nclass R:\n  def __init__(s, t): s.content = t.encode(); s.status_code = 200\n  def raise_for_status(s): pass\ndef request(*a, **k):\n  return R(json.dumps([a, k], default=lambda v: v.decode() if isinstance(v, bytes) else None))\n',
    );
    for (const request of [hostile(), board(), filtered(), deletion()]) {
      const path = write('snippet.py', SNIPPETS.python.write(request));
      assert.equal(run('python3', ['-m', 'py_compile', path]).err, '');
      const { out, err } = run('python3', [path]);
      assert.equal(err, '');
      const [[method, url], options] = JSON.parse(out) as [
        [string, string],
        { data?: string; headers: Record<string, string>; allow_redirects: boolean },
      ];
      assert.deepEqual([method, url, options.allow_redirects], [request.operation.method, request.url, false]);
      assert.equal(options.headers['Authorization'], `Bearer ${TOKEN}`);
      assertBody(request, options.data);
    }
  }).timeout(30_000);

  it('for PowerShell passes every text unchanged through the tokenizer, with no text as a command (E10)', () => {
    for (const request of [hostile(), board(), filtered(), deletion()]) {
      const tokens = powershellTokens(SNIPPETS.powershell.write(request));
      const texts = tokens.flatMap((token) => (token.kind === 'verbatim' ? [token.text] : []));
      const check = 'Set the environment variable NINJAONE_ACCESS_TOKEN.';
      assert.deepEqual(texts.slice(0, 5), ['Stop', check, request.operation.method, request.url, ACCEPT]);
      assertBody(request, texts[6]);
      const expandable = tokens.filter(({ kind }) => kind === 'expandable');
      assert.deepEqual(expandable, [
        { kind: 'expandable', text: 'Bearer $env:NINJAONE_ACCESS_TOKEN', expands: ['env:NINJAONE_ACCESS_TOKEN'] },
      ]);
      assert.ok(!bareWords(SNIPPETS.powershell.write(request)).includes('INJECTED'));
    }
  });

  /** Typical mistakes of code generators, our own included. */
  const BAD: readonly (readonly [string, string])[] = [
    ['a quote that is not doubled', `-Body '{"name":"O'Brien INJECTED"}'`],
    ['a typographic quote that is not doubled', `-Body '{"name":"O\u2019; INJECTED; \u2018"}'`],
    ['an escape of another language', `-Body '{"name":"O\\'; INJECTED; \\'"}'`],
    ['a text between double quotes', `-Body "{""name"":""$(INJECTED)""}"`],
    ['a typographic double quote', `-Body "a\u201d; INJECTED; \u201cb"`],
    ['a backtick at the end', '-Body "a`"'],
    ['a variable before a colon', 'throw "NinjaOne answered $status: $details"'],
    ['a here-string that its own text ends', `-Body @'\n'@; INJECTED\n'@`],
    ['an unclosed bracket', "@{ Uri = 'x'"],
  ];
  for (const [name, bad] of BAD) {
    it(`for PowerShell is rejected by the tokenizer with ${name} (E10)`, () => {
      let found: boolean;
      try {
        const tokens = powershellTokens(bad);
        found =
          bareWords(bad).includes('INJECTED') ||
          tokens.some((token) => token.kind === 'expandable' && token.expands.length > 0);
      } catch (error) {
        found = error instanceof SyntaxError;
      }
      assert.ok(found);
    });
  }

  it('can contain a text of 3 MB', () => {
    const request = requestOf(PATCH_DEVICE, { path: { id: 1 }, body: { text: 'x"\\'.repeat(1_000_000) } });
    for (const target of SNIPPET_TARGETS) {
      assert.ok(SNIPPETS[target].write(request).length > 3_000_000);
    }
  });
});

function assertBody({ body }: ApiRequest, text: string | undefined): void {
  assert.equal(text, body);
}

function hostile(): ApiRequest {
  const names = Object.fromEntries(HOSTILE_TEXTS.map((text, index) => [`${text} ${index}`, text]));
  const body = JSON.parse(
    `{"__proto__":{"a":"\\"__proto__\\":"},"list":[true,false,null,1.5,-2,[],{}],"s":"__proto__"}`,
  ) as object;
  return requestOf(PATCH_DEVICE, { path: { id: 1 }, body: { ...body, names, texts: HOSTILE_TEXTS } });
}

function board(): ApiRequest {
  return requestOf(RUN_BOARD, { path: { boardId: 1 }, body: '@a bare text' });
}

function filtered(): ApiRequest {
  return requestOf(LIST_DEVICES, { query: { df: 'name = \'O’Brien\' "$(x)" `y` {1,2} [a-z] !x ; &' } });
}

function deletion(): ApiRequest {
  return requestOf(DELETE_FIELD, { path: { fieldName: "O'Brien’s $(INJECTED) !{a,b}[1-9]*" } });
}
