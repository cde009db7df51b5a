import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { request as undiciRequest } from 'undici';
import { ApiClient, type ApiSession } from '../../src/core/api/apiClient.ts';
import { parseConnections } from '../../src/core/connections/parseConnections.ts';
import { createTransport } from '../../src/core/http/transport.ts';
import { fetchAllPages } from '../../src/core/responses/fetchAllPages.ts';
import { buildRequest } from '../../src/core/requests/buildRequest.ts';
import { TempFiles } from '../../src/core/files/tempFiles.ts';
import { bundledCatalog } from './bundledCatalog.ts';
import { heading, line, summary } from './figures.ts';
import { silentLogger } from '../../tooling/silentLogger.ts';

const ROUNDS = 8;
const PAGE_SIZE = 1000;

/**
 * Every device of a large tenant: what Fetch All does below its progress, and a loop of bare undici that writes the same
 * list to a file, turn by turn on the same server, which is a process of its own.
 */
export async function measureFetchAll({ baseUrl, accessToken, devices }: FetchAllServer): Promise<void> {
  const ours: number[] = [];
  const bare: number[] = [];
  const all = await ourLoop(baseUrl, accessToken);
  for (let round = 0; round <= ROUNDS; round += 1) {
    const turns = [
      async (): Promise<void> => void ours.push(await rate(all)),
      async (): Promise<void> => void bare.push(await rate(() => bareLoop(baseUrl, accessToken))),
    ];
    for (const turn of round % 2 === 0 ? turns : turns.reverse()) {
      await turn();
    }
    if (round === 0) {
      // The first round warms up both.
      ours.length = bare.length = 0;
    }
  }
  heading(`Fetch all of ${devices} devices, pages of ${PAGE_SIZE}, ${ROUNDS} rounds, items a ms: median (min–max)`);
  line('ours, written to a file', summary(ours));
  line('a bare loop, written to a file', summary(bare));
  // Of the rounds, because another process slows down both turns of a round.
  line(
    'ours / bare (goal ≥ 1.0)',
    summary(
      ours.map((each, round) => each / (bare[round] ?? NaN)),
      2,
    ),
  );

  async function rate(task: () => Promise<number>): Promise<number> {
    const started = performance.now();
    const items = await task();
    if (items !== devices) {
      throw new Error(`${items} of ${devices} devices came.`);
    }
    return items / (performance.now() - started);
  }
}

export interface FetchAllServer {
  readonly baseUrl: string;
  /** With the scope `monitoring`. */
  readonly accessToken: string;
  /** How many the tenant has. */
  readonly devices: number;
}

async function ourLoop(baseUrl: string, accessToken: string): Promise<() => Promise<number>> {
  const [connection] = parseConnections([{ name: 'Bench', instance: baseUrl, clientId: 'bench' }]).connections;
  const operation = (await bundledCatalog()).find('GET /v2/devices');
  if (!connection || !operation) {
    throw new Error('The catalog has no GET /v2/devices.');
  }
  const draft = {
    operation: operation.key,
    path: new Map(),
    query: new Map([['pageSize', PAGE_SIZE]]),
    body: undefined,
  };
  const checked = buildRequest(draft, { operation, connection });
  if (!checked.ok) {
    throw new Error(JSON.stringify(checked.problems));
  }
  const transport = createTransport({ fetch, logger: silentLogger, proxySupport: () => 'override' });
  const client = new ApiClient({
    transport: transport.send,
    writes: { mayWrite: () => false },
    timeout: () => 60_000,
    now: Date.now,
    sleep: () => Promise.resolve(),
  });
  const session: ApiSession = {
    connection,
    scopes: ['monitoring'],
    accessToken: () => Promise.resolve(accessToken),
  };
  return async () => {
    const spool = new TempFiles(path.join(tmpdir(), 'ninjaone-bench'));
    const file = spool.file();
    const { end } = await fetchAllPages(checked.request, (request) => client.send(request, { session }), {
      signal: new AbortController().signal,
      maxBytes: 5_000_000,
      overflow: file,
      onPage: () => {},
    });
    await file.close();
    spool.dispose();
    return end.total;
  };
}

/** Only what a script needs: each page is awaited, read for its last id, and appended as it came. */
async function bareLoop(baseUrl: string, accessToken: string): Promise<number> {
  const folder = await mkdtemp(path.join(tmpdir(), 'ninjaone-bench-'));
  const file = await open(path.join(folder, 'devices.json'), 'w', 0o600);
  try {
    let total = 0;
    for (let after = 0; ;) {
      const { body } = await undiciRequest(`${baseUrl}/v2/devices?pageSize=${PAGE_SIZE}&after=${after}`, {
        headers: { accept: 'application/json', authorization: `Bearer ${accessToken}` },
      });
      const text = await body.text();
      const items = JSON.parse(text) as { readonly id: number }[];
      const last = items.at(-1);
      if (!last) {
        await file.appendFile(total === 0 ? '[]' : '\n]\n');
        return total;
      }
      await file.appendFile((total === 0 ? '[\n' : ',\n') + text.slice(1, -1));
      total += items.length;
      after = last.id;
    }
  } finally {
    await file.close();
    await rm(folder, { recursive: true });
  }
}
