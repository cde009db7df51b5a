import { join } from 'node:path';
import { SecretRedactor } from '../../../src/core/base/redaction.ts';
import { parseConnections } from '../../../src/core/connections/parseConnections.ts';
import { createTransport } from '../../../src/core/http/transport.ts';
import { createSessions } from '../../../src/core/sessions/createSessions.ts';
import { MemorySecrets, SecretDisk } from '../memorySecrets.ts';
import { silentLogger } from '../../../tooling/silentLogger.ts';
import { installFaultyDisk } from './faultyDisk.ts';
import type {
  FaultCommand,
  FromWindow,
  OpenCommand,
  Outcome,
  RefreshCommand,
  SignInCommand,
  Step,
  ToWindow,
} from './protocol.ts';

/**
 * One window of an editor in its own process, with the real session code. Only the secret storage is fake: its writes
 * leave the window late and reach the other windows through the parent process.
 */
function main(): void {
  let opened: Opened | undefined;
  process.on('message', (message: ToWindow) => {
    if (message.kind === 'secret') {
      opened?.accept(message.key, message.value);
      return;
    }
    const { call, command } = message;
    const reply = (result: Promise<Outcome> | undefined): void => {
      void result?.then((outcome) => {
        send({ kind: 'reply', call, outcome });
      });
    };
    switch (command.kind) {
      case 'open':
        opened?.close();
        opened = open(command);
        reply(opened.load());
        break;
      case 'refresh':
        reply(opened?.refresh(command));
        break;
      case 'signIn':
        reply(opened?.signIn(command));
        break;
      case 'fault':
        reply(opened?.fail(command));
        break;
    }
  });
  process.on('disconnect', () => process.exit());
}

const disk = installFaultyDisk();

interface Opened {
  load(): Promise<Outcome>;
  accept(key: string, value: string | undefined): void;
  refresh(command: RefreshCommand): Promise<Outcome>;
  signIn(command: SignInCommand): Promise<Outcome>;
  fail(command: FaultCommand): Promise<Outcome>;
  close(): void;
}

function open(command: OpenCommand): Opened {
  const { directory, secrets: values, lock, timeouts } = command;
  const { connections } = parseConnections([command.connection]);
  const parent = new ParentDisk();
  for (const [key, value] of values) {
    parent.values.set(key, value);
  }
  Object.assign(disk, { directory, fault: undefined });
  const secrets = new MemorySecrets({ disk: parent, flushDelay: command.flushDelay });
  const transport = createTransport({ fetch: globalThis.fetch, logger: silentLogger, proxySupport: () => 'off' });
  const clock = { ahead: 0 };
  let stopAt: Step | undefined;
  disk.onExists = (path) => {
    if (path.endsWith('.lock')) {
      send({ kind: 'reached', step: 'waiting' });
    }
  };
  const reach = async (step: Step): Promise<void> => {
    if (step === stopAt) {
      send({ kind: 'reached', step });
      await new Promise(() => {});
    }
  };
  const { store, tokens, recovery } = createSessions({
    secrets: {
      get: (key) => secrets.get(key),
      store: async (key, value) => {
        await reach('answered');
        await secrets.store(key, value);
      },
      delete: (key) => secrets.delete(key),
      keys: () => secrets.keys(),
      onDidChange: (listener) => secrets.onDidChange(listener),
    },
    redactor: new SecretRedactor(),
    directory,
    labelDirectory: join(directory, 'labels'),
    secretStoreId: () => command.secretStoreId ?? 'machine',
    storage: { timeout: 1000, retries: [50, 50], pause: 0 },
    ...(lock ? { lock } : {}),
    connections: () => connections,
    onDidChangeConnections: () => ({ dispose() {} }),
    mayContact: () => true,
    oauth: async () => {
      await reach('locked');
      return import('../../../src/core/oauth/oauthClient.ts');
    },
    transport: transport.send,
    now: () => Date.now() + clock.ahead,
    logger: silentLogger,
    sharedSecrets: command.sharedSecrets ?? true,
    ...(timeouts ? { timeouts } : {}),
  });
  const told: string[] = [];
  tokens.onRenewalFailure(({ error }) => told.push(error.code));
  const outcome = (accessToken?: string): Outcome => ({ accessToken, told: told.splice(0) });
  return {
    load: async () => {
      await store.load();
      return outcome();
    },
    accept: (key, value) => {
      secrets.accept(key, value);
    },
    refresh: async (refresh) => {
      await new Promise((resolve) => setTimeout(resolve, refresh.delay));
      clock.ahead = refresh.ahead;
      stopAt = refresh.stopAt;
      const [usable] = await tokens.sessionsFor(refresh.scopes, refresh.accountId);
      return outcome(usable?.session.accessToken);
    },
    signIn: async ({ scopes, accessToken, refreshToken }) => {
      const issuedAt = Date.now() + clock.ahead;
      const grant = { accessToken, refreshToken, scopes: undefined, issuedAt, expiresAt: issuedAt + 3_600_000 };
      const { session } = await tokens.signIn(connections[0]!, scopes, () => Promise.resolve(grant));
      return outcome(session.accessToken);
    },
    fail: (faults) => {
      if (faults.secrets) {
        for (const operation of ['get', 'store', 'delete', 'keys'] as const) {
          secrets.fail(operation, faults.secrets);
        }
      } else {
        secrets.heal();
      }
      disk.fault = faults.disk;
      return Promise.resolve(outcome());
    },
    close: () => {
      tokens.dispose();
      recovery.dispose();
      store.dispose();
      secrets.crash();
      void transport.close();
    },
  };
}

/** Sends the writes of this window to the parent, which passes them to the others. */
class ParentDisk extends SecretDisk {
  override write(key: string, value: string | undefined): void {
    send({ kind: 'flush', key, value });
  }
}

function send(message: FromWindow): void {
  process.send?.(message);
}

main();
