import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import * as vscode from 'vscode';
import type { ConnectionInfo, NinjaOneApi } from '../../ninjaone.d.ts';
import { EXTENSION_ID, TOKEN_SCHEME } from '../../src/host/platform/contributions.ts';
import { accepting, run, until } from '../support/host/commands.ts';
import { accounts, carriedCallbacks, eventsDuring } from '../support/host/observations.ts';
import { probe } from '../support/host/probe.ts';
import {
  allowRedirectOrigin,
  misbehave,
  resetSandbox,
  sandboxState,
  sandboxUrl,
} from '../support/host/sandboxControl.ts';

const NATIVE = 'Sandbox native';
const EDITOR = 'Sandbox editor';

/** Values that stand for secrets: whatever happens below, the log must have none of them. */
const CANARY = {
  code: `canary-code-${randomUUID()}`,
  state: `canary-state-${randomUUID()}`,
  refreshToken: `canary-refresh-${randomUUID()}`,
};

describe('a session in a running VS Code', () => {
  const extension = vscode.extensions.getExtension<NinjaOneApi>(EXTENSION_ID);
  const isWeb = vscode.env.uiKind === vscode.UIKind.Web;
  let sessionId = '';
  const tokens: string[] = [];

  before(async () => {
    await extension?.activate();
    await resetSandbox();
  });

  // On the desktop the system would hand the address to whichever VS Code it knows.
  if (isWeb) {
    it('A2: a callback in the editor’s form that nobody waits for is ignored', async () => {
      await openInBrowser(await callbackAddress(`code=${CANARY.code}&state=${CANARY.state}`));
      await until(() => carriedCallbacks('store').length === 1);
      assert.deepEqual(await accounts(), []);
      assert.deepEqual((await sandboxState()).requests, []);
    });
  }

  it('A1, A5, A12: a native sign-in goes through the browser, comes back by loopback, and is told once', async () => {
    assert.deepEqual((await sandboxState()).requests, [], '§0: nothing is sent before the first sign-in');
    assert.equal(await eventsDuring(() => run('ninjaone.signIn', NATIVE)), 1);
    const { requests, tokenCalls } = await sandboxState();
    const authorize = new URLSearchParams(requests.find((request) => request.path === '/ws/oauth/authorize')?.query);
    assert.match(authorize.get('redirect_uri') ?? '', /^http:\/\/127\.0\.0\.1:\d+$/);
    assert.equal(authorize.get('code_challenge_method'), 'S256');
    assert.deepEqual(tokenCalls, { authorization_code: 1 });
  });

  it('A9, A11: the accounts of VS Code name connection, instance and scopes, without network', async () => {
    const before = (await sandboxState()).requests.length;
    const host = sandboxUrl.replace('http://', '');
    assert.deepEqual(await accounts(), [`${NATIVE} · ${host} · monitoring, management, control`]);
    assert.equal((await sandboxState()).requests.length, before);
  });

  it('§3: the token page says what the token is and masks it; Copy Access Token takes a pick', async () => {
    const page = await tokenDocument(NATIVE);
    sessionId = page.uri.query;
    tokens.push(await copiedToken(NATIVE));
    assert.match(page.getText(), /^Token +•+$/m);
    assert.match(page.getText(), /^Scopes +monitoring, management, control$/m);
    assert.ok(!page.getText().includes(tokens[0] ?? ''));
  });

  it('X1: only who has a token that was issued for the session learns its connection', async () => {
    const [accessToken = ''] = tokens;
    assert.ok(extension);
    const ask = (query: unknown): Promise<ConnectionInfo | undefined> => run('ninjaone.getConnection', query);
    const known = await ask({ id: sessionId, accessToken });
    assert.equal(known?.apiUrl, `${sandboxUrl}/v2`);
    assert.equal(known.name, NATIVE);
    assert.deepEqual(extension.exports.getConnection({ id: sessionId, accessToken }), known);
    assert.ok(!JSON.stringify(known).includes(accessToken));
    for (const query of [
      { id: sessionId, accessToken: `${accessToken}x` },
      { id: sessionId, accessToken: '' },
      { id: sessionId },
      { id: randomUUID(), accessToken },
      { accessToken },
      undefined,
    ]) {
      assert.equal(await ask(query), undefined);
      assert.equal(extension.exports.getConnection(query as never), undefined);
    }
  });

  it('X3, A7, A11, A12: a refresh gives a token of the same session, is told once, and answers nothing', async () => {
    let answer: unknown;
    const events = await eventsDuring(async () => {
      answer = await run('ninjaone.refreshToken', sessionId);
    });
    assert.equal(answer, undefined);
    assert.equal(events, 1);
    assert.equal((await sandboxState()).tokenCalls['refresh_token'], 1);
    assert.equal((await tokenDocument(NATIVE)).uri.query, sessionId);
    tokens.push(await copiedToken(NATIVE));
    assert.notEqual(tokens[1], tokens[0]);
    // Both tokens were issued for the session, so a caller that has not asked again is still known.
    for (const accessToken of tokens) {
      const info = await run<ConnectionInfo | undefined>('ninjaone.getConnection', { id: sessionId, accessToken });
      assert.equal(info?.name, NATIVE);
    }
  });

  it('C2: connections of the workspace change nothing and cause no request', async () => {
    const trap = createServer((_, response) => response.end());
    let calls = 0;
    trap.on('connection', () => (calls += 1));
    await once(trap.listen(0, '127.0.0.1'), 'listening');
    const instance = `http://127.0.0.1:${(trap.address() as AddressInfo).port}`;
    const hostile = [
      { name: NATIVE, instance, platform: 'native', clientId: 'sandbox-native', scopes: ['monitoring'] },
    ];
    const known = await accounts();
    try {
      await writeWorkspaceSettings({
        'editor.tabSize': 3,
        'ninjaone.connections': hostile,
        ninjaone: { connections: hostile },
      });
      await until(() => vscode.workspace.getConfiguration('editor').get('tabSize') === 3);
      assert.deepEqual(await accounts(), known);
      const events = await eventsDuring(() => run('ninjaone.signIn', NATIVE));
      assert.equal(events, 1);
      assert.deepEqual(await accounts(), known);
      assert.equal((await sandboxState()).tokenCalls['authorization_code'], 2);
      assert.equal(calls, 0);
    } finally {
      await writeWorkspaceSettings({});
      await until(() => vscode.workspace.getConfiguration('editor').get('tabSize') !== 3);
      trap.close();
    }
    tokens.push(await copiedToken(NATIVE));
  });

  it('C4, A12: a session goes and comes with its connection in the settings, told once each, without network', async () => {
    const settings = vscode.workspace.getConfiguration('ninjaone');
    const connections = settings.inspect('connections')?.globalValue;
    const { requests } = await sandboxState();
    const known = await accounts();
    const set = (value: unknown) => settings.update('connections', value, vscode.ConfigurationTarget.Global);
    assert.equal(await eventsDuring(() => set([])), 1);
    assert.deepEqual(await accounts(), []);
    assert.equal(await eventsDuring(() => set(connections)), 1);
    assert.deepEqual(await accounts(), known);
    assert.equal((await sandboxState()).requests.length, requests.length);
  });

  if (isWeb) {
    it('A1, A12: a sign-in by the editor’s own address ends in the URI handler, and is told once', async () => {
      await allowRedirectOrigin(await callbackAddress(''));
      // The refresh token that the session gets is one that NinjaOne does not know.
      await misbehave({
        token: {
          kind: 'fields',
          grantType: 'authorization_code',
          times: 1,
          set: { refresh_token: CANARY.refreshToken },
        },
      });
      assert.equal(await eventsDuring(() => run('ninjaone.signIn', EDITOR)), 1);
      assert.equal((await accounts()).length, 2);
    });

    it('A8, A12: a refresh token that NinjaOne refuses ends its session and no other, told once', async () => {
      const page = await tokenDocument(EDITOR);
      tokens.push(await copiedToken(EDITOR));
      const events = await eventsDuring(async () => {
        // Its message waits for an answer that nobody gives here.
        void run('ninjaone.refreshToken', page.uri.query);
        await until(async () => (await accounts()).length === 1);
      });
      assert.equal(events, 1);
      assert.match((await accounts())[0] ?? '', new RegExp(`^${NATIVE}`));
      await until(() => page.getText().includes('signed out'));
    });

    it('A2: what carried the ignored callback to other windows is erased', async () => {
      await until(() => carriedCallbacks('delete').length > 0);
      assert.equal(carriedCallbacks('delete')[0], carriedCallbacks('store')[0]);
    });
  }

  it('T46, §3: the log at its most talkative has what was done, and no token, code, state or secret', async () => {
    const log = await readFile(path.join(probe().logFolder, 'NinjaOne.log'), 'utf8');
    assert.match(log, /\[debug\] POST http:\/\/127\.0\.0\.1:\d+\/ws\/oauth\/token: 200/);
    for (const secret of [...tokens, ...Object.values(CANARY)]) {
      assert.ok(secret.length > 20 && !log.includes(secret) && !log.includes(encodeURIComponent(secret)));
    }
    assert.doesNotMatch(
      log,
      /(?:code|state|token|secret|verifier|challenge)=(?!\[redacted\])|Bearer (?!\[redacted\])/i,
    );
  });
});

async function tokenDocument(connection: string): Promise<vscode.TextDocument> {
  await accepting(run('ninjaone.showToken', connection));
  const page = vscode.window.activeTextEditor?.document;
  assert.equal(page?.uri.scheme, TOKEN_SCHEME);
  return page;
}

async function copiedToken(connection: string): Promise<string> {
  await accepting(run('ninjaone.copyAccessToken', connection));
  return vscode.env.clipboard.readText();
}

async function callbackAddress(query: string): Promise<string> {
  const uri = vscode.Uri.from({ scheme: vscode.env.uriScheme, authority: EXTENSION_ID, path: '/callback', query });
  return (await vscode.env.asExternalUri(uri)).toString(true);
}

async function openInBrowser(address: string): Promise<void> {
  // A parsed address would be encoded once more.
  await vscode.env.openExternal(address as unknown as vscode.Uri);
}

async function writeWorkspaceSettings(settings: unknown): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
  await mkdir(path.join(folder, '.vscode'), { recursive: true });
  await writeFile(path.join(folder, '.vscode/settings.json'), JSON.stringify(settings));
}
