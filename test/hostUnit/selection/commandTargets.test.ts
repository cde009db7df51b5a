import assert from 'node:assert/strict';
import type { ConnectionRow } from '../../../src/host/connections/connectionsView.ts';
import { CommandTargets } from '../../../src/host/selection/commandTargets.ts';
import { createHost, type HostFixture } from '../../support/hostFixture.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';

describe('command targets', () => {
  const editor = useVscode();
  let host: HostFixture;

  afterEach(async () => {
    await host.close();
  });

  it('are found from every kind of row in the Connections view (C1)', async () => {
    host = await createHost(editor);
    await host.window.signIn(host.sessions);
    const [usable] = host.window.tokens.usable();
    assert.ok(usable);
    const targets = new CommandTargets(host.settings, host.window.tokens);
    const rows: readonly ConnectionRow[] = [
      { kind: 'connection', connection: usable.connection },
      { kind: 'session', usable },
    ];
    for (const row of rows) {
      assert.equal(targets.namedConnection(row)?.name, 'Acme', row.kind);
      assert.deepEqual(targets.namedSessions(row), [usable.session.id], row.kind);
    }
  });
});
