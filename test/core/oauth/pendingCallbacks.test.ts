import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { formatMessage } from '../../../src/core/base/messages.ts';
import { isCanceled, isNinjaOneError } from '../../../src/core/base/errors.ts';
import { PendingCallbacks, type Callback } from '../../../src/core/oauth/pendingCallbacks.ts';
import { randomState } from '../../../src/core/oauth/oauthClient.ts';
import { connectionOf, ORIGIN } from '../../support/connectionFixtures.ts';

describe('PendingCallbacks', () => {
  let callbacks: PendingCallbacks;
  let state: string;
  let outcome: { readonly result: Promise<Callback>; dispose(): void };

  beforeEach(() => {
    callbacks = new PendingCallbacks();
    state = randomState();
    outcome = callbacks.expect(state, connectionOf(), { redirectUri: 'http://127.0.0.1:5555' });
  });

  /** The sign-in goes on: its own callback still settles it. */
  async function stillPending(): Promise<void> {
    assert.equal(callbacks.settle(`code=good&state=${state}`), 'settled');
    assert.deepEqual(await outcome.result, { code: 'good' });
  }

  for (const prefix of ['', '?']) {
    it(`settles a callback with the expected state, ${prefix === '' ? 'without' : 'with'} a leading question mark (A2)`, async () => {
      assert.equal(callbacks.settle(`${prefix}code=abc.def&state=${state}`), 'settled');
      assert.deepEqual(await outcome.result, { code: 'abc.def' });
    });
  }

  it('ignores unknown parameters (A2)', async () => {
    assert.equal(callbacks.settle(`a=b&code=c&x=y&x=z&state=${state}&access_token=evil`), 'settled');
    assert.deepEqual(await outcome.result, { code: 'c' });
  });

  const ignored: readonly (readonly [string, (state: string) => string])[] = [
    ['no parameters', () => ''],
    ['a missing state', () => 'code=c'],
    ['an empty state', () => 'code=c&state='],
    ['a repeated state', (s) => `code=c&state=${s}&state=${s}`],
    ['the state beside a foreign one', (s) => `code=c&state=evil&state=${s}`],
    ['a foreign state', () => `code=c&state=${randomState()}`],
    ['a prefix of the state', (s) => `code=c&state=${s.slice(0, -1)}`],
    ['a longer state', (s) => `code=c&state=${s}x`],
    ['a state in another case', (s) => `code=c&state=${swapCase(s)}`],
    ['the state as an array', (s) => `code=c&state[]=${s}`],
    ['the parameter name in capitals', (s) => `code=c&STATE=${s}`],
    ['the state in the fragment', (s) => `code=c#state=${s}`],
    ['no code', (s) => `state=${s}`],
    ['an empty code', (s) => `code=&state=${s}`],
    ['a repeated code', (s) => `code=c&code=c&state=${s}`],
    ['an empty and a valid code', (s) => `code=&code=c&state=${s}`],
    ['a code and an error', (s) => `code=c&error=access_denied&state=${s}`],
    ['a code and an empty error', (s) => `code=c&error=&state=${s}`],
    ['an empty error', (s) => `error=&state=${s}`],
    ['a repeated error', (s) => `error=a&error=b&state=${s}`],
    ['an error without state', () => 'error=access_denied'],
    ['an error with a foreign state', () => 'error=access_denied&state=x'],
    ['a foreign issuer', (s) => `code=c&state=${s}&iss=https%3A%2F%2Fevil.example`],
    ['an issuer with a path', (s) => `code=c&state=${s}&iss=${ORIGIN}/x`],
    ['an empty issuer', (s) => `code=c&state=${s}&iss=`],
    ['a repeated issuer', (s) => `code=c&state=${s}&iss=${ORIGIN}&iss=${ORIGIN}`],
    ['an error with a foreign issuer', (s) => `error=x&state=${s}&iss=https://evil.example`],
    ['a foreign nonce', (s) => `code=c&state=${s}&nonce=x`],
    ['an empty nonce', (s) => `code=c&state=${s}&nonce=`],
    ['a nonce without an address in the state', (s) => `code=c&state=${s}&nonce=${s}`],
    ['1 MB of text', (s) => `code=${'c'.repeat(1_000_000)}&state=${s}`],
    ['invalid encoding', (s) => `code=%&state=%${s}`],
  ];
  for (const [name, query] of ignored) {
    it(`ignores a callback with ${name}, and the sign-in goes on (A2, T02)`, async () => {
      assert.equal(callbacks.settle(query(state)), 'ignored');
      await stillPending();
    });
  }

  it('ignores any other text without throwing, and the sign-in goes on (A2, T02)', async () => {
    const noise = fc.oneof(
      fc.string(),
      fc
        .array(fc.tuple(fc.constantFrom('code', 'state', 'error', 'iss', 'nonce', '%'), fc.string()), { maxLength: 6 })
        .map((pairs) => pairs.map(([name, value]) => `${name}=${value}`).join('&')),
    );
    fc.assert(
      fc.property(noise, (query) => {
        assert.equal(callbacks.settle(query), 'ignored');
        assert.notEqual(callbacks.settleUrl(`http://127.0.0.1:5555/?${query}`), 'settled');
        assert.notEqual(callbacks.settleUrl(query), 'settled');
      }),
    );
    await stillPending();
  });

  it('settles once if a callback is delivered 50 times (A2, T03)', async () => {
    const deliveries = Array.from({ length: 50 }, (_, index) => callbacks.settle(`code=c${index}&state=${state}`));
    assert.deepEqual(deliveries, ['settled', ...Array.from({ length: 49 }, () => 'ignored')]);
    assert.deepEqual(await outcome.result, { code: 'c0' });
  });

  it('recognizes a late callback without any effect after the sign-in was given up (A2, A4)', async () => {
    outcome.dispose();
    outcome.dispose();
    for (const query of [`code=c&state=${state}`, `error=access_denied&state=${state}`]) {
      assert.equal(callbacks.settle(query), 'ended');
    }
    await assert.rejects(outcome.result, isCanceled);
    const problem = callbacks.settleUrl(`http://127.0.0.1:5555/?code=c&state=${state}`);
    assert.ok(problem !== 'settled' && problem.kind === 'otherSignIn');
  });

  it('takes a repeated callback of a sign-in that got its own for no late one (A2)', () => {
    callbacks.settle(`code=c&state=${state}`);
    outcome.dispose();
    assert.equal(callbacks.settle(`code=c&state=${state}`), 'ignored');
  });

  it('remembers the latest sign-ins that were given up, and not all (A4)', () => {
    const states = Array.from({ length: 25 }, () => {
      const each = randomState();
      callbacks.expect(each, connectionOf()).dispose();
      return each;
    });
    assert.deepEqual(
      states.map((each) => callbacks.settle(`code=c&state=${each}`)),
      [...Array<string>(5).fill('ignored'), ...Array<string>(20).fill('ended')],
    );
  });

  it('leaves no unhandled rejection for a sign-in without a listener (A4)', async () => {
    const unhandled: unknown[] = [];
    const listener = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', listener);
    callbacks.expect(randomState(), connectionOf()).dispose();
    callbacks.settle(`error=access_denied&state=${state}`);
    await new Promise((done) => setImmediate(done));
    process.off('unhandledRejection', listener);
    assert.deepEqual(unhandled, []);
  });

  it('keeps a received callback if the sign-in is disposed afterward (A2)', async () => {
    callbacks.settle(`code=c&state=${state}`);
    outcome.dispose();
    assert.deepEqual(await outcome.result, { code: 'c' });
  });

  it('gives each of two pending sign-ins its own callback (A2)', async () => {
    const other = randomState();
    const second = callbacks.expect(other, connectionOf({ name: 'Other' }));
    assert.equal(callbacks.settle(`code=two&state=${other}`), 'settled');
    assert.deepEqual(await second.result, { code: 'two' });
    await stillPending();
  });

  for (const issuer of [ORIGIN, `${ORIGIN}/`]) {
    it(`accepts ${issuer} as the issuer of the connection (A2)`, async () => {
      assert.equal(callbacks.settle(`code=c&state=${state}&iss=${encodeURIComponent(issuer)}`), 'settled');
      assert.deepEqual(await outcome.result, { code: 'c' });
    });
  }

  it('ends the sign-in on an error with the right state, and shows it as plain text (A3)', async () => {
    const description = encodeURIComponent('[no](command:x) \u001b[31m$(zap)');
    assert.equal(callbacks.settle(`error=odd&error_description=${description}&state=${state}`), 'settled');
    await assert.rejects(outcome.result, (error) => {
      assert.ok(isNinjaOneError(error));
      assert.equal(error.code, 'oauth.refused');
      assert.doesNotMatch(error.message, /\]\(|\$\(|\u001b/);
      return true;
    });
  });

  it('uses nothing but the error of an error, whatever stands beside it (A3, T07)', async () => {
    const beside = new URLSearchParams({
      error_uri: 'https://evil.example/help',
      access_token: 'canary-access',
      id_token: 'canary-id',
      refresh_token: 'canary-refresh',
    });
    const error = `error=access_denied&error_description=${encodeURIComponent('<b>no</b>')}&${beside.toString()}`;
    for (const query of [error, `${error}&state=`, `${error}&state=${randomState()}`]) {
      assert.equal(callbacks.settle(query), 'ignored');
    }
    assert.equal(callbacks.settle(`${error}&state=${state}`), 'settled');
    await assert.rejects(outcome.result, (reason) => {
      assert.ok(isNinjaOneError(reason));
      assert.equal(reason.code, 'oauth.accessDenied');
      assert.doesNotMatch(inspect(reason, { depth: 9, showHidden: true }), /evil|canary/);
      return true;
    });
  });

  it('takes no token from a callback (A2, T07)', async () => {
    for (const name of ['access_token', 'id_token', 'token']) {
      assert.equal(callbacks.settle(`${name}=canary&state=${state}`), 'ignored');
    }
    await stillPending();
  });

  it('keeps a plus sign in a code that the editor has decoded', async () => {
    // The browser sent `a%2Bb`.
    assert.equal(callbacks.settle(`code=a+b/c==&state=${state}`), 'settled');
    assert.deepEqual(await outcome.result, { code: 'a+b/c==' });
  });

  describe('with the vscode.dev redirect', () => {
    const desktop = (nonce: string): string =>
      `vscode://ninjaone-community.ninjaone-authentication/callback?nonce=${nonce}&windowId=1`;
    const browser = (nonce: string): string =>
      `https://dev.example/stable-1/callback?vscode-reqid=1&vscode-scheme=code-oss&vscode-query=nonce%3D${nonce}`;

    const delivered: readonly (readonly [string, (nonce: string) => string])[] = [
      ['as the browser sends it', (n) => `nonce=${n}&windowId=1&code=c&state=${encodeURIComponent(desktop(n))}`],
      ['decoded by the editor', (n) => `nonce=${n}&windowId=1&code=c&state=${desktop(n)}`],
      [
        'with the state encoded twice',
        (n) => `nonce=${n}&code=c&state=${encodeURIComponent(encodeURIComponent(desktop(n)))}`,
      ],
      ['from VS Code in a browser', (n) => `code=c&state=${encodeURIComponent(browser(n))}&nonce=${n}`],
      [
        'with an encoded equals sign',
        (n) => `nonce=${n}&code=c&state=${encodeURIComponent(`vscode://x/callback?nonce%3D${n}`)}`,
      ],
      ['without a nonce of its own', (n) => `code=c&state=${encodeURIComponent(desktop(n))}`],
    ];
    for (const [name, query] of delivered) {
      it(`settles by the nonce of a callback ${name} (A2)`, async () => {
        assert.equal(callbacks.settle(query(state)), 'settled');
        assert.deepEqual(await outcome.result, { code: 'c' });
      });
    }

    const foreign: readonly (readonly [string, (nonce: string) => string])[] = [
      ['a nonce with a foreign state', (n) => `nonce=${n}&code=c&state=${encodeURIComponent(desktop(randomState()))}`],
      ['a nonce with a state that is not an address', (n) => `nonce=${n}&code=c&state=foreign`],
      [
        'a foreign nonce with our state',
        (n) => `nonce=${randomState()}&code=c&state=${encodeURIComponent(desktop(n))}`,
      ],
      ['a repeated nonce', (n) => `nonce=${n}&nonce=${n}&code=c&state=${encodeURIComponent(desktop(n))}`],
      ['two nonces in the state', (n) => `code=c&state=${encodeURIComponent(`${desktop(n)}&nonce=evil`)}`],
      ['a nonce without state', (n) => `nonce=${n}&code=c`],
    ];
    for (const [name, query] of foreign) {
      it(`ignores ${name}, and the sign-in goes on (A2)`, async () => {
        assert.equal(callbacks.settle(query(state)), 'ignored');
        await stillPending();
      });
    }

    it('accepts the pasted address of the redirect page', async () => {
      const nonce = randomState();
      const relay = callbacks.expect(nonce, connectionOf(), { redirectUri: 'https://vscode.dev/redirect' });
      const sent = encodeURIComponent(encodeURIComponent(desktop(nonce)));
      assert.equal(callbacks.settleUrl(`https://vscode.dev/redirect?code=c&state=${sent}`), 'settled');
      assert.deepEqual(await relay.result, { code: 'c' });
    });

    for (const [name, address] of [
      ['VS Code in a browser', browser],
      ['VS Code on the desktop', desktop],
    ] as const) {
      /** As the page of vscode.dev sends the browser on. */
      const endOf = (nonce: string, changes: Readonly<Record<string, string>> = {}): URL => {
        const end = new URL(address(nonce));
        for (const [key, value] of Object.entries({ code: 'c', state: address(nonce), ...changes })) {
          end.searchParams.set(key, value);
        }
        return end;
      };
      const expectRelay = (nonce: string): ReturnType<PendingCallbacks['expect']> =>
        callbacks.expect(nonce, connectionOf(), {
          redirectUri: 'https://vscode.dev/redirect',
          relayedTo: address(nonce),
        });

      it(`accepts the pasted address at which the browser ended for ${name} (A4)`, async () => {
        const nonce = randomState();
        const relay = expectRelay(nonce);
        assert.equal(callbacks.settleUrl(endOf(nonce).href), 'settled');
        assert.deepEqual(await relay.result, { code: 'c' });
      });

      it(`refuses such an address for ${name} with another state, host or path (A2)`, () => {
        const nonce = randomState();
        expectRelay(nonce);
        const elsewhere = endOf(nonce);
        elsewhere.host = 'evil.example';
        const path = endOf(nonce);
        path.pathname = '/other';
        const kinds = [
          endOf(nonce, { state: address(randomState()) }),
          elsewhere,
          path,
          endOf(nonce, { code: '' }),
        ].map(({ href }) => {
          const problem = callbacks.settleUrl(href);
          return problem === 'settled' ? problem : problem.kind;
        });
        assert.deepEqual(kinds, ['otherSignIn', 'otherAddress', 'otherAddress', 'noResponse']);
      });
    }
  });

  describe('with a pasted address', () => {
    const wrappings: readonly (readonly [string, (url: string) => string])[] = [
      ['without any change', (url) => url],
      ['in quotes', (url) => `"${url}"`],
      ['in angle brackets and blanks', (url) => `  <${url}>\n`],
      ['with the line breaks of an email', (url) => `${url.slice(0, 30)}\r\n ${url.slice(30)}`],
      ['with invisible characters', (url) => `\ufeff${url}\u200b`],
      ['in typographic quotes', (url) => `“${url}”`],
    ];
    for (const [name, wrap] of wrappings) {
      it(`settles the whole address ${name} (A2, T12)`, async () => {
        assert.equal(callbacks.settleUrl(wrap(`http://127.0.0.1:5555/?code=c.d&state=${state}`)), 'settled');
        assert.deepEqual(await outcome.result, { code: 'c.d' });
      });
    }

    const problems: readonly (readonly [string, string, (state: string) => string])[] = [
      ['an empty text', 'empty', () => ''],
      ['blanks only', 'empty', () => ' \n<>'],
      ['a bare code', 'bareCode', () => 'abc.def=='],
      ['a query without an address', 'notUrl', (s) => `?code=c&state=${s}`],
      ['a query without question mark', 'notUrl', (s) => `code=c&state=${s}`],
      ['an address without scheme', 'notUrl', (s) => `127.0.0.1:5555/?code=c&state=${s}`],
      ['an invalid address', 'notUrl', (s) => `http://[/?code=c&state=${s}`],
      ['a missing state', 'noState', () => 'http://127.0.0.1:5555/?code=c'],
      ['an empty state', 'noState', () => 'http://127.0.0.1:5555/?code=c&state='],
      ['a foreign state', 'otherSignIn', () => `http://127.0.0.1:5555/?code=c&state=${randomState()}`],
      ['a repeated state', 'otherSignIn', (s) => `http://127.0.0.1:5555/?code=c&state=${s}&state=${s}`],
      ['a foreign issuer', 'otherSignIn', (s) => `http://127.0.0.1:5555/?code=c&state=${s}&iss=https://evil.example`],
      ['a missing code', 'noResponse', (s) => `http://127.0.0.1:5555/?state=${s}`],
      [
        'the address of the sign-in page',
        'noResponse',
        (s) => `${ORIGIN}/ws/oauth/authorize?response_type=code&state=${s}`,
      ],
      ['another port', 'otherAddress', (s) => `http://127.0.0.1:5556/?code=c&state=${s}`],
      ['another host', 'otherAddress', (s) => `http://localhost:5555/?code=c&state=${s}`],
      ['another path', 'otherAddress', (s) => `http://127.0.0.1:5555/x?code=c&state=${s}`],
      ['another scheme', 'otherAddress', (s) => `https://127.0.0.1:5555/?code=c&state=${s}`],
      ['1 MB of text', 'tooLong', (s) => `http://127.0.0.1:5555/?code=${'c'.repeat(1_000_000)}&state=${s}`],
      [
        'the error page of NinjaOne',
        'errorPage',
        () => `${ORIGIN}/ws/oauth/error?error=unauthorized_client&error_description=Invalid+redirect_uri`,
      ],
    ];
    for (const [name, kind, text] of problems) {
      it(`explains the problem with ${name} (${kind}), and the sign-in goes on (A2, T12)`, async () => {
        const problem = callbacks.settleUrl(text(state));
        assert.ok(problem !== 'settled');
        assert.equal(problem.kind, kind);
        assert.match(formatMessage(problem), /^[A-Z][^{}]{20,}$/);
        assert.ok(!formatMessage(problem).includes(state));
        await stillPending();
      });
    }

    it('explains the error page of NinjaOne by its description', () => {
      const url = `${ORIGIN}/ws/oauth/error?error=unauthorized_client&error_description=Invalid+redirect_uri`;
      const problem = callbacks.settleUrl(url);
      assert.ok(problem !== 'settled' && formatMessage(problem).includes('redirect URI'));
    });

    it('ends the sign-in on a pasted error with the right state (A3)', async () => {
      assert.equal(callbacks.settleUrl(`http://127.0.0.1:5555/?error=access_denied&state=${state}`), 'settled');
      await assert.rejects(outcome.result, (error) => isNinjaOneError(error) && error.code === 'oauth.accessDenied');
    });

    it('accepts any address with the state if no redirect URI is known', () => {
      const other = randomState();
      callbacks.expect(other, connectionOf());
      assert.equal(callbacks.settleUrl(`code-oss://a.b/callback?code=c&state=${other}`), 'settled');
    });

    it('compares scheme, host and path of an editor callback', () => {
      const other = randomState();
      callbacks.expect(other, connectionOf(), { redirectUri: 'code-oss://a.b/callback?x=y' });
      const wrong = callbacks.settleUrl(`code-oss://a.c/callback?code=c&state=${other}`);
      assert.ok(wrong !== 'settled' && wrong.kind === 'otherAddress');
      assert.equal(callbacks.settleUrl(`code-oss://a.b/callback?x=y&code=c&state=${other}`), 'settled');
    });
  });
});

function swapCase(text: string): string {
  return [...text].map((c) => (c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase())).join('');
}
