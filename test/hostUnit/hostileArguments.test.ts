import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { COMMANDS, type Command } from '../../src/host/platform/contributions.ts';
import { BETA, openExplorer, type ExplorerFixture } from '../support/explorerFixture.ts';
import { ACME } from '../support/hostFixture.ts';
import { Uri } from '../support/vscode/values.ts';
import { useVscode } from '../support/vscode/fakeVscode.ts';

/** What another extension may pass to commands and exports. Nobody answers a question here: each one is closed. */
describe('hostile arguments', () => {
  const editor = useVscode();
  let explorer: ExplorerFixture;
  let secrets: readonly string[];
  beforeEach(async () => {
    explorer = await openExplorer(editor, { connections: [ACME, BETA] });
    editor.user.closesAll();
    const sessions = explorer.host.window.store.all();
    secrets = sessions.flatMap(({ accessToken, refreshToken }) => [
      accessToken,
      ...(refreshToken ? [refreshToken] : []),
    ]);
  });
  afterEach(() => explorer.close());

  /** All that a command could have changed. */
  const state = (): unknown => {
    const { host } = explorer;
    return {
      settings: editor.configuration.user('ninjaone.connections'),
      sessions: host.window.store.all().map(({ id, generation }) => [id, generation]),
      tokenCalls: host.sessions.server.calls.length,
      writable: explorer.writeAccess.unlocked.length,
      opened: [...editor.env.opened],
      pending: explorer.signIn.signIn.pending !== undefined,
      sent: explorer.sent.filter(({ headers }) => headers?.['authorization'] !== undefined).length,
    };
  };

  const runUnharmed = async (command: Command, args: readonly unknown[]): Promise<void> => {
    for (const { lines } of editor.window.channels) {
      lines.length = 0;
    }
    const before = state();
    const result: unknown = await editor.commands.run(command, ...args.map(armed));
    const label = `${command}(${inspect(args, { depth: 4 })})`;
    const shown = inspect(result, { depth: 10 });
    assert.ok(!secrets.some((secret) => shown.includes(secret)), `${label} returned a token`);
    // The answer to another extension (X3).
    const answers: readonly unknown[] = command === 'ninjaone.refreshToken' ? [undefined, 'unknown'] : [undefined];
    assert.ok(answers.includes(result), label);
    const { clipboard } = editor.env.api;
    const copied = await clipboard.readText();
    await clipboard.writeText('');
    // The report has nothing to hide. Every other copy needs an answer of the user.
    assert.ok(
      command === 'ninjaone.copyDiagnosis' ? !secrets.some((each) => copied.includes(each)) : copied === '',
      label,
    );
    assert.deepEqual(state(), before, label);
    assert.deepEqual(
      explorer.errors.filter((code) => code.startsWith('Unexpected')),
      [],
      label,
    );
  };

  // Printing them springs them, so fast-check gets their names.
  const trap = {};
  for (const key of ['id', 'name', 'session', 'connection', 'usable', 'accessToken', 'operation', 'key', 'path']) {
    Object.defineProperty(trap, key, {
      enumerable: true,
      get: () => {
        throw new Error('trap');
      },
    });
  }
  const TRAPS: Readonly<Record<string, unknown>> = { 'a trap': trap, 'heir of a trap': Object.create(trap) as unknown };
  const armed = (value: unknown): unknown =>
    typeof value === 'string' && Object.hasOwn(TRAPS, value) ? TRAPS[value] : value;
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom('__proto__', 'constructor', '../..', '$(x)', '', 'x'.repeat(10_000)),
  );
  const anything = fc.oneof(
    fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withNullPrototype: true }),
    text,
    fc.record({ connection: fc.record({ name: text }), usable: fc.anything() }),
    fc.record({ session: fc.record({ id: text }), accessToken: text, id: text }),
    fc.record({ usable: fc.record({ session: fc.anything(), connection: fc.record({ name: text }) }) }),
    fc.record({ kind: fc.constantFrom('operation', 'connection', 'session'), operation: fc.record({ key: text }) }),
    fc.webUrl().map((url) => Uri.parse(url)),
    fc.constantFrom(...Object.keys(TRAPS)),
  );

  it('to any command return no token, send none, change nothing and end in no unexpected error (P7, T54)', async () => {
    await fc.assert(fc.asyncProperty(fc.constantFrom(...COMMANDS), fc.array(anything, { maxLength: 3 }), runUnharmed), {
      numRuns: 1500,
    });
  });

  it('that name a connection or a session change nothing without an answer of the user (P7, T54)', async () => {
    const { session } = explorer.host.window.tokens.usable()[0]!;
    const named = ['Acme', session.id, { connection: { name: 'Acme' } }, { session: { id: session.id } }];
    // These may act at once: they start a sign-in, a refresh or a read that shows its response.
    const acting: readonly Command[] = ['ninjaone.signIn', 'ninjaone.refreshToken', 'ninjaone.testConnection'];
    for (const command of COMMANDS.filter((each) => !acting.includes(each))) {
      for (const argument of named) {
        await runUnharmed(command, [argument]);
      }
    }
  });

  it('to the exports return nothing, and neither throw nor pass on an error of a listener (X1, T54)', () => {
    const { api } = explorer.accounts;
    const { session } = explorer.host.window.tokens.usable()[0]!;
    fc.assert(
      fc.property(anything, (query) => {
        assert.equal(api.getConnection(armed(query) as never), undefined);
      }),
      { numRuns: 500 },
    );
    for (const query of [{ id: session.id }, { id: session.id, accessToken: session.refreshToken }, session.id]) {
      assert.equal(api.getConnection(query as never), undefined);
    }
    const info = api.getConnection({ id: session.id, accessToken: session.accessToken });
    assert.ok(!secrets.some((secret) => inspect(info).includes(secret)));
    api.onDidChangeConnections(() => {
      throw new Error('of another extension');
    });
    editor.configuration.set('ninjaone.connections', [ACME]);
    assert.ok(Object.isFrozen(api));
  });
});
