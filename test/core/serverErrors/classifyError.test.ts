import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import fc from 'fast-check';
import type { Action, Intent } from '../../../src/core/base/errors.ts';
import type { Platform } from '../../../src/core/connections/connection.ts';
import {
  authorizationFailure,
  invalidResponse,
  serverBusy,
  toServerError,
  retryAfterMs,
  type Step,
} from '../../../src/core/serverErrors/classifyError.ts';
import { connectionOf } from '../../support/connectionFixtures.ts';

describe('classifying a failure', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  const again = 'signInAgain';
  const wrong = 'misconfigured';
  const rows: readonly Row[] = [
    // A8: the only rows that end a session.
    ['refresh', 400, { error: 'invalid_grant' }, 'oauth.invalidGrant', again, 'signIn'],
    ['refresh', 401, { error: 'invalid_grant', error_description: 'x' }, 'oauth.invalidGrant', again, 'signIn'],
    ['refresh', 400, { error: 'invalid_token' }, 'oauth.invalidGrant', again, 'signIn'],
    ['refresh', 401, { error: 'expired_token' }, 'oauth.invalidGrant', again, 'signIn'],
    // The same errors where they do not end a session.
    ['refresh', 200, { error: 'invalid_grant' }, 'oauth.invalidResponse', 'transient', 'retry'],
    ['refresh', 403, { error: 'invalid_grant' }, 'oauth.refused', wrong, 'editConnection'],
    ['refresh', 429, { error: 'invalid_grant' }, 'server.busy', 'transient', 'retry'],
    ['refresh', 500, { error: 'invalid_grant' }, 'server.unavailable', 'transient', 'retry'],
    ['refresh', 503, { error: 'invalid_token' }, 'server.unavailable', 'transient', 'retry'],
    ['refresh', 400, '<html>invalid_grant</html>', 'server.webPage', 'transient', 'retry'],
    ['refresh', 400, 'invalid_grant', 'server.unreadable', 'transient', 'retry'],
    ['refresh', 400, '"invalid_grant"', 'server.unreadable', 'transient', 'retry'],
    ['refresh', 400, '[{"error":"invalid_grant"}]', 'server.unreadable', 'transient', 'retry'],
    ['refresh', 400, { error: 'Invalid_Grant' }, 'oauth.refused', wrong, 'editConnection'],
    ['refresh', 400, { errorMessage: 'invalid_grant' }, 'oauth.refused', wrong, 'editConnection'],
    ['refresh', 400, { error: ['invalid_grant'] }, 'oauth.refused', wrong, 'editConnection'],
    ['refresh', 400, '{"__proto__":{"error":"invalid_grant"}}', 'oauth.refused', wrong, 'editConnection'],
    ['mint', 400, { error: 'invalid_grant' }, 'oauth.refused', wrong, 'editConnection'],
    ['revoke', 400, { error: 'invalid_token' }, 'oauth.refused', wrong, 'editConnection'],
    // Configuration errors of the connection.
    [
      'code',
      404,
      { resultCode: 'Client app not exist', incidentId: 'W-1' },
      'oauth.wrongRegion',
      wrong,
      'editConnection',
    ],
    ['refresh', 404, { resultCode: 'Client app not exist' }, 'oauth.wrongRegion', wrong, 'editConnection'],
    ['mint', 404, { resultCode: 'Client app not exist' }, 'oauth.wrongRegion', wrong, 'editConnection', 'api-services'],
    [
      'refresh',
      404,
      { resultCode: 'FAILURE', errorMessage: 'HTTP 404 Not Found' },
      'oauth.refused',
      wrong,
      'editConnection',
    ],
    ['mint', 401, { error: 'invalid_client' }, 'oauth.invalidClient', wrong, 'setClientSecret', 'api-services'],
    ['code', 400, { error: 'invalid_client' }, 'oauth.invalidClient', wrong, 'setClientSecret', 'web'],
    ['code', 401, { error: 'invalid_client' }, 'oauth.secretExpected', wrong, 'editConnection', 'native'],
    ['refresh', 401, { error: 'invalid_client' }, 'oauth.secretExpected', wrong, 'editConnection', 'spa'],
    [
      'mint',
      400,
      { error: 'unauthorized_client' },
      'oauth.unauthorizedClient',
      wrong,
      'openClientApps',
      'api-services',
    ],
    ['mint', 400, { error: 'unsupported_grant_type' }, 'oauth.unauthorizedClient', wrong, 'openClientApps'],
    ['refresh', 400, { error: 'unauthorized_client' }, 'oauth.refreshTokenNotTicked', wrong, 'openClientApps'],
    ['refresh', 400, { error: 'unsupported_grant_type' }, 'oauth.refreshTokenNotTicked', wrong, 'openClientApps'],
    ['code', 400, { error: 'invalid_grant' }, 'oauth.codeRefused', again, 'signIn'],
    [
      'code',
      400,
      { error: 'invalid_grant', error_description: 'redirect_uri mismatch' },
      'oauth.redirectMismatch',
      wrong,
      'openClientApps',
    ],
    [
      'code',
      400,
      { error: 'unauthorized_client', error_description: 'Invalid redirect_uri' },
      'oauth.redirectMismatch',
      wrong,
      'openClientApps',
    ],
    ['mint', 400, { error: 'invalid_scope' }, 'oauth.invalidScope', wrong, 'editConnection', 'api-services'],
    [
      'mint',
      400,
      { error: 'invalid_scope', error_description: 'Invalid scope control for client' },
      'oauth.invalidScope',
      wrong,
      'editConnection',
    ],
    [
      'mint',
      400,
      { resultCode: 'FAILURE', errorMessage: 'Invalid scope control for client' },
      'oauth.invalidScope',
      wrong,
      'editConnection',
    ],
    [
      'code',
      400,
      { error: 'invalid_scope', error_description: 'Invalid scope offline_access for client' },
      'oauth.refreshTokenNotTicked',
      wrong,
      'openClientApps',
    ],
    [
      'mint',
      400,
      { error: 'invalid_request', error_description: 'missing x' },
      'oauth.refused',
      wrong,
      'editConnection',
    ],
    [
      'mint',
      400,
      { resultCode: 'FAILURE', errorMessage: { code: 'odd_code', params: {} } },
      'oauth.refused',
      wrong,
      'editConnection',
    ],
    ['code', 400, { error: 'invalid_redirect_uri' }, 'oauth.redirectMismatch', wrong, 'openClientApps'],
    ['code', 400, { error: 'redirect_uri_mismatch' }, 'oauth.redirectMismatch', wrong, 'openClientApps'],
    ['code', 400, { error: 'not_redirect_uri_mismatch' }, 'oauth.refused', wrong, 'editConnection'],
    ['code', 400, { error: 'invalid_redirect_uri_2' }, 'oauth.refused', wrong, 'editConnection'],
    ['code', 400, { error: 'x', message: 'Redirect URL is wrong' }, 'oauth.redirectMismatch', wrong, 'openClientApps'],
    ['code', 400, { error: 'x', message: 'bad redirecturi' }, 'oauth.redirectMismatch', wrong, 'openClientApps'],
    ['code', 400, { resultCode: 'Client app does not exist' }, 'oauth.wrongRegion', wrong, 'editConnection'],
    ['code', 400, { resultCode: 'No client app not exist' }, 'oauth.refused', wrong, 'editConnection'],
    [
      'code',
      400,
      { error: 'invalid_scope', message: 'Refresh token is off' },
      'oauth.refreshTokenNotTicked',
      wrong,
      'openClientApps',
    ],
    ['probe', 403, { error: 'access_denied' }, 'oauth.accessDenied', 'permission', 'signIn'],
    // These have nothing to do with the session or the connection.
    ['refresh', 400, { error: 'slow_down' }, 'server.busy', 'transient', 'retry'],
    ['refresh', 425, '', 'server.unavailable', 'transient', 'retry'],
    ['api', 302, '', 'server.unreadable', 'transient', 'retry'],
    ['refresh', 429, '<html>Too many</html>', 'server.busy', 'transient', 'retry'],
    ['refresh', 429, { error: 'slow_down' }, 'server.busy', 'transient', 'retry'],
    [
      'refresh',
      500,
      { resultCode: 'FAILURE', errorMessage: 'x', incidentId: 'i' },
      'server.unavailable',
      'transient',
      'retry',
    ],
    ['refresh', 500, '<html>Error</html>', 'server.unavailable', 'transient', 'retry'],
    ['refresh', 502, '<html><center>nginx</center></html>', 'server.unavailable', 'transient', 'retry'],
    ['refresh', 503, '<html>Service Unavailable</html>', 'server.unavailable', 'transient', 'retry'],
    ['code', 504, '<html>Gateway Time-out</html>', 'server.unavailable', 'transient', 'retry'],
    ['refresh', 511, '<html>Log in to this network</html>', 'server.webPage', 'transient', 'retry'],
    ['refresh', 429, '<html>Busy</html>', 'server.busy', 'transient', 'retry'],
    ['refresh', 503, '', 'server.unavailable', 'transient', 'retry'],
    ['refresh', 408, '', 'server.unavailable', 'transient', 'retry'],
    ['refresh', 200, '<!DOCTYPE html><title>Hotel</title>', 'server.webPage', 'transient', 'retry'],
    ['refresh', 200, 'OK', 'server.unreadable', 'transient', 'retry'],
    ['refresh', 200, '', 'oauth.invalidResponse', 'transient', 'retry'],
    ['refresh', 204, '', 'oauth.invalidResponse', 'transient', 'retry'],
    ['refresh', 404, '<html>404 Not Found nginx</html>', 'server.webPage', 'transient', 'retry'],
    ['refresh', 401, '', 'oauth.invalidResponse', 'transient', 'retry'],
    ['refresh', 403, '"Forbidden"', 'server.unreadable', 'transient', 'retry'],
    ['refresh', 400, 'null', 'server.unreadable', 'transient', 'retry'],
    ['refresh', 400, '42', 'server.unreadable', 'transient', 'retry'],
    ['refresh', 400, { error: 'temporarily_unavailable' }, 'server.unavailable', 'transient', 'retry'],
    // The API: none of its responses ends a session.
    ['api', 401, { error: 'not_authenticated', error_code: 10 }, 'api.notAuthenticated', 'permission', 'signIn'],
    ['api', 401, '', 'api.notAuthenticated', 'permission', 'signIn'],
    ['api', 401, { error: 'invalid_token' }, 'api.notAuthenticated', 'permission', 'signIn'],
    ['api', 401, { error: 'insufficient_privileges' }, 'api.insufficientPrivileges', 'permission', 'openClientApps'],
    ['api', 403, { error: 'insufficient_privileges' }, 'api.insufficientPrivileges', 'permission', 'openClientApps'],
    [
      'api',
      401,
      { resultCode: 'insufficient_privileges' },
      'api.insufficientPrivileges',
      'permission',
      'openClientApps',
    ],
    [
      'api',
      403,
      { resultCode: 'INSUFFICIENT_PRIVILEGES' },
      'api.insufficientPrivileges',
      'permission',
      'openClientApps',
    ],
    ['api', 403, { resultCode: 'user_context_required' }, 'api.userContextRequired', 'permission', 'addConnection'],
    ['api', 403, { resultCode: 'not_authenticated' }, 'api.notAuthenticated', 'permission', 'signIn'],
    [
      'api',
      403,
      { error: 'user_context_required', error_code: 5 },
      'api.userContextRequired',
      'permission',
      'addConnection',
    ],
    ['api', 403, { resultCode: 'FAILURE' }, 'api.forbidden', 'permission', 'openClientApps'],
    ['api', 403, '', 'api.forbidden', 'permission', 'openClientApps'],
    [
      'api',
      404,
      { resultCode: 'FAILURE', errorMessage: 'HTTP 404 Not Found' },
      'api.notFound',
      'invalidInput',
      'showLog',
    ],
    ['api', 404, { resultCode: 'agreement_not_found' }, 'api.notFound', 'invalidInput', 'showLog'],
    ['api', 400, { error: 'missing_header', error_code: 2 }, 'api.refused', 'invalidInput', 'showLog'],
    ['api', 400, { error: 'invalid_header', error_code: 1 }, 'api.refused', 'invalidInput', 'showLog'],
    ['api', 409, { resultCode: 'ticket_updated_by_another_user' }, 'api.refused', 'invalidInput', 'showLog'],
    [
      'api',
      400,
      { resultCode: 'x', errorMessage: { code: 'bad_role', params: {} } },
      'api.refused',
      'invalidInput',
      'showLog',
    ],
    ['api', 400, { errorCode: 'BILLING_1', message: 'no agreement' }, 'api.refused', 'invalidInput', 'showLog'],
    ['api', 500, { errorCode: 'X', message: 'permission denied' }, 'server.unavailable', 'transient', 'retry'],
    ['api', 400, 'Bad gateway input', 'api.refused', 'invalidInput', 'showLog'],
    ['api', 403, 'no', 'api.forbidden', 'permission', 'openClientApps'],
    ['api', 404, '["no"]', 'api.notFound', 'invalidInput', 'showLog'],
    ['api', 401, '<html>proxy</html>', 'server.webPage', 'transient', 'retry'],
    ['api', 429, '<html>slow down</html>', 'server.busy', 'transient', 'retry'],
  ];

  for (const [step, status, body, code, intent, action, platform = 'native'] of rows) {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    it(`reports ${code} for ${status} ${text} at the step ${step} on ${platform} (A8, A16, T29)`, () => {
      const error = toServerError({ status, headers: new Headers(), text }, step, connectionOf({ platform }));
      assert.deepEqual([error.code, error.intent, error.action], [code, intent, action]);
      assert.match(error.message, /^(?!.*\{\d\}).+\.$/);
      assert.equal(error.support.status, status);
    });
  }

  it('ends a session only for the documented errors, whatever the server says at any step (A8, T29)', () => {
    const steps: readonly Step[] = ['authorize', 'code', 'refresh', 'mint', 'revoke', 'probe', 'api'];
    const ending = ['invalid_grant', 'invalid_token', 'expired_token'];
    const errors = fc.constantFrom(...ending, 'invalid_client', 'access_denied', 'toString', '__proto__', '');
    fc.assert(
      fc.property(
        fc.constantFrom(...steps),
        fc.integer({ min: 100, max: 599 }),
        fc.oneof(fc.record({ error: errors, error_description: fc.string() }), fc.json({ maxDepth: 2 }), fc.string()),
        (step, status, body) => {
          const text = typeof body === 'string' ? body : JSON.stringify(body);
          const { intent, message } = toServerError({ status, headers: new Headers(), text }, step, connectionOf());
          assert.ok(message.length < 1000);
          if (intent === 'signInAgain') {
            assert.ok(step === 'refresh' || step === 'code');
            assert.ok(status === 400 || status === 401);
            assert.ok(ending.some((error) => text.startsWith(`{"error":"${error}"`)));
          }
        },
      ),
    );
  });

  it('keeps incident and request ids for support, as plain and short text (A16)', () => {
    const headers = new Headers({ 'x-nj-request-id': 'r'.repeat(500) });
    const text = JSON.stringify({ resultCode: 'x', errorMessage: 'a\n[b](command:c) $(x)', incidentId: 'WEB-1\u202e' });
    const { support } = toServerError({ status: 400, headers, text }, 'api', connectionOf());
    assert.deepEqual(support, {
      status: 400,
      requestId: `${'r'.repeat(99)}…`,
      incidentId: 'WEB-1',
    });
  });

  it('uses text of the server only as a plain and short argument, never as the template (A16)', () => {
    const evil = '{0} [click](command:evil) $(zap)\u001b[31m <b>' + 'x'.repeat(5000);
    const text = JSON.stringify({ error: evil, error_description: evil });
    for (const step of ['mint', 'api'] as const) {
      const error = toServerError({ status: 400, headers: new Headers(), text }, step, connectionOf());
      assert.ok(!error.template.includes('evil'));
      assert.ok(!error.message.includes('](') && !error.message.includes('$(zap') && !error.message.includes('\u001b'));
      assert.ok(error.message.length < 500);
    }
  });

  const quoted: readonly (readonly [object | string, string])[] = [
    [{ error: 'a', error_description: 'b', resultCode: 'c' }, 'b'],
    [{ error: 'a', resultCode: 'c' }, 'a'],
    [{ resultCode: 'c' }, 'c'],
    [{}, 'HTTP 418'],
    [{ message: 'It broke... !' }, 'It broke'],
  ];
  for (const [body, words] of quoted) {
    it(`quotes "${words}" from ${JSON.stringify(body)} (A16)`, () => {
      const response = { status: 418, headers: new Headers(), text: JSON.stringify(body) };
      const { message, support } = toServerError(response, 'api', connectionOf());
      assert.equal(message, `eu.ninjarmm.com refused the request: ${words}. Check the values of the request.`);
      assert.deepEqual(support, { status: 418, requestId: undefined, incidentId: undefined });
    });
  }

  it('calls a throttled request busy, whatever its status and body (A16)', () => {
    const headers = new Headers({ 'retry-after': 'Thu, 01 Jan 2026 00:00:30 GMT', 'x-nj-request-id': 'r' });
    const error = serverBusy({ status: 503, headers }, connectionOf(), now);
    assert.deepEqual([error.code, error.intent, error.action], ['server.busy', 'transient', 'retry']);
    assert.deepEqual([error.support, error.retryAfter], [{ status: 503, requestId: 'r' }, 30_000]);
  });

  it('gives the reason why a success cannot be used, and quotes none of it (A16)', () => {
    const response = { status: 200, headers: new Headers({ 'x-nj-request-id': 'r' }), text: 'a-token' };
    const error = invalidResponse('no token', connectionOf(), response);
    assert.deepEqual([error.code, error.intent, error.action], ['oauth.invalidResponse', 'transient', 'retry']);
    assert.equal(error.message, 'eu.ninjarmm.com sent an invalid response for "Acme" (no token). Try again.');
    assert.deepEqual(error.support, { status: 200, requestId: 'r' });
    assert.deepEqual(invalidResponse('', connectionOf()).support, {});
    assert.match(invalidResponse('', connectionOf()).message, /\(no reason\)/);
  });

  it('never includes the body of a success, which may contain part of a token', () => {
    const response = { status: 200, headers: new Headers(), text: '{"access_token":"abcdef.ghijkl", "exp' };
    const error = toServerError(response, 'refresh', connectionOf());
    assert.doesNotMatch(inspect(error, { depth: 9 }), /abcdef/);
  });

  it('quotes the error of a redirect without a description (A3)', () => {
    const failure = authorizationFailure({ error: 'odd', description: undefined }, connectionOf());
    assert.match(failure.message, /^NinjaOne refused the request for "Acme": odd\./);
  });

  it('keeps the pause that the server asks for', () => {
    const headers = new Headers({ 'retry-after': '7' });
    assert.equal(toServerError({ status: 429, headers, text: '' }, 'refresh', connectionOf()).retryAfter, 7000);
  });

  const redirected: readonly (readonly [string, string | undefined, string, Intent])[] = [
    ['access_denied', undefined, 'oauth.accessDenied', 'permission'],
    ['access_denied', 'The resource owner denied', 'oauth.accessDenied', 'permission'],
    ['invalid_scope', 'Invalid scope control for client', 'oauth.invalidScope', 'misconfigured'],
    ['invalid_scope', 'offline_access is not allowed', 'oauth.refreshTokenNotTicked', 'misconfigured'],
    ['unauthorized_client', 'Invalid redirect_uri', 'oauth.redirectMismatch', 'misconfigured'],
    ['unauthorized_client', undefined, 'oauth.unauthorizedClient', 'misconfigured'],
    ['unsupported_response_type', undefined, 'oauth.unauthorizedClient', 'misconfigured'],
    ['invalid_request', 'code_challenge missing', 'oauth.refused', 'misconfigured'],
    ['invalid_request', 'The redirect_uri is wrong', 'oauth.redirectMismatch', 'misconfigured'],
    ['wrong_redirect_uri', undefined, 'oauth.redirectMismatch', 'misconfigured'],
    ['slow_down', undefined, 'server.busy', 'transient'],
    ['invalid_grant', undefined, 'oauth.refused', 'misconfigured'],
    ['server_error', undefined, 'server.unavailable', 'transient'],
    ['temporarily_unavailable', undefined, 'server.unavailable', 'transient'],
    ['[x](command:y)', '$(x)', 'oauth.refused', 'misconfigured'],
  ];
  for (const [error, description, code, intent] of redirected) {
    it(`reports ${code} for a redirect with ${error} and ${description ?? 'no description'} (A3)`, () => {
      const failure = authorizationFailure({ error, description }, connectionOf());
      assert.deepEqual([failure.code, failure.intent], [code, intent]);
      assert.doesNotMatch(failure.message, /\]\(|\$\(|[{}]/);
    });
  }

  const pauses: readonly (readonly [string | undefined, number | undefined])[] = [
    [undefined, undefined],
    ['', undefined],
    ['0', 0],
    ['7', 7000],
    [' 7 ', 7000],
    ['300', 300_000],
    ['1000000000', 300_000],
    ['9'.repeat(400), 300_000],
    ['-5', undefined],
    ['1e9', undefined],
    ['1.5', 1500],
    ['3.0001', 3001],
    ['1.', undefined],
    ['.5', undefined],
    ['soon', undefined],
    ['2027', 300_000],
    ['May 5', undefined],
    ['Thu, 01 Jan 2026 00:00:30 GMT', 30_000],
    ['Wed, 31 Dec 2025 23:00:00 GMT', 0],
    ['Fri, 01 Jan 2100 00:00:00 GMT', 300_000],
    ['Thursday, 01-Jan-26 00:00:30 GMT', 30_000],
    ['Mon, 05 Jan 2026 00:00:30 GMT', 300_000],
    ['Tue, 06 Jan 2026 00:00:30 GMT', 300_000],
    ['Sat, 03 Jan 2026 00:00:30 GMT', 300_000],
    ['Sun, 04 Jan 2026 00:00:30 GMT', 300_000],
    ['x Thu, 01 Jan 2026 00:00:30 GMT', undefined],
    ['Thu, 01 Jan 2026 00:00:30 GMT+0100', undefined],
    ['Thu Jan  1 00:00:30 2026', undefined],
    ['Thu, 99 Foo 2026 99:99:99 GMT', undefined],
  ];
  for (const [value, expected] of pauses) {
    it(`reads ${value === undefined ? 'a missing Retry-After' : `Retry-After ${JSON.stringify(value)}`} as ${expected === undefined ? 'no pause' : `${expected} ms`}`, () => {
      const headers = new Headers(value === undefined ? {} : { 'retry-after': value });
      assert.equal(retryAfterMs(headers, now), expected);
    });
  }
});

type Row = readonly [Step, number, object | string, string, Intent, Action, Platform?];
