import { l10n } from '../base/l10n.ts';
import type { LocalizableMessage } from '../base/messages.ts';
import type { ApiRequest } from '../api/apiRequest.ts';
import { bashText } from './bashText.ts';
import { curlForm, javascriptForm, pythonForm } from './formSnippets.ts';
import { powershellFormSnippet } from './powershellForm.ts';
import { powershellSnippet, prettyPrint } from './powershellSnippet.ts';

/** Languages of the snippets that a request can be copied as (E10). */
export const SNIPPET_TARGETS = ['curl', 'powershell', 'python', 'fetch'] as const;
export type SnippetTarget = (typeof SNIPPET_TARGETS)[number];

export interface Snippet {
  readonly label: LocalizableMessage;
  /** VS Code language ID. */
  readonly language: string;
  /** The text reads the token from `NINJAONE_ACCESS_TOKEN` and never contains one. It does not follow redirects. */
  readonly write: (request: ApiRequest) => string;
}

export const SNIPPETS: { readonly [K in SnippetTarget]: Snippet } = {
  curl: { label: l10n.t('curl (bash)'), language: 'shellscript', write: curl },
  powershell: { label: l10n.t('PowerShell'), language: 'powershell', write: powershell },
  python: { label: l10n.t('Python (requests)'), language: 'python', write: python },
  fetch: { label: l10n.t('JavaScript (fetch)'), language: 'javascript', write: fetchSnippet },
};

/** By default, curl expands braces and brackets in URLs, and reads a body that begins with `@` from a file. */
function curl({ operation, url, body, form }: ApiRequest): string {
  const lines = [
    `curl --globoff --fail-with-body --request ${operation.method}`,
    `--url ${bashText(url)}`,
    "--header 'Accept: application/json'",
    '--header "Authorization: Bearer ${NINJAONE_ACCESS_TOKEN:?}"',
  ];
  if (form) {
    lines.push(...curlForm(form));
  } else if (body !== undefined) {
    lines.push("--header 'Content-Type: application/json'", `--data-raw ${bashText(prettyPrint(body))}`);
  }
  return `${lines.join(' \\\n  ')}\n`;
}

function powershell(request: ApiRequest): string {
  return request.form ? powershellFormSnippet(request, request.form) : powershellSnippet(request);
}

function python({ operation, url, body, form }: ApiRequest): string {
  const json = form
    ? pythonForm(form)
    : body === undefined
      ? ''
      : `    json=${indent(pythonValue(prettyPrint(body)), '    ')},\n`;
  return `import os

import requests

response = requests.request(
    ${JSON.stringify(operation.method)},
    ${JSON.stringify(url)},
    headers={
        "Accept": "application/json",
        "Authorization": "Bearer " + os.environ["NINJAONE_ACCESS_TOKEN"],
    },
${json}    allow_redirects=False,
    timeout=60,
)
response.raise_for_status()
print(response.text)
`;
}

/** JSON is valid Python except for three keywords. */
function pythonValue(json: string): string {
  return json.replace(WORDS, (token) => PYTHON.get(token) ?? token);
}

const WORDS = /"(?:[^"\\]|\\.)*"|true|false|null/g;
const PYTHON: ReadonlyMap<string, string> = new Map([
  ['true', 'True'],
  ['false', 'False'],
  ['null', 'None'],
]);

function fetchSnippet({ operation, url, body, form }: ApiRequest): string {
  const content = body === undefined || form ? '' : '\n    "Content-Type": "application/json",';
  const json = form
    ? '\n  body: form,'
    : body === undefined
      ? ''
      : `\n  body: ${javascriptText(indent(prettyPrint(body), '  '))},`;
  return `${form ? javascriptForm(form) : ''}const response = await fetch(${JSON.stringify(url)}, {
  method: ${JSON.stringify(operation.method)},
  headers: {
    "Accept": "application/json",
    "Authorization": \`Bearer \${process.env.NINJAONE_ACCESS_TOKEN}\`,${content}
  },${json}
  redirect: "error",
});
if (!response.ok) {
  throw new Error(\`\${response.status} \${await response.text()}\`);
}
console.log(await response.text());
`;
}

/** JSON as a string. A JavaScript object would round IDs above 2^53, and `__proto__` would set its prototype. */
function javascriptText(json: string): string {
  return `\`${json.replaceAll(/[`\\]|\$(?=\{)/g, '\\$&')}\``;
}

/** JSON strings do not contain line breaks, so every line can be indented. */
function indent(text: string, by: string): string {
  return text.replaceAll('\n', `\n${by}`);
}
