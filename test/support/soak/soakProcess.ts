import { setTimeout as sleep } from 'node:timers/promises';
import { HOUR } from '../sessionFixture.ts';
import { openVscode } from '../vscode/fakeVscode.ts';
import { collectionSizes } from './heap.ts';
import { Soak, type SoakLoad } from './soak.ts';

/** What a process measured that did the load `rounds` times, after one round that warmed it up. */
export interface SoakReport {
  /** Bytes of the heap after each round, the first of which is that of the warm-up. */
  readonly heap: readonly number[];
  /** Maps and sets that have grown since the warm-up, with the bytes of their tables before and after. */
  readonly grown: readonly (readonly [string, number, number])[];
  /** Bytes that 10,000 requests for a session at once needed at most, and the token requests that they caused. */
  readonly burst: { readonly bytes: number; readonly tokenCalls: number };
}

/** Started with `--expose-gc`; its arguments are the load as JSON and the number of rounds. */
async function main([load = '', rounds = '']: readonly string[]): Promise<void> {
  // Node.js loads its own fetch at the first use, and that has collections, too.
  new Request('http://127.0.0.1');
  const soak = await Soak.open(openVscode());
  const heap: number[] = [];
  let warm: Readonly<Record<string, number>> = {};
  for (let round = 0; round <= Number(rounds); round++) {
    await soak.run(JSON.parse(load) as SoakLoad);
    if (round === 0) {
      warm = Object.fromEntries(await collectionSizes());
    }
    heap.push(await heapUsed());
  }
  const after = await collectionSizes();
  const grown = [...after].flatMap(([holder, size]): [string, number, number][] => {
    const earlier = warm[holder] ?? 0;
    return size > earlier ? [[holder, earlier, size]] : [];
  });
  const burst = await measureBurst(soak);
  const report: SoakReport = { heap, grown, burst };
  await soak.explorer.close();
  process.send?.(report, () => process.exit());
}

async function measureBurst({ explorer }: Soak): Promise<SoakReport['burst']> {
  const { window, sessions } = explorer.host;
  const { server, clock } = sessions;
  clock.now += HOUR;
  const before = await heapUsed();
  const calls = server.tokenCalls;
  const asked = Array.from({ length: 10_000 }, () => window.tokens.sessionsFor(['monitoring'], undefined));
  const waiting = process.memoryUsage().heapUsed;
  await Promise.all(asked);
  const bytes = Math.max(waiting, process.memoryUsage().heapUsed) - before;
  return { bytes, tokenCalls: server.tokenCalls - calls };
}

async function heapUsed(): Promise<number> {
  for (let time = 0; time < 2; time++) {
    await sleep(50);
    (globalThis as { gc?: () => void }).gc?.();
  }
  return process.memoryUsage().heapUsed;
}

await main(process.argv.slice(2));
