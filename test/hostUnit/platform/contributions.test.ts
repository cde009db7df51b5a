import assert from 'node:assert/strict';
import type { Disposable } from '../../../src/core/base/lifecycle.ts';
import { COMMANDS, registerCommands, type CommandTable } from '../../../src/host/platform/contributions.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';

describe('registration of the commands', () => {
  const editor = useVscode();
  let loads: number;
  let calls: unknown[][];
  let reported: unknown[];
  let registration: Disposable;
  let failure: Error | undefined;
  let loadFailure: Error | undefined;

  const table = (): CommandTable =>
    Object.fromEntries(
      COMMANDS.map((id) => [
        id,
        (...args: readonly unknown[]) => {
          calls.push([id, ...args]);
          if (failure) {
            throw failure;
          }
          return `result of ${id}`;
        },
      ]),
    ) as unknown as CommandTable;

  beforeEach(() => {
    loads = 0;
    calls = [];
    reported = [];
    failure = undefined;
    loadFailure = undefined;
    registration = registerCommands(
      { packageJSON: { contributes: { commands: COMMANDS.map((command) => ({ command })) } } },
      () => {
        loads += 1;
        return loadFailure ? Promise.reject(loadFailure) : Promise.resolve(table());
      },
      (error) => {
        reported.push(error);
      },
    );
  });
  afterEach(() => {
    registration.dispose();
  });

  it('loads what they do with the first one that runs, once', async () => {
    assert.deepEqual(editor.commands.registered, COMMANDS);
    assert.equal(loads, 0);
    await editor.commands.run('ninjaone.signIn', 'Acme');
    await editor.commands.run('ninjaone.showLog');
    assert.equal(loads, 1);
    assert.deepEqual(calls, [['ninjaone.signIn', 'Acme'], ['ninjaone.showLog']]);
  });

  it('loads again after a failure, such as too many open files (P2)', async () => {
    loadFailure = new Error('EMFILE: too many open files');
    assert.equal(await editor.commands.run('ninjaone.signIn'), undefined);
    assert.deepEqual(reported, [loadFailure]);
    loadFailure = undefined;
    assert.equal(await editor.commands.run('ninjaone.signIn'), 'result of ninjaone.signIn');
    assert.equal(loads, 2);
  });

  it('returns what a command returns', async () => {
    assert.equal(await editor.commands.run('ninjaone.getConnection'), 'result of ninjaone.getConnection');
  });

  it('reports an error, and answers nothing', async () => {
    failure = new Error('x');
    assert.equal(await editor.commands.run('ninjaone.signIn'), undefined);
    assert.deepEqual(reported, [failure]);
  });

  it('ends with the extension', () => {
    registration.dispose();
    assert.deepEqual(editor.commands.registered, []);
  });
});
