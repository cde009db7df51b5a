import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ApiRequest } from '../../../src/core/api/apiRequest.ts';
import { isWrite } from '../../../src/core/api/apiRequest.ts';
import { powershellScript } from '../../../src/core/export/powershellScript.ts';
import { bundledOperations } from '../../support/bundledOperations.ts';
import {
  DELETE_FIELD,
  LIST_DEVICES,
  operationOf,
  parameterOf,
  PATCH_DEVICE,
  RUN_BOARD,
} from '../../support/operationFixtures.ts';
import { HOSTILE_TEXTS, requestOf } from '../../support/hostileValues.ts';
import { requestOf as plainRequestOf } from '../../support/apiClientFixture.ts';
import { bareWords, powershellTokens } from '../../support/powershellTokens.ts';

describe('exported PowerShell script', () => {
  const operations = bundledOperations();
  const every = operations.map((operation) => plainRequestOf(operation, operation.body ? { body: '{"a":1}' } : {}));

  it('is valid for the tokenizer and contains no token or secret, for each operation (E10)', () => {
    for (const request of every) {
      const script = powershellScript(request);
      assert.ok(script.startsWith('\ufeff#Requires'));
      for (const token of powershellTokens(script)) {
        if (token.kind === 'expandable') {
          assert.ok(
            token.expands.every((name) => ['{status}', 'details'].includes(name)),
            token.text,
          );
        }
      }
      assert.match(script, /\$env:NINJAONE_ACCESS_TOKEN/);
      assert.match(script, /\$env:NINJAONE_CLIENT_SECRET/);
    }
  });

  it('confirms a write, sends it once and reports an unknown outcome, but repeats a read when the server is busy (E9)', () => {
    for (const request of every) {
      const script = powershellScript(request);
      const writes = isWrite(request);
      assert.equal(script.includes('SupportsShouldProcess'), writes, request.operation.key);
      assert.equal(script.includes('$PSCmdlet.ShouldProcess'), writes, request.operation.key);
      assert.equal(script.includes('Start-Sleep'), !writes, request.operation.key);
      assert.equal(script.includes('unknown whether NinjaOne executed'), writes, request.operation.key);
    }
    const destructive = powershellScript(requestOf(DELETE_FIELD, { path: { fieldName: 'x' } }));
    assert.match(destructive, /ConfirmImpact = 'High'/);
    assert.match(powershellScript(requestOf(PATCH_DEVICE, { path: { id: 1 } })), /ConfirmImpact = 'Medium'/);
  });

  it('follows the paging style of the operation (E10)', () => {
    const expected: Readonly<Record<string, RegExp>> = {
      after: /\$query\['after'\][^]*Measure-Object -Property id -Maximum/,
      olderThan: /\$query\['olderThan'\][^]*\$response\.activities[^]*Measure-Object -Property id -Minimum/,
      cursor: /\$query\['cursor'\][^]*\$response\.results[^]*\$response\.cursor\.name/,
      cursorName: /\$query\['cursorName'\][^]*\$items\[-1\]\.name/,
      anchorId: /\$query\['anchorId'\][^]*\$items\[-1\]\.id/,
      anchorNaturalId: /\$query\['anchorNaturalId'\][^]*\$items\[-1\]\.naturalId/,
      boardRun: /-NotePropertyName 'lastCursorId'[^]*\$response\.data[^]*\$response\.metadata\.lastCursorId/,
    };
    const styles = new Set<string>();
    for (const request of every) {
      const script = powershellScript(request);
      const style = request.operation.traits.paging?.style;
      assert.equal(script.includes('while ($true)'), style !== undefined, request.operation.key);
      if (style !== undefined) {
        styles.add(style);
        assert.match(script, expected[style]!);
        assert.match(script, /The list may be incomplete/);
      }
    }
    assert.equal(styles.size, 7);
  });

  it('takes values as verbatim parameters, never as code (E10)', () => {
    const scripts = [
      powershellScript(requestOf(PATCH_DEVICE, { path: { id: 1 }, body: { texts: HOSTILE_TEXTS } })),
      ...HOSTILE_TEXTS.filter((text) => !/[\p{Cc}\p{Cs}\u2028]/u.test(text)).map((df) =>
        powershellScript(requestOf(LIST_DEVICES, { query: { df } })),
      ),
      powershellScript(requestOf(DELETE_FIELD, { path: { fieldName: "O'Brien’s $(INJECTED)" } })),
    ];
    for (const script of scripts) {
      assert.ok(!bareWords(script).includes('INJECTED'));
    }
    const [body = '', first = ''] = scripts;
    const texts = (script: string): string[] =>
      powershellTokens(script).flatMap((token) => (token.kind === 'verbatim' ? [token.text] : []));
    assert.deepEqual(
      texts(body).flatMap((text) => (text.startsWith('{') ? [JSON.parse(text) as unknown] : [])),
      [{ texts: HOSTILE_TEXTS }],
    );
    assert.ok(texts(first).includes("O'Brien"));
    assert.match(first, /\[string\] \$Df = 'O''Brien'/);
    assert.match(first, /'df' = \$Df/);
  });

  it('names its parameters with letters and digits, uniquely, and avoids names that PowerShell uses (E10)', () => {
    const names = ['scan-group-id', 'policy_id', 'host', 'Debug', 'x', 'X', '1st', "$(INJECTED)'", 'größe', 'uri', '§'];
    const operation = operationOf('GET /v2/x', { parameters: names.map((name) => parameterOf(name)) });
    const script = powershellScript(
      requestOf(operation, { query: Object.fromEntries(names.map((name) => [name, 'v'])) }),
    );
    const variables = [...script.matchAll(/^ {4}\[string\] \$(\S+) = 'v'/gm)].map(([, name]) => name);
    assert.deepEqual(variables, [
      'ScanGroupId',
      'PolicyId',
      'HostValue',
      'DebugValue',
      'X',
      'XValue',
      'Value1st',
      'INJECTED',
      'GrE',
      'UriValue',
      'Value',
    ]);
    powershellTokens(script);
  });

  it('keeps a title from a live API description inside its comment (E10)', () => {
    const operation = { ...LIST_DEVICES, title: "x\r\nINJECTED #>\nINJECTED 'a" };
    const script = powershellScript(requestOf(operation, {}));
    assert.ok(!bareWords(script).includes('INJECTED'));
    assert.match(script, /^# x INJECTED #> INJECTED 'a$/m);
  });

  it('is parsed by pwsh without errors (E10)', function () {
    if (spawnSync('pwsh', ['-Version']).status !== 0) {
      console.log('      pwsh is not installed: only the tokenizer of the tests has read the scripts');
      this.skip();
    }
    const directory = mkdtempSync(join(tmpdir(), 'ninjaone-script-'));
    try {
      const requests: readonly ApiRequest[] = [
        requestOf(PATCH_DEVICE, { path: { id: 1 }, body: { texts: HOSTILE_TEXTS } }),
        requestOf(RUN_BOARD, { path: { boardId: 1 }, body: {} }),
        requestOf(LIST_DEVICES, {}),
      ];
      requests.forEach((request, index) => {
        writeFileSync(join(directory, `${index}.ps1`), powershellScript(request));
      });
      const check = `$n = 0; Get-ChildItem '${directory}' | ForEach-Object { $e = $null; [void][System.Management.Automation.Language.Parser]::ParseFile($_.FullName, [ref]$null, [ref]$e); $n += $e.Count }; $n`;
      const { stdout } = spawnSync('pwsh', ['-NoProfile', '-Command', check], { encoding: 'utf8' });
      assert.equal(stdout.trim(), '0');
    } finally {
      rmSync(directory, { recursive: true });
    }
  }).timeout(60_000);
});
