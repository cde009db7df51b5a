import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ApiRequest } from '../../../src/core/api/apiRequest.ts';
import { powershellScript } from '../../../src/core/export/powershellScript.ts';
import { SNIPPETS, type SnippetTarget } from '../../../src/core/export/snippets.ts';
import { buildRequest } from '../../../src/core/requests/buildRequest.ts';
import { readRequestText } from '../../../src/core/requests/requestText.ts';
import { bundledOperations, UPLOADS } from '../../support/bundledOperations.ts';
import { powershellOrSkip } from '../../support/powershell.ts';
import { hasPython } from '../../support/python.ts';
import { receivedForm, type ReceivedPart } from '../../support/receivedForm.ts';
import { RecordingServer } from '../../support/recordingServer.ts';

const HOSTILE = 'O\'Brien "q" `b` $HOME ${x} $(id) %TEMP% \\ ; , @x <y \u2018\u2019 \u00fc \u{1f600} \r\n end';
/** Names that a shell or a tool could take for something else. */
const NAMES = ['plain.bin', "it's $HOME;type=x,y.csv", 'größe \u2019 (1).txt', '@at.png', '-'];

/** With characters that a shell, a tool, or JSON could take for something else. */
const PASSWORD = '"p\\w $HOME `id` \'x;type=y';
const SECRET_ADDRESS = `https://me:p'w"$HOME\\\`id;\u00fc@host`;
const SECRETS = {
  NINJAONE_FOLDER_PATH: SECRET_ADDRESS,
  NINJAONE_PASSWORD: PASSWORD,
  NINJAONE_PINS: '1234',
  NINJAONE_PINS_2: '1234',
  NINJAONE_WIFI_PASSWORD: PASSWORD,
};

const FORMS: Readonly<Record<string, readonly object[]>> = {
  'POST /v2/attachments/temp/upload': [
    { files: NAMES.map(($file) => ({ $file })) },
    { files: [{ $file: 'plain.bin' }, { $file: '-' }] },
  ],
  'POST /v2/knowledgebase/articles/upload': [
    { organizationId: 3, folderPath: HOSTILE, files: [{ $file: 'sub/größe \u2019 (1).txt' }] },
    { organizationId: 3, folderPath: SECRET_ADDRESS, files: [{ $file: 'plain.bin' }] },
  ],
  'POST /v2/related-items/entity/{entityType}/{entityId}/attachment': [{ file: { $file: 'empty.pdf' } }],
  'POST /v2/ticketing/ticket/{ticketId}/comment': [
    { comment: { body: HOSTILE, public: true, timeTracked: 12 } },
    { comment: { body: 'x', htmlBody: '<b>&amp;</b>' }, files: NAMES.map(($file) => ({ $file })) },
    {
      comment: {
        body: 'x',
        password: PASSWORD,
        pins: [1234, '1234'],
        fields: { name: 'wifiPassword', value: PASSWORD },
      },
    },
  ],
  'POST /v2/vulnerability/scan-groups/{scan-group-id}/upload': [{ csv: { $file: 'scan' } }],
};

describe('exported form', () => {
  let server: RecordingServer;
  let folder = '';
  let requests: readonly ApiRequest[] = [];
  let sent: readonly (readonly ReceivedPart[])[] = [];

  before(async () => {
    server = await RecordingServer.start();
    folder = mkdtempSync(join(tmpdir(), 'ninjaone-forms-'));
    server.folder = folder;
    mkdirSync(join(folder, 'sub'));
    for (const name of [...NAMES, `sub/${NAMES[2]}`, 'empty.pdf', 'scan']) {
      writeFileSync(join(folder, name), name === 'empty.pdf' ? '' : Buffer.from(`${name}\r\n\0\u00ff--x\n`, 'latin1'));
    }
    requests = bundledOperations().flatMap((operation) =>
      (FORMS[operation.key] ?? []).map((body) => {
        const path = { entityType: 'NODE', entityId: 1, ticketId: 1, 'scan-group-id': 1 };
        const used = Object.entries(path).filter(([name]) => operation.path.includes(`{${name}}`));
        const document = { operation: operation.key, path: Object.fromEntries(used), body };
        // A number with more digits than JavaScript keeps.
        const text = JSON.stringify(document).replace('"timeTracked":12', '"timeTracked":12345678901234567890');
        const read = readRequestText(text);
        assert.ok(read.ok);
        const result = buildRequest(read.draft, { operation, connection: server.connection });
        assert.ok(result.ok, JSON.stringify(result));
        return result.request;
      }),
    );
    for (const request of requests) {
      const { code, response } = await server.send(request);
      assert.deepEqual([code, response?.status], [undefined, 200], request.operation.key);
    }
    sent = await arrived();
  });
  beforeEach(() => {
    server.received.length = 0;
  });
  after(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  const arrived = (): Promise<readonly (readonly ReceivedPart[])[]> => Promise.all(server.received.map(receivedForm));

  const run = (command: string, args: readonly string[], secrets: NodeJS.ProcessEnv = SECRETS): Promise<string> =>
    new Promise((resolve) => {
      const env = { ...process.env, ...secrets, NINJAONE_ACCESS_TOKEN: 'token', PYTHONDONTWRITEBYTECODE: '1' };
      execFile(command, args, { cwd: folder, env }, (error, out, err) => {
        resolve(error ? `${error.message}\n${out}\n${err}` : '');
      });
    });

  const write = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };

  it('is there for all five operations, and is sent with their types and names (E15)', () => {
    assert.deepEqual([...new Set(requests.map(({ operation }) => operation.key))].sort(), [...UPLOADS].sort());
    const [comment] = sent[5] ?? [];
    assert.deepEqual(comment, {
      name: 'comment',
      file: undefined,
      type: 'application/json',
      content: JSON.stringify({ body: HOSTILE, public: true, timeTracked: 1 }).replace(/1}$/, '12345678901234567890}'),
    });
    const [csv] = sent.at(-1) ?? [];
    assert.deepEqual([csv?.name, csv?.file, csv?.type], ['csv', 'scan', 'text/csv']);
    assert.deepEqual(
      sent[0]?.map(({ file, type }) => [file, type]),
      [
        [NAMES[0], 'application/octet-stream'],
        [NAMES[1], 'text/csv'],
        [NAMES[2], 'text/plain'],
        [NAMES[3], 'image/png'],
        [NAMES[4], 'application/octet-stream'],
      ],
    );
  });

  const tools: readonly {
    readonly name: string;
    readonly target: SnippetTarget;
    readonly command: string;
    readonly file: string;
    readonly check: readonly string[];
  }[] = [
    { name: 'curl', target: 'curl', command: 'bash', file: 'form.sh', check: ['-c', 'command -v curl'] },
    { name: 'Python', target: 'python', command: 'python3', file: 'form.py', check: ['-c', 'import requests'] },
    { name: 'fetch', target: 'fetch', command: process.execPath, file: 'form.mjs', check: ['--version'] },
  ];
  for (const { name, target, command, file, check } of tools) {
    it(`for ${name} sends the parts that Send sends: names, types and contents (E10, E15)`, async function () {
      this.timeout(60_000);
      if ((await run(command, check)) !== '') {
        console.log(`      ${name} is not installed: its forms are NOT tested here`);
        this.skip(); // curl and Python come from the system, and not every computer has them.
      }
      // One process for all of them.
      const texts = requests.map((request) => SNIPPETS[target].write(request));
      const all = texts.map((text) => (target === 'fetch' ? `{\n${text}}\n` : text)).join('');
      assert.equal(await run(command, [write(file, target === 'curl' ? `set -e\n${all}` : all)]), '');
      assert.deepEqual(await arrived(), sent);
    });
  }

  for (const [what, textOf] of [
    ['for PowerShell', (request: ApiRequest) => SNIPPETS.powershell.write(request)],
    ['of a saved script', (request: ApiRequest) => powershellScript(request)],
  ] as const) {
    it(`${what} sends the parts that Send sends: names, types and contents (E10, E15)`, async function () {
      this.timeout(120_000);
      const pwsh = powershellOrSkip(this, 'a form of PowerShell');
      const scripts = requests.map((request, index) => write(`form${index}.ps1`, textOf(request)));
      const calls = scripts.map((script) => `& '${script}' | Out-Null`);
      const all = write(
        'all.ps1',
        `$ErrorActionPreference = 'Stop'\n$ConfirmPreference = 'None'\n${calls.join('\n')}\n`,
      );
      assert.equal(await run(pwsh, ['-NoProfile', '-NonInteractive', '-File', all]), '');
      assert.deepEqual(await arrived(), sent);
    });
  }

  it('contains no secret of a part, but the names of the environment variables with them (E10, E15)', () => {
    const writers = [
      ...Object.values(SNIPPETS).map((snippet) => snippet.write),
      (request: ApiRequest) => powershellScript(request),
    ];
    for (const write of writers) {
      const texts = requests.map((request) => write(request));
      const text = texts.join('');
      assert.doesNotMatch(text, /p\W{1,4}w\b|me:|1234\b/u);
      for (const name of Object.keys(SECRETS)) {
        assert.ok(text.includes(name), `${name}: ${texts[7]}`);
      }
    }
  });

  it('is not sent while a secret of it is missing or is no number (E10, E15)', async function () {
    this.timeout(120_000);
    const request = requests.findLast(({ url }) => url.includes('/comment'))!;
    const pwsh = powershellOrSkip(this, 'a missing secret of a form');
    const scripts = [SNIPPETS.powershell.write(request), powershellScript(request)].map((text, index) =>
      write(`bad${index}.ps1`, text),
    );
    const attempts = scripts.map((script) => `try { & '${script}' } catch { Write-Output "${script}: $_" }\n`);
    const calls = [
      ['bash', [write('bad.sh', SNIPPETS.curl.write(request))]],
      ...(hasPython('the form with a missing secret')
        ? [['python3', [write('bad.py', SNIPPETS.python.write(request))]] as const]
        : []),
      [process.execPath, [write('bad.mjs', SNIPPETS.fetch.write(request))]],
      [pwsh, ['-NoProfile', '-NonInteractive', '-File', write('bad.ps1', `${attempts.join('')}exit 1\n`)]],
    ] as const;
    for (const [command, args] of calls) {
      for (const [name, value, reason] of [
        ['NINJAONE_PASSWORD', '', /NINJAONE_PASSWORD/g],
        ['NINJAONE_PINS', '12a', /NINJAONE_PINS must be a number/g],
      ] as const) {
        const said = await run(command, args, { ...SECRETS, [name]: value });
        assert.ok((said.match(reason)?.length ?? 0) >= (command === pwsh ? scripts.length : 1), said);
      }
    }
    assert.deepEqual(server.received, []);
  });

  it('for PowerShell uses -Form where that sends the same, and says which version it needs (E15)', () => {
    const texts = requests.map((request) => SNIPPETS.powershell.write(request));
    assert.deepEqual(
      texts.map((text) => / Form += \[ordered\] @\{/.test(text)),
      [false, true, false, true, false, false, false, false, false],
    );
    assert.match(texts[1] ?? '', /^# -Form needs PowerShell 7\./);
  });
});
