import * as vscode from 'vscode';
import { canceled } from '../../core/base/errors.ts';
import type { Connection } from '../../core/connections/connection.ts';
import { parseInstance } from '../../core/connections/instance.ts';
import { confirm } from './confirm.ts';

/**
 * Nothing is sent to a host that does not belong to NinjaOne until the user has seen its real name and agreed, once per
 * origin (P5). The decision is stored outside the settings, so that neither a workspace nor Settings Sync can make it.
 */
export class TrustedHosts {
  readonly #memory: vscode.Memento;

  constructor(memory: vscode.Memento) {
    this.#memory = memory;
  }

  isConfirmed({ instance }: Pick<Connection, 'instance'>): boolean {
    return instance.kind !== 'custom' || this.#memory.get(confirmationKey(instance.origin)) === true;
  }

  /** The same for callers that only know the origin, such as the catalog. */
  isConfirmedOrigin(origin: string): boolean {
    const parsed = parseInstance(origin);
    return parsed.ok && this.isConfirmed(parsed);
  }

  /**
   * Rejects as canceled when the user does not agree, or does so after `over` was aborted: the question stays open then,
   * but what it was asked for has ended.
   */
  async confirm(connection: Pick<Connection, 'instance' | 'name'>, over?: AbortSignal): Promise<void> {
    if (this.isConfirmed(connection)) {
      return;
    }
    const { host, origin } = connection.instance;
    await confirm(
      {
        message: vscode.l10n.t('Do you trust "{0}"? This host does not belong to NinjaOne.', host),
        detail: vscode.l10n.t(
          'The connection {0} sends sign-in data to {1}, for some platforms including the client secret. Trust this host only if you open your NinjaOne console at this address.',
          connection.name,
          origin,
        ),
      },
      vscode.l10n.t('Trust This Host'),
    );
    if (over?.aborted) {
      throw canceled();
    }
    await this.#memory.update(confirmationKey(origin), true);
  }

  async forget(): Promise<void> {
    for (const key of this.#memory.keys().filter((each) => each.startsWith(PREFIX))) {
      await this.#memory.update(key, undefined);
    }
  }
}

const PREFIX = 'confirmedHost:';

function confirmationKey(origin: string): string {
  return PREFIX + origin;
}
