import { randomUUID } from 'node:crypto';
import type * as vscode from 'vscode';
import type { Event } from '../../core/base/lifecycle.ts';
import type { Logger } from '../../core/base/log.ts';
import { sweep, takeStock, type Findings, type HousekeepingPorts } from '../../core/sessions/storageCheck.ts';

export interface StorageUpkeepPorts {
  readonly stock: HousekeepingPorts;
  readonly onDidChangeConnections: Event<void>;
  readonly report: (error: unknown) => Promise<void>;
  readonly logger: Logger;
  readonly own: <T extends vscode.Disposable>(item: T) => T;
}

/**
 * Loads the sessions, tells once what is wrong with them (A14), and sweeps what is overdue, now and when the settings
 * change (C4). Resolves, and never rejects, when the sessions are loaded.
 */
export function lookAfterStorage({
  stock,
  onDidChangeConnections,
  report,
  logger,
  own,
}: StorageUpkeepPorts): Promise<void> {
  const found = takeStock(stock);
  const ready = found.then(
    () => undefined,
    (error: unknown) => report(error),
  );
  const sweepWhenReady = (): void => {
    void ready
      .then(() => sweep(stock))
      .catch((error: unknown) => {
        // A secret storage that does not answer was told of at the start, once.
        const message = error instanceof Error ? error.message : 'unknown error';
        logger.warn(`The stored sessions were not looked through: ${message}`);
      });
  };
  own(onDidChangeConnections(sweepWhenReady));
  sweepWhenReady();
  const tell = async (findings: Findings): Promise<void> => {
    const { tellFindings } = await import('./storageMessages.ts');
    await tellFindings(findings);
  };
  void found.then(
    async (findings) => {
      if (findings.storageFailed || findings.lost.length + findings.unreadable + findings.newer > 0) {
        await tell(findings);
      }
    },
    () => {},
  );
  own(
    stock.store.onDidFindUnreadable(() => {
      void tell({ storageFailed: false, lost: [], keepsSecrets: true, unreadable: 1, newer: 0 });
    }),
  );
  return ready;
}

/**
 * Names the secrets of this editor. What VS Code remembers for us lives where its secrets live: on the machine, or in one
 * browser of several that share a disk.
 */
export function keeperIn(memory: vscode.Memento): () => string {
  return () => {
    const known = memory.get<unknown>(KEEPER);
    if (typeof known === 'string') {
      return known;
    }
    const keeper = randomUUID();
    void memory.update(KEEPER, keeper);
    return keeper;
  };
}

const KEEPER = 'ninjaone.keeper';
