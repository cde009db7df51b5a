import { createHash, randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { errorMessage } from '../../core/base/errors.ts';
import { lazy, type Event } from '../../core/base/lifecycle.ts';
import type { Logger } from '../../core/base/log.ts';
import type { Findings, StorageCheckOptions } from '../../core/sessions/storageCheck.ts';

export interface SessionStartupOptions {
  readonly storageCheck: StorageCheckOptions;
  /** Fires when the secret storage could be read after all. */
  readonly onDidLoadLate: Event<void>;
  readonly onDidChangeConnections: Event<void>;
  readonly logger: Logger;
  readonly register: <T extends vscode.Disposable>(item: T) => T;
}

/**
 * Loads the sessions, reports their problems once (A14), and deletes expired data, now and when the settings
 * change (C4). Resolves when the sessions are loaded, and never rejects.
 */
export function startSessions({
  storageCheck,
  onDidLoadLate,
  onDidChangeConnections,
  logger,
  register,
}: SessionStartupOptions): Promise<void> {
  const load = lazy(() => import('../../core/sessions/storageCheck.ts'));
  const show = async (findings: Findings): Promise<void> => {
    const { showStorageFindings } = await import('./storageMessages.ts');
    await showStorageFindings(findings);
  };
  const fail = (error: unknown): void => {
    logger.warn(`The stored sessions could not be checked: ${errorMessage(error)}`);
  };
  const check = async (): Promise<void> => {
    try {
      const findings = await (await load()).checkStorage(storageCheck);
      if (findings.storageFailed || findings.lost.length + findings.unreadable + findings.newer > 0) {
        // Other extensions wait for the sessions, and nothing may wait for somebody who closes a message.
        void show(findings).catch(fail);
      }
    } catch (error) {
      fail(error);
      // The check could not be loaded or run, but the sessions are read in any case.
      await storageCheck.store.load().catch(fail);
    }
  };
  const ready = check();
  register(onDidLoadLate(() => void check()));
  const sweepWhenReady = (): void => {
    void ready
      .then(load)
      .then(({ deleteExpired: sweep }) => sweep(storageCheck))
      .catch((error: unknown) => {
        // A secret storage that does not respond was already reported at startup.
        logger.warn(`Expired sessions could not be deleted: ${errorMessage(error)}`);
      });
  };
  register(onDidChangeConnections(sweepWhenReady));
  sweepWhenReady();
  register(
    storageCheck.store.onDidFindUnreadable(() => {
      void show({ storageFailed: false, lost: [], keepsSecrets: true, unreadable: 1, newer: 0 }).catch(fail);
    }),
  );
  return ready;
}

/**
 * Identifies the secret storage of this VS Code. On a desktop, all profiles share the secrets, while several machines can
 * share the disk of a remote host: the ID is made from that of the machine. In a browser, it is in VS Code's storage
 * for the extension, which is in the browser as the secrets are. A desktop VS Code without telemetry gives every
 * machine the same ID, which is no UUID or hash; there, each profile has its own.
 */
export function secretStoreIdIn(
  memory: vscode.Memento,
  { uiKind, machineId }: Pick<typeof vscode.env, 'uiKind' | 'machineId'>,
): () => string {
  return () => {
    if (uiKind === vscode.UIKind.Desktop && MACHINE_ID.test(machineId)) {
      return createHash('sha256').update(SECRET_STORE_KEY).update(machineId).digest('hex').slice(0, 32);
    }
    const known = memory.get<unknown>(SECRET_STORE_KEY);
    if (typeof known === 'string') {
      return known;
    }
    const secretStoreId = randomUUID();
    void memory.update(SECRET_STORE_KEY, secretStoreId);
    return secretStoreId;
  };
}

const MACHINE_ID = /^[\da-f-]{32,}$/i;
const SECRET_STORE_KEY = 'ninjaone.secretStoreId';
