import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { EXTENSION_ID } from '../../src/host/contributions.ts';

describe('in a running VS Code', () => {
  const extension = vscode.extensions.getExtension<{ readonly version: number }>(EXTENSION_ID);

  before(async () => {
    await extension?.activate();
  });

  it('§0: the extension is there and becomes active', () => {
    assert.ok(extension?.isActive);
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
