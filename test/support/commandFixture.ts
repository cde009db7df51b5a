import { join } from 'node:path';
import type { Connection } from '../../src/core/connections/connection.ts';
import { lazy, type Disposable } from '../../src/core/base/lifecycle.ts';
import { silentLogger } from '../../tooling/silentLogger.ts';
import type { UsableSession } from '../../src/core/sessions/usableSessions.ts';
import { TokenDocument } from '../../src/host/accounts/tokenDocument.ts';
import { createCommands } from '../../src/host/commandTable.ts';
import { COMMANDS, registerCommands, type Command } from '../../src/host/platform/contributions.ts';
import { ErrorReporter } from '../../src/host/platform/errorReporter.ts';
import { SecretClipboard } from '../../src/host/platform/secretClipboard.ts';
import { SignIn } from '../../src/host/signIn/signIn.ts';
import { SignInCoordinator } from '../../src/host/signIn/signInCoordinator.ts';
import { SignOut } from '../../src/host/signIn/signOut.ts';
import type { SignInOptions } from '../../src/host/signIn/signInTypes.ts';
import { WriteAccess } from '../../src/host/writeAccess/writeAccess.ts';
import { ACME, HostFixture } from './hostFixture.ts';
import { createSessionFixture, until, type SessionFixture } from './sessionFixture.ts';
import { ShownErrors } from './shownErrors.ts';
import { TokenEndpoint } from './tokenEndpoint.ts';
import type { FakeVscode } from './vscode/fakeVscode.ts';
import { Uri } from './vscode/values.ts';

export interface CommandFixtureOptions extends Partial<Pick<SignInOptions, 'remote' | 'confirmHost'>> {
  /** Resolves when the client secret has been read. */
  readonly readSecret?: () => Promise<void>;
}

/** The host with sign-ins that reach the token endpoint, and with the commands. What other features do is recorded. */
export class CommandFixture extends HostFixture {
  readonly endpoint: TokenEndpoint;
  readonly browserSignIn: SignIn;
  readonly coordinator: SignInCoordinator;
  readonly clipboard = new SecretClipboard();
  readonly signOut: SignOut;
  readonly writeAccess: WriteAccess;
  readonly tokenDocument: TokenDocument;
  readonly errors: unknown[] = [];
  readonly edited: Connection[] = [];
  readonly tested: UsableSession[] = [];
  readonly forgottenHistories: string[] = [];
  /** Rows of the Connections view, which only a person can press. */
  readonly rows = new Set<unknown>();
  testFailure: Error | undefined;
  logsShown = 0;
  resets = 0;
  /** Whether every revocation of a reset works. */
  resetRevokes = true;
  /** What a reset cannot delete. */
  resetLeaves: readonly string[] = [];
  wizards = 0;
  /** The wizard, which is left by default. */
  wizard: () => Promise<Connection | undefined> = () => Promise.resolve(undefined);
  readonly #editor: FakeVscode;
  readonly #shown: ShownErrors;
  readonly #disposables: { dispose(): unknown }[];

  /** Use `createCommandFixture`. */
  constructor(editor: FakeVscode, sessions: SessionFixture, options: CommandFixtureOptions) {
    super(sessions);
    this.#editor = editor;
    this.#shown = new ShownErrors(editor);
    const { settings, selection, window } = this;
    const { tokens, clientSecrets, requests } = window;
    const now = (): number => sessions.clock.now;
    this.endpoint = new TokenEndpoint(sessions.server);
    const { transport } = this.endpoint;
    const signIn = new SignIn({
      requests: {
        context: async (connection, signal) => {
          await options.readSecret?.();
          return { ...(await requests.context(connection, signal)), transport };
        },
        mint: (connection, scopes, signal) => requests.mint(connection, scopes, signal),
      },
      confirmHost: options.confirmHost ?? (() => Promise.resolve()),
      remote: options.remote ?? false,
      logger: silentLogger,
    });
    this.browserSignIn = signIn;
    const addConnection = (): Promise<Connection | undefined> => {
      this.wizards += 1;
      return this.wizard();
    };
    this.coordinator = new SignInCoordinator({
      settings,
      selection,
      tokens,
      signIn,
      clientSecrets,
      openWizard: () => void addConnection(),
      now,
    });
    const reporter = new ErrorReporter(silentLogger);
    const show = this.#shown.counting((error, ...rest) => {
      this.errors.push(error);
      reporter.show(error, ...rest);
    });
    this.writeAccess = new WriteAccess({ directory: join(sessions.directory, 'writes'), settings, now });
    this.signOut = new SignOut({
      tokens,
      clientSecrets,
      clipboard: this.clipboard,
      endWriteAccess: (connectionId) => this.writeAccess.forget(connectionId),
      report: (error) => show(error),
    });
    this.tokenDocument = new TokenDocument(tokens, now);
    const terminals: Disposable[] = [];
    const table = createCommands({
      extensionUri: Uri.file(process.cwd()),
      settings,
      selection,
      tokens,
      clientSecrets,
      quarantine: window.store.quarantine,
      onDidChangeSessions: window.store.onDidChange,
      requests,
      remote: options.remote ?? false,
      register: (item) => terminals.push(item),
      coordinator: this.coordinator,
      signIn,
      signOut: lazy(() => Promise.resolve(this.signOut)),
      clipboard: this.clipboard,
      tokenDocument: this.tokenDocument,
      writeAccess: this.writeAccess,
      reporter: { show },
      ready: Promise.resolve(),
      addConnection,
      editConnection: (connection) => {
        this.edited.push(connection);
        return Promise.resolve(connection);
      },
      test: (usable) => {
        this.tested.push(usable);
        return this.testFailure ? Promise.reject(this.testFailure) : Promise.resolve();
      },
      isRow: (argument) => this.rows.has(argument),
      reset: () => {
        this.resets += 1;
        return Promise.resolve({ isRevoked: this.resetRevokes, left: this.resetLeaves });
      },
      forgetHistory: (connectionId) => {
        this.forgottenHistories.push(connectionId);
        return Promise.resolve();
      },
      showLog: () => {
        this.logsShown += 1;
      },
      explorer: () => Promise.reject(new Error('There is no explorer in this test.')),
      resourcesView: () => Promise.reject(new Error('There is no Resources view in this test.')),
      diagnosis: () => Promise.reject(new Error('There is no diagnosis in this test.')),
      now,
    });
    const extension = { packageJSON: { contributes: { commands: COMMANDS.map((command) => ({ command })) } } };
    this.#disposables = [
      registerCommands(extension, () => Promise.resolve(table), show),
      signIn,
      this.clipboard,
      this.writeAccess,
      this.tokenDocument,
      ...terminals,
    ];
  }

  /** Codes of the errors that were shown or, as canceled, were not. */
  get errorCodes(): readonly unknown[] {
    return this.errors.map((error) => (error as { readonly code?: unknown }).code);
  }

  async run(command: Command, ...args: readonly unknown[]): Promise<unknown> {
    const result = await this.#editor.commands.run(command, ...args);
    await this.#shown.settled();
    return result;
  }

  /** Resolves to the address that the browser was sent to: the `count`-th of the test. */
  async browserOpened(count = 1): Promise<URL> {
    await until(() => this.#editor.env.opened.length >= count);
    return new URL(this.#editor.env.opened[count - 1] ?? '');
  }

  /** The browser comes back from the `count`-th address that it was sent to. */
  async browserReturns(parameters: Readonly<Record<string, string>> = { code: 'code-1' }, count = 1): Promise<void> {
    this.browserSignIn.settle(callbackQuery(await this.browserOpened(count), parameters));
  }

  /** A row of the Connections view. */
  row(connection: Connection): unknown {
    const row = { kind: 'connection', connection };
    this.rows.add(row);
    return row;
  }

  override async close(): Promise<void> {
    for (const item of this.#disposables) {
      item.dispose();
    }
    await super.close();
  }
}

/** `connections` is the user's setting. */
export async function createCommandFixture(
  editor: FakeVscode,
  connections: readonly unknown[] = [ACME],
  options: CommandFixtureOptions = {},
): Promise<CommandFixture> {
  editor.configuration.set('ninjaone.connections', connections);
  return new CommandFixture(editor, await createSessionFixture(), options);
}

/** The query of the callback to an authorization request. The page of vscode.dev goes on to the address in `state`. */
export function callbackQuery(request: URL, parameters: Readonly<Record<string, string>>): string {
  const state = request.searchParams.get('state') ?? '';
  const inState = URL.canParse(state) ? new URL(state).searchParams : new URLSearchParams();
  return new URLSearchParams([...inState, ...Object.entries({ ...parameters, state })]).toString();
}
