import { request as undiciRequest } from 'undici';
import { ApiClient } from '../../src/core/api/apiClient.ts';
import { parseConnections } from '../../src/core/connections/parseConnections.ts';
import { createTransport } from '../../src/core/http/transport.ts';
import { NameDirectory } from '../../src/core/names/nameDirectory.ts';
import type { NamedObject } from '../../src/core/names/nameSources.ts';
import { rankNames } from '../../src/core/names/rankNames.ts';
import { silentLogger } from '../../tooling/silentLogger.ts';
import { bundledCatalog } from './bundledCatalog.ts';
import type { FetchAllServer } from './fetchAll.ts';
import { heading, line, summary } from './figures.ts';

const ROUNDS = 40;
const PAGE = '/v2/devices?pageSize=500';
const TEXTS = ['acme-00123', 'elm main office', 'birch', 'zzz'];

/** The first names of a large tenant, and a bare request of the same page, turn by turn; and each key stroke after it. */
export async function measureNames({ baseUrl, accessToken, devices }: FetchAllServer): Promise<void> {
  const [connection] = parseConnections([{ name: 'Bench', instance: baseUrl, clientId: 'bench' }]).connections;
  if (!connection) {
    throw new Error('The connection is refused.');
  }
  const catalog = await bundledCatalog();
  const transport = createTransport({ fetch, logger: silentLogger, proxySupport: () => 'override' });
  const directory = new NameDirectory({
    client: new ApiClient({
      transport: transport.send,
      writes: { mayWrite: () => false },
      timeout: () => 60_000,
      now: Date.now,
      sleep: () => Promise.resolve(),
    }),
    operation: (key) => Promise.resolve(catalog.find(key)),
    session: () => ({ connection, scopes: ['monitoring'], accessToken: () => Promise.resolve(accessToken) }),
    now: Date.now,
  });
  const { signal } = new AbortController();
  const ours: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const turns = [
      async (): Promise<void> => {
        directory.forget(connection.id);
        ours.push(await timeOf(() => directory.list({ kind: 'device', connection }, signal)));
      },
      async (): Promise<void> => void bare.push(await timeOf(() => bareRequest(baseUrl, accessToken))),
    ];
    for (const turn of round % 2 === 0 ? turns : turns.reverse()) {
      await turn();
    }
    if (round === 0) {
      // The first round warms up both.
      ours.length = bare.length = 0;
    }
  }
  heading(`Names of ${devices} devices, ${ROUNDS} rounds, ms: median (min–max)`);
  line('the first names', summary(ours));
  line('a bare request of that page', summary(bare));
  // Of the rounds, because another process slows down both turns of a round.
  line(
    'ours / bare (goal ≤ 2.0)',
    summary(
      ours.map((each, round) => each / (bare[round] ?? NaN)),
      2,
    ),
  );
  const names = manyNames();
  const options = { ownersOf: () => ['Acme Dental', 'Main office'], limit: 100 };
  const strokes: number[] = [];
  for (const text of TEXTS.flatMap((each) => Array.from(each, (_, end) => each.slice(0, end + 1)))) {
    strokes.push(await timeOf(() => rankNames(names, text, options)));
  }
  line('a key stroke in 10,000 names (≤ 50)', summary(strokes));
}

async function bareRequest(baseUrl: string, accessToken: string): Promise<unknown> {
  const { body } = await undiciRequest(`${baseUrl}${PAGE}`, {
    headers: { accept: 'application/json', authorization: `Bearer ${accessToken}` },
  });
  return body.json();
}

/** More names than a list of devices has, such as those of organizations. */
function manyNames(): readonly NamedObject[] {
  return Array.from({ length: 10_000 }, (_, index) => ({
    id: String(1001 + index),
    name: `${['ACME', 'BIRCH', 'ELM'][index % 3] ?? ''}-${String(index).padStart(5, '0')}`,
  }));
}

async function timeOf(task: () => unknown): Promise<number> {
  const started = performance.now();
  await task();
  return performance.now() - started;
}
