import * as vscode from 'vscode';
import type { Disposable } from '../../core/base/lifecycle.ts';
import { endpointsOf } from '../../core/connections/instance.ts';
import { isSecretField } from '../../core/connections/parseConnections.ts';
import type { ClientSecrets } from '../../core/sessions/clientSecrets.ts';
import { openInBrowser } from '../platform/errorReporter.ts';
import type { Settings } from '../platform/settings.ts';

/** Offers to take a client secret that stands in the settings out of them, once a window (C3). */
export class ClientSecretMigration implements Disposable {
  readonly #settings: Settings;
  readonly #clientSecrets: ClientSecrets;
  readonly #subscription: Disposable;
  #asked = false;

  /** Offers at once when there is one. `report` shows what went wrong with the move. */
  constructor(settings: Settings, clientSecrets: ClientSecrets, report: (error: unknown) => Promise<void>) {
    this.#settings = settings;
    this.#clientSecrets = clientSecrets;
    const offer = (): void => {
      this.#offer().catch((error: unknown) => report(error));
    };
    this.#subscription = settings.onDidChangeConnections(offer);
    offer();
  }

  async #offer(): Promise<void> {
    const found = this.#settings.parsed.secrets;
    if (this.#asked || found.length === 0) {
      return;
    }
    this.#asked = true;
    const move = vscode.l10n.t('Move to Secret Storage');
    const chosen = await vscode.window.showWarningMessage(
      vscode.l10n.t(
        'The client secret of {0} stands in your settings, where it can be read and synced.',
        found.map(({ connection }) => connection).join(', '),
      ),
      move,
    );
    if (chosen === move) {
      await this.#move();
    }
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  async #move(): Promise<void> {
    const { secrets, connections } = this.#settings.parsed;
    for (const { id, secret } of secrets) {
      if (id !== undefined) {
        await this.#clientSecrets.set(id, secret);
      }
    }
    const moved = new Set(secrets.filter(({ id }) => id !== undefined).map(({ index }) => index));
    await this.#settings.write((entries) =>
      entries.map((entry, index) => (moved.has(index) ? withoutSecret(entry) : entry)),
    );
    const renew = vscode.l10n.t('Open Client Apps');
    const chosen = await vscode.window.showInformationMessage(
      vscode.l10n.t(
        'The client secret is moved. Settings may have been synced or backed up, so renew it in NinjaOne too.',
      ),
      renew,
    );
    const connection = connections.find(({ id }) => secrets.some((each) => each.id === id));
    if (chosen === renew && connection) {
      void openInBrowser(endpointsOf(connection.instance.origin).clientApps);
    }
  }
}

function withoutSecret(entry: unknown): unknown {
  return Object.fromEntries(Object.entries(entry as object).filter(([key]) => !isSecretField(key)));
}
