import { join } from 'node:path';
import { createAccounts, type AccountsFeature } from '../../src/host/accounts/createAccounts.ts';
import type { ApiExplorer } from '../../src/host/apiExplorer.ts';
import { createConnections } from '../../src/host/connections/createConnections.ts';
import { createApiExplorer, type ApiExplorerFeature } from '../../src/host/createApiExplorer.ts';
import { createDiagnostics } from '../../src/host/diagnostics/createDiagnostics.ts';
import { createPlatform } from '../../src/host/platform/createPlatform.ts';
import type { Command } from '../../src/host/platform/contributions.ts';
import { registerAllCommands } from '../../src/host/registerAllCommands.ts';
import { createSignIn, type SignInFeature } from '../../src/host/signIn/createSignIn.ts';
import { WriteAccess } from '../../src/host/writeAccess/writeAccess.ts';
import type { Redactor } from '../../src/core/base/log.ts';
import type { Scope } from '../../src/core/connections/connection.ts';
import type { HttpRequest, HttpResponse } from '../../src/core/http/transport.ts';
import { json, type FakeResponse } from './apiClientFixture.ts';
import { ShownErrors } from './shownErrors.ts';
import { ACME, createHost, type HostFixture } from './hostFixture.ts';
import { HOUR, until } from './sessionFixture.ts';
import type { FakeVscode } from './vscode/fakeVscode.ts';
import type { FakeTextDocument } from './vscode/textDocument.ts';
import { Uri } from './vscode/values.ts';

/**
 * The whole API Explorer behind its commands: the bundled catalog, a signed-in connection, and a transport whose responses
 * the test writes. Everything that leaves is in `sent`.
 */
export class ExplorerFixture {
  readonly sent: HttpRequest[] = [];
  readonly writeAccess: WriteAccess;
  readonly signIn: SignInFeature;
  readonly accounts: AccountsFeature;
  readonly feature: ApiExplorerFeature;
  /** Of the extension; the tokens of this fixture are not registered in it. */
  readonly redactor: Redactor;
  readonly #editor: FakeVscode;
  readonly #shown: ShownErrors;
  readonly #host: HostFixture;
  readonly #responses = new Map<string, FakeResponse[]>();

  /** Use `openExplorer`. */
  constructor(editor: FakeVscode, host: HostFixture) {
    this.#editor = editor;
    this.#host = host;
    const { sessions, settings, selection, window, extension } = host;
    const created = createPlatform(extension.context);
    this.redactor = created.redactor;
    // Only the tests about the first list see what is offered with it.
    void extension.globalState.update('responses.nextStepsOffered', true);
    this.#shown = new ShownErrors(editor);
    const platform = {
      ...created,
      report: this.#shown.counting(created.report),
      settings,
      storage: (name: string) => join(sessions.directory, name),
      transport: (request: HttpRequest) => this.#respond(request),
      now: () => sessions.clock.now,
    };
    this.writeAccess = platform.register(
      new WriteAccess({ directory: platform.storage('writes'), settings, now: platform.now }),
    );
    const { writeAccess } = this;
    this.signIn = createSignIn(platform, window, {
      selection,
      addConnection: () => Promise.resolve(undefined),
      endWriteAccess: (connectionId) => writeAccess.forget(connectionId),
    });
    const { signIn } = this;
    this.accounts = createAccounts(platform, window, signIn);
    const { accounts } = this;
    const connections = createConnections(platform, { sessions: window, signIn, selection, writeAccess });
    const { ready } = accounts;
    this.feature = createApiExplorer(platform, { sessions: window, signIn, selection, writeAccess, ready });
    const explorer = this.feature;
    registerAllCommands(platform, {
      sessions: window,
      signIn,
      selection,
      writeAccess,
      accounts,
      connections,
      explorer,
      diagnosis: createDiagnostics(platform, { sessions: window, signIn, ready }),
    });
  }

  get host(): HostFixture {
    return this.#host;
  }

  /** The parts behind the commands. */
  open(): Promise<ApiExplorer> {
    return this.feature.open();
  }

  /** Responses to calls of a path, in order; the last one repeats. A path without any is answered with an empty list. */
  answers(path: string, ...responses: readonly FakeResponse[]): void {
    this.#responses.set(path, [...responses]);
  }

  /** Runs a command as the editor does. */
  async run(command: Command, ...args: readonly unknown[]): Promise<void> {
    await this.#editor.commands.run(command, ...args);
    await this.#shown.settled();
  }

  /** Method and path with query of each request that has left. */
  get calls(): readonly string[] {
    return this.sent.map(({ method, url }) => `${method} ${url.slice(new URL(url).origin.length)}`);
  }

  /** Codes of the errors that were shown, in order. */
  get errors(): readonly string[] {
    const lines = this.#editor.window.channels.flatMap((channel) => channel.lines);
    return lines.filter(({ level }) => level === 'error').map(({ text }) => text.split(': ')[0] ?? text);
  }

  /** The document in front. */
  get inFront(): FakeTextDocument {
    const { activeTextEditor, documents } = this.#editor.workspace;
    const uri = activeTextEditor?.document.uri.toString();
    const document = documents.find((each) => each.uri.toString() === uri);
    if (!document) {
      throw new Error('No document is in front.');
    }
    return document;
  }

  /** The name of the document in front. */
  get title(): string {
    return this.inFront.uri.path.split('/').at(-1) ?? '';
  }

  /** What the lines above a document say and offer. */
  async lenses(document: FakeTextDocument = this.inFront): Promise<readonly string[]> {
    return (await this.#editor.languages.lensesOf(document)).map(({ command }) => command?.title ?? '');
  }

  /** Presses one of them. */
  async press(title: string, document: FakeTextDocument = this.inFront): Promise<void> {
    const lenses = await this.#editor.languages.lensesOf(document);
    const command = lenses.find((lens) => lens.command?.title === title)?.command;
    if (!command) {
      throw new Error(`There is no "${title}" above the document: ${(await this.lenses(document)).join(', ')}`);
    }
    await this.#editor.commands.run(command.command, ...((command.arguments as unknown[] | undefined) ?? []));
    await this.#shown.settled();
  }

  /** Opens the request document of an operation, with this in place of its text. */
  async write(operation: string, request: object = {}): Promise<FakeTextDocument> {
    await this.run('ninjaone.explorer.open', operation);
    const document = this.inFront;
    this.#editor.workspace.edit(document, JSON.stringify({ operation, ...request }, undefined, 2));
    return document;
  }

  /** A request document that was saved in a folder. */
  saved(request: object, name = 'saved'): FakeTextDocument {
    const uri = Uri.file(`/project/${name}.ninjaone.json`);
    return this.#editor.workspace.have(uri, JSON.stringify(request, undefined, 2), 'json');
  }

  /** Allows writes for an hour. */
  allowWrites(name = 'Acme'): void {
    this.writeAccess.unlock(this.#host.settings.connection(name)!, HOUR);
  }

  /** A file that a test may save to. */
  get target(): string {
    return join(this.#host.sessions.directory, 'saved');
  }

  /** The user saves to `target` when this name is proposed, and leaves the message that it is saved. Returns the file. */
  savesAs(name: RegExp, message = /saved/i): string {
    this.#editor.user.answers(name, this.target);
    this.#editor.user.ignores(message);
    return this.target;
  }

  /** Waits until the history has so many entries. */
  async remembered(count: number): Promise<void> {
    const store = await this.feature.history();
    await until(async () => (await store.entries()).length === count);
  }

  async close(): Promise<void> {
    await this.#host.close();
  }

  async #respond(request: HttpRequest): Promise<HttpResponse> {
    this.sent.push(request);
    const responses = this.#responses.get(new URL(request.url).pathname) ?? [];
    const response = responses.length > 1 ? responses.shift() : responses[0];
    if (response instanceof Error) {
      throw response;
    }
    return typeof response === 'function' ? response(request) : (response ?? json([]));
  }
}

export interface ExplorerFixtureOptions {
  /** The setting `ninjaone.connections`. */
  readonly connections?: readonly object[];
  /** Of the session of each connection; an empty list signs in to none. */
  readonly scopes?: readonly Scope[];
}

export async function openExplorer(
  editor: FakeVscode,
  { connections = [ACME], scopes = ['monitoring', 'management'] }: ExplorerFixtureOptions = {},
): Promise<ExplorerFixture> {
  const host = await createHost(editor, connections);
  for (const connection of scopes.length > 0 ? host.settings.connections : []) {
    await host.window.signIn(host.sessions, scopes, {}, connection);
  }
  const explorer = new ExplorerFixture(editor, host);
  await explorer.accounts.ready;
  return explorer;
}

/** A second entry of the setting `ninjaone.connections`. */
export const BETA = { name: 'Beta', instance: 'us', clientId: 'client-2', scopes: ['monitoring', 'management'] };
