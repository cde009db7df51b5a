import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { isNinjaOneError, NinjaOneError } from '../../../src/core/base/errors.ts';
import type { Connection } from '../../../src/core/connections/connection.ts';
import type { HttpRequest, HttpResponse } from '../../../src/core/http/transport.ts';
import {
  authorizationRequest,
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

describe('OAuth protocol', () => {
  const sent: HttpRequest[] = [];

  beforeEach(() => {
    sent.length = 0;
  });

  function contextOf(answer: Reply, fields: Partial<Connection> = {}, more: Partial<OAuthContext> = {}): OAuthContext {
    return {
      connection: connectionOf(fields),
      transport: (request) => {
        sent.push(request);
        return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(responseOf(answer));
      },
      clientSecret: undefined,
      now: () => NOW,
      ...more,
    };
  }

  function form(): Record<string, string> {
    return Object.fromEntries(new URLSearchParams(sent[0]?.body));
  }

  describe('authorization request', () => {
    it('A1: has S256 PKCE, state, explicit scopes with %20, and no secret', async () => {
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

    it('A1: every value arrives byte for byte', async () => {
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

    it('A1: states have 256 bits and never repeat, nor do verifiers', async () => {
      const states = Array.from({ length: 1000 }, randomState);
      assert.ok(states.every((state) => Buffer.from(state, 'base64url').length === 32));
      assert.equal(new Set(states).size, 1000);
      const request = { connection: connectionOf(), redirectUri: 'x', state: 's', scopes: [] };
      assert.notEqual((await authorizationRequest(request)).verifier, (await authorizationRequest(request)).verifier);
    });
  });

  describe('token requests', () => {
    const code = { code: 'code-1', verifier: 'v'.repeat(43), redirectUri: 'http://127.0.0.1:5555' };

    it('A1: a public client exchanges code and verifier, without a secret even if one is stored', async () => {
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

    it('A1: a confidential client sends its secret in the body, however odd it is, and never in the URL', async () => {
      const clientSecret = 'a+b &=%ü"\\';
      await exchangeCode(contextOf(GOOD, { platform: 'web' }, { clientSecret }), code);
      assert.equal(form()['client_secret'], clientSecret);
      assert.equal(form()['code_verifier'], code.verifier);
      assert.equal(sent[0]?.url, `${ORIGIN}/ws/oauth/token`);
    });

    it('A7: a refresh sends the refresh token and no scope', async () => {
      const tokens = await refreshTokens(contextOf({ access_token: 'access.2', expires_in: 60 }), 'refresh-1');
      assert.deepEqual(form(), { grant_type: 'refresh_token', client_id: 'client-1', refresh_token: 'refresh-1' });
      assert.equal(tokens.refreshToken, undefined);
      assert.equal(tokens.scopes, undefined);
      assert.equal(tokens.expiresAt, NOW + 60_000);
    });

    it('A6: client credentials ask for exactly the scopes, without offline_access, and keep no refresh token', async () => {
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
      it(`A6: without a secret (${String(clientSecret)}) nothing is sent and the user is asked for it`, async () => {
        const context = contextOf(GOOD, { platform: 'api-services' }, { clientSecret });
        const error = await failure(mintToken(context, ['monitoring']));
        assert.deepEqual(
          [error.code, error.intent, error.action],
          ['connection.noClientSecret', 'misconfigured', 'setClientSecret'],
        );
        assert.deepEqual(sent, []);
      });
    }

    it('the time is taken before the request', async () => {
      let time = NOW;
      const context = contextOf(GOOD, {}, { now: () => time++ });
      assert.equal((await refreshTokens(context, 'r')).issuedAt, NOW);
    });

    it('http is for a server on loopback only', async () => {
      const loopback = { origin: 'http://127.0.0.1:7777', label: 'x', kind: 'loopback', host: '127.0.0.1' } as const;
      await refreshTokens(contextOf(GOOD, { instance: loopback }), 'r');
      assert.equal(sent.length, 1);
      const plain = { ...loopback, origin: 'http://eu.ninjarmm.com', kind: 'ninjaone' } as const;
      await failure(refreshTokens(contextOf(GOOD, { instance: plain }), 'r'));
      assert.equal(sent.length, 1);
    });

    it('A8: what the transport says passes through', async () => {
      const offline = new NinjaOneError({ code: 'network.offline', intent: 'transient', template: 'x' });
      assert.equal(await failure(refreshTokens(contextOf(offline), 'r')), offline);
    });

    it('an empty code or refresh token is an error and is not sent', async () => {
      await failure(exchangeCode(contextOf(GOOD), { ...code, code: '' }));
      await failure(refreshTokens(contextOf(GOOD), ''));
      assert.deepEqual(sent, []);
    });
  });

  describe('token answers', () => {
    const accepted: readonly (readonly [string, Reply, object])[] = [
      ['BEARER', { ...GOOD, token_type: 'BEARER' }, {}],
      ['no token_type', { ...GOOD, token_type: undefined }, {}],
      ['token_type null', { ...GOOD, token_type: null }, {}],
      ['scope null', { ...GOOD, scope: null }, { scopes: undefined }],
      ['scope missing', { ...GOOD, scope: undefined }, { scopes: undefined }],
      ['scope a number', { ...GOOD, scope: 7 }, { scopes: undefined }],
      ['scope a list', { ...GOOD, scope: ['monitoring', 'control', 7] }, { scopes: ['monitoring', 'control'] }],
      ['scope empty', { ...GOOD, scope: '' }, { scopes: [] }],
      [
        'scope with odd blanks',
        { ...GOOD, scope: ' monitoring  monitoring\tcontrol ' },
        { scopes: ['monitoring', 'control'] },
      ],
      ['scope with junk', { ...GOOD, scope: 'monitoring "x" \u202ey ä' }, { scopes: ['monitoring'] }],
      ['refresh_token null', { ...GOOD, refresh_token: null }, { refreshToken: undefined }],
      ['refresh_token empty', { ...GOOD, refresh_token: '' }, { refreshToken: undefined }],
      ['refresh_token "null"', { ...GOOD, refresh_token: 'null' }, { refreshToken: undefined }],
      ['refresh_token with a blank', { ...GOOD, refresh_token: 'a b' }, { refreshToken: 'a b' }],
      ['id_token junk', { ...GOOD, id_token: 'junk' }, {}],
      ['id_token null', { ...GOOD, id_token: null }, {}],
      ['extra fields', { ...GOOD, cookie: 'x', nested: { access_token: 'y' } }, {}],
      ['a token of 16 kB', { ...GOOD, access_token: 'a'.repeat(16_384) }, { accessToken: 'a'.repeat(16_384) }],
      ['text/plain', { body: JSON.stringify(GOOD), headers: { 'content-type': 'text/plain' } }, {}],
      ['no content type', { body: JSON.stringify(GOOD) }, {}],
      ['a byte order mark', { body: `\ufeff${JSON.stringify(GOOD)}` }, {}],
      [
        'a foreign __proto__',
        { body: `{"__proto__":{"access_token":"evil","scope":"control"},${JSON.stringify(GOOD).slice(1)}` },
        {},
      ],
    ];
    for (const [name, answer, expected] of accepted) {
      it(`A8: ${name} does no harm`, async () => {
        const tokens = await refreshTokens(contextOf(answer), 'r');
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
      it(`bad input: expires_in ${inspect(value).slice(0, 20)} means ${seconds} s`, async () => {
        const tokens = await refreshTokens(contextOf({ ...GOOD, expires_in: value }), 'r');
        assert.equal(tokens.expiresAt, NOW + seconds * 1000);
      });
    }

    const refused: readonly (readonly [string, Reply])[] = [
      ['no access token', { ...GOOD, access_token: undefined }],
      ['access token null', { ...GOOD, access_token: null }],
      ['access token empty', { ...GOOD, access_token: '' }],
      ['access token "undefined"', { ...GOOD, access_token: 'undefined' }],
      ['access token "[object Object]"', { ...GOOD, access_token: '[object Object]' }],
      ['access token a number', { ...GOOD, access_token: 12_345_678 }],
      ['access token a list', { ...GOOD, access_token: ['access.1'] }],
      ['access token with CR LF', { ...GOOD, access_token: 'leak-me\r\nx: y' }],
      ['access token with a blank', { ...GOOD, access_token: 'leak-me x' }],
      ['access token with ö', { ...GOOD, access_token: 'leak-meö' }],
      ['access token of 17 kB', { ...GOOD, access_token: 'leak-me'.repeat(2500) }],
      ['refresh token with LF', { ...GOOD, refresh_token: 'leak-me\n' }],
      ['refresh token a number', { ...GOOD, refresh_token: 7 }],
      ['refresh token of 17 kB', { ...GOOD, refresh_token: 'leak-me'.repeat(2500) }],
      ['token_type mac', { ...GOOD, token_type: 'mac' }],
      ['token_type DPoP', { ...GOOD, token_type: 'DPoP' }],
      ['token_type a list', { ...GOOD, token_type: ['bearer'] }],
      ['only a __proto__', { body: `{"__proto__":${JSON.stringify(GOOD)}}` }],
      ['201', { status: 201, body: JSON.stringify({ ...GOOD, access_token: 'leak-me' }) }],
      ['half a JSON', { body: '{"access_token":"leak-me","refresh_to' }],
      ['a list', { body: `[${JSON.stringify({ ...GOOD, access_token: 'leak-me' })}]` }],
      ['a string', { body: '"leak-me"' }],
      ['nothing', { body: '' }],
      ['invalid UTF-8', { body: '\ufffd\ufffd' }],
      ['HTML', { body: '<html>leak-me</html>', headers: { 'content-type': 'text/html' } }],
      ['deep JSON', { body: `${'['.repeat(30_000)}${']'.repeat(30_000)}` }],
    ];
    for (const [name, answer] of refused) {
      it(`A8: ${name} is refused, keeps the session, and no token leaks`, async () => {
        const error = await failure(refreshTokens(contextOf(answer), 'r'));
        assert.match(error.code, /^(?:oauth\.badAnswer|server\.(?:webPage|unreadable))$/);
        assert.equal(error.intent, 'transient');
        assert.equal(error.cause, undefined);
        assert.doesNotMatch(inspect(error, { depth: 9, showHidden: true }), /leak-me|access\.1|refresh-1/);
      });
    }

    it('A8: whatever comes with 200, it is a valid token set or a transient NinjaOneError', async () => {
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
        fc.asyncProperty(fields, async (answer) => {
          try {
            const tokens = await refreshTokens(contextOf({ body: JSON.stringify(answer) }), 'r');
            assert.match(tokens.accessToken, /^[\x21-\x7e]+$/);
            assert.match(tokens.refreshToken ?? 'none', /^[\x20-\x7e]+$/);
            assert.ok(tokens.expiresAt >= NOW + 60_000 && tokens.expiresAt <= NOW + 86_400_000);
          } catch (error) {
            assert.ok(isNinjaOneError(error) && error.intent === 'transient', inspect(error));
          }
        }),
      );
    });

    it('A8: invalid_grant at the token endpoint ends the session; our own secrets in the answer are taken out', async () => {
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

  describe('revocation', () => {
    it('A13: sends token, hint and client (RFC 7009)', async () => {
      await revokeToken(contextOf({ body: '' }), 'refresh-1', 'refresh_token');
      assert.equal(sent[0]?.url, `${ORIGIN}/ws/oauth/revoke`);
      assert.deepEqual(form(), { token: 'refresh-1', token_type_hint: 'refresh_token', client_id: 'client-1' });
    });

    it('A13: a confidential client adds its secret', async () => {
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
      it(`A13: ${status} ${body} is no success`, async () => {
        const error = await failure(revokeToken(contextOf({ status, body }), 'token-1', 'access_token'));
        assert.notEqual(error.intent, 'signInAgain');
      });
    }
  });

  describe('probe', () => {
    const known: readonly (readonly [number, string])[] = [
      [400, '{"error":"invalid_grant"}'],
      [401, '{"error":"invalid_client"}'],
      [400, '{"error":"unauthorized_client","error_description":"x"}'],
      [403, '{"resultCode":"FAILURE","errorMessage":"no"}'],
    ];
    for (const [status, body] of known) {
      it(`C5: ${status} ${body} knows the client`, async () => {
        assert.equal(await probeClient(contextOf({ status, body })), 'known');
      });
    }

    it('C5: 404 "Client app not exist" does not', async () => {
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
      it(`C5: ${status} ${body} tells nothing`, async () => {
        await failure(probeClient(contextOf({ status, body })));
      });
    }

    it('C5: sends the client id and never a secret', async () => {
      const answer = { status: 401, body: '{"error":"invalid_client"}' };
      await probeClient(contextOf(answer, { platform: 'web' }, { clientSecret: 'secret-1' }));
      assert.equal(sent[0]?.url, `${ORIGIN}/ws/oauth/token`);
      assert.equal(form()['client_id'], 'client-1');
      assert.doesNotMatch(inspect(sent), /secret-1|client_secret|authorization['"]?:/);
    });
  });
});

interface Answer {
  readonly status?: number;
  readonly body: string;
  readonly headers?: Record<string, string>;
}

/** An error of the transport, a whole answer, or the JSON of a good one. */
type Reply = Error | Answer | object;

function responseOf(reply: object): HttpResponse {
  const { status = 200, body, headers = {} } = isAnswer(reply) ? reply : { body: JSON.stringify(reply) };
  return { status, headers: new Headers(headers), body: new TextEncoder().encode(body) };
}

function isAnswer(reply: object): reply is Answer {
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
