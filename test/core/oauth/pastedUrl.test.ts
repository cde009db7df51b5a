import assert from 'node:assert/strict';
import { formatMessage } from '../../../src/core/base/messages.ts';
import { isNinjaOneError } from '../../../src/core/base/errors.ts';
import { randomState } from '../../../src/core/oauth/oauthClient.ts';
import { PendingCallbacks, type Callback } from '../../../src/core/oauth/pendingCallbacks.ts';
import { connectionOf, ORIGIN } from '../../support/connectionFixtures.ts';

const REDIRECT = 'http://127.0.0.1:5555';

describe('a pasted address', () => {
  let callbacks: PendingCallbacks;

  beforeEach(() => {
    callbacks = new PendingCallbacks();
  });

  const expectAt = (redirectUri: string): { readonly state: string; readonly result: Promise<Callback> } => {
    const state = randomState();
    return { state, result: callbacks.expect(state, connectionOf(), { redirectUri }).result };
  };
  const problemWith = (text: string): { readonly kind: string; readonly message: string } => {
    const problem = callbacks.settleUrl(text);
    assert.ok(problem !== 'settled', `${text.slice(0, 80)} was accepted`);
    return { kind: problem.kind, message: formatMessage(problem) };
  };

  it('keeps brackets and quotation marks within it (A2)', async () => {
    const { state, result } = expectAt(REDIRECT);
    assert.equal(callbacks.settleUrl(`("<${REDIRECT}/?code=a(b)'c"d&state=${state}>")`), 'settled');
    assert.deepEqual(await result, { code: `a(b)'c"d` });
  });

  it('may be written in capitals where that means the same (A2)', async () => {
    const { state, result } = expectAt(REDIRECT);
    assert.equal(callbacks.settleUrl(`HTTP://127.0.0.1:5555/?code=c&state=${state}`), 'settled');
    assert.deepEqual(await result, { code: 'c' });
  });

  it('may have 16,384 characters, and not one more (A2)', async () => {
    const { state, result } = expectAt(REDIRECT);
    const start = `${REDIRECT}/?state=${state}&code=`;
    assert.equal(problemWith(start.padEnd(16_385, 'c')).kind, 'tooLong');
    assert.equal(callbacks.settleUrl(start.padEnd(16_384, 'c')), 'settled');
    assert.match((await result).code, /^c{16000}/);
  });

  it('has the same path with and without a slash after the host (A2)', () => {
    const pairs = [
      [REDIRECT, `${REDIRECT}/`],
      ['code-oss://a.b', 'code-oss://a.b/'],
    ].flatMap(([one = '', other = '']) => [
      [one, other],
      [other, one],
    ]);
    for (const [redirectUri = '', address = ''] of pairs) {
      const { state } = expectAt(redirectUri);
      assert.equal(callbacks.settleUrl(`${address}?code=c&state=${state}`), 'settled', `${redirectUri} ${address}`);
    }
  });

  it('fits no redirect URI that is not an address (A2)', () => {
    const { state } = expectAt('not an address');
    assert.equal(problemWith(`${REDIRECT}/?code=c&state=${state}`).kind, 'otherAddress');
  });

  it('is called incomplete if it is a part of an address, and a code otherwise (A2)', () => {
    for (const part of ['a?b', 'a&b', 'code=c', 'state=s', 'http://', 'mailto:a?code=c&state=s&b=http://c']) {
      const { kind, message } = problemWith(part);
      assert.equal(kind, 'notUrl', part);
      assert.match(message, /http…/);
    }
    assert.equal(problemWith('a.b-c').kind, 'bareCode');
  });

  it('of another page gets the address that is expected (A2)', () => {
    const { state } = expectAt(`${REDIRECT}/callback`);
    const { kind, message } = problemWith(`${ORIGIN}/?code=c&state=${state}`);
    assert.equal(kind, 'otherAddress');
    assert.ok(message.includes(`${REDIRECT}/callback`));
  });

  it('is an error page only at the instance, with an error and without a state (A3)', () => {
    expectAt(REDIRECT);
    assert.equal(problemWith(`${ORIGIN}/ws?error=access_denied`).kind, 'errorPage');
    assert.equal(problemWith('https://evil.example/ws?error=access_denied').kind, 'noState');
    assert.equal(problemWith(`${ORIGIN}/ws?error=access_denied&state=foreign`).kind, 'otherSignIn');
    assert.equal(problemWith(`${ORIGIN}/ws?error_description=denied`).kind, 'noResponse');
  });

  it('with an error counts by the description (A3)', async () => {
    const { state, result } = expectAt(REDIRECT);
    const query = `error=unauthorized_client&error_description=Invalid+redirect_uri&state=${state}`;
    assert.equal(callbacks.settleUrl(`${REDIRECT}/?${query}`), 'settled');
    await assert.rejects(result, (error) => isNinjaOneError(error) && error.code === 'oauth.redirectMismatch');
  });
});
