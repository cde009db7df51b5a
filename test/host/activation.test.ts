import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { EXTENSION_ID } from '../../src/host/platform/contributions.ts';
import { probe } from '../support/host/probe.ts';
import { sandboxState } from '../support/host/sandboxControl.ts';

describe('in a running VS Code', () => {
  const extension = vscode.extensions.getExtension<{ readonly version: number }>(EXTENSION_ID);

  before(async () => {
    await extension?.activate();
  });

  it('§0: the extension is there and becomes active', () => {
    assert.ok(extension?.isActive);
  });

  it('A9: it registers before anything is awaited: a rival comes too late while the secrets are still silent', async () => {
    const { wasActive } = await probe().rivalOffered;
    assert.ok(wasActive, 'activation does not wait for the secrets');
    assert.deepEqual(await vscode.authentication.getAccounts('ninjaone'), []);
  });

  it('§0: it starts without network, although there are connections', async () => {
    // Everything that the start sets going is done when the secrets have been read and an account was asked for.
    await vscode.authentication.getAccounts('ninjaone');
    const launcher = `127.0.0.1:${process.env['HOST_TEST_PORT']}`;
    assert.deepEqual(
      probe().connections.filter((target) => target !== launcher),
      [],
    );
    assert.deepEqual((await sandboxState()).requests, []);
  });

  it('§3: every command is registered', async () => {
    const registered = new Set(await vscode.commands.getCommands(true));
    const { contributes } = extension?.packageJSON as { contributes: { commands: { command: string }[] } };
    assert.deepEqual(
      contributes.commands.map(({ command }) => command).filter((command) => !registered.has(command)),
      [],
    );
  });

  it('X1: the exports are frozen, have a version and give no token', () => {
    const api = extension?.exports;
    assert.ok(api && Object.isFrozen(api));
    assert.equal(api.version, 1);
    assert.deepEqual(Object.keys(api).sort(), ['getConnection', 'onDidChangeConnections', 'version']);
  });
});
