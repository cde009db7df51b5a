import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isNinjaOneError, type NinjaOneError } from '../../src/core/base/errors.ts';
import type { Logger } from '../../src/core/base/log.ts';
import { redactingLogger, SecretRedactor } from '../../src/core/base/redaction.ts';
import type { Connection } from '../../src/core/connections/connection.ts';
import { parseConnections } from '../../src/core/connections/parseConnections.ts';
import { createTransport, type HttpRequest, type Transport } from '../../src/core/http/transport.ts';
import { PendingCallbacks } from '../../src/core/oauth/pendingCallbacks.ts';
import * as protocol from '../../src/core/oauth/oauthClient.ts';
import type { OAuthContext } from '../../src/core/oauth/oauthClient.ts';
import type { ClientSecrets } from '../../src/core/sessions/clientSecrets.ts';
import { createSessions } from '../../src/core/sessions/createSessions.ts';
import type { RenewalFailure } from '../../src/core/sessions/renewalFailures.ts';
import type { UsableSessionsChange } from '../../src/core/sessions/usableSessions.ts';
import type { StoredSession } from '../../src/core/sessions/session.ts';
import type { SessionStore } from '../../src/core/sessions/sessionStore.ts';
import type { TokenRequests } from '../../src/core/sessions/tokenRequests.ts';
import type { TokenService } from '../../src/core/sessions/tokenService.ts';
import { sandboxClients } from '../../sandbox/clients.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { MemorySecrets, SecretDisk } from './memorySecrets.ts';

/** One machine that uses a sandbox: its clock, its disk and its open windows. */
export class OAuthFixture {
  readonly sandbox: Sandbox;
  readonly directory: string;
  readonly disk = new SecretDisk();
  /** Milliseconds by which the clock of this machine is ahead of the server. */
  ahead = 0;
  readonly #windows: OAuthWindow[] = [];

  /** Use `openOAuthFixture`. */
  constructor(sandbox: Sandbox, directory: string) {
    this.sandbox = sandbox;
    this.directory = directory;
  }

  /** The connection to a client of the sandbox, parsed from settings. */
  connection(clientId: string, changes: Readonly<Record<string, unknown>> = {}): Connection {
    const settings = this.sandbox.connections.find((each) => each.clientId === clientId);
    const { connections, problems } = parseConnections([{ ...settings, ...changes }]);
    const [first] = connections;
    if (!first || problems.length > 0) {
      throw new Error(JSON.stringify(problems));
    }
    return first;
  }

  async open(options: WindowOptions): Promise<OAuthWindow> {
    const window = new OAuthWindow(this, options);
    this.#windows.push(window);
    for (const connection of options.connections) {
      const secret = sandboxClients.find(({ clientId }) => clientId === connection.clientId)?.clientSecret;
      if (secret !== undefined) {
        await window.clientSecrets.set(connection.id, secret);
      }
    }
    await window.store.load();
    return window;
  }

  async close(): Promise<void> {
    await Promise.all(this.#windows.map((window) => window.close()));
    await rm(this.directory, { recursive: true, force: true });
  }
}

export async function openOAuthFixture(sandbox: Sandbox): Promise<OAuthFixture> {
  return new OAuthFixture(sandbox, await mkdtemp(join(tmpdir(), 'ninjaone-oauth-')));
}

export interface WindowOptions {
  readonly connections: readonly Connection[];
  /** Gets log messages after redaction. */
  readonly log?: Logger;
  /** Gets log messages before redaction. */
  readonly rawLog?: Logger;
  /** Instead of Node's own. It is told to use no connection pool but its own. */
  readonly fetch?: typeof globalThis.fetch;
}

/** The real session classes, wired as in the extension. Only the secret storage is fake, and there is no editor. */
export class OAuthWindow {
  readonly secrets: MemorySecrets;
  readonly redactor = new SecretRedactor();
  readonly store: SessionStore;
  readonly clientSecrets: ClientSecrets;
  readonly requests: TokenRequests;
  readonly tokens: TokenService;
  readonly callbacks = new PendingCallbacks();
  readonly transport: Transport;
  /** Every request that the code sent. */
  readonly sent: HttpRequest[] = [];
  readonly renewalFailures: RenewalFailure[] = [];
  readonly changes: UsableSessionsChange[] = [];
  /** Limits the time-out of every request in milliseconds, so that no test waits for the real one. */
  timeout = 5000;
  readonly #fixture: OAuthFixture;
  readonly #close: () => Promise<void>;

  constructor(fixture: OAuthFixture, { connections, log = NO_LOG, rawLog = NO_LOG, fetch }: WindowOptions) {
    this.#fixture = fixture;
    const now = (): number => Date.now() + fixture.ahead;
    const logger = both(rawLog, redactingLogger(log, this.redactor));
    const { send, close } = createTransport({
      fetch: fetch ?? globalThis.fetch,
      logger,
      proxySupport: () => (fetch ? 'on' : 'override'),
    });
    this.#close = close;
    this.transport = (request) => {
      this.sent.push(request);
      return send({ ...request, timeout: Math.min(request.timeout, this.timeout) });
    };
    this.secrets = new MemorySecrets({ disk: fixture.disk });
    const sessions = createSessions({
      secrets: this.secrets,
      redactor: this.redactor,
      directory: fixture.directory,
      labelDirectory: join(fixture.directory, 'labels'),
      secretStoreId: () => 'machine',
      storage: { retries: [1, 1] },
      connections: () => connections,
      onDidChangeConnections: () => ({ dispose() {} }),
      mayContact: () => true,
      oauth: () => Promise.resolve(protocol),
      transport: this.transport,
      now,
      logger,
      sharedSecrets: true,
      timeouts: { catchUp: 300, recovery: 20, response: 2000 },
    });
    this.store = sessions.store;
    this.clientSecrets = sessions.clientSecrets;
    this.requests = sessions.requests;
    this.tokens = sessions.tokens;
    this.tokens.onRenewalFailure((renewalFailure) => this.renewalFailures.push(renewalFailure));
    this.tokens.onDidChange((change) => this.changes.push(change));
  }

  context(connection: Connection): Promise<OAuthContext> {
    return this.requests.context(connection);
  }

  /** The session record in the secret storage. */
  record(id: string): StoredSession | undefined {
    return this.store.get(id);
  }

  /** Creates a session with valid tokens without a sign-in, and clears the log of the sandbox. */
  async haveSession(connection: Connection): Promise<StoredSession> {
    const scopes = ['monitoring'] as const;
    const { sandbox } = this.#fixture;
    const usable = await this.tokens.signIn(connection, scopes, async () => {
      const refreshToken = await sandbox.mintRefreshToken(connection.clientId, 'monitoring offline_access');
      return protocol.refreshTokens(await this.context(connection), refreshToken);
    });
    sandbox.reset();
    this.sent.length = 0;
    return usable.session;
  }

  async close(): Promise<void> {
    this.tokens.dispose();
    this.store.dispose();
    this.secrets.crash();
    await this.#close();
  }
}

/** The NinjaOneError that the promise rejects with; anything else fails the test. */
export async function failureOf(promise: Promise<unknown>): Promise<NinjaOneError> {
  const outcome = await promise.then(
    (value: unknown) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ('error' in outcome && isNinjaOneError(outcome.error)) {
    return outcome.error;
  }
  throw new Error('a NinjaOneError was expected', 'error' in outcome ? { cause: outcome.error } : {});
}

/** Releases the response that the sandbox holds, and returns the result of the call. */
export async function released<T>(sandbox: Sandbox, call: Promise<T>): Promise<T> {
  const settled = call.then(
    () => true,
    () => true,
  );
  const turn = (): Promise<boolean> => new Promise((resolve) => setImmediate(resolve, false));
  while (!(await Promise.race([settled, turn()]))) {
    sandbox.release();
  }
  return call;
}

const NO_LOG: Logger = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };

function both(first: Logger, second: Logger): Logger {
  const level = (name: keyof Logger) => (message: string) => {
    first[name](message);
    second[name](message);
  };
  return {
    trace: level('trace'),
    debug: level('debug'),
    info: level('info'),
    warn: level('warn'),
    error: level('error'),
  };
}
