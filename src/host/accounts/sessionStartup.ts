import { randomUUID } from 'node:crypto';
import type * as vscode from 'vscode';
import type { Event } from '../../core/base/lifecycle.ts';
import type { Logger } from '../../core/base/log.ts';
import type { Findings, StorageCheckOptions } from '../../core/sessions/storageCheck.ts';

export interface SessionStartupOptions {
  readonly storageCheck: StorageCheckOptions;
  readonly onDidChangeConnections: Event<void>;
  readonly report: (error: unknown) => Promise<void>;
  readonly logger: Logger;
  readonly register: <T extends vscode.Disposable>(item: T) => T;
}

/**
 * Loads the sessions, tells once what is wrong with them (A14), and sweeps what is overdue, now and when the settings
 * change (C4). Resolves, and never rejects, when the sessions are loaded.
 */
export function startSessions({
  storageCheck,
  onDidChangeConnections,
  report,
  logger,
  register,
}: SessionStartupOptions): Promise<void> {
  const load = () => import('../../core/sessions/storageCheck.ts');
  const found = load().then(({ checkStorage }) => checkStorage(storageCheck));
  const ready = found.then(
    () => undefined,
    (error: unknown) => report(error),
  );
  const sweepWhenReady = (): void => {
    void ready
      .then(load)
      .then(({ sweep }) => sweep(storageCheck))
      .catch((error: unknown) => {
        // A secret storage that does not answer was told of at the start, once.
        const message = error instanceof Error ? error.message : 'unknown error';
        logger.warn(`The stored sessions were not looked through: ${message}`);
      });
  };
  register(onDidChangeConnections(sweepWhenReady));
  sweepWhenReady();
  const tell = async (findings: Findings): Promise<void> => {
    const { showStorageFindings } = await import('./storageMessages.ts');
    await showStorageFindings(findings);
  };
  void found.then(
    async (findings) => {
      if (findings.storageFailed || findings.lost.length + findings.unreadable + findings.newer > 0) {
        await tell(findings);
      }
    },
    () => {},
  );
  register(
    storageCheck.store.onDidFindUnreadable(() => {
      void tell({ storageFailed: false, lost: [], keepsSecrets: true, unreadable: 1, newer: 0 });
    }),
  );
  return ready;
}

/**
 * Names the secrets of this editor. What VS Code remembers for us lives where its secrets live: on the machine, or in one
 * browser of several that share a disk.
 */
export function secretStoreIdIn(memory: vscode.Memento): () => string {
  return () => {
    const known = memory.get<unknown>(SECRET_STORE_KEY);
    if (typeof known === 'string') {
      return known;
    }
    const secretStoreId = randomUUID();
    void memory.update(SECRET_STORE_KEY, secretStoreId);
    return secretStoreId;
  };
}

const SECRET_STORE_KEY = 'ninjaone.keeper';
