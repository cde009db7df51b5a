import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startSandbox, type Sandbox } from '../sandbox.ts';
import { browse, CookieJar } from '../../test/support/httpBrowser.ts';
import { authorize, authorizeUrl, NATIVE, STATE } from '../../test/support/plainOAuth.ts';

describe('the sandbox at its authorization endpoint', () => {
  let sandbox: Sandbox;
  before(async () => {
    sandbox = await startSandbox({ redirectOrigins: ['http://localhost:9000/'] });
  });
  after(() => sandbox.stop());
  afterEach(() => {
    sandbox.reset();
  });

  it('leads the browser through sign-in and consent to a code, with status 307 and without iss', async () => {
    const response = sandbox.nextResponse(({ location }) => location?.startsWith('http://127.0.0.1:43210') === true);
    const { url, visited } = await authorize(sandbox, NATIVE);
    assert.deepEqual([...url.searchParams.keys()], ['code', 'state']);
    assert.equal(url.searchParams.get('state'), STATE);
    assert.equal((await response).status, 307);
    assert.match(visited.at(-1) ?? '', /^http:\/\/127\.0\.0\.1:43210\?code=/, 'nothing is added before the query');
    assert.equal(visited.filter((address) => address.startsWith('/ws/oauth/sign-in/')).length, 2);
  });

  it('remembers the signed-in user and asks for consent every time', async () => {
    const cookies = new CookieJar();
    await authorize(sandbox, NATIVE, { cookies });
    const again = await authorize(sandbox, NATIVE, { cookies });
    assert.equal(again.visited.filter((address) => address.startsWith('/ws/oauth/sign-in/')).length, 1);
    assert.ok(again.url.searchParams.has('code'));
  });

  it('reports denied consent to the client', async () => {
    const { url } = await authorize(sandbox, NATIVE, { consent: 'deny' });
    assert.equal(url.searchParams.get('error'), 'access_denied');
    assert.equal(url.searchParams.get('state'), STATE);
    assert.equal(url.searchParams.has('iss'), false);
  });

  it('shows accessible pages that run no script and load nothing', async () => {
    const cookies = new CookieJar();
    const first = await fetch(authorizeUrl(sandbox, NATIVE).url, { redirect: 'manual' });
    cookies.take(sandbox.baseUrl, first);
    const address = new URL(first.headers.get('location') ?? '', sandbox.baseUrl).href;
    const signIn = await fetch(address, { headers: { cookie: cookies.header(address) } });
    const html = await signIn.text();
    assert.match(html, /<title>NinjaOne Sandbox – Sign in<\/title>/);
    assert.match(html, /<label for="email">/);
    assert.match(html, /<button [^>]*>Sign in<\/button>/);
    assert.doesNotMatch(html, /<script|(?:src|href)=|127\.0\.0\.1|localhost/);
    assert.match(signIn.headers.get('content-security-policy') ?? '', /^default-src 'none'; style-src 'sha256-/);

    const consent = await press(address, cookies, 'sign-in');
    assert.match(consent.body, /Sandbox native/);
    assert.match(consent.body, /management/);
    assert.match(consent.body, /<button [^>]*>Allow<\/button>\s*<button [^>]*>Deny<\/button>/);
    assert.match(consent.body, /http:\/\/127\.0\.0\.1:43210/, 'the user sees the destination');
  });

  it('ends a sign-in of another browser with a page', async () => {
    const first = await fetch(authorizeUrl(sandbox, NATIVE).url, { redirect: 'manual' });
    const stolen = await fetch(new URL(first.headers.get('location') ?? '', sandbox.baseUrl));
    assert.equal(stolen.status, 400);
    assert.match(await stolen.text(), /This sign-in has ended/);
  });

  it('works under any host name, also in redirects and forms', async () => {
    const { url } = authorizeUrl(sandbox, NATIVE);
    const landing = await browse(url.replace('127.0.0.1', 'localhost'));
    assert.ok(landing.url.searchParams.has('code'));
  });

  const redirects: readonly [client: string, redirectUri: string, accepted: boolean][] = [
    ['sandbox-native', 'http://127.0.0.1:1', true],
    ['sandbox-native', 'http://127.0.0.1:65535', true],
    ['sandbox-native', 'http://127.0.0.1:65536', false],
    ['sandbox-native', 'http://127.0.0.1', false],
    ['sandbox-native', 'http://127.0.0.1:1234/', false],
    ['sandbox-native', 'http://127.0.0.1:1234/callback', false],
    ['sandbox-native', 'http://127.0.0.1:1234?a=b', false],
    ['sandbox-native', 'http://localhost:1234', false],
    ['sandbox-native', 'http://[::1]:1234', false],
    ['sandbox-native', 'https://127.0.0.1:1234', false],
    ['sandbox-spa', 'http://localhost:28123/callback', true],
    ['sandbox-spa', 'https://vscode.dev/redirect', true],
    ['sandbox-spa', 'https://vscode.dev/redirect/', false],
    ['sandbox-spa', 'https://vscode.dev/redirect?x=1', false],
    ['sandbox-spa', 'http://localhost:28124/callback', false],
    ['sandbox-spa', 'HTTPS://vscode.dev/redirect', false],
    ['sandbox-web', 'http://127.0.0.1:28124/callback', true],
    ['sandbox-web', 'http://localhost:28125/callback', true],
    ['sandbox-web', 'http://localhost:28124/callback', false],
    ['sandbox-web', 'http://127.0.0.1:43210', false],
    ['sandbox-editor', 'http://localhost:9000/stable/callback?vscode-reqid=1&vscode-path=%2Fcb', true],
    ['sandbox-editor', 'http://localhost:9001/callback', false],
    ['sandbox-editor', 'http://localhost:9000/callback#fragment', false],
    ['sandbox-editor', 'vscode://publisher.extension/callback?windowId=1', true],
    ['sandbox-editor', 'code-oss://publisher.extension/callback', true],
    ['sandbox-editor', 'file:///etc/passwd', false],
    ['sandbox-editor', 'https://sandbox.example/callback', false],
  ];
  for (const [client, redirectUri, accepted] of redirects) {
    it(`${accepted ? 'accepts' : 'refuses'} the redirect URI ${redirectUri} of ${client}`, async () => {
      const { url } = authorizeUrl(sandbox, { client_id: client, redirect_uri: redirectUri });
      const response = await fetch(url, { redirect: 'manual' });
      const location = response.headers.get('location') ?? '';
      if (accepted) {
        assert.match(location, /^\/ws\/oauth\/sign-in\//);
      } else {
        assert.equal(response.status, 302);
        assert.equal(
          location,
          '/ws/oauth/error?error=unauthorized_client&error_description=Invalid+redirect_uri',
          'the client gets no callback',
        );
      }
    });
  }

  it('keeps the query of a redirect URI unchanged', async () => {
    const redirectUri = 'http://localhost:9000/callback?vscode-reqid=1&path=%2Fcb%20x';
    const { visited } = await authorize(sandbox, { client_id: 'sandbox-editor', redirect_uri: redirectUri });
    assert.ok(visited.at(-1)?.startsWith(`${redirectUri}&code=`), visited.at(-1));
  });

  it('accepts the origin of an editor that is added later', async () => {
    const request = { client_id: 'sandbox-editor', redirect_uri: 'https://editor.example/cb' };
    assert.equal((await authorize(sandbox, request)).redirected, false);
    sandbox.allowRedirectOrigin('https://editor.example');
    assert.ok((await authorize(sandbox, request)).url.searchParams.has('code'));
  });

  it('shows an error page of its own', async () => {
    const { redirected, status, body } = await authorize(sandbox, { ...NATIVE, redirect_uri: 'https://evil.example' });
    assert.equal(redirected, false);
    assert.equal(status, 400);
    assert.match(body, /Invalid redirect_uri/);
    const hostile = await fetch(`${sandbox.baseUrl}/ws/oauth/error?error=%3Cb%3E&error_description=%3Cscript%3E`);
    assert.doesNotMatch(await hostile.text(), /<b>|<script>/);
  });

  for (const client of ['nobody', 'sandbox-service']) {
    it(`responds with 404 to a sign-in of ${client}`, async () => {
      const response = await fetch(authorizeUrl(sandbox, { ...NATIVE, client_id: client }).url, { redirect: 'manual' });
      assert.equal(response.status, 404);
    });
  }

  const parameters: readonly [what: string, change: Record<string, string>, error: string][] = [
    ['a wrong response_type', { response_type: 'token' }, 'unsupported_response_type'],
    ['plain PKCE', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['a public client without PKCE', { code_challenge: '' }, 'invalid_request'],
  ];
  for (const [what, change, error] of parameters) {
    it(`does not report ${what} to the client`, async () => {
      const { url, redirected } = await authorize(sandbox, { ...NATIVE, ...change });
      assert.equal(redirected, false);
      assert.equal(url.searchParams.get('error'), error);
    });
  }

  for (const scope of ['monitoring root', 'openid', 'MONITORING', '']) {
    it(`refuses the scope "${scope}" with invalid_scope`, async () => {
      const { url, redirected } = await authorize(sandbox, { ...NATIVE, scope });
      assert.equal(redirected, true);
      assert.equal(url.searchParams.get('error'), 'invalid_scope');
      assert.equal(url.searchParams.get('state'), STATE);
    });
  }

  it('skips both pages with autoApprove, and can deliver the callback', async () => {
    const quick = await startSandbox({ autoApprove: true });
    const client = createServer((request, response) => response.end(`got ${request.url?.slice(0, 7) ?? ''}`));
    await new Promise<void>((resolve) => client.listen(0, '127.0.0.1', resolve));
    try {
      const redirectUri = `http://127.0.0.1:${String((client.address() as AddressInfo).port)}`;
      const response = await browse(authorizeUrl(quick, { ...NATIVE, redirect_uri: redirectUri }).url, {
        deliver: true,
      });
      assert.equal(response.body, 'got /?code=');
      assert.equal(quick.requests.filter(({ method }) => method === 'POST').length, 0);
    } finally {
      client.closeAllConnections();
      client.close();
      await quick.stop();
    }
  });

  it('can change the parameters of a callback', async () => {
    sandbox.misbehave({ authorize: { kind: 'callback', set: { state: 'foreign' }, omit: ['code'], times: 1 } });
    assert.equal((await authorize(sandbox, NATIVE)).url.search, '?state=foreign');
    sandbox.misbehave({ authorize: { kind: 'refuse', error: 'server_error', description: 'Oh no', times: 1 } });
    const refused = await authorize(sandbox, NATIVE);
    assert.deepEqual(
      [...refused.url.searchParams],
      [
        ['error', 'server_error'],
        ['error_description', 'Oh no'],
        ['state', STATE],
      ],
    );
    sandbox.misbehave({ authorize: { kind: 'response', status: 502, times: 1 } });
    assert.equal((await authorize(sandbox, NATIVE)).status, 502);
    assert.ok((await authorize(sandbox, NATIVE)).url.searchParams.has('code'));
  });
});

async function press(address: string, cookies: CookieJar, action: string): Promise<{ url: string; body: string }> {
  let url = address;
  let response = await fetch(url, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie: cookies.header(url) },
    body: new URLSearchParams({ action }),
  });
  for (
    let location = response.headers.get('location');
    location !== null;
    location = response.headers.get('location')
  ) {
    cookies.take(url, response);
    url = new URL(location, url).href;
    response = await fetch(url, { redirect: 'manual', headers: { cookie: cookies.header(url) } });
  }
  return { url, body: await response.text() };
}
