import type { ApiRequest } from '../api/apiRequest.ts';
import { formatJson } from '../json/formatJson.ts';

/**
 * A single-quoted string. PowerShell treats four typographic quotation marks like the straight one, so all are doubled.
 * Other characters, even line breaks, need no escape.
 */
export function powershellText(text: string): string {
  return `'${text.replace(/['\u2018-\u201b]/g, '$&$&')}'`;
}

/** Uses splatting, so that each value is on its own line. */
export function powershellSnippet({ operation, url, body }: ApiRequest): string {
  const fields = [
    `Method             = ${powershellText(operation.method)}`,
    `Uri                = ${powershellText(url)}`,
    'Headers            = @{ Accept = \'application/json\'; Authorization = "Bearer $env:NINJAONE_ACCESS_TOKEN" }',
    'MaximumRedirection = 0',
  ];
  if (body !== undefined) {
    // Windows PowerShell would encode a string as Latin-1.
    fields.push(
      "ContentType        = 'application/json'",
      `Body               = [System.Text.Encoding]::UTF8.GetBytes(${powershellText(prettyPrint(body))})`,
    );
  }
  return `$request = @{\n${fields.map((field) => `    ${field}\n`).join('')}}\nInvoke-RestMethod @request\n`;
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
