import { plainText } from '../base/errors.ts';
import { isWrite, PATH_PARAMETER, riskLevelOf, type ApiRequest } from '../api/apiRequest.ts';
import type { Operation } from '../catalog/operation.ts';
import { powershellText, prettyPrint } from './powershellSnippet.ts';
import { FORM_CONTENT_TYPE, powershellFormBytes } from './powershellForm.ts';
import { scriptCursor, scriptPaging } from './powershellPaging.ts';

/**
 * A script that sends the request, for Windows PowerShell 5.1 and PowerShell 7 (E10). Its parameters have the values of
 * the request. It signs in with environment variables, gets all pages of a list, waits if NinjaOne is busy, asks before it
 * changes data, and reports the errors of NinjaOne. The text begins with a byte order mark, because Windows PowerShell
 * reads a file without one in the code page of the machine.
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
    target(operation, values, request.body !== undefined && !request.form),
    ...(request.form ? [powershellFormBytes(request.form)] : []),
    exchange(request),
    confirms ? confirmed(operation) : scriptPaging(operation),
  ];
  return `\ufeff${parts.map((part) => part.trim()).join('\n\n')}\n`;
}

interface ScriptValue {
  readonly location: 'path' | 'query';
  readonly name: string;
  /** Name of the script parameter, without the dollar sign. */
  readonly variable: string;
  readonly value: string;
}

/** The path and query values of the request. Each becomes a parameter of the script. */
function scriptValues({ operation, url }: ApiRequest): readonly ScriptValue[] {
  const { pathname, searchParams } = new URL(url);
  const segments = pathname.split('/');
  const used = new Set(RESERVED);
  const valueOf = (location: 'path' | 'query', name: string, value: string): ScriptValue => ({
    location,
    name,
    variable: variableOf(name, used),
    value,
  });
  const ofPath = operation.path.split('/').flatMap((segment, index) => {
    const name = PATH_PARAMETER.exec(segment)?.[1];
    return name === undefined ? [] : [valueOf('path', name, decodeURIComponent(segments[index] ?? ''))];
  });
  return [...ofPath, ...[...searchParams].map(([name, value]) => valueOf('query', name, value))];
}

/** Names that the script or PowerShell uses. PowerShell ignores the case of variable names. */
const RESERVED = [
  ...['args', 'input', 'error', 'host', 'home', 'pid', 'this', 'true', 'false', 'null', 'matches', 'profile'],
  ...['verbose', 'debug', 'erroraction', 'warningaction', 'informationaction', 'progressaction', 'errorvariable'],
  ...['warningvariable', 'informationvariable', 'outvariable', 'outbuffer', 'pipelinevariable', 'whatif', 'confirm'],
  ...['instance', 'body', 'token', 'path', 'query', 'uri', 'request', 'response', 'items', 'cursor', 'next', 'attempt'],
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
  ...['formbytes', 'formboundary', 'formstream'],
  ...['foreach', 'switch', 'ofs', 'pwd', 'shellid', 'stacktrace', 'nestedpromptlevel', 'executioncontext', 'iswindows'],
  ...['islinux', 'ismacos', 'iscoreclr', 'lastexitcode', 'myinvocation', 'psversiontable', 'pshome', 'psscriptroot'],
];

/** Converts `scan-group-id` to `ScanGroupId`. The result contains only ASCII letters and digits. */
function variableOf(name: string, used: Set<string>): string {
  const words = name.split(/[^a-zA-Z0-9]+/).filter((word) => word !== '');
  const base = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('') || 'Value';
  const clean = /^\d/.test(base) ? `Value${base}` : base;
  let variable = clean;
  for (let number = 2; used.has(variable.toLowerCase()); number++) {
    variable = number === 2 ? `${clean}Value` : `${clean}Value${number}`;
  }
  used.add(variable.toLowerCase());
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
  const { connection, body, form } = request;
  const riskLevel = riskLevelOf(request);
  const impact = riskLevel === 'write' ? 'Medium' : 'High';
  const binding = confirms
    ? `[CmdletBinding(SupportsShouldProcess, ConfirmImpact = '${impact}')]`
    : '[CmdletBinding()]';
  const lines = [
    `[string] $Instance = ${powershellText(connection.instance.origin)}`,
    ...values.map(({ variable, value }) => `[string] $${variable} = ${powershellText(value)}`),
    ...(body === undefined || form ? [] : [`[string] $Body = ${powershellText(prettyPrint(body))}`]),
  ];
  return `${binding}\nparam(\n${lines.map((line) => `    ${line}`).join(',\n')}\n)`;
}

const SETUP = `
$ErrorActionPreference = 'Stop'
[Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12
if ($Instance -notmatch '^(https://[^/]+|http://(127\\.0\\.0\\.1|localhost):\\d+)$') {
    throw 'Instance must be an https origin without a trailing slash.'
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
    $response = Invoke-RestMethod -Method 'POST' -Uri ($Instance + '/ws/oauth/token') -Body $form -ContentType 'application/x-www-form-urlencoded' -MaximumRedirection 0
    return $response.access_token
}`;
}

/** Builds the URL from literal strings and encoded values, so that no value can change the path (E11). */
function target(operation: Operation, values: readonly ScriptValue[], hasBody: boolean): string {
  const places = values.filter(({ location }) => location === 'path');
  let index = 0;
  const path = operation.path
    .split(new RegExp(PATH_PARAMETER, 'g'))
    .filter((_, position) => position % 2 === 0)
    .map((literal) => powershellText(literal))
    .reduce((left, right) => `${left} + (ConvertTo-Segment $${places[index++]?.variable ?? ''}) + ${right}`);
  const pairs = values
    .filter(({ location }) => location === 'query')
    .map(({ name, variable }) => `    ${powershellText(name)} = $${variable}\n`);
  const cursor = scriptCursor(operation);
  const inBody = cursor?.location === 'body';
  return `
function ConvertTo-Segment([string] $Value) {
    if ($Value -match '[/\\\\?#;%\\x00-\\x1f]' -or $Value -match '^\\.*$') {
        throw 'A path value is empty or contains characters that are not allowed.'
    }
    return [uri]::EscapeDataString($Value)
}

$path = ${path}
$query = [ordered]@{
${pairs.join('')}}

function Get-Uri($Cursor) {
    ${cursor && !inBody ? `if ($Cursor) {\n        $query[${powershellText(cursor.name)}] = [string] $Cursor\n    }` : '# All requests have the same URL.'}
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
    ? `# Do not repeat the request. Without a response, it is unknown whether NinjaOne executed it.
            throw "The request failed (status \${status}). If the status is 0, it is unknown whether NinjaOne executed the request. $details"`
    : `if ($status -eq 401 -and $attempt -eq 1 -and -not $env:NINJAONE_ACCESS_TOKEN) {
                # The token can expire before the last page.
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
        ${request.form ? FORM_BODY : JSON_BODY}
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

const FORM_BODY = `$request.Body = $formBytes
        $request.ContentType = ${FORM_CONTENT_TYPE}`;

const JSON_BODY = `$content = Get-RequestBody $Cursor
        if ($content) {
            # Windows PowerShell would encode a string as Latin-1.
            $request.Body = [System.Text.Encoding]::UTF8.GetBytes($content)
            $request.ContentType = 'application/json'
        }`;

function confirmed({ key }: Operation): string {
  return `
if ($PSCmdlet.ShouldProcess($Instance + $path, ${powershellText(plainText(key, 300))})) {
    Invoke-NinjaOne $null
}`;
}
