import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

/** Defects of published sign-in extensions, and the tests that show that this one has none of them. */
const DEFECTS: readonly (readonly [defect: string, ...tests: readonly (readonly [file: string, title: string])[]])[] = [
  [
    'a stray callback without code or nonce rejects the sign-in that waits',
    ['core/oauth/pendingCallbacks.test.ts', 'ignores a callback with ${name}, and the sign-in goes on'],
    ['hostUnit/signIn/uriHandler.test.ts', 'ignores ${what}'],
  ],
  [
    'the error of a callback is ignored',
    ['core/oauth/pendingCallbacks.test.ts', 'ends the sign-in on an error with the right state'],
  ],
  [
    'the first sign-in to finish ends the others for the same scopes',
    ['core/oauth/pendingCallbacks.test.ts', 'gives each of two pending sign-ins its own callback'],
  ],
  [
    'a session that cannot be stored is reported as signed in',
    ['core/sessions/tokenService.test.ts', 'reports a session that cannot be stored once'],
  ],
  [
    'two windows overwrite the sessions of each other, because all are in one secret',
    ['core/sessions/tokenService.test.ts', 'keeps both sessions when two windows sign in to two connections at once'],
  ],
  [
    'one unreadable record deletes every session',
    ['core/sessions/sessionStore.test.ts', 'quarantines an unreadable record unchanged and keeps the others'],
  ],
  [
    'the loopback listener throws on a wrong state, or writes its headers twice',
    ['core/oauth/loopbackServer.test.ts', 'passes on an unexpected callback, shows the waiting page'],
    ['core/oauth/loopbackServer.test.ts', 'survives a callback handler that throws'],
  ],
  [
    'a denied consent is waited for until the time-out',
    ['hostUnit/signIn/signIn.test.ts', 'ends with what NinjaOne refused, as plain text'],
  ],
  [
    'the first URI that arrives completes the sign-in, whatever its path or state is',
    ['hostUnit/signIn/uriHandler.test.ts', 'ignores ${what}'],
    ['hostUnit/signIn/signIn.test.ts', 'ignores a callback with another state, and waits on'],
  ],
  [
    'a refresh without network signs the user out',
    ['core/sessions/tokenRenewal.test.ts', 'keeps the session for days after any failure except invalid_grant'],
    ['hostUnit/accounts/authenticationProvider.test.ts', 'keeps a session that cannot be renewed for the moment'],
    ['e2e/reload.e2e.ts', 'hands out good tokens at once, explains a refresh, and signs out'],
  ],
  [
    'a response without a refresh token drops the stored one',
    ['core/sessions/tokenRenewal.test.ts', 'keeps the refresh token if the response has none'],
    ['oauth/renewal.test.ts', 'keeps a refresh token that still works if the response has no new one'],
  ],
  [
    'a refresh changes the id of the session, and is announced as a removal and an addition',
    ['core/sessions/tokenRenewal.test.ts', 'keeps the id and account, and fires one change event'],
  ],
  [
    'verifier, token or secret is in the log or on the console',
    ['oauth/canary.test.ts', 'finds no code, state, verifier, secret or token of a whole session in log'],
  ],
  [
    'an account is compared as an object, so that a request with an account finds nothing',
    ['hostUnit/accounts/authenticationProvider.test.ts', 'knows an account by its id, whichever copy of it'],
  ],
  [
    'the provider is registered after a refresh over the network',
    ['hostUnit/extension.test.ts', 'registers commands, provider, URI handler, views and documents before anything'],
    ['hostUnit/accounts/authenticationProvider.test.ts', 'lists every account without the network'],
  ],
  [
    'every window refreshes at the same moment',
    ['core/sessions/tokenRenewal.test.ts', 'makes one token call when many windows wake up together'],
    ['race/race.test.ts', 'rounds, and loses no session'],
  ],
  [
    'the redirect URI of the editor does not lead back to an editor in a browser',
    ['e2e/redirects.e2e.ts', 'of `editor` has the callback address of the editor'],
  ],
  [
    'the code of a callback stays in the secret storage',
    ['hostUnit/signIn/uriHandler.test.ts', 'erases a callback that nobody took after five seconds'],
    ['hostUnit/signIn/uriHandler.test.ts', 'erases at the start what a closed window left behind'],
  ],
  [
    'sign-out revokes nothing',
    ['core/sessions/tokenService.test.ts', 'deletes the record, fires in every window and revokes both tokens'],
  ],
  [
    'sign-in needs one fixed port',
    ['hostUnit/signIn/signIn.test.ts', 'asks for the scopes with PKCE and a random state'],
    ['hostUnit/signIn/signInAttempt.test.ts', 'goes on with pasting, and with a high port in the redirect URI'],
  ],
  [
    'sign-in does not work in a remote window',
    ['manifest.test.ts', 'has the promised identity'],
    ['hostUnit/signIn/signIn.test.ts', 'uses the forwarded port of a remote window'],
  ],
  [
    'a window waits a fixed time for a leader that died',
    ['core/sessions/refreshLock.test.ts', 'is taken over from a window that died'],
    ['core/sessions/refreshLock.test.ts', 'lets a window go on without the lock after the time-out'],
  ],
  [
    'each sign-in registers a URI handler, of which VS Code allows one',
    ['hostUnit/extension.test.ts', 'opens no browser from its message after a sign-in elsewhere'],
  ],
  [
    'the listener is reachable from other machines',
    ['core/oauth/loopbackServer.test.ts', 'listens on its own address only'],
  ],
  [
    'a sign-in waits forever',
    ['core/oauth/signInTimeout.test.ts', 'offers help after 10 seconds and ends the sign-in after 3 minutes'],
  ],
  [
    'the state of a callback is compared with itself',
    ['hostUnit/signIn/signIn.test.ts', 'ignores a callback with another state, and waits on'],
  ],
  [
    'Escape starts the sign-in over',
    ['hostUnit/accounts/authenticationProvider.test.ts', 'ends as VS Code’s own cancellation when the user cancels'],
  ],
  [
    'one PKCE verifier serves all sign-ins, or there is no state',
    ['core/oauth/oauthClient.test.ts', 'creates a new state of 256 bits and a new verifier each time'],
  ],
  [
    'the end of the extension signs the user out',
    ['hostUnit/extension.test.ts', 'leaves nothing behind when it is deactivated'],
  ],
  [
    'a change event has the session as it was before',
    ['hostUnit/accounts/authenticationProvider.test.ts', 'of a session that is added, changed and removed'],
  ],
  [
    'an error in a listener of an event ends what fired it',
    ['core/sessions/sessionStore.test.ts', 'stores a session even if a listener throws'],
  ],
];

describe('a known defect of other extensions', () => {
  for (const [defect, ...tests] of DEFECTS) {
    it(`has a test: ${defect}`, () => {
      assert.ok(tests.length > 0);
      for (const [file, title] of tests) {
        const text = readFileSync(new URL(file, import.meta.url), 'utf8');
        const begin = text.indexOf(title);
        const line = text.slice(text.lastIndexOf('\n', begin) + 1, begin);
        assert.match(line, /^\s*it\(['"`]/, `${file}: ${title}`);
      }
    });
  }
});
