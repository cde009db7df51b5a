import { once } from 'node:events';
import { join } from 'node:path';
import { Redactor } from '../../../src/core/base/log.ts';
import { parseConnections } from '../../../src/core/connections/parseConnections.ts';
import { createTransport } from '../../../src/core/http/transport.ts';
import { createSessions } from '../../../src/core/sessions/createSessions.ts';
import type { SessionStore } from '../../../src/core/sessions/sessionStore.ts';
import { MemorySecrets, SecretDisk } from '../memorySecrets.ts';
import type { FromWindow, OpenCommand, RefreshCommand, ToWindow } from './protocol.ts';
import { silentLogger } from '../../../tooling/silentLogger.ts';

/**
 * One window of an editor in its own process, with the real session code. Only the secret storage is fake: its writes
 * leave the window late and reach the other windows through the parent process.
 */
function main(): void {
  let opened: Opened | undefined;
  process.on('message', (message: ToWindow) => {
    switch (message.kind) {
      case 'open':
        opened?.close();
        opened = open(message);
        void opened.store.load().then(() => send({ kind: 'opened' }));
        break;
      case 'secret':
        opened?.secrets.accept(message.key, message.value);
        break;
      case 'refresh':
        void opened?.refresh(message).then(send);
        break;
    }
  });
  process.on('disconnect', () => process.exit());
  send({ kind: 'ready' });
}

interface Opened {
  readonly secrets: MemorySecrets;
  readonly store: SessionStore;
  refresh(command: RefreshCommand): Promise<FromWindow>;
  close(): void;
}

function open({ connection, directory, secrets: values, flushDelay, lock, timeouts }: OpenCommand): Opened {
  const { connections } = parseConnections([connection]);
  const disk = new ParentDisk();
  for (const [key, value] of values) {
    disk.values.set(key, value);
  }
  const secrets = new MemorySecrets({ disk, flushDelay });
  const transport = createTransport({ fetch: globalThis.fetch, logger: silentLogger, proxySupport: () => 'off' });
  const clock = { ahead: 0, stalls: false };
  const { store, tokens } = createSessions({
    secrets,
    redactor: new Redactor(),
    directory,
    labelDirectory: join(directory, 'labels'),
    secretStoreId: () => 'machine',
    ...(lock ? { lock } : {}),
    connections: () => connections,
    onDidChangeConnections: () => ({ dispose() {} }),
    mayContact: () => true,
    oauth: async () => {
      if (clock.stalls) {
        send({ kind: 'stalled' });
        await once(process, 'never');
      }
      return import('../../../src/core/oauth/oauthClient.ts');
    },
    transport: transport.send,
    now: () => Date.now() + clock.ahead,
    logger: silentLogger,
    sharedSecrets: true,
    ...(timeouts ? { timeouts } : {}),
  });
  const renewalFailures: string[] = [];
  tokens.onRenewalFailure(({ error }) => renewalFailures.push(error.code));
  return {
    secrets,
    store,
    refresh: async ({ ahead, delay, stalls }) => {
      await new Promise((resolve) => setTimeout(resolve, delay));
      Object.assign(clock, { ahead, stalls });
      const [usable] = await tokens.sessionsFor(['monitoring'], undefined);
      return {
        kind: 'refreshed',
        accessToken: usable?.session.accessToken,
        renewalFailures: renewalFailures.splice(0),
      };
    },
    close: () => {
      tokens.dispose();
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
