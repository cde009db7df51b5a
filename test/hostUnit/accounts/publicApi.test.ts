import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { createPublicApi } from '../../../src/host/accounts/publicApi.ts';
import type { NinjaOneApi } from '../../../ninjaone.d.ts';
import { createHost, type HostFixture } from '../../support/hostFixture.ts';
import { HOUR } from '../../support/sessionFixture.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';

describe('public API', () => {
  const editor = useVscode();
  let host: HostFixture;
  let api: NinjaOneApi;
  const changed = new vscode.EventEmitter<void>();
  beforeEach(async () => {
    host = await createHost(editor);
    api = createPublicApi(host.window.tokens, changed.event);
  });
  afterEach(() => host.close());

  it('tells who holds a session what its connection is, and gives no token (X1)', async () => {
    const { session } = await host.window.signIn(host.sessions);
    assert.deepEqual(api.getConnection({ id: session.id, accessToken: session.accessToken }), {
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

  it('goes on when a listener of another extension throws (X1)', () => {
    let heard = 0;
    api.onDidChangeConnections(() => {
      throw new Error('a fault of another extension');
    });
    const subscription = api.onDidChangeConnections(() => (heard += 1));
    changed.fire();
    assert.equal(heard, 1);
    subscription.dispose();
    changed.fire();
    assert.equal(heard, 1);
  });

  it('has a version and cannot be changed (X1)', () => {
    assert.equal(api.version, 1);
    assert.ok(Object.isFrozen(api));
  });
});
