import { ACCEPT, type ApiRequest } from '../api/apiRequest.ts';
import { formatJson } from '../json/formatJson.ts';
import { bodyParts, JSON_NUMBER, secretVariables, urlParts, type SecretVariable } from './requestSecrets.ts';

/**
 * A single-quoted string. PowerShell treats four typographic quotation marks like the straight one, so all are doubled.
 * Other characters, even line breaks, need no escape.
 */
export function powershellText(text: string): string {
  return `'${text.replace(/['\u2018-\u201b]/g, '$&$&')}'`;
}

/** The expression for a body that is JSON, with passwords from environment variables. */
export function bodyExpression(request: ApiRequest): string {
  return bodyParts(request)
    .map((part) => ('text' in part ? powershellText(part.text) : jsonOf(part)))
    .join(' + ');
}

/** The expression for a secret in JSON. */
export function jsonOf({ variable, isNumber }: SecretVariable): string {
  return isNumber ? `$env:${variable}` : `(ConvertTo-Json -InputObject ([string] $env:${variable}) -Compress)`;
}

/** Whether the text of this expression is no number of JSON. */
export function isNoNumber(expression: string): string {
  return `${expression} -cnotmatch '^${JSON_NUMBER}\\z'`;
}

/** Texts with commas between them, which PowerShell takes for an array if there are several. */
export function powershellTexts(texts: readonly string[]): string {
  return texts.map(powershellText).join(', ');
}

/** Uses splatting, so that each value is on its own line. */
export function powershellSnippet(request: ApiRequest): string {
  const { operation, body } = request;
  const fields = requestFields(request);
  if (body !== undefined) {
    // Windows PowerShell would encode a string as Latin-1.
    fields.push(
      "ContentType        = 'application/json'",
      `Body               = [System.Text.Encoding]::UTF8.GetBytes(${bodyExpression(request)})`,
    );
  }
  if (body === undefined && operation.method === 'POST') {
    // Otherwise PowerShell would declare a form.
    fields.push("ContentType        = ''");
  }
  return `${onePage(request, '#')}${sendingBlock(fields, secretChecks(request))}`;
}

/** A comment of a copy, which sends one request. */
export function onePage({ operation }: ApiRequest, comment: string): string {
  return operation.traits.paging
    ? `${comment} Gets one page of the list. "Save as PowerShell Script" makes a script that gets all pages.\n`
    : '';
}

/** The entries of the table of parameters that every request has. */
export function requestFields(request: ApiRequest): string[] {
  const url = urlParts(request).map((part) =>
    'text' in part ? powershellText(part.text) : `[uri]::EscapeDataString($env:${part.variable})`,
  );
  return [
    `Method             = ${powershellText(request.operation.method)}`,
    `Uri                = ${url.join(' + ')}`,
    `Headers            = @{ Accept = '${ACCEPT}'; Authorization = "Bearer $env:NINJAONE_ACCESS_TOKEN" }`,
    'MaximumRedirection = 0',
  ];
}

/**
 * Sends a request with these fields, after the lines in `before`. A block that stops at the first error: otherwise a
 * console would go on with the next line, and a file would end with exit code 0. Lines within a text get no indentation.
 */
export function sendingBlock(fields: readonly string[], before: readonly string[]): string {
  const lines = [
    "$ErrorActionPreference = 'Stop'",
    ...checkOf('NINJAONE_ACCESS_TOKEN'),
    ...before,
    '$request = @{',
    ...fields.map((field) => `    ${field}`),
    '}',
    '# PowerShell changes dates, numbers and files that it outputs. With -OutFile, it saves them unchanged.',
    '# Only "Save as PowerShell Script" makes a script that also notices if a compressed answer is cut.',
    'Invoke-RestMethod @request',
  ];
  return `& {\n${lines.map((line) => `    ${line}\n`).join('')}}\n`;
}

/** Lines that check the environment variables with secrets of the request. */
export function secretChecks(request: ApiRequest): readonly string[] {
  return secretVariables(request).flatMap(({ variable, isNumber }) => [
    ...checkOf(variable),
    ...(isNumber
      ? [
          `if (${isNoNumber(`$env:${variable}`)}) {`,
          `    throw 'The environment variable ${variable} must be a number.'`,
          '}',
        ]
      : []),
  ]);
}

function checkOf(variable: string): readonly string[] {
  return [`if (-not $env:${variable}) {`, `    throw 'Set the environment variable ${variable}.'`, '}'];
}

/** For code in which no text has several lines. */
export function indent(code: string): string {
  return code.replaceAll(/^(?=.)/gm, '    ');
}

/** Indented JSON. */
export function prettyPrint(json: string): string {
  return formatJson(json, {
    items: undefined,
    maxItems: Infinity,
    maxCharacters: Infinity,
    partial: false,
    mask: false,
  }).text;
}
