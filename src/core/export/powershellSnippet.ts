import { ACCEPT, type ApiRequest } from '../api/apiRequest.ts';
import { formatJson } from '../json/formatJson.ts';
import { bodyParts, bodyVariables } from './bodySecrets.ts';

/**
 * A single-quoted string. PowerShell treats four typographic quotation marks like the straight one, so all are doubled.
 * Other characters, even line breaks, need no escape.
 */
export function powershellText(text: string): string {
  return `'${text.replace(/['\u2018-\u201b]/g, '$&$&')}'`;
}

/** A password of the body as JSON text, from an environment variable. */
export function secretText(variable: string): string {
  return `(ConvertTo-Json -InputObject ([string] $env:${variable}) -Compress)`;
}

/** Uses splatting, so that each value is on its own line. */
export function powershellSnippet(request: ApiRequest): string {
  const { operation, url, body } = request;
  const fields = [
    `Method             = ${powershellText(operation.method)}`,
    `Uri                = ${powershellText(url)}`,
    `Headers            = @{ Accept = '${ACCEPT}'; Authorization = "Bearer $env:NINJAONE_ACCESS_TOKEN" }`,
    'MaximumRedirection = 0',
  ];
  if (body !== undefined) {
    const parts = bodyParts(request).map((part) =>
      'json' in part ? powershellText(part.json) : secretText(part.variable),
    );
    // Windows PowerShell would encode a string as Latin-1.
    fields.push(
      "ContentType        = 'application/json'",
      `Body               = [System.Text.Encoding]::UTF8.GetBytes(${parts.join(' + ')})`,
    );
  }
  if (body === undefined && operation.method === 'POST') {
    // Otherwise PowerShell would declare a form.
    fields.push("ContentType        = ''");
  }
  const send = `$request = @{\n${fields.map((field) => `    ${field}\n`).join('')}}\nInvoke-RestMethod @request\n`;
  const variables = bodyVariables(request);
  const checks = variables.map(
    (name) => `if (-not $env:${name}) {\n    throw 'Set the environment variable ${name}.'\n}\n`,
  );
  // A block, because a console goes on with the next line after an error.
  return variables.length === 0 ? send : `& {\n${indent([...checks, send].join(''))}}\n`;
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
