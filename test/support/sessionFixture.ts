import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Emitter } from '../../src/core/base/lifecycle.ts';
import type { Logger } from '../../src/core/base/log.ts';
import { SecretRedactor } from '../../src/core/base/redaction.ts';
import type { Connection, Scope } from '../../src/core/connections/connection.ts';
import { parseConnections } from '../../src/core/connections/parseConnections.ts';
import type { ClientSecrets } from '../../src/core/sessions/clientSecrets.ts';
import { createSessions, type Sessions } from '../../src/core/sessions/createSessions.ts';
import type { StorageCheckOptions } from '../../src/core/sessions/storageCheck.ts';
import type { RenewalFailure } from '../../src/core/sessions/renewalFailures.ts';
import type { UsableSessionsChange, UsableSession } from '../../src/core/sessions/usableSessions.ts';
import type { SessionStore } from '../../src/core/sessions/sessionStore.ts';
import type { StorageRecovery } from '../../src/core/sessions/storageRecovery.ts';
import type { TokenStates } from '../../src/core/sessions/tokenStates.ts';
import type { SessionsChange } from '../../src/core/sessions/sessionView.ts';
import type { TokenRequests } from '../../src/core/sessions/tokenRequests.ts';
import type { TokenService } from '../../src/core/sessions/tokenService.ts';
import { FakeTokenServer } from './fakeTokenServer.ts';
import { MemorySecrets, SecretDisk } from './memorySecrets.ts';
import { silentLogger } from '../../tooling/silentLogger.ts';

export const MINUTE = 60_000;
export const HOUR = 3_600_000;
export const DAY = 86_400_000;

/** One machine with its clock, disk, settings, server and open windows. */
export class SessionFixture {
  readonly clock = { now: 1_800_000_000_000 };
  readonly disk = new SecretDisk();
  readonly server = new FakeTokenServer(() => this.clock.now);
  readonly directory: string;
  readonly #windows = new Set<SessionWindow>();
  readonly #settings = new Emitter<void>();
  #connections: readonly Connection[] = [connection()];

  /** Use `createSessionFixture`. */
  constructor(directory: string) {
    this.directory = directory;
  }

  get connections(): readonly Connection[] {
    return this.#connections;
  }

  set connections(connections: readonly Connection[]) {
    this.#connections = connections;
    this.#settings.fire();
  }

  readonly onDidChangeConnections = this.#settings.event;

  open(options: WindowOptions = {}): SessionWindow {
    const window = new SessionWindow(this, options);
    this.#windows.add(window);
    return window;
  }

  async close(): Promise<void> {
    for (const window of this.#windows) {
      window.close();
    }
    // A renewal may still be giving its lock back.
    for (const directory of [this.directory, `${this.directory}-labels`]) {
      await rm(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 });
    }
  }
}

export interface WindowOptions {
  readonly flushDelay?: number;
  readonly disk?: SecretDisk;
  readonly directory?: string;
  /** Names the secret storage of the window; by default that of the machine. */
  readonly secretStoreId?: string;
  readonly sharedSecrets?: boolean;
  readonly logger?: Logger;
  /** Milliseconds that another extension waits for a token. */
  readonly responseLimit?: number;
  /** Milliseconds after which the window gives up a call of its secret storage; 50 by default. */
  readonly storageLimit?: number;
  readonly mayContact?: (connection: Connection) => boolean;
}

/** The real session classes, with fakes for storage, network and clock. */
export class SessionWindow implements Sessions {
  readonly secrets: MemorySecrets;
  readonly redactor = new SecretRedactor();
  readonly store: SessionStore;
  readonly clientSecrets: ClientSecrets;
  readonly requests: TokenRequests;
  readonly tokens: TokenService;
  readonly recovery: StorageRecovery;
  readonly storageCheck: StorageCheckOptions;
  readonly states: TokenStates;
  readonly changes: UsableSessionsChange[] = [];
  readonly storeChanges: SessionsChange[] = [];
  readonly renewalFailures: RenewalFailure[] = [];

  constructor(fixture: SessionFixture, options: WindowOptions) {
    const { disk = fixture.disk, directory = fixture.directory, logger = silentLogger } = options;
    const now = (): number => fixture.clock.now;
    this.secrets = new MemorySecrets({ disk, ...(options.flushDelay ? { flushDelay: options.flushDelay } : {}) });
    const sessions = createSessions({
      secrets: this.secrets,
      redactor: this.redactor,
      directory,
      labelDirectory: `${directory}-labels`,
      secretStoreId: () => options.secretStoreId ?? 'machine',
      storage: { timeout: options.storageLimit ?? 50, retries: [1, 1], pause: 0 },
      lock: { stale: 600, timeout: 2000, jitter: 20 },
      connections: () => fixture.connections,
      onDidChangeConnections: fixture.onDidChangeConnections,
      mayContact: options.mayContact ?? (() => true),
      oauth: () => Promise.resolve(fixture.server.steps),
      transport: () => Promise.reject(new Error('no network in this test')),
      now,
      logger,
      sharedSecrets: options.sharedSecrets ?? true,
      timeouts: { catchUp: 300, recovery: 40, response: options.responseLimit ?? 5000 },
    });
    ({
      store: this.store,
      clientSecrets: this.clientSecrets,
      requests: this.requests,
      tokens: this.tokens,
      recovery: this.recovery,
      storageCheck: this.storageCheck,
    } = sessions);
    this.states = this.storageCheck.states;
    this.tokens.onDidChange((change) => this.changes.push(change));
    this.store.onDidChange((change) => this.storeChanges.push(change));
    this.tokens.onRenewalFailure((renewalFailure) => this.renewalFailures.push(renewalFailure));
  }

  close(): void {
    this.tokens.dispose();
    this.recovery.dispose();
    this.store.dispose();
    this.secrets.crash();
  }

  /** Signs in with new tokens of the fake server, changed by `changes`. */
  signIn(
    fixture: SessionFixture,
    scopes: readonly Scope[] = ['monitoring'],
    changes: Partial<ReturnType<FakeTokenServer['tokens']>> = {},
    to: Connection = fixture.connections[0]!,
  ): Promise<UsableSession> {
    const tokens = {
      ...fixture.server.tokens(),
      ...(to.platform === 'api-services' ? { refreshToken: undefined } : {}),
    };
    return this.tokens.signIn(to, scopes, () => Promise.resolve({ ...tokens, ...changes }));
  }
}

export async function createSessionFixture(): Promise<SessionFixture> {
  return new SessionFixture(await mkdtemp(join(tmpdir(), 'ninjaone-sessions-')));
}

/** A window that has signed in, with these options, and another one that knows the session, whose token has expired. */
export async function openTwoWindows(
  fixture: SessionFixture,
  options: WindowOptions = {},
): Promise<{ readonly window: SessionWindow; readonly other: SessionWindow; readonly id: string }> {
  const window = fixture.open(options);
  const { session } = await window.signIn(fixture);
  window.secrets.flush();
  const other = fixture.open();
  await other.store.load();
  fixture.clock.now += HOUR;
  return { window, other, id: session.id };
}

/** A connection parsed from settings, with all scopes by default. */
export function connection(settings: Readonly<Record<string, unknown>> = {}): Connection {
  const value = {
    name: 'Acme',
    instance: 'eu',
    clientId: 'client-1',
    scopes: ['monitoring', 'management', 'control'],
    ...settings,
  };
  const { connections, problems } = parseConnections([value]);
  const [first] = connections;
  if (!first || problems.length > 0) {
    throw new Error(JSON.stringify(problems));
  }
  return first;
}

/** Polls `condition` on every turn of the event loop; rejects after 20 seconds, which a busy machine does not need. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 20_000;
  while (!(await condition())) {
    if (performance.now() > end) {
      throw new Error(`never happened: ${condition.toString()}`);
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}
