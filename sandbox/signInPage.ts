import { createHash } from 'node:crypto';
import type { SandboxResponse } from './response.ts';

/** Forms post to the address that they were loaded from, so that the pages work under any name of the host. */
export function signInPage(): SandboxResponse {
  return page(
    'Sign in',
    `<form method="post">
      <label for="email">E-mail</label>
      <input id="email" name="email" type="email" value="tech@acme.example" autocomplete="off">
      <label for="password">Password</label>
      <input id="password" name="password" type="password" autocomplete="off" placeholder="Anything will do">
      <button class="primary" name="action" value="sign-in">Sign in</button>
    </form>`,
  );
}

export interface Consent {
  readonly clientName: string;
  readonly scopes: readonly string[];
  /** Where the browser goes next. */
  readonly redirectUri: string;
}

export function consentPage({ clientName, scopes, redirectUri }: Consent): SandboxResponse {
  const rows = scopes.map(
    (scope) => `<li><code>${escape(scope)}</code><span>${escape(SCOPE_DESCRIPTIONS[scope] ?? scope)}</span></li>`,
  );
  return page(
    'Allow access',
    `<p><strong>${escape(clientName)}</strong> asks for access to NinjaOne Sandbox as
      <strong>tech@acme.example</strong>:</p>
    <ul>${rows.join('')}</ul>
    <p class="quiet">You will be sent to ${escape(destinationOf(redirectUri))}.</p>
    <form method="post" class="choice">
      <button class="primary" name="action" value="allow">Allow</button>
      <button name="action" value="deny">Deny</button>
    </form>`,
  );
}

/** The page for errors that are not reported to the client, such as a wrong redirect URI. */
export function errorPage({
  error,
  description,
}: {
  readonly error: string;
  readonly description: string;
}): SandboxResponse {
  return page('Error', `<p>${escape(description)}</p><p class="quiet"><code>${escape(error)}</code></p>`, 400);
}

export function notFoundPage(): SandboxResponse {
  return page('Not found', '<p>HTTP 404 Not Found</p>', 404);
}

const SCOPE_DESCRIPTIONS: Readonly<Record<string, string>> = {
  monitoring: 'Read organizations, devices and alerts',
  management: 'Change and create, run scripts',
  control: 'Connect to devices remotely',
  offline_access: 'Stay signed in when you are away',
};

function page(heading: string, content: string, status = 200): SandboxResponse {
  return {
    status,
    contentType: 'text/html;charset=UTF-8',
    headers: PAGE_HEADERS,
    body: `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>NinjaOne Sandbox – ${escape(heading)}</title>
  <style>${STYLE}</style>
</head>
<body>
  <main>
    <p class="brand">NinjaOne Sandbox</p>
    <h1>${escape(heading)}</h1>
    ${content}
  </main>
  <footer>A test server on this computer. It is not NinjaOne and knows no real account.</footer>
</body>
</html>
`,
  };
}

/** A custom scheme such as `vscode://publisher.extension/…` has no origin to show. */
function destinationOf(redirectUri: string): string {
  const { protocol, host } = new URL(redirectUri);
  return `${protocol}//${host}`;
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

const STYLE = `
  * { box-sizing: border-box; }
  body {
    margin: 0; min-height: 100vh; padding: 24px; display: flex; flex-direction: column; align-items: center;
    justify-content: center; gap: 16px; background: #eef2f6; color: #16202b;
    font: 15px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif;
  }
  main {
    width: 100%; max-width: 400px; padding: 32px; border-radius: 12px; border-top: 4px solid #0b6e8f;
    background: #fff; box-shadow: 0 1px 2px #16202b1f, 0 12px 32px #16202b1a;
  }
  .brand { margin: 0; color: #0b6e8f; font-weight: 600; letter-spacing: .02em; }
  h1 { margin: 4px 0 20px; font-size: 24px; line-height: 1.25; }
  label { display: block; margin-bottom: 4px; font-weight: 600; }
  input {
    width: 100%; margin-bottom: 16px; padding: 9px 12px; border: 1px solid #8796a5; border-radius: 6px;
    color: inherit; background: #fff; font: inherit;
  }
  button {
    width: 100%; padding: 10px 16px; border: 1px solid #0b6e8f; border-radius: 6px; background: #fff;
    color: #0b5a75; font: inherit; font-weight: 600; cursor: pointer;
  }
  button.primary { background: #0b6e8f; color: #fff; }
  button:hover { filter: brightness(.94); }
  :is(button, input):focus-visible { outline: 3px solid #58b4d1; outline-offset: 1px; }
  .choice { display: flex; gap: 12px; margin-top: 20px; }
  ul { margin: 16px 0; padding: 0; list-style: none; border: 1px solid #d5dde5; border-radius: 8px; }
  li { padding: 10px 14px; }
  li + li { border-top: 1px solid #d5dde5; }
  li code { display: block; color: #0b5a75; font-weight: 600; }
  .quiet, footer { color: #536475; font-size: 13px; overflow-wrap: anywhere; }
`;

/**
 * There is no `form-action`: Chromium applies it to the redirects that follow a form as well, and these lead to the
 * client's redirect URI, which may be of any origin or scheme.
 */
const PAGE_HEADERS = {
  'content-security-policy': [
    "default-src 'none'",
    `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};
