import assert from 'node:assert/strict';
import { isWrite } from '../../../src/core/api/apiRequest.ts';
import { scriptFileName } from '../../../src/core/export/powershellHelp.ts';
import { powershellScript } from '../../../src/core/export/powershellScript.ts';
import { savedScript } from '../../../src/core/export/savedScript.ts';
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
import { ApiClientFixture, requestOf as plainRequestOf } from '../../support/apiClientFixture.ts';
import { bareWords, powershellTokens } from '../../support/powershellTokens.ts';

describe('exported PowerShell script', () => {
  const operations = bundledOperations();
  const every = operations.map((operation) => plainRequestOf(operation, operation.body ? { body: '{"a":1}' } : {}));

  it('is valid for the tokenizer, contains no text that expands, and no token or secret, for each operation (E10)', () => {
    for (const request of every) {
      const script = powershellScript(request);
      assert.ok(script.startsWith('\ufeff#Requires'));
      assert.ok(powershellTokens(script).every(({ kind }) => kind !== 'expandable'));
      assert.match(script, /\$env:NINJAONE_ACCESS_TOKEN/);
      assert.match(script, /\$env:NINJAONE_CLIENT_SECRET/);
    }
  });

  it('reads no property of JSON that a member could replace, such as Keys or Values (E9, E10)', () => {
    for (const request of every) {
      assert.doesNotMatch(powershellScript(request), /\.(?:Keys|Values)\b/, request.operation.key);
    }
  });

  it('compares no text by the rules of a region, where a Turkish computer would not find FAILURE (E9, E10)', () => {
    // What these operators and methods do with an I depends on the region of the computer. `Test-Match` does the same.
    const regional = [
      /(?<=\s)-i?(?:not)?(?:match|like|replace|split)\b/i,
      /\[ordered\]|-(?:regex|wildcard)\b|Select-String|\.To(?:Lower|Upper)\(\)/i,
      /'IgnoreCase'|\.(?:Starts|Ends)With\([^,()]*\)/i,
    ];
    for (const request of every) {
      for (const rule of regional) {
        assert.doesNotMatch(powershellScript(request), rule, request.operation.key);
      }
    }
  });

  it('asks wherever the explorer asks, and about every change (E9)', () => {
    const client = new ApiClientFixture().client;
    for (const request of every) {
      const script = powershellScript(request);
      const asks = client.needsConfirmation(request);
      assert.equal(script.includes("ConfirmImpact = 'High'"), asks, request.operation.key);
      assert.equal(script.includes("ConfirmImpact = 'Medium'"), isWrite(request) && !asks, request.operation.key);
      assert.equal(script.includes('$PSCmdlet.ShouldProcess('), isWrite(request) || asks, request.operation.key);
      // Nothing repeats a change: its own function sends once.
      assert.equal(script.includes('\n        Send-Change ('), isWrite(request), request.operation.key);
      assert.equal(/\n +\$answer = Get-Answer \(/.test(script), !isWrite(request), request.operation.key);
    }
    const bulk = operations.find(({ key }) => key === 'PUT /v2/organization/{id}/policies');
    assert.ok(bulk);
    assert.match(powershellScript(plainRequestOf(bulk, { body: '[]' })), /ConfirmImpact = 'High'/);
  });

  it('names the cmdlets of the public module that do the same, for each operation (E10)', () => {
    const verbs = /# The public module NinjaOne does the same with \w+-NinjaOne\w+( or \w+-NinjaOne\w+)*\.\n/;
    for (const request of every) {
      assert.match(savedScript(request), verbs, request.operation.key);
    }
    const devices = operations.find(({ key }) => key === 'GET /v2/devices');
    assert.ok(devices);
    assert.match(savedScript(plainRequestOf(devices)), /with Get-NinjaOneDevices\.\n/);
    assert.doesNotMatch(savedScript(plainRequestOf(operationOf('GET /v2/toString'))), /public module/);
  });

  it('says that a list may be incomplete where nobody knows how it is paged (E8)', () => {
    const warned = every.filter((request) =>
      powershellScript(request).includes("Write-Warning 'The list may be incomplete"),
    );
    assert.deepEqual(
      warned.map(({ operation }) => operation.key),
      ['GET /v2/devices/search'],
    );
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
      texts(body).flatMap((text) => (/^\{\s*"/.test(text) ? [JSON.parse(text) as unknown] : [])),
      [{ texts: HOSTILE_TEXTS }],
    );
    assert.ok(texts(first).includes("O'Brien"));
    assert.match(first, / {4}\$Df = 'O''Brien',/);
    assert.match(first, /@\{ Name = 'df'; Value = \$Df \}/);
  });

  it('names its parameters with letters and digits, uniquely, and avoids names that PowerShell uses (E10)', () => {
    const names = ['scan-group-id', 'policy_id', 'host', 'Debug', 'x', 'X', '1st', "$(INJECTED)'", 'größe', 'uri', '§'];
    const operation = operationOf('GET /v2/x', { parameters: names.map((name) => parameterOf(name)) });
    const script = powershellScript(
      requestOf(operation, { query: Object.fromEntries(names.map((name) => [name, 'v'])) }),
    );
    const variables = [...script.matchAll(/^ {4}\$(\S+) = 'v'/gm)].map(([, name]) => name);
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
      'ValueValue',
    ]);
    powershellTokens(script);
  });

  it('keeps the names that the API has for parameters, unless PowerShell or the script has them (E10)', () => {
    const renamed = operations.flatMap((operation) => {
      const query = operation.parameters.filter((each) => each.in === 'query').map(({ name }) => `${name}=1`);
      const body = operation.body ? { body: '{}' } : {};
      const script = powershellScript(plainRequestOf(operation, { query: `?${query.join('&')}`, ...body }));
      const names = [...operation.path.matchAll(/\{([^}]+)\}/g)].map(([, name = '']) => name).concat(query);
      return names
        .map((name) => name.replace('=1', '').replaceAll(/[^a-z\d]/gi, ''))
        .filter((name) => !new RegExp(`^ {4}(?:\\[.*\\] )?\\$${name}\\b = `, 'im').test(script))
        .map((name) => `${operation.key} ${name}`);
    });
    assert.deepEqual(renamed, []);
  });

  it('says in help and with a warning that a list begins with the cursor of its request (E8, E10)', () => {
    const sentence = 'The request has a value for after, so the list begins there and lacks what comes before.';
    const text = (query: string): string => powershellScript(plainRequestOf(LIST_DEVICES, { query }));
    assert.ok(text('?after=20&pageSize=5').includes(`# ${sentence}\n`));
    assert.ok(!text('?pageSize=5').includes(`# ${sentence}\n`));
    assert.ok(text('').includes(`Write-Warning '${sentence}'`));
    const board = (body: string): string => powershellScript(plainRequestOf(RUN_BOARD, { body }));
    assert.match(board('{"lastCursorId":7}'), /# The request has a value for lastCursorId, /);
    assert.doesNotMatch(board('{"lastCursorId":0}'), /# The request has a value/);
  });

  it('says in the help of a read how Export-Csv keeps its letters in Windows PowerShell 5.1 (E10)', () => {
    for (const request of every) {
      const isSaid = powershellScript(request).includes('5.1, it loses letters without -Encoding UTF8');
      assert.equal(isSaid, !isWrite(request), request.operation.key);
    }
  });

  it('names no column in the help of a read, but the command that lists the columns of its response (E10)', () => {
    for (const request of every.filter((each) => !isWrite(each))) {
      const script = powershellScript(request);
      const file = `.\\${scriptFileName(request.operation.title)}`;
      const lists = `# The names of all columns: ${file} | ForEach-Object { $_.PSObject.Properties.Name } | Sort-Object -Unique\n`;
      assert.ok(script.includes(lists), request.operation.key);
      assert.doesNotMatch(script, /Select-Object -Property \w/, request.operation.key);
    }
  });

  it('keeps a title from a live API description inside its comment (E10)', () => {
    const operation = { ...LIST_DEVICES, title: "x\r\nINJECTED #>\nINJECTED 'a" };
    const script = powershellScript(requestOf(operation, {}));
    assert.ok(!bareWords(script).includes('INJECTED'));
    assert.match(script, /^# \.SYNOPSIS\n# x INJECTED #> INJECTED 'a\n# \.DESCRIPTION$/m);
  });
});
