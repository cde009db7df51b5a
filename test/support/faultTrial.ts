import assert from 'node:assert/strict';
import { ApiClient, type ApiSession } from '../../src/core/api/apiClient.ts';
import { isWrite, type ApiRequest } from '../../src/core/api/apiRequest.ts';
import { isNinjaOneError, type NinjaOneError } from '../../src/core/base/errors.ts';
import type { Logger } from '../../src/core/base/log.ts';
import { fetchSpec } from '../../src/core/catalog/fetchSpec.ts';
import type { Connection, Scope } from '../../src/core/connections/connection.ts';
import { authorizationRequest, exchangeCode, randomState, refreshTokens } from '../../src/core/oauth/oauthClient.ts';
import type { StoredSession } from '../../src/core/sessions/session.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { Canaries, everythingOf } from './canaries.ts';
import type { FaultNetwork } from './faultNetwork.ts';
import { browse } from './httpBrowser.ts';
import type { FaultRow } from './networkFaults.ts';
import { openOAuthFixture, type OAuthFixture, type OAuthWindow } from './oauthFixture.ts';

export const FAULT_HOST = 'eu.ninjarmm.com';
export const FAULT_SCOPES: readonly Scope[] = ['monitoring', 'management'];

/** One fault in one step, on a machine of its own with a session that has nothing to do with it. */
export class FaultTrial {
  readonly sandbox: Sandbox;
  readonly network: FaultNetwork;
  readonly fixture: OAuthFixture;
  readonly errors: Error[] = [];
  readonly pauses: number[] = [];
  readonly #log: string[] = [];
  readonly #canaries = new Canaries();
  #window: OAuthWindow | undefined;
  #session: StoredSession | undefined;
  #bystander: StoredSession | undefined;

  static async start(sandbox: Sandbox, network: FaultNetwork): Promise<FaultTrial> {
    sandbox.reset();
    const trial = new FaultTrial(sandbox, network, await openOAuthFixture(sandbox));
    const clients = ['sandbox-native', 'sandbox-web', 'sandbox-service'];
    const record = (message: string): void => void trial.#log.push(message);
    const log: Logger = { trace: record, debug: record, info: record, warn: record, error: record };
    trial.#window = await trial.fixture.open({
      connections: clients.map((client) => trial.connection(client)),
      // What is logged must need no redaction.
      rawLog: log,
      fetch: network.fetch,
    });
    trial.#canaries.add('secret', 'sandbox-web-secret').add('secret', 'sandbox-service-secret');
    await network.disarm();
    await trial.have('sandbox-service', ['monitoring']);
    trial.#bystander = trial.session;
    sandbox.reset();
    return trial;
  }

  private constructor(sandbox: Sandbox, network: FaultNetwork, fixture: OAuthFixture) {
    this.sandbox = sandbox;
    this.network = network;
    this.fixture = fixture;
  }

  get window(): OAuthWindow {
    return this.#window!;
  }

  /** The latest session of `have`. */
  get session(): StoredSession {
    return this.#session!;
  }

  connection(clientId: string): Connection {
    const redirect = clientId === 'sandbox-web' ? { redirectUri: 'https://sandbox.example/callback' } : {};
    return this.fixture.connection(clientId, { instance: 'eu', ...redirect });
  }

  /** Signs in, over the network as it is. */
  async have(clientId: string, scopes: readonly Scope[] = FAULT_SCOPES): Promise<void> {
    const connection = this.connection(clientId);
    const { session } = await this.window.tokens.signIn(connection, scopes, async () => {
      if (connection.platform === 'api-services') {
        return this.window.requests.mint(connection, scopes);
      }
      const token = await this.sandbox.mintRefreshToken(clientId, [...scopes, 'offline_access'].join(' '));
      return refreshTokens(await this.window.context(connection), token);
    });
    this.note(session);
    this.#session = session;
  }

  note({ accessToken, refreshToken }: StoredSession): void {
    this.#canaries.add('access token', accessToken);
    if (refreshToken !== undefined) {
      this.#canaries.add('refresh token', refreshToken);
    }
  }

  /** Runs the browser part of a sign-in, and returns the rest of it. */
  async browse(connection: Connection): Promise<() => ReturnType<typeof exchangeCode>> {
    const redirectUri = connection.redirectUri ?? 'http://127.0.0.1:50000';
    const state = randomState();
    const { url, verifier } = await authorizationRequest({ connection, redirectUri, state, scopes: FAULT_SCOPES });
    const landing = await browse(url.replace(connection.instance.origin, this.sandbox.baseUrl));
    const code = landing.url.searchParams.get('code') ?? '';
    this.#canaries.add('code', code).add('verifier', verifier).add('state', state);
    const context = await this.window.context(connection);
    return () => exchangeCode(context, { code, verifier, redirectUri });
  }

  async meet({ fault, hangs }: FaultRow, timeout: number, during: () => Promise<void>): Promise<void> {
    await this.network.arm(fault);
    this.window.timeout = hangs ? timeout : 10_000;
    try {
      await during();
    } catch (error) {
      // What was not met need not look as if it had been.
      if (this.network.met > 0 || !hangs) {
        throw error;
      }
    }
    this.window.timeout = 10_000;
    await this.network.disarm();
  }

  async fails(task: () => Promise<unknown>): Promise<NinjaOneError> {
    const error = await task().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    assert.ok(isNinjaOneError(error), `it should have failed, and with an error of ours: ${String(error)}`);
    assert.notEqual(error.message, '');
    this.errors.push(error);
    return error;
  }

  fetchSpec(): ReturnType<typeof fetchSpec> {
    return fetchSpec({ origin: `https://${FAULT_HOST}`, send: this.window.transport, now: Date.now }, undefined);
  }

  async send({ operation, body }: { operation: ApiRequest['operation']; body: unknown }): Promise<{
    readonly code: string | undefined;
    readonly error: NinjaOneError | undefined;
  }> {
    const connection = this.connection('sandbox-native');
    const text = body === undefined ? undefined : JSON.stringify(body);
    const url = `https://${FAULT_HOST}${operation.path}`;
    const request: ApiRequest = { connection, operation, url, body: text };
    const session: ApiSession = {
      connection,
      scopes: FAULT_SCOPES,
      accessToken: async (options) =>
        (await this.window.tokens.getValidToken(this.session.id, options)).session.accessToken,
    };
    const client = new ApiClient({
      transport: this.window.transport,
      writes: { mayWrite: () => true },
      timeout: () => 10_000,
      now: Date.now,
      sleep: (milliseconds) => {
        this.pauses.push(milliseconds);
        return Promise.resolve();
      },
    });
    this.pauses.length = 0;
    const confirmation = isWrite(request) ? await client.confirm(request, () => Promise.resolve(true)) : undefined;
    const error = await client.send(request, { session, confirmation }).then(
      ({ failure }) => failure,
      (reason: unknown) => (isNinjaOneError(reason) ? reason : assert.fail(String(reason))),
    );
    this.errors.push(...(error ? [error] : []));
    return { code: error?.code, error };
  }

  /** The session of another connection is as it was, and gets a new token. */
  async bystanderWorks(): Promise<void> {
    const before = this.#bystander!;
    const { session } = await this.window.tokens.getValidToken(before.id, { force: true });
    this.note(session);
    assert.equal(session.id, before.id);
    assert.notEqual(session.accessToken, before.accessToken);
    assert.ok(await this.sandbox.isAccessTokenAlive(session.accessToken));
  }

  /** Sessions that need a new sign-in. */
  get endedSessions(): number {
    return this.window.renewalFailures.filter(({ error }) => error.intent === 'signInAgain').length;
  }

  leaks(): string[] {
    return this.#canaries.hits([
      { name: 'log', pieces: this.#log },
      ...this.errors.map((error) => ({ name: `error ${error.message}`, pieces: [everythingOf(error)] })),
      { name: 'addresses', pieces: this.window.sent.map(({ url }) => url) },
    ]);
  }

  async close(): Promise<void> {
    await this.fixture.close();
  }
}
