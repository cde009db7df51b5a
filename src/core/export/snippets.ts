import { l10n } from '../base/l10n.ts';
import type { LocalizableMessage } from '../base/messages.ts';
import { ACCEPT, type ApiRequest } from '../api/apiRequest.ts';
import { bashText } from './bashText.ts';
import {
  bodyParts,
  formParts,
  JSON_NUMBER,
  secretUses,
  secretVariables,
  urlParts,
  type RequestPart,
  type SecretVariable,
} from './requestSecrets.ts';
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
  const { operation, body, form } = request;
  const lines = [
    // The first redirect is an error.
    `  curl --globoff --fail-with-body --no-progress-meter --location --max-redirs 0 --request ${operation.method}`,
    `--url ${joined(urlParts(request), { text: bashText, secret: bashEncoded })}`,
    `--header 'Accept: ${ACCEPT}'`,
  ];
  if (form) {
    lines.push(...curlForm(formParts(request), { plain: bashPlain, json: bashJsonInForm }));
  } else if (body !== undefined) {
    const data = joined(bodyParts(request), { text: bashText, secret: bashJson });
    lines.push("--header 'Content-Type: application/json'", `--data-raw ${data}`);
  }
  // Other users of the computer can see the arguments, but not the standard input. A response may have no body to show.
  lines.push(
    "--write-out '%{stderr}HTTP %{http_code}\\n'",
    '--header @- <<< "Authorization: Bearer ${NINJAONE_ACCESS_TOKEN:?}" 2>&1 >&3 |',
  );
  const command = `(\n  set -o pipefail\n${lines.join(' \\\n    ')}\n    ${REDIRECT_CHECK}\n) 3>&1\n`;
  const before = [...bashFunctions(request), ...secretVariables(request).flatMap(bashChecks)];
  // One list, because an interactive shell goes on with the next command after an error.
  return `${onePage(request, '#')}${before.map((line) => `${line} &&\n`).join('')}${command}`;
}

/** Passes on what curl says. For curl itself, a redirect that leads nowhere is a success. */
const REDIRECT_CHECK =
  'awk \'{ print > "/dev/stderr" } /^HTTP 3/ { print "The request was redirected." > "/dev/stderr"; failed = 1 } END { exit failed }\'';

/** The address or the body as an expression of a language. */
function joined(parts: readonly RequestPart[], { text, secret, between = '' }: Writer): string {
  return parts.map((part) => ('text' in part ? text(part.text) : secret(part))).join(between);
}

interface Writer {
  readonly text: (text: string) => string;
  readonly secret: (secret: SecretVariable) => string;
  /** Operator for texts that follow one another. */
  readonly between?: string;
}

function bashEncoded({ variable }: SecretVariable): string {
  return `"$(url_text "$${variable}")"`;
}

function bashJson({ variable, isNumber }: SecretVariable): string {
  return isNumber ? `"$${variable}"` : `"$(json_text "$${variable}")"`;
}

function bashPlain({ variable }: SecretVariable): string {
  return `"$${variable}"`;
}

function bashJsonInForm(secret: SecretVariable): string {
  return secret.isNumber ? bashJson(secret) : `"$(form_text "$${secret.variable}")"`;
}

/** What the copy calls. */
function bashFunctions(request: ApiRequest): readonly string[] {
  const { inUrl, asText, asNumber, inJsonPart } = secretUses(request);
  return [
    ...(inUrl ? [URL_TEXT] : []),
    ...(asText ? [JSON_TEXT] : []),
    ...(inJsonPart ? [FORM_TEXT] : []),
    ...(asNumber ? [IS_NUMBER] : []),
  ];
}

function bashChecks({ variable, isNumber }: SecretVariable): readonly string[] {
  return [`: "\${${variable}:?}"`, ...(isNumber ? [`is_number ${variable} "$${variable}"`] : [])];
}

const IS_NUMBER = `is_number() {
  local LC_ALL=C number='^${JSON_NUMBER}$'
  [[ $2 =~ $number ]] || { echo "The environment variable $1 must be a number." >&2; return 1; }
}`;

/** Percent-encodes its argument for a query: all but the unreserved characters of RFC 3986. */
const URL_TEXT = String.raw`url_text() {
  local LC_ALL=C text=$1 encoded= char index
  for ((index = 0; index < $${'{'}#text}; index++)); do
    char=$${'{'}text:index:1}
    case $char in
      [A-Za-z0-9._~-]) encoded+=$char ;;
      *) printf -v char '%d' "'$char" && printf -v char '%%%02X' "$((char & 255))" && encoded+=$char ;;
    esac
  done
  printf '%s' "$encoded"
}`;

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

/** Writes its argument as a JSON string within quotes of curl, which are escaped as those of JSON are. */
const FORM_TEXT = String.raw`form_text() {
  local text
  text=$(json_text "$(json_text "$1")") && printf '%s' "$${'{'}text:1:$${'{'}#text}-2}"
}`;

function powershell(request: ApiRequest): string {
  return request.form ? powershellFormSnippet(request) : powershellSnippet(request);
}

function python(request: ApiRequest): string {
  const { operation, body, form } = request;
  const data = joined(bodyParts(request), { text: pythonText, secret: pythonJson, between: ' + ' });
  const url = joined(urlParts(request), { text: JSON.stringify, secret: pythonEncoded, between: ' + ' });
  const { inUrl, asText, asNumber } = secretUses(request);
  const type = body === undefined || form ? '' : '\n        "Content-Type": "application/json",';
  return `${onePage(request, '#')}${asText ? 'import json\n' : ''}import os
${asNumber ? 'import re\n' : ''}import sys
${inUrl ? 'from urllib.parse import quote\n' : ''}
import requests


def variable(name):
    if not os.environ.get(name):
        raise SystemExit(f"Set the environment variable {name}.")
    return os.environ[name]
${asNumber ? PYTHON_NUMBER : ''}

response = requests.request(
    ${JSON.stringify(operation.method)},
    ${url},
    headers={
        "Accept": ${JSON.stringify(ACCEPT)},
        "Accept-Encoding": "identity",  # Otherwise nobody notices that a response is cut.
        "Authorization": "Bearer " + variable("NINJAONE_ACCESS_TOKEN"),${type}
    },
${form ? pythonForm(formParts(request), { plain: pythonPlain, json: pythonJson }) : body === undefined ? '' : `    data=(${data}).encode("utf-8"),\n`}    auth=lambda request: request,  # Otherwise a .netrc file replaces the token.
    allow_redirects=False,
    timeout=60,
)
response.raise_for_status()
if response.status_code >= 300:
    raise SystemExit(f"{response.status_code} redirected to {response.headers.get('Location')}")
sys.stdout.buffer.write(response.content)
`;
}

function pythonEncoded({ variable }: SecretVariable): string {
  return `quote(variable("${variable}"), safe="")`;
}

function pythonJson({ variable, isNumber }: SecretVariable): string {
  return isNumber ? `number("${variable}")` : `json.dumps(variable("${variable}"))`;
}

function pythonPlain({ variable, isNumber }: SecretVariable): string {
  return isNumber ? `number("${variable}")` : `variable("${variable}")`;
}

const PYTHON_NUMBER = String.raw`

def number(name):
    if not re.fullmatch("${JSON_NUMBER}", variable(name)):
        raise SystemExit(f"The environment variable {name} must be a number.")
    return variable(name)
`;

/**
 * JSON as text, because a dictionary would lose digits, duplicate names, and escapes such as `\/`. A raw text where it can
 * contain the text.
 */
function pythonText(json: string): string {
  // UTF-8 has no lone surrogates, so Send replaces them, too.
  const text = json.replaceAll(/\p{Cs}/gu, '\ufffd');
  return /'''|\r|[\\']$/.test(text) ? JSON.stringify(text) : `r'''${text}'''`;
}

function fetchSnippet(request: ApiRequest): string {
  const { operation, body, form } = request;
  const content = body === undefined || form ? '' : '\n    "Content-Type": "application/json",';
  const text = joined(bodyParts(request), { text: javascriptText, secret: javascriptJson });
  const url = joined(urlParts(request), { text: JSON.stringify, secret: javascriptEncoded, between: ' + ' });
  const json = form ? '\n  body: form,' : body === undefined ? '' : `\n  body: \`${text}\`,`;
  const parts = form ? javascriptForm(formParts(request), { plain: javascriptPlain, json: javascriptPart }) : '';
  const functions = [
    ...(secretVariables(request).length > 0 ? [JAVASCRIPT_VARIABLE] : []),
    ...(secretUses(request).asNumber ? [JAVASCRIPT_NUMBER] : []),
  ].join('');
  return `${onePage(request, '//')}${JAVASCRIPT_TOKEN}${functions}${parts}const response = await fetch(${url}, {
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

function javascriptEncoded({ variable }: SecretVariable): string {
  return `encodeURIComponent(variable("${variable}"))`;
}

function javascriptJson(secret: SecretVariable): string {
  return `\${${javascriptPart(secret)}}`;
}

function javascriptPart({ variable, isNumber }: SecretVariable): string {
  return isNumber ? `number("${variable}")` : `JSON.stringify(variable("${variable}"))`;
}

function javascriptPlain({ variable, isNumber }: SecretVariable): string {
  return isNumber ? `number("${variable}")` : `variable("${variable}")`;
}

const JAVASCRIPT_TOKEN = `if (!process.env.NINJAONE_ACCESS_TOKEN) {
  throw new Error("Set the environment variable NINJAONE_ACCESS_TOKEN.");
}
`;

const JAVASCRIPT_VARIABLE = `const variable = (name) => {
  if (!process.env[name]) {
    throw new Error(\`Set the environment variable \${name}.\`);
  }
  return process.env[name];
};
`;

const JAVASCRIPT_NUMBER = `const number = (name) => {
  if (!/^${JSON_NUMBER}$/.test(variable(name))) {
    throw new Error(\`The environment variable \${name} must be a number.\`);
  }
  return variable(name);
};
`;

/** JSON in a template. A JavaScript object would round IDs above 2^53, and `__proto__` would set its prototype. */
function javascriptText(json: string): string {
  return json.replaceAll(/[`\\$]/g, '\\$&');
}
