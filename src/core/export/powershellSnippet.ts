import type { ApiRequest } from '../api/apiRequest.ts';
import { formatJson } from '../json/formatJson.ts';

/**
 * A verbatim string. PowerShell takes four typographic quotes for the straight one, and a quote is doubled to stand for
 * itself; nothing else in it has a meaning, line breaks included.
 */
export function powershellText(text: string): string {
  return `'${text.replace(/['\u2018-\u201b]/g, '$&$&')}'`;
}

/** Splatted, so that each value stands on a line of its own. */
export function powershellSnippet({ operation, url, body }: ApiRequest): string {
  const fields = [
    `Method             = ${powershellText(operation.method)}`,
    `Uri                = ${powershellText(url)}`,
    'Headers            = @{ Accept = \'application/json\'; Authorization = "Bearer $env:NINJAONE_ACCESS_TOKEN" }',
    'MaximumRedirection = 0',
  ];
  if (body !== undefined) {
    // Windows PowerShell would send a text as Latin-1.
    fields.push(
      "ContentType        = 'application/json'",
      `Body               = [System.Text.Encoding]::UTF8.GetBytes(${powershellText(prettyPrint(body))})`,
    );
  }
  return `$request = @{\n${fields.map((field) => `    ${field}\n`).join('')}}\nInvoke-RestMethod @request\n`;
}

/** JSON as a person would write it. */
export function prettyPrint(json: string): string {
  return formatJson(json, {
    items: undefined,
    maxItems: Infinity,
    maxCharacters: Infinity,
    partial: false,
    mask: false,
  }).text;
}
