import assert from 'node:assert/strict';
import path from 'node:path';
import * as vscode from 'vscode';
import { EXTENSION_ID } from '../../src/host/platform/contributions.ts';
import { eventually } from '../../tooling/eventually.ts';
import { probe } from '../support/host/probe.ts';
import { sandboxState } from '../support/host/sandboxControl.ts';

describe('the extension in a running VS Code', () => {
  const extension = vscode.extensions.getExtension<{ readonly version: number }>(EXTENSION_ID);

  before(async () => {
    await extension?.activate();
  });

  it('is installed and becomes active (P2)', () => {
    assert.ok(extension?.isActive);
  });

  it('registers before anything is awaited, so that a rival provider comes too late even if the secrets do not respond (A9)', async () => {
    const { wasActive } = await probe().rivalOffered;
    assert.ok(wasActive, 'activation does not wait for the secrets');
    assert.deepEqual(await vscode.authentication.getAccounts('ninjaone'), []);
  });

  it('could not tell from VS Code that an id is taken: the second provider is ignored, and its end removes the first (T55)', async () => {
    const asked: string[] = [];
    const register = (name: string): vscode.Disposable =>
      vscode.authentication.registerAuthenticationProvider('test-rivals', name, {
        onDidChangeSessions: new vscode.EventEmitter<never>().event,
        getSessions: () => {
          asked.push(name);
          return Promise.resolve([]);
        },
        createSession: () => Promise.reject(new Error('not in this test')),
        removeSession: () => Promise.resolve(),
      });
    const first = register('first');
    const second = register('second');
    try {
      await vscode.authentication.getAccounts('test-rivals');
      assert.deepEqual([...new Set(asked)], ['first']);
      second.dispose();
      const third = register('third');
      await vscode.authentication.getAccounts('test-rivals');
      assert.equal(asked.at(-1), 'third');
      third.dispose();
    } finally {
      first.dispose();
    }
  });

  it('starts without network, although there are connections (P2, T57)', async () => {
    // The start is complete when the secrets have been read and the accounts are known.
    await vscode.authentication.getAccounts('ninjaone');
    const launcher = `127.0.0.1:${process.env['HOST_TEST_PORT']}`;
    assert.deepEqual(
      probe().connections.filter((target) => target !== launcher),
      [],
    );
    assert.deepEqual((await sandboxState()).requests, []);
  });

  it('loads the code of its views before they are shown (P2)', async () => {
    const parts = ['openExplorerTree.cjs', 'connectionItems.cjs'];
    await eventually(
      () => {
        const loaded = Object.keys(require.cache).map((file) => path.basename(file));
        assert.deepEqual(
          parts.filter((part) => !loaded.includes(part)),
          [],
        );
      },
      { timeout: 15_000 },
    );
  });

  it('registers every command (P7)', async () => {
    const registered = new Set(await vscode.commands.getCommands(true));
    const { contributes } = extension?.packageJSON as { contributes: { commands: { command: string }[] } };
    assert.deepEqual(
      contributes.commands.map(({ command }) => command).filter((command) => !registered.has(command)),
      [],
    );
  });

  it('exports a frozen object with a version and no token (X1)', () => {
    const api = extension?.exports;
    assert.ok(api && Object.isFrozen(api));
    assert.equal(api.version, 1);
    assert.deepEqual(Object.keys(api).sort(), ['getConnection', 'onDidChangeConnections', 'version']);
  });
});
