import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import { tokenHash } from '../../../src/core/sessions/session.ts';
import { NinjaOneAuthenticationProvider } from '../../../src/host/accounts/authenticationProvider.ts';
import { connectionInfo } from '../../../src/host/accounts/publicApi.ts';
import { effort, reportCounts } from '../../../tooling/effort.ts';
import { silentLogger } from '../../../tooling/silentLogger.ts';
import { callbackQuery, createCommandFixture, type CommandFixture } from '../../support/commandFixture.ts';
import { EditorSessions } from '../../support/editorSessions.ts';
import { invalidGrant, offline } from '../../support/fakeTokenServer.ts';
import { ACME } from '../../support/hostFixture.ts';
import { generator } from '../../support/random.ts';
import { HOUR, MINUTE, until } from '../../support/sessionFixture.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';

const STEPS = 1000;
const SEEDS = effort({ short: [1], long: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] });

/** What an extension keeps of a customer: the id of the connection, and the account that it got there. */
interface Customer {
  readonly entry: { name: string; readonly instance: string };
  readonly id: string;
  account: vscode.AuthenticationSessionAccountInformation | undefined;
  isWide: boolean;
}

describe('an extension with three customers', () => {
  const editor = useVscode();
  let host: CommandFixture;
  let provider: NinjaOneAuthenticationProvider;
  afterEach(async () => {
    provider.dispose();
    await host.close();
  });

  /** The browser comes back from each address that is opened until the sign-in ends. */
  const signIn = async (task: () => Thenable<vscode.AuthenticationSession>): Promise<vscode.AuthenticationSession> => {
    const { opened } = editor.env;
    let next = opened.length;
    let isOver = false;
    const pending = Promise.resolve(task()).finally(() => (isOver = true));
    pending.catch(() => {});
    await until(() => {
      if (opened.length > next) {
        host.browserSignIn.settle(callbackQuery(new URL(opened[next] ?? ''), { code: `code-${next}` }));
        next += 1;
      }
      return isOver;
    });
    return pending;
  };

  for (const seed of SEEDS) {
    it(`never gets the session of another one in ${STEPS} random steps, seed ${seed} (X7)`, async function () {
      this.timeout(120_000);
      const random = generator(seed);
      const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
      const entries = [
        { ...ACME, name: 'Acme', instance: 'eu' },
        { ...ACME, name: 'Bolt', instance: 'us' },
        // The same instance as Bolt.
        { ...ACME, name: 'Corp', instance: 'us', clientId: 'client-2' },
      ];
      host = await createCommandFixture(editor, entries);
      const { window, sessions, coordinator } = host;
      const { tokens } = window;
      provider = new NinjaOneAuthenticationProvider({
        tokens,
        coordinator,
        ready: Promise.resolve(),
        signOut: (id) => host.signOut.run(id, 'keepSecret'),
        logger: silentLogger,
      });
      const vscodeSessions = new EditorSessions(provider, signIn);
      const customers: Customer[] = entries.map((entry, index) => ({
        entry,
        id: host.settings.connections[index]!.id,
        account: undefined,
        isWide: false,
      }));
      const missing = new Set<Customer>();
      const counts: Record<string, number> = {};
      const count = (what: string): void => void (counts[what] = (counts[what] ?? 0) + 1);
      const writeSettings = (): void => {
        editor.configuration.set(
          'ninjaone.connections',
          customers.filter((each) => !missing.has(each)).map(({ entry }) => ({ ...entry })),
        );
      };

      /** Asks for a session of the customer in one of the documented ways, and checks what comes. */
      const ask = async (
        customer: Customer,
        options: vscode.AuthenticationGetSessionOptions,
        scopes: readonly string[] = customer.isWide ? ['monitoring', 'management'] : ['monitoring'],
      ): Promise<void> => {
        const named = options.account && random() < 0.3 ? [] : [`connection:${customer.id}`];
        let session: vscode.AuthenticationSession | undefined;
        try {
          session = await vscodeSessions.getSession([...scopes, ...named], options);
        } catch (error) {
          const { name } = error as Error;
          count(name);
          const expected = missing.has(customer)
            ? ['NinjaOneAccountGone']
            : ['NinjaOneAccountLacksScopes', 'NinjaOneUnreachable'];
          assert.ok(expected.includes(name), `${name}: ${(error as Error).message}`);
          return;
        }
        if (!session) {
          count('no session');
          return;
        }
        count('sessions');
        const record = window.store.get(session.id);
        assert.equal(record?.connectionId, customer.id);
        assert.ok(record.tokenHashes.includes(tokenHash(session.accessToken)));
        assert.equal(connectionInfo(tokens, session)?.id, customer.id);
        assert.ok(scopes.every((scope) => (record.scopes as readonly string[]).includes(scope)));
        assert.deepEqual(session.scopes, [...scopes, ...named]);
        customer.account = session.account;
      };
      const accountOf = ({ account }: Customer): { account?: vscode.AuthenticationSessionAccountInformation } =>
        account ? { account } : {};
      const live = (customer: Customer) => tokens.usable().filter(({ connection }) => connection.id === customer.id);

      const steps: readonly (readonly [weight: number, step: (customer: Customer) => unknown])[] = [
        [8, (customer) => ask(customer, { silent: true, ...accountOf(customer) })],
        [2, (customer) => ask(customer, { silent: true })],
        [5, (customer) => ask(customer, { createIfNone: true, ...accountOf(customer) })],
        [1, (customer) => ask(customer, { forceNewSession: true, ...accountOf(customer) })],
        // An account that VS Code prefers does not match the customer, and none is passed.
        [1, (customer) => ask(customer, { createIfNone: true })],
        [
          2,
          async (customer) => {
            await ask(customer, { createIfNone: true }, ['monitoring', 'management']);
            customer.isWide = customer.account?.label.includes('management') === true;
          },
        ],
        // The mistake that GitHub's provider allows: more scopes with the account.
        [3, (customer) => ask(customer, { createIfNone: true, ...accountOf(customer) }, ['management'])],
        [
          1,
          (customer) => {
            customer.account = undefined;
            customer.isWide = false;
          },
        ],
        [
          2,
          async (customer) => {
            for (const { session } of live(customer)) {
              await provider.removeSession(session.id);
            }
          },
        ],
        [
          2,
          async (customer) => {
            sessions.clock.now += 58 * MINUTE;
            sessions.server.script.push(invalidGrant());
            await ask(customer, { silent: true, ...accountOf(customer) });
            sessions.server.script.length = 0;
          },
        ],
        [
          1,
          async (customer) => {
            sessions.clock.now += 58 * MINUTE;
            sessions.server.always = offline();
            await ask(customer, { silent: true, ...accountOf(customer) });
            sessions.server.always = undefined;
          },
        ],
        [
          1,
          async (customer) => {
            host.endpoint.refusal = { status: 503, error: 'temporarily_unavailable' };
            await ask(customer, { createIfNone: true, ...accountOf(customer) });
            host.endpoint.refusal = undefined;
          },
        ],
        [
          1,
          (customer) => {
            customer.entry.name = `${customer.entry.name.split(' ')[0] ?? ''} ${Math.floor(random() * 5)}`;
            writeSettings();
            count('renamed');
          },
        ],
        [
          1,
          (customer) => {
            missing[missing.has(customer) ? 'delete' : 'add'](customer);
            writeSettings();
          },
        ],
        [1, () => (sessions.clock.now += Math.floor(random() * 2 * HOUR))],
        [
          1,
          async (customer) => {
            const [usable] = live(customer);
            const reference = usable && { id: usable.session.id, accessToken: usable.session.accessToken };
            const outcome = await host.run('ninjaone.refreshToken', reference ?? 'gone');
            count(String(outcome));
          },
        ],
      ];
      const urn = steps.flatMap(([weight, step]) => Array.from({ length: weight }, () => step));
      for (let number = 0; number < STEPS; number++) {
        await pick(urn)(pick(customers));
      }
      assert.deepEqual([editor.user.asked, host.errors, editor.window.messages], [[], [], []]);
      // Each kind of end was met.
      for (const what of [
        'sessions',
        'no session',
        'renamed',
        'refreshed',
        'unknown',
        'NinjaOneAccountGone',
        'NinjaOneAccountLacksScopes',
        'NinjaOneUnreachable',
      ]) {
        assert.ok((counts[what] ?? 0) > 0, `${what}: ${counts[what] ?? 0}`);
      }
      reportCounts('several customers', { steps: STEPS });
    });
  }
});
