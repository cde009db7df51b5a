import { ACCEPT, asksFirst, isRepeatable, isWrite, PATH_PARAMETER, type ApiRequest } from '../api/apiRequest.ts';
import { PAGING_TABLE } from '../api/pagingTable.ts';
import { MAX_SENTENCE, MIN_PAUSE, THROTTLED } from '../api/throttling.ts';
import { plainText } from '../base/errors.ts';
import { hasPagingParameter } from '../catalog/inferPaging.ts';
import { bodyParts, querySecrets, variableNames, variablesIn } from './requestSecrets.ts';
import { POWERSHELL_ANSWERS } from './powershellAnswers.ts';
import { POWERSHELL_FAILURES } from './powershellFailures.ts';
import { bodyFunction } from './powershellBody.ts';
import { FORM_CONTENT_TYPE, powershellFormBytes } from './powershellForm.ts';
import { scriptHelp } from './powershellHelp.ts';
import { POWERSHELL_JSON } from './powershellJson.ts';
import { POWERSHELL_DATES } from './powershellDates.ts';
import { POWERSHELL_CHANGES } from './powershellChanges.ts';
import { LIST_MENTIONS, wholeListCheck } from './powershellMentions.ts';
import { cursorFunctions, pagingLoop } from './powershellPaging.ts';
import {
  conversion,
  dateFormat,
  declaration,
  POWERSHELL_VALUES,
  scriptParameters,
  type ScriptParameter,
} from './powershellParameters.ts';
import { POWERSHELL_RUNTIME } from './powershellRuntime.ts';
import { powershellSecrets } from './powershellSecrets.ts';
import { indent, powershellText, prettyPrint } from './powershellSnippet.ts';
import { maskedQuery, ownBody, ownForm, ownQuery, secretParameters } from './powershellVariables.ts';

/**
 * A script that sends the request, for Windows PowerShell 5.1 and PowerShell 7 (E10). Its parameters have the values of
 * the request. It signs in with environment variables, gets all pages of a list, waits if NinjaOne is busy, asks before
 * it sends what the explorer asks about, and ends with an error unless the answer is complete. The text begins with a byte
 * order mark, because Windows PowerShell reads a file without one in the code page of the machine. `cmdlets` are those of
 * the public module that do the same.
 */
export function powershellScript(request: ApiRequest, cmdlets: readonly string[] = []): string {
  const { operation, form } = request;
  const { paging } = operation.traits;
  const body = form ? undefined : request.body;
  const runtime = join([
    POWERSHELL_RUNTIME.replace('@ACCEPT@', ACCEPT)
      .replace('@THROTTLED@', THROTTLED.source)
      .replace('@SENTENCE@', String(MAX_SENTENCE))
      .replace('@PAUSE@', String(MIN_PAUSE)),
    POWERSHELL_JSON,
    POWERSHELL_VALUES,
    scriptParameters(request, []).some((parameter) => dateFormat(parameter) !== undefined) ? POWERSHELL_DATES : '',
  ]);
  const code = join([
    POWERSHELL_FAILURES,
    POWERSHELL_ANSWERS,
    isWrite(request) ? POWERSHELL_CHANGES : LIST_MENTIONS,
    ownBody(request),
    ownForm(request),
    body === undefined ? '' : BODY_CHECK,
    powershellSecrets(request),
    form ? formBody(request) : '',
    bodyFunction(body !== undefined, paging),
    paging ? cursorFunctions(paging) : '',
    main(request),
  ]);
  const reserved = [...`${runtime}${code}`.matchAll(/\$(\w+)/g)].map(([, name = '']) => name);
  const values = scriptParameters(request, ['Instance', 'Body', 'OutFile', ...FACTS, ...reserved]);
  const variables = variableNames(request);
  const help = scriptHelp(request, { parameters: values, changes: isWrite(request), variables, cmdlets });
  const parts = ['#Requires -Version 5.1', help, parameters(request, values), runtime, facts(request, values), code];
  return `\ufeff${parts.join('\n\n')}\n`;
}

function join(parts: readonly string[]): string {
  return parts
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .join('\n\n');
}

/** Names in `facts()`. */
const FACTS = [
  'variableName',
  'method',
  'operation',
  'neededScope',
  'listName',
  'query',
  'pairs',
  'value',
  'nextCursor',
];

function parameters(request: ApiRequest, values: readonly ScriptParameter[]): string {
  const { connection, form } = request;
  const body = form ? undefined : request.body;
  const binding = confirms(request)
    ? `[CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = '${confirms(request)}')]`
    : '[CmdletBinding()]';
  const hasSecrets = variablesIn(bodyParts(request)).length > 0;
  const secrets = secretParameters(request, values);
  const lines = [
    `[string] $Instance = ${powershellText(connection.instance.origin)}`,
    ...values.map((value) => (secrets.includes(value) ? `$${value.variable}` : declaration(value))),
    ...(body === undefined ? [] : [hasSecrets ? '$Body' : `$Body = ${powershellText(prettyPrint(body))}`]),
    '[string] $OutFile',
  ];
  return `${binding}\nparam(\n${lines.map((line) => `    ${line}`).join(',\n')}\n)`;
}

/** `High` asks unless `-Confirm:$false` is given, `Medium` only asks those who want it. Undefined if nothing is asked. */
function confirms(request: ApiRequest): 'High' | 'Medium' | undefined {
  return asksFirst(request) ? 'High' : isWrite(request) ? 'Medium' : undefined;
}

/** Builds the URL from literal strings and encoded values, so that no value can change the path (E11). */
function facts(request: ApiRequest, values: readonly ScriptParameter[]): string {
  const { operation } = request;
  const places = values.filter(({ location }) => location === 'path');
  let index = 0;
  const path = operation.path
    .split(new RegExp(PATH_PARAMETER, 'g'))
    .filter((_, position) => position % 2 === 0)
    .map((literal) => powershellText(literal))
    .reduce((left, right) => `${left} + (ConvertTo-Segment $${places[index++]?.variable ?? ''}) + ${right}`);
  const pairs = values
    .filter(({ location }) => location === 'query')
    .map((parameter) => {
      const { name, variable, list, separator } = parameter;
      const isRepeated = list !== undefined && separator === undefined;
      const sent = separator === undefined ? `$${variable}` : `($${variable} -join ${powershellText(separator)})`;
      const pair = `@{ Name = ${powershellText(name)}; Value = ${isRepeated ? '$value' : sent} }`;
      return isRepeated ? `    foreach ($value in $${variable}) { ${pair} }\n` : `    ${pair}\n`;
    });
  const { paging, items, scope } = operation.traits;
  const rule = paging && PAGING_TABLE[paging.style];
  const inQuery = rule?.location === 'query';
  const conversions = values.map((value) => `${conversion(value)}\n`).join('');
  return `${ownQuery(request, values)}${conversions}${maskedQuery(request, values)}$method = ${powershellText(operation.method)}
$operation = ${powershellText(plainText(operation.key, 300))}
$neededScope = ${powershellText(scope)}
$listName = ${powershellText(paging?.items ?? items ?? '')}
$query = @(
${pairs.join('')})

function Get-Path {
    return ${path}
}

function ConvertTo-Segment([string] $Value) {
    # Servers in between normalize the path, and decode it.
    $plain = $Value.Normalize('FormKC').Trim()
    if ($plain -cmatch '[/\\\\?#;%\\p{Cc}]' -or $plain -cmatch '^\\.*$') {
        Stop-Script 'Value' 'A value in the path is empty or contains characters that are not allowed.'
    }
    return [uri]::EscapeDataString($Value)
}

function Get-Uri($NextCursor) {
    $pairs = $query
${
  inQuery
    ? `    if ($null -ne $NextCursor) {
        $pairs = @($query | Where-Object { $_.Name -cne ${powershellText(rule.name)} }) + @{ Name = ${powershellText(rule.name)}; Value = $NextCursor }
    }
`
    : ''
}    $pairs = Join-Pairs $pairs
    if ($pairs) {
        return $Instance + (Get-Path) + '?' + $pairs
    }
    return $Instance + (Get-Path)
}`;
}

/** A missing file, an object, or the lines of a file are no JSON text. */
const BODY_CHECK = `if ($Body -isnot [string] -or (ConvertFrom-JsonText $Body $false '').Problem -eq 'syntax') {
    Stop-Script 'Body' 'The parameter Body must be one JSON text. Nothing was sent. ConvertTo-Json makes it from an object, and Get-Content -Raw from a file.'
}`;

/** A file that is missing is found before anything is sent. */
function formBody(request: ApiRequest): string {
  return `try {
${powershellFormBytes(request)
  .map((line) => `    ${line}`)
  .join('\n')}
} catch {
    Stop-Script 'File' ('A file of the form cannot be read (' + (Get-Line $_.Exception.GetBaseException().Message) + '). Nothing was sent.')
}`;
}

/** The explorer says so, too. Without a way to get the rest, an error would be the end of every run. */
const MAY_BE_CUT = `
if ($null -ne $read.Value) {
    Write-Warning 'The list may be incomplete because the API description does not say how to request more items.'
}`;

/** Where nobody can answer, `ShouldProcess` ends only its own statement, so that what follows the script would run. */
const ASK = `try {
    $isAgreed = $PSCmdlet.ShouldProcess($target, $operation)
} catch {
    Stop-Script 'NotAsked' 'PowerShell cannot ask for confirmation here. Nothing was sent. Pass -Confirm:$false where nobody can answer.'
}`;

/** `Get-Line` masks a secret of the query, and shows only the beginning of a long address. */
function targetOf(request: ApiRequest): string {
  return querySecrets(request).length > 0 ? 'Get-Line (Get-Uri $null)' : 'Get-Uri $null';
}

function main(request: ApiRequest): string {
  const { operation, form } = request;
  const { paging, items } = operation.traits;
  const read = paging
    ? pagingLoop(paging).trim()
    : `$answer = Get-Answer (Get-Uri $null) (Get-RequestBody $null) ${isRepeatable(request) ? '$true' : '$false'}
Save-Answer $answer
$read = Read-Answer $answer
if ($read.Kind -eq 'empty' -and $answer.Status -ne 204) {
    Stop-Script 'Unreadable' ('NinjaOne answered ' + $operation + ' ' + $kinds.empty + '. Run the script again.')
}
if ($read.Kind -eq 'json' -and $null -eq $read.Value) {
    Stop-Script 'Unreadable' ('NinjaOne answered ' + $operation + ' with null in place of data. Check the values.')
}
Assert-Answer $read ${items === '' ? '$true' : '$false'}
Write-Answer $read.Value${wholeListCheck(items)}${hasPagingParameter(operation.parameters) ? MAY_BE_CUT : ''}`;
  const send = isWrite(request)
    ? `Send-Change (Get-Uri $null) ${form ? `$formBytes (${FORM_CONTENT_TYPE})` : "(Get-RequestBody $null) 'application/json'"}`
    : read;
  const all = `Open-OutFile\n${send}\nComplete-OutFile`;
  const asked = confirms(request) ? `$target = ${targetOf(request)}\n${ASK}\nif ($isAgreed) {\n${indent(all)}\n}` : all;
  return `try {\n${indent(asked)}\n} finally {\n    Close-Script\n}`;
}
