import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { powershellScript } from '../../../src/core/export/powershellScript.ts';
import { powershellSnippet } from '../../../src/core/export/powershellSnippet.ts';
import { bundledOperations } from '../../support/bundledOperations.ts';
import { requestOf } from '../../support/apiClientFixture.ts';
import { operationOf, parameterOf, UPLOAD } from '../../support/operationFixtures.ts';
import { powershellOrSkip, runPowerShell } from '../../support/powershell.ts';

/** What PowerShell's own parser finds in one file. */
interface Syntax {
  readonly errors: readonly string[];
  /** Functions that the file defines. */
  readonly functions: readonly string[];
  /** The name and the parameters, with spaces between them. */
  readonly commands: readonly string[];
  readonly types: readonly string[];
  /** Kinds of nodes of the syntax tree, and of tokens. */
  readonly nodes: readonly string[];
  readonly tokens: readonly string[];
}

/** Types of .NET Framework 4.5, which Windows PowerShell 5.1 always has, and names that it has for types. */
const TYPES = new Set(
  [
    ...[
      'array',
      'bool',
      'byte[]',
      'char',
      'char[]',
      'CmdletBinding',
      'cultureinfo',
      'datetime',
      'DateTimeOffset',
      'decimal',
      'double',
      'int',
    ],
    ...[
      'long',
      'math',
      'object[]',
      'ordered',
      'pscustomobject',
      'regex',
      'guid',
      'string[]',
      'string',
      'StringComparer',
      'TimeSpan',
      'TimeZoneInfo',
      'uri',
    ],
    ...['ArgumentCompleter', 'void', 'Environment', 'OperationCanceledException'],
    ...['Net.SecurityProtocolType', 'Net.ServicePointManager', 'Net.WebException'],
    ...['Net.Sockets.SocketException', 'System.Security.Authentication.AuthenticationException', 'System.IO.File'],
    ...['ref', 'StringComparison', 'System.IO.Directory', 'System.IO.FileAttributes'],
    ...['System.Net.Http.ByteArrayContent', 'System.Net.Http.HttpClient', 'System.Net.Http.HttpClientHandler'],
    ...['System.Net.Http.HttpMethod', 'System.Net.Http.HttpRequestMessage', 'System.Text.UTF8Encoding'],
    ...[
      'System.Collections.ArrayList',
      'System.Globalization.NumberStyles',
      'System.IO.MemoryStream',
      'System.Collections.Generic.HashSet[string]',
      'System.Collections.IDictionary',
    ],
    ...['System.Collections.Specialized.OrderedDictionary', 'System.Collections.Stack', 'System.Text.Encoding'],
    'System.Text.RegularExpressions.RegexOptions',
    ...['System.InvalidOperationException', 'System.Management.Automation.ErrorRecord'],
    ...['System.Management.Automation.PSCustomObject'],
  ].map((name) => name.toLowerCase()),
);

/** Newer than Windows PowerShell 5.1: ternary, null operators, pipeline chains, background jobs, clean blocks. */
const NEW_NODES = new Set(['TernaryExpressionAst', 'PipelineChainAst', 'Background']);
const NEW_TOKENS = new Set([
  ...['QuestionMark', 'QuestionQuestion', 'QuestionQuestionEquals', 'QuestionDot', 'QuestionLBracket'],
  ...['AndAnd', 'OrOr', 'Clean'],
]);

const READER = String.raw`param([string] $List, [string] $Output)
$ErrorActionPreference = 'Stop'
$all = foreach ($file in (Get-Content -LiteralPath $List)) {
    $tokens = $null
    $errors = $null
    $tree = [System.Management.Automation.Language.Parser]::ParseFile($file, [ref] $tokens, [ref] $errors)
    $nodes = @($tree.FindAll({ $true }, $true))
    $calls = @($nodes | Where-Object { $_ -is [System.Management.Automation.Language.CommandAst] -and $_.CommandElements[0] -isnot [System.Management.Automation.Language.ScriptBlockExpressionAst] })
    $created = @(foreach ($call in $calls) {
        for ($at = 1; $at -lt $call.CommandElements.Count; $at++) {
            if ($call.CommandElements[$at - 1].ParameterName -eq 'TypeName') {
                $call.CommandElements[$at].Value
            }
        }
    })
    [pscustomobject] @{
        errors = @($errors | ForEach-Object { $_.Message })
        functions = @($nodes | Where-Object { $_ -is [System.Management.Automation.Language.FunctionDefinitionAst] } | ForEach-Object { $_.Name })
        commands = @($calls | ForEach-Object { ((@([string] $_.GetCommandName()) + @($_.CommandElements | Where-Object { $_.ParameterName } | ForEach-Object { $_.ParameterName })) -join ' ') } | Sort-Object -Unique)
        types = @(@($nodes | Where-Object { $_.TypeName } | ForEach-Object { $_.TypeName.FullName }) + $created | Sort-Object -Unique)
        nodes = @($nodes | ForEach-Object { $_.GetType().Name; if ($_.Background) { 'Background' } } | Sort-Object -Unique)
        tokens = @($tokens | ForEach-Object { [string] $_.Kind } | Sort-Object -Unique)
    }
}
[System.IO.File]::WriteAllText($Output, (ConvertTo-Json -InputObject @($all) -Depth 5))
`;

describe('PowerShell that the extension writes', () => {
  let directory = '';

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ninjaone-syntax-'));
  });

  after(async () => {
    await rm(directory, { recursive: true });
  });

  async function readSyntax(command: string, texts: readonly string[]): Promise<readonly Syntax[]> {
    const files = texts.map((_, index) => join(directory, `${index}.ps1`));
    await Promise.all(texts.map((text, index) => writeFile(files[index] ?? '', text)));
    const [reader, list, output] = ['reader.ps1', 'list.txt', 'syntax.json'].map((name) => join(directory, name)) as [
      string,
      string,
      string,
    ];
    await writeFile(reader, READER);
    await writeFile(list, files.join('\n'));
    const { status, err } = await runPowerShell(command, reader, [list, output]);
    assert.deepEqual([status, err], [0, '']);
    return JSON.parse(await readFile(output, 'utf8')) as Syntax[];
  }

  it('uses only commands, parameters, types and syntax of Windows PowerShell 5.1, which cannot run here (E10)', async function () {
    this.timeout(120_000);
    const command = powershellOrSkip(this, 'the syntax of the PowerShell that the extension writes');
    const known = JSON.parse(readFileSync('test/golden/windowsPowerShell51.json', 'utf8')) as Record<string, string[]>;
    const requests = bundledOperations()
      // One of each kind of script.
      .filter(({ method, traits, body }, index, all) => {
        const kindOf = (each: typeof traits, verb: string, hasBody: boolean): string =>
          [each.paging?.style, each.riskLevel, verb, hasBody, each.items].join();
        const kind = kindOf(traits, method, body !== undefined);
        return all.findIndex((each) => kindOf(each.traits, each.method, each.body !== undefined) === kind) === index;
      })
      .map((operation) => requestOf(operation, operation.body ? { body: '{"password":"x","a":1}' } : {}));
    assert.ok(requests.length > 20);
    const form = [
      { name: 'comment', text: '{"a":1}', contentType: 'application/json' },
      { name: 'files', file: 'a b.bin', contentType: 'application/octet-stream' },
    ];
    const dated = operationOf('GET /v2/x', { parameters: [parameterOf('since', { date: 'epochSeconds' })] });
    const texts = [
      ...requests.flatMap((request) => [powershellScript(request, ['Get-X']), powershellSnippet(request)]),
      powershellScript({
        ...requestOf(UPLOAD, { body: '{"comment":{"a":1},"files":{"$file":"a b.bin"}}' }),
        form,
      }),
      powershellScript(requestOf(dated, { query: '?since=1751270400' })),
    ];
    for (const syntax of await readSyntax(command, texts)) {
      assert.deepEqual(newerThan51(syntax, known), []);
    }
  });

  it('is found out if it uses something newer (E10)', async function () {
    this.timeout(120_000);
    const command = powershellOrSkip(this, 'the check of PowerShell syntax');
    const newer = [
      '$a = $b ? 1 : 2',
      '$a ?? 1',
      '$a ??= 1',
      '${a}?.b',
      'Get-X && Get-Y',
      'Write-Verbose a || Write-Verbose b',
      "Invoke-RestMethod -Uri 'x' -SkipHttpErrorCheck",
      "'{}' | ConvertFrom-Json -AsHashtable",
      'Get-Error',
      '[System.Text.Json.JsonDocument]::Parse("{}")',
      'New-Object -TypeName System.Half',
      '$a = @(',
      '& $command',
      'Write-Verbose a &',
    ];
    const known = JSON.parse(readFileSync('test/golden/windowsPowerShell51.json', 'utf8')) as Record<string, string[]>;
    const found = await readSyntax(command, newer);
    found.forEach((syntax, index) => {
      assert.notDeepEqual(newerThan51(syntax, known), [], newer[index]);
    });
  });
});

function newerThan51(syntax: Syntax, known: Readonly<Record<string, readonly string[]>>): readonly string[] {
  const { errors, functions, commands, types, nodes, tokens } = syntax;
  const unknownCommands = commands.filter((call) => {
    const [name = '', ...parameters] = call.split(' ');
    return !functions.includes(name) && !(known[name] && parameters.every((each) => known[name]?.includes(each)));
  });
  return [
    ...errors,
    ...unknownCommands,
    ...types.filter((name) => !TYPES.has(name.toLowerCase())),
    ...nodes.filter((name) => NEW_NODES.has(name)),
    ...tokens.filter((name) => NEW_TOKENS.has(name)),
  ];
}
