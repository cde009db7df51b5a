import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import type { Logger } from '../../src/core/base/log.ts';
import type { Connection } from '../../src/core/connections/connection.ts';
import { exchangeCode, probeClient, revokeToken } from '../../src/core/oauth/oauthClient.ts';
import { testConnection } from '../../src/core/sessions/connectionTest.ts';
import type { Misbehavior } from '../../sandbox/misbehavior.ts';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { startSignIn } from '../support/browserSignIn.ts';
import { Canaries, encodingsOf, everythingOf, type Surface } from '../support/canaries.ts';
import { openOAuthFixture, released, type OAuthWindow, type OAuthFixture } from '../support/oauthFixture.ts';

type TokenFault = Exclude<Misbehavior['token'], undefined>;

describe('the search for leaked secrets', () => {
  let sandbox: Sandbox;
  let fixture: OAuthFixture;
  let window: OAuthWindow;
  let connection: Connection;
  /** Log messages before and after redaction. */
  let raw: string[];
  let log: string[];
  let errors: Error[];
  let canaries: Canaries;

  before(async () => {
    sandbox = await startSandbox();
  });
  after(() => sandbox.stop());
  beforeEach(async () => {
    fixture = await openOAuthFixture(sandbox);
    raw = [];
    log = [];
    errors = [];
    canaries = new Canaries();
    connection = fixture.connection('sandbox-web', { redirectUri: 'https://sandbox.example/callback' });
    window = await fixture.open({ connections: [connection], log: recorder(log), rawLog: recorder(raw) });
    window.tokens.onRenewalFailure(({ error }) => errors.push(error));
    canaries.add('secret', 'sandbox-web-secret');
  });
  afterEach(async () => {
    await fixture.close();
    sandbox.reset();
  });

  /** Signs in and adds every secret of the sign-in to the canaries. */
  async function signIn(): Promise<{ id: string; code: string; verifier: string }> {
    const waiting = await startSignIn(window, connection);
    canaries.add('state', waiting.nonce).add('verifier', waiting.verifier);
    let code = '';
    const usable = await window.tokens.signIn(connection, ['monitoring'], async () => {
      const { url } = await waiting.browse();
      code = url.searchParams.get('code') ?? '';
      canaries.add('code', code);
      window.callbacks.settle('?code=stray&state=stray');
      window.callbacks.settleUrl(`${url.href}&state=twice`);
      window.callbacks.settleUrl(url.href.replace('sandbox.example', 'other.example'));
      assert.equal(window.callbacks.settleUrl(url.href), 'settled');
      return waiting.exchange();
    });
    await waiting.end();
    noteTokens(usable.session);
    return { id: usable.session.id, code, verifier: waiting.verifier };
  }

  function noteTokens({
    accessToken,
    refreshToken = '',
  }: {
    accessToken: string;
    refreshToken?: string | undefined;
  }): void {
    canaries.add('access token', accessToken).add('refresh token', refreshToken);
  }

  /** Waits for the rejection and stores its error for the search. */
  async function fails(promise: Promise<unknown>): Promise<void> {
    const error = await promise.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof Error, 'it should have failed');
    errors.push(error);
  }

  /** Empty if the file was deleted after its folder was listed, as the note of an incident is. */
  async function contentOf(path: string): Promise<string> {
    try {
      return await readFile(path, 'latin1');
    } catch (error) {
      assert.equal((error as NodeJS.ErrnoException).code, 'ENOENT');
      return '';
    }
  }

  async function surfaces(): Promise<Surface[]> {
    const files = await Promise.all(
      (await readdir(fixture.directory, { recursive: true, withFileTypes: true }))
        .filter((entry) => entry.isFile())
        .map(async (entry) => `${entry.name}\n${await contentOf(join(entry.parentPath, entry.name))}`),
    );
    return [
      { name: 'log before redaction', pieces: raw },
      { name: 'log', pieces: log },
      ...errors.map((error) => ({ name: `error ${error.message}`, pieces: [everythingOf(error)] })),
      { name: 'files beside the secrets', pieces: files },
      { name: 'keys of the secrets', pieces: Object.values(window.secrets.calls).flat() },
      {
        name: 'addresses that the server received',
        pieces: sandbox.requests.map(({ path, query }) => `${path}?${query.toString()}`),
        // The server has to see the state.
        except: ['state'],
      },
      { name: 'addresses of requests', pieces: window.sent.map(({ url }) => url) },
      {
        name: 'accounts of the sessions',
        pieces: window.changes
          .flatMap(({ added, changed }) => [...added, ...changed])
          .map(({ account }) => inspect(account)),
      },
    ];
  }

  it('finds no code, state, verifier, secret or token of a whole session in log, errors, files and addresses (T46)', async () => {
    const { id, code, verifier } = await signIn();
    const context = await window.context(connection);
    const { redirectUri = '' } = connection;
    noteTokens((await window.tokens.getValidToken(id, { force: true })).session);
    const session = window.record(id);
    assert.ok(session);
    await testConnection({ connection, ...session, transport: window.transport, timeout: 5000 });
    assert.equal(await probeClient(context), 'known');

    const token = session.accessToken;
    const hostile: readonly TokenFault[] = [
      ...quoting('sandbox-web-secret', code, verifier),
      { kind: 'response', status: 200, body: `{"access_token":"${token}` },
      { kind: 'response', status: 200, body: { token, access_token: { token } } },
      { kind: 'fields', set: { token_type: 'mac', access_token: token } },
      { kind: 'fields', set: { access_token: `${token}\r\nx` } },
      { kind: 'oversized' },
      { kind: 'dropAfterRotation' },
      { kind: 'redirect', status: 307, location: `https://evil.example/?t=${token}` },
    ];
    for (const fault of hostile) {
      sandbox.misbehave({ token: { ...fault, grantType: 'authorization_code', times: 1 } });
      await fails(exchangeCode(context, { code, verifier, redirectUri }));
    }
    await fails(exchangeCode(context, { code, verifier, redirectUri }));
    await window.tokens.signOut(id).then((out) => out?.revoked);
    assert.ok(errors.length >= hostile.length + 1);
    assert.ok(raw.length > hostile.length, 'the log is written at its most detailed level');
    assert.ok(canaries.size >= 8);
    assert.deepEqual(canaries.hits(await surfaces()), []);
  });

  it('finds nothing after failed refreshes and their consequences (T46)', async () => {
    const faults: readonly TokenFault[] = [
      { kind: 'html' },
      { kind: 'unavailable' },
      { kind: 'drop' },
      { kind: 'redirect', status: 307, location: 'https://evil.example/' },
    ];
    const { id } = await signIn();
    for (const fault of faults) {
      sandbox.misbehave({ token: { ...fault, times: 1 } });
      await fails(window.tokens.getValidToken(id, { force: true }));
      noteTokens((await window.tokens.getValidToken(id, { force: true })).session);
    }
    const refreshToken = window.record(id)?.refreshToken ?? '';
    for (const fault of quoting('sandbox-web-secret', refreshToken)) {
      sandbox.misbehave({ token: { ...fault, times: 1 }, revoke: { ...fault, times: 1 } });
      await fails(window.tokens.getValidToken(id, { force: true }));
      await fails(revokeToken(await window.context(connection), refreshToken, 'refresh_token'));
    }

    sandbox.misbehave({ token: { kind: 'hold', times: 1 } });
    window.timeout = 200;
    await fails(window.tokens.getValidToken(id, { force: true }));
    window.timeout = 5000;
    sandbox.release();
    await fails(window.tokens.getValidToken(id, { force: true }));
    assert.ok(errors.some((error) => 'code' in error && error.code === 'oauth.invalidGrant'));
    assert.deepEqual(canaries.hits(await surfaces()), []);
  });

  it('finds nothing after a failing secret storage, a wrong secret, or a sign-out during a refresh (T46)', async () => {
    const { id } = await signIn();
    window.secrets.fail('store', 'quote');
    noteTokens((await window.tokens.getValidToken(id, { force: true })).session);
    window.secrets.fail('get', 'throw');
    await fails(window.tokens.getValidToken(id, { force: true }));
    window.secrets.heal();

    const odd = `wr+ong/cl ient="se(cr)et'~ü\\&9f8e7d6c`;
    canaries.add('wrong secret', odd);
    await window.clientSecrets.set(connection.id, odd);
    await fails(window.tokens.getValidToken(id, { force: true }));
    for (const fault of quoting(odd)) {
      sandbox.misbehave({ token: { ...fault, times: 1 } });
      await fails(window.tokens.getValidToken(id, { force: true }));
    }
    await window.clientSecrets.set(connection.id, 'sandbox-web-secret');

    sandbox.misbehave({ token: { kind: 'hold', times: 1 } });
    const arrived = sandbox.nextRequest(({ form }) => form?.grantType === 'refresh_token');
    const renewal = fails(window.tokens.getValidToken(id, { force: true }));
    await arrived;
    await window.tokens.signOut(id).then((out) => out?.revoked);
    await released(sandbox, renewal);
    assert.deepEqual(canaries.hits(await surfaces()), []);
  });

  it('would find a value in any encoding, in two lines, and deep inside an error (T46)', () => {
    const token = `abc+def/ghi"jkl=.mno~!'(p)`;
    canaries.add('token', token);
    for (const [encoding, text] of Object.entries(encodingsOf(token))) {
      for (const pieces of [[`before${text}after`], [`before${text.slice(0, 5)}`, `${text.slice(5)}after`]]) {
        assert.ok(canaries.hits([{ name: 'planted', pieces }]).length > 0, `${encoding} in ${pieces.length}`);
      }
    }
    const credentials = Buffer.from(`client:${token}`).toString('base64');
    assert.notDeepEqual(canaries.hits([{ name: 'header', pieces: [`Basic ${credentials}`] }]), []);
    const cause = Object.assign(new Error('inner'), { request: { headers: [{ deep: { body: `x=${token}` } }] } });
    const outer = new Error('outer', { cause: new AggregateError([cause]) });
    assert.notDeepEqual(canaries.hits([{ name: 'error', pieces: [everythingOf(outer)] }]), []);
    assert.deepEqual(canaries.hits([{ name: 'clean', pieces: [everythingOf(new Error('clean'))] }]), []);
  });
});

type ResponseFault = Extract<TokenFault, { readonly kind: 'response' }>;

/** Responses of a server that repeats what it was sent, in each form in which it may have received it. */
function quoting(...sent: readonly string[]): ResponseFault[] {
  const shapes = sent.flatMap((value) => [
    ...new Set(Object.values(encodingsOf(value))),
    new URLSearchParams({ value }).toString(),
    JSON.stringify({ value }),
    Buffer.from(`sandbox-web:${value}`).toString('base64'),
  ]);
  return shapes.flatMap((shape): ResponseFault[] => {
    // Some JSON encoders for web pages escape these characters.
    const escaped = JSON.stringify({ error: 'slow_down', error_description: `no ${shape}` })
      .replaceAll('+', '\\u002b')
      .replaceAll('/', '\\/')
      .replaceAll('=', '\\u003d');
    return [
      { kind: 'response', status: 400, body: { error: 'temporarily_unavailable', error_description: `no ${shape}` } },
      { kind: 'response', status: 400, body: escaped, contentType: 'application/json' },
      { kind: 'response', status: 404, body: { resultCode: shape, incidentId: shape } },
      { kind: 'response', status: 403, body: { error: shape, errorMessage: { code: shape, params: shape } } },
      { kind: 'response', status: 500, body: shape },
      { kind: 'response', status: 400, body: JSON.stringify(shape) },
      { kind: 'response', status: 200, body: `<html>${shape}</html>` },
      { kind: 'response', status: 302, headers: { location: `https://evil.example/${encodeURIComponent(shape)}` } },
    ];
  });
}

function recorder(lines: string[]): Logger {
  const record = (message: string): void => {
    lines.push(message);
  };
  return { trace: record, debug: record, info: record, warn: record, error: record };
}
