import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Scope } from '../../../src/core/connections/connection.ts';
import { parseConnections } from '../../../src/core/connections/parseConnections.ts';
import {
  createSession,
  grantKey,
  parseRecord,
  serializeSession,
  type StoredSession,
} from '../../../src/core/sessions/session.ts';
import { startSandbox, type Sandbox } from '../../../sandbox/sandbox.ts';
import { Machine, type OpenCommand, type Outcome, type RefreshCommand, type Window } from './protocol.ts';

export const HOUR = 3_600_000;
/** The delay of VS Code in milliseconds. */
const FLUSH_DELAY = 100;

/** Windows that race for the sessions of one machine, and a server that rotates strictly. */
export class RaceFixture {
  readonly sandbox: Sandbox;
  readonly machine: Machine;
  /** Folder of the locks and token states; a new one for each test. */
  directory = '';
  sessions: StoredSession[] = [];

  private constructor(sandbox: Sandbox, machine: Machine) {
    this.sandbox = sandbox;
    this.machine = machine;
  }

  static async start(windows: number): Promise<RaceFixture> {
    return new RaceFixture(await startSandbox(), await Machine.start(windows));
  }

  get windows(): readonly Window[] {
    return this.machine.windows;
  }

  /** The session of a test that has only one. */
  get session(): StoredSession {
    return this.sessions[0]!;
  }

  /** Begins again with an empty disk, and sessions of earlier sign-ins, which every window finds when it opens. */
  async begin(scopeSets: readonly (readonly Scope[])[] = [['monitoring']]): Promise<void> {
    await this.#deleteDirectory();
    this.sandbox.reset();
    this.directory = await mkdtemp(join(tmpdir(), 'ninjaone-race-'));
    this.machine.sharesSecrets = true;
    this.machine.disk.clear();
    this.sessions = await Promise.all(scopeSets.map((scopes) => this.#signInEarlier(scopes)));
  }

  open(options: Partial<OpenCommand> = {}, change?: (index: number) => Partial<OpenCommand>): Promise<void> {
    const { directory } = this;
    return this.machine.open({ connection: this.#settings(), directory, flushDelay: FLUSH_DELAY, ...options }, change);
  }

  /** Another extension asks for the session in this window, so many hours after the sign-in. */
  refresh(window: Window, { hours, spread = 0, stopAt, session = this.session }: RefreshOptions): Promise<Outcome> {
    return window.ask({
      kind: 'refresh',
      scopes: session.scopes,
      accountId: grantKey(session),
      ahead: hours * HOUR,
      delay: Math.random() * spread,
      stopAt,
    });
  }

  refreshAll(windows: readonly Window[], options: RefreshOptions): Promise<Outcome[]> {
    return Promise.all(windows.map((window) => this.refresh(window, options)));
  }

  /** The user signs in again in this window. Resolves when the tokens have reached the machine. */
  async signIn(window: Window): Promise<void> {
    const { scopes } = this.session;
    const refreshToken = await this.#mint(scopes);
    await window.ask({ kind: 'signIn', scopes, accessToken: `signed-in-${refreshToken}`, refreshToken });
    if (this.machine.sharesSecrets) {
      await happens(() => this.records().some((record) => record.refreshToken === refreshToken));
    }
  }

  /** Token requests so far. */
  get calls(): number {
    return this.sandbox.tokenCalls['refresh_token'] ?? 0;
  }

  /** Token requests that the server refused, because the refresh token was spent or had ended. */
  get refused(): number {
    return this.sandbox.requests.filter(({ path, status }) => path === TOKEN_PATH && status === 400).length;
  }

  /** The sessions on the disk of the machine. */
  records(): StoredSession[] {
    return [...this.machine.disk].flatMap(([key, text]) => (key.startsWith('session:') ? [sessionOf(text)] : []));
  }

  /** Waits until the record of this generation is on the disk. */
  async stored(generation: number, session = this.session): Promise<StoredSession> {
    const present = (): StoredSession => sessionOf(this.machine.disk.get(keyOf(session)) ?? '');
    await happens(() => present().generation >= generation);
    assert.equal(present().generation, generation);
    return present();
  }

  isAlive({ refreshToken }: StoredSession): Promise<boolean> {
    return this.sandbox.isRefreshTokenAlive(refreshToken ?? '');
  }

  /** Resolves when the server has a token request, before it answers. */
  async asked(): Promise<void> {
    await this.sandbox.nextRequest(({ path }) => path === TOKEN_PATH);
  }

  async stop(): Promise<void> {
    await this.machine.stop();
    await this.sandbox.stop();
    await this.#deleteDirectory();
  }

  async #deleteDirectory(): Promise<void> {
    if (this.directory !== '') {
      await rm(this.directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 });
    }
  }

  #settings(): Record<string, unknown> {
    const scopes = ['monitoring', 'management', 'control'];
    return { name: 'Race', instance: this.sandbox.baseUrl, platform: 'native', clientId: 'sandbox-native', scopes };
  }

  async #signInEarlier(scopes: readonly Scope[]): Promise<StoredSession> {
    const [connection] = parseConnections([this.#settings()]).connections;
    const issuedAt = Date.now() - HOUR / 4;
    const refreshToken = await this.#mint(scopes);
    const tokens = { accessToken: 'the-first-token', refreshToken, issuedAt, expiresAt: issuedAt + HOUR };
    const session = createSession(connection!, scopes, tokens);
    this.machine.disk.set(keyOf(session), serializeSession(session));
    return session;
  }

  #mint(scopes: readonly Scope[]): Promise<string> {
    return this.sandbox.mintRefreshToken('sandbox-native', [...scopes, 'offline_access'].join(' '));
  }
}

export interface RefreshOptions extends Partial<Pick<RefreshCommand, 'stopAt'>> {
  readonly hours: number;
  /** The windows begin within so many milliseconds. */
  readonly spread?: number;
  readonly session?: StoredSession;
}

/** Codes of all messages of the windows. */
export function toldBy(outcomes: readonly Outcome[]): string[] {
  return outcomes.flatMap(({ told }) => told);
}

/** The access tokens that the windows gave out, each once. */
export function tokensOf(outcomes: readonly Outcome[]): (string | undefined)[] {
  return [...new Set(outcomes.map(({ accessToken }) => accessToken))];
}

export function keyOf({ id }: StoredSession): string {
  return `session:${id}`;
}

/** Polls the condition for up to ten seconds. */
export async function happens(condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 10_000;
  while (!(await condition())) {
    assert.ok(performance.now() < end, `never happened: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function sessionOf(text: string): StoredSession {
  const record = parseRecord(text);
  return record.kind === 'session' ? record.session : assert.fail(`no session: ${text}`);
}

const TOKEN_PATH = '/ws/oauth/token';
