import assert from 'node:assert/strict';
import type { Misbehavior } from '../../sandbox/misbehavior.ts';
import {
  dialogButton,
  inputBox,
  openView,
  quickPickLabels,
  runCommand,
  screenshot,
  statusBarItem,
  toast,
  toastButton,
} from '../../tooling/workbenchDriver.ts';
import {
  changeConnection,
  clearToasts,
  deskOfSuite,
  quickInput,
  toastButtons,
  toasts,
  typeSecret,
} from '../support/useWorkbench.ts';
import { lens, requestOf, saved, writeText } from '../support/requestActions.ts';

const LIST = '/v2/organizations';

describe('a person is told why NinjaOne said no', () => {
  const desk = deskOfSuite(() => ({
    sandbox: { autoApprove: true },
    connections: ({ connections }) =>
      connections
        .filter(({ platform }) => platform === 'native' || platform === 'api-services')
        .map((connection) => ({ ...connection, scopes: ['monitoring'] })),
  }));

  before(async () => {
    await openView(desk.page, 'NinjaOne');
    await command('ninjaone.signIn', 'Sandbox native');
    await toast(desk.page, /^Signed in to/);
    await clearToasts(desk.page);
  });

  afterEach(async () => {
    desk.sandbox.reset();
    await clearToasts(desk.page);
    await runCommand(desk.page, 'View: Close All Editors');
  });

  const answers: readonly ErrorAnswer[] = [
    {
      what: 'a right that the role lacks',
      api: { kind: 'shape', shape: 'insufficientPrivileges' },
      status: 401,
      sentence: /"Sandbox native" has the scope monitoring, but may not do this all the same\. Give your NinjaOne role/,
      button: 'Open Client Apps',
    },
    {
      what: 'an operation that the instance does not have',
      api: { kind: 'shape', shape: 'routeMissing' },
      status: 404,
      sentence: /127\.0\.0\.1 does not have this operation\. Refresh the operations/,
      button: 'Refresh Operations',
    },
    {
      what: 'an object that is not there',
      api: { kind: 'shape', shape: 'failureObject' },
      status: 404,
      sentence: /127\.0\.0\.1 did not find it: agreement_not_found.*\. Check the ids\..*incident WEB_MGMT_SERVICE-/,
      button: 'Show Log',
    },
    {
      what: 'a value that is refused',
      api: { kind: 'shape', shape: 'failure' },
      status: 400,
      sentence: /refused the request: The node role is not valid\. Check its values\./,
      button: 'Show Log',
    },
    {
      what: 'too many requests',
      api: { kind: 'tooManyRequests', retryAfter: 0 },
      status: 429,
      sentence: /has too many requests\. Wait a little, then try again\./,
      button: 'Try Again',
    },
    {
      what: 'too many requests as a web page',
      api: { kind: 'throttled', status: 429, retryAfter: 0 },
      status: 429,
      sentence: /has too many requests\. Wait a little, then try again\./,
      button: 'Try Again',
    },
    {
      what: 'a server that is down',
      api: { kind: 'response', status: 503, body: 'down', contentType: 'text/plain', headers: { 'retry-after': '0' } },
      status: 503,
      sentence: /has a problem: down\. Try again later\./,
      button: 'Try Again',
    },
  ];
  for (const { what, api, status, sentence, button } of answers) {
    it(`E12, A16, E7: ${what} is explained above the answer, and once in a message with the button ${button}`, async () => {
      const { page, sandbox } = desk;
      // Off the tabs, whose hover would hide the line.
      await page.mouse.move(900, 400);
      sandbox.misbehave({ api });
      run(`GET ${LIST}`);
      assert.deepEqual(await toastButtons(page, sentence), [button]);
      await lens(page, sentence).waitFor();
      await lens(page, new RegExp(`^${status} · \\d+ ms · [\\d.]+ k?B$`)).waitFor();
      await screenshot(page, `api-error-${what.replaceAll(' ', '-')}`);
      assert.equal((await toasts(page, 'errors')).length, 1);
    });
  }

  it('A16: Try Again sends the request again', async () => {
    const { page, sandbox } = desk;
    sandbox.misbehave({ api: { kind: 'tooManyRequests', retryAfter: 0 } });
    run(`GET ${LIST}`);
    await toast(page, /has too many requests/);
    sandbox.reset();
    await toastButton(page, /has too many requests/, 'Try Again');
    await lens(page, /^200 · /).waitFor();
    assert.deepEqual(statuses(), [200]);
  });

  it('A16, E14: with the lines switched off the message says it all the same', async () => {
    const { page, sandbox, workbench } = desk;
    const setLenses = (value: boolean | undefined): Promise<void> =>
      workbench.host.run(async (vscode, wanted) => {
        await vscode.workspace.getConfiguration('editor').update('codeLens', wanted, true);
      }, value);
    await setLenses(false);
    sandbox.misbehave({ api: { kind: 'shape', shape: 'insufficientPrivileges' } });
    run(`GET ${LIST}`);
    assert.deepEqual(await toastButtons(page, /has the scope monitoring, but may not do this/), ['Open Client Apps']);
    assert.equal(await page.locator('.codelens-decoration').count(), 0);
    await screenshot(page, 'api-error-without-lenses');
    await setLenses(undefined);
  });

  it('E12: a token that has expired is renewed once, and the request is sent once more', async () => {
    const { page, sandbox } = desk;
    sandbox.misbehave({ api: { kind: 'shape', shape: 'notAuthenticated', times: 1, path: LIST } });
    run(`GET ${LIST}`);
    await lens(page, /^200 · /).waitFor();
    await screenshot(page, 'api-error-expired-token');
    assert.deepEqual(statuses(), [401, 200]);
    assert.equal(sandbox.tokenCalls['refresh_token'], 1);
    assert.deepEqual(await toasts(page), []);
  });

  it('E12, A16: a renewed token that is refused as well is no loop: Sign In is offered', async () => {
    const { page, sandbox } = desk;
    sandbox.misbehave({ api: { kind: 'shape', shape: 'notAuthenticated', path: LIST } });
    run(`GET ${LIST}`);
    const sentence = /did not accept the access token of "Sandbox native"\. Sign in again\./;
    assert.deepEqual(await toastButtons(page, sentence), ['Sign In']);
    await lens(page, sentence).waitFor();
    await screenshot(page, 'api-error-token-refused');
    assert.deepEqual(statuses(), [401, 401]);
    assert.equal(sandbox.tokenCalls['refresh_token'], 1);
  });

  it('E12, A16: what needs a person and is asked for by a service leads to another connection', async () => {
    const { page } = desk;
    await command('ninjaone.selectConnection', 'Sandbox service');
    void command('ninjaone.setClientSecret', 'Sandbox service');
    await typeSecret(page, 'Sandbox service', 'sandbox-service-secret');
    await clearToasts(page);
    run('GET /v2/ticketing/ticket/{ticketId}/log-entry');
    await inputBox(page, '1', { prompt: 'ticketId' });
    await dialogButton(page, 'Sign In', 'as a service');
    const sentence = /This needs a person who is signed in, which "Sandbox service" is not\./;
    assert.deepEqual(await toastButtons(page, sentence), ['Add Connection']);
    await lens(page, sentence).waitFor();
    await screenshot(page, 'api-error-needs-user');
    await command('ninjaone.selectConnection', 'Sandbox native');
  });

  it('E12, A16: a scope that the connection does not allow is named before anything is sent, with Edit Connection', async () => {
    const { page, sandbox } = desk;
    void command('ninjaone.unlockWrites', 'Sandbox native');
    await dialogButton(page, 'For 15 Minutes', 'to change data?');
    await statusBarItem(page, /writes allowed until \d/).waitFor();
    await scan();
    const sentence = /Sandbox native does not allow management, which this operation needs\./;
    assert.deepEqual(await toastButtons(page, sentence), ['Edit Connection']);
    await screenshot(page, 'api-error-connection-lacks-scope');
    assert.deepEqual(sandbox.tenant.writes, []);
  });

  it('E5, A16: a write that takes a body is not sent by Run; the button opens its request document', async () => {
    const { page, sandbox } = desk;
    run('POST /v2/organizations');
    assert.deepEqual(await toastButtons(page, /takes a body, so it was not sent/), ['Open Request Document']);
    await screenshot(page, 'api-error-needs-document');
    await toastButton(page, /takes a body, so it was not sent/, 'Open Request Document');
    await lens(page, /^Send to/).waitFor();
    assert.equal((await requestOf(desk, 'POST /v2/organizations'))['operation'], 'POST /v2/organizations');
    assert.deepEqual(sandbox.tenant.writes, []);
  });

  it('E12, A16: a scope that the connection allows and NinjaOne does not grant leads to the client app', async () => {
    const { page, sandbox } = desk;
    await changeConnection(desk, 'Sandbox native', { scopes: ['monitoring', 'management'] });
    sandbox.misbehave({ token: { kind: 'fewerScopes', scopes: ['monitoring'] } });
    await scan();
    const sentence = /NinjaOne did not grant management to Sandbox native, so nothing was kept\./;
    assert.deepEqual(await toastButtons(page, sentence), ['Open Client Apps']);
    await screenshot(page, 'api-error-token-lacks-scope');
    assert.deepEqual(sandbox.tenant.writes, []);
  });

  it('E7, A16: what cannot be saved as a table is saved as JSON by the button of the message', async () => {
    const { page, sandbox } = desk;
    sandbox.misbehave({ api: { kind: 'response', status: 200, body: { id: 1 }, path: LIST } });
    run(`GET ${LIST}`);
    await lens(page, /^200 · /).waitFor();
    await runCommand(page, 'NinjaOne: Save Answer as CSV…');
    assert.deepEqual(await toastButtons(page, /has no list that could be a table/), ['Save as JSON']);
    await toastButton(page, /has no list that could be a table/, 'Save as JSON');
    await quickInput(page, 'Save Answer').waitFor();
    await screenshot(page, 'api-error-save-as-json');
    await page.keyboard.press('Escape');
  });

  it('E9, E13: a write without an answer is never said to have failed, and the history says that its outcome is unknown', async () => {
    const { page, sandbox } = desk;
    const path = '/v2/device/1001/patch/os/scan';
    sandbox.misbehave({ api: { kind: 'drop', path } });
    await scan();
    await dialogButton(page, 'Send', 'acts on devices');
    const sentence = /It is unknown whether POST \/v2\/device\/\{id\}\/patch\/os\/scan was executed/;
    assert.deepEqual(await toastButtons(page, sentence), ['Show Log']);
    assert.equal(sandbox.requests.filter((request) => request.path === path).length, 1);
    await clearToasts(page);
    assert.match(await latestInHistory('api-error-unknown-outcome'), /no answer · unknown whether executed · /);
    await page.keyboard.press('Enter');
    await lens(page, sentence).waitFor();
    await lens(page, /^no answer · \d+ ms · 0 B$/).waitFor();
    await screenshot(page, 'api-error-unknown-outcome-opened');
  });

  it('E8, E13, A16: a list that a failure cuts is said once, with its button, and is in the history without its answer', async () => {
    const { page, sandbox } = desk;
    await command('ninjaone.explorer.open', 'GET /v2/devices');
    await lens(page, /^Send to/).waitFor();
    await writeText(desk, JSON.stringify({ operation: 'GET /v2/devices', query: { pageSize: 4 } }));
    await saved(desk);
    sandbox.misbehave({
      api: {
        kind: 'shape',
        shape: 'insufficientPrivileges',
        path: '/v2/devices',
        allowing: { requests: 1, seconds: 600 },
      },
    });
    void command('ninjaone.request.fetchAll');
    const sentence = /has the scope monitoring, but may not do this all the same/;
    assert.deepEqual(await toastButtons(page, sentence), ['Open Client Apps']);
    await lens(page, sentence).waitFor();
    await lens(page, 'A page could not be fetched, so the list is cut.').waitFor();
    await lens(page, /· 4 items on 1 page · cut$/).waitFor();
    await screenshot(page, 'api-error-cut-list');
    assert.equal((await toasts(page, 'errors')).length, 1);
    await clearToasts(page);
    const row = await latestInHistory('api-error-cut-list-history');
    assert.match(row, /200 · .* · [\d.]+ kB · Sandbox native/s);
    assert.match(row, /GET \/v2\/devices\?pageSize=4/);
    assert.doesNotMatch(row, /answer kept/);
    await page.keyboard.press('Escape');
  });

  it('§0: nothing but loopback was asked for', () => {
    assert.deepEqual(desk.workbench.outside, []);
  });

  /** Does not wait: a command ends when its message is gone. */
  function run(operation: string): void {
    void command('ninjaone.explorer.run', operation);
  }

  function command(name: string, argument?: string): Promise<void> {
    return desk.workbench.host.run(
      async (vscode, [id, about]) => {
        await vscode.commands.executeCommand(id, about);
      },
      [name, argument] as const,
    );
  }

  async function scan(): Promise<void> {
    run('POST /v2/device/{id}/patch/os/scan');
    await inputBox(desk.page, '1001', { prompt: 'id of the device' });
  }

  /** What the row at the top of the history says. */
  async function latestInHistory(picture: string): Promise<string> {
    await runCommand(desk.page, 'NinjaOne: Show History…');
    await quickPickLabels(desk.page, { prompt: 'History' });
    await screenshot(desk.page, picture);
    return desk.page.locator('.quick-input-list .monaco-list-row').first().innerText();
  }

  function statuses(): (number | undefined)[] {
    return desk.sandbox.requests.filter(({ path }) => path === LIST).map(({ status }) => status);
  }
});

interface ErrorAnswer {
  readonly what: string;
  readonly api: NonNullable<Misbehavior['api']>;
  readonly status: number;
  readonly sentence: RegExp;
  readonly button: string;
}
