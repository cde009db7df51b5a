import { l10n } from '../base/l10n.ts';
import type { LocalizableMessage } from '../base/messages.ts';
import type { ApiRequest } from '../api/apiRequest.ts';
import { powershellSnippet, prettyPrint } from './powershellSnippet.ts';

/** What a request can be copied as (E10). */
export const SNIPPET_TARGETS = ['curl', 'powershell', 'python', 'fetch'] as const;
export type SnippetTarget = (typeof SNIPPET_TARGETS)[number];

export interface Snippet {
  readonly label: LocalizableMessage;
  /** The editor's name of the language. */
  readonly language: string;
  /** No token is ever in it: whoever runs it has one in `NINJAONE_ACCESS_TOKEN`. Redirects are not followed. */
  readonly write: (request: ApiRequest) => string;
}

export const SNIPPETS: { readonly [K in SnippetTarget]: Snippet } = {
  curl: { label: l10n.t('curl (bash)'), language: 'shellscript', write: curl },
  powershell: { label: l10n.t('PowerShell'), language: 'powershell', write: powershellSnippet },
  python: { label: l10n.t('Python (requests)'), language: 'python', write: python },
  fetch: { label: l10n.t('JavaScript (fetch)'), language: 'javascript', write: fetchSnippet },
};

/** curl would take braces and brackets for a pattern, and a body that begins with `@` for the name of a file. */
function curl({ operation, url, body }: ApiRequest): string {
  const lines = [
    `curl --globoff --fail-with-body --request ${operation.method}`,
    `--url ${bashText(url)}`,
    "--header 'Accept: application/json'",
    '--header "Authorization: Bearer ${NINJAONE_ACCESS_TOKEN:?}"',
  ];
  if (body !== undefined) {
    lines.push("--header 'Content-Type: application/json'", `--data-raw ${bashText(prettyPrint(body))}`);
  }
  return `${lines.join(' \\\n  ')}\n`;
}

/** Nothing has a meaning between single quotes, so only they have to be taken out. */
function bashText(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function python({ operation, url, body }: ApiRequest): string {
  const json = body === undefined ? '' : `    json=${indent(pythonValue(prettyPrint(body)), '    ')},\n`;
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

/** What `JSON.stringify` writes is Python but for three words. */
function pythonValue(json: string): string {
  return json.replace(WORDS, (token) => PYTHON.get(token) ?? token);
}

const WORDS = /"(?:[^"\\]|\\.)*"|true|false|null/g;
const PYTHON: ReadonlyMap<string, string> = new Map([
  ['true', 'True'],
  ['false', 'False'],
  ['null', 'None'],
]);

function fetchSnippet({ operation, url, body }: ApiRequest): string {
  const content = body === undefined ? '' : '\n    "Content-Type": "application/json",';
  const json = body === undefined ? '' : `\n  body: ${javascriptText(indent(prettyPrint(body), '  '))},`;
  return `const response = await fetch(${JSON.stringify(url)}, {
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

/** JSON as text: as a value, JavaScript would round an id of more than 2^53 and take `__proto__` for the prototype. */
function javascriptText(json: string): string {
  return `\`${json.replaceAll(/[`\\]|\$(?=\{)/g, '\\$&')}\``;
}

/** JSON has no line break inside a text, so every line may be moved. */
function indent(text: string, by: string): string {
  return text.replaceAll('\n', `\n${by}`);
}
