import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import { createPublicApi, onConnectionsChange } from '../../../src/host/accounts/publicApi.ts';
import type { NinjaOneApi } from '../../../ninjaone.d.ts';
import { ACME, createHost, type HostFixture } from '../../support/hostFixture.ts';
import { HOUR } from '../../support/sessionFixture.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';

describe('public API', () => {
  const editor = useVscode();
  let host: HostFixture;
  let api: NinjaOneApi;
  beforeEach(async () => {
    host = await createHost(editor);
    api = createPublicApi(host.window.tokens, onConnectionsChange(host.settings));
  });
  afterEach(() => host.close());

  it('tells who holds a session what its connection is, and gives no token (X1)', async () => {
    const { session } = await host.window.signIn(host.sessions);
    assert.deepEqual(api.getConnection({ id: session.id, accessToken: session.accessToken }), {
      id: host.settings.connections[0]!.id,
      instanceUrl: 'https://eu.ninjarmm.com',
      apiUrl: 'https://eu.ninjarmm.com/v2',
      name: 'Acme',
      platform: 'native',
      scopes: ['monitoring'],
      expiresAt: host.sessions.clock.now + HOUR,
    });
    assert.deepEqual(host.sessions.server.calls, []);
  });

  it('knows the token from before a renewal, too (X1)', async () => {
    const { session } = await host.window.signIn(host.sessions);
    await host.window.tokens.getValidToken(session.id, { force: true });
    assert.equal(api.getConnection({ id: session.id, accessToken: session.accessToken })?.name, 'Acme');
  });

  it('tells nobody else anything (X1)', async () => {
    const { session } = await host.window.signIn(host.sessions);
    const other = await host.window.signIn(host.sessions, ['management']);
    const queries: readonly unknown[] = [
      undefined,
      null,
      session.id,
      { id: session.id },
      { id: session.id, accessToken: 'guessed' },
      { id: session.id, accessToken: other.session.accessToken },
      { id: 1, accessToken: session.accessToken },
      { accessToken: session.accessToken },
    ];
    assert.deepEqual(
      queries.map((query) => (api.getConnection as (query: unknown) => unknown)(query)),
      queries.map(() => undefined),
    );
  });

  it('keeps the id of a connection that is renamed (X7)', async () => {
    const { session } = await host.window.signIn(host.sessions);
    const before = api.getConnection(session);
    editor.configuration.set('ninjaone.connections', [{ ...ACME, name: 'Acme Corp' }]);
    const after = api.getConnection(session);
    assert.equal(after?.id, before?.id);
    assert.equal(after?.name, 'Acme Corp');
  });

  it('goes on when a listener of another extension throws (X1)', () => {
    let heard = 0;
    api.onDidChangeConnections(() => {
      throw new Error('a fault of another extension');
    });
    const subscription = api.onDidChangeConnections(() => (heard += 1));
    editor.configuration.set('ninjaone.connections', []);
    assert.equal(heard, 1);
    subscription.dispose();
    editor.configuration.set('ninjaone.connections', [ACME]);
    assert.equal(heard, 1);
  });

  it('has an event in the shape of those of VS Code (X1)', () => {
    const event: vscode.Event<void> = api.onDidChangeConnections;
    const disposables: vscode.Disposable[] = [];
    const listener = {
      heard: 0,
      hear() {
        this.heard += 1;
      },
    };
    event(listener.hear, listener, disposables);
    editor.configuration.set('ninjaone.connections', []);
    assert.equal(listener.heard, 1);
    assert.equal(disposables.length, 1);
    disposables[0]?.dispose();
    editor.configuration.set('ninjaone.connections', [ACME]);
    assert.equal(listener.heard, 1);
  });

  it('fires once for a connection that is added, removed or changed, and for nothing else (X1)', async () => {
    let heard = 0;
    api.onDidChangeConnections(() => (heard += 1));
    const { session } = await host.window.signIn(host.sessions);
    await host.window.tokens.getValidToken(session.id, { force: true });
    await host.window.tokens.signOut(session.id);
    assert.equal(heard, 0);
    const beta = { ...ACME, name: 'Beta', instance: 'us' };
    await host.settings.write((entries) => [...entries, beta]);
    assert.equal(heard, 1);
    await host.settings.write(() => [beta, ACME]);
    assert.equal(heard, 1);
    await host.settings.write(() => [beta, { ...ACME, name: 'Acme Corp' }]);
    assert.equal(heard, 2);
    await host.settings.write(() => [beta]);
    assert.equal(heard, 3);
  });

  it('has a version and cannot be changed (X1)', () => {
    assert.equal(api.version, 1);
    assert.ok(Object.isFrozen(api));
  });
});
