import { l10n } from '../base/l10n.ts';
import type { LocalizableMessage } from '../base/messages.ts';
import { ACCEPT, type ApiRequest } from '../api/apiRequest.ts';
import { bashText } from './bashText.ts';
import { bodyParts, bodyVariables } from './bodySecrets.ts';
import { curlForm, javascriptForm, pythonForm } from './formSnippets.ts';
import { powershellFormSnippet } from './powershellForm.ts';
import { onePage, powershellSnippet } from './powershellSnippet.ts';

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
function curl(request: ApiRequest): string {
  const { operation, url, body, form } = request;
  const lines = [
    // The first redirect is an error.
    `  curl --globoff --fail-with-body --no-progress-meter --location --max-redirs 0 --request ${operation.method}`,
    `--url ${bashText(url)}`,
    `--header 'Accept: ${ACCEPT}'`,
  ];
  if (form) {
    lines.push(...curlForm(form));
  } else if (body !== undefined) {
    const parts = bodyParts(request).map((part) => ('json' in part ? bashText(part.json) : bashSecret(part.variable)));
    lines.push("--header 'Content-Type: application/json'", `--data-raw ${parts.join('')}`);
  }
  // Other users of the computer can see the arguments, but not the standard input. A response may have no body to show.
  lines.push(
    "--write-out '%{stderr}HTTP %{http_code}\\n'",
    '--header @- <<< "Authorization: Bearer ${NINJAONE_ACCESS_TOKEN:?}" 2>&1 >&3 |',
  );
  const command = `(\n  set -o pipefail\n${lines.join(' \\\n    ')}\n    ${REDIRECT_CHECK}\n) 3>&1\n`;
  const variables = bodyVariables(request);
  // One list, because an interactive shell goes on with the next command after an error.
  return variables.length === 0
    ? `${onePage(request, '#')}${command}`
    : `${JSON_TEXT} &&\n${variables.map((name) => `: "\${${name}:?}" &&\n`).join('')}${command}`;
}

/** Passes on what curl says. For curl itself, a redirect that leads nowhere is a success. */
const REDIRECT_CHECK =
  'awk \'{ print > "/dev/stderr" } /^HTTP 3/ { print "The request was redirected." > "/dev/stderr"; failed = 1 } END { exit failed }\'';

function bashSecret(variable: string): string {
  return `"$(json_text "$${variable}")"`;
}

/** Writes its argument as a JSON string. The versions of bash replace backslashes in `${text//}` in different ways. */
const JSON_TEXT = String.raw`json_text() {
  local LC_ALL=C text=$1 json= char index
  for ((index = 0; index < $${'{'}#text}; index++)); do
    char=$${'{'}text:index:1}
    case $char in
      '"' | \\) json+="\\$char" ;;
      [[:cntrl:]]) printf -v char '\\u%04x' "'$char" && json+=$char ;;
      *) json+=$char ;;
    esac
  done
  printf '"%s"' "$json"
}`;

function powershell(request: ApiRequest): string {
  return request.form ? powershellFormSnippet(request, request.form) : powershellSnippet(request);
}

function python(request: ApiRequest): string {
  const { operation, url, body, form } = request;
  const isSecret = bodyVariables(request).length > 0;
  const type = body === undefined || form ? '' : '\n        "Content-Type": "application/json",';
  return `${onePage(request, '#')}${isSecret ? 'import json\n' : ''}import os
import sys

import requests


def variable(name):
    if not os.environ.get(name):
        raise SystemExit(f"Set the environment variable {name}.")
    return os.environ[name]


response = requests.request(
    ${JSON.stringify(operation.method)},
    ${JSON.stringify(url)},
    headers={
        "Accept": ${JSON.stringify(ACCEPT)},
        "Accept-Encoding": "identity",  # Otherwise nobody notices that a response is cut.
        "Authorization": "Bearer " + variable("NINJAONE_ACCESS_TOKEN"),${type}
    },
${form ? pythonForm(form) : body === undefined ? '' : `    data=${pythonBody(request)}.encode("utf-8"),\n`}    auth=lambda request: request,  # Otherwise a .netrc file replaces the token.
    allow_redirects=False,
    timeout=60,
)
response.raise_for_status()
if response.status_code >= 300:
    raise SystemExit(f"{response.status_code} redirected to {response.headers.get('Location')}")
sys.stdout.buffer.write(response.content)
`;
}

/** As text, because a dictionary would lose digits, duplicate names, and escapes such as `\/`. */
function pythonBody(request: ApiRequest): string {
  const parts = bodyParts(request).map((part) =>
    'json' in part ? pythonText(part.json) : `json.dumps(variable("${part.variable}"))`,
  );
  return parts.length > 1 ? `(${parts.join(' + ')})` : parts.join('');
}

/** A raw text where it can contain the text. */
function pythonText(json: string): string {
  // UTF-8 has no lone surrogates, so Send replaces them, too.
  const text = json.replaceAll(/\p{Cs}/gu, '\ufffd');
  return /'''|\r|[\\']$/.test(text) ? JSON.stringify(text) : `r'''${text}'''`;
}

function fetchSnippet(request: ApiRequest): string {
  const { operation, url, body, form } = request;
  const content = body === undefined || form ? '' : '\n    "Content-Type": "application/json",';
  const parts = bodyParts(request).map((part) =>
    'json' in part ? javascriptText(part.json) : `\${secret("${part.variable}")}`,
  );
  const json = form ? '\n  body: form,' : body === undefined ? '' : `\n  body: \`${parts.join('')}\`,`;
  return `${onePage(request, '//')}${JAVASCRIPT_TOKEN}${bodyVariables(request).length > 0 ? JAVASCRIPT_SECRET : ''}${form ? javascriptForm(form) : ''}const response = await fetch(${JSON.stringify(url)}, {
  method: ${JSON.stringify(operation.method)},
  headers: {
    "Accept": ${JSON.stringify(ACCEPT)},
    "Accept-Encoding": "identity", // Otherwise nobody notices that a response is cut.
    "Authorization": \`Bearer \${process.env.NINJAONE_ACCESS_TOKEN}\`,${content}
  },${json}
  redirect: "error",
});
if (!response.ok) {
  throw new Error(\`\${response.status} \${await response.text()}\`);
}
process.stdout.write(Buffer.from(await response.arrayBuffer()));
`;
}

const JAVASCRIPT_TOKEN = `if (!process.env.NINJAONE_ACCESS_TOKEN) {
  throw new Error("Set the environment variable NINJAONE_ACCESS_TOKEN.");
}
`;

const JAVASCRIPT_SECRET = `const secret = (name) => {
  if (!process.env[name]) {
    throw new Error(\`Set the environment variable \${name}.\`);
  }
  return JSON.stringify(process.env[name]);
};
`;

/** JSON in a template. A JavaScript object would round IDs above 2^53, and `__proto__` would set its prototype. */
function javascriptText(json: string): string {
  return json.replaceAll(/[`\\$]/g, '\\$&');
}
