import assert from 'node:assert/strict';
import type { Misbehavior } from '../../sandbox/misbehavior.ts';
import {
  dialogButton,
  expectToBecome,
  expectToastButtons,
  expectToastCount,
  inputBox,
  leaveHover,
  openView,
  pickRows,
  quickInput,
  runCommand,
  screenshot,
  toast,
  toastButton,
  toasts,
} from '../../tooling/workbenchDriver.ts';
import { lens, openOperation, requestOf, saved, writeText } from '../support/requestActions.ts';
import {
  beginInHost,
  changeConnection,
  clearToasts,
  clipboardText,
  configure,
  runInHost,
  useWorkbench,
} from '../support/useWorkbench.ts';
import { ensureClientSecret, ensureSignedIn, ensureWritesAllowed, resetExtension } from '../support/workbenchState.ts';

const LIST = '/v2/organizations';
const NATIVE = 'Sandbox native';
const SERVICE = 'Sandbox service';

describe('errors of the API', () => {
  const fixture = useWorkbench(() => ({
    sandbox: { autoApprove: true },
    connections: ({ connections }) =>
      connections
        .filter(({ platform }) => platform === 'native' || platform === 'api-services')
        .map((connection) => ({ ...connection, scopes: ['monitoring'] })),
  }));

  before(async () => {
    await openView(fixture.page, 'NinjaOne');
  });

  beforeEach(async () => {
    await ensureSignedIn(fixture, NATIVE);
    await runInHost(fixture, 'ninjaone.selectConnection', NATIVE);
    fixture.sandbox.reset();
  });

  const answers: readonly ErrorAnswer[] = [
    {
      what: 'a right that the role lacks',
      api: { kind: 'shape', shape: 'insufficientPrivileges' },
      status: 401,
      sentence:
        /"Sandbox native" has the scope monitoring but is still not allowed to do this\. Add the permission to your NinjaOne role/,
      button: 'Open Client Apps',
    },
    {
      what: 'a 404 in general words',
      api: { kind: 'shape', shape: 'routeMissing' },
      status: 404,
      sentence: /NinjaOne found nothing \(404\): HTTP 404 Not Found/,
      button: 'Show Log',
    },
    {
      what: 'an object that is not there',
      api: { kind: 'shape', shape: 'failureObject' },
      status: 404,
      sentence: /NinjaOne found nothing \(404\): agreement_not_found/,
      button: 'Show Log',
    },
    {
      what: 'a value that is refused',
      api: { kind: 'shape', shape: 'failure' },
      status: 400,
      sentence: /refused the request \(400\): The node role is not valid\. Check its values\./,
      button: 'Show Log',
    },
    {
      what: 'too many requests',
      api: { kind: 'tooManyRequests', retryAfter: 0 },
      status: 429,
      sentence: /received too many requests\. Wait a moment, then try again\./,
      button: 'Try Again',
    },
    {
      what: 'too many requests as a web page',
      api: { kind: 'throttled', status: 429, retryAfter: 0 },
      status: 429,
      sentence: /received too many requests\. Wait a moment, then try again\./,
      button: 'Try Again',
    },
    {
      what: 'a server that is down',
      api: { kind: 'response', status: 503, body: 'down', contentType: 'text/plain', headers: { 'retry-after': '0' } },
      status: 503,
      sentence: /reported a problem: down\. Try again later\./,
      button: 'Try Again',
    },
  ];
  for (const { what, api, status, sentence, button } of answers) {
    it(`explains ${what} above the response and in one message with the button ${button} (E12, A16, E7)`, async () => {
      const { page, sandbox } = fixture;
      // The hover of a tab would hide the lens.
      await leaveHover(page);
      sandbox.misbehave({ api });
      await run(`GET ${LIST}`);
      await expectToastButtons(page, sentence, [button]);
      await lens(page, sentence).waitFor();
      await lens(page, new RegExp(`^${status}[A-Za-z ]* · \\d+ ms$`)).waitFor();
      await screenshot(page, `api-error-${what.replaceAll(' ', '-')}`);
      await expectToastCount(page, 'errors', 1);
    });
  }

  it('copies the IDs for NinjaOne support by a second button (A16)', async () => {
    const { page, sandbox } = fixture;
    sandbox.misbehave({ api: { kind: 'shape', shape: 'failureObject' } });
    await run(`GET ${LIST}`);
    await toastButton(page, /agreement_not_found/, 'Copy Support IDs');
    await expectToBecome(() => clipboardText(page), /^incident WEB_MGMT_SERVICE-\S+, request [\w-]+$/);
  });

  it('sends the request again for Try Again (A16)', async () => {
    const { page, sandbox } = fixture;
    sandbox.misbehave({ api: { kind: 'tooManyRequests', retryAfter: 0 } });
    await run(`GET ${LIST}`);
    await toast(page, /received too many requests/);
    sandbox.reset();
    await toastButton(page, /received too many requests/, 'Try Again');
    await lens(page, /^200 · /).waitFor();
    assert.deepEqual(statuses(), [200]);
  });

  it('explains the error in the message also without lenses (A16, E14)', async () => {
    const { page, sandbox } = fixture;
    await configure(fixture, { 'editor.codeLens': false });
    try {
      sandbox.misbehave({ api: { kind: 'shape', shape: 'insufficientPrivileges' } });
      await run(`GET ${LIST}`);
      await expectToastButtons(page, /has the scope monitoring but is still not allowed to do this/, [
        'Open Client Apps',
      ]);
      await page.locator('.codelens-decoration').first().waitFor({ state: 'detached' });
      await screenshot(page, 'api-error-without-lenses');
    } finally {
      await configure(fixture, { 'editor.codeLens': undefined });
    }
  });

  it('renews an expired token once and sends the request once more (E12)', async () => {
    const { page, sandbox } = fixture;
    sandbox.misbehave({ api: { kind: 'shape', shape: 'notAuthenticated', times: 1, path: LIST } });
    await run(`GET ${LIST}`);
    await lens(page, /^200 · /).waitFor();
    await screenshot(page, 'api-error-expired-token');
    assert.deepEqual(statuses(), [401, 200]);
    assert.equal(sandbox.tokenCalls['refresh_token'], 1);
    // With the first list of an installation comes what to do next.
    const isOffer = (text: string): boolean => text.startsWith('This is your first list.');
    assert.deepEqual(
      (await toasts(page)).filter((text) => !isOffer(text)),
      [],
    );
  });

  it('offers Sign In and does not loop when the renewed token is refused too (E12, A16)', async () => {
    const { page, sandbox } = fixture;
    sandbox.misbehave({ api: { kind: 'shape', shape: 'notAuthenticated', path: LIST } });
    await run(`GET ${LIST}`);
    const sentence = /did not accept the access token of "Sandbox native"\. Sign in again\./;
    await expectToastButtons(page, sentence, ['Sign In']);
    await lens(page, sentence).waitFor();
    await screenshot(page, 'api-error-token-refused');
    assert.deepEqual(statuses(), [401, 401]);
    assert.equal(sandbox.tokenCalls['refresh_token'], 1);
  });

  it('offers Add Connection when a service sends what needs a user (E12, A16)', async () => {
    const { page } = fixture;
    await runInHost(fixture, 'ninjaone.selectConnection', SERVICE);
    await ensureClientSecret(fixture, SERVICE, 'sandbox-service-secret');
    await run('GET /v2/ticketing/ticket/{ticketId}/log-entry');
    await inputBox(page, '1', { prompt: 'ticketId' });
    await dialogButton(page, 'Sign In', 'as a service');
    const sentence = /This operation requires a signed-in user, but "Sandbox service" signs in as an application\./;
    await expectToastButtons(page, sentence, ['Add Connection']);
    await lens(page, sentence).waitFor();
    await screenshot(page, 'api-error-needs-user');
  });

  it('names a scope that the connection does not allow before it sends anything, with Edit Connection (E12, A16)', async () => {
    const { page, sandbox } = fixture;
    await ensureWritesAllowed(fixture, NATIVE);
    await scan();
    const sentence =
      /This operation needs the scope management, which the connection Sandbox native does not include\./;
    await expectToastButtons(page, sentence, ['Edit Connection']);
    await screenshot(page, 'api-error-connection-lacks-scope');
    assert.deepEqual(sandbox.tenant.writes, []);
  });

  it('does not send a write that takes a body by Run, and opens its request document at once (E5)', async () => {
    const { page, sandbox } = fixture;
    await ensureWritesAllowed(fixture, NATIVE);
    await run('POST /v2/organizations');
    await lens(page, /^Send to/).waitFor();
    assert.equal((await requestOf(fixture, 'POST /v2/organizations'))['operation'], 'POST /v2/organizations');
    assert.deepEqual(sandbox.tenant.writes, []);
  });

  it('offers Save as JSON for what cannot be saved as a table (E7, A16)', async () => {
    const { page, sandbox } = fixture;
    sandbox.misbehave({ api: { kind: 'response', status: 200, body: { id: 1 }, path: LIST } });
    await run(`GET ${LIST}`);
    await lens(page, /^200 · /).waitFor();
    await runCommand(page, 'NinjaOne: Save Response as CSV…');
    await expectToastButtons(page, /does not contain a list/, ['Save as JSON']);
    await toastButton(page, /does not contain a list/, 'Save as JSON');
    await quickInput(page, 'Save Response').waitFor();
    await screenshot(page, 'api-error-save-as-json');
  });

  it('reports a list that an error cuts once, and keeps it in the history without its response (E8, E13, A16)', async () => {
    const { page, sandbox } = fixture;
    await openOperation(fixture, 'GET /v2/devices');
    await writeText(fixture, JSON.stringify({ operation: 'GET /v2/devices', query: { pageSize: 4 } }));
    await saved(fixture);
    sandbox.misbehave({
      api: {
        kind: 'shape',
        shape: 'insufficientPrivileges',
        path: '/v2/devices',
        allowing: { requests: 1, seconds: 600 },
      },
    });
    await beginInHost(fixture, 'ninjaone.request.fetchAll');
    const sentence = /has the scope monitoring, which is probably the required one, but is not allowed to do this/;
    await expectToastButtons(page, sentence, ['Open Client Apps']);
    await lens(page, sentence).waitFor();
    await lens(page, 'The list is incomplete because a page could not be fetched.').waitFor();
    await lens(page, /· 4 items \(1 page\) · incomplete$/).waitFor();
    await screenshot(page, 'api-error-cut-list');
    await expectToastCount(page, 'errors', 1);
    await clearToasts(fixture);
    const row = await expectLatestInHistory(
      'api-error-cut-list-history',
      /200 · .* · [\d.]+ kB · Sandbox native.*GET \/v2\/devices\?pageSize=4/s,
    );
    assert.match(row, /response not kept/);
  });

  describe('of a connection that allows management', () => {
    before(() => changeConnection(fixture, NATIVE, { scopes: ['monitoring', 'management'] }));
    after(() => changeConnection(fixture, NATIVE, { scopes: ['monitoring'] }));

    it('offers Open Client Apps for a scope that NinjaOne does not grant (E12, A16)', async () => {
      const { page, sandbox } = fixture;
      // Without the session of another test.
      await resetExtension(fixture);
      await runInHost(fixture, 'ninjaone.selectConnection', NATIVE);
      await ensureWritesAllowed(fixture, NATIVE);
      sandbox.misbehave({ token: { kind: 'fewerScopes', scopes: ['monitoring'] } });
      await scan();
      const sentence = /NinjaOne did not grant the scopes management to "Sandbox native", so you were not signed in\./;
      await expectToastButtons(page, sentence, ['Open Client Apps']);
      await screenshot(page, 'api-error-token-lacks-scope');
      assert.deepEqual(sandbox.tenant.writes, []);
    });

    it('reports a write without a response as unknown and not as failed, in the history too (E9, E13)', async () => {
      const { page, sandbox } = fixture;
      const path = '/v2/device/1001/patch/os/scan';
      await ensureWritesAllowed(fixture, NATIVE);
      sandbox.misbehave({ api: { kind: 'drop', path } });
      await scan();
      await dialogButton(page, 'Submit OS Patch Scan', 'acts on devices');
      const sentence = /It is unknown whether POST \/v2\/device\/\{id\}\/patch\/os\/scan was executed/;
      await expectToastButtons(page, sentence, ['Show Log']);
      assert.equal(sandbox.requests.filter((request) => request.path === path).length, 1);
      await clearToasts(fixture);
      await expectLatestInHistory('api-error-unknown-outcome', /no response · unknown whether executed · /);
      await page.keyboard.press('Enter');
      await lens(page, sentence).waitFor();
      await lens(page, /^no response · \d+ ms$/).waitFor();
      await screenshot(page, 'api-error-unknown-outcome-opened');
    });
  });

  function run(operation: string): Promise<void> {
    return beginInHost(fixture, 'ninjaone.explorer.run', operation);
  }

  async function scan(): Promise<void> {
    await run('POST /v2/device/{id}/patch/os/scan');
    await inputBox(fixture.page, '1001', { prompt: 'device ID' });
  }

  /** Waits until the row at the top of the history says this, and answers it. */
  async function expectLatestInHistory(picture: string, expected: RegExp): Promise<string> {
    await runCommand(fixture.page, 'NinjaOne: Show History');
    await quickInput(fixture.page, 'History').waitFor();
    const text = await expectToBecome(() => pickRows(fixture.page).first().innerText(), expected);
    await screenshot(fixture.page, picture);
    return text;
  }

  function statuses(): (number | undefined)[] {
    return fixture.sandbox.requests.filter(({ path }) => path === LIST).map(({ status }) => status);
  }
});

interface ErrorAnswer {
  readonly what: string;
  readonly api: NonNullable<Misbehavior['api']>;
  readonly status: number;
  readonly sentence: RegExp;
  readonly button: string;
}
