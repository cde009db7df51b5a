import { serviceToken } from '../../tooling/serviceToken.ts';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../sandbox/sandbox.ts';
import { ApiClient } from '../../src/core/api/apiClient.ts';
import type { Connection } from '../../src/core/connections/connection.ts';
import { parseConnections } from '../../src/core/connections/parseConnections.ts';
import { createTransport } from '../../src/core/http/transport.ts';
import { NameDirectory } from '../../src/core/names/nameDirectory.ts';
import { silentLogger } from '../../tooling/silentLogger.ts';
import { bundledOperations } from './bundledOperations.ts';

/** A directory of names over HTTP, on a sandbox of its own. */
export class NameFixture {
  readonly sandbox: Sandbox;
  readonly connection: Connection;
  readonly directory: NameDirectory;
  readonly signal = new AbortController().signal;
  now = 1_700_000_000_000;
  isSignedIn = true;
  #seen = 0;

  /** Use `startNames`. */
  constructor(sandbox: Sandbox, connection: Connection, token: string) {
    this.sandbox = sandbox;
    this.connection = connection;
    const operations = new Map(bundledOperations().map((operation) => [operation.key, operation]));
    const transport = createTransport({ fetch, logger: silentLogger, proxySupport: () => 'override' });
    this.directory = new NameDirectory({
      client: new ApiClient({
        transport: transport.send,
        writes: { mayWrite: () => false },
        timeout: () => 10_000,
        now: Date.now,
        sleep: () => Promise.resolve(),
      }),
      operation: (key) => Promise.resolve(operations.get(key)),
      session: () =>
        this.isSignedIn ? { connection, scopes: ['monitoring'], accessToken: () => Promise.resolve(token) } : undefined,
      now: () => this.now,
    });
  }

  /** Path and query of each request of the API since the last call. */
  calls(): readonly string[] {
    const { requests } = this.sandbox;
    const since = requests.slice(this.#seen);
    this.#seen = requests.length;
    return since
      .filter(({ path }) => path.startsWith('/v2/'))
      .map(({ path, query }) => `${path}${query.size > 0 ? `?${query.toString()}` : ''}`);
  }
}

export async function startNames(options: SandboxOptions = {}): Promise<NameFixture> {
  const sandbox = await startSandbox({ autoApprove: true, ...options });
  const [connection] = parseConnections([{ name: 'Acme', instance: sandbox.baseUrl, clientId: 'names' }]).connections;
  if (!connection) {
    throw new Error('The connection is refused.');
  }
  return new NameFixture(sandbox, connection, await serviceToken(sandbox.baseUrl));
}
