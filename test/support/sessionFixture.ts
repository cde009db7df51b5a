import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Emitter } from '../../src/core/base/lifecycle.ts';
import { Redactor, type Logger } from '../../src/core/base/log.ts';
import type { Connection, Scope } from '../../src/core/connections/connection.ts';
import { parseConnections } from '../../src/core/connections/parseConnections.ts';
import type { ClientSecrets } from '../../src/core/sessions/clientSecrets.ts';
import { createSessions } from '../../src/core/sessions/createSessions.ts';
import type { StorageCheckOptions } from '../../src/core/sessions/storageCheck.ts';
import type { RenewalFailure } from '../../src/core/sessions/tokenRenewal.ts';
import type { UsableSessionsChange, UsableSession } from '../../src/core/sessions/usableSessions.ts';
import type { SessionMarkers } from '../../src/core/sessions/sessionMarkers.ts';
import type { SessionStore } from '../../src/core/sessions/sessionStore.ts';
import type { SessionsChange } from '../../src/core/sessions/sessionView.ts';
import type { TokenRequests } from '../../src/core/sessions/tokenRequests.ts';
import type { TokenService } from '../../src/core/sessions/tokenService.ts';
import { FakeTokenServer } from './fakeTokenServer.ts';
import { MemorySecrets, SecretDisk } from './memorySecrets.ts';
import { silentLogger } from './silentLogger.ts';

export const MINUTE = 60_000;
export const HOUR = 3_600_000;
export const DAY = 86_400_000;

/** One machine with its clock, disk, settings and server, and the windows that are open on it. */
export class SessionWorld {
  readonly clock = { now: 1_800_000_000_000 };
  readonly disk = new SecretDisk();
  readonly server = new FakeTokenServer(() => this.clock.now);
  readonly directory: string;
  readonly #windows = new Set<SessionWindow>();
  readonly #settings = new Emitter<void>();
  #connections: readonly Connection[] = [connection()];

  /** Use `createWorld`. */
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
    await rm(this.directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 });
  }
}

export interface WindowOptions {
  readonly flushDelay?: number;
  readonly disk?: SecretDisk;
  readonly directory?: string;
  /** Whose secrets the window has; those of the machine when nothing is said. */
  readonly secretStoreId?: string;
  readonly sharedSecrets?: boolean;
  readonly logger?: Logger;
  /** Milliseconds that another extension waits for a token. */
  readonly answer?: number;
  readonly mayContact?: (connection: Connection) => boolean;
}

/** The parts that ship, over fakes that implement their ports. */
export class SessionWindow {
  readonly secrets: MemorySecrets;
  readonly redactor = new Redactor();
  readonly store: SessionStore;
  readonly markers: SessionMarkers;
  readonly clientSecrets: ClientSecrets;
  readonly requests: TokenRequests;
  readonly tokens: TokenService;
  readonly stock: StorageCheckOptions;
  readonly changes: UsableSessionsChange[] = [];
  readonly storeChanges: SessionsChange[] = [];
  readonly renewalFailures: RenewalFailure[] = [];

  constructor(world: SessionWorld, options: WindowOptions) {
    const { disk = world.disk, directory = world.directory, logger = silentLogger } = options;
    const now = (): number => world.clock.now;
    this.secrets = new MemorySecrets({ disk, ...(options.flushDelay ? { flushDelay: options.flushDelay } : {}) });
    const sessions = createSessions({
      secrets: this.secrets,
      redactor: this.redactor,
      directory,
      secretStoreId: () => options.secretStoreId ?? 'machine',
      storage: { timeout: 50, retries: [1, 1] },
      lock: { stale: 600, patience: 2000 },
      connections: () => world.connections,
      onDidChangeConnections: world.onDidChangeConnections,
      mayContact: options.mayContact ?? (() => true),
      oauth: () => Promise.resolve(world.server.steps),
      transport: () => Promise.reject(new Error('no network in this test')),
      now,
      logger,
      sharedSecrets: options.sharedSecrets ?? true,
      timeouts: { catchUp: 300, recovery: 40, response: options.answer ?? 5000 },
    });
    ({
      store: this.store,
      markers: this.markers,
      clientSecrets: this.clientSecrets,
      requests: this.requests,
      tokens: this.tokens,
    } = sessions);
    const { store, markers, clientSecrets } = this;
    this.stock = { store, markers, clientSecrets, connections: () => world.connections, now };
    this.tokens.onDidChange((change) => this.changes.push(change));
    this.store.onDidChange((change) => this.storeChanges.push(change));
    this.tokens.onRenewalFailure((renewalFailure) => this.renewalFailures.push(renewalFailure));
  }

  close(): void {
    this.tokens.dispose();
    this.store.dispose();
    this.secrets.crash();
  }

  /** A sign-in that brings what the server of this world gives, changed by `answer`. */
  signIn(
    world: SessionWorld,
    scopes: readonly Scope[] = ['monitoring'],
    answer: Partial<ReturnType<FakeTokenServer['tokens']>> = {},
    to: Connection = world.connections[0]!,
  ): Promise<UsableSession> {
    const tokens = { ...world.server.tokens(), ...(to.platform === 'api-services' ? { refreshToken: undefined } : {}) };
    return this.tokens.signIn(to, scopes, () => Promise.resolve({ ...tokens, ...answer }));
  }
}

export async function createWorld(): Promise<SessionWorld> {
  return new SessionWorld(await mkdtemp(join(tmpdir(), 'ninjaone-sessions-')));
}

/** A connection as the settings give it; all scopes unless said otherwise. */
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

/** Resolves when `condition` holds, which is looked at after every turn of the event loop; rejects after two seconds. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 2000;
  while (!(await condition())) {
    if (performance.now() > end) {
      throw new Error(`never happened: ${condition.toString()}`);
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}
