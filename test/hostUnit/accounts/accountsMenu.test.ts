import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { offerInAccountsMenu } from '../../../src/host/accounts/accountsMenu.ts';
import { ACME, createHost, type HostFixture } from '../../support/hostFixture.ts';
import type { SessionRequest } from '../../support/vscode/authentication.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';

describe('entry of the Accounts menu', () => {
  const editor = useVscode();
  let host: HostFixture;
  let view: vscode.EventEmitter<void>;
  const subscriptions: vscode.Disposable[] = [];
  const expected: (readonly string[])[] = [];

  const open = async (connections?: readonly unknown[]): Promise<void> => {
    host = await createHost(editor, connections);
    view = new vscode.EventEmitter<void>();
    expected.length = 0;
  };
  const offer = (): void => {
    offerInAccountsMenu({
      settings: host.settings,
      tokens: host.window.tokens,
      onDidShowView: view.event,
      expectRequest: (scopes) => expected.push(scopes),
      register: (item) => {
        subscriptions.push(item);
        return item;
      },
    });
  };
  const requests = (): readonly SessionRequest[] => editor.authentication.requests;
  afterEach(async () => {
    for (const each of subscriptions.splice(0)) {
      each.dispose();
    }
    await host.close();
  });

  it('is asked for with the scopes of the first connection, neither silent nor with a dialog (A15)', async () => {
    await open();
    offer();
    assert.deepEqual(requests(), [{ providerId: 'ninjaone', scopes: ['monitoring', 'management'], options: {} }]);
    assert.deepEqual(expected, [['monitoring', 'management']]);
  });

  it('is asked for once in a window (A15)', async () => {
    await open();
    offer();
    editor.configuration.set('ninjaone.connections', [{ ...ACME, scopes: ['control'] }]);
    view.fire();
    assert.equal(requests().length, 1);
  });

  it('is not asked for by who is signed in (A15)', async () => {
    await open();
    await host.window.signIn(host.sessions);
    offer();
    view.fire();
    assert.deepEqual(requests(), []);
  });

  it('comes with the first connection (A15)', async () => {
    await open([]);
    offer();
    assert.deepEqual(requests(), []);
    editor.configuration.set('ninjaone.connections', [ACME]);
    assert.equal(requests().length, 1);
  });

  it('comes when the view is opened without a connection, and leads to the first one (A15)', async () => {
    await open([]);
    offer();
    view.fire();
    assert.deepEqual(requests()[0]?.scopes, ['monitoring']);
  });
});
