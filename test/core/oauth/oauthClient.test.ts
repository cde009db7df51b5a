import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { isNinjaOneError, NinjaOneError } from '../../../src/core/base/errors.ts';
import { l10n } from '../../../src/core/base/l10n.ts';
import type { Connection } from '../../../src/core/connections/connection.ts';
import type { HttpRequest, HttpResponse } from '../../../src/core/http/transport.ts';
import { networkError } from '../../../src/core/http/networkErrors.ts';
import {
  authorizationRequest,
  checkClient,
  exchangeCode,
  mintToken,
  probeClient,
  randomState,
  refreshTokens,
  revokeToken,
  type OAuthContext,
} from '../../../src/core/oauth/oauthClient.ts';
import { connectionOf, ORIGIN } from '../../support/connectionFixtures.ts';

const NOW = 1_800_000_000_000;

const GOOD = {
  access_token: 'access.1',
  token_type: 'Bearer',
  expires_in: 3600,
  refresh_token: 'refresh-1',
  scope: 'monitoring offline_access',
};

describe('OAuth client', () => {
  const sent: HttpRequest[] = [];

  beforeEach(() => {
    sent.length = 0;
  });

  function contextOf(reply: Reply, fields: Partial<Connection> = {}, more: Partial<OAuthContext> = {}): OAuthContext {
    return {
      connection: connectionOf(fields),
      transport: (request) => {
        sent.push(request);
        return reply instanceof Error ? Promise.reject(reply) : Promise.resolve(responseOf(reply));
      },
      clientSecret: undefined,
      now: () => NOW,
      ...more,
    };
  }

  function form(): Record<string, string> {
    return Object.fromEntries(new URLSearchParams(sent[0]?.body));
  }

  describe('building an authorization request', () => {
    it('uses PKCE with S256, a state and explicit scopes separated by %20, and no secret (A1)', async () => {
      const redirectUri = 'http://127.0.0.1:5555';
      const state = randomState();
      const scopes = ['monitoring', 'management'] as const;
      const { url, verifier } = await authorizationRequest({ connection: connectionOf(), redirectUri, state, scopes });
      assert.match(verifier, /^[\w-]{43,128}$/);
      const challenge = createHash('sha256').update(verifier).digest('base64url');
      assert.equal(
        url,
        `${ORIGIN}/ws/oauth/authorize?response_type=code&client_id=client-1&redirect_uri=http%3A%2F%2F127.0.0.1%3A5555` +
          `&scope=monitoring%20management%20offline_access&state=${state}&code_challenge=${challenge}` +
          '&code_challenge_method=S256',
      );
    });

    it('encodes every value so that it arrives byte for byte (A1)', async () => {
      const redirectUri = "http://localhost:9090/a%20b/+?x=1&y=ä'()*~";
      const connection = connectionOf({ clientId: 'a+b &c=d', offlineAccess: false });
      const { url } = await authorizationRequest({ connection, redirectUri, state: 's+t/=', scopes: ['control'] });
      const { searchParams, search } = new URL(url);
      assert.ok(!search.includes('+'));
      assert.equal(searchParams.get('redirect_uri'), redirectUri);
      assert.equal(searchParams.get('client_id'), 'a+b &c=d');
      assert.equal(searchParams.get('state'), 's+t/=');
      assert.equal(searchParams.get('scope'), 'control');
    });

    it('creates a new state of 256 bits and a new verifier each time (A1)', async () => {
      const states = Array.from({ length: 1000 }, randomState);
      assert.ok(states.every((state) => Buffer.from(state, 'base64url').length === 32));
      assert.equal(new Set(states).size, 1000);
      const request = { connection: connectionOf(), redirectUri: 'x', state: 's', scopes: [] };
      assert.notEqual((await authorizationRequest(request)).verifier, (await authorizationRequest(request)).verifier);
    });
  });

  describe('sending a token request', () => {
    const code = { code: 'code-1', verifier: 'v'.repeat(43), redirectUri: 'http://127.0.0.1:5555' };

    it('exchanges code and verifier without a secret for a public client, even if a secret is stored (A1)', async () => {
      const signal = new AbortController().signal;
      const tokens = await exchangeCode(contextOf(GOOD, {}, { clientSecret: 'left-over', signal }), code);
      assert.deepEqual(tokens, {
        accessToken: 'access.1',
        refreshToken: 'refresh-1',
        scopes: ['monitoring', 'offline_access'],
        issuedAt: NOW,
        expiresAt: NOW + 3_600_000,
      });
      assert.deepEqual(form(), {
        grant_type: 'authorization_code',
        client_id: 'client-1',
        code: 'code-1',
        code_verifier: code.verifier,
        redirect_uri: code.redirectUri,
      });
      const [request] = sent;
      assert.ok(request);
      assert.equal(request.url, `${ORIGIN}/ws/oauth/token`);
      assert.equal(request.method, 'POST');
      assert.equal(request.timeout, 15_000);
      assert.equal(request.maxBytes, 65_536);
      assert.equal(request.signal, signal);
      assert.match(request.headers?.['content-type'] ?? '', /^application\/x-www-form-urlencoded/);
      assert.equal(request.headers?.['authorization'], undefined);
    });

    it('sends any secret of a confidential client in the body, and never in the URL (A1)', async () => {
      const clientSecret = 'a+b &=%ü"\\';
      await exchangeCode(contextOf(GOOD, { platform: 'web' }, { clientSecret }), code);
      assert.equal(form()['client_secret'], clientSecret);
      assert.equal(form()['code_verifier'], code.verifier);
      assert.equal(sent[0]?.url, `${ORIGIN}/ws/oauth/token`);
    });

    it('sends the refresh token and no scope for a refresh (A7)', async () => {
      const tokens = await refreshTokens(contextOf({ access_token: 'access.2', expires_in: 60 }), 'refresh-1');
      assert.deepEqual(form(), { grant_type: 'refresh_token', client_id: 'client-1', refresh_token: 'refresh-1' });
      assert.equal(tokens.refreshToken, undefined);
      assert.equal(tokens.scopes, undefined);
      assert.equal(tokens.expiresAt, NOW + 60_000);
    });

    it('requests exactly the scopes without offline_access for client credentials, and keeps no refresh token (A6)', async () => {
      const context = contextOf(GOOD, { platform: 'api-services' }, { clientSecret: 'secret-1' });
      const tokens = await mintToken(context, ['monitoring', 'control']);
      assert.deepEqual(form(), {
        grant_type: 'client_credentials',
        client_id: 'client-1',
        client_secret: 'secret-1',
        scope: 'monitoring control',
      });
      assert.equal(tokens.refreshToken, undefined);
    });

    for (const clientSecret of [undefined, '']) {
      it(`sends nothing and asks for the secret if it is ${clientSecret === '' ? 'empty' : 'missing'} (A6)`, async () => {
        const context = contextOf(GOOD, { platform: 'api-services' }, { clientSecret });
        const error = await failure(mintToken(context, ['monitoring']));
        assert.deepEqual(
          [error.code, error.intent, error.action],
          ['connection.noClientSecret', 'misconfigured', 'setClientSecret'],
        );
        assert.deepEqual(sent, []);
      });
    }

    it('measures the issue time before the request', async () => {
      let time = NOW;
      const context = contextOf(GOOD, {}, { now: () => time++ });
      assert.equal((await refreshTokens(context, 'r')).issuedAt, NOW);
    });

    it('uses http only for a loopback server', async () => {
      const loopback = { origin: 'http://127.0.0.1:7777', label: 'x', kind: 'loopback', host: '127.0.0.1' } as const;
      await refreshTokens(contextOf(GOOD, { instance: loopback }), 'r');
      assert.equal(sent.length, 1);
      const plain = { ...loopback, origin: 'http://eu.ninjarmm.com', kind: 'ninjaone' } as const;
      await failure(refreshTokens(contextOf(GOOD, { instance: plain }), 'r'));
      assert.equal(sent.length, 1);
    });

    it('passes on an error of the transport (A8)', async () => {
      const offline = new NinjaOneError({ code: 'network.offline', intent: 'transient', message: l10n.t('x') });
      assert.equal(await failure(refreshTokens(contextOf(offline), 'r')), offline);
    });

    it('refuses an empty code or refresh token and sends nothing', async () => {
      await failure(exchangeCode(contextOf(GOOD), { ...code, code: '' }));
      await failure(refreshTokens(contextOf(GOOD), ''));
      assert.deepEqual(sent, []);
    });
  });

  describe('reading a token response', () => {
    const accepted: readonly (readonly [string, Reply, object])[] = [
      ['token_type BEARER', { ...GOOD, token_type: 'BEARER' }, {}],
      ['a missing token_type', { ...GOOD, token_type: undefined }, {}],
      ['token_type null', { ...GOOD, token_type: null }, {}],
      ['scope null', { ...GOOD, scope: null }, { scopes: undefined }],
      ['a missing scope', { ...GOOD, scope: undefined }, { scopes: undefined }],
      ['a number as scope', { ...GOOD, scope: 7 }, { scopes: undefined }],
      ['a list as scope', { ...GOOD, scope: ['monitoring', 'control', 7] }, { scopes: ['monitoring', 'control'] }],
      ['an empty scope', { ...GOOD, scope: '' }, { scopes: [] }],
      [
        'a scope with unusual white space',
        { ...GOOD, scope: ' monitoring  monitoring\tcontrol ' },
        { scopes: ['monitoring', 'control'] },
      ],
      ['a scope with invalid words', { ...GOOD, scope: 'monitoring "x" \u202ey ä' }, { scopes: ['monitoring'] }],
      ['refresh_token null', { ...GOOD, refresh_token: null }, { refreshToken: undefined }],
      ['an empty refresh_token', { ...GOOD, refresh_token: '' }, { refreshToken: undefined }],
      ['refresh_token "null"', { ...GOOD, refresh_token: 'null' }, { refreshToken: undefined }],
      ['a refresh_token with a blank', { ...GOOD, refresh_token: 'a b' }, { refreshToken: 'a b' }],
      ['an invalid id_token', { ...GOOD, id_token: 'junk' }, {}],
      ['id_token null', { ...GOOD, id_token: null }, {}],
      ['unknown fields', { ...GOOD, cookie: 'x', nested: { access_token: 'y' } }, {}],
      ['a token of 16 kB', { ...GOOD, access_token: 'a'.repeat(16_384) }, { accessToken: 'a'.repeat(16_384) }],
      // The server has used up the refresh token: a refusal for a detail would lose the session.
      ['token_type with blanks', { ...GOOD, token_type: ' Bearer ' }, {}],
      ['status 201', { status: 201, body: JSON.stringify(GOOD) }, {}],
      ['status 202', { status: 202, body: JSON.stringify(GOOD) }, {}],
      ['status 203 of a proxy that changed the response', { status: 203, body: JSON.stringify(GOOD) }, {}],
      ['content type text/plain', { body: JSON.stringify(GOOD), headers: { 'content-type': 'text/plain' } }, {}],
      ['a missing content type', { body: JSON.stringify(GOOD) }, {}],
      ['a byte order mark', { body: `\ufeff${JSON.stringify(GOOD)}` }, {}],
      [
        'a foreign __proto__',
        { body: `{"__proto__":{"access_token":"evil","scope":"control"},${JSON.stringify(GOOD).slice(1)}` },
        {},
      ],
    ];
    for (const [name, reply, expected] of accepted) {
      it(`accepts ${name} (A8)`, async () => {
        const tokens = await refreshTokens(contextOf(reply), 'r');
        const usual = { accessToken: 'access.1', refreshToken: 'refresh-1', scopes: ['monitoring', 'offline_access'] };
        assert.deepEqual(tokens, { ...usual, issuedAt: NOW, expiresAt: NOW + 3_600_000, ...expected });
      });
    }

    const lifetimes: readonly (readonly [unknown, number])[] = [
      [undefined, 3600],
      [null, 3600],
      [-1, 3600],
      [0, 3600],
      ['', 3600],
      ['soon', 3600],
      ['-5', 3600],
      ['1e3', 3600],
      [true, 3600],
      [{}, 3600],
      [[3600], 3600],
      ['3600', 3600],
      [1800.7, 1800],
      ['1800.7', 1800],
      [1, 60],
      [0.1, 60],
      [86_400, 86_400],
      [1e12, 86_400],
      ['9'.repeat(400), 86_400],
    ];
    for (const [value, seconds] of lifetimes) {
      it(`reads expires_in ${inspect(value).slice(0, 20)} as ${seconds} s`, async () => {
        const tokens = await refreshTokens(contextOf({ ...GOOD, expires_in: value }), 'r');
        assert.equal(tokens.expiresAt, NOW + seconds * 1000);
      });
    }

    const refused: readonly (readonly [string, Reply])[] = [
      ['a missing access token', { ...GOOD, access_token: undefined }],
      ['access token null', { ...GOOD, access_token: null }],
      ['an empty access token', { ...GOOD, access_token: '' }],
      ['access token "undefined"', { ...GOOD, access_token: 'undefined' }],
      ['access token "[object Object]"', { ...GOOD, access_token: '[object Object]' }],
      ['a number as access token', { ...GOOD, access_token: 12_345_678 }],
      ['a list as access token', { ...GOOD, access_token: ['access.1'] }],
      ['an access token with CR LF', { ...GOOD, access_token: 'leak-me\r\nx: y' }],
      ['an access token with a blank', { ...GOOD, access_token: 'leak-me x' }],
      ['an access token with ö', { ...GOOD, access_token: 'leak-meö' }],
      ['an access token of 17 kB', { ...GOOD, access_token: 'leak-me'.repeat(2500) }],
      ['a refresh token with LF', { ...GOOD, refresh_token: 'leak-me\n' }],
      ['a number as refresh token', { ...GOOD, refresh_token: 7 }],
      ['a refresh token of 17 kB', { ...GOOD, refresh_token: 'leak-me'.repeat(2500) }],
      ['token_type mac', { ...GOOD, token_type: 'mac' }],
      ['token_type DPoP', { ...GOOD, token_type: 'DPoP' }],
      ['a list as token_type', { ...GOOD, token_type: ['bearer'] }],
      ['a __proto__ and nothing else', { body: `{"__proto__":${JSON.stringify(GOOD)}}` }],
      ['part of a response', { status: 206, body: JSON.stringify({ ...GOOD, access_token: 'leak-me' }) }],
      ['status 201 with a web page', { status: 201, body: '<html>leak-me</html>' }],
      ['status 203 with half a token', { status: 203, body: '{"access_token":"leak-me' }],
      ['status 201 and token_type mac', { status: 201, body: JSON.stringify({ ...GOOD, token_type: 'mac' }) }],
      ['truncated JSON', { body: '{"access_token":"leak-me","refresh_to' }],
      ['a JSON list', { body: `[${JSON.stringify({ ...GOOD, access_token: 'leak-me' })}]` }],
      ['a JSON string', { body: '"leak-me"' }],
      ['an empty body', { body: '' }],
      ['invalid UTF-8', { body: '\ufffd\ufffd' }],
      ['a web page', { body: '<html>leak-me</html>', headers: { 'content-type': 'text/html' } }],
      ['deeply nested JSON', { body: `${'['.repeat(30_000)}${']'.repeat(30_000)}` }],
    ];
    for (const [name, reply] of refused) {
      it(`refuses ${name} without ending the session or exposing a token (A8, T23)`, async () => {
        const error = await failure(refreshTokens(contextOf(reply), 'r'));
        assert.match(error.code, /^(?:oauth\.invalidResponse|server\.(?:webPage|unreadable))$/);
        assert.equal(error.intent, 'transient');
        assert.equal(error.cause, undefined);
        assert.doesNotMatch(inspect(error, { depth: 9, showHidden: true }), /leak-me|access\.1|refresh-1/);
      });
    }

    it('returns a valid token set or a transient error for any response with status 200 (A8, T23)', async () => {
      const fields = fc.record(
        {
          access_token: value(),
          token_type: value('bearer'),
          expires_in: value(),
          refresh_token: value(),
          scope: value(),
        },
        { requiredKeys: [] },
      );
      await fc.assert(
        fc.asyncProperty(fields, async (reply) => {
          try {
            const tokens = await refreshTokens(contextOf({ body: JSON.stringify(reply) }), 'r');
            assert.match(tokens.accessToken, /^[\x21-\x7e]+$/);
            assert.match(tokens.refreshToken ?? 'none', /^[\x20-\x7e]+$/);
            assert.ok(tokens.expiresAt >= NOW + 60_000 && tokens.expiresAt <= NOW + 86_400_000);
          } catch (error) {
            assert.ok(isNinjaOneError(error) && error.intent === 'transient', inspect(error));
          }
        }),
      );
    });

    it('ends the session on invalid_grant, and removes its own secrets from the text of the server (A8)', async () => {
      const body = JSON.stringify({
        error: 'invalid_grant',
        error_description: 'refresh token refresh-secret unknown',
      });
      const error = await failure(refreshTokens(contextOf({ status: 400, body }), 'refresh-secret'));
      assert.equal(error.intent, 'signInAgain');
      assert.ok(!inspect(error).includes('refresh-secret'));
      const told = JSON.stringify({ error: 'odd', error_description: 'refresh token refresh-secret unknown' });
      const odd = await failure(refreshTokens(contextOf({ status: 400, body: told }), 'refresh-secret'));
      assert.match(odd.message, /refresh token … unknown/);
    });
  });

  describe('revoking a token', () => {
    it('sends the token, its type and the client (RFC 7009) (A13)', async () => {
      await revokeToken(contextOf({ body: '' }), 'refresh-1', 'refresh_token');
      assert.equal(sent[0]?.url, `${ORIGIN}/ws/oauth/revoke`);
      assert.deepEqual(form(), { token: 'refresh-1', token_type_hint: 'refresh_token', client_id: 'client-1' });
    });

    it('adds the secret of a confidential client (A13)', async () => {
      await revokeToken(contextOf({ body: '{}' }, { platform: 'web' }, { clientSecret: 's-1' }), 'a', 'access_token');
      assert.deepEqual(form(), {
        token: 'a',
        token_type_hint: 'access_token',
        client_id: 'client-1',
        client_secret: 's-1',
      });
    });

    for (const [status, body] of [
      [404, ''],
      [405, '<html>'],
      [200, '<html>Hotel</html>'],
      [401, '{"error":"invalid_client"}'],
      [503, ''],
    ] as const) {
      it(`treats ${status} ${body} as a failure (A13)`, async () => {
        const error = await failure(revokeToken(contextOf({ status, body }), 'token-1', 'access_token'));
        assert.notEqual(error.intent, 'signInAgain');
      });
    }
  });

  it('uses the connections of token requests for every request (A9)', async () => {
    const context = contextOf({ status: 400, body: '{"error":"invalid_grant"}' });
    const service = contextOf({ status: 400, body: '' }, { platform: 'api-services' }, { clientSecret: 'secret-1' });
    await Promise.allSettled([
      exchangeCode(context, { code: 'c', verifier: 'v'.repeat(43), redirectUri: 'http://127.0.0.1:1' }),
      refreshTokens(context, 'token-1'),
      mintToken(service, ['monitoring']),
      revokeToken(context, 'token-1', 'access_token'),
      probeClient(context),
    ]);
    assert.deepEqual(
      sent.map(({ pool }) => pool),
      Array(5).fill('tokens'),
    );
  });

  describe('probing a client', () => {
    const known: readonly (readonly [number, string])[] = [
      [400, '{"error":"invalid_grant"}'],
      [401, '{"error":"invalid_client"}'],
      [400, '{"error":"unauthorized_client","error_description":"x"}'],
      [403, '{"resultCode":"FAILURE","errorMessage":"no"}'],
    ];
    for (const [status, body] of known) {
      it(`recognizes a known client by ${status} ${body} (C5)`, async () => {
        assert.equal(await probeClient(contextOf({ status, body })), 'known');
      });
    }

    it('recognizes an unknown client by 404 "Client app not exist" (C5)', async () => {
      const body = '{"resultCode":"Client app not exist","incidentId":"WEB-1"}';
      assert.equal(await probeClient(contextOf({ status: 404, body })), 'unknown');
    });

    for (const [status, body] of [
      [404, '{"resultCode":"FAILURE","errorMessage":"HTTP 404 Not Found"}'],
      [404, '<html>nginx</html>'],
      [200, '<html>Hotel</html>'],
      [200, '{"access_token":"x"}'],
      [429, ''],
      [503, '{"error":"invalid_client"}'],
      [400, 'Bad Request'],
    ] as const) {
      it(`draws no conclusion from ${status} ${body} (C5)`, async () => {
        await failure(probeClient(contextOf({ status, body })));
      });
    }

    it('stops a sign-in with a client that the host does not know (A16)', async () => {
      const body = '{"resultCode":"Client app not exist","incidentId":"WEB-1"}';
      const error = await failure(checkClient(contextOf({ status: 404, body })));
      assert.equal(error.code, 'oauth.wrongRegion');
      assert.equal(error.action, 'editConnection');
      assert.equal(error.support.incidentId, 'WEB-1');
      assert.ok(sent.every(({ timeout }) => timeout <= 3000));
    });

    it('stops a sign-in that could not send its code, because certificates are not checked (A18)', async () => {
      const off = networkError('checksOff', new URL(ORIGIN));
      assert.equal(await failure(checkClient(contextOf(off))), off);
    });

    for (const [what, reply] of [
      ['is known', { status: 400, body: '{"error":"invalid_grant"}' }],
      ['is unclear', { status: 404, body: '{"resultCode":"FAILURE","errorMessage":"HTTP 404 Not Found"}' }],
      ['is behind a web page', { status: 200, body: '<html>Hotel</html>' }],
      ['is not available', { status: 503, body: '' }],
      ['may use another grant', { status: 400, body: '{"error":"unauthorized_client"}' }],
      ['is offline', networkError('offline', new URL(ORIGIN))],
      ['does not respond', networkError('timeout', new URL(ORIGIN))],
    ] as const) {
      it(`does not stop a sign-in with a client that ${what} (A16)`, async () => {
        await checkClient(contextOf(reply));
      });
    }

    it('never sends a secret to ask for a client (A16)', async () => {
      const reply = { status: 401, body: '{"error":"invalid_client"}' };
      await checkClient(contextOf(reply, { platform: 'web' }, { clientSecret: 'secret-1' }));
      assert.doesNotMatch(inspect(sent), /secret-1|client_secret|authorization['"]?:/);
    });

    it('sends the client ID and never a secret (C5)', async () => {
      const reply = { status: 401, body: '{"error":"invalid_client"}' };
      await probeClient(contextOf(reply, { platform: 'web' }, { clientSecret: 'secret-1' }));
      assert.equal(sent[0]?.url, `${ORIGIN}/ws/oauth/token`);
      assert.equal(form()['client_id'], 'client-1');
      assert.doesNotMatch(inspect(sent), /secret-1|client_secret|authorization['"]?:/);
    });
  });
});

interface FullReply {
  readonly status?: number;
  readonly body: string;
  readonly headers?: Record<string, string>;
}

/** An error of the transport, a full response, or the JSON of a successful one. */
type Reply = Error | FullReply | object;

function responseOf(reply: object): HttpResponse {
  const { status = 200, body, headers = {} } = isFullReply(reply) ? reply : { body: JSON.stringify(reply) };
  return { status, headers: new Headers(headers), body: new TextEncoder().encode(body) };
}

function isFullReply(reply: object): reply is FullReply {
  return 'body' in reply;
}

function value(usual = 'token'): fc.Arbitrary<unknown> {
  return fc.oneof(fc.constant(usual), fc.string({ unit: 'binary' }), fc.jsonValue(), fc.double());
}

async function failure(promise: Promise<unknown>): Promise<NinjaOneError> {
  const error: unknown = await promise.then(
    () => assert.fail('it succeeded'),
    (reason: unknown) => reason,
  );
  assert.ok(isNinjaOneError(error), inspect(error));
  return error;
}
