import * as vscode from 'vscode';
import type { Connection } from '../../core/connections/connection.ts';
import { parseInstance } from '../../core/connections/instance.ts';
import { confirm } from './confirm.ts';

/**
 * A host that is not NinjaOne's own gets nothing from us until the user has seen its real name and agreed, once per
 * origin (§1). The answer is kept outside the settings, so that neither a workspace nor settings sync can give it.
 */
export class TrustedHosts {
  readonly #memory: vscode.Memento;

  constructor(memory: vscode.Memento) {
    this.#memory = memory;
  }

  isConfirmed({ instance }: Pick<Connection, 'instance'>): boolean {
    return instance.kind !== 'custom' || this.#memory.get(keyOf(instance.origin)) === true;
  }

  /** Known by its origin alone, as it is for a catalog. */
  isConfirmedOrigin(origin: string): boolean {
    const parsed = parseInstance(origin);
    return parsed.ok && this.isConfirmed(parsed);
  }

  /** Rejects as canceled when the user does not agree. */
  async confirm(connection: Pick<Connection, 'instance' | 'name'>): Promise<void> {
    if (this.isConfirmed(connection)) {
      return;
    }
    const { host, origin } = connection.instance;
    await confirm(
      {
        message: vscode.l10n.t('“{0}” is not one of NinjaOne’s own hosts. Is it yours?', host),
        detail: vscode.l10n.t(
          'The connection {0} would send sign-ins, and for some platforms the client secret, to {1}. Trust it only if your NinjaOne console is open at this address.',
          connection.name,
          origin,
        ),
      },
      vscode.l10n.t('Trust This Host'),
    );
    await this.#memory.update(keyOf(origin), true);
  }

  async forget(): Promise<void> {
    for (const key of this.#memory.keys().filter((each) => each.startsWith(PREFIX))) {
      await this.#memory.update(key, undefined);
    }
  }
}

const PREFIX = 'confirmedHost:';

function keyOf(origin: string): string {
  return PREFIX + origin;
}
