import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { Emitter } from '../../src/core/base/lifecycle.ts';
import { SecretRedactor } from '../../src/core/base/redaction.ts';
import { parseConnections } from '../../src/core/connections/parseConnections.ts';
import { createSessions, type Sessions } from '../../src/core/sessions/createSessions.ts';
import { createSession, serializeSession } from '../../src/core/sessions/session.ts';
import { silentLogger } from '../../tooling/silentLogger.ts';
import { heading, line, summary, timed } from './figures.ts';

const STORED = 1000;
const CALLS = 10_000;
const HOUR = 3_600_000;

/** The start with very many sessions, and very many requests of other extensions at once. Uses no network. */
export async function measureSessions(): Promise<void> {
  const directory = await mkdtemp(path.join(tmpdir(), 'bench-sessions-'));
  try {
    await measureStart(directory);
    await measureRequests(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function measureStart(directory: string): Promise<void> {
  const events: number[] = [];
  const times = await timed(10, async () => {
    const sessions = open(directory, STORED);
    let fired = 0;
    sessions.store.onDidChange(() => {
      fired += 1;
    });
    await sessions.store.load();
    events.push(fired);
    dispose(sessions);
  });
  heading(`${STORED} sessions at the start, median (min–max)`);
  line('ms until load() (goal < 200)', summary(times));
  line('change events (goal 1)', summary(events));
}

async function measureRequests(directory: string): Promise<void> {
  heading(`${CALLS} requests for a session at once, ms until the answer`);
  for (const [name, ahead] of [
    ['the token is valid', 0],
    ['the token has run out', 2 * HOUR],
  ] as const) {
    const sessions = open(directory, 1, ahead);
    await sessions.store.load();
    // Loads what is loaded at the first renewal.
    await sessions.tokens.sessionsFor(['monitoring'], undefined);
    clock.ahead += ahead;
    const before = process.memoryUsage().heapUsed;
    const started = performance.now();
    const taken: number[] = [];
    const calls = Array.from({ length: CALLS }, async () => {
      await sessions.tokens.sessionsFor(['monitoring'], undefined);
      taken.push(performance.now() - started);
    });
    const waiting = process.memoryUsage().heapUsed;
    await Promise.all(calls);
    taken.sort((a, b) => a - b);
    const most = Math.max(waiting, process.memoryUsage().heapUsed) - before;
    line(`${name}: half, 99 %, all`, [0.5, 0.99, 1].map((share) => at(taken, share)).join(', '));
    line(`${name}: heap`, `${(most / 1e6).toFixed(1)} MB`);
    dispose(sessions);
    clock.ahead = 0;
  }
}

const clock = { ahead: 0 };

function open(directory: string, count: number, age = 0): Sessions {
  const settings = Array.from({ length: count }, (_, index) => ({
    name: `Connection ${index}`,
    instance: 'eu',
    clientId: `client-${index}`,
  }));
  const { connections } = parseConnections(settings);
  const issuedAt = Date.now() - Math.min(age, HOUR / 2);
  const values = new Map(
    connections.map((connection, index) => {
      const tokens = { accessToken: token(index), refreshToken: token(-index), issuedAt, expiresAt: issuedAt + HOUR };
      const session = createSession(connection, ['monitoring'], tokens);
      return [`session:${session.id}`, serializeSession(session)];
    }),
  );
  let renewals = 0;
  return createSessions({
    // VS Code answers in a later turn of the event loop.
    secrets: {
      get: async (key) => turn(values.get(key)),
      store: async (key, value) => {
        await turn();
        values.set(key, value);
      },
      delete: async (key) => {
        await turn();
        values.delete(key);
      },
      keys: async () => turn([...values.keys()]),
      onDidChange: new Emitter<{ readonly key: string }>().event,
    },
    redactor: new SecretRedactor(),
    directory,
    labelDirectory: path.join(directory, 'labels'),
    secretStoreId: () => 'bench',
    connections: () => connections,
    onDidChangeConnections: () => ({ dispose() {} }),
    mayContact: () => true,
    oauth: () =>
      Promise.resolve({
        refreshTokens: () => {
          renewals += 1;
          const now = Date.now() + clock.ahead;
          const accessToken = token(1e6 + renewals);
          return Promise.resolve({
            accessToken,
            refreshToken: token(2e6 + renewals),
            scopes: undefined,
            issuedAt: now,
            expiresAt: now + HOUR,
          });
        },
        mintToken: () => Promise.reject(new Error('No connection of this benchmark is a service.')),
        revokeToken: () => Promise.resolve(),
      }),
    transport: () => Promise.reject(new Error('This benchmark uses no network.')),
    now: () => Date.now() + clock.ahead,
    logger: silentLogger,
    sharedSecrets: true,
  });
}

function dispose({ tokens, recovery, store }: Sessions): void {
  tokens.dispose();
  recovery.dispose();
  store.dispose();
}

/** As long as the tokens of NinjaOne. */
function token(number: number): string {
  return `${number}`.padStart(43, 'x');
}

function at(sorted: readonly number[], share: number): string {
  return (sorted[Math.ceil(share * sorted.length) - 1] ?? NaN).toFixed(1);
}
