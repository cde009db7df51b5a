import { randomUUID } from 'node:crypto';
import type { ConnectionInfo, NinjaOneErrorName, NinjaOneScope, RefreshOutcome } from '../../../ninjaone.d.ts';

export interface FakeConnection extends Pick<ConnectionInfo, 'id' | 'instanceUrl'> {
  name: string;
  /** What the user allows it to request. */
  scopes: readonly NinjaOneScope[];
}

interface Account {
  readonly id: string;
  readonly label: string;
}

export interface StoredSession {
  readonly id: string;
  readonly connectionId: string;
  readonly scopes: readonly NinjaOneScope[];
  /** The last is the current one. */
  readonly tokens: string[];
}

interface Options {
  readonly silent?: boolean;
  readonly createIfNone?: unknown;
  readonly forceNewSession?: unknown;
  readonly clearSessionPreference?: boolean;
  readonly account?: Account;
}

/**
 * VS Code and the extension under test, as far as another extension sees them: which sessions answer a request, whom VS
 * Code lets have them, and its one preferred account. A model for the examples; `test/e2e` runs them in VS Code itself.
 */
export class FakeEditor {
  readonly connections: FakeConnection[] = [];
  sessions: StoredSession[] = [];
  readonly state = new Map<string, unknown>();
  readonly commands = new Map<string, (...args: unknown[]) => unknown>();

  /** What the extension showed, boxes of VS Code and sign-ins, in order. */
  readonly shown: string[] = [];
  /** What the boxes for consent said, in order. */
  readonly details: string[] = [];
  readonly executed: (readonly [string, ...unknown[]])[] = [];
  /** What else the answer of `getConnection` says, to test a caller that checks it. */
  connectionOverride: Partial<ConnectionInfo> = {};
  isInstalled = true;
  /** Why the gallery installs nothing, when set. */
  galleryFailure: unknown;
  /** What the user answers; the first connection, customer or device where nothing is said. */
  answers: {
    connection?: string;
    customer?: string;
    input?: string;
    button?: string;
    /** Thrown instead of an answer, as it arrives in the extension. */
    failure?: unknown;
  } = {};
  refresh: (session: StoredSession) => RefreshOutcome = (session) => {
    session.tokens.push(randomUUID());
    return 'refreshed';
  };

  readonly #allowed = new Set<string>();
  #preferred: string | undefined;

  addConnection(name: string, instanceUrl: string): FakeConnection {
    const scopes: readonly NinjaOneScope[] = ['monitoring', 'management'];
    const connection = { id: randomUUID(), name, instanceUrl, scopes };
    this.connections.push(connection);
    return connection;
  }

  signOut(connectionId: string): void {
    this.sessions = this.sessions.filter((session) => session.connectionId !== connectionId);
  }

  run(command: string): Promise<unknown> {
    return Promise.resolve(this.commands.get(command)?.());
  }

  /** What `require('vscode')` returns. */
  readonly vscode = {
    TreeItem: class {
      readonly label: string;
      constructor(label: string) {
        this.label = label;
      }
    },
    CancellationError: class extends Error {
      override name = 'Canceled';
    },
    authentication: {
      getSession: (_: 'ninjaone', scopes: readonly string[], options: Options) => this.#getSession(scopes, options),
    },
    commands: {
      registerCommand: (id: string, handler: (...args: unknown[]) => unknown) => {
        this.commands.set(id, handler);
        return { dispose: () => this.commands.delete(id) };
      },
      executeCommand: (id: string, ...args: unknown[]) => new Promise((resolve) => resolve(this.#execute(id, args))),
    },
    window: {
      showInformationMessage: (text: string) => this.#show(`info: ${text}`),
      showErrorMessage: (text: string) => this.#show(`error: ${text}`),
      showWarningMessage: (text: string) => this.#show(`warning: ${text}`),
      showInputBox: () => Promise.resolve(this.answers.input),
      showQuickPick: (items: readonly { readonly label: string }[], { title }: { readonly title: string }) => {
        const label = title === 'Which customer?' ? this.answers.customer : undefined;
        return Promise.resolve(items.find((item) => item.label === (label ?? items[0]?.label)));
      },
    },
  };

  /** What `activate` gets. */
  readonly context = {
    subscriptions: [],
    globalState: {
      keys: () => [...this.state.keys()],
      get: (key: string, fallback?: unknown) => this.state.get(key) ?? fallback,
      update: (key: string, value: unknown) => {
        if (value === undefined) {
          this.state.delete(key);
        } else {
          // It is written to a database: what comes back is a copy.
          this.state.set(key, JSON.parse(JSON.stringify(value)));
        }
        return Promise.resolve();
      },
    },
  };

  #show(text: string): Promise<string | undefined> {
    this.shown.push(text);
    return Promise.resolve(this.answers.button);
  }

  #execute(id: string, args: readonly unknown[]): unknown {
    const [{ id: sessionId = '', accessToken = '' } = {}] = args as [{ id?: string; accessToken?: string }?];
    const session = this.sessions.find((each) => each.id === sessionId && each.tokens.includes(accessToken));
    if (id === 'ninjaone.getConnection') {
      return session && this.#infoOf(session);
    }
    this.executed.push([id, ...args]);
    if (id === 'workbench.extensions.installExtension' && this.galleryFailure !== undefined) {
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- what a test says
      throw this.galleryFailure;
    }
    return id === 'ninjaone.refreshToken' ? (session ? this.refresh(session) : 'unknown') : undefined;
  }

  #infoOf(session: StoredSession): ConnectionInfo | undefined {
    const connection = this.connections.find(({ id }) => id === session.connectionId);
    return (
      connection && {
        id: connection.id,
        name: connection.name,
        instanceUrl: connection.instanceUrl,
        apiUrl: `${connection.instanceUrl}/v2`,
        platform: 'native',
        scopes: session.scopes,
        expiresAt: Date.now() + 3_600_000,
        ...this.connectionOverride,
      }
    );
  }

  /** As VS Code decides: `mainThreadAuthentication.ts`. */
  async #getSession(scopes: readonly string[], options: Options): Promise<unknown> {
    await Promise.resolve();
    if (!this.isInstalled) {
      throw new Error("Timed out waiting for authentication provider 'ninjaone' to register.");
    }
    const found = this.#sessionsFor(scopes, options.account);
    if (options.clearSessionPreference) {
      this.#preferred = undefined;
    }
    const preferred = options.account
      ? found[0]
      : found.find((session) => this.#accountOf(session).label === this.#preferred);
    const isAllowed = (session: StoredSession): boolean => this.#allowed.has(this.#accountOf(session).label);
    if (preferred && isAllowed(preferred)) {
      return this.#copyOf(preferred, scopes);
    }
    if (options.createIfNone !== undefined) {
      this.shown.push('consent');
      this.details.push((options.createIfNone as { readonly detail?: string }).detail ?? '');
      if (this.answers.failure !== undefined) {
        // eslint-disable-next-line @typescript-eslint/only-throw-error -- VS Code rejects with a bare string, too
        throw this.answers.failure;
      }
      const name = this.answers.connection;
      const session =
        found.length > 0 && options.account
          ? found[0]
          : found.find((each) => name === undefined || this.#infoOf(each)?.name === name);
      const chosen = session ?? this.#createSession(scopes, options.account);
      this.#preferred = this.#accountOf(chosen).label;
      this.#allowed.add(this.#preferred);
      return this.#copyOf(chosen, scopes);
    }
    const first = this.#preferred === undefined ? found.find(isAllowed) : undefined;
    return first && this.#copyOf(first, scopes);
  }

  #sessionsFor(request: readonly string[], account: Account | undefined): readonly StoredSession[] {
    const { scopes, named } = parse(request);
    return this.sessions
      .filter((session) =>
        this.connections.some((each) => each.id === session.connectionId && covers(each.scopes, session.scopes)),
      )
      .filter((session) => named.every((id) => id === session.connectionId))
      .filter((session) => account === undefined || this.#accountOf(session).id === account.id)
      .filter((session) => covers(session.scopes, scopes))
      .sort((a, b) => a.scopes.length - b.scopes.length);
  }

  /** As the extension under test does (A10, A17, X7). */
  #createSession(request: readonly string[], account: Account | undefined): StoredSession {
    const { scopes, named } = parse(request);
    const [ofAccount, accountScopes] = account?.id.split('/') ?? [];
    const ids = new Set([...named, ...(ofAccount === undefined ? [] : [ofAccount])]);
    const granted = (accountScopes?.split(' ') ?? scopes) as readonly NinjaOneScope[];
    const wanted = ids.size > 0 ? [...ids][0] : undefined;
    const connection = this.connections.find(
      ({ id, name }) => id === wanted || (ids.size === 0 && name === (this.answers.connection ?? name)),
    );
    if (ids.size > 1 || !connection) {
      throw failure('NinjaOneAccountGone');
    }
    if (!covers(granted, scopes) || !covers(connection.scopes, granted)) {
      throw failure('NinjaOneAccountLacksScopes');
    }
    this.shown.push(`sign-in to ${connection.name} with ${granted.join(' ')}`);
    const session = { id: randomUUID(), connectionId: connection.id, scopes: granted, tokens: [randomUUID()] };
    this.sessions.push(session);
    return session;
  }

  #accountOf({ connectionId, scopes }: StoredSession): Account {
    const name = this.connections.find(({ id }) => id === connectionId)?.name ?? '';
    return { id: `${connectionId}/${scopes.join(' ')}`, label: `${name} · ${scopes.join(', ')}` };
  }

  #copyOf(session: StoredSession, scopes: readonly string[]): unknown {
    return { id: session.id, accessToken: session.tokens.at(-1), account: this.#accountOf(session), scopes };
  }
}

function covers(all: readonly string[], some: readonly string[]): boolean {
  return some.every((each) => all.includes(each));
}

/** As it arrives: name and message. */
export function failure(name: NinjaOneErrorName): Error {
  return Object.assign(new Error(`A sentence about ${name}.`), { name });
}

function parse(request: readonly string[]): { scopes: readonly NinjaOneScope[]; named: readonly string[] } {
  const isConnection = (scope: string): boolean => scope.startsWith('connection:');
  const scopes = request.filter((scope) => !isConnection(scope)) as readonly NinjaOneScope[];
  return {
    scopes: scopes.length > 0 ? scopes : ['monitoring'],
    named: request.filter(isConnection).map((scope) => scope.slice('connection:'.length)),
  };
}
