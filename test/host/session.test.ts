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
import { accounts, relayedCallbacks, eventsDuring } from '../support/host/observations.ts';
import { probe } from '../support/host/probe.ts';
import {
  allowRedirectOrigin,
  misbehave,
  resetSandbox,
  sandboxState,
  sandboxUrl,
} from '../support/host/sandboxControl.ts';
import { expectToBecome } from '../../tooling/eventually.ts';

const NATIVE = 'Sandbox native';
const EDITOR = 'Sandbox editor';

/** Values used as secrets; the log must not contain any of them. */
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

  // On the desktop the operating system would open the address in whichever VS Code it knows.
  if (isWeb) {
    it('is not created by an unexpected callback to the editor address (A2)', async () => {
      await openInBrowser(await callbackAddress(`code=${CANARY.code}&state=${CANARY.state}`));
      await until(() => relayedCallbacks('store').length === 1);
      assert.deepEqual(await accounts(), []);
      assert.deepEqual((await sandboxState()).requests, []);
    });
  }

  it('is created by a native sign-in through browser and loopback server, with one event (A1, A5, A12)', async () => {
    assert.deepEqual((await sandboxState()).requests, [], 'nothing is sent before the first sign-in (P2)');
    assert.equal(await eventsDuring(() => run('ninjaone.signIn', NATIVE)), 1);
    const { requests, tokenCalls } = await sandboxState();
    const authorize = new URLSearchParams(requests.find((request) => request.path === '/ws/oauth/authorize')?.query);
    assert.match(authorize.get('redirect_uri') ?? '', /^http:\/\/127\.0\.0\.1:\d+$/);
    assert.equal(authorize.get('code_challenge_method'), 'S256');
    assert.deepEqual(tokenCalls, { authorization_code: 1 });
  });

  it('gives an account that names connection, instance and scopes, without network (A9, A11)', async () => {
    const before = (await sandboxState()).requests.length;
    const host = sandboxUrl.replace('http://', '');
    assert.deepEqual(await accounts(), [`${NATIVE} · ${host} · monitoring, management, control`]);
    assert.equal((await sandboxState()).requests.length, before);
  });

  it('is described on a page with a masked token, and its token is copied after a pick (P7)', async () => {
    const page = await tokenDocument(NATIVE);
    sessionId = page.uri.query;
    tokens.push(await copiedToken(NATIVE));
    assert.match(page.getText(), /^Token +•+$/m);
    assert.match(page.getText(), /^Scopes +monitoring, management, control$/m);
    assert.ok(!page.getText().includes(tokens[0] ?? ''));
  });

  it('reveals its connection only for a token that was issued for it (X1)', async () => {
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

  it('keeps its id after a refresh, which fires one event and returns no token (X3, A7, A11, A12)', async () => {
    let result: unknown;
    const events = await eventsDuring(async () => {
      result = await run('ninjaone.refreshToken', sessionId);
    });
    assert.equal(result, 'refreshed');
    assert.equal(await run('ninjaone.refreshToken', sessionId), 'recent');
    assert.equal(await run('ninjaone.refreshToken', 'no session'), 'unknown');
    assert.equal(events, 1);
    assert.equal((await sandboxState()).tokenCalls['refresh_token'], 1);
    assert.equal((await tokenDocument(NATIVE)).uri.query, sessionId);
    tokens.push(await copiedToken(NATIVE));
    assert.notEqual(tokens[1], tokens[0]);
    // Both tokens were issued for the session, so the earlier one is accepted, too.
    for (const accessToken of tokens) {
      const info = await run<ConnectionInfo | undefined>('ninjaone.getConnection', { id: sessionId, accessToken });
      assert.equal(info?.name, NATIVE);
    }
  });

  it('is not affected by connections in the workspace settings, which cause no request (C2)', async () => {
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

  it('disappears and returns with its connection in the settings, with one event each and without network (C4, A12, T36)', async () => {
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
    it('is created by a sign-in through the URI handler of the editor, with one event (A1, A12)', async () => {
      await allowRedirectOrigin(await callbackAddress(''));
      // The session gets a refresh token that NinjaOne does not know.
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

    it('ends alone and with one event if NinjaOne refuses its refresh token (A8, A12)', async () => {
      const page = await tokenDocument(EDITOR);
      tokens.push(await copiedToken(EDITOR));
      let outcome: unknown;
      const events = await eventsDuring(async () => {
        outcome = await run('ninjaone.refreshToken', page.uri.query);
      });
      assert.equal(outcome, 'ended');
      assert.equal(events, 1);
      assert.equal((await accounts()).length, 1);
      assert.match((await accounts())[0] ?? '', new RegExp(`^${NATIVE}`));
      await until(() => page.getText().includes('signed out'));
    });

    it('leaves no trace of the ignored callback that was passed to other windows (A2)', async () => {
      await until(() => relayedCallbacks('delete').length > 0);
      assert.equal(relayedCallbacks('delete')[0], relayedCallbacks('store')[0]);
    });
  }

  it('leaves no token, code, state or secret in the log at its most detailed level (P9, T46)', async () => {
    // VS Code writes the log a moment later.
    const log = await expectToBecome(
      () => readFile(path.join(probe().logFolder, 'NinjaOne.log'), 'utf8'),
      /\[debug\] POST http:\/\/127\.0\.0\.1:\d+\/ws\/oauth\/token: 200/,
    );
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
  // A parsed address would be encoded again.
  await vscode.env.openExternal(address as unknown as vscode.Uri);
}

async function writeWorkspaceSettings(settings: unknown): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
  await mkdir(path.join(folder, '.vscode'), { recursive: true });
  await writeFile(path.join(folder, '.vscode/settings.json'), JSON.stringify(settings));
}
