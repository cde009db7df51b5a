import { plainText } from '../base/errors.ts';
import { isWrite, PATH_PARAMETER, riskLevelOf, type ApiRequest } from '../api/apiRequest.ts';
import type { Operation } from '../catalog/operation.ts';
import { powershellText, prettyPrint } from './powershellSnippet.ts';
import { scriptCursor, scriptPaging } from './powershellPaging.ts';

/**
 * A script that makes the request again, for Windows PowerShell 5.1 and PowerShell 7 (E10): its values are parameters, it
 * signs in from the environment, follows the pages of a list, waits when NinjaOne is busy, asks before it changes
 * something, and says what NinjaOne returned. The text begins with a byte order mark: Windows PowerShell reads a file
 * without one in the code page of the machine.
 */
export function powershellScript(request: ApiRequest): string {
  const { operation } = request;
  const values = scriptValues(request);
  const confirms = isWrite(request);
  const parts = [
    head(operation),
    parameters(request, values, confirms),
    SETUP,
    accessToken(operation),
    target(operation, values, request.body !== undefined),
    exchange(request),
    confirms ? confirmed(operation) : scriptPaging(operation),
  ];
  return `\ufeff${parts.map((part) => part.trim()).join('\n\n')}\n`;
}

interface ScriptValue {
  readonly place: 'path' | 'query';
  readonly name: string;
  /** Of the script's parameter, without the dollar sign. */
  readonly variable: string;
  readonly value: string;
}

/** The values of the request, read from its address: each becomes a parameter of the script. */
function scriptValues({ operation, url }: ApiRequest): readonly ScriptValue[] {
  const { pathname, searchParams } = new URL(url);
  const segments = pathname.split('/');
  const taken = new Set(RESERVED);
  const valueOf = (place: 'path' | 'query', name: string, value: string): ScriptValue => ({
    place,
    name,
    variable: variableOf(name, taken),
    value,
  });
  const ofPath = operation.path.split('/').flatMap((segment, index) => {
    const name = PATH_PARAMETER.exec(segment)?.[1];
    return name === undefined ? [] : [valueOf('path', name, decodeURIComponent(segments[index] ?? ''))];
  });
  return [...ofPath, ...[...searchParams].map(([name, value]) => valueOf('query', name, value))];
}

/** Names that the script or PowerShell itself uses; PowerShell does not tell capitals from small letters. */
const RESERVED = [
  ...['args', 'input', 'error', 'host', 'home', 'pid', 'this', 'true', 'false', 'null', 'matches', 'profile'],
  ...['verbose', 'debug', 'erroraction', 'warningaction', 'informationaction', 'progressaction', 'errorvariable'],
  ...['warningvariable', 'informationvariable', 'outvariable', 'outbuffer', 'pipelinevariable', 'whatif', 'confirm'],
  ...['instance', 'body', 'token', 'path', 'query', 'uri', 'request', 'answer', 'items', 'cursor', 'next', 'attempt'],
  ...[
    'status',
    'details',
    'form',
    'pairs',
    'pair',
    'content',
    'psitem',
    'pscmdlet',
    'psboundparameters',
    'event',
    'sender',
  ],
  ...['foreach', 'switch', 'ofs', 'pwd', 'shellid', 'stacktrace', 'nestedpromptlevel', 'executioncontext', 'iswindows'],
  ...['islinux', 'ismacos', 'iscoreclr', 'lastexitcode', 'myinvocation', 'psversiontable', 'pshome', 'psscriptroot'],
];

/** `scan-group-id` → `ScanGroupId`. Only letters and digits of ASCII get into the script. */
function variableOf(name: string, taken: Set<string>): string {
  const words = name.split(/[^a-zA-Z0-9]+/).filter((word) => word !== '');
  const base = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('') || 'Value';
  const clean = /^\d/.test(base) ? `Value${base}` : base;
  let variable = clean;
  for (let number = 2; taken.has(variable.toLowerCase()); number++) {
    variable = number === 2 ? `${clean}Value` : `${clean}Value${number}`;
  }
  taken.add(variable.toLowerCase());
  return variable;
}

function head({ key, title }: Operation): string {
  return `#Requires -Version 5.1
# ${plainText(title, 200)}
# ${plainText(key, 300)}
#
# Sign-in, from the environment:
#   NINJAONE_ACCESS_TOKEN, or
#   NINJAONE_CLIENT_ID and NINJAONE_CLIENT_SECRET of a client app of platform API Services`;
}

function parameters(request: ApiRequest, values: readonly ScriptValue[], confirms: boolean): string {
  const { connection, body } = request;
  const riskLevel = riskLevelOf(request);
  const impact = riskLevel === 'write' ? 'Medium' : 'High';
  const binding = confirms
    ? `[CmdletBinding(SupportsShouldProcess, ConfirmImpact = '${impact}')]`
    : '[CmdletBinding()]';
  const lines = [
    `[string] $Instance = ${powershellText(connection.instance.origin)}`,
    ...values.map(({ variable, value }) => `[string] $${variable} = ${powershellText(value)}`),
    ...(body === undefined ? [] : [`[string] $Body = ${powershellText(prettyPrint(body))}`]),
  ];
  return `${binding}\nparam(\n${lines.map((line) => `    ${line}`).join(',\n')}\n)`;
}

const SETUP = `
$ErrorActionPreference = 'Stop'
[Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12
if ($Instance -notmatch '^(https://[^/]+|http://(127\\.0\\.0\\.1|localhost):\\d+)$') {
    throw 'Instance must be an https origin without a slash at its end.'
}`;

function accessToken({ traits }: Operation): string {
  return `
function Get-AccessToken {
    if ($env:NINJAONE_ACCESS_TOKEN) {
        return $env:NINJAONE_ACCESS_TOKEN
    }
    if (-not $env:NINJAONE_CLIENT_ID -or -not $env:NINJAONE_CLIENT_SECRET) {
        throw 'Set NINJAONE_ACCESS_TOKEN, or NINJAONE_CLIENT_ID and NINJAONE_CLIENT_SECRET.'
    }
    $form = @{
        grant_type    = 'client_credentials'
        client_id     = $env:NINJAONE_CLIENT_ID
        client_secret = $env:NINJAONE_CLIENT_SECRET
        scope         = ${powershellText(traits.scope)}
    }
    $answer = Invoke-RestMethod -Method 'POST' -Uri ($Instance + '/ws/oauth/token') -Body $form -ContentType 'application/x-www-form-urlencoded' -MaximumRedirection 0
    return $answer.access_token
}`;
}

/** The address is made of verbatim texts and encoded values, so that no value can change its template (E11). */
function target(operation: Operation, values: readonly ScriptValue[], hasBody: boolean): string {
  const places = values.filter(({ place }) => place === 'path');
  let index = 0;
  const path = operation.path
    .split(new RegExp(PATH_PARAMETER, 'g'))
    .filter((_, position) => position % 2 === 0)
    .map((literal) => powershellText(literal))
    .reduce((left, right) => `${left} + (ConvertTo-Segment $${places[index++]?.variable ?? ''}) + ${right}`);
  const pairs = values
    .filter(({ place }) => place === 'query')
    .map(({ name, variable }) => `    ${powershellText(name)} = $${variable}\n`);
  const cursor = scriptCursor(operation);
  const inBody = cursor?.place === 'body';
  return `
function ConvertTo-Segment([string] $Value) {
    if ($Value -match '[/\\\\?#;%\\x00-\\x1f]' -or $Value -match '^\\.*$') {
        throw 'A value of the path is empty, or has characters that it cannot have.'
    }
    return [uri]::EscapeDataString($Value)
}

$path = ${path}
$query = [ordered]@{
${pairs.join('')}}

function Get-Uri($Cursor) {
    ${cursor && !inBody ? `if ($Cursor) {\n        $query[${powershellText(cursor.name)}] = [string] $Cursor\n    }` : '# The address is the same each time.'}
    $pairs = foreach ($pair in $query.GetEnumerator()) {
        if ($pair.Value) {
            [uri]::EscapeDataString($pair.Key) + '=' + [uri]::EscapeDataString($pair.Value)
        }
    }
    if ($pairs) {
        return $Instance + $path + '?' + ($pairs -join '&')
    }
    return $Instance + $path
}

function Get-RequestBody($Cursor) {
    ${inBody ? bodyWithCursor(cursor.name, hasBody) : hasBody ? 'return $Body' : 'return $null'}
}`;
}

function bodyWithCursor(name: string, hasBody: boolean): string {
  return `$content = ${hasBody ? '$Body | ConvertFrom-Json' : '[pscustomobject] @{}'}
    if ($Cursor) {
        $content | Add-Member -NotePropertyName ${powershellText(name)} -NotePropertyValue $Cursor -Force
    }
    return $content | ConvertTo-Json -Depth 50 -Compress`;
}

function exchange(request: ApiRequest): string {
  const writes = isWrite(request);
  const repeat = writes
    ? `# Never sent again: without a response it is unknown whether it was executed.
            throw "No success came from NinjaOne (status \${status}). Without a status it is unknown whether it was executed. $details"`
    : `if ($status -eq 401 -and $attempt -eq 1 -and -not $env:NINJAONE_ACCESS_TOKEN) {
                # A long list may outlive its token.
                $script:token = Get-AccessToken
                continue
            }
            if ($attempt -ge 4 -or $status -notin 429, 503) {
                throw "NinjaOne returned \${status}. $details"
            }
            Start-Sleep -Seconds ([math]::Pow(2, $attempt))`;
  return `
$token = Get-AccessToken

function Invoke-NinjaOne($Cursor) {
    for ($attempt = 1; ; $attempt++) {
        $request = @{
            Method             = ${powershellText(request.operation.method)}
            Uri                = Get-Uri $Cursor
            Headers            = @{ Accept = 'application/json'; Authorization = 'Bearer ' + $token }
            MaximumRedirection = 0
        }
        $content = Get-RequestBody $Cursor
        if ($content) {
            # Windows PowerShell would send a text as Latin-1.
            $request.Body = [System.Text.Encoding]::UTF8.GetBytes($content)
            $request.ContentType = 'application/json'
        }
        try {
            return Invoke-RestMethod @request
        } catch {
            $status = 0
            if ($_.Exception.Response) {
                $status = [int] $_.Exception.Response.StatusCode
            }
            $details = $_.ErrorDetails.Message
            if (-not $details) {
                $details = $_.Exception.Message
            }
            ${repeat}
        }
    }
}`;
}

function confirmed({ key }: Operation): string {
  return `
if ($PSCmdlet.ShouldProcess($Instance + $path, ${powershellText(plainText(key, 300))})) {
    Invoke-NinjaOne $null
}`;
}
